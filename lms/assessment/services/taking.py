"""Taking a test: starting or resuming, meeting questions, saving answers."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import insert, update

from lms.assessment import queries
from lms.assessment.errors import (
    AfterTime,
    AlreadySubmitted,
    AttemptsUsedUp,
    BadResponse,
    TooSoon,
)
from lms.assessment.events import AttemptStarted
from lms.assessment.models import answer_table, attempt_event_table, attempt_table
from lms.assessment.queries import AttemptHead, QuestionMark, QuizTerms, StoredAnswer, Taker
from lms.assessment.queries.papers import ItemView
from lms.assessment.rules import attempts as rules
from lms.assessment.rules import forms
from lms.assessment.rules.attempts import AnswerDecision, AttemptState, RefusalCode
from lms.assessment.rules.kinds import ItemContent, Numeric, Ordering, ShortText, SingleChoice
from lms.assessment.rules.problem import Problem
from lms.assessment.rules.responses import Response, raw_answer_from, read_response
from lms.assessment.services.grading import close_attempt
from lms.people.queries import person_behind
from lms.platform.access.services import AllSignInsEnded, token_hash
from lms.platform.db import db, upsert
from lms.platform.slots import publish

_attempts: Final = attempt_table
_answers: Final = answer_table
_events: Final = attempt_event_table
_INSERT_EVENT: Final = insert(_events)

TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedAttempt:
    """An attempt that the holder of `token` may take; the token is told this once.

    `is_new` is False for one that was resumed.
    """

    attempt_id: int
    token: str
    number: int
    is_new: bool
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """One question of a running attempt as its taker meets it, and the navigator beside it.

    `choices` are the ids a taker picks from, in page order. `item.content` holds the key.
    """

    head: AttemptHead
    position: int
    item: ItemView
    choices: tuple[str, ...]
    stored: StoredAnswer | None
    marks: tuple[QuestionMark, ...]
    response: Response | None
    """What the inputs show: what is stored, or what was just typed and could not be accepted."""
    is_flagged: bool

    @property
    def answered(self) -> int:
        """How many questions have an answer, even in part."""
        return sum(mark.answered for mark in self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """All questions before handing in."""

    head: AttemptHead
    marks: tuple[QuestionMark, ...]

    @property
    def open_positions(self) -> tuple[int, ...]:
        """Positions without an answer."""
        return tuple(mark.position for mark in self.marks if not mark.answered)

    @property
    def flagged_positions(self) -> tuple[int, ...]:
        """Positions marked as unsure."""
        return tuple(mark.position for mark in self.marks if mark.flagged)


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """What became of an answer. `late`: sent after the end, given before it.

    `ignored`: a newer one is stored already; it is answered as success.
    """

    state: Literal["accepted", "late", "ignored"]
    at: datetime
    position: int
    total: int


def start_attempt(*, person_id: int, quiz_code: str, now: datetime, today: date) -> StartedAttempt:
    """Begin an attempt, or resume the one that is open; an expired one is graded first.

    Whether the person may take the quiz at all (lessons done) is the caller's question. The first
    attempt takes the first form of the file, so that one form gathers comparable first answers
    soonest; every further one another form than the last.

    Resuming makes a new token in place of the old one: only hashes are stored, so the old token
    cannot be told again, and of two devices the one used last holds the attempt. The other keeps
    working as long as its owner is signed in there.

    Two parallel requests cannot begin two attempts: the second collides with a constraint, and
    when the edge repeats it, it finds the open attempt. Publishes `AttemptStarted` for a new one.

    Raises:
        NotFound: no such quiz has been published.
        TooSoon: the waiting days are not over.
        AttemptsUsedUp: the window holds as many starts as the quiz allows.
    """
    terms = queries.quiz_terms(quiz_code)
    previous = queries.begun(person_id, quiz_code)
    running = next((one for one in previous if one.state is AttemptState.RUNNING), None)
    if running is not None:
        resumed = _resume(running.attempt_id, now=now)
        if resumed is not None:
            return resumed
        previous = queries.begun(person_id, quiz_code)
    decision = queries.start_decision(terms, previous, today=today)
    if isinstance(decision, rules.Refusal):
        if decision.code is RefusalCode.WINDOW:
            raise AttemptsUsedUp(quiz_code=quiz_code, next_on=decision.next_on)
        raise TooSoon(quiz_code=quiz_code, next_on=decision.next_on)
    return _begin(terms, previous, person_id=person_id, now=now, today=today)


def _resume(attempt_id: int, *, now: datetime) -> StartedAttempt | None:
    """Give the open attempt a new token; None when it had to be graded instead."""
    head = queries.attempt_by_id(attempt_id, lock="update")
    if head.is_due(now):
        close_attempt(attempt_id=attempt_id, now=now)
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.execute(
        update(_attempts).where(_attempts.c.id == attempt_id).values(token_hash=token_hash(token))
    )
    return StartedAttempt(
        attempt_id=attempt_id,
        token=token,
        number=head.number,
        is_new=False,
        ends_at=head.ends_at,
    )


def _begin(
    terms: QuizTerms,
    previous: list[queries.Begun],
    *,
    person_id: int,
    now: datetime,
    today: date,
) -> StartedAttempt:
    seed = secrets.randbits(63)
    codes = [form.code for form in terms.forms]
    taken = [one.form_code for one in previous]
    chosen = forms.form_for_attempt(codes, taken, seed) if taken else codes[0]
    form = next(form for form in terms.forms if form.code == chosen)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    number = max((one.number for one in previous), default=0) + 1
    ends_at = rules.ends_at(now, terms.minutes, queries.extra_time_pct(person_id))
    attempt_id = db.session.execute(
        insert(_attempts)
        .values(
            person_id=person_id,
            quiz_code=terms.quiz_code,
            quiz_version_id=terms.quiz_version_id,
            form_id=form.form_id,
            number=number,
            seed=seed,
            token_hash=token_hash(token),
            state=AttemptState.RUNNING.value,
            started_at=now,
            started_on=today,
            ends_at=ends_at,
        )
        .returning(_attempts.c.id)
    ).scalar_one()
    _note(attempt_id, "mulai", now, facts={"bentuk": form.code})
    publish(AttemptStarted(attempt_id=attempt_id, person_id=person_id, quiz_code=terms.quiz_code))
    return StartedAttempt(
        attempt_id=attempt_id, token=token, number=number, is_new=True, ends_at=ends_at
    )


def _note(
    attempt_id: int,
    kind: str,
    at: datetime,
    *,
    position: int | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    db.session.execute(
        _INSERT_EVENT,
        {"attempt_id": attempt_id, "kind": kind, "position": position, "at": at, "facts": facts},
    )


def open_question(*, taker: Taker, position: int, now: datetime) -> QuestionPage | None:
    """Return a question for its taker and note that it was shown.

    None when the attempt takes no answers any more; if it is due it is graded now. Three
    statements.

    Raises:
        SignInNeeded, NotFound: as `queries.attempt_of`; NotFound also for an unknown position.
    """
    head = queries.attempt_of(taker)
    if _is_over(head, now):
        return None
    page = _question(head, position)
    _note(head.attempt_id, "lihat", now, position=position)
    return page


def question_again(
    *, taker: Taker, position: int, fields: Iterable[tuple[str, str]], is_flagged: bool
) -> QuestionPage:
    """Return a question with what was typed, for a form that comes back with an error.

    Raises:
        SignInNeeded, NotFound: as `open_question`.
    """
    page = _question(queries.attempt_of(taker), position)
    typed = _as_typed(page.item.content, fields)
    return replace(page, response=typed, is_flagged=is_flagged)


def _as_typed(content: ItemContent, fields: Iterable[tuple[str, str]]) -> Response | None:
    """Return the raw values in the shape that the inputs of the kind show, right or wrong."""
    raw = raw_answer_from(content, fields)
    if isinstance(raw, Mapping):
        return dict(raw)
    values = list(raw)
    if isinstance(content, Ordering):
        return [*values, *[""] * len(content.options)][: len(content.options)]
    if isinstance(content, SingleChoice | Numeric | ShortText):
        return values[0] if values else None
    return values


def _question(head: AttemptHead, position: int) -> QuestionPage:
    item = head.item(position)
    answers = queries.answers_of(head.attempt_id)
    stored = answers.get(position)
    return QuestionPage(
        head=head,
        position=position,
        item=item,
        choices=head.paper.option_order(head.seed, item.content),
        stored=stored,
        marks=queries.marks_of(head, answers),
        response=None if stored is None else stored.response,
        is_flagged=stored is not None and stored.flagged,
    )


def open_review(*, taker: Taker, now: datetime) -> ReviewPage | None:
    """Return the overview before handing in; None as in `open_question`.

    Raises:
        SignInNeeded, NotFound: as `queries.attempt_of`.
    """
    head = queries.attempt_of(taker)
    if _is_over(head, now):
        return None
    return ReviewPage(head=head, marks=queries.marks_of(head, queries.answers_of(head.attempt_id)))


def _is_over(head: AttemptHead, now: datetime) -> bool:
    if head.is_due(now):
        close_attempt(attempt_id=head.attempt_id, now=now)
    return not head.takes_answers(now)


def save_answer(
    *,
    taker: Taker,
    position: int,
    fields: Iterable[tuple[str, str]],
    seq: int | None,
    client_at: datetime | None,
    is_flagged: bool,
    now: datetime,
) -> SavedAnswer:
    """Store what a taker chose for one question; what was stored before gives way to it.

    `fields` are the form's names and values; none of the answer's among them means "not
    answered". A sequence number not above the stored one changes nothing; without one the next
    is taken. The attempt's row is locked against being graded meanwhile. Three statements.

    Raises:
        SignInNeeded, NotFound: as `open_question`.
        AfterTime, AlreadySubmitted: nothing is accepted any more.
        BadResponse: the values do not fit the question.
    """
    head = queries.attempt_of(taker, lock="share", position=position)
    item, stored = head.item(position), head.stored_seq
    decision = rules.answer_decision(
        now=now,
        client_time=client_at,
        started_at=head.started_at,
        ends_at=head.ends_at,
        state=head.state,
        seq=seq,
        stored_seq=stored,
    )
    if decision is AnswerDecision.REFUSE_SUBMITTED:
        raise AlreadySubmitted(quiz_code=head.quiz_code)
    if decision is AnswerDecision.REFUSE_TIME:
        raise AfterTime(quiz_code=head.quiz_code, ended_at=head.ends_at)
    response = read_response(item.content, raw_answer_from(item.content, fields))
    if isinstance(response, Problem):
        raise BadResponse(problem=response.code, **response.facts)
    total = len(head.order)
    if decision is AnswerDecision.IGNORE:
        return SavedAnswer("ignored", now, position, total)
    is_late = decision is AnswerDecision.ACCEPT_LATE
    _store(
        {
            "attempt_id": head.attempt_id,
            "position": position,
            "item_version_id": item.item_version_id,
            "response": response,
            "flagged": is_flagged,
            "answered_at": now,
            "client_at": client_at,
            "is_late": is_late,
        },
        seq,
    )
    _note(
        head.attempt_id,
        "jawab" if stored is None else "ubah",
        now,
        position=position,
        facts={"terlambat": True} if is_late else None,
    )
    return SavedAnswer("late" if is_late else "accepted", now, position, total)


_REPLACED: Final = ("response", "flagged", "answered_at", "client_at", "is_late")


def _store(row: dict[str, Any], seq: int | None) -> None:
    """Insert the answer, or replace the stored one unless that is newer.

    The comparison is made by the database: of two requests at once the higher number stays,
    whichever comes last.
    """
    upsert(
        _answers,
        row | {"seq": 1 if seq is None else seq},
        conflict_columns=("attempt_id", "position"),
        set_={name: row[name] for name in _REPLACED}
        | {"seq": _answers.c.seq + 1 if seq is None else seq},
        where=None if seq is None else _answers.c.seq < seq,
    )


def end_attempt_tokens(event: AllSignInsEnded) -> None:
    """End the attempt tokens of an account's person; the attempts run on.

    Whoever holds a device with such a token must sign in to go on.
    """
    behind = person_behind(event.account_id)
    if behind is None or behind.person_id is None:
        return
    for attempt in queries.open_attempts(behind.person_id):
        db.session.execute(
            update(_attempts)
            .where(_attempts.c.id == attempt.attempt_id)
            .values(token_hash=token_hash(secrets.token_urlsafe(TOKEN_BYTES)))
        )
