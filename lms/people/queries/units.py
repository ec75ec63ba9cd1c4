"""Reading the organisation tree: who lies where on a day, as known at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass

from lms.kernel.actor import Scope
from lms.kernel.errors import NotFound
from lms.people.models import CurrentPlace, Unit, UnitVersion
from lms.people.rules import OPD, group_position, nearest_opd, units_below
from lms.platform import clock
from lms.platform.db import UTCDateTime, db

Version = type[UnitVersion] | AliasedClass[UnitVersion]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit on a day. `opd_id` is the OPD in which its persons count, itself if it is one."""

    id: int
    code: str
    name: str
    kind: str
    group: str
    parent_id: int | None
    opd_id: int | None
    is_open: bool = True


def holds(
    version: Version,
    as_of: date | ColumnElement[date],
    known_at: datetime | ColumnElement[datetime] | None = None,
) -> ColumnElement[bool]:
    """Return the condition that this version of its unit holds on a day."""
    newer = aliased(UnitVersion)
    known: list[ColumnElement[bool]] = []
    newer_known: list[ColumnElement[bool]] = []
    if known_at is not None:
        known.append(version.recorded_at <= known_at)
        newer_known.append(newer.recorded_at <= known_at)
    return and_(
        version.starts_on <= as_of,
        *known,
        ~exists().where(
            newer.unit_id == version.unit_id,
            newer.starts_on <= as_of,
            *newer_known,
            or_(
                newer.starts_on > version.starts_on,
                and_(
                    newer.starts_on == version.starts_on,
                    newer.recorded_at > version.recorded_at,
                ),
            ),
        ),
    )


def subtree(roots: ColumnElement[bool], today: date) -> Select[tuple[int]]:
    """Return a select of the ids of the units that satisfy `roots` and of all units below them."""
    tree = select(Unit.id.label("unit_id")).where(roots).cte(recursive=True)
    below = aliased(UnitVersion)
    tree = tree.union(
        select(below.unit_id)
        .join(tree, below.parent_id == tree.c.unit_id)
        .where(holds(below, today))
    )
    return select(tree.c.unit_id)


def scope_condition(scope: Scope, unit_column: Any) -> ColumnElement[bool]:
    """Return the condition that a unit column lies in a scope, over the tree of today.

    The column may be NULL (somebody without a placement): then only a scope of everything
    reaches the row. The day is read here and not handed in: a permission always is of now.
    """
    if scope.everything:
        return true()
    if scope.is_empty:
        return false()
    condition: ColumnElement[bool] = unit_column.in_(
        subtree(Unit.id.in_(scope.unit_ids), clock.today())
    )
    return condition


@cache
def _tree(*, as_known: bool) -> Select[*tuple[Any, ...]]:
    """Return the statement of `unit_tree`, built once, with `as_of` (and `known_at`) to bind."""
    as_of: BindParameter[date] = bindparam("as_of", type_=Date())
    known_at: BindParameter[datetime] = bindparam("known_at", type_=UTCDateTime())
    return (
        select(
            Unit.id,
            Unit.code,
            UnitVersion.name,
            UnitVersion.kind,
            UnitVersion.group,
            UnitVersion.parent_id,
            UnitVersion.is_open,
        )
        .join(UnitVersion, UnitVersion.unit_id == Unit.id)
        .where(holds(UnitVersion, as_of, known_at if as_known else None))
        .order_by(Unit.code)
    )


def unit_tree(as_of: date, known_at: datetime | None = None) -> list[UnitRow]:
    """Return all units that exist on a day, by code; closed ones too, marked.

    `known_at` None takes everything recorded so far. One statement.
    """
    values: dict[str, Any] = {"as_of": as_of}
    if known_at is not None:
        values["known_at"] = known_at
    rows = db.session.execute(_tree(as_known=known_at is not None), values).all()
    opds = nearest_opd({row.id: row.parent_id for row in rows}, {row.id: row.kind for row in rows})
    return [
        UnitRow(
            row.id,
            row.code,
            row.name,
            row.kind,
            row.group,
            row.parent_id,
            opds[row.id],
            row.is_open,
        )
        for row in rows
    ]


def opd_list(as_of: date, known_at: datetime | None = None) -> list[UnitRow]:
    """Return the open OPD of a day in the order of reports: by kind of office, then by code."""
    found = [unit for unit in unit_tree(as_of, known_at) if unit.kind == OPD and unit.is_open]
    return sorted(found, key=lambda unit: (group_position(unit.group), unit.code))


def find_unit(code: str, *, as_of: date | None = None) -> UnitRow | None:
    """Return the unit with a code (any case) on a day, by default today; None if there is none."""
    wanted = code.strip().upper()
    day = as_of or clock.today()
    return next((unit for unit in unit_tree(day) if unit.code == wanted), None)


def unit(unit_id: int, *, as_of: date | None = None) -> UnitRow:
    """Return a unit on a day, by default today.

    Raises:
        NotFound: there is no such unit on that day.
    """
    day = as_of or clock.today()
    for row in unit_tree(day):
        if row.id == unit_id:
            return row
    raise NotFound(kind="unit", id=unit_id)


def unit_ids_in(scope: Scope, tree: list[UnitRow]) -> frozenset[int]:
    """Return which units of a tree already read a scope reaches."""
    if scope.everything:
        return frozenset(row.id for row in tree)
    return units_below({row.id: row.parent_id for row in tree}, scope.unit_ids)


def persons_below(unit_id: int, today: date) -> int:
    """Return how many persons are placed in a unit or below it today."""
    return db.session.execute(
        select(func.count())
        .select_from(CurrentPlace)
        .where(CurrentPlace.unit_id.in_(subtree(Unit.id == unit_id, today)))
    ).scalar_one()
