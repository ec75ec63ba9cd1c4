"""Reading the catalogue. What is published never changes, so it may be kept in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from lms.catalogue.models import Course, CourseTag, CourseVersion, Lesson
from lms.catalogue.packages import EvidenceClaim, LegalBasis, Reference, RubricRow, Task
from lms.kernel.errors import NotFound
from lms.platform.db import db
from lms.platform.paging import PER_PAGE, Page

_KEPT_VERSIONS = 256
_KEPT_LESSONS = 512


@dataclass(frozen=True, slots=True)
class Tag:
    """A code that a course touches; `kind` is bidang, pemdi or digcomp."""

    kind: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    """One version of a course, without its lessons. `data` is read only."""

    code: str
    version_id: int
    number: int
    content_hash: str
    title: str
    summary: str
    pillar: str | None
    stage: str
    credit_hours: int
    minutes: int
    valid_months: int
    exam_code: str
    change_note: str
    published_at: datetime
    data: Mapping[str, Any]

    @property
    def short_title(self) -> str:
        """The title up to its colon, for trails and outlines."""
        return self.title.partition(":")[0]

    @property
    def outcomes(self) -> tuple[tuple[str, str], ...]:
        """(code, sentence) of every outcome."""
        return tuple((row["kode"], row["teks"]) for row in self.data.get("capaian", ()))

    @property
    def evidence(self) -> tuple[EvidenceClaim, ...]:
        """What a pass is evidence for."""
        return tuple(
            EvidenceClaim(row["kompetensi"], row["tingkat"]) for row in self.data.get("bukti", ())
        )

    @property
    def prerequisites(self) -> tuple[str, ...]:
        """Codes of the courses that are best taken before."""
        return tuple(self.data.get("prasyarat", ()))

    @property
    def legal_bases(self) -> tuple[LegalBasis, ...]:
        """The laws the course rests on."""
        return tuple(_legal_basis(row) for row in self.data.get("dasar_hukum", ()))


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson as the outline shows it. `requires` holds lesson numbers of the same version."""

    number: int
    file: str
    title: str
    minutes: int
    requires: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonText:
    """A whole lesson. `html` is safe; its contacts are still slots."""

    version_id: int
    number: int
    file: str
    title: str
    minutes: int
    html: str
    outcomes: tuple[str, ...]
    """Codes."""
    practice: tuple[str, ...]
    """Item codes, in order."""
    cards: tuple[str, ...]
    task: Task | None
    sources: tuple[Reference, ...]
    legal_bases: tuple[LegalBasis, ...]
    outline: tuple[tuple[int, str, str], ...]
    """(level, id, words) of the headings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader of the catalogue asked for; empty means everything."""

    words: str = ""
    pillars: tuple[str, ...] = ()
    """cakap, budaya, etika, aman, or lintas for courses without a pillar."""
    stage: str = ""
    field: str = ""


def _legal_basis(row: Mapping[str, Any]) -> LegalBasis:
    return LegalBasis(
        name=row["nama"],
        status=row["status"],
        compared_on=date.fromisoformat(row["dibandingkan_pada"]),
        read_from=row["dibaca"],
    )


_SUMMARY_COLUMNS = (
    Course.code,
    CourseVersion.id.label("version_id"),
    CourseVersion.number,
    CourseVersion.content_hash,
    CourseVersion.title,
    CourseVersion.summary,
    CourseVersion.pillar,
    CourseVersion.stage,
    CourseVersion.credit_hours,
    CourseVersion.minutes,
    CourseVersion.valid_months,
    CourseVersion.exam_code,
    CourseVersion.change_note,
    CourseVersion.published_at,
    CourseVersion.data,
)


def _summary(row: Any) -> CourseSummary:
    return CourseSummary(**{column.key: getattr(row, column.key) for column in _SUMMARY_COLUMNS})


def _current() -> Select[Any]:
    return select(*_SUMMARY_COLUMNS).join(Course, Course.current_version_id == CourseVersion.id)


def find_course_version(code: str) -> CourseSummary | None:
    """Return the published version of a course, or None when there is no such course."""
    row = db.session.execute(_current().where(Course.code == code)).first()
    return None if row is None else _summary(row)


def course_summary(code: str) -> CourseSummary:
    """Return the published version of a course.

    Raises:
        NotFound: there is no such course.
    """
    found = find_course_version(code)
    if found is None:
        raise NotFound(course=code)
    return found


def find_course_of_exam(quiz_code: str) -> CourseSummary | None:
    """Return the published course that ends with a quiz, or None for a quiz that stands alone."""
    row = db.session.execute(
        _current().where(CourseVersion.exam_code == quiz_code).order_by(Course.id).limit(1)
    ).first()
    return None if row is None else _summary(row)


def course_version(version_id: int) -> CourseSummary:
    """Return one version of a course, published now or earlier.

    Raises:
        NotFound: there is no such version.
    """
    row = db.session.execute(
        select(*_SUMMARY_COLUMNS)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.id == version_id)
    ).first()
    if row is None:
        raise NotFound(version=version_id)
    return _summary(row)


def bukti_of(version_id: int) -> tuple[EvidenceClaim, ...]:
    """Return what a pass of this version is evidence for.

    Raises:
        NotFound: there is no such version.
    """
    return course_version(version_id).evidence


def list_tags(version_id: int) -> list[Tag]:
    """Return the codes a version touches, sorted."""
    rows = db.session.execute(
        select(CourseTag.kind, CourseTag.code)
        .where(CourseTag.version_id == version_id)
        .order_by(CourseTag.kind, CourseTag.code)
    )
    return [Tag(row.kind, row.code) for row in rows]


