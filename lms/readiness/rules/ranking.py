"""From the pillars of an OPD to one composite and one rank, and the shrinking of small units.

Weights, thresholds and gates are versioned data that the caller passes in; here is only what is
done with them. The rank is our own measure, not the level of any instrument.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

from lms.readiness.rules.figures import Readiness

ConditionKind = Literal["rate", "coverage", "audit", "snapshots", "roles"]

_GEOMETRIC_PLACES: Final = Decimal("1e-12")
_WORKING_DIGITS: Final = 30


@dataclass(frozen=True, slots=True)
class Composite:
    """The pillars of one OPD in one figure, 0-1.

    `geometric` (G) is the composite; an irrational number, so a Decimal of 12 places, the same
    on every machine. `arithmetic` stands beside it for comparison only. `left_out` names the
    pillars that nobody is required for; the weights of the others are scaled up.
    """

    geometric: Decimal
    arithmetic: Fraction
    weakest: str
    weakest_rate: Fraction
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gates:
    """Conditions beside the rates, as data: each asks from its level up.

    A level above the highest one switches a gate off. `minimum_coverage` is a share 0-1, in
    every pillar.
    """

    coverage_level: int
    minimum_coverage: Fraction
    audit_level: int
    snapshots_level: int
    minimum_snapshots: int
    roles_level: int


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the counts of one date cannot tell about an OPD.

    `snapshots_in_a_row` is the number of consecutive frozen snapshots, the newest included,
    whose rates reach the thresholds of `Gates.snapshots_level`.
    """

    audit_done: bool
    snapshots_in_a_row: int
    roles_filled: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that the next rank asks: `have` against `need`; yes/no conditions are 0 or 1.

    `pillar` is None for what concerns the OPD as a whole.
    """

    kind: ConditionKind
    pillar: str | None
    have: Fraction
    need: Fraction

    @property
    def met(self) -> bool:
        """Whether it is reached; exactly reaching it is enough."""
        return self.have >= self.need


@dataclass(frozen=True, slots=True)
class Rank:
    """The readiness rank (1-5), and all that the next one asks, met or not.

    `level_by_thresholds` is what the rates alone would give. At the highest level the
    checklist is empty.
    """

    level: int
    level_by_thresholds: int
    checklist: tuple[Condition, ...]

    @property
    def held_by(self) -> tuple[Condition, ...]:
        """The conditions that keep the OPD from the next rank."""
        return tuple(condition for condition in self.checklist if not condition.met)


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """How much rates of small units are drawn to the mean of all.

    `mean` is the headcount-weighted rate, `rho` the intra-class correlation (0-1), `kappa` the
    prior's weight in persons (infinite when rho is 0), `kappa_used` the same within bounds.
    """

    mean: Fraction
    rho: float
    kappa: float
    kappa_used: float

    def shrunk(self, m: int, n: int, kappa: float | None = None) -> float:
        """Return (M + kappa mean) / (N + kappa); of n = 0 the mean, without bound the mean too.

        `kappa` None takes `kappa_used`.
        """
        weight = self.kappa_used if kappa is None else kappa
        if math.isinf(weight):
            return float(self.mean)
        return (m + weight * float(self.mean)) / (n + weight)


def composite(
    rates: Mapping[str, Fraction | None],
    weights: Mapping[str, Fraction],
    floor: Fraction = Fraction(1, 100),
) -> Composite | None:
    """Return the weighted geometric mean of the pillars, each at least `floor`, and the weakest.

    A rate of None (nobody required) is left out; None when that leaves nothing. Of equally weak
    pillars the first in the order of `weights` is named.

    Raises:
        ValueError: rates and weights name different pillars, a weight is not positive, or they
            do not add up to 1.

    Source: docs/readiness.md section 2.
    """
    if rates.keys() != weights.keys():
        raise ValueError(sorted(rates.keys() ^ weights.keys()))
    if sum(weights.values()) != 1 or min(weights.values()) <= 0:
        raise ValueError(weights)
    present = {name: rate for name in weights if (rate := rates[name]) is not None}
    if not present:
        return None
    weight_sum = sum((weights[name] for name in present), Fraction(0))
    shares = {name: weights[name] / weight_sum for name in present}
    with localcontext() as context:
        context.prec = _WORKING_DIGITS
        geometric = Decimal(1)
        for name, rate in present.items():
            geometric *= _decimal(max(rate, floor)) ** _decimal(shares[name])
        geometric = geometric.quantize(_GEOMETRIC_PLACES)
    weakest = min(present, key=lambda name: present[name])
    return Composite(
        geometric=geometric,
        arithmetic=sum((present[name] * shares[name] for name in present), Fraction(0)),
        weakest=weakest,
        weakest_rate=present[weakest],
        left_out=tuple(name for name in weights if name not in present),
    )


def rank_of(
    pillars: Mapping[str, Readiness],
    *,
    thresholds: Sequence[Fraction],
    gates: Gates,
    facts: GateFacts,
) -> Rank | None:
    """Return the highest rank whose thresholds all pillars reach and whose gates are passed.

    `thresholds[0]` belongs to rank 1 and is 0, so that everybody holds it; reaching a threshold
    exactly counts. A rank needs every rank below it. Pillars that nobody is required for ask
    nothing; None when that is all of them.

    Raises:
        ValueError: the thresholds do not start at 0 or fall.

    Source: docs/readiness.md section 2.
    """
    if (
        not thresholds
        or thresholds[0] != 0
        or any(low > high for low, high in pairwise(thresholds))
    ):
        raise ValueError(thresholds)
    rates = {name: each.rate for name, each in pillars.items() if each.rate is not None}
    if not rates:
        return None
    by_thresholds = sum(all(rate >= need for rate in rates.values()) for need in thresholds)
    level = 1
    checklist: tuple[Condition, ...] = ()
    for wanted in range(2, len(thresholds) + 1):
        checklist = _conditions(wanted, pillars, thresholds[wanted - 1], gates, facts)
        if not all(condition.met for condition in checklist):
            break
        level, checklist = wanted, ()
    return Rank(level=level, level_by_thresholds=by_thresholds, checklist=checklist)


def is_ranked(active_n: int, minimum: int = 10) -> bool:
    """Whether an OPD takes part in any ranking; one with exactly the minimum of staff does.

    Source: docs/readiness.md section 7 and docs/semantics.md section 4.
    """
    return active_n >= minimum


def shrinkage(
    units: Iterable[tuple[int, int]], bounds: tuple[float, float] = (5.0, 50.0)
) -> Shrinkage | None:
    """Return the beta-binomial moments of (ready, required) pairs; units with N = 0 say nothing.

    None without any person. rho is 0 (kappa infinite) where the units cannot differ: a single
    one, only one-person units, or all or nobody ready. Sampling can push the moment estimate
    above 1; it stops there, where kappa is 0.

    Source: docs/readiness.md section 2.
    """
    sizes = [(m, n) for m, n in units if n > 0]
    persons = sum(n for _, n in sizes)
    if not persons:
        return None
    mean = Fraction(sum(m for m, _ in sizes), persons)
    variance = mean * (1 - mean)
    within = (len(sizes) - 1) * variance
    between = sum((n * (Fraction(m, n) - mean) ** 2 for m, n in sizes), Fraction(0))
    room = variance * (persons - Fraction(sum(n * n for _, n in sizes), persons)) - within
    rho = min(Fraction(1), max(Fraction(0), (between - within) / room)) if room else Fraction(0)
    kappa = float((1 - rho) / rho) if rho else math.inf
    low, high = bounds
    return Shrinkage(mean=mean, rho=float(rho), kappa=kappa, kappa_used=min(high, max(low, kappa)))


def _conditions(
    wanted: int,
    pillars: Mapping[str, Readiness],
    threshold: Fraction,
    gates: Gates,
    facts: GateFacts,
) -> tuple[Condition, ...]:
    asked = [
        Condition("rate", name, each.rate, threshold)
        for name, each in pillars.items()
        if each.rate is not None
    ]
    if wanted >= gates.coverage_level:
        asked += [
            Condition("coverage", name, each.coverage, gates.minimum_coverage)
            for name, each in pillars.items()
            if each.coverage is not None
        ]
    if wanted >= gates.audit_level:
        asked.append(Condition("audit", None, Fraction(facts.audit_done), Fraction(1)))
    if wanted >= gates.snapshots_level:
        asked.append(
            Condition(
                "snapshots",
                None,
                Fraction(facts.snapshots_in_a_row),
                Fraction(gates.minimum_snapshots),
            )
        )
    if wanted >= gates.roles_level:
        asked.append(Condition("roles", None, Fraction(facts.roles_filled), Fraction(1)))
    return tuple(asked)


def _decimal(value: Fraction) -> Decimal:
    """Divide in the precision of the context around the call."""
    return Decimal(value.numerator) / Decimal(value.denominator)
