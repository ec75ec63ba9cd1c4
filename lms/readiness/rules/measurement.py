"""How sure the number of ready persons is, given that every result has a standard error.

Only rows that were measured here take part: outside and rubric evidence has no theta. The
caller says beside the figure how many persons it covers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExpectedReady:
    """E and SD (persons) of the number who truly reach the cut, and each person's probability."""

    expected: float
    sd: float
    probabilities: tuple[float, ...]

    @property
    def pmf(self) -> tuple[float, ...]:
        """P(exactly 0, 1, ... n persons); computed when asked, since it takes n^2 steps."""
        return poisson_binomial(self.probabilities)


def probability_above_cut(theta_minus_cut: float, se: float) -> float:
    """Return Phi((theta - cut) / SE), the probability that the person reaches the cut.

    Both in logits.

    Raises:
        ValueError: a standard error that is not positive.

    Source: docs/readiness.md section 2.
    """
    if se <= 0:
        raise ValueError(se)
    return math.erfc(-theta_minus_cut / se / math.sqrt(2)) / 2


def expected_ready(measured: Iterable[tuple[float, float]]) -> ExpectedReady:
    """Return the expected number of ready persons from pairs (theta - cut, SE); of none, 0.

    Source: docs/readiness.md section 2.
    """
    probabilities = tuple(probability_above_cut(distance, se) for distance, se in measured)
    return ExpectedReady(
        expected=math.fsum(probabilities),
        sd=math.sqrt(math.fsum(p * (1 - p) for p in probabilities)),
        probabilities=probabilities,
    )


def poisson_binomial(probabilities: Iterable[float]) -> tuple[float, ...]:
    """Return P(exactly k successes) for k = 0..n of independent trials; of none, (1.0,)."""
    pmf = [1.0]
    for p in probabilities:
        pmf = [miss * (1 - p) + hit * p for miss, hit in zip([*pmf, 0.0], [0.0, *pmf], strict=True)]
    return tuple(pmf)
