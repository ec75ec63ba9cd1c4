"""Who must hold which level: rules in versions, and the one that decides for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Final

ACTIVE_AUDIENCE: Final = "asn-aktif"
"""The audience that every active, placed person belongs to without a tag row."""

_PREFIX_SPECIFICITY: Final = {"jenis-jabatan": 1, "sdm-tik": 2}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of one version of a rule: an audience must hold a level (1-5) of a competence.

    In effect on `[effective_from, effective_until)`, None = no end. A higher `specificity` is a
    narrower audience. `rule_id` only says which versions follow one another; `version_id` keys
    the tallies and grows with time. `recorded_at` None = known from the beginning.
    """

    rule_id: int | str
    version_id: int
    audience: str
    competence: str
    level: int
    effective_from: date
    effective_until: date | None
    specificity: int
    recorded_at: datetime | None = None

    def in_effect_on(self, day: date) -> bool:
        """Whether the line holds on that day."""
        return self.effective_from <= day and (
            self.effective_until is None or day < self.effective_until
        )


@dataclass(frozen=True, slots=True)
class Required:
    """The requirement that decides, and the others that ask for something too.

    `also` ("juga meminta") is in order of precedence.
    """

    chosen: Requirement
    also: tuple[Requirement, ...]


def specificity_of(audience: str) -> int:
    """Return how narrow an audience is: 0 every active ASN, 1 a kind of post, 2 a TIK role field.

    Raises:
        ValueError: the audience is of none of these kinds, or lacks the part after the colon.
    """
    if audience == ACTIVE_AUDIENCE:
        return 0
    prefix, _, value = audience.partition(":")
    if prefix not in _PREFIX_SPECIFICITY or not value:
        raise ValueError(audience)
    return _PREFIX_SPECIFICITY[prefix]


def effective_windows(
    requirements: Iterable[Requirement], known_at: datetime | None = None
) -> tuple[Requirement, ...]:
    """Return the lines known at `known_at`, each ended where the next version of its rule starts.

    A new version therefore needs no change to the old row, and an old row cannot outlive its
    successor, whichever competences and audiences the successor still names. Of two versions
    with the same start the higher id holds. A rule whose newest version has ended is silent.
    Doing it twice changes nothing.
    """
    known = [
        line
        for line in requirements
        if known_at is None or line.recorded_at is None or line.recorded_at <= known_at
    ]
    starts: dict[int | str, dict[int, date]] = defaultdict(dict)
    for line in known:
        versions = starts[line.rule_id]
        versions[line.version_id] = min(
            versions.get(line.version_id, line.effective_from), line.effective_from
        )
    successor_starts: dict[tuple[int | str, int], date] = {}
    for rule_id, versions in starts.items():
        in_order = sorted((start, version_id) for version_id, start in versions.items())
        for (_, version_id), (next_start, _) in pairwise(in_order):
            successor_starts[rule_id, version_id] = next_start
    return tuple(
        _ended(line, successor_starts.get((line.rule_id, line.version_id))) for line in known
    )


def required_on(
    requirements: Iterable[Requirement],
    tags_on_day: Collection[str],
    competence: str,
    day: date,
) -> Required | None:
    """Return what a person with these tags must hold on that day, or None if nothing.

    The highest level wins, then the narrower audience, then the newer version. `tags_on_day`
    is complete: an active, placed person has `ACTIVE_AUDIENCE` in it.

    Source: docs/semantics.md section 2.
    """
    applying = sorted(
        (
            line
            for line in effective_windows(requirements)
            if line.competence == competence
            and line.audience in tags_on_day
            and line.in_effect_on(day)
        ),
        key=lambda line: (line.level, line.specificity, line.effective_from, line.version_id),
        reverse=True,
    )
    if not applying:
        return None
    return Required(chosen=applying[0], also=tuple(applying[1:]))


def _ended(line: Requirement, successor_start: date | None) -> Requirement:
    if successor_start is None or (
        line.effective_until is not None and line.effective_until <= successor_start
    ):
        return line
    return replace(line, effective_until=successor_start)
