"""The refusals of learning. Facts say why; `lms.app.refusals` has the sentences."""

from __future__ import annotations

from lms.kernel.errors import DomainError


class NotEnrolled(DomainError):
    """The person has not begun the course. Facts: `course_code`, `course_title`."""


class LessonLocked(DomainError):
    """Other lessons come first. Facts: `course_code`, `lessons`: (number, title) of each."""


class ExamClosed(DomainError):
    """The exam is not open to the person yet.

    Facts: `quiz_code`, `course_code`, `enrolled`, `lessons`: (number, title) of each lesson that
    is not marked done.
    """


class RetestTooEarly(ExamClosed):
    """The last pass still holds for long. Facts: `quiz_code`, `valid_until`, `opens_on`."""


class AnswerMissing(DomainError):
    """Nothing was chosen, or what was sent fits no answer. Facts: `problem`: the rule's code."""

    http_status = 422
