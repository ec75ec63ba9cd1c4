"""Putting messages into the outbox and sending what is due."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lms.platform import clock, settings
from lms.platform.audit.services import record
from lms.platform.db import db, insert_ignoring_conflict
from lms.platform.models import Notice, OutboxRow
from lms.platform.outbox.rules import after_quiet_hours, next_try

log = structlog.get_logger()

Delivery = Callable[[], None]
Sender = Callable[[OutboxRow], Delivery | None]
_TAKEN_FOR: Final = timedelta(minutes=10)
"""How long a row that is being sent is left alone; longer than any mail server is waited for."""
_MAIL_ADDRESS: Final = re.compile(r"[^\s<>\"'(){}\[\],;:@]+@[^\s<>\"'(){}\[\],;:]+")
_senders: dict[str, Sender] = {}


def register_sender(kind: str, send: Sender) -> None:
    """Say how rows of a kind are sent; the function raises when it could not.

    What takes long without the database (a mail server) it returns as a function to call.
    """
    _senders[kind] = send


def enqueue(
    *,
    kind: str,
    dedupe_key: str,
    payload: dict[str, Any],
    person_id: int | None = None,
    account_id: int | None = None,
    due_at: datetime | None = None,
    mind_quiet_hours: bool = True,
) -> int:
    """Write an outbox row, once per `dedupe_key`; return its id (of the first, if asked again).

    Messages nobody waits for keep out of the quiet hours; what the person asked for at this
    moment (a password link) does not mind them.
    """
    now = clock.now()
    due = due_at or now
    if mind_quiet_hours:
        due = after_quiet_hours(
            clock.local(due),
            quiet_from_hour=settings.value("mail.quiet_from_hour"),
            quiet_until_hour=settings.value("mail.quiet_until_hour"),
        )
    insert_ignoring_conflict(
        OutboxRow.__table__,  # type: ignore[arg-type]  # a Table
        [
            {
                "kind": kind,
                "dedupe_key": dedupe_key,
                "person_id": person_id,
                "account_id": account_id,
                "payload": payload,
                "state": "menunggu",
                "due_at": due,
                "next_try_at": due,
                "attempts": 0,
                "created_at": now,
            }
        ],
        ("dedupe_key",),
    )
    return db.session.execute(
        select(OutboxRow.id).where(OutboxRow.dedupe_key == dedupe_key)
    ).scalar_one()


def notify(
    *, person_id: int, kind: str, dedupe_key: str, url: str, params: dict[str, Any] | None = None
) -> None:
    """Leave an in-app notice, once per `dedupe_key`."""
    insert_ignoring_conflict(
        Notice.__table__,  # type: ignore[arg-type]  # a Table
        [
            {
                "person_id": person_id,
                "kind": kind,
                "dedupe_key": dedupe_key,
                "params": params or {},
                "url": url,
                "created_at": clock.now(),
            }
        ],
        ("dedupe_key",),
    )


def due_row_ids(*, now: datetime, limit: int = 500) -> list[int]:
    """Return the rows whose time has come, oldest first."""
    return list(
        db.session.scalars(
            select(OutboxRow.id)
            .where(OutboxRow.state == "menunggu", OutboxRow.next_try_at <= now)
            .order_by(OutboxRow.next_try_at, OutboxRow.id)
            .limit(limit)
        )
    )


def send_row(row_id: int, *, now: datetime, once_taken: Callable[[], None] = lambda: None) -> bool:
    """Try to send one row and record what came of it; return whether it went.

    `once_taken` runs before the delivery: the job commits there, so that a slow mail server does
    not hold the database's lock. The row is put off first, so that nobody else sends it meanwhile;
    if the process dies in between, it is tried again after `_TAKEN_FOR`.

    Whatever a sender raises is a failure of that row alone: other rows must still go.
    """
    row = db.session.get(OutboxRow, row_id, with_for_update=True)
    if row is None or row.state != "menunggu" or row.next_try_at > now:
        return True
    row.attempts += 1
    row.next_try_at = now + _TAKEN_FOR
    try:
        deliver = _senders[row.kind](row)
        once_taken()
        if deliver is not None:
            deliver()
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001  # any failure of the outside world is this row's failure
        row.last_error = _without_addresses(error)
        again = next_try(attempts=row.attempts, now=now)
        if again is None:
            row.state, row.failed_at = "gagal", now
        else:
            row.next_try_at = again
        log.warning("outbox.failed", row=row.id, kind=row.kind, error=type(error).__name__)
        return False
    row.state, row.sent_at, row.last_error = "terkirim", now, None
    return True


def _without_addresses(error: Exception) -> str:
    """Return a failure in words; mail servers name the addressee in theirs, rows must not."""
    return f"{type(error).__name__}: {_MAIL_ADDRESS.sub('…', str(error)[:2000])[:200]}"


def resend(row_id: int, *, actor_account_id: int, now: datetime) -> bool:
    """Put a failed or waiting row back to the front; return False if there is no such row."""
    row = db.session.get(OutboxRow, row_id)
    if row is None or row.state == "terkirim":
        return False
    row.state, row.next_try_at, row.attempts, row.failed_at = "menunggu", now, 0, None
    record(
        action="message.resent",
        object_kind="outbox",
        object_id=row_id,
        actor_account_id=actor_account_id,
    )
    return True
