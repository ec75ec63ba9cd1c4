"""Summing tallies: the newest base that fits, plus every row it does not cover."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from lms.kernel.counts import Counts
from lms.platform.db import UTCDateTime, db
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


def tally_rows(
    as_of: date,
    known_at: datetime,
    *,
    competences: Collection[str] | None = None,
    unit_ids: Collection[int] | None = None,
    with_base: bool = True,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return rows (placement unit, competence, N, A, C, M) of a pair. Two statements."""
    base = find_base(as_of, known_at) if with_base else None
    statement = _sums(
        based=base is not None,
        narrow_competences=competences is not None,
        narrow_units=unit_ids is not None,
    )
    values = _values(as_of, known_at, base)
    if competences is not None:
        values["competences"] = sorted(competences)
    if unit_ids is not None:
        values["unit_ids"] = sorted(unit_ids)
    return db.session.execute(statement, values).all()


def tally_sums(
    as_of: date,
    known_at: datetime,
    *,
    competences: Collection[str] | None = None,
    unit_ids: Collection[int] | None = None,
    with_base: bool = True,
) -> dict[tuple[int, str], Counts]:
    """Return the counts per (placement unit, competence) of a pair. Two statements."""
    rows = tally_rows(
        as_of, known_at, competences=competences, unit_ids=unit_ids, with_base=with_base
    )
    return {(row[0], row[1]): Counts(*map(int, row[2:])) for row in rows}


def tally_sums_by_version(
    as_of: date, known_at: datetime, *, with_base: bool = True
) -> dict[tuple[int, str, int], Counts]:
    """Return the counts that are not all zero per (unit, competence, requirement version)."""
    base = find_base(as_of, known_at) if with_base else None
    rows = db.session.execute(
        _sums(based=base is not None, by_version=True), _values(as_of, known_at, base)
    )
    found = {(row[0], row[1], row[2]): Counts(*map(int, row[3:])) for row in rows}
    return {key: counts for key, counts in found.items() if counts != Counts()}


def _values(as_of: date, known_at: datetime, base: BaseRow | None) -> dict[str, Any]:
    values: dict[str, Any] = {"as_of": as_of, "known_at": known_at}
    if base is not None:
        values |= {
            "base_id": base.id,
            "effective_until": base.effective_until,
            "recorded_until": base.recorded_until,
        }
    return values


@cache
def _sums(
    *,
    based: bool,
    by_version: bool = False,
    narrow_competences: bool = False,
    narrow_units: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Return the statement that sums a base and the rows outside it; made once, as it never changes.

    The rows outside fall into two disjoint ranges, each with an index of its own: effective after
    the base, and recorded after it about days inside it.
    """
    rows = select(
        Tally.unit_id,
        Tally.competence,
        Tally.requirement_version_id.label("version"),
        Tally.d_n.label("n"),
        Tally.d_a.label("a"),
        Tally.d_c.label("c"),
        Tally.d_m.label("m"),
    ).where(
        Tally.effective_on <= bindparam("as_of", type_=Date),
        Tally.recorded_at <= bindparam("known_at", type_=UTCDateTime),
    )
    of_base = select(
        TallyBaseRow.unit_id,
        TallyBaseRow.competence,
        TallyBaseRow.requirement_version_id,
        TallyBaseRow.n,
        TallyBaseRow.a,
        TallyBaseRow.c,
        TallyBaseRow.m,
    ).where(TallyBaseRow.base_id == bindparam("base_id", type_=Integer))
    effective_until = bindparam("effective_until", type_=Date)
    parts = [rows]
    if based:
        parts = [
            rows.where(Tally.effective_on > effective_until),
            rows.where(
                Tally.recorded_at > bindparam("recorded_until", type_=UTCDateTime),
                Tally.effective_on <= effective_until,
            ),
        ]
    if narrow_competences:
        names = bindparam("competences", expanding=True, type_=String)
        parts = [part.where(Tally.competence.in_(names)) for part in parts]
        of_base = of_base.where(TallyBaseRow.competence.in_(names))
    if narrow_units:
        ids = bindparam("unit_ids", expanding=True, type_=Integer)
        parts = [part.where(Tally.unit_id.in_(ids)) for part in parts]
        of_base = of_base.where(TallyBaseRow.unit_id.in_(ids))
    whole = union_all(*parts, of_base) if based else union_all(*parts)
    part = whole.subquery()
    keys = [part.c.unit_id, part.c.competence, *([part.c.version] if by_version else [])]
    figures = [func.sum(part.c[name]) for name in "nacm"]
    return select(*keys, *figures).group_by(*keys)


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
