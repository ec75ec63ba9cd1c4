"""Keeping the tallies: every change of a fact inserts the difference it makes.

What a person contributes is a step function of time (`lms.competency.rules.person_steps`). Each
handler takes the person's facts without the new rows and with them, and inserts the difference,
future expiries included, in the transaction of the cause.

Facts may be recorded for an earlier moment than other facts of the same person (a history loaded
after the fact). Then the difference is worked out at each moment at which something about the
person became known from there on, so that the figure of any pair (as_of, known_at) is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)

from lms.competency import queries as competency
from lms.competency.events import EvidenceDecided, EvidenceRecorded, RequirementChanged
from lms.competency.rules import (
    ACTIVE_AUDIENCE,
    PersonFacts,
    Requirement,
    StepKey,
    Steps,
    counts_on,
    deltas,
    effective_windows,
    person_steps,
)
from lms.kernel.counts import Counts
from lms.kernel.dates import add_months
from lms.kernel.schema.codes import STANDARD_CODES
from lms.people.events import PersonFactsChanged
from lms.platform import clock
from lms.platform.db import UTCDateTime, db
from lms.readiness import queries
from lms.readiness.models import Tally, TallyBase, TallyBaseRow
from lms.readiness.queries import ALL_PILLARS, BATCH, HEADS

SETTLED_AFTER: Final = timedelta(minutes=15)
"""A base covers only what was recorded at least this long ago: a transaction that stamped its
rows before may still be under way."""

BASES_KEPT: Final = timedelta(days=40)
"""How long every night's base is kept; older ones stay for month ends only."""

Progress = Callable[[int, int], None]
"""Called with (persons done, persons in all)."""

_HEADCOUNT: Final = Requirement(
    rule_id=HEADS,
    version_id=0,
    audience=ACTIVE_AUDIENCE,
    competence=HEADS,
    level=1,
    effective_from=date.min,
    effective_until=None,
    specificity=0,
)
_POST_AUDIENCE: Final = "jenis-jabatan:"


@dataclass(frozen=True, slots=True)
class _Key:
    """A tally row without its counts and cause."""

    unit_id: int
    competence: str
    version_id: int
    effective_on: date
    recorded_at: datetime


_Sums = dict[_Key, Counts]


def on_evidence_recorded(event: EvidenceRecorded) -> None:
    """Tally new evidence rows."""
    new = set(event.evidence_ids)
    if event.person_id is not None:
        person_ids: Collection[int] = (event.person_id,)
    else:
        person_ids = set(competency.persons_of_evidence(new).values())
    cause = f"evidence:{min(new)}" if len(new) == 1 else f"evidence:{min(new)}-{max(new)}"

    def without(_person_id: int, facts: PersonFacts) -> PersonFacts:
        return replace(facts, evidence=tuple(row for row in facts.evidence if row.id not in new))

    _tally(person_ids, without, cause=cause)


def on_evidence_decided(event: EvidenceDecided) -> None:
    """Tally a revocation, replacement or review."""

    def without(_person_id: int, facts: PersonFacts) -> PersonFacts:
        return replace(
            facts, decisions=tuple(row for row in facts.decisions if row.id != event.decision_id)
        )

    _tally((event.person_id,), without, cause=f"decision:{event.decision_id}")


def on_person_facts_changed(event: PersonFactsChanged) -> None:
    """Tally new placements, legal standings and rows of the SDM TIK register."""
    placement_ids, standing_ids = set(event.placement_ids), set(event.standing_ids)
    tag_ids = set(event.tag_ids)
    if not placement_ids | standing_ids | tag_ids:
        return
    audiences = {line.audience for line in competency.requirements()}
    posts_matter = any(audience.startswith(_POST_AUDIENCE) for audience in audiences)
    posts_before = (
        queries.post_tags_without(event.person_ids, placement_ids)
        if posts_matter and placement_ids
        else {}
    )

    def without(person_id: int, facts: PersonFacts) -> PersonFacts:
        of_posts = [tag for tag in facts.tags if tag.tag.startswith(_POST_AUDIENCE)]
        return replace(
            facts,
            placements=tuple(row for row in facts.placements if row.id not in placement_ids),
            standings=tuple(row for row in facts.standings if row.id not in standing_ids),
            tags=(
                *(
                    tag
                    for tag in facts.tags
                    if tag.id not in tag_ids and not tag.tag.startswith(_POST_AUDIENCE)
                ),
                *posts_before.get(person_id, of_posts),
            ),
        )

    kind, ids = next(
        (kind, ids)
        for kind, ids in (
            ("placement", placement_ids),
            ("standing", standing_ids),
            ("tag", tag_ids),
        )
        if ids
    )
    cause = f"{kind}:{min(ids)}" if len(ids) == 1 else f"{kind}:{min(ids)}-{max(ids)}"
    _tally(event.person_ids, without, cause=cause)


