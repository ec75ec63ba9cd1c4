"""Shares of persons: bullets with bounds, stacks of what is missing, funnels, the heat map."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, SupportsFloat

from markupsafe import Markup

from lms.platform.charts.svg import (
    INK,
    PILLAR,
    SUNKEN,
    SURFACE,
    at,
    element,
    figure,
    outlined,
    percent,
    share_pct,
)

FIFTHS: Final = (Fraction(1, 5), Fraction(2, 5), Fraction(3, 5), Fraction(4, 5))
"""Where the heat map's colours 2 to 5 begin, inclusive, unless the caller has other steps."""

_DARK: Final = "var(--t-r5)"
_GREY: Final = "var(--t-ink-2)"
_WARN: Final = "var(--t-warn)"
_WARN_SOFT: Final = "var(--t-r1)"


def heat_class(
    part: int, whole: int, *, steps: Sequence[Fraction] = FIFTHS, small: bool = False
) -> str:
    """Return the CSS class of a heat map's cell: `l1` to `l5`, or `l0` where nobody is required.

    `steps` are ascending shares at which the next colour begins, inclusive, compared exactly.
    `small` hatches the cell, for offices with too few persons to rank.
    """
    if whole == 0:
        return "l0"
    level = 1 + sum(Fraction(part, whole) >= step for step in steps)
    return f"l{level} hatch" if small else f"l{level}"


def bullet(
    *,
    key: str,
    pillar: str,
    ready: int,
    unknown: int,
    total: int,
    title: str,
    description: str,
    target_pct: SupportsFloat | None = None,
    last_pct: SupportsFloat | None = None,
) -> Markup:
    """Return the bar of one pillar in an office, with the bounds of what is not known.

    Solid: persons ready. Striped from there: untested or expired, ready at most. The tick is the
    target, the hollow triangle last year's figure; None draws neither. A `total` of 0 leaves the
    empty track.
    """
    low = share_pct(ready, total)
    high = share_pct(ready + unknown, total)
    stripes = f"{key}-u"
    drawn = [element("rect", y=9, width="100%", height=20, fill=SUNKEN, rx=2)]
    if high > low:
        drawn.insert(0, element("defs", _stripes(stripes, PILLAR, size=6)))
        drawn.append(
            element(
                "rect",
                x=percent(low),
                y=9,
                width=percent(high - low),
                height=20,
                fill=f"url(#{stripes})",
                stroke=PILLAR,
            )
        )
    if low > 0:
        drawn.append(element("rect", y=9, width=percent(low), height=20, fill=PILLAR, rx=2))
    if target_pct is not None:
        tick = element("path", d="M0 3v32", stroke=INK, stroke_width=3.5)
        drawn.append(at(target_pct, tick, height=40))
    if last_pct is not None:
        triangle = element("path", d="M0 30l5 8h-10z", **outlined(INK, 1.5))
        drawn.append(at(last_pct, triangle, height=40))
    return figure(
        *drawn, key=key, title=title, description=description, css=f"ch p-{pillar}", height=40
    )


def axis() -> Markup:
    """Return the scale from 0 to 100 % under a column of bullets; the bars tell it in words."""
    anchors = {0: "start", 100: "end"}  # the outer labels stay inside the picture
    marks = [
        element(
            "text",
            f"{pct}%" if pct in anchors else str(pct),
            x=f"{pct}%",
            y=15,
            text_anchor=anchors.get(pct, "middle"),
        )
        for pct in range(0, 101, 20)
    ]
    return element("svg", *marks, class_="ch", height=20, aria_hidden="true")


def stack(
    *,
    key: str,
    untested: int,
    expired: int,
    failed: int,
    scale: int,
    title: str,
    description: str = "",
) -> Markup:
    """Return persons not ready, by what they need: plain, striped and dotted lengths.

    `scale` persons are the full width; give all rows of one picture the same.
    """
    stripes, dots = f"{key}-a", f"{key}-b"
    fills = (
        (untested, _DARK, _DARK),
        (expired, f"url(#{stripes})", _DARK),
        (failed, f"url(#{dots})", _WARN),
    )
    drawn = [element("defs", _stripes(stripes, _DARK, size=5), _dots(dots))]
    x = 0.0
    for persons, fill, edge in fills:
        width = min(share_pct(persons, scale), 100 - x)
        if width > 0:
            drawn.append(
                element(
                    "rect",
                    x=percent(x),
                    y=2,
                    width=percent(width),
                    height=22,
                    fill=fill,
                    stroke=edge,
                )
            )
        x += width
    return figure(*drawn, key=key, title=title, description=description, css="ch", height=26)


