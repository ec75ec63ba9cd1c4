"""Dated facts as raw rows, and what they amount to today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, bindparam, select

from lms.people.models import CurrentPlace, IctAssignment, LegalStanding, Placement, Standing
from lms.people.rules import DatedRow, TagRow, holding_on, post_tags
from lms.platform.db import db

_MANY: Final = 5_000
"""More ids than this are not bound one by one: everything is read and sorted out here."""


@dataclass(frozen=True, slots=True)
class PersonFactRows:
    """What moves a person's tallies, as recorded: nothing is decided here.

    Placements name the very unit (None = left); standings say whether they count as active.
    Tags are `sdm-tik:<field>` and `jenis-jabatan:<code>`.
    """

    placements: tuple[DatedRow[int | None], ...] = ()
    standings: tuple[DatedRow[bool], ...] = ()
    tags: tuple[TagRow, ...] = ()


class _Statement(NamedTuple):
    """The rows of everybody, and those of persons to bind as `ids`; both built once."""

    of_all: Select[*tuple[Any, ...]]
    of_some: Select[*tuple[Any, ...]]


def _statement(query: Select[*tuple[Any, ...]], column: Any) -> _Statement:
    return _Statement(query, query.where(column.in_(bindparam("ids", expanding=True))))


_PLACEMENTS: Final = _statement(
    select(
        Placement.person_id,
        Placement.id,
        Placement.unit_id,
        Placement.post_kind,
        Placement.starts_on,
        Placement.recorded_at,
        Placement.supersedes_id,
    ).order_by(Placement.starts_on, Placement.recorded_at, Placement.id),
    Placement.person_id,
)
_STANDINGS: Final = _statement(
    select(
        Standing.person_id,
        Standing.id,
        LegalStanding.counts_as_active,
        Standing.starts_on,
        Standing.recorded_at,
        Standing.supersedes_id,
    )
    .join(LegalStanding, LegalStanding.code == Standing.code)
    .order_by(Standing.starts_on, Standing.recorded_at, Standing.id),
    Standing.person_id,
)
_REGISTER: Final = _statement(
    select(
        IctAssignment.person_id,
        IctAssignment.id,
        IctAssignment.field,
        IctAssignment.starts_on,
        IctAssignment.ends_on,
        IctAssignment.recorded_at,
    ).order_by(IctAssignment.recorded_at, IctAssignment.id),
    IctAssignment.person_id,
)


def _read(statement: _Statement, wanted: set[int] | None) -> list[Any]:
    """Return the rows of the wanted persons; the first column is the person's id."""
    if wanted is not None and len(wanted) <= _MANY:
        return list(db.session.execute(statement.of_some, {"ids": sorted(wanted)}).all())
    rows = db.session.execute(statement.of_all).all()
    return list(rows) if wanted is None else [row for row in rows if row[0] in wanted]


def person_facts(person_ids: Collection[int] | None) -> dict[int, PersonFactRows]:
    """Return the dated rows of the persons, or of everybody for None. Three statements.

    Rows of a person are in order of start, recording, id. Somebody without rows has empty ones.
    """
    wanted = None if person_ids is None else set(person_ids)
    placements: dict[int, list[DatedRow[int | None]]] = defaultdict(list)
    posts: dict[int, list[DatedRow[str]]] = defaultdict(list)
    standings: dict[int, list[DatedRow[bool]]] = defaultdict(list)
    register: dict[int, list[TagRow]] = defaultdict(list)
    for row in _read(_PLACEMENTS, wanted):
        dated = (row.starts_on, row.recorded_at, row.supersedes_id)
        placements[row.person_id].append(DatedRow(row.id, row.unit_id, *dated))
        posts[row.person_id].append(
            DatedRow(row.id, row.post_kind if row.unit_id is not None else "", *dated)
        )
    for row in _read(_STANDINGS, wanted):
        standings[row.person_id].append(DatedRow(*row[1:]))
    for row in _read(_REGISTER, wanted):
        register[row.person_id].append(
            TagRow(row.id, f"sdm-tik:{row.field}", row.starts_on, row.ends_on, row.recorded_at)
        )
    found = placements.keys() | standings.keys() | register.keys() if wanted is None else wanted
    return {
        person_id: PersonFactRows(
            placements=tuple(placements.get(person_id, ())),
            standings=tuple(standings.get(person_id, ())),
            tags=(*register.get(person_id, ()), *post_tags(posts.get(person_id, ()))),
        )
        for person_id in found
    }


def _of_persons(query: Select[*tuple[Any, ...]], column: Any, wanted: set[int] | None) -> list[Any]:
    """Return the rows of the wanted persons; the first column is the person's id."""
    if wanted is not None and len(wanted) <= _MANY:
        return list(db.session.execute(query.where(column.in_(wanted))).all())
    rows = db.session.execute(query).all()
    return list(rows) if wanted is None else [row for row in rows if row[0] in wanted]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is on a day."""

    unit_id: int | None
    post_name: str
    counts_as_active: bool


def places_on(today: date, person_ids: Collection[int] | None) -> dict[int, Place]:
    """Return where persons are on a day and whether their legal standing counts as active.

    Somebody with neither a placement nor a standing by then is not in it. Two statements.
    """
    # Sorted out here and not in SQL: right after a bulk load PostgreSQL has no statistics, and
    # the anti-joins that "the last one not taken back" needs then take minutes.
    wanted = None if person_ids is None else set(person_ids)
    placements: dict[int, list[DatedRow[tuple[int | None, str]]]] = defaultdict(list)
    for row in _of_persons(
        select(
            Placement.person_id,
            Placement.id,
            Placement.unit_id,
            Placement.post_name,
            Placement.starts_on,
            Placement.recorded_at,
            Placement.supersedes_id,
        ),
        Placement.person_id,
        wanted,
    ):
        placements[row.person_id].append(
            DatedRow(
                row.id,
                (row.unit_id, row.post_name),
                row.starts_on,
                row.recorded_at,
                row.supersedes_id,
            )
        )
    standings: dict[int, list[DatedRow[bool]]] = defaultdict(list)
    for row in _of_persons(
        select(
            Standing.person_id,
            Standing.id,
            LegalStanding.counts_as_active,
            Standing.starts_on,
            Standing.recorded_at,
            Standing.supersedes_id,
        ).join(LegalStanding, LegalStanding.code == Standing.code),
        Standing.person_id,
        wanted,
    ):
        standings[row.person_id].append(DatedRow(*row[1:]))
    found: dict[int, Place] = {}
    for person_id in placements.keys() | standings.keys():
        placed = holding_on(placements.get(person_id, ()), today)
        standing = holding_on(standings.get(person_id, ()), today)
        if placed is not None or standing is not None:
            unit_id, post_name = (None, "") if placed is None else placed.value
            found[person_id] = Place(
                unit_id, post_name, counts_as_active=standing is not None and standing.value
            )
    return found


@dataclass(frozen=True, slots=True)
class CurrentPlaceRow:
    """What lists know of a person's place."""

    person_id: int
    unit_id: int | None
    opd_id: int | None
    post_name: str
    is_active: bool


def current_places(person_ids: Collection[int] | None) -> dict[int, CurrentPlaceRow]:
    """Return the places that lists show, as last derived."""
    wanted = None if person_ids is None else set(person_ids)
    rows = _of_persons(
        select(
            CurrentPlace.person_id,
            CurrentPlace.unit_id,
            CurrentPlace.opd_id,
            CurrentPlace.post_name,
            CurrentPlace.is_active,
        ),
        CurrentPlace.person_id,
        wanted,
    )
    return {row.person_id: CurrentPlaceRow(*row) for row in rows}
