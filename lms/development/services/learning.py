"""What learning does to duties and to the JP ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from lms.development import queries
from lms.development.models import JpEntry, Obligation
from lms.development.queries.ledger import FINAL, WAITING, verdict_on
from lms.learning import queries as learning
from lms.learning.events import CourseCompleted, CourseStarted, LearningTimeGrew
from lms.platform import clock
from lms.platform.db import db

KIND_E_LEARNING = "16"
"""Code of jenis diklat."""


def on_course_started(event: CourseStarted) -> None:
    """Note on open duties that their course was begun."""
    db.session.execute(
        update(Obligation)
        .where(
            Obligation.person_id == event.person_id,
            Obligation.course_code == event.course_code,
            Obligation.started_on.is_(None),
            Obligation.met_on.is_(None),
            Obligation.waived_on.is_(None),
        )
        .values(started_on=event.today)
    )


def on_course_completed(event: CourseCompleted) -> None:
    """Meet the open duties of the course, and credit its JP once.

    A pass without lessons (test-out) and a re-test give no JP. Below the asked share of active
    time the entry waits for learning time.

    Source: docs/semantics.md section 6.
    """
    db.session.execute(
        update(Obligation)
        .where(
            Obligation.person_id == event.person_id,
            Obligation.course_code == event.course_code,
            Obligation.met_on.is_(None),
            Obligation.waived_on.is_(None),
        )
        .values(met_on=event.today, met_by=f"attempt:{event.attempt_id}")
    )
    if event.enrolment_id is None or event.is_retest:
        return
    if queries.has_jp_for_course(event.person_id, event.course_code):
        return
    progress = learning.enrolment_progress(event.enrolment_id)
    if progress.course.credit_hours == 0:
        return
    now = clock.now()
    is_final = verdict_on(progress).is_final
    db.session.add(
        JpEntry(
            person_id=event.person_id,
            year=event.today.year,
            earned_on=event.today,
            kind_code=KIND_E_LEARNING,
            title=progress.course.title,
            course_code=event.course_code,
            enrolment_id=event.enrolment_id,
            jp=progress.course.credit_hours,
            state=FINAL if is_final else WAITING,
            final_at=now if is_final else None,
            source_ref=f"attempt:{event.attempt_id}",
            recorded_at=now,
        )
    )
    db.session.flush()


def on_learning_time_grew(event: LearningTimeGrew) -> None:
    """Make the waiting JP of the course final when enough time is there."""
    for entry in queries.waiting_jp(event.person_id, event.course_code):
        settle_jp_entry(entry_id=entry.id, enrolment_id=entry.enrolment_id, now=clock.now())


def settle_jp_entry(*, entry_id: int, enrolment_id: int, now: datetime) -> bool:
    """Make a waiting entry final if its active time is enough; return whether it was.

    Raises:
        NotFound: there is no such enrolment.
    """
    if not verdict_on(learning.enrolment_progress(enrolment_id)).is_final:
        return False
    db.session.execute(
        update(JpEntry)
        .where(JpEntry.id == entry_id, JpEntry.state == WAITING)
        .values(state=FINAL, final_at=now)
    )
    return True


def settle_jp(*, now: datetime) -> int:
    """Make every waiting entry final whose active time is enough; return how many were."""
    return sum(
        settle_jp_entry(entry_id=entry.id, enrolment_id=entry.enrolment_id, now=now)
        for entry in queries.waiting_jp()
    )
