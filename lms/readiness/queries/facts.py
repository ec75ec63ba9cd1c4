"""The facts below that move tallies, put together per person, and a person's state on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from lms.competency import queries as competency
from lms.competency.rules import (
    ACTIVE_AUDIENCE,
    PersonFacts,
    Required,
    Requirement,
    Span,
    Standing,
    Tag,
    as_known,
    known_tags,
    required_on,
    standing_on,
    tags_on,
    timeline_of,
    value_on,
)
from lms.kernel.counts import Counts
from lms.kernel.schema.codes import STANDARD_CODES
from lms.people import queries as people
from lms.people.models import Person, Placement
from lms.people.queries import PersonFactRows
from lms.people.rules import DatedRow, post_tags
from lms.platform.db import db

HEADS: Final = "*"
"""Competence of the headcount rows: N counts active, placed staff."""
ALL_PILLARS: Final = "pilar"
"""Competence of the rows that count persons over all their required pillars at once."""
BATCH: Final = 2_000
"""Persons whose facts are held in memory together."""

_NO_EVIDENCE: Final = competency.PersonEvidence()


def person_facts(person_ids: Collection[int]) -> dict[int, PersonFacts]:
    """Return everything that moves the tallies of these persons. Five statements."""
    rows = people.person_facts(person_ids)
    held = competency.facts_for(person_ids)
    return {
        person_id: _joined(facts, held.get(person_id, _NO_EVIDENCE))
        for person_id, facts in rows.items()
    }


def _joined(facts: PersonFactRows, held: competency.PersonEvidence) -> PersonFacts:
    return PersonFacts(
        placements=tuple(
            Span(row.value, row.starts_on, row.recorded_at, row.supersedes_id, row.id)
            for row in facts.placements
        ),
        standings=tuple(
            Span(row.value, row.starts_on, row.recorded_at, row.supersedes_id, row.id)
            for row in facts.standings
        ),
        tags=tuple(
            Tag(row.tag, row.starts_on, row.until, row.recorded_at, row.id) for row in facts.tags
        ),
        evidence=held.evidence,
        decisions=held.decisions,
    )


def post_tags_without(
    person_ids: Collection[int], placement_ids: Collection[int]
) -> dict[int, tuple[Tag, ...]]:
    """Return the tags that kinds of post gave before the named placements were recorded."""
    left_out = set(placement_ids)
    posts: dict[int, list[DatedRow[str]]] = {person_id: [] for person_id in person_ids}
    ids = sorted(posts)
    for start in range(0, len(ids), BATCH):
        for row in db.session.execute(
            select(
                Placement.person_id,
                Placement.id,
                Placement.unit_id,
                Placement.post_kind,
                Placement.starts_on,
                Placement.recorded_at,
                Placement.supersedes_id,
            ).where(Placement.person_id.in_(ids[start : start + BATCH]))
        ):
            if row.id not in left_out:
                posts[row.person_id].append(
                    DatedRow(
                        row.id,
                        row.post_kind if row.unit_id is not None else "",
                        row.starts_on,
                        row.recorded_at,
                        row.supersedes_id,
                    )
                )
    return {
        person_id: tuple(
            Tag(tag.tag, tag.starts_on, tag.until, tag.recorded_at, tag.id)
            for tag in post_tags(rows)
        )
        for person_id, rows in posts.items()
    }


def person_batches(size: int = BATCH) -> Iterator[list[int]]:
    """Yield the ids of everybody who was ever placed somewhere, in order, in batches."""
    last = 0
    while True:
        ids = _ids_after(Placement.person_id, last, size)
        if not ids:
            return
        yield ids
        last = ids[-1]


def _ids_after(column: InstrumentedAttribute[int], last: int, size: int) -> list[int]:
    return list(
        db.session.scalars(
            select(column).where(column > last).distinct().order_by(column).limit(size)
        )
    )


def count_placed() -> int:
    """Return how many persons were ever placed, for progress."""
    return db.session.execute(select(func.count(Placement.person_id.distinct()))).scalar_one()


def persons_ever_in(unit_ids: Collection[int]) -> list[int]:
    """Return everybody who was ever placed in one of the units, by id."""
    return list(
        db.session.scalars(
            select(Placement.person_id)
            .where(Placement.unit_id.in_(sorted(unit_ids)))
            .distinct()
            .order_by(Placement.person_id)
        )
    )


def lock_persons(person_ids: Collection[int]) -> None:
    """Make other transactions that tally the same persons wait until this one ends.

    Two of them would each miss the other's new row. SQLite has one writer anyway. The weaker row
    lock lets rows that refer to the person be inserted meanwhile.
    """
    if db.engine.dialect.name != "postgresql":
        return
    db.session.execute(select(func.pg_advisory_xact_lock_shared(_EVERYBODY)))
    ids = sorted(person_ids)
    for start in range(0, len(ids), BATCH):
        db.session.execute(
            select(Person.id)
            .where(Person.id.in_(ids[start : start + BATCH]))
            .order_by(Person.id)
            .with_for_update(key_share=True)
        )


def lock_everybody() -> None:
    """Wait for all transactions that tally somebody, and hold off new ones until this one ends."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_EVERYBODY)))


_EVERYBODY: Final = 0x5469_7432


@dataclass(frozen=True, slots=True)
class Cell:
    """One required competence of one person on a day."""

    required: Required
    standing: Standing

    @property
    def status(self) -> competency.Status:
        """What the person needs."""
        return competency.status_of(self.standing, self.required)


@dataclass(frozen=True, slots=True)
class PersonState:
    """Where a person counts on a day and for what; `unit_id` None counts nowhere."""

    unit_id: int | None
    cells: dict[str, Cell]


def state_on(
    facts: PersonFacts, lines: Sequence[Requirement], as_of: date, known_at: datetime
) -> PersonState:
    """Return a person's state on a day as known at a moment, straight from the facts.

    `lines` are the requirements after `effective_windows`. This is what the tallies are checked
    against, so it takes another way than the step functions they are made of.
    """
    unit_id = value_on(timeline_of(facts.placements, known_at), as_of)
    if unit_id is None or not value_on(timeline_of(facts.standings, known_at), as_of):
        return PersonState(None, {})
    audiences = tags_on(known_tags(facts.tags, known_at), as_of) | {ACTIVE_AUDIENCE}
    applying = [line for line in lines if line.audience in audiences and line.in_effect_on(as_of)]
    evidence = as_known(facts.evidence, facts.decisions, known_at)
    cells = {}
    for competence in dict.fromkeys(line.competence for line in applying):
        required = required_on(applying, audiences, competence, as_of)
        if required is not None:
            cells[competence] = Cell(required, standing_on(evidence, competence, as_of))
    return PersonState(unit_id, cells)


def counts_of(cell: Cell) -> Counts:
    """Return what a person adds to the counts of a competence that is required of them."""
    return Counts(
        n=1,
        a=int(cell.standing.assessed),
        c=int(cell.standing.current),
        m=int(cell.standing.meets(cell.required.chosen.level)),
    )


def pillars_of(competences: Iterable[str]) -> list[str]:
    """Return which of the competences are pillars."""
    return [code for code in competences if code in STANDARD_CODES.pillars]
