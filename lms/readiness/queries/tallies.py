"""Summing tallies: the newest base that fits, plus every row it does not cover."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from lms.kernel.counts import Counts
from lms.platform.db import db
from lms.readiness.models import Snapshot, Tally, TallyBase, TallyBaseRow


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A base: a sum of all rows inside both limits (each inclusive)."""

    id: int
    effective_until: date
    recorded_until: datetime


def find_base(as_of: date, known_at: datetime) -> BaseRow | None:
    """Return the newest base with both limits inside the pair."""
    row = db.session.execute(
        select(TallyBase.id, TallyBase.effective_until, TallyBase.recorded_until)
        .where(TallyBase.effective_until <= as_of, TallyBase.recorded_until <= known_at)
        .order_by(TallyBase.recorded_until.desc(), TallyBase.effective_until.desc())
        .limit(1)
    ).first()
    return None if row is None else BaseRow(*row)


def newest_recorded_until() -> datetime | None:
    """Return up to which moment of recording some base reaches; None without bases."""
    return db.session.execute(select(func.max(TallyBase.recorded_until))).scalar()


def tally_sums(
    as_of: date,
    known_at: datetime,
    *,
    competences: Collection[str] | None = None,
    unit_ids: Collection[int] | None = None,
    with_base: bool = True,
) -> dict[tuple[int, str], Counts]:
    """Return the counts per (placement unit, competence) of a pair. Two statements."""
    part = _parts(
        as_of, known_at, competences=competences, unit_ids=unit_ids, with_base=with_base
    ).subquery()
    rows = db.session.execute(
        select(
            part.c.unit_id,
            part.c.competence,
            func.sum(part.c.n),
            func.sum(part.c.a),
            func.sum(part.c.c),
            func.sum(part.c.m),
        ).group_by(part.c.unit_id, part.c.competence)
    )
    return {(row[0], row[1]): Counts(*map(int, row[2:])) for row in rows}


def tally_sums_by_version(
    as_of: date, known_at: datetime, *, with_base: bool = True
) -> dict[tuple[int, str, int], Counts]:
    """Return the counts that are not all zero per (unit, competence, requirement version)."""
    part = _parts(as_of, known_at, with_base=with_base).subquery()
    rows = db.session.execute(
        select(
            part.c.unit_id,
            part.c.competence,
            part.c.version,
            func.sum(part.c.n),
            func.sum(part.c.a),
            func.sum(part.c.c),
            func.sum(part.c.m),
        ).group_by(part.c.unit_id, part.c.competence, part.c.version)
    )
    found = {(row[0], row[1], row[2]): Counts(*map(int, row[3:])) for row in rows}
    return {key: counts for key, counts in found.items() if counts != Counts()}


def _parts(
    as_of: date,
    known_at: datetime,
    *,
    competences: Collection[str] | None = None,
    unit_ids: Collection[int] | None = None,
    with_base: bool = True,
) -> Any:
    """Return base rows and later rows as one UNION ALL.

    The rows outside the base fall into two disjoint ranges, each with an index of its own: by
    effective date after the base, and recorded after it about days inside it.
    """
    base = find_base(as_of, known_at) if with_base else None
    rows = select(
        Tally.unit_id,
        Tally.competence,
        Tally.requirement_version_id.label("version"),
        Tally.d_n.label("n"),
        Tally.d_a.label("a"),
        Tally.d_c.label("c"),
        Tally.d_m.label("m"),
    )
    parts: list[Select[*tuple[Any, ...]]]
    if base is None:
        parts = [rows.where(Tally.effective_on <= as_of, Tally.recorded_at <= known_at)]
    else:
        parts = [
            rows.where(
                Tally.effective_on > base.effective_until,
                Tally.effective_on <= as_of,
                Tally.recorded_at <= known_at,
            ),
            rows.where(
                Tally.recorded_at > base.recorded_until,
                Tally.recorded_at <= known_at,
                Tally.effective_on <= base.effective_until,
            ),
            select(
                TallyBaseRow.unit_id,
                TallyBaseRow.competence,
                TallyBaseRow.requirement_version_id,
                TallyBaseRow.n,
                TallyBaseRow.a,
                TallyBaseRow.c,
                TallyBaseRow.m,
            ).where(TallyBaseRow.base_id == base.id),
        ]
    narrowed = []
    for part in parts:
        table = TallyBaseRow if part is parts[-1] and base is not None else Tally
        query = part
        if competences is not None:
            query = query.where(table.competence.in_(sorted(competences)))
        if unit_ids is not None:
            query = query.where(table.unit_id.in_(sorted(unit_ids)))
        narrowed.append(query)
    return union_all(*narrowed)


def ready_lost_between(
    after: date, until: date, known_at: datetime, *, unit_ids: Collection[int]
) -> dict[str, int]:
    """Return per competence by how many M of the units falls on `(after, until]`, if nobody renews."""
    rows = db.session.execute(
        select(Tally.competence, func.sum(Tally.d_m))
        .where(
            Tally.effective_on > after,
            Tally.effective_on <= until,
            Tally.recorded_at <= known_at,
            Tally.unit_id.in_(sorted(unit_ids)),
        )
        .group_by(Tally.competence)
    )
    return {competence: -int(change) for competence, change in rows}


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A frozen report."""

    id: int
    as_of: date
    known_at: datetime
    taken_at: datetime
    formula_version: str
    counts: list[list[Any]]
    person_rows_sha256: str


def find_snapshot(as_of: date) -> SnapshotRow | None:
    """Return the first snapshot taken of a day."""
    row = db.session.execute(_snapshots().where(Snapshot.as_of == as_of).limit(1)).first()
    return None if row is None else SnapshotRow(*row)


def newest_snapshot_day() -> date | None:
    """Return the latest day of which a snapshot was taken."""
    return db.session.execute(select(func.max(Snapshot.as_of))).scalar()


def list_snapshots(*, until: date, limit: int = 13) -> list[SnapshotRow]:
    """Return the newest snapshots up to a day, oldest first."""
    rows = db.session.execute(
        _snapshots()
        .where(Snapshot.as_of <= until)
        .order_by(None)
        .order_by(Snapshot.as_of.desc(), Snapshot.id)
        .limit(limit)
    ).all()
    return [SnapshotRow(*row) for row in reversed(rows)]


def _snapshots() -> Select[*tuple[Any, ...]]:
    return select(
        Snapshot.id,
        Snapshot.as_of,
        Snapshot.known_at,
        Snapshot.taken_at,
        Snapshot.formula_version,
        Snapshot.counts,
        Snapshot.person_rows_sha256,
    ).order_by(Snapshot.id)


def has_tallies() -> bool:
    """Tell whether any tally row exists."""
    return db.session.execute(select(literal(1)).select_from(Tally).limit(1)).first() is not None
