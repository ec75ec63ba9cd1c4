"""The pure rules of learning: what counts as active time, what is locked, what comes next.

Source: docs/semantics.md sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

LONGEST_GAP: Final = timedelta(minutes=10)
"""What a silence between two requests counts at most: somebody who is away does not read."""


class LessonLike(Protocol):
    """A lesson as these rules see it."""

    @property
    def number(self) -> int:
        """Place in the course, from 1."""

    @property
    def minutes(self) -> int:
        """Nominal time."""

    @property
    def requires(self) -> tuple[int, ...]:
        """Numbers of the lessons that come first."""


def counted_seconds(
    *, here_before: datetime | None, elsewhere_before: datetime | None, now: datetime
) -> int:
    """Return the whole seconds of active time that a request in a lesson adds.

    `here_before` is the last request in this lesson, None for the first, which adds nothing.
    `elsewhere_before` is the last request in another lesson of the course: the gap begins at the
    later of the two, so that two open lessons never count the same minute twice. A gap counts at
    most 10 minutes, and never below 0 when clocks of two servers differ.
    """
    if here_before is None:
        return 0
    since = here_before if elsewhere_before is None else max(here_before, elsewhere_before)
    gap = min(now - since, LONGEST_GAP)
    return max(0, int(gap.total_seconds()))


def active_seconds(counted: Mapping[int, int], lessons: Iterable[LessonLike]) -> int:
    """Return the active time of a course: per lesson what was counted, at most its nominal time.

    Counted time of a lesson that the version does not have is left out.
    """
    return sum(min(counted.get(lesson.number, 0), lesson.minutes * 60) for lesson in lessons)


def missing_before(lesson: LessonLike, done: Collection[int]) -> tuple[int, ...]:
    """Return the lessons that must be marked done before this one opens, in order."""
    return tuple(number for number in sorted(lesson.requires) if number not in done)


def next_lesson(lessons: Sequence[LessonLike], done: Collection[int]) -> int | None:
    """Return the first lesson that is neither done nor locked, or None when all are done."""
    for lesson in lessons:
        if lesson.number not in done and not missing_before(lesson, done):
            return lesson.number
    return None


def undone(lessons: Sequence[LessonLike], done: Collection[int]) -> tuple[int, ...]:
    """Return the lessons that are not marked done, in order: what keeps the exam closed."""
    return tuple(lesson.number for lesson in lessons if lesson.number not in done)


@dataclass(frozen=True, slots=True)
class Pass:
    """An exam that was passed; `valid_until` is its last valid day."""

    valid_until: date
    is_revoked: bool


def standing_pass(passes: Iterable[Pass]) -> date | None:
    """Return the last valid day of the pass that holds longest, or None; revoked ones do not hold."""
    return max((found.valid_until for found in passes if not found.is_revoked), default=None)
