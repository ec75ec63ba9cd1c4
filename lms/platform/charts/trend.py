"""A share of persons over time, with what chance alone would explain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, SupportsFloat

from markupsafe import Markup

from lms.platform.charts.svg import (
    INK,
    LINE,
    PILLAR,
    SURFACE,
    at,
    element,
    figure,
    number,
    percent,
    points_of,
    share_pct,
)

Z_90: Final = 1.645
"""Standard normal quantile of a two-sided 90 % interval."""

_MIDDLE_PCT: Final = 60
"""Beyond this a note stands to the left of its line, where there is more room."""


def wilson_interval(part: int, whole: int, *, z: float = Z_90) -> tuple[float, float]:
    """Return the lower and upper limit, 0 to 1, of the share `part` of `whole` persons.

    `whole` is at least 1. The interval never leaves 0 to 1, even for none or all.

    Source: E. B. Wilson (1927), Probable inference, J. Am. Stat. Assoc. 22, 209-212.
    """
    share = part / whole
    spread = z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def trend(
    *,
    key: str,
    pillar: str,
    points: Sequence[tuple[int, int]],
    title: str,
    description: str,
    start_label: str,
    end_label: str,
    target_pct: SupportsFloat | None = None,
    breaks: Sequence[tuple[int, Sequence[str]]] = (),
) -> Markup:
    """Return a line of shares over time, with the 90 % Wilson interval of each as a band.

    `points` are (ready, required) at even distances in time; a point nobody was required at is
    a gap. `breaks` name the points from which another definition holds, each with short lines
    of text: the line is cut there and a dotted line says why.

    Raises:
        IndexError: a break names a point that is not there.
    """
    count = len(points)
    across = [100.0 * i / (count - 1) if count > 1 else 100.0 for i in range(count)]
    known = [i for i, (_, whole) in enumerate(points) if whole > 0]
    plot = [
        element("path", d=f"M0 {y}H100", stroke=LINE, vector_effect="non-scaling-stroke")
        for y in range(0, 101, 25)
    ]
    if target_pct is not None:
        plot.append(
            element(
                "path",
                d=f"M0 {number(100 - float(target_pct))}H100",
                stroke=INK,
                stroke_width=1.5,
                stroke_dasharray="7 4",
                vector_effect="non-scaling-stroke",
            )
        )
    plot += [
        element(
            "path",
            d=f"M{number(across[i])} 0V100",
            stroke="var(--t-ink-3)",
            stroke_dasharray="3 3",
            vector_effect="non-scaling-stroke",
        )
        for i, _ in breaks
    ]
    for run in _runs(known, {i for i, _ in breaks}):
        plot += _band_and_line([across[i] for i in run], [points[i] for i in run])

    frame = {"x": 38, "y": 12, "width": "81%", "height": 112, "overflow": "visible"}
    drawn = [
        element("text", str(pct), x=30, y=16 + 112 * (100 - pct) // 100, text_anchor="end")
        for pct in (0, 50, 100)
    ]
    drawn.append(element("svg", *plot, viewBox="0 0 100 100", preserveAspectRatio="none", **frame))
    notes = [_break_note(across[i], lines) for i, lines in breaks]
    if known:
        newest = known[-1]
        notes.append(
            element(
                "circle",
                cx=percent(across[newest]),
                r=4.5,
                fill=PILLAR,
                stroke=SURFACE,
                stroke_width=1.5,
                cy=(100 - share_pct(*points[newest])) * 1.12,
            )
        )
    drawn.append(element("svg", *notes, **frame))
    drawn.append(
        element(
            "svg",
            element("text", start_label, x=0, y=16),
            element("text", end_label, x="100%", y=16, text_anchor="end"),
            x=38,
            y=126,
            width="81%",
            height=24,
            overflow="visible",
        )
    )
    return figure(
        *drawn, key=key, title=title, description=description, css=f"ch p-{pillar}", height=150
    )


def _band_and_line(across: Sequence[float], points: Sequence[tuple[int, int]]) -> list[Markup]:
    """Return the interval and the line of one unbroken run of points; one point is a dash."""
    if len(points) == 1:
        across, points = [across[0] - 0.8, across[0] + 0.8], [*points, *points]
    limits = [wilson_interval(part, whole) for part, whole in points]
    upper = [(x, 100 - 100 * high) for x, (_, high) in zip(across, limits, strict=True)]
    lower = [(x, 100 - 100 * low) for x, (low, _) in zip(across, limits, strict=True)]
    line = [(x, 100 - share_pct(*point)) for x, point in zip(across, points, strict=True)]
    return [
        element("polygon", points=points_of([*upper, *reversed(lower)]), fill=PILLAR, opacity=0.18),
        element(
            "polyline",
            points=points_of(line),
            fill="none",
            stroke=PILLAR,
            stroke_width=2.75,
            stroke_linejoin="round",
            vector_effect="non-scaling-stroke",
        ),
    ]


def _break_note(x_pct: float, lines: Sequence[str]) -> Markup:
    """Return the words at a dotted line, on the side of it that has more room."""
    anchor, dx = ("end", -7) if x_pct > _MIDDLE_PCT else ("start", 7)
    rows = [element("tspan", line, x=dx, dy=15 if i else 0) for i, line in enumerate(lines)]
    words = element(
        "text",
        *rows,
        x=dx,
        y=37,
        text_anchor=anchor,
        stroke=SURFACE,  # a rim, so that a line behind the words does not cut them
        stroke_width=3,
        paint_order="stroke",
    )
    return at(x_pct, words)


def _runs(known: Iterable[int], breaks: set[int]) -> list[list[int]]:
    """Return the unbroken runs of point numbers: neighbours, no break at the second of two."""
    runs: list[list[int]] = []
    for i in known:
        if runs and runs[-1][-1] == i - 1 and i not in breaks:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs
