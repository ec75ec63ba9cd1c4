"""One person's share of the tallies as a step function of time, and the change between two.

A tally row is never computed by hand: whatever happens to a person, the rows to insert are the
difference between the step function before and after, future expiries included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from lms.competency.rules.evidence import Decision, EvidenceFact, as_known, standing_on
from lms.competency.rules.requirements import (
    ACTIVE_AUDIENCE,
    Requirement,
    effective_windows,
    required_on,
)
from lms.competency.rules.timeline import (
    Span,
    Tag,
    known_tags,
    tags_on,
    timeline_of,
    value_on,
)
from lms.kernel.counts import Counts
from lms.kernel.dates import day_after

_NOBODY = Counts()


class StepKey(NamedTuple):
    """Where a contribution is tallied; equal to the plain tuple of its parts."""

    unit_id: int
    competence: str
    requirement_version_id: int


Steps = Mapping[StepKey, Sequence[tuple[date, Counts]]]
"""Per key the counts from a day on, oldest first; all zero before the first day."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Everything about one person that moves a tally.

    `placements` name the unit that tallies the person (None = none), one at a time; which
    ancestor that is, the caller has resolved. `standings` are True where the legal standing
    counts as active. `tags` leave out the implicit `ACTIVE_AUDIENCE`.
    """

    placements: tuple[Span[int | None], ...] = ()
    standings: tuple[Span[bool], ...] = ()
    tags: tuple[Tag, ...] = ()
    evidence: tuple[EvidenceFact, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """A signed change of one tally, acting from `effective_on` on; never all zero."""

    unit_id: int
    competence: str
    requirement_version_id: int
    effective_on: date
    d_n: int
    d_a: int
    d_c: int
    d_m: int


def person_steps(
    facts: PersonFacts, requirements: Iterable[Requirement], known_at: datetime
) -> dict[StepKey, list[tuple[date, Counts]]]:
    """Return the person's contribution to every tally, as known at `known_at` (inclusive).

    N is 1 while the person is active, placed and required; A, C and M follow the evidence in the
    competence and are at most N. A last valid day still counts, the expiry acts on the next.
    Neighbouring steps of a key differ; a key in which the person never counts is absent.

    Source: docs/semantics.md sections 2 and 3.
    """
    units = timeline_of(facts.placements, known_at)
    activity = timeline_of(facts.standings, known_at)
    tags = known_tags(facts.tags, known_at)
    evidence = as_known(facts.evidence, facts.decisions, known_at)
    lines = effective_windows(requirements, known_at)
    personal_days = {day for day, _ in units} | {day for day, _ in activity}
    for tag in tags:
        personal_days |= _present(tag.starts_on, tag.until)

    steps: dict[StepKey, list[tuple[date, Counts]]] = {}
    for competence in sorted({line.competence for line in lines}):
        asked = [line for line in lines if line.competence == competence]
        held = [row for row in evidence if row.competence == competence]
        days = set(personal_days)
        for line in asked:
            days |= _present(line.effective_from, line.effective_until)
        for row in held:
            days.update(_turning_days(row))
        before: StepKey | None = None
        for day in sorted(days):
            unit_id = value_on(units, day)
            required = (
                required_on(asked, tags_on(tags, day) | {ACTIVE_AUDIENCE}, competence, day)
                if unit_id is not None and value_on(activity, day)
                else None
            )
            now = (
                None
                if unit_id is None or required is None
                else StepKey(unit_id, competence, required.chosen.version_id)
            )
            if before is not None and before != now:
                steps[before].append((day, _NOBODY))
            if now is not None and required is not None:
                counts = _contribution(held, required.chosen, day)
                course = steps.setdefault(now, [])
                if not course or course[-1][1] != counts:
                    course.append((day, counts))
            before = now
    return steps


def counts_on(steps: Sequence[tuple[date, Counts]], day: date) -> Counts:
    """Return the counts of one key on that day; all zero before its first step."""
    return value_on(steps, day) or _NOBODY


def deltas(old: Steps, new: Steps) -> list[Delta]:
    """Return the fewest signed changes whose running sum turns `old` into `new` on every day.

    Ordered by key and day; at most one row per key and day, none without effect. From `{}` it
    gives the rows of a new person, to `{}` the reversal of one who goes.

    Source: docs/semantics.md section 3.
    """
    return [
        Delta(*key, day, change.n, change.a, change.c, change.m)
        for key in sorted(old.keys() | new.keys())
        for day, change in _changes(old.get(key, ()), new.get(key, ()))
    ]


def _changes(
    old: Sequence[tuple[date, Counts]], new: Sequence[tuple[date, Counts]]
) -> Iterator[tuple[date, Counts]]:
    running = _NOBODY
    for day in sorted({day for day, _ in old} | {day for day, _ in new}):
        gap = counts_on(new, day) - counts_on(old, day)
        if gap != running:
            yield day, gap - running
            running = gap


def _contribution(held: Sequence[EvidenceFact], required: Requirement, day: date) -> Counts:
    standing = standing_on(held, required.competence, day)
    return Counts(
        n=1,
        a=int(standing.assessed),
        c=int(standing.current),
        m=int(standing.meets(required.level)),
    )


def _turning_days(row: EvidenceFact) -> set[date]:
    """Return every day on which the row may begin or cease to count in A, C or M."""
    days = _present(row.measured_on, row.valid_from, row.revoked_on, row.replaced_on)
    if row.valid_until is not None:
        days.add(day_after(row.valid_until))
    for period in row.reviews:
        days |= _present(*period)
    return days


def _present(*days: date | None) -> set[date]:
    return {day for day in days if day is not None}
