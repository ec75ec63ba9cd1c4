"""Evidence rows, the decisions about them, and the standing they give on a day.

Everything here is relative to a pair of moments: `as_known` fixes what had been recorded by
then, the functions after it ask about a calendar day of the region.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from lms.kernel.dates import add_months

SourceKind = Literal["measured", "outside", "rubric", "claimed"]
DecisionKind = Literal["revoked", "replaced", "review"]
Period = tuple[date, date | None]
"""Half-open days `[from, until)`; until None = open."""


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """One evidence row of one person, with the decisions about it already worked in.

    `level` 0 means measured without reaching a level: assessed and current, never ready.
    `valid_until` is the last valid day, that day included; None = no end. `revoked_on` and
    `replaced_on` act from that day on. A review covers `[review_from, review_until)`: meanwhile
    the row stays in A and C and leaves M. `review_from`/`review_until` hold the latest review,
    `earlier_reviews` those before it, so that a new review does not rewrite an old month.
    `theta` and `se` are logits, and None for rows that were not measured here.

    Source: docs/semantics.md section 2.
    """

    id: int
    competence: str
    level: int
    measured_on: date
    valid_from: date
    valid_until: date | None
    source_kind: SourceKind
    theta: float | None
    se: float | None
    recorded_at: datetime
    revoked_on: date | None = None
    replaced_on: date | None = None
    review_from: date | None = None
    review_until: date | None = None
    earlier_reviews: tuple[Period, ...] = ()

    @property
    def reviews(self) -> tuple[Period, ...]:
        """Every period under review, oldest first."""
        if self.review_from is None:
            return self.earlier_reviews
        return (*self.earlier_reviews, (self.review_from, self.review_until))

    def stands_on(self, day: date) -> bool:
        """Whether the row counts at all: not a mere claim, not revoked or replaced by then."""
        return (
            self.source_kind != "claimed"
            and (self.revoked_on is None or day < self.revoked_on)
            and (self.replaced_on is None or day < self.replaced_on)
        )

    def assesses_on(self, day: date) -> bool:
        """Whether the row puts its person in A: measured by that day, expired or not."""
        return self.measured_on <= day and self.stands_on(day)

    def in_force_on(self, day: date) -> bool:
        """Whether the row puts its person in C.

        It also has to be measured by then: a validity that starts before the measurement would
        otherwise break C <= A.
        """
        return (
            self.assesses_on(day)
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )

    def under_review_on(self, day: date) -> bool:
        """Whether some review of the row covers that day."""
        return any(start <= day and (until is None or day < until) for start, until in self.reviews)


@dataclass(frozen=True, slots=True)
class Decision:
    """One recorded decision about one evidence row; never updated, only followed by another.

    `effective_until` speaks for kind `review` alone (first day on which the row counts again;
    None = until decided). `id` orders decisions of the same moment.
    """

    evidence_id: int
    kind: DecisionKind
    effective_on: date
    effective_until: date | None
    recorded_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person's evidence in one competence amounts to on one day.

    `level` and the fields after `under_review` belong to the row `evidence_id`: the best one in
    force that is not under review. Without such a row the level is 0 and they are None.
    `assessed` and `current` are the person's place in A and C. `under_review` says that some row
    in force is left out because of a review.
    """

    competence: str
    level: int
    evidence_id: int | None
    assessed: bool
    current: bool
    under_review: bool = False
    source_kind: SourceKind | None = None
    measured_on: date | None = None
    valid_until: date | None = None
    theta: float | None = None
    se: float | None = None

    def meets(self, level: int) -> bool:
        """Whether the person is ready (in M) for a required level; reaching it exactly counts."""
        return self.evidence_id is not None and self.level >= level


def valid_until(measured_on: date, months: int | None) -> date | None:
    """Return the last valid day: the same calendar day `months` later, that day included.

    A month without that day gives its last day. `months` None = without end. Certificate and
    evidence share this date.

    Source: docs/semantics.md section 2.
    """
    return None if months is None else add_months(measured_on, months)


def as_known(
    evidence: Iterable[EvidenceFact], decisions: Iterable[Decision], known_at: datetime
) -> tuple[EvidenceFact, ...]:
    """Return the rows recorded by `known_at` (inclusive), as the decisions known then leave them.

    What the given rows themselves say of revocation, replacement and review is set aside, since
    only a decision carries the moment at which it became known. Of several revocations (or
    replacements) of a row the one that acts first holds. A later review row speaks for every day
    from its `effective_on` on: with the same start it corrects the earlier one, an empty one
    (`effective_until` = `effective_on`) ends it, and reviews wholly before it stay as they were.

    Source: docs/semantics.md sections 2, 3 and 5 (a flag changes nothing by itself).
    """
    about: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.recorded_at <= known_at:
            about[decision.evidence_id].append(decision)
    return tuple(
        _decided(row, about.get(row.id, ())) for row in evidence if row.recorded_at <= known_at
    )


def standing_on(facts: Iterable[EvidenceFact], competence: str, day: date) -> Standing:
    """Return the standing in one competence at the end of that day, from rows `as_known`.

    Among the rows in force and not under review the highest level wins, then the later
    measurement, then the higher id. A failed voluntary attempt (level 0) therefore never lowers
    anything, and a claim never counts.

    Source: docs/semantics.md section 2.
    """
    rows = [row for row in facts if row.competence == competence]
    in_force = [row for row in rows if row.in_force_on(day)]
    counting = [row for row in in_force if not row.under_review_on(day)]
    best = max(counting, key=lambda row: (row.level, row.measured_on, row.id), default=None)
    standing = Standing(
        competence=competence,
        level=0,
        evidence_id=None,
        assessed=any(row.assesses_on(day) for row in rows),
        current=bool(in_force),
        under_review=len(counting) < len(in_force),
    )
    if best is None:
        return standing
    return replace(
        standing,
        level=best.level,
        evidence_id=best.id,
        source_kind=best.source_kind,
        measured_on=best.measured_on,
        valid_until=best.valid_until,
        theta=best.theta,
        se=best.se,
    )


def _decided(row: EvidenceFact, decisions: Sequence[Decision]) -> EvidenceFact:
    def first_day(kind: DecisionKind) -> date | None:
        return min((each.effective_on for each in decisions if each.kind == kind), default=None)

    reviews = _review_periods([each for each in decisions if each.kind == "review"])
    latest: tuple[date | None, date | None] = reviews[-1] if reviews else (None, None)
    return replace(
        row,
        revoked_on=first_day("revoked"),
        replaced_on=first_day("replaced"),
        review_from=latest[0],
        review_until=latest[1],
        earlier_reviews=tuple(reviews[:-1]),
    )


def _review_periods(rows: Iterable[Decision]) -> list[Period]:
    periods: list[Period] = []
    for row in sorted(rows, key=lambda each: (each.recorded_at, each.id)):
        start, until = row.effective_on, row.effective_until
        # The newcomer speaks from its start on, so what was said before is cut there.
        periods = [
            (first, start if last is None else min(last, start))
            for first, last in periods
            if first < start
        ]
        if until is None or start < until:
            periods.append((start, until))
    return periods
