"""Dated facts as raw rows, and what they amount to today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from lms.people.models import CurrentPlace, IctAssignment, LegalStanding, Placement, Standing
from lms.people.rules import DatedRow, TagRow, post_tags
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


def person_facts(person_ids: Collection[int] | None) -> dict[int, PersonFactRows]:
    """Return the dated rows of the persons, or of everybody for None. Three statements.

    Rows of a person are in order of start, recording, id. Somebody without rows has empty ones.
    """
    wanted = None if person_ids is None else set(person_ids)
    placements: dict[int, list[DatedRow[int | None]]] = defaultdict(list)
    posts: dict[int, list[DatedRow[str]]] = defaultdict(list)
    standings: dict[int, list[DatedRow[bool]]] = defaultdict(list)
    register: dict[int, list[TagRow]] = defaultdict(list)
    for row in _of_persons(
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
        wanted,
    ):
        dated = (row.starts_on, row.recorded_at, row.supersedes_id)
        placements[row.person_id].append(DatedRow(row.id, row.unit_id, *dated))
        posts[row.person_id].append(
            DatedRow(row.id, row.post_kind if row.unit_id is not None else "", *dated)
        )
    for row in _of_persons(
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
        wanted,
    ):
        standings[row.person_id].append(DatedRow(*row[1:]))
    for row in _of_persons(
        select(
            IctAssignment.person_id,
            IctAssignment.id,
            IctAssignment.field,
            IctAssignment.starts_on,
            IctAssignment.ends_on,
            IctAssignment.recorded_at,
        ).order_by(IctAssignment.recorded_at, IctAssignment.id),
        IctAssignment.person_id,
        wanted,
    ):
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


def fact_holds(table: type[Placement | Standing], today: date) -> ColumnElement[bool]:
    """Return the condition that a dated row of its person holds on a day, as known now.

    Of equal starts the row recorded last holds; what was taken back is gone.
    """
    newer: Any = aliased(table)
    taker: Any = aliased(table)
    newer_taker: Any = aliased(table)
    return and_(
        table.starts_on <= today,
        ~exists().where(taker.supersedes_id == table.id),
        ~exists().where(
            newer.person_id == table.person_id,
            newer.starts_on <= today,
            or_(
                newer.starts_on > table.starts_on,
                and_(newer.starts_on == table.starts_on, newer.recorded_at > table.recorded_at),
            ),
            ~exists().where(newer_taker.supersedes_id == newer.id),
        ),
    )


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
    wanted = None if person_ids is None else set(person_ids)
    placed = {
        row.person_id: row
        for row in _of_persons(
            select(Placement.person_id, Placement.unit_id, Placement.post_name).where(
                fact_holds(Placement, today)
            ),
            Placement.person_id,
            wanted,
        )
    }
    active = {
        row.person_id: row.counts_as_active
        for row in _of_persons(
            select(Standing.person_id, LegalStanding.counts_as_active)
            .join(LegalStanding, LegalStanding.code == Standing.code)
            .where(fact_holds(Standing, today)),
            Standing.person_id,
            wanted,
        )
    }
    return {
        person_id: Place(
            unit_id=placed[person_id].unit_id if person_id in placed else None,
            post_name=placed[person_id].post_name if person_id in placed else "",
            counts_as_active=active.get(person_id, False),
        )
        for person_id in placed.keys() | active.keys()
    }


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
