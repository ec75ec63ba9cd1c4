"""Where one person stands in every competence that concerns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from lms.competency.queries.framework import labels
from lms.competency.queries.ledger import NO_EVIDENCE, facts_for
from lms.competency.queries.requirements import requirements
from lms.competency.rules import (
    ACTIVE_AUDIENCE,
    Required,
    SourceKind,
    Span,
    Standing,
    Tag,
    as_known,
    effective_windows,
    known_tags,
    required_on,
    standing_on,
    tags_on,
    timeline_of,
    value_on,
)
from lms.kernel.schema.codes import STANDARD_CODES
from lms.people import queries as people

Status = Literal["siap", "belum-lulus", "kedaluwarsa", "belum-tes", "tidak-wajib"]
"""What a required person needs; the first is ready, and the last is asked for nothing."""


def status_of(standing: Standing, required: Required | None) -> Status:
    """Return what a person needs in a competence; evidence under review reads belum-lulus."""
    if required is None:
        return "tidak-wajib"
    if standing.meets(required.chosen.level):
        return "siap"
    if standing.current:
        return "belum-lulus"
    return "kedaluwarsa" if standing.assessed else "belum-tes"


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One competence of one person on a day.

    `level` None means that nothing is in force, 0 that no level was reached. `evidence_id` and what
    follows belong to the row that decides (the best one in force); `also` lists further required
    levels with their rules ("juga meminta").
    """

    competence: str
    name: str
    level: int | None
    required: int | None
    required_since: date | None
    also: tuple[tuple[str, int], ...]
    status: Status
    under_review: bool
    evidence_id: int | None
    source_kind: SourceKind | None
    measured_on: date | None
    valid_until: date | None
    theta: float | None
    se: float | None

    @property
    def is_pillar(self) -> bool:
        """Whether it is one of the four pillars, else a field of SDM TIK."""
        return self.competence in STANDARD_CODES.pillars


def standings_of(person_id: int, *, as_of: date, known_at: datetime) -> list[StandingRow]:
    """Return the pillars, and the fields that are required or held, in the order of reports.

    Seven statements, whoever the person is.
    """
    rows = people.person_facts([person_id])[person_id]
    held = facts_for([person_id]).get(person_id, NO_EVIDENCE)
    units = timeline_of(
        (
            Span(each.value, each.starts_on, each.recorded_at, each.supersedes_id, each.id)
            for each in rows.placements
        ),
        known_at,
    )
    activity = timeline_of(
        (
            Span(each.value, each.starts_on, each.recorded_at, each.supersedes_id, each.id)
            for each in rows.standings
        ),
        known_at,
    )
    tags = known_tags(
        (
            Tag(each.tag, each.starts_on, each.until, each.recorded_at, each.id)
            for each in rows.tags
        ),
        known_at,
    )
    counts = value_on(units, as_of) is not None and bool(value_on(activity, as_of))
    audiences = tags_on(tags, as_of) | {ACTIVE_AUDIENCE} if counts else frozenset()
    lines = effective_windows(requirements(known_at), known_at)
    evidence = as_known(held.evidence, held.decisions, known_at)
    found = []
    for competence, name in labels().items():
        required = required_on(lines, audiences, competence, as_of)
        standing = standing_on(evidence, competence, as_of)
        known = standing.assessed or required is not None
        if known or competence in STANDARD_CODES.pillars:
            found.append(_row(name, standing, required))
    return found


def own_standings(person_id: int, *, today: date, now: datetime) -> list[StandingRow]:
    """Return the standings of a person as of today, as known now."""
    return standings_of(person_id, as_of=today, known_at=now)


def _row(name: str, standing: Standing, required: Required | None) -> StandingRow:
    also: Sequence[tuple[str, int]] = ()
    if required is not None:
        also = tuple((str(line.rule_id), line.level) for line in required.also)
    return StandingRow(
        competence=standing.competence,
        name=name,
        level=standing.level if standing.current else None,
        required=None if required is None else required.chosen.level,
        required_since=None if required is None else required.chosen.effective_from,
        also=tuple(also),
        status=status_of(standing, required),
        under_review=standing.under_review,
        evidence_id=standing.evidence_id,
        source_kind=standing.source_kind,
        measured_on=standing.measured_on,
        valid_until=standing.valid_until,
        theta=standing.theta,
        se=standing.se,
    )
