"""Handing in and grading: once per attempt, whoever asks first."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from fractions import Fraction
from typing import Final

from sqlalchemy import bindparam, insert, update

from lms.assessment import queries
from lms.assessment.errors import AfterTime, AlreadySubmitted, SignInNeeded
from lms.assessment.events import AttemptGraded
from lms.assessment.models import answer_table, attempt_event_table, attempt_table
from lms.assessment.queries import AttemptHead, StoredAnswer, Taker
from lms.assessment.rules import attempts as rules
from lms.assessment.rules import irt, scoring
from lms.assessment.rules.attempts import AttemptState, Outcome
from lms.assessment.rules.responses import Response
from lms.kernel.errors import NotFound
from lms.platform import clock
from lms.platform.db import db
from lms.platform.slots import publish

_attempts: Final = attempt_table
_answers: Final = answer_table

_GRADE: Final = update(_attempts).where(
    _attempts.c.id == bindparam("attempt"), _attempts.c.state == AttemptState.RUNNING.value
)
_CREDIT: Final = update(_answers).where(
    _answers.c.attempt_id == bindparam("attempt"),
    _answers.c.position.in_(bindparam("places", expanding=True)),
)


def submit_attempt(*, taker: Taker, now: datetime) -> Outcome:
    """Hand in and grade the attempt; afterwards no answer is accepted.

    Raises:
        SignInNeeded, NotFound: as `queries.attempt_of`.
        AfterTime: its time is over; it is graded by itself, without being handed in.
        AlreadySubmitted: it has been graded.
    """
    head = queries.attempt_of(taker, lock="update")
    if head.state is AttemptState.GRADED:
        raise AlreadySubmitted(quiz_code=head.quiz_code)
    if now > head.ends_at:
        raise AfterTime(quiz_code=head.quiz_code, ended_at=head.ends_at)
    outcome = _grade(head, now=now, is_submitted=True)
    if outcome is None:
        raise AlreadySubmitted(quiz_code=head.quiz_code)
    return outcome


def close_attempt(*, attempt_id: int, now: datetime) -> Outcome | None:
    """Grade an attempt that nobody handed in, from 10 minutes after its end on.

    Doing it again, or too early, changes nothing and returns None.

    Raises:
        NotFound: there is no such attempt.
    """
    head = queries.attempt_by_id(attempt_id, lock="update")
    return _grade(head, now=now, is_submitted=False) if head.is_due(now) else None


def close_if_due(*, taker: Taker, now: datetime) -> Outcome | None:
    """Grade the attempt a taker means if its time has come; None when there was nothing to do.

    For requests that touch an attempt in another way than taking it.
    """
    try:
        head = queries.attempt_of(taker)
    except (NotFound, SignInNeeded):
        return None
    return close_attempt(attempt_id=head.attempt_id, now=now) if head.is_due(now) else None


def _grade(head: AttemptHead, *, now: datetime, is_submitted: bool) -> Outcome | None:
    """Grade the locked attempt and tell it upwards; None when somebody else has done so.

    `theta`, `se` and `p_pass` are kept for later stages and decide nothing.
    """
    answers = queries.answers_of(head.attempt_id)
    paper = head.paper
    items = [paper.items[code] for code in head.order]
    responses = [_response(answers, place) for place in range(1, len(items) + 1)]
    marks = [
        scoring.score_whole(item.view.content, response)
        for item, response in zip(items, responses, strict=True)
    ]
    answered = sum(response is not None for response in responses)
    raw = sum(marks)
    outcome = rules.outcome_of(
        raw=raw,
        pass_mark=paper.pass_mark,
        answered=answered,
        total=len(items),
        submitted=is_submitted,
    )
    estimate = irt.eap([item.curve for item in items], marks)
    lessons = rules.lesson_breakdown(
        (item.lesson, mark)
        for item, mark in zip(items, marks, strict=True)
        if item.lesson is not None
    )
    changed = db.session.execute(
        _GRADE.values(
            state=AttemptState.GRADED.value,
            submitted_at=now if is_submitted else None,
            graded_at=now,
            answered=answered,
            correct=raw,
            pass_mark=paper.pass_mark,
            outcome=outcome.value,
            theta=estimate.theta,
            se=estimate.se,
            p_pass=irt.pass_probability(estimate, paper.cut_theta),
            per_lesson={str(line.lesson): [line.right, line.total] for line in lessons},
        ),
        {"attempt": head.attempt_id},
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # a cursor result
        return None
    _write_credits(head, answers)
    _write_events(head.attempt_id, now=now, is_submitted=is_submitted)
    publish(
        AttemptGraded(
            attempt_id=head.attempt_id,
            person_id=head.person_id,
            quiz_code=head.quiz_code,
            outcome=outcome.value,
            # Graded late by the job, it still shows what the person knew when time ran out.
            today=clock.local_date(now if is_submitted else min(now, head.ends_at)),
        )
    )
    return outcome


def _response(answers: dict[int, StoredAnswer], position: int) -> Response | None:
    stored = answers.get(position)
    return None if stored is None else stored.response


def _write_credits(head: AttemptHead, answers: dict[int, StoredAnswer]) -> None:
    """Fix what every stored answer earned; one statement per different credit."""
    places: defaultdict[Fraction, list[int]] = defaultdict(list)
    for position, stored in answers.items():
        content = head.item(position).content
        places[scoring.score(content, stored.response, head.paper.marking)].append(position)
    for credit, positions in places.items():
        db.session.execute(
            _CREDIT.values(credit=str(credit)), {"attempt": head.attempt_id, "places": positions}
        )


def _write_events(attempt_id: int, *, now: datetime, is_submitted: bool) -> None:
    kinds = ("kumpul", "nilai") if is_submitted else ("nilai",)
    db.session.execute(
        insert(attempt_event_table),
        [
            {"attempt_id": attempt_id, "kind": kind, "position": None, "at": now, "facts": None}
            for kind in kinds
        ],
    )