def on_requirement_changed(event: RequirementChanged) -> None:
    """Tally new requirement versions over everybody, in one transaction."""
    new = set(event.requirement_version_ids)
    queries.lock_everybody()
    after = competency.requirements()
    since = min(line.recorded_at for line in after if line.version_id in new and line.recorded_at)
    before = tuple(line for line in after if line.version_id not in new)
    sums: _Sums = defaultdict(Counts)
    old_lines, new_lines = _Lines(before), _Lines(after)
    for ids in queries.person_batches():
        for facts in queries.person_facts(ids).values():
            _add_changes(sums, facts, facts, old_lines, new_lines, since)
    cause = f"requirement:{min(new)}" if len(new) == 1 else f"requirement:{min(new)}-{max(new)}"
    _insert(sums, cause=cause)


def _tally(
    person_ids: Collection[int],
    without: Callable[[int, PersonFacts], PersonFacts],
    *,
    cause: str,
) -> None:
    """Insert what the persons' facts differ from the same facts `without` the new rows."""
    queries.lock_persons(person_ids)
    lines = _Lines(competency.requirements())
    sums: _Sums = defaultdict(Counts)
    ids = sorted(person_ids)
    for start in range(0, len(ids), BATCH):
        for person_id, after in queries.person_facts(ids[start : start + BATCH]).items():
            before = without(person_id, after)
            since = _first_difference(before, after)
            if since is not None:
                _add_changes(sums, before, after, lines, lines, since)
    _insert(sums, cause=cause)


def _first_difference(before: PersonFacts, after: PersonFacts) -> datetime | None:
    """Return from which moment of recording on the two may differ."""
    pairs: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...] = (
        (before.placements, after.placements),
        (before.standings, after.standings),
        (before.tags, after.tags),
        (before.evidence, after.evidence),
        (before.decisions, after.decisions),
    )
    moments: list[datetime] = [
        row.recorded_at
        for old, new in pairs
        if old != new
        for row in set(new).symmetric_difference(old)
    ]
    return min(moments, default=None)


class _Lines:
    """Requirements as known at each moment, narrowed to the audiences a person can be in."""

    def __init__(self, requirements: Sequence[Requirement]) -> None:
        self._all = requirements
        self._known: dict[tuple[int, frozenset[str]], tuple[Requirement, ...]] = {}
        self.moments = sorted({line.recorded_at for line in requirements if line.recorded_at})

    def known_at(self, moment: datetime, audiences: frozenset[str]) -> tuple[Requirement, ...]:
        # Between two moments at which requirements were recorded nothing changes.
        place = sum(each <= moment for each in self.moments)
        key = (place, audiences)
        if key not in self._known:
            self._known[key] = (
                _HEADCOUNT,
                *(
                    line
                    for line in effective_windows(self._all, moment)
                    if line.audience in audiences
                ),
            )
        return self._known[key]


def _add_changes(
    sums: _Sums,
    before: PersonFacts,
    after: PersonFacts,
    old_lines: _Lines,
    new_lines: _Lines,
    since: datetime,
) -> None:
    """Add the rows that turn one person's contribution before into the one after."""
    moments = {since}
    for facts in (before, after):
        for rows in (
            facts.placements,
            facts.standings,
            facts.tags,
            facts.evidence,
            facts.decisions,
        ):
            moments.update(row.recorded_at for row in rows if row.recorded_at > since)
    for lines in (old_lines, new_lines):
        moments.update(moment for moment in lines.moments if moment > since)
    audiences = frozenset(
        {ACTIVE_AUDIENCE, *(tag.tag for tag in before.tags), *(tag.tag for tag in after.tags)}
    )
    told: dict[tuple[StepKey, date], Counts] = {}
    for moment in sorted(moments):
        change = {
            (StepKey(row.unit_id, row.competence, row.requirement_version_id), row.effective_on): (
                Counts(row.d_n, row.d_a, row.d_c, row.d_m)
            )
            for row in deltas(
                _steps(before, old_lines.known_at(moment, audiences), moment),
                _steps(after, new_lines.known_at(moment, audiences), moment),
            )
        }
        for where in told.keys() | change.keys():
            difference = change.get(where, Counts()) - told.get(where, Counts())
            if difference != Counts():
                key, day = where
                sums[_Key(*key, day, moment)] += difference
        told = change


