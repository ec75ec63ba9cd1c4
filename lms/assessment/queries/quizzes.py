"""Quizzes in force and whether a person may start one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, select

from lms.assessment.models import (
    attempt_table,
    extra_time_table,
    quiz_form_table,
    quiz_version_table,
)
from lms.assessment.rules import attempts as rules
from lms.assessment.rules.attempts import AttemptPolicy, AttemptState, PastAttempt, Refusal
from lms.kernel.errors import NotFound
from lms.platform.db import db

_attempt = attempt_table.c
_version = quiz_version_table.c
_form = quiz_form_table.c
_extra = extra_time_table.c

_NO_WINDOW_DAYS: Final = 36_500
"""A quiz without a window counts every attempt of a working life."""


@dataclass(frozen=True, slots=True)
class FormInForce:
    """A form of the current version."""

    form_id: int
    code: str
    questions: int
    pass_mark: int
    mark_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizTerms:
    """What a taker must know before starting; `most` None means no limit of attempts.

    `forms` stand in the order of the file and are never empty.
    """

    quiz_code: str
    quiz_version_id: int
    course_code: str | None
    minutes: int
    most: int | None
    window_days: int
    pause_days: int
    is_placement: bool
    forms: tuple[FormInForce, ...]

    @property
    def questions(self) -> int:
        """How many questions a taker gets."""
        return self.forms[0].questions

    @property
    def pass_mark(self) -> int:
        """Items right that pass the first form."""
        return self.forms[0].pass_mark

    @property
    def mark_source(self) -> str:
        """Where the mark comes from: usulan or angoff."""
        return self.forms[0].mark_source


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt already begun, oldest first in lists."""

    attempt_id: int
    number: int
    state: AttemptState
    started_on: date
    form_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartState:
    """Whether a new attempt may start. `left` counts the one that would start; None: no limit.

    `next_on` is the first day on which one may, when that is not today.
    """

    running_id: int | None
    may_start: bool
    left: int | None
    next_on: date | None
    refusal: str | None


_TERMS: Final = (
    select(
        _version.id,
        _version.course_code,
        _version.minutes,
        _version.data,
        _form.id.label("form_id"),
        _form.code,
        _form.item_version_ids,
        _form.pass_mark,
        _form.mark_source,
    )
    .join(quiz_form_table, _form.quiz_version_id == _version.id)
    .where(_version.quiz_code == bindparam("quiz_code"), _version.is_current)
    .order_by(_form.id)
)
_BEGUN: Final = (
    select(
        _attempt.id,
        _attempt.number,
        _attempt.state,
        _attempt.started_on,
        _form.code,
    )
    .join(quiz_form_table, _form.id == _attempt.form_id)
    .where(
        _attempt.person_id == bindparam("person_id"), _attempt.quiz_code == bindparam("quiz_code")
    )
    .order_by(_attempt.number)
)


def find_terms(quiz_code: str) -> QuizTerms | None:
    """Return the terms of the quiz in force, or None when there is none; one statement."""
    rows = db.session.execute(_TERMS, {"quiz_code": quiz_code}).all()
    if not rows:
        return None
    first = rows[0]
    tries: Mapping[str, Any] = first.data["percobaan"]
    return QuizTerms(
        quiz_code=quiz_code,
        quiz_version_id=first.id,
        course_code=first.course_code,
        minutes=first.minutes,
        most=tries["maks"],
        window_days=tries["jendela_hari"] or _NO_WINDOW_DAYS,
        pause_days=tries["jeda_hari"] or 0,
        is_placement=first.data["guna"] == "penempatan",
        forms=tuple(
            FormInForce(
                row.form_id, row.code, len(row.item_version_ids), row.pass_mark, row.mark_source
            )
            for row in rows
        ),
    )


def quiz_terms(quiz_code: str) -> QuizTerms:
    """Return the terms of the quiz in force.

    Raises:
        NotFound: no such quiz has been published.
    """
    terms = find_terms(quiz_code)
    if terms is None:
        raise NotFound(kind="quiz", code=quiz_code)
    return terms


def begun(person_id: int, quiz_code: str) -> list[Begun]:
    """Return the person's attempts at a quiz, oldest first, without their results."""
    return [
        Begun(row.id, row.number, AttemptState(row.state), row.started_on, row.code)
        for row in db.session.execute(_BEGUN, {"person_id": person_id, "quiz_code": quiz_code})
    ]


def extra_time_pct(person_id: int) -> int:
    """Return how much more time the person has by decision, in percent; usually 0."""
    found = db.session.execute(
        select(_extra.extra_pct).where(_extra.person_id == person_id)
    ).scalar_one_or_none()
    return found or 0


def start_decision(
    terms: QuizTerms, previous: Sequence[Begun], *, today: date
) -> rules.Allowed | Refusal:
    """Return whether the next attempt may start today, by the quiz's own policy."""
    past = [PastAttempt(attempt.started_on, attempt.state) for attempt in previous]
    if terms.is_placement:
        return rules.may_start_placement(past, today)
    policy = AttemptPolicy(
        most=terms.most, window_days=terms.window_days, pause_days=terms.pause_days
    )
    return rules.may_start(past, today, policy)


def start_state(person_id: int, terms: QuizTerms, *, today: date) -> StartState:
    """Return where the person stands before the start page of a quiz; one statement."""
    previous = begun(person_id, terms.quiz_code)
    running = next((one for one in previous if one.state is AttemptState.RUNNING), None)
    decision = start_decision(terms, previous, today=today)
    if isinstance(decision, Refusal):
        return StartState(
            running_id=None if running is None else running.attempt_id,
            may_start=False,
            left=0,
            next_on=decision.next_on,
            refusal=decision.code,
        )
    left = None if decision.remaining is None else decision.remaining + 1
    return StartState(running_id=None, may_start=True, left=left, next_on=None, refusal=None)
