"""The gate of an exam, and what a graded attempt measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Text,
    cast,
    literal,
    select,
)

from lms.assessment.models import Attempt, QuizForm, QuizVersion
from lms.assessment.rules.attempts import recertification_opens_on
from lms.catalogue import queries as catalogue
from lms.catalogue.models import CourseVersion
from lms.catalogue.queries import CourseSummary, LessonLine
from lms.competency.models import Evidence, EvidenceDecision
from lms.kernel.dates import add_months
from lms.kernel.errors import NotFound
from lms.learning import rules
from lms.learning.models import Enrolment
from lms.learning.queries.progress import CourseProgress, progress_where
from lms.platform import clock, settings
from lms.platform.db import db


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamGate:
    """Whether a person may begin an exam, as far as learning decides it."""

    quiz_code: str
    course: CourseSummary | None
    """None for a quiz that ends no course: it is open to everybody."""
    is_enrolled: bool
    undone: tuple[LessonLine, ...]
    valid_until: date | None
    """The last valid day of the pass that holds longest; None without one."""
    retest_opens_on: date | None
    is_retest: bool
    """A pass stands and its re-test is open: lessons are not asked for."""
    is_open: bool


def enrolment_for_exam(person_id: int, quiz_code: str) -> CourseProgress | None:
    """Return the person's course that ends with this quiz, or None."""
    found = progress_where(Enrolment.person_id == person_id, CourseVersion.exam_code == quiz_code)
    return found[0] if found else None


def exam_gate(
    person_id: int, quiz_code: str, *, today: date, progress: CourseProgress | None = None
) -> ExamGate:
    """Return whether the exam is open to the person and what is missing; three statements at most.

    `progress` spares the one that reads it. Attempts, waiting days and an attempt under way are assessment's matter.
    """
    progress = progress or enrolment_for_exam(person_id, quiz_code)
    course = progress.course if progress else catalogue.find_course_of_exam(quiz_code)
    if course is None:
        return ExamGate(
            quiz_code=quiz_code,
            course=None,
            is_enrolled=False,
            undone=(),
            valid_until=None,
            retest_opens_on=None,
            is_retest=False,
            is_open=True,
        )
    valid_until = _valid_until(person_id, quiz_code, course.valid_months, today=today)
    opens_on = None
    if valid_until is not None:
        days = int(settings.value("exam.recertification_days"))
        opens_on = recertification_opens_on(valid_until, days)
    is_retest = opens_on is not None and opens_on <= today
    if progress is None:
        undone = catalogue.list_lessons(course.version_id)
    else:
        undone = tuple(progress.line(number) for number in progress.undone)
    may_take = opens_on is None and progress is not None and not undone
    return ExamGate(
        quiz_code=quiz_code,
        course=course,
        is_enrolled=progress is not None,
        undone=undone,
        valid_until=valid_until,
        retest_opens_on=opens_on,
        is_retest=is_retest,
        is_open=is_retest or may_take,
    )


def _valid_until(person_id: int, quiz_code: str, valid_months: int, *, today: date) -> date | None:
    """Return the last valid day of the pass that holds longest; revoked passes are left out."""
    rows = db.session.execute(
        select(Attempt.id, Attempt.graded_at, Evidence.valid_until, EvidenceDecision.id)
        .outerjoin(
            Evidence,
            (Evidence.source_kind == "measured")
            & (Evidence.source_ref == literal("attempt:") + cast(Attempt.id, Text)),
        )
        .outerjoin(
            EvidenceDecision,
            (EvidenceDecision.evidence_id == Evidence.id)
            & (EvidenceDecision.kind == "revoked")
            & (EvidenceDecision.effective_on <= today),
        )
        .where(
            Attempt.person_id == person_id,
            Attempt.quiz_code == quiz_code,
            Attempt.outcome == "lulus",
        )
    )
    return rules.standing_pass(
        rules.Pass(
            valid_until=row[2] or add_months(clock.local_date(row.graded_at), valid_months),
            is_revoked=row[3] is not None,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAttempt:
    """What a graded attempt measured."""

    attempt_id: int
    number: int
    outcome: str
    graded_at: datetime
    theta: float | None
    se: float | None
    cut_theta: float
    cut_ref: str
    """Quiz, its version, form and mark: which pass mark decided."""


def measured_attempt(attempt_id: int) -> MeasuredAttempt:
    """Return what a graded attempt measured.

    Raises:
        NotFound: there is no such attempt, or it is not graded.
    """
    row = db.session.execute(
        select(
            Attempt.number,
            Attempt.outcome,
            Attempt.graded_at,
            Attempt.theta,
            Attempt.se,
            Attempt.pass_mark,
            Attempt.quiz_code,
            QuizForm.code,
            QuizForm.cut_theta,
            QuizForm.mark_source,
            QuizVersion.number.label("quiz_version"),
        )
        .join(QuizForm, QuizForm.id == Attempt.form_id)
        .join(QuizVersion, QuizVersion.id == Attempt.quiz_version_id)
        .where(Attempt.id == attempt_id, Attempt.graded_at.is_not(None))
    ).first()
    if row is None:
        raise NotFound(attempt=attempt_id)
    return MeasuredAttempt(
        attempt_id=attempt_id,
        number=row.number,
        outcome=row.outcome,
        graded_at=row.graded_at,
        theta=row.theta,
        se=row.se,
        cut_theta=row.cut_theta,
        cut_ref=(
            f"{row.quiz_code} v{row.quiz_version} bentuk {row.code}"
            f" batas {row.pass_mark} {row.mark_source}"
        ),
    )
