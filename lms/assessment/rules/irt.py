"""Item response theory: what marks say about ability, on the logit scale.

Model: P(theta) = c + (1 - c) / (1 + exp(-a (theta - b))), with c fixed per item and the prior
N(0, 1) fixed for everybody, so that equal answers give equal estimates in any order. Floats
throughout: nothing here decides anything before stage 1.

Source: docs/measurement.md sections 5, 7 and 8; Birnbaum 1968 (three-parameter model);
Bock & Mislevy 1982, Applied Psychological Measurement 6(4), 431-444 (EAP).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, floor, fsum, log, log1p, sqrt
from typing import Final

from lms.assessment.rules.kinds import ItemContent, SingleChoice

GRID: Final = tuple(step / 10 for step in range(-50, 51))
"""101 points from -5 to 5 logits: agrees with a far wider and finer grid to six decimals."""

_SCALE_END: Final = 20.0
"""Logits beyond which no cut is looked for; no form separates people out there."""

_BISECTIONS: Final = 80


@dataclass(frozen=True, slots=True)
class Curve:
    """An item's response curve.

    `a` discrimination per logit (above 0), `b` difficulty in logits, `c` the chance of a right
    answer without knowing it (0 <= c < 1).
    """

    b: float
    a: float = 1.0
    c: float = 0.0

    def __post_init__(self) -> None:
        if not (self.a > 0 and 0 <= self.c < 1):
            raise ValueError("a response curve needs a > 0 and 0 <= c < 1")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An ability and its standard error, both in logits."""

    theta: float
    se: float


def guessing_chance(content: ItemContent) -> float:
    """Return c: 1/k for a PG of k options, 0 for every other kind, where blind luck is rare."""
    return 1 / len(content.options) if isinstance(content, SingleChoice) else 0.0


def probability(curve: Curve, theta: float) -> float:
    """Return the chance, 0 to 1, that a person at `theta` answers rightly."""
    return curve.c + (1 - curve.c) * _logistic(curve.a * (theta - curve.b))


def information(curve: Curve, theta: float) -> float:
    """Return the Fisher information of the item at `theta`, in 1/logit**2.

    I = a**2 (1 - P)/P ((P - c)/(1 - c))**2.
    """
    known = _logistic(curve.a * (theta - curve.b))
    unknown = _logistic(-curve.a * (theta - curve.b))
    if curve.c == 0:  # the same formula, safe where P underflows to 0
        return curve.a**2 * known * unknown
    return curve.a**2 * (1 - curve.c) * unknown * known**2 / (curve.c + (1 - curve.c) * known)


def form_information(curves: Sequence[Curve], theta: float) -> float:
    """Return the information of all items together; the prior's 1 is not counted.

    1 / sqrt of it is the standard error that the form alone gives at `theta`.
    """
    return fsum(information(curve, theta) for curve in curves)


def expected_raw(curves: Sequence[Curve], theta: float) -> float:
    """Return the test characteristic curve: the raw score expected at `theta`."""
    return fsum(probability(curve, theta) for curve in curves)


def theta_at_raw(curves: Sequence[Curve], raw: float) -> float | None:
    """Return where the test characteristic curve reaches `raw`: the cut of a raw pass mark.

    None when no ability within 20 logits does: a mark at or below pure guessing, at or above
    the number of items, or an empty form.
    """
    low, high = -_SCALE_END, _SCALE_END
    within_reach = expected_raw(curves, low) <= raw <= expected_raw(curves, high)
    # Asked apart: 20 logits out, floats no longer tell a steep curve from its end.
    if not within_reach or not fsum(curve.c for curve in curves) < raw < len(curves):
        return None
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if expected_raw(curves, middle) < raw:
            low = middle
        else:
            high = middle
    return high


def raw_mark_at(curves: Sequence[Curve], cut_theta: float) -> int:
    """Return the raw pass mark of a form for a cut, to the nearest whole item, halves upwards.

    Nearest rather than upwards, so that an exchanged item of almost equal difficulty does not
    move the mark by one. The mark from which `cut_theta` came is given back for the same form.
    """
    return floor(expected_raw(curves, cut_theta) + 0.5)


def is_informative_at(curves: Sequence[Curve], cut_theta: float, minimum: float) -> bool:
    """Tell whether the form separates well enough at its cut; `minimum` is inclusive."""
    return form_information(curves, cut_theta) >= minimum


def eap(curves: Sequence[Curve], marks: Sequence[int]) -> Estimate:
    """Return the mean and standard deviation of ability after the marks (1 right, 0 not).

    No answers give the prior, 0 and (nearly) 1. The order of items does not change a single
    bit of the result: sums are rounded once.

    Raises:
        ValueError: there are not as many marks as curves.
    """
    pairs = list(zip(curves, marks, strict=True))
    logs = [
        fsum([-point * point / 2, *(_log_likelihood(curve, mark, point) for curve, mark in pairs)])
        for point in GRID
    ]
    highest = max(logs)  # subtracted so that long tests do not underflow
    weights = [exp(value - highest) for value in logs]
    total = fsum(weights)
    theta = fsum(w * point for w, point in zip(weights, GRID, strict=True)) / total
    variance = fsum(w * (point - theta) ** 2 for w, point in zip(weights, GRID, strict=True))
    return Estimate(theta=theta, se=sqrt(variance / total))


def pass_probability(estimate: Estimate, cut_theta: float) -> float:
    """Return p = Phi((theta - cut) / SE), the chance that the person is at or above the cut."""
    return erfc((cut_theta - estimate.theta) / (estimate.se * sqrt(2))) / 2


def _logistic(x: float) -> float:
    """Return 1/(1 + exp(-x)) without overflow at either end."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _log_logistic(x: float) -> float:
    return -log1p(exp(-x)) if x >= 0 else x - log1p(exp(x))


def _log_likelihood(curve: Curve, mark: int, theta: float) -> float:
    """Return log P for a right answer, log(1 - P) otherwise, finite however far away."""
    x = curve.a * (theta - curve.b)
    if not mark:
        return log1p(-curve.c) + _log_logistic(-x)
    if curve.c == 0:
        return _log_logistic(x)
    return log(curve.c + (1 - curve.c) * _logistic(x))
