"""Checking the tallies against the facts, and freezing reports."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lms.competency import queries as competency
from lms.competency.rules import effective_windows
from lms.kernel.counts import Counts
from lms.people import queries as people
from lms.platform import clock
from lms.platform.db import db
from lms.readiness import queries
from lms.readiness.models import Snapshot
from lms.readiness.queries import ALL_PILLARS, HEADS, PersonState
from lms.readiness.rules import FORMULA_VERSION


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts of one unit, competence and requirement version that the ledgers do not bear out."""

    unit_id: int
    competence: str
    requirement_version_id: int
    expected: Counts
    found: Counts


def verify(*, as_of: date, known_at: datetime) -> list[Difference]:
    """Return where the tallies differ from what the facts give for a pair; empty when all agree.

    Persons are read in batches, so memory stays flat.
    """
    expected: dict[tuple[int, str, int], Counts] = defaultdict(Counts)
    for _person_id, state in _states(as_of, known_at):
        if state.unit_id is None:
            continue
        expected[state.unit_id, HEADS, 0] += Counts(n=1)
        together: list[Counts] = []
        for competence, cell in state.cells.items():
            version_id = cell.required.chosen.version_id
            counts = queries.counts_of(cell)
            expected[state.unit_id, competence, version_id] += counts
            if queries.pillars_of((competence,)):
                together.append(counts)
        if together:
            expected[state.unit_id, ALL_PILLARS, 0] += Counts(
                1,
                min(each.a for each in together),
                min(each.c for each in together),
                min(each.m for each in together),
            )
    found = queries.tally_sums_by_version(as_of, known_at)
    return [
        Difference(*key, expected.get(key, Counts()), found.get(key, Counts()))
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key, Counts()) != found.get(key, Counts())
    ]


def take_snapshot(*, as_of: date, now: datetime) -> queries.SnapshotRow:
    """Freeze the report of a day as known now, once; asking again returns the first."""
    existing = queries.find_snapshot(as_of)
    if existing is not None:
        return existing
    db.session.add(
        Snapshot(
            as_of=as_of,
            known_at=now,
            taken_at=now,
            formula_version=FORMULA_VERSION,
            counts=snapshot_counts(as_of, now),
            person_rows_sha256=person_rows_hash(as_of=as_of, known_at=now),
        )
    )
    db.session.flush()
    taken = queries.find_snapshot(as_of)
    assert taken is not None  # it was flushed above
    return taken


def snapshot_counts(as_of: date, known_at: datetime) -> list[list[Any]]:
    """Return [[OPD code, competence, n, a, c, m], ...] sorted, as a snapshot keeps them."""
    tree = people.unit_tree(as_of, known_at)
    codes = {unit.id: unit.code for unit in tree}
    opd_of = {unit.id: unit.opd_id for unit in tree}
    sums: dict[tuple[str, str], Counts] = defaultdict(Counts)
    for (unit_id, competence), counts in queries.tally_sums(as_of, known_at).items():
        opd_id = opd_of.get(unit_id)
        if opd_id is not None:
            sums[codes[opd_id], competence] += counts
    return [
        [code, competence, counts.n, counts.a, counts.c, counts.m]
        for (code, competence), counts in sorted(sums.items())
        if counts != Counts()
    ]


def person_rows_hash(*, as_of: date, known_at: datetime) -> str:
    """Return SHA-256 over one line per person and required competence, by person and competence.

    A line is `person;unit;competence;requirement version;required level;level held;a;c;m`. It can
    be computed again at any time from the same pair.
    """
    digest = hashlib.sha256()
    for person_id, state in _states(as_of, known_at):
        for competence, cell in sorted(state.cells.items()):
            counts = queries.counts_of(cell)
            chosen = cell.required.chosen
            line = (
                f"{person_id};{state.unit_id};{competence};{chosen.version_id};{chosen.level};"
                f"{cell.standing.level};{counts.a};{counts.c};{counts.m}\n"
            )
            digest.update(line.encode())
    return digest.hexdigest()


def due_snapshot_days(*, now: datetime) -> list[date]:
    """Return the ends of months (so of quarters too) without a snapshot, up to yesterday.

    Without any snapshot only the newest end of a month is due: nobody knew the older ones then.
    """
    today = clock.local_date(now)
    newest = queries.newest_snapshot_day()
    due: list[date] = []
    day = today.replace(day=1) - timedelta(days=1)
    while newest is None or day > newest:
        due.append(day)
        if newest is None:
            break
        day = day.replace(day=1) - timedelta(days=1)
    return sorted(due)


def _states(as_of: date, known_at: datetime) -> Iterator[tuple[int, PersonState]]:
    """Yield everybody's state on a day, by person id."""
    lines = effective_windows(competency.requirements(known_at), known_at)
    for ids in queries.person_batches():
        facts = queries.person_facts(ids)
        for person_id in ids:
            yield person_id, queries.state_on(facts[person_id], lines, as_of, known_at)
