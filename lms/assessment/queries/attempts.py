"""Attempts as values: the one being taken, the ones behind, and whether another may start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Row, Select, and_, bindparam, select
from sqlalchemy.sql.elements import ColumnElement

from lms.assessment.errors import SignInNeeded
from lms.assessment.models import answer_table, attempt_table, quiz_form_table, quiz_version_table
from lms.assessment.queries.papers import ItemView, Paper, paper_of
from lms.assessment.rules import attempts as rules
from lms.assessment.rules.attempts import GRACE, AttemptState, LessonResult
from lms.assessment.rules.responses import Response
from lms.kernel.errors import NotFound
from lms.people.models import Person
from lms.platform.db import db
from lms.platform.models import SignIn

AnyRow = Row[*tuple[Any, ...]]

# Core columns at module level: SQLAlchemy then compiles each statement once per process.
_attempt = attempt_table.c
_answer = answer_table.c
_version = quiz_version_table.c
_form = quiz_form_table.c

PAPER_COLUMNS: Final = (
    _version.quiz_code,
    _version.course_code,
    _version.content_hash.label("quiz_hash"),
    _version.data.label("quiz_data"),
    _form.code.label("form_code"),
    _form.item_version_ids,
    _form.pass_mark,
    _form.mark_source,
    _form.cut_theta,
)


@dataclass(frozen=True, slots=True)
class Taker:
    """Who asks for an attempt of a quiz: the holder of its token, or a signed-in person.

    `token_hash` is that of the attempt's cookie, whatever it is worth. `sign_in_hash` is that of
    a sign-in in the same browser, alive or not: it must not be somebody else's.
    """

    quiz_code: str
    token_hash: str | None = None
    person_id: int | None = None
    sign_in_hash: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptHead:
    """An attempt being taken, with its paper and the order its seed gives."""

    attempt_id: int
    person_id: int
    number: int
    seed: int
    state: AttemptState
    started_at: datetime
    ends_at: datetime
    paper: Paper
    order: tuple[str, ...]
    stored_seq: int | None = None
    """Sequence number stored for the position that was asked for; None when there is none."""

    @property
    def quiz_code(self) -> str:
        """Code of the quiz."""
        return self.paper.quiz_code

    def item(self, position: int) -> ItemView:
        """Return the item at a position, from 1.

        Raises:
            NotFound: the attempt has no such question.
        """
        if not 1 <= position <= len(self.order):
            raise NotFound(kind="question", position=position)
        return self.paper.items[self.order[position - 1]].view

    def takes_answers(self, now: datetime) -> bool:
        """Tell whether a page with questions may still be shown."""
        return self.state is AttemptState.RUNNING and now <= self.ends_at

    def is_due(self, now: datetime) -> bool:
        """Tell whether it must be graded without having been handed in."""
        return self.state is AttemptState.RUNNING and rules.auto_grade_due(now, self.ends_at)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What is stored for one question."""

    position: int
    response: Response | None
    flagged: bool
    seq: int
    answered_at: datetime

    @property
    def is_answered(self) -> bool:
        """Tell whether anything was given, even in part."""
        return self.response is not None


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """One square of the navigator."""

    position: int
    answered: bool
    flagged: bool


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson's line of a result."""

    lesson: int
    right: int
    total: int
    is_strong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSummary:
    """An attempt and what came of it; the figures are None while it runs.

    `theta`, `se`, `p_pass` decide nothing and are for BKPSDM's eyes. `cut_theta` is the form's
    cut in logits, `mark_source` usulan or angoff.
    """

    attempt_id: int
    person_id: int
    quiz_code: str
    course_code: str | None
    number: int
    state: str
    form_code: str
    form_id: int
    quiz_version_id: int
    total: int
    started_at: datetime
    started_on: date
    ends_at: datetime
    submitted_at: datetime | None
    graded_at: datetime | None
    answered: int | None
    correct: int | None
    pass_mark: int
    mark_source: str
    outcome: str | None
    theta: float | None
    se: float | None
    p_pass: float | None
    cut_theta: float
    lessons: tuple[LessonLine, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether it has not been graded yet."""
        return self.state == AttemptState.RUNNING


@lru_cache(maxsize=16)
def _head_statement(by: str, lock: str, *, with_seq: bool) -> Select[Any]:
    """Return the statement that finds an attempt by token, person or id; `lock` as in `attempt_of`.

    `with_seq` reads the stored sequence number of one position along, to spare a statement.
    """
    found: Select[Any] = (
        select(
            _attempt.id,
            _attempt.person_id,
            _attempt.number,
            _attempt.seed,
            _attempt.state,
            _attempt.started_at,
            _attempt.ends_at,
            *PAPER_COLUMNS,
        )
        .join(quiz_version_table, _version.id == _attempt.quiz_version_id)
        .join(quiz_form_table, _form.id == _attempt.form_id)
    )
    if with_seq:
        found = found.add_columns(_answer.seq.label("stored_seq")).outerjoin(
            answer_table,
            and_(_answer.attempt_id == _attempt.id, _answer.position == bindparam("position")),
        )
    if by == "id":
        found = found.where(_attempt.id == bindparam("attempt_id"))
    elif by == "token":
        # Whose sign-in lies in the browser comes along, so that the page of an exam need not
        # load the whole actor.
        signed_in = (
            select(Person.id)
            .join(SignIn, SignIn.account_id == Person.account_id)
            .where(SignIn.token_hash == bindparam("sign_in_hash"))
            .scalar_subquery()
        )
        found = found.add_columns(signed_in.label("signed_in_id")).where(
            _attempt.token_hash == bindparam("token_hash"),
            _attempt.quiz_code == bindparam("quiz_code"),
        )
    else:
        found = (
            found.where(
                _attempt.person_id == bindparam("person_id"),
                _attempt.quiz_code == bindparam("quiz_code"),
            )
            .order_by(_attempt.number.desc())
            .limit(1)
        )
    if lock:
        found = found.with_for_update(read=lock == "share", of=attempt_table)
    return found


def _find(by: str, lock: str, **values: object) -> AnyRow | None:
    statement = _head_statement(by, lock, with_seq=values.get("position") is not None)
    return db.session.execute(statement, values).one_or_none()


def _head(row: AnyRow, *, with_seq: bool = False) -> AttemptHead:
    paper = paper_of(row)
    return AttemptHead(
        attempt_id=row.id,
        person_id=row.person_id,
        number=row.number,
        seed=row.seed,
        state=AttemptState(row.state),
        started_at=row.started_at,
        ends_at=row.ends_at,
        paper=paper,
        order=paper.order(row.seed),
        stored_seq=row.stored_seq if with_seq else None,
    )


def attempt_of(taker: Taker, *, lock: str = "", position: int | None = None) -> AttemptHead:
    """Return the attempt a taker means: the token's, else the person's latest at this quiz.

    A token that somebody else left in this browser gives nothing to whoever is signed in.
    `lock` is empty, "share" or "update"; `position` fills `stored_seq`.

    Raises:
        SignInNeeded: no token fits and nobody is signed in.
        NotFound: the person has no attempt at this quiz.
    """
    asked: dict[str, object] = {"quiz_code": taker.quiz_code}
    if position is not None:
        asked["position"] = position
    with_seq = position is not None
    if taker.token_hash is not None:
        row = _find(
            "token", lock, token_hash=taker.token_hash, sign_in_hash=taker.sign_in_hash, **asked
        )
        if row is not None and (taker.sign_in_hash is None or row.signed_in_id == row.person_id):
            return _head(row, with_seq=with_seq)
    if taker.person_id is None:
        raise SignInNeeded(quiz_code=taker.quiz_code)
    row = _find("person", lock, person_id=taker.person_id, **asked)
    if row is None:
        raise NotFound(kind="attempt", quiz_code=taker.quiz_code)
    return _head(row, with_seq=with_seq)


def attempt_by_id(attempt_id: int, *, lock: str = "") -> AttemptHead:
    """Return an attempt by its id.

    Raises:
        NotFound: there is none.
    """
    row = _find("id", lock, attempt_id=attempt_id)
    if row is None:
        raise NotFound(kind="attempt", id=attempt_id)
    return _head(row)


_ANSWERS: Final = select(
    _answer.position, _answer.response, _answer.flagged, _answer.seq, _answer.answered_at
).where(_answer.attempt_id == bindparam("attempt_id"))


def answers_of(attempt_id: int) -> dict[int, StoredAnswer]:
    """Return what is stored, by position."""
    return {
        row.position: StoredAnswer(*row)
        for row in db.session.execute(_ANSWERS, {"attempt_id": attempt_id})
    }


def marks_of(head: AttemptHead, answers: Mapping[int, StoredAnswer]) -> tuple[QuestionMark, ...]:
    """Return the squares of the navigator."""
    return tuple(
        QuestionMark(
            position,
            position in answers and answers[position].is_answered,
            position in answers and answers[position].flagged,
        )
        for position in range(1, len(head.order) + 1)
    )


def holds_open_attempt(*, quiz_code: str, token_hash: str, person_id: int, now: datetime) -> bool:
    """Tell whether a token opens the person's own running attempt, its time not over."""
    found = db.session.execute(
        select(_attempt.id).where(
            _attempt.token_hash == token_hash,
            _attempt.quiz_code == quiz_code,
            _attempt.person_id == person_id,
            _attempt.state == AttemptState.RUNNING,
            _attempt.ends_at >= now,
        )
    ).first()
    return found is not None


# ------------------------------------------------------------------ summaries

_SUMMARY: Final = (
    select(
        _attempt.id,
        _attempt.person_id,
        _attempt.quiz_code,
        _version.course_code,
        _attempt.number,
        _attempt.state,
        _form.code.label("form_code"),
        _attempt.form_id,
        _attempt.quiz_version_id,
        _form.item_version_ids,
        _attempt.started_at,
        _attempt.started_on,
        _attempt.ends_at,
        _attempt.submitted_at,
        _attempt.graded_at,
        _attempt.answered,
        _attempt.correct,
        _attempt.pass_mark,
        _form.pass_mark.label("form_mark"),
        _form.mark_source,
        _attempt.outcome,
        _attempt.theta,
        _attempt.se,
        _attempt.p_pass,
        _form.cut_theta,
        _attempt.per_lesson,
    )
    .join(quiz_version_table, _version.id == _attempt.quiz_version_id)
    .join(quiz_form_table, _form.id == _attempt.form_id)
)


def _summaries(*conditions: ColumnElement[bool]) -> list[AttemptSummary]:
    rows = db.session.execute(
        _SUMMARY.where(*conditions).order_by(_attempt.quiz_code, _attempt.number)
    )
    return [_summary(row) for row in rows]


def _summary(row: AnyRow) -> AttemptSummary:
    return AttemptSummary(
        attempt_id=row.id,
        person_id=row.person_id,
        quiz_code=row.quiz_code,
        course_code=row.course_code,
        number=row.number,
        state=row.state,
        form_code=row.form_code,
        form_id=row.form_id,
        quiz_version_id=row.quiz_version_id,
        total=len(row.item_version_ids),
        started_at=row.started_at,
        started_on=row.started_on,
        ends_at=row.ends_at,
        submitted_at=row.submitted_at,
        graded_at=row.graded_at,
        answered=row.answered,
        correct=row.correct,
        pass_mark=row.form_mark if row.pass_mark is None else row.pass_mark,
        mark_source=row.mark_source,
        outcome=row.outcome,
        theta=row.theta,
        se=row.se,
        p_pass=row.p_pass,
        cut_theta=row.cut_theta,
        lessons=tuple(_line(line) for line in _breakdown(row.per_lesson or {})),
    )


def _breakdown(per_lesson: Mapping[str, list[int]]) -> list[LessonResult]:
    return rules.lesson_breakdown(
        (int(lesson), mark)
        for lesson, (right, total) in per_lesson.items()
        for mark in [1] * right + [0] * (total - right)
    )


def _line(found: LessonResult) -> LessonLine:
    return LessonLine(
        found.lesson, found.right, found.total, found.verdict is rules.LessonVerdict.STRONG
    )


def attempts_of(person_id: int, quiz_code: str) -> list[AttemptSummary]:
    """Return the person's attempts at a quiz, oldest first; one statement."""
    return _summaries(_attempt.person_id == person_id, _attempt.quiz_code == quiz_code)


def attempt_summary(attempt_id: int) -> AttemptSummary:
    """Return one attempt.

    Raises:
        NotFound: there is none.
    """
    found = _summaries(_attempt.id == attempt_id)
    if not found:
        raise NotFound(kind="attempt", id=attempt_id)
    return found[0]


def open_attempts(person_id: int) -> list[AttemptSummary]:
    """Return the person's attempts that are not graded yet, of all quizzes."""
    return _summaries(_attempt.person_id == person_id, _attempt.state == AttemptState.RUNNING)


def expired_attempt_ids(now: datetime, *, limit: int = 2000) -> list[int]:
    """Return running attempts that must be graded, the longest waiting first."""
    return list(
        db.session.scalars(
            select(_attempt.id)
            .where(_attempt.state == AttemptState.RUNNING, _attempt.ends_at <= now - GRACE)
            .order_by(_attempt.ends_at)
            .limit(limit)
        )
    )