def hbar(
    *, key: str, part: int, whole: int, title: str, description: str = "", final: bool = False
) -> Markup:
    """Return one bar of a funnel; `final` marks the last, which is what counts."""
    fill = "var(--t-aman-t)" if final else "var(--t-nila-6)"
    drawn = [element("rect", width="100%", height=22, fill=SUNKEN, rx=3)]
    if (length := share_pct(part, whole)) > 0:
        drawn.append(element("rect", width=percent(length), height=22, fill=fill, rx=3))
    return figure(*drawn, key=key, title=title, description=description, css="ch", height=22)


def swatch(kind: str) -> Markup:
    """Return the sample of a mark for a legend; the words stand beside it.

    Kinds: `ready unknown target last` of bullets, `untested expired failed` of stacks, `goal
    band` of trends, `done open flagged` of the list of exam questions.

    Raises:
        KeyError: there is no such mark.
    """
    width, height, *body = _SWATCHES[kind]
    return element("svg", *body, width=width, height=height, aria_hidden="true")


def _stripes(name: str, colour: str, *, size: int) -> Markup:
    """Return the pattern for what is not known."""
    return element(
        "pattern",
        element("rect", width=size, height=size, fill=SURFACE),
        element("path", d=f"M0 0v{size}", stroke=colour, stroke_width=3),
        id=name,
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _dots(name: str) -> Markup:
    """Return the pattern for persons who have not passed."""
    return element(
        "pattern",
        element("rect", width=6, height=6, fill=_WARN_SOFT),
        element("circle", cx=3, cy=3, r=1.6, fill=_WARN),
        id=name,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )


_QUESTION: Final = element("rect", x=1, y=1, width=14, height=14, rx=3, **outlined(width=1.5))
_SWATCHES: Final[dict[str, tuple[int, int, *tuple[Markup, ...]]]] = {
    "ready": (24, 12, element("rect", width=24, height=12, rx=1, fill=_GREY)),
    "unknown": (
        24,
        12,
        element("rect", x=0.5, y=0.5, width=23, height=11, **outlined(_GREY, 1)),
        element("path", d="M2 11 12 1M8 11 18 1M14 11 23 2", stroke=_GREY, stroke_width=1.5),
    ),
    "target": (6, 16, element("path", d="M3 0v16", stroke=INK, stroke_width=3.5)),
    "last": (12, 10, element("path", d="M6 1l5 8H1z", **outlined(INK, 1.5))),
    "untested": (22, 14, element("rect", width=22, height=14, fill=_DARK)),
    "expired": (
        22,
        14,
        element("rect", x=0.5, y=0.5, width=21, height=13, **outlined(_DARK, 1)),
        element("path", d="M2 13 14 1M8 13 20 1M14 13 21 6M1 8l7-7", stroke=_DARK, stroke_width=2),
    ),
    "failed": (
        22,
        14,
        element("rect", x=0.5, y=0.5, width=21, height=13, fill=_WARN_SOFT, stroke=_WARN),
        Markup("").join(
            element("circle", cx=x, cy=y, r=1.5, fill=_WARN)
            for y in (4, 10)
            for x in (4, 9, 14, 19)
        ),
    ),
    "goal": (
        26,
        10,
        element("path", d="M0 5h26", stroke=INK, stroke_width=1.5, stroke_dasharray="7 4"),
    ),
    "band": (26, 12, element("rect", width=26, height=12, fill="var(--t-nila-6)", opacity=0.2)),
    "done": (16, 16, element("rect", width=16, height=16, rx=3, fill="var(--t-nila-7)")),
    "open": (16, 16, _QUESTION),
    "flagged": (16, 16, _QUESTION, element("path", d="M8 1h7v7z", fill="#f0a81d")),
}
