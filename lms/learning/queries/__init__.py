"""Reading learning: progress, lesson pages, courses, the gate of an exam."""

from __future__ import annotations

from lms.learning.queries.courses import (
    CatalogueListing,
    CoursePage,
    catalogue_listing,
    catalogue_rows,
    course_page,
)
from lms.learning.queries.exams import (
    ExamGate,
    MeasuredAttempt,
    enrolment_for_exam,
    exam_gate,
    measured_attempt,
)
from lms.learning.queries.lesson_pages import LessonPage, Practice, lesson_page, typed_answer
from lms.learning.queries.progress import (
    CourseProgress,
    Mark,
    NextStep,
    course_progress,
    enrolment_progress,
    find_enrolment_id,
    list_progress,
    next_step,
    next_step_of,
)

__all__ = [
    "CatalogueListing",
    "CoursePage",
    "CourseProgress",
    "ExamGate",
    "LessonPage",
    "Mark",
    "MeasuredAttempt",
    "NextStep",
    "Practice",
    "catalogue_listing",
    "catalogue_rows",
    "course_page",
    "course_progress",
    "enrolment_for_exam",
    "enrolment_progress",
    "exam_gate",
    "find_enrolment_id",
    "lesson_page",
    "list_progress",
    "measured_attempt",
    "next_step",
    "next_step_of",
    "typed_answer",
]
