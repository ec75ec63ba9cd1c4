"""Tables of the ground floor: accounts, sign-ins, audit, jobs, messages, settings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Json, Key, Model, Moment, Ref, UTCDateTime


class Account(Model):
    """Someone or something that can sign in. Who it is in the staff list is the matter of `people`."""

    __tablename__ = "platform_account"
    __table_args__ = (
        UniqueConstraint("name", name="account_name_is_unique"),
        UniqueConstraint("email", name="account_email_is_unique"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    """Short name to sign in with, lower case."""
    email: Mapped[str | None]
    """Lower case; where mail goes."""
    display_name: Mapped[str]
    """What the header shows for accounts without a person; with a person, the person's name."""
    password_hash: Mapped[str | None]
    """argon2id; None until the account was activated."""
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    locked_on: Mapped[date | None]
    """Closed by an administrator from this date; never set by failed sign-ins."""
    language: Mapped[str] = mapped_column(default="id")
    text_size: Mapped[str] = mapped_column(default="biasa")
    created_at: Mapped[Moment]
    is_demo: Mapped[bool] = mapped_column(default=False)


class SignIn(Model):
    """One device signed in. The cookie holds a random token; here is only its hash."""

    __tablename__ = "platform_signin"
    __table_args__ = (
        UniqueConstraint("token_hash", name="signin_token_is_unique"),
        Index("ix_platform_signin_account_id", "account_id"),
    )

    id: Mapped[Key]
    token_hash: Mapped[str]
    account_id: Mapped[Ref] = mapped_column(ForeignKey("platform_account.id"))
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    """Written at most once in five minutes: often enough for the idle limit, seldom enough for speed."""
    keep_until: Mapped[Moment]
    """End whatever happens: 12 hours when "tetap masuk" was ticked, else the working day's 8."""
    idle_seconds: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device: Mapped[str]
    """Browser and system in words, cut to 80 characters."""
    network: Mapped[str]
    """Client address, cut to /24 after 90 days."""


class SignInFailure(Model):
    """A failed sign-in, kept for counting; success is never counted."""

    __tablename__ = "platform_signin_failure"
    __table_args__ = (
        Index("ix_platform_signin_failure_pair", "identifier_hash", "network", "at"),
        Index("ix_platform_signin_failure_network", "network", "at"),
    )

    id: Mapped[Key]
    identifier_hash: Mapped[str]
    network: Mapped[str]
    at: Mapped[Moment]


class AuditRow(Model):
    """Something that was done, by whom, to what. Inserted once, never changed; ids only, no names."""

    __tablename__ = "platform_audit"
    __table_args__ = (
        Index("ix_platform_audit_at", "at"),
        Index("ix_platform_audit_object", "object_kind", "object_id"),
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    actor_account_id: Mapped[Ref | None]
    """None for jobs and commands."""
    action: Mapped[str]
    """`<resource>.<past participle>`, as `certificate.issued`."""
    object_kind: Mapped[str]
    object_id: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    request_ref: Mapped[str | None]


class AuditSeal(Model):
    """The chain over the audit rows: each hash covers the row and the hash before it."""

    __tablename__ = "platform_audit_seal"
    __table_args__ = (UniqueConstraint("audit_id", name="audit_row_is_sealed_once"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 ... without gaps."""
    audit_id: Mapped[Ref] = mapped_column(ForeignKey("platform_audit.id"))
    hash: Mapped[str]
    sealed_at: Mapped[Moment]


class JobRun(Model):
    """One run of a scheduled job."""

    __tablename__ = "platform_job_run"
    __table_args__ = (Index("ix_platform_job_run_name", "name", "started_at"),)

    id: Mapped[Key]
    name: Mapped[str]
    requested_by: Mapped[Ref | None]
    """The account that pressed "Jalankan sekarang"; None for the timetable and the command line."""
    started_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    """Class and place of what stopped the run; never personal data."""


class JobRequest(Model):
    """A wish to run a job now; the job process takes it within seconds and deletes the row."""

    __tablename__ = "platform_job_request"
    __table_args__ = (UniqueConstraint("name", name="job_is_requested_once"),)

    id: Mapped[Key]
    name: Mapped[str]
    account_id: Mapped[Ref | None]
    requested_at: Mapped[Moment]


class OutboxRow(Model):
    """Something to do after the commit that may fail alone: a mail above all."""

    __tablename__ = "platform_outbox"
    __table_args__ = (
        UniqueConstraint("dedupe_key", name="outbox_row_is_made_once"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        Index("ix_platform_outbox_next_try_at", "state", "next_try_at"),
        Index("ix_platform_outbox_person_id", "person_id"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    """What handler sends it; `mail` is the one of the ground floor."""
    dedupe_key: Mapped[str]
    """Asking twice with the same key makes one row."""
    person_id: Mapped[Ref | None]
    account_id: Mapped[Ref | None]
    """The addressee, by person or by account; the address itself is looked up when it is sent."""
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    """Template and ids; no names, no addresses."""
    state: Mapped[str] = mapped_column(default="menunggu")
    """menunggu, terkirim, gagal (will not be tried again by itself)."""
    due_at: Mapped[Moment]
    next_try_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None]
    created_at: Mapped[Moment]


class Notice(Model):
    """A notice inside the application, for a person."""

    __tablename__ = "platform_notice"
    __table_args__ = (
        UniqueConstraint("dedupe_key", name="notice_is_made_once"),
        Index("ix_platform_notice_person_id", "person_id", "read_at"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref]
    dedupe_key: Mapped[str]
    kind: Mapped[str]
    """Which sentence; words come from one table when it is shown, so that language can be switched."""
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    url: Mapped[str]
    created_at: Mapped[Moment]
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SettingRow(Model):
    """A value with a date and a basis; a change is a new row, so that every past value stays known."""

    __tablename__ = "platform_setting"
    __table_args__ = (Index("ix_platform_setting_key", "key", "valid_from", "id"),)

    id: Mapped[Key]
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(Json)
    valid_from: Mapped[date]
    recorded_at: Mapped[Moment]
    actor_account_id: Mapped[Ref | None]
    basis: Mapped[str]
    """Why, and on what legal ground."""