def _steps(facts: PersonFacts, lines: Sequence[Requirement], known_at: datetime) -> Steps:
    """Return the step functions of a person, headcount and all pillars at once included."""
    steps: dict[StepKey, Sequence[tuple[date, Counts]]] = dict(person_steps(facts, lines, known_at))
    by_unit: dict[int, list[StepKey]] = defaultdict(list)
    for key in steps:
        if key.competence in STANDARD_CODES.pillars:
            by_unit[key.unit_id].append(key)
    for unit_id, keys in by_unit.items():
        steps[StepKey(unit_id, ALL_PILLARS, 0)] = _together(keys, steps)
    return steps


def _together(keys: Iterable[StepKey], steps: Steps) -> list[tuple[date, Counts]]:
    """Return the steps of one person over all required pillars: the least of them counts."""
    keys = list(keys)
    course: list[tuple[date, Counts]] = []
    for day in sorted({day for key in keys for day, _ in steps[key]}):
        held = [counts for key in keys if (counts := counts_on(steps[key], day)).n]
        counts = (
            Counts(
                1,
                min(each.a for each in held),
                min(each.c for each in held),
                min(each.m for each in held),
            )
            if held
            else Counts()
        )
        if not course or course[-1][1] != counts:
            course.append((day, counts))
    return course


def _insert(sums: Mapping[_Key, Counts], *, cause: str) -> None:
    rows = [
        {
            "unit_id": key.unit_id,
            "competence": key.competence,
            "requirement_version_id": key.version_id,
            "effective_on": key.effective_on,
            "d_n": change.n,
            "d_a": change.a,
            "d_c": change.c,
            "d_m": change.m,
            "cause": cause,
            "recorded_at": key.recorded_at,
        }
        for key, change in sums.items()
        if change != Counts()
    ]
    if not rows:
        return
    db.session.execute(insert(Tally), rows)
    forget_bases(since=min(key.recorded_at for key in sums))


def forget_bases(*, since: datetime) -> None:
    """Drop the bases that a row recorded for that moment would have belonged to.

    Only a history loaded after the fact comes that late; bases hold no facts and are taken anew.
    """
    newest = queries.newest_recorded_until()
    if newest is None or newest < since:
        return
    stale = select(TallyBase.id).where(TallyBase.recorded_until >= since)
    db.session.execute(delete(TallyBaseRow).where(TallyBaseRow.base_id.in_(stale)))
    db.session.execute(delete(TallyBase).where(TallyBase.recorded_until >= since))


def take_base(*, now: datetime, effective_until: date | None = None) -> int | None:
    """Add a base that covers a day (by default today) and all recorded until a quarter hour ago.

    Returns its id, or None when there is one for this day and moment already.
    """
    effective_until, recorded_until = effective_until or clock.local_date(now), now - SETTLED_AFTER
    if db.session.execute(
        select(TallyBase.id).where(
            TallyBase.effective_until == effective_until,
            TallyBase.recorded_until == recorded_until,
        )
    ).first():
        return None
    sums = queries.tally_sums_by_version(effective_until, recorded_until)
    base = TallyBase(effective_until=effective_until, recorded_until=recorded_until, taken_at=now)
    db.session.add(base)
    db.session.flush()
    if sums:
        db.session.execute(
            insert(TallyBaseRow),
            [
                {
                    "base_id": base.id,
                    "unit_id": unit_id,
                    "competence": competence,
                    "requirement_version_id": version_id,
                    "n": counts.n,
                    "a": counts.a,
                    "c": counts.c,
                    "m": counts.m,
                }
                for (unit_id, competence, version_id), counts in sums.items()
            ],
        )
    return base.id


