"""Where a person stands in a course, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    bindparam,
    select,
)

from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course, CourseVersion
from lms.catalogue.queries import CourseSummary, LessonLine
from lms.kernel.errors import NotFound
from lms.learning import rules
from lms.learning.models import Enrolment, LessonProgress
from lms.platform.db import db


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a person is in one lesson. `counted_seconds` is before the cap at nominal time."""

    last_request_at: datetime
    counted_seconds: int
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseProgress:
    """A person in a course, on the version they began with."""

    enrolment_id: int
    person_id: int
    course: CourseSummary
    lessons: tuple[LessonLine, ...]
    marks: Mapping[int, Mark]
    current_version_id: int
    """The version that new learners get; differs when a new text came out since."""
    enrolled_at: datetime
    completed_at: datetime | None

    @property
    def done(self) -> frozenset[int]:
        """Numbers of the lessons marked done."""
        return frozenset(n for n, mark in self.marks.items() if mark.done_at is not None)

    @property
    def done_count(self) -> int:
        """How many lessons of this version are done."""
        return len(self.lessons) - len(self.undone)

    @property
    def undone(self) -> tuple[int, ...]:
        """Lessons not marked done, in order."""
        return rules.undone(self.lessons, self.done)

    @property
    def next_lesson(self) -> int | None:
        """The first lesson that is neither done nor locked."""
        return rules.next_lesson(self.lessons, self.done)

    @property
    def active_seconds(self) -> int:
        """Active time, each lesson capped at its nominal minutes."""
        counted = {number: mark.counted_seconds for number, mark in self.marks.items()}
        return rules.active_seconds(counted, self.lessons)

    def line(self, number: int) -> LessonLine:
        """Return a lesson of the outline.

        Raises:
            NotFound: the version has no such lesson.
        """
        for line in self.lessons:
            if line.number == number:
                return line
        raise NotFound(course=self.course.code, lesson=number)

    def missing_before(self, number: int) -> tuple[LessonLine, ...]:
        """Return the lessons that must be done before this one."""
        return tuple(self.line(n) for n in rules.missing_before(self.line(number), self.done))


_PROGRESS_COLUMNS: Final = (
    Enrolment.id.label("enrolment_id"),
    Enrolment.person_id,
    Enrolment.version_id,
    CourseVersion.content_hash,
    Course.current_version_id,
    Enrolment.enrolled_at,
    Enrolment.completed_at,
    LessonProgress.lesson_number,
    LessonProgress.last_request_at,
    LessonProgress.active_seconds,
    LessonProgress.done_at,
)


_PROGRESS: Final = (
    select(*_PROGRESS_COLUMNS)
    .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
    .join(Course, Course.id == CourseVersion.course_id)
    .outerjoin(LessonProgress, LessonProgress.enrolment_id == Enrolment.id)
    .order_by(Enrolment.id)
)
_PROGRESS_OF_PERSON: Final = _PROGRESS.where(Enrolment.person_id == bindparam("person_id"))


def progress_where(*conditions: Any) -> list[CourseProgress]:
    """Return the courses of the enrolments that meet the conditions; one statement."""
    return _grouped(db.session.execute(_PROGRESS.where(*conditions)))


def _grouped(rows: Iterable[Any]) -> list[CourseProgress]:
    by_enrolment: dict[int, list[Any]] = {}
    for row in rows:
        by_enrolment.setdefault(row.enrolment_id, []).append(row)
    return [_one_progress(found) for found in by_enrolment.values()]


def _one_progress(rows: Sequence[Any]) -> CourseProgress:
    first = rows[0]
    course, lessons = catalogue.kept_version(first.version_id, first.content_hash)
    return CourseProgress(
        enrolment_id=first.enrolment_id,
        person_id=first.person_id,
        course=course,
        lessons=lessons,
        marks={
            row.lesson_number: Mark(row.last_request_at, row.active_seconds, row.done_at)
            for row in rows
            if row.lesson_number is not None
        },
        current_version_id=first.current_version_id,
        enrolled_at=first.enrolled_at,
        completed_at=first.completed_at,
    )


def course_progress(person_id: int, course_code: str) -> CourseProgress | None:
    """Return enrolment and progress of a person in a course with one statement, or None."""
    found = progress_where(Enrolment.person_id == person_id, Enrolment.course_code == course_code)
    return found[0] if found else None


def list_progress(person_id: int) -> list[CourseProgress]:
    """Return every course the person has begun, oldest first; one statement."""
    return _grouped(db.session.execute(_PROGRESS_OF_PERSON, {"person_id": person_id}))


def enrolment_progress(enrolment_id: int) -> CourseProgress:
    """Return the progress of an enrolment: its active time decides when JP are final.

    Raises:
        NotFound: there is no such enrolment.
    """
    found = progress_where(Enrolment.id == enrolment_id)
    if not found:
        raise NotFound(enrolment=enrolment_id)
    return found[0]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a person does next. `lesson` None: all lessons are done, the exam is next."""

    progress: CourseProgress
    lesson: LessonLine | None


def next_step(person_id: int) -> NextStep | None:
    """Return the next lesson or exam of the course used last and not passed yet, or None."""
    return next_step_of(list_progress(person_id))


def next_step_of(courses: Sequence[CourseProgress]) -> NextStep | None:
    """Return the next step among courses that were read already."""
    open_courses = [course for course in courses if course.completed_at is None]
    if not open_courses:
        return None
    course = max(open_courses, key=_last_used)
    number = course.next_lesson
    return NextStep(course, None if number is None else course.line(number))


def _last_used(course: CourseProgress) -> datetime:
    return max((mark.last_request_at for mark in course.marks.values()), default=course.enrolled_at)


def find_enrolment_id(person_id: int, course_code: str) -> int | None:
    """Return the person's enrolment in a course, or None."""
    return db.session.execute(
        select(Enrolment.id).where(
            Enrolment.person_id == person_id, Enrolment.course_code == course_code
        )
    ).scalar_one_or_none()
