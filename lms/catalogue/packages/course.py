"""A course package as values: what `course.yaml`, the lessons and `media/` say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

from lms.kernel.dates import add_months
from lms.kernel.markup import Links
from lms.kernel.yamlpos import Located

LEGAL_REVIEW_MONTHS: Final = 12
"""How long a comparison with the law's text holds before the lesson asks for another."""

LegalStatus = Literal["berlaku", "dicabut", "perlu_telaah"]


class LegalBanner(StrEnum):
    """What a lesson says above its legal bases, the gravest first."""

    REVOKED = "dicabut"
    AWAITING_REVIEW = "menunggu_telaah"
    REVIEW_DUE = "perlu_ditinjau"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a learner can do afterwards, by its code (`CP1.2`)."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class EvidenceClaim:
    """A competence that a pass of the course is evidence for, at a level of 2 to 4."""

    competence: str
    level: int


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A law by name, the day its text was last read, and which text that was."""

    name: str
    status: LegalStatus
    compared_on: date
    read_from: Literal["salinan", "ringkasan"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source of a lesson, with the day it was read and what it was used for."""

    title: str
    year: int
    identifier: str
    read_on: date
    used_for: str


@dataclass(frozen=True, slots=True)
class RubricRow:
    """One element of a practical task and the points it is worth."""

    element: str
    points: int


@dataclass(frozen=True, slots=True)
class Task:
    """A practical task at one's own desk; an empty rubric means the learner confirms it."""

    title: str
    steps: tuple[str, ...]
    rubric: tuple[RubricRow, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. `body` is Markdown, beginning at line `body_line` of the file.

    `legal_bases` are resolved: a name in the front matter stands for the course's entry.
    `source` holds the file's bytes, so that an export gives them back unchanged.
    """

    number: int
    file: str
    title: str
    minutes: int
    outcomes: tuple[str, ...]
    references: tuple[Reference, ...]
    legal_bases: tuple[LegalBasis, ...]
    practice: tuple[str, ...]
    cards: tuple[str, ...]
    task: Task | None
    prerequisites: tuple[str, ...]
    body: str = field(repr=False)
    body_line: int
    anchors: tuple[str, ...]
    front: Mapping[str, Any] = field(repr=False, hash=False)
    source: bytes = field(repr=False)
    content_hash: str
    lines: Located = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture: `name` inside `media/`, its real type, size in pixels where it has one."""

    name: str
    content_type: str
    width: int | None
    height: int | None
    data: bytes = field(repr=False)
    content_hash: str


@dataclass(frozen=True, slots=True)
class DigComp:
    """The DigComp competences a course touches, with the framework's version."""

    version: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoursePackage:
    """A course as its package says it, lessons and media in order.

    `folder` is the folder as it was given. `raw` is the parsed `course.yaml`. `content_hash` is
    SHA-256 over the canonical form of `course.yaml` and the bytes of lessons and media: comments
    and layout of the YAML leave it unchanged.
    """

    folder: str
    code: str
    title: str
    summary: str
    pillar: str | None
    stage: Literal["dasar", "menengah", "lanjut"]
    jp: int
    minutes: int
    valid_months: int
    prerequisites: tuple[str, ...]
    audiences: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    evidence: tuple[EvidenceClaim, ...]
    spbe_fields: tuple[str, ...]
    pemdi_groups: tuple[str, ...]
    digcomp: DigComp
    legal_bases: tuple[LegalBasis, ...]
    author: str
    reviewer: str
    lessons: tuple[Lesson, ...]
    media: tuple[MediaFile, ...]
    exam: str
    raw: Mapping[str, Any] = field(repr=False, hash=False)
    content_hash: str
    lines: Located = field(repr=False, compare=False)

    @property
    def file(self) -> str:
        """Return the path of `course.yaml`, for problems."""
        return f"{self.folder}/course.yaml"

    @property
    def anchors(self) -> dict[str, frozenset[str]]:
        """Return the anchors that items may point at, by lesson file."""
        return {lesson.file: frozenset(lesson.anchors) for lesson in self.lessons}

    @property
    def laws(self) -> dict[str, tuple[tuple[str, date], ...]]:
        """Return name and day of comparison of the laws behind each lesson, by lesson file.

        The course's own laws stand behind every lesson.
        """
        return {
            lesson.file: tuple(
                (law.name, law.compared_on) for law in (*lesson.legal_bases, *self.legal_bases)
            )
            for lesson in self.lessons
        }


def media_sizes(media: Collection[MediaFile]) -> dict[str, tuple[int, int] | None]:
    """Return width and height by name, as `Links.media` wants them."""
    return {
        item.name: (item.width, item.height) if item.width and item.height else None
        for item in media
    }


def package_links(course: CoursePackage) -> Links:
    """Return the links of a package as it lies in its folder; addresses stay relative."""
    return Links(
        media=media_sizes(course.media), lessons=frozenset(lesson.file for lesson in course.lessons)
    )


def legal_banners(laws: Sequence[LegalBasis], *, today: date) -> tuple[LegalBanner, ...]:
    """Return the banners a lesson with these laws shows today, the gravest first.

    A comparison holds through the same calendar day twelve months later; the day after, a review
    is due. A law that awaits review shows that banner whatever its date.

    Source: docs/semantics.md section 7.
    """
    found = set()
    for law in laws:
        if law.status == "dicabut":
            found.add(LegalBanner.REVOKED)
        elif law.status == "perlu_telaah":
            found.add(LegalBanner.AWAITING_REVIEW)
        if today > add_months(law.compared_on, LEGAL_REVIEW_MONTHS):
            found.add(LegalBanner.REVIEW_DUE)
    return tuple(banner for banner in LegalBanner if banner in found)