def take_month_bases(*, now: datetime) -> int:
    """Add the bases that the last 13 month ends lack; return how many.

    History that was loaded later has none of its own age, and a report of last year would read
    every row since the beginning.
    """
    known = set(db.session.scalars(select(TallyBase.effective_until)))
    first = clock.local_date(now).replace(day=1)
    ends = [add_months(first, -back) - timedelta(days=1) for back in range(13)]
    missing = [day for day in ends if day not in known]
    for day in missing:
        take_base(now=now, effective_until=day)
    return len(missing)


def thin_bases(*, today: date) -> int:
    """Drop old bases except those of month ends; return how many went.

    Reading an old day then adds at most a month of rows to a base.
    """
    oldest = today - BASES_KEPT
    stale = [
        row.id
        for row in db.session.execute(
            select(TallyBase.id, TallyBase.effective_until).where(
                TallyBase.effective_until < oldest
            )
        )
        if (row.effective_until + timedelta(days=1)).day != 1
    ]
    if stale:
        db.session.execute(delete(TallyBaseRow).where(TallyBaseRow.base_id.in_(stale)))
        db.session.execute(delete(TallyBase).where(TallyBase.id.in_(stale)))
    return len(stale)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: persons read, and rows that were (or would be) added."""

    persons: int
    rows: int


def _no_progress(_done: int, _total: int) -> None:
    return


def rebuild_tallies(
    *, now: datetime, progress: Progress = _no_progress, dry_run: bool = False
) -> Rebuilt:
    """Work out from the facts what the tallies should hold, and add what is missing or too much.

    Nothing is deleted: differences become rows with cause `rebuild`, each with the moment at
    which its fact was recorded, so that afterwards every pair is right. Set-wise, in one
    transaction: nobody else writes meanwhile.
    """
    queries.lock_everybody()
    lines = _Lines(competency.requirements())
    total, done = queries.count_placed(), 0
    expected = _expected_table()
    expected.create(db.session.connection())
    try:
        for ids in queries.person_batches():
            sums: _Sums = defaultdict(Counts)
            for facts in queries.person_facts(ids).values():
                since = _first_difference(PersonFacts(), facts)
                if since is not None:
                    _add_changes(sums, PersonFacts(), facts, lines, lines, since)
            if sums:
                db.session.execute(
                    insert(expected),
                    [
                        {
                            "unit_id": key.unit_id,
                            "competence": key.competence,
                            "requirement_version_id": key.version_id,
                            "effective_on": key.effective_on,
                            "recorded_at": key.recorded_at,
                            "d_n": change.n,
                            "d_a": change.a,
                            "d_c": change.c,
                            "d_m": change.m,
                        }
                        for key, change in sums.items()
                    ],
                )
            done += len(ids)
            progress(done, total)
        rows = _add_differences(expected, dry_run=dry_run)
    finally:
        expected.drop(db.session.connection())
    if not dry_run:
        db.session.execute(delete(TallyBaseRow))
        db.session.execute(delete(TallyBase))
        take_base(now=now)
    return Rebuilt(persons=done, rows=rows)


def _expected_table() -> Table:
    columns = ("d_n", "d_a", "d_c", "d_m")
    return Table(
        "readiness_tally_expected",
        MetaData(),
        Column("unit_id", Integer),
        Column("competence", String),
        Column("requirement_version_id", Integer),
        Column("effective_on", Date),
        Column("recorded_at", UTCDateTime),
        *(Column(name, Integer) for name in columns),
        prefixes=["TEMPORARY"],
    )


def _add_differences(expected: Table, *, dry_run: bool) -> int:
    """Insert expected minus present per row key; return how many rows that takes."""
    keys = ("unit_id", "competence", "requirement_version_id", "effective_on", "recorded_at")
    figures = ("d_n", "d_a", "d_c", "d_m")
    present = Tally.__table__
    both = union_all(
        select(*(expected.c[name] for name in (*keys, *figures))),
        select(
            *(present.c[name] for name in keys),
            *((-present.c[name]).label(name) for name in figures),
        ),
    ).subquery()
    sums = [func.sum(both.c[name]).label(name) for name in figures]
    difference = (
        select(*(both.c[name] for name in keys), *sums, literal("rebuild").label("cause"))
        .group_by(*(both.c[name] for name in keys))
        .having(or_(*(each != 0 for each in sums)))
    )
    rows = db.session.execute(select(func.count()).select_from(difference.subquery())).scalar_one()
    if rows and not dry_run:
        db.session.execute(insert(Tally).from_select([*keys, *figures, "cause"], difference))
    return rows
