"""The figures of one unit and competence, from its four counts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from lms.kernel.counts import Counts

FORMULA_VERSION: Final = "1"
"""Printed on every report and stored with every snapshot; a changed formula is a new version."""

Z_90: Final = 1.6448536269514722
"""Two-sided 90 % quantile of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The figures that follow from `counts`, exact fractions of 0-1; None = does not apply.

    With N = 0 all of them are None. A factor whose denominator is 0 is None, while `rate` (R) is
    then 0: nobody assessed, or nobody current, is not ready. `coverage` is cakupan (A/N),
    `currency` keberlakuan (C/A), `quality` mutu (M/C). The bounds assume nothing about persons
    without current evidence: none of them ready, all of them ready.

    Source: docs/readiness.md section 2.
    """

    counts: Counts
    rate: Fraction | None
    coverage: Fraction | None
    currency: Fraction | None
    quality: Fraction | None
    lower: Fraction | None
    upper: Fraction | None

    @property
    def applies(self) -> bool:
        """Whether anybody is required at all (N > 0)."""
        return self.counts.n > 0

    @property
    def identity_holds(self) -> bool:
        """Whether R = coverage x currency x quality; a missing factor asks for R = 0 (or None)."""
        if self.coverage is None or self.currency is None or self.quality is None:
            return not self.rate
        return self.rate == self.coverage * self.currency * self.quality


@dataclass(frozen=True, slots=True)
class GapSplit:
    """The persons who are not ready, by what they need; the three add up to N - M.

    `not_passed` includes persons whose evidence is under review.
    """

    not_assessed: int
    expired: int
    not_passed: int

    @property
    def total(self) -> int:
        """All persons who are not ready."""
        return self.not_assessed + self.expired + self.not_passed


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved N and M between two dates, in persons.

    All are numbers of persons >= 0, except the last three, which are signed net changes.
    `revoked` includes evidence replaced by a worse re-check. `joined` and `left` are all who
    entered or left N by moving; `ready_joined` and `ready_left` those of them who were ready.
    """

    passed: int = 0
    expired: int = 0
    revoked: int = 0
    joined: int = 0
    left: int = 0
    ready_joined: int = 0
    ready_left: int = 0
    review_m: int = 0
    requirement_n: int = 0
    requirement_m: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """The end that the flow leads to, and how far the reported end is from it (0 = balanced)."""

    n: int
    m: int
    off_n: int
    off_m: int

    @property
    def holds(self) -> bool:
        """Whether both N and M balance to the unit."""
        return self.off_n == 0 and self.off_m == 0


def readiness_of(counts: Counts) -> Readiness:
    """Return every figure of the counts, without rounding.

    Raises:
        ValueError: the counts break 0 <= M <= C <= A <= N.

    Source: docs/readiness.md section 2.
    """
    if not counts.is_consistent:
        raise ValueError(counts)
    return Readiness(
        counts=counts,
        rate=_share(counts.m, counts.n),
        coverage=_share(counts.a, counts.n),
        currency=_share(counts.c, counts.a),
        quality=_share(counts.m, counts.c),
        lower=_share(counts.m, counts.n),
        upper=_share(counts.m + counts.n - counts.c, counts.n),
    )


def total_of(counts: Iterable[Counts]) -> Counts:
    """Return the sum, so that a total is added first and divided after; of nothing, zero.

    A unit with N = 0 changes no total.
    """
    return sum(counts, Counts())


def wilson(m: int, n: int, z: float = Z_90) -> tuple[float, float] | None:
    """Return the Wilson score interval of m of n, within 0-1; None for n = 0.

    Raises:
        ValueError: not 0 <= m <= n.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if not 0 <= m <= n:
        raise ValueError(m, n)
    if n == 0:
        return None
    z2 = z * z
    middle = (m + z2 / 2) / (n + z2)
    half = z * math.sqrt(m * (n - m) / n + z2 / 4) / (n + z2)
    # Rounding may step outside by one unit in the last place at m = 0 and m = n.
    return max(0.0, middle - half), min(1.0, middle + half)


def gap_persons(m: int, n: int, target: Fraction) -> int:
    """Return how many more persons must be ready for m of n to reach the target share, at least 0.

    Integer arithmetic: 80 % of 40 is 32, never 33 because of a float's last digit.

    Source: docs/readiness.md section 2.
    """
    needed = -(-target.numerator * n // target.denominator)
    return max(0, needed - m)


def more_than_share(n: int, share: Fraction) -> int:
    """Return the fewest persons that are strictly more than a share of n: floor(share n) + 1.

    For n = 0, and for a share of 1, no number of persons suffices and the answer exceeds n.

    Source: docs/readiness.md section 4.
    """
    return share.numerator * n // share.denominator + 1


def split_gap(counts: Counts) -> GapSplit:
    """Return the persons not ready by action: belum tes, kedaluwarsa, belum lulus.

    Source: docs/readiness.md section 5.
    """
    return GapSplit(
        not_assessed=counts.n - counts.a,
        expired=counts.a - counts.c,
        not_passed=counts.c - counts.m,
    )


def flow_balance(*, n0: int, m0: int, n1: int, m1: int, flow: Flow) -> Balance:
    """Return where the flow leads from (N0, M0), and the difference of (N1, M1) to it.

    Source: docs/readiness.md section 2 (trend by flows).
    """
    n = n0 - flow.left + flow.joined + flow.requirement_n
    m = (
        m0
        + flow.passed
        - flow.expired
        - flow.revoked
        - flow.ready_left
        + flow.ready_joined
        + flow.review_m
        + flow.requirement_m
    )
    return Balance(n=n, m=m, off_n=n1 - n, off_m=m1 - m)


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
