"""Tables of development: obligation rules, obligations, reminders, JP entries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Key, Model, Moment, Ref, UTCDateTime


class ObligationRule(Model):
    """A rule that obliges an audience to pass a course within a number of days."""

    __tablename__ = "development_obligation_rule"
    __table_args__ = (UniqueConstraint("code", "version", name="obligation_rule_is_unique"),)

    id: Mapped[Key]
    code: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    audience: Mapped[str]
    """`asn-aktif`."""
    course_code: Mapped[str]
    due_days: Mapped[int]
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]
    reason: Mapped[str]
    legal_basis: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[Moment]


class Obligation(Model):
    """One person's duty under a rule, with its dates."""

    __tablename__ = "development_obligation"
    __table_args__ = (
        UniqueConstraint("rule_id", "person_id", "assigned_on", name="one_obligation_per_round"),
        Index("ix_development_obligation_person_id", "person_id"),
        Index("ix_development_obligation_open", "rule_id", "met_on", "due_on"),
    )

    id: Mapped[Key]
    rule_id: Mapped[Ref] = mapped_column(ForeignKey("development_obligation_rule.id"))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    course_code: Mapped[str]
    assigned_on: Mapped[date]
    due_on: Mapped[date]
    """The last day in time, that day included."""
    started_on: Mapped[date | None]
    met_on: Mapped[date | None]
    met_by: Mapped[str] = mapped_column(default="")
    """`attempt:<id>` or `outside:<id>`."""
    waived_on: Mapped[date | None]
    waived_reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[Moment]


class Reminder(Model):
    """One message about one obligation to one person: due, sent, failed, retried."""

    __tablename__ = "development_reminder"
    __table_args__ = (
        UniqueConstraint(
            "obligation_id", "kind", "recipient_id", "due_on", name="reminder_is_made_once"
        ),
        CheckConstraint(
            "kind IN ('ditugaskan', 'h7', 'h1', 'terlambat', 'diingatkan')",
            name="reminder_kind_is_known",
        ),
        Index("ix_development_reminder_recipient_id", "recipient_id", "due_on"),
    )

    id: Mapped[Key]
    obligation_id: Mapped[Ref] = mapped_column(ForeignKey("development_obligation.id"))
    recipient_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    """The person, or (when overdue) the superior."""
    kind: Mapped[str]
    due_on: Mapped[date]
    outbox_id: Mapped[Ref | None]
    """The digest that carries it; its row tells sent, failed, retried."""
    created_at: Mapped[Moment]
    requested_by: Mapped[Ref | None]
    """The account that asked for it, for `diingatkan`."""


class JpEntry(Model):
    """An entry of the JP ledger; a correction is a new entry that names what it replaces."""

    __tablename__ = "development_jp_entry"
    __table_args__ = (
        UniqueConstraint("source_ref", name="jp_is_credited_once"),
        Index("ix_development_jp_entry_person_id", "person_id", "year"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    year: Mapped[int]
    earned_on: Mapped[date]
    kind_code: Mapped[str]
    """Code of jenis diklat; 16 is e-learning."""
    title: Mapped[str]
    course_code: Mapped[str | None]
    enrolment_id: Mapped[Ref | None]
    jp: Mapped[int]
    state: Mapped[str]
    """`final`, or `menunggu` until enough active time is there."""
    final_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    source_ref: Mapped[str]
    recorded_at: Mapped[Moment]
