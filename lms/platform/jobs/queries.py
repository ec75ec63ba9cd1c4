"""What jobs, messages and the audit trail look like on the system pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from lms.platform import clock
from lms.platform.db import db
from lms.platform.jobs.runner import Job, find_job, registered
from lms.platform.models import Account, AuditRow, AuditSeal, JobRequest, JobRun, OutboxRow
from lms.platform.paging import PER_PAGE, Page

_SLOW: Final = timedelta(hours=1)
"""Jobs that run more often than this need no catching up: their next run is near."""


@dataclass(frozen=True, slots=True)
class JobState:
    """A job with its last run."""

    name: str
    title: str
    every: timedelta | None
    daily_at: tuple[int, int] | None
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    failed: int
    error: str | None
    overdue: bool
    requested: bool
    well_at: datetime | None
    """When a run last ended well; before the first, since when the database knows any job."""


def job_states(*, now: datetime) -> list[JobState]:
    """Return every job of the table with its last run. Four statements.

    A job is overdue when no run ended well within `overdue_after`; one that never ran is not,
    until the database has known some job for that long.
    """
    latest = select(func.max(JobRun.id)).group_by(JobRun.name).scalar_subquery()
    last = {
        row.name: row for row in db.session.scalars(select(JobRun).where(JobRun.id.in_(latest)))
    }
    ended: dict[str, datetime] = {
        row.name: row.ended_at
        for row in db.session.execute(
            select(JobRun.name, func.max(JobRun.ended_at).label("ended_at"))
            .where(JobRun.error.is_(None), JobRun.ended_at.is_not(None))
            .group_by(JobRun.name)
        )
    }
    first = db.session.execute(select(func.min(JobRun.started_at))).scalar()
    wishes = set(db.session.scalars(select(JobRequest.name)))
    states = []
    for job in registered():
        row = last.get(job.name)
        well = ended.get(job.name) or first
        states.append(
            JobState(
                name=job.name,
                title=job.title,
                every=job.every,
                daily_at=job.daily_at,
                started_at=row.started_at if row else None,
                ended_at=row.ended_at if row else None,
                done=row.done if row else 0,
                failed=row.failed if row else 0,
                error=row.error if row else None,
                overdue=well is not None and now - well > job.overdue_after,
                requested=job.name in wishes,
                well_at=well,
            )
        )
    return states


def missed_jobs(*, now: datetime) -> list[Job]:
    """Return what fell due while no process was there, in table order.

    Daily jobs whose last due moment passed without a good run, since a server that is off at night
    would otherwise never do what the night is for; and overdue ones that come round slowly. A
    database that has seen no job yet has missed nothing.
    """
    local = clock.local(now)
    missed = []
    for state in job_states(now=now):
        job = find_job(state.name)
        if job is None or state.well_at is None:
            continue
        if job.daily_at is None:
            is_missed = state.overdue and job.every is not None and job.every >= _SLOW
        else:
            hour, minute = job.daily_at
            due = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
            is_missed = state.well_at < (due if due <= local else due - timedelta(days=1))
        if is_missed:
            missed.append(job)
    return missed


@dataclass(frozen=True, slots=True)
class RunRow:
    """One past run of a job."""

    started_at: datetime
    ended_at: datetime | None
    done: int
    failed: int
    error: str | None


def list_runs(name: str, *, page: int) -> Page[RunRow]:
    """Return the runs of a job, newest first."""
    total = db.session.execute(select(func.count()).where(JobRun.name == name)).scalar_one()
    rows = db.session.execute(
        select(JobRun.started_at, JobRun.ended_at, JobRun.done, JobRun.failed, JobRun.error)
        .where(JobRun.name == name)
        .order_by(JobRun.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return Page([RunRow(*row) for row in rows], page, total)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of the outbox as the page shows it; the addressee only by number."""

    id: int
    kind: str
    template: str
    addressee: str
    state: str
    due_at: datetime
    next_try_at: datetime
    attempts: int
    sent_at: datetime | None
    failed_at: datetime | None
    last_error: str | None


def list_messages(*, state: str | None, page: int) -> Page[MessageRow]:
    """Return messages, newest due first; `state` None means all."""
    condition = OutboxRow.state == state if state else OutboxRow.id.is_not(None)
    total = db.session.execute(select(func.count()).where(condition)).scalar_one()
    rows = db.session.execute(
        select(OutboxRow)
        .where(condition)
        .order_by(OutboxRow.due_at.desc(), OutboxRow.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).scalars()
    return Page([_message(row) for row in rows], page, total)


def _message(row: OutboxRow) -> MessageRow:
    who = f"pegawai #{row.person_id}" if row.person_id else f"akun #{row.account_id}"
    return MessageRow(
        id=row.id,
        kind=row.kind,
        template=str(row.payload.get("template", "")),
        addressee=who,
        state=row.state,
        due_at=row.due_at,
        next_try_at=row.next_try_at,
        attempts=row.attempts,
        sent_at=row.sent_at,
        failed_at=row.failed_at,
        last_error=row.last_error,
    )


def outbox_counts() -> dict[str, int]:
    """Return how many messages are in each state."""
    found = {
        row.state: row.rows
        for row in db.session.execute(
            select(OutboxRow.state, func.count().label("rows")).group_by(OutboxRow.state)
        )
    }
    return {"menunggu": 0, "terkirim": 0, "gagal": 0} | found


def last_sent_at() -> datetime | None:
    """Return when the last message went out."""
    return db.session.execute(select(func.max(OutboxRow.sent_at))).scalar()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An audit row as the page shows it."""

    id: int
    at: datetime
    actor: str | None
    action: str
    object_kind: str
    object_id: str
    facts: dict[str, Any]
    seal: str | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the audit page may be narrowed to; empty strings mean anything."""

    action: str = ""
    object_kind: str = ""
    object_id: str = ""
    account: str = ""


def list_audit(wanted: AuditFilter, *, page: int, per_page: int = PER_PAGE) -> Page[AuditEntry]:
    """Return audit rows, newest first."""
    conditions: list[ColumnElement[bool]] = [AuditRow.id.is_not(None)]
    if wanted.action:
        conditions.append(AuditRow.action.like(f"{wanted.action}%"))
    if wanted.object_kind:
        conditions.append(AuditRow.object_kind == wanted.object_kind)
    if wanted.object_id:
        conditions.append(AuditRow.object_id == wanted.object_id)
    if wanted.account:
        conditions.append(
            AuditRow.actor_account_id.in_(
                select(Account.id).where(Account.name == wanted.account.lower())
            )
        )
    total = db.session.execute(select(func.count()).where(*conditions)).scalar_one()
    rows = db.session.execute(
        select(
            AuditRow.id,
            AuditRow.at,
            Account.name,
            AuditRow.action,
            AuditRow.object_kind,
            AuditRow.object_id,
            AuditRow.facts,
            AuditSeal.hash,
        )
        .outerjoin(Account, Account.id == AuditRow.actor_account_id)
        .outerjoin(AuditSeal, AuditSeal.audit_id == AuditRow.id)
        .where(*conditions)
        .order_by(AuditRow.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return Page([AuditEntry(*row) for row in rows], page, total, per_page)
