"""The persons behind a figure of one OPD, straight from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lms.competency import queries as competency
from lms.competency.queries import Status
from lms.competency.rules import effective_windows
from lms.kernel.actor import Scope
from lms.people import queries as people
from lms.platform.paging import PER_PAGE, Page
from lms.readiness.queries.facts import (
    BATCH,
    PersonState,
    person_facts,
    persons_ever_in,
    state_on,
)


@dataclass(frozen=True, slots=True)
class PersonBehind:
    """One person of an OPD in one competence.

    `card` is None where the reader's reach has ended: the person has moved since.
    """

    person_id: int
    card: people.PersonCard | None
    status: Status
    level: int
    required: int
    measured_on: date | None
    valid_until: date | None
    under_review: bool


def states_in(
    unit_ids: frozenset[int], *, as_of: date, known_at: datetime
) -> dict[int, PersonState]:
    """Return the state of everybody who counts in one of the units on a day."""
    lines = effective_windows(competency.requirements(known_at), known_at)
    ids = persons_ever_in(unit_ids)
    found: dict[int, PersonState] = {}
    for start in range(0, len(ids), BATCH):
        for person_id, facts in person_facts(ids[start : start + BATCH]).items():
            state = state_on(facts, lines, as_of, known_at)
            if state.unit_id in unit_ids:
                found[person_id] = state
    return found


def units_of(opd_id: int, *, as_of: date, known_at: datetime) -> frozenset[int]:
    """Return the units whose persons count in an OPD on a day."""
    tree = people.unit_tree(as_of, known_at)
    return frozenset(unit.id for unit in tree if unit.opd_id == opd_id)


def people_behind(
    *,
    opd_id: int,
    competence: str,
    status: Status | None,
    scope: Scope,
    as_of: date,
    known_at: datetime,
    page: int = 1,
) -> Page[PersonBehind]:
    """Return the persons of an OPD who are required in a competence, by name, a page at a time.

    `status` None lists all of them; names only of persons whom the scope reaches today.
    """
    rows = _matching(opd_id, competence, status, as_of, known_at)
    number = min(page, max(1, -(-len(rows) // PER_PAGE)))
    shown = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Page(rows=_with_cards(shown, scope), number=number, total=len(rows))


def all_people_behind(
    *,
    opd_id: int,
    competence: str,
    status: Status | None,
    scope: Scope,
    as_of: date,
    known_at: datetime,
) -> list[PersonBehind]:
    """Return the same without paging, for a file; persons out of reach are left out."""
    rows = _matching(opd_id, competence, status, as_of, known_at)
    found: list[PersonBehind] = []
    for start in range(0, len(rows), BATCH):
        found += [
            row for row in _with_cards(rows[start : start + BATCH], scope) if row.card is not None
        ]
    return found


def _matching(
    opd_id: int, competence: str, status: Status | None, as_of: date, known_at: datetime
) -> list[PersonBehind]:
    states = states_in(
        units_of(opd_id, as_of=as_of, known_at=known_at), as_of=as_of, known_at=known_at
    )
    rows = []
    for person_id, state in states.items():
        cell = state.cells.get(competence)
        if cell is None or (status is not None and cell.status != status):
            continue
        rows.append(
            PersonBehind(
                person_id=person_id,
                card=None,
                status=cell.status,
                level=cell.standing.level,
                required=cell.required.chosen.level,
                measured_on=cell.standing.measured_on,
                valid_until=cell.standing.valid_until,
                under_review=cell.standing.under_review,
            )
        )
    names = people.names_of([row.person_id for row in rows])
    return sorted(rows, key=lambda row: (names.get(row.person_id, "").lower(), row.person_id))


def _with_cards(rows: list[PersonBehind], scope: Scope) -> list[PersonBehind]:
    cards = people.person_cards([row.person_id for row in rows], scope=scope)
    return [
        PersonBehind(
            person_id=row.person_id,
            card=cards.get(row.person_id),
            status=row.status,
            level=row.level,
            required=row.required,
            measured_on=row.measured_on,
            valid_until=row.valid_until,
            under_review=row.under_review,
        )
        for row in rows
    ]
