"""Writing, sealing and verifying the audit trail."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, has_request_context
from sqlalchemy import func, select

from lms.platform import clock
from lms.platform.audit.rules import GENESIS, sealed_hash
from lms.platform.db import db
from lms.platform.models import AuditRow, AuditSeal


def record(
    *,
    action: str,
    object_kind: str,
    object_id: object,
    actor_account_id: int | None = None,
    **facts: Any,
) -> None:
    """Insert an audit row in this transaction. `facts` hold ids and codes, never names or NIP."""
    db.session.add(
        AuditRow(
            at=clock.now(),
            actor_account_id=actor_account_id,
            action=action,
            object_kind=object_kind,
            object_id=str(object_id),
            facts=facts,
            request_ref=g.get("request_ref") if has_request_context() else None,
        )
    )


def seal(*, now: datetime, batch: int = 5000) -> int:
    """Seal rows in order of their id; return how many.

    Rows younger than five seconds wait: a transaction with a lower id may still be under way,
    and the chain must not overtake it.
    """
    last = db.session.execute(
        select(AuditSeal.seq, AuditSeal.hash).order_by(AuditSeal.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    waiting = db.session.scalars(
        select(AuditRow)
        .outerjoin(AuditSeal, AuditSeal.audit_id == AuditRow.id)
        .where(AuditSeal.seq.is_(None), AuditRow.at <= now - timedelta(seconds=5))
        .order_by(AuditRow.id)
        .limit(batch)
    ).all()
    for row in waiting:
        seq += 1
        previous = _hash_of(row, previous)
        db.session.add(AuditSeal(seq=seq, audit_id=row.id, hash=previous, sealed_at=now))
    db.session.flush()
    return len(waiting)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a verification found."""

    sealed: int
    unsealed: int
    oldest_unsealed_at: datetime | None
    first_broken_seq: int | None
    first_broken_audit_id: int | None


def verify() -> ChainReport:
    """Recompute the whole chain and compare; report the first row that differs or is missing."""
    previous, expected = GENESIS, 0
    broken: tuple[int, int] | None = None
    statement = (
        select(AuditSeal, AuditRow)
        .join(AuditRow, AuditRow.id == AuditSeal.audit_id)
        .order_by(AuditSeal.seq)
        .execution_options(yield_per=2000)
    )
    with closing(db.session.execute(statement)) as rows:
        for seal_row, row in rows:
            expected += 1
            if seal_row.seq != expected or seal_row.hash != _hash_of(row, previous):
                broken = (seal_row.seq, seal_row.audit_id)
                break
            previous = seal_row.hash
    unsealed, oldest = db.session.execute(
        select(func.count(AuditRow.id), func.min(AuditRow.at))
        .outerjoin(AuditSeal, AuditSeal.audit_id == AuditRow.id)
        .where(AuditSeal.seq.is_(None))
    ).one()
    return ChainReport(
        sealed=expected if broken is None else expected - 1,
        unsealed=unsealed,
        oldest_unsealed_at=oldest,
        first_broken_seq=broken[0] if broken else None,
        first_broken_audit_id=broken[1] if broken else None,
    )


def _hash_of(row: AuditRow, previous: str) -> str:
    return sealed_hash(
        previous=previous,
        audit_id=row.id,
        at=row.at,
        actor_account_id=row.actor_account_id,
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        facts=row.facts,
    )
