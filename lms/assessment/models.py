"""Tables of assessment: items, quizzes with fixed forms, attempts, answers and their events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Json, Key, Model, Moment, Ref, UTCDateTime


class ItemVersion(Model):
    """An item as it was at one moment. An answered version never changes."""

    __tablename__ = "assessment_item_version"
    __table_args__ = (
        UniqueConstraint("item_code", "number", name="item_version_number_is_unique"),
        UniqueConstraint("item_code", "content_hash", name="item_content_is_versioned_once"),
        CheckConstraint(
            "purpose IN ('ujian', 'latihan', 'kartu', 'penempatan')", name="item_purpose_is_known"
        ),
    )

    id: Mapped[Key]
    item_code: Mapped[str]
    """AMN-101-1-001."""
    number: Mapped[int]
    content_hash: Mapped[str]
    is_current: Mapped[bool]
    bank: Mapped[str]
    """Course code, or PENEMPATAN."""
    purpose: Mapped[str]
    kind: Mapped[str]
    lesson: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    """The item as in bank.yaml."""
    exhibit_html: Mapped[str] = mapped_column(default="")
    """`peraga`, rendered and sanitised."""
    loaded_at: Mapped[Moment]


class QuizVersion(Model):
    """A quiz blueprint as it was at one moment."""

    __tablename__ = "assessment_quiz_version"
    __table_args__ = (
        UniqueConstraint("quiz_code", "number", name="quiz_version_number_is_unique"),
        UniqueConstraint("quiz_code", "content_hash", name="quiz_content_is_versioned_once"),
    )

    id: Mapped[Key]
    quiz_code: Mapped[str]
    number: Mapped[int]
    content_hash: Mapped[str]
    is_current: Mapped[bool]
    course_code: Mapped[str | None]
    minutes: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    """percobaan, penilaian, tampil, acak, sel, minimal, batas."""
    loaded_at: Mapped[Moment]


class QuizForm(Model):
    """A fixed form of a quiz version, with its own pass mark and its place on the theta scale."""

    __tablename__ = "assessment_quiz_form"
    __table_args__ = (
        UniqueConstraint("quiz_version_id", "code", name="form_code_is_unique"),
        CheckConstraint("pass_mark >= 0", name="pass_mark_not_negative"),
    )

    id: Mapped[Key]
    quiz_version_id: Mapped[Ref] = mapped_column(ForeignKey("assessment_quiz_version.id"))
    code: Mapped[str]
    item_version_ids: Mapped[list[int]] = mapped_column(Json)
    reserve_item_version_ids: Mapped[list[int]] = mapped_column(Json)
    pass_mark: Mapped[int]
    """Items right, of the form's length."""
    mark_source: Mapped[str]
    """usulan or angoff."""
    cut_theta: Mapped[float]
    """The inverse of the form's test characteristic curve at its raw mark."""
    information_at_cut: Mapped[float]


class Attempt(Model):
    """One try of a person at a quiz, on one form, in one shuffled order that its seed rebuilds."""

    __tablename__ = "assessment_attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "quiz_code", "number", name="attempt_number_is_unique"),
        Index(
            "one_open_attempt_per_person",
            "person_id",
            "quiz_code",
            unique=True,
            sqlite_where=text("state = 'berjalan'"),
            postgresql_where=text("state = 'berjalan'"),
        ),
        UniqueConstraint("token_hash", name="attempt_token_is_unique"),
        CheckConstraint("state IN ('berjalan', 'dinilai')", name="attempt_state_is_known"),
        Index("ix_assessment_attempt_open", "state", "ends_at"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    quiz_code: Mapped[str]
    quiz_version_id: Mapped[Ref] = mapped_column(ForeignKey("assessment_quiz_version.id"))
    form_id: Mapped[Ref] = mapped_column(ForeignKey("assessment_quiz_form.id"))
    number: Mapped[int]
    """1, 2, 3 ... of this person at this quiz."""
    seed: Mapped[int] = mapped_column(BigInteger)
    """63 bits of chance; with the form it rebuilds every order."""
    token_hash: Mapped[str]
    """Hash of the attempt's own token, so that idle sign-out cannot lose an answer."""
    state: Mapped[str] = mapped_column(default="berjalan")
    started_at: Mapped[Moment]
    started_on: Mapped[date]
    """Region date of the start, from which waiting days count."""
    ends_at: Mapped[Moment]
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """None when time ran out and the attempt was graded without being handed in."""
    graded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered: Mapped[int | None]
    correct: Mapped[int | None]
    pass_mark: Mapped[int | None]
    outcome: Mapped[str | None]
    """lulus, belum, belum_cukup_bukti."""
    theta: Mapped[float | None]
    se: Mapped[float | None]
    p_pass: Mapped[float | None]
    per_lesson: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """lesson -> [right, total], fixed at grading."""


class Answer(Model):
    """What a person last chose for one question of an attempt."""

    __tablename__ = "assessment_answer"

    attempt_id: Mapped[Ref] = mapped_column(ForeignKey("assessment_attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """1-based place in the attempt's order."""
    item_version_id: Mapped[Ref] = mapped_column(ForeignKey("assessment_item_version.id"))
    response: Mapped[Any | None] = mapped_column(Json)
    """None: not answered."""
    flagged: Mapped[bool] = mapped_column(default=False)
    seq: Mapped[int]
    answered_at: Mapped[Moment]
    client_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_late: Mapped[bool] = mapped_column(default=False)
    credit: Mapped[str | None]
    """Exact fraction as text ("1", "2/3"), fixed at grading."""


class AttemptEvent(Model):
    """What happened in an attempt, in order: mulai, lihat, jawab, ubah, kumpul, nilai."""

    __tablename__ = "assessment_attempt_event"
    __table_args__ = (Index("ix_assessment_attempt_event_attempt_id", "attempt_id"),)

    id: Mapped[Key]
    attempt_id: Mapped[Ref] = mapped_column(ForeignKey("assessment_attempt.id"))
    kind: Mapped[str]
    position: Mapped[int | None]
    at: Mapped[Moment]
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)


class ExtraTime(Model):
    """More time for a person, by decision, for all quizzes."""

    __tablename__ = "assessment_extra_time"

    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    extra_pct: Mapped[int]
    reason: Mapped[str]
    recorded_at: Mapped[Moment]


# The tables as Core objects: the hot path of an exam runs on them, and statements built on them
# once are compiled once.
item_version_table: Final = cast("Table", ItemVersion.__table__)
quiz_version_table: Final = cast("Table", QuizVersion.__table__)
quiz_form_table: Final = cast("Table", QuizForm.__table__)
attempt_table: Final = cast("Table", Attempt.__table__)
answer_table: Final = cast("Table", Answer.__table__)
attempt_event_table: Final = cast("Table", AttemptEvent.__table__)
extra_time_table: Final = cast("Table", ExtraTime.__table__)