def list_lessons(version_id: int) -> tuple[LessonLine, ...]:
    """Return the outline of a version, in order; empty when there is no such version."""
    rows = db.session.execute(
        select(Lesson.number, Lesson.file, Lesson.title, Lesson.minutes, Lesson.data)
        .where(Lesson.version_id == version_id)
        .order_by(Lesson.number)
    ).all()
    number_of = {row.file: row.number for row in rows}
    return tuple(
        LessonLine(
            number=row.number,
            file=row.file,
            title=row.title,
            minutes=row.minutes,
            requires=tuple(
                number_of[file] for file in row.data.get("prasyarat", ()) if file in number_of
            ),
        )
        for row in rows
    )


def changed_lessons(old_version_id: int, new_version_id: int) -> tuple[LessonLine, ...]:
    """Return the lessons of the new version that the old one lacks or words otherwise."""
    texts = {
        (row.version_id, row.file): (row.title, row.markdown)
        for row in db.session.execute(
            select(Lesson.version_id, Lesson.file, Lesson.title, Lesson.markdown).where(
                Lesson.version_id.in_((old_version_id, new_version_id))
            )
        )
    }
    return tuple(
        line
        for line in list_lessons(new_version_id)
        if texts.get((old_version_id, line.file)) != texts[new_version_id, line.file]
    )


def lesson(version_id: int, number: int) -> LessonText:
    """Return a lesson with one statement.

    Raises:
        NotFound: the version has no such lesson.
    """
    row = db.session.execute(
        select(
            Lesson.number, Lesson.file, Lesson.title, Lesson.minutes, Lesson.html, Lesson.data
        ).where(Lesson.version_id == version_id, Lesson.number == number)
    ).first()
    if row is None:
        raise NotFound(version=version_id, lesson=number)
    data = row.data
    return LessonText(
        version_id=version_id,
        number=row.number,
        file=row.file,
        title=row.title,
        minutes=row.minutes,
        html=row.html,
        outcomes=tuple(data.get("capaian", ())),
        practice=tuple(data.get("latihan", ())),
        cards=tuple(data.get("kartu", ())),
        task=_task(data.get("tugas")),
        sources=tuple(_source(item) for item in data.get("sumber", ())),
        legal_bases=tuple(_legal_basis(item) for item in data.get("dasar_hukum", ())),
        outline=tuple((level, name, words) for level, name, words in data.get("outline", ())),
    )


def _task(data: Mapping[str, Any] | None) -> Task | None:
    if data is None:
        return None
    return Task(
        title=data["judul"],
        steps=tuple(data["langkah"]),
        rubric=tuple(RubricRow(row["unsur"], row["nilai"]) for row in data["rubrik"]),
    )


def _source(data: Mapping[str, Any]) -> Reference:
    return Reference(
        title=data["judul"],
        year=data["tahun"],
        identifier=data["pengenal"],
        read_on=date.fromisoformat(data["dibaca_pada"]),
        used_for=data["dipakai_untuk"],
    )


# The hash beside the id makes a kept value right even where ids are given out anew (a restored
# or emptied database): equal hashes are equal texts.


@lru_cache(maxsize=_KEPT_VERSIONS)
def kept_version(
    version_id: int,
    content_hash: str,  # noqa: ARG001  # part of the key
) -> tuple[CourseSummary, tuple[LessonLine, ...]]:
    """Return a version and its outline, read once per process."""
    return course_version(version_id), list_lessons(version_id)


@lru_cache(maxsize=_KEPT_LESSONS)
def kept_lesson(
    version_id: int,
    content_hash: str,  # noqa: ARG001  # part of the key
    number: int,
) -> LessonText:
    """Return a lesson, read once per process.

    Raises:
        NotFound: the version has no such lesson.
    """
    return lesson(version_id, number)


def list_courses(
    filters: Filters, *, page: int = 1, per_page: int = PER_PAGE
) -> Page[CourseSummary]:
    """Return the published courses that meet all filters, by stage and code, a page at a time.

    Every word must occur in title, summary, outcomes or a lesson's title. Two statements.
    """
    wanted = _filtered(_current(), filters)
    total = db.session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    rows = db.session.execute(
        wanted.order_by(Course.code).limit(per_page).offset((page - 1) * per_page)
    )
    return Page([_summary(row) for row in rows], page, total, per_page)


def all_courses(filters: Filters) -> Sequence[CourseSummary]:
    """Return every published course that meets the filters, by code: the export of the list."""
    rows = db.session.execute(_filtered(_current(), filters).order_by(Course.code))
    return [_summary(row) for row in rows]


def list_fields() -> list[str]:
    """Return the field codes that published courses touch, sorted."""
    return list(
        db.session.scalars(
            select(CourseTag.code)
            .join(Course, Course.current_version_id == CourseTag.version_id)
            .where(CourseTag.kind == "bidang")
            .distinct()
            .order_by(CourseTag.code)
        )
    )


def _filtered(statement: Select[Any], filters: Filters) -> Select[Any]:
    for word in filters.words.casefold().split():
        statement = statement.where(CourseVersion.search_text.contains(word, autoescape=True))
    if filters.pillars:
        statement = statement.where(
            func.coalesce(CourseVersion.pillar, "lintas").in_(filters.pillars)
        )
    if filters.stage:
        statement = statement.where(CourseVersion.stage == filters.stage)
    if filters.field:
        statement = statement.where(
            CourseVersion.id.in_(
                select(CourseTag.version_id).where(
                    CourseTag.kind == "bidang", CourseTag.code == filters.field
                )
            )
        )
    return statement
