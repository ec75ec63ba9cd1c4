"""The catalogue and a course as one person sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.assessment.queries.quizzes import QuizTerms, find_terms, start_state
from lms.catalogue import queries as catalogue
from lms.catalogue.packages import LegalBanner, LegalBasis, legal_banners
from lms.catalogue.queries import CourseSummary, Filters, LessonLine
from lms.learning.queries.exams import ExamGate, exam_gate
from lms.learning.queries.progress import CourseProgress, course_progress, list_progress
from lms.platform.paging import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePage:
    """What a course's page shows; `progress` is None for whoever has not begun it."""

    course: CourseSummary
    """The version the person learns with, or the published one."""
    lessons: tuple[LessonLine, ...]
    progress: CourseProgress | None
    exam: QuizTerms | None
    next_try_on: date | None
    """From when the exam may be tried again; None when it may be begun, resumed, or not yet at all."""
    gate: ExamGate | None
    newer: CourseSummary | None
    """A version published since the person began."""
    changed: tuple[LessonLine, ...]
    """Lessons of the newer version whose text differs from the person's."""
    laws: tuple[tuple[LegalBasis, LegalBanner | None], ...]


def course_page(person_id: int | None, course_code: str, *, today: date) -> CoursePage:
    """Return what a course's page shows; five statements at most, two more with a newer version.

    Raises:
        NotFound: there is no such course.
    """
    progress = None if person_id is None else course_progress(person_id, course_code)
    if progress is None:
        course = catalogue.course_summary(course_code)
        lessons = catalogue.kept_version(course.version_id, course.content_hash)[1]
    else:
        course, lessons = progress.course, progress.lessons
    newer = None
    changed: tuple[LessonLine, ...] = ()
    if progress is not None and progress.current_version_id != course.version_id:
        newer = catalogue.course_version(progress.current_version_id)
        changed = catalogue.changed_lessons(course.version_id, newer.version_id)
    gate = None
    if person_id is not None and progress is not None:
        gate = exam_gate(person_id, course.exam_code, today=today, progress=progress)
    exam = find_terms(course.exam_code)
    return CoursePage(
        course=course,
        lessons=lessons,
        progress=progress,
        exam=exam,
        next_try_on=_next_try_on(person_id, exam, gate, today=today),
        gate=gate,
        newer=newer,
        changed=changed,
        laws=tuple(
            (law, next(iter(legal_banners([law], today=today)), None)) for law in course.legal_bases
        ),
    )


def _next_try_on(
    person_id: int | None, exam: QuizTerms | None, gate: ExamGate | None, *, today: date
) -> date | None:
    if person_id is None or exam is None or gate is None or not gate.is_open:
        return None
    state = start_state(person_id, exam, today=today)
    return None if state.may_start or state.running_id is not None else state.next_on


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueListing:
    """A page of the catalogue with the own progress by course code."""

    page: Page[CourseSummary]
    progress: Mapping[str, CourseProgress]
    fields: Sequence[str]
    """Field codes to filter by."""
    credit_hours: int
    """JP of the courses on the page."""


def catalogue_listing(person_id: int | None, filters: Filters, *, page: int) -> CatalogueListing:
    """Return a page of the catalogue; four statements."""
    found = catalogue.list_courses(filters, page=page)
    own = [] if person_id is None else list_progress(person_id)
    return CatalogueListing(
        page=found,
        progress={progress.course.code: progress for progress in own},
        fields=catalogue.list_fields(),
        credit_hours=sum(course.credit_hours for course in found.rows),
    )


def catalogue_rows(filters: Filters) -> Sequence[CourseSummary]:
    """Return the whole filtered catalogue, for an export."""
    return catalogue.all_courses(filters)
