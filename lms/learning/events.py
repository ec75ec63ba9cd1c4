"""What happened in learning, told upwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CourseStarted:
    """A person enrolled in a course; asking again is not told again."""

    person_id: int
    course_code: str
    today: date


@dataclass(frozen=True, slots=True)
class CourseCompleted:
    """A person passed the exam of a course: for the first time, or in a re-test.

    `enrolment_id` is None when the pass came without an enrolment. `is_retest`: an earlier pass
    of the same enrolment stands already, so that this one gives no JP.
    """

    enrolment_id: int | None
    person_id: int
    course_code: str
    version_id: int
    attempt_id: int
    attempt_number: int
    today: date
    is_retest: bool = False


@dataclass(frozen=True, slots=True)
class LearningTimeGrew:
    """Active time was added to a course that is passed already: a waiting JP entry may be final."""

    enrolment_id: int
    person_id: int
    course_code: str
    today: date
