"""Progress as a footbridge: planks, the bridge of a course, levels, the ladder of ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from markupsafe import Markup

from lms.platform.charts.svg import (
    INK,
    PILLAR,
    element,
    figure,
    number,
    outlined,
    percent,
    within,
)

_LEVELS: Final = 5
# The bridge lies on the indigo panel and keeps its own colours on paper.
_WOOD: Final = "#ecca8e"
_RED: Final = "#e2334c"
_BANK: Final = "#22406f"
_WATER: Final = "#31518a"
_ROPE: Final = "#9fb3d6"
_HANGER: Final = "#7f93b8"
_MISSING: Final = "#8fa4ca"
_WHITE: Final = "#fff"
_BANK_TOP: Final = 74
_SAG: Final = 26
_HEIGHT: Final = 150


def planks(
    *,
    done: int,
    total: int,
    label: str,
    pending: int = 0,
    current: bool = False,
    fixed: bool = False,
) -> Markup:
    """Return a row of `total` planks: filled, then half (`current`), then striped, then empty.

    `label` is what a screen reader says. `pending` planks wait for somebody's check. `fixed`
    keeps planks at one width, for rows with different totals under each other.
    """
    kinds = ["on"] * within(done, total) + ["now"] * current + ["pend"] * pending + [""] * total
    row = Markup("").join(
        Markup('<i class="{}"></i>').format(kind) if kind else Markup("<i></i>")
        for kind in kinds[: max(0, total)]
    )
    return Markup('<span class="planks{}" role="img" aria-label="{}">{}</span>').format(
        " fixw" if fixed else "", label, row
    )


@lru_cache(maxsize=1024)  # few lengths and titles, drawn on page after page
def bridge(
    *,
    key: str,
    sections: int,
    done: int,
    title: str,
    description: str = "",
    walker: bool = True,
    flag: bool = True,
) -> Markup:
    """Return the footbridge of a course: one stretch of planks per lesson, a flag for the exam.

    Finished stretches are wood, the next one is red with a walker on it, the rest are outlines;
    without a `walker` there is no next one. Two drawings come back, one for wide screens and
    paper and one for phones; the style sheet shows one at a time, so one is read out.
    """
    sections = max(1, sections)
    done = within(done, sections)
    views = ((_WIDE, key, "hide-s"), (_NARROW, f"{key}-s", "only-s"))
    return Markup("").join(
        figure(
            _landscape(frame, sections),
            _deck(frame, sections, done, walker=walker),
            *_posts(frame, flag=flag),
            *(_person(frame, (done + 0.5) / sections) if walker and done < sections else ()),
            key=name,
            title=title,
            description=description,
            css=f"bridge {shown}",
            viewBox=f"0 0 {frame.width} {_HEIGHT}",
        )
        for frame, name, shown in views
    )


@lru_cache(maxsize=1024)
def levels(
    *,
    key: str,
    pillar: str,
    held: int | None,
    required: int | None,
    title: str,
    description: str = "",
) -> Markup:
    """Return a person's level of competence as five planks, the required level as a pointer.

    `held` is None where nothing was measured and 0 where no level was reached; both leave the
    planks empty, and the words beside them say which. `required` None draws no pointer.
    """
    share = 100 // _LEVELS
    cells = [
        element(
            "svg",
            element(
                "rect",
                x=1,
                y=11,
                width="94%",
                height=13,
                rx=2,
                **({"fill": PILLAR} if level <= (held or 0) else outlined()),
            ),
            x=f"{(level - 1) * share}%",
            width=f"{share}%",
            height=30,
        )
        for level in range(1, _LEVELS + 1)
    ]
    if required is not None:
        pointer = (
            element("path", d="M-2.5 6v22", stroke=INK, stroke_width=3),
            element("path", d="M-8 0h11l-5.5 7z", fill=INK),
        )
        x = f"{within(required, _LEVELS) * share}%"
        cells.append(element("svg", *pointer, x=x, height=32, overflow="visible"))
    return figure(
        *cells, key=key, title=title, description=description, css=f"ch p-{pillar}", height=32
    )


def ladder(
    *, key: str, rank: int, title: str, description: str = "", steps: int = _LEVELS
) -> Markup:
    """Return a flight of `steps` stairs, those up to `rank` filled; for the indigo panel."""
    share = 100 / steps
    stairs = []
    for step in range(1, steps + 1):
        rise = (step - 1) * 68 / max(1, steps - 1)
        reached = (
            {"fill": _WOOD}
            if step <= rank
            else {
                "fill": "none",
                "stroke": "currentColor",
                "stroke_opacity": 0.6,
                "stroke_width": 1.3,
                "stroke_dasharray": "4 3",
            }
        )
        stairs.append(
            element(
                "svg",
                element("rect", x=1, y=72 - rise, width="93%", height=18 + rise, rx=3, **reached),
                element(
                    "text",
                    str(step),
                    x="47%",
                    y=112,
                    text_anchor="middle",
                    fill="currentColor",
                    font_weight=800 if step == rank else 500,
                    font_size=15,
                ),
                x=percent((step - 1) * share),
                width=percent(share),
                height=118,
            )
        )
    return figure(*stairs, key=key, title=title, description=description, css="ch", height=118)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where a bridge stands: its posts at `left` and `right`, its ends as u = 0 and u = 1."""

    width: int
    left: int
    right: int
    flag_gap: int
    planks: int

    @property
    def span(self) -> int:
        return self.right - self.left

    def x(self, u: float) -> float:
        return self.left + self.span * u

    def deck(self, u: float) -> float:
        return _BANK_TOP + _SAG * (1 - (2 * u - 1) ** 2)

    def rope(self, u: float) -> float:
        return 24 + 44 * (1 - (2 * u - 1) ** 2)

    def slope(self, u: float) -> float:
        return math.degrees(math.atan(-4 * _SAG * (2 * u - 1) / self.span))


_WIDE: Final = _Frame(width=720, left=92, right=608, flag_gap=44, planks=30)
_NARROW: Final = _Frame(width=380, left=40, right=318, flag_gap=22, planks=18)


@cache
def _landscape(frame: _Frame, sections: int) -> Markup:
    """Return banks, water, rope and hangers."""
    shore = frame.width - frame.right - 6
    banks = (
        f"M0 {_HEIGHT}V{_BANK_TOP + 4}q40-10 {frame.left - 6}-6l10 6c6 24 18 44 34 70z"
        f"M{frame.width} {_HEIGHT}V{_BANK_TOP - 2}q-50-12-{shore}-2l-8 6c-8 24-20 44-38 72z"
    )
    ripples = "M150 141h70M250 134h44M330 142h96M452 133h60M170 128h34M398 125h30"
    rope = " ".join(f"{frame.x(i / 40):.0f},{number(frame.rope(i / 40))}" for i in range(41))
    drawn = [
        element("path", d=banks, fill=_BANK),
        element("path", d=ripples, stroke=_WATER, stroke_width=2.5, stroke_linecap="round"),
        element("polyline", points=rope, fill="none", stroke=_ROPE, stroke_width=2),
    ]
    hangers = "".join(
        f"M{number(frame.x(u))} {number(frame.rope(u))}V{number(frame.deck(u))}"
        for u in (i / sections for i in range(1, sections))
    )
    if hangers:
        drawn.append(element("path", d=hangers, stroke=_HANGER, stroke_width=1.3))
    return Markup("").join(drawn)


@cache
def _deck(frame: _Frame, sections: int, done: int, *, walker: bool) -> Markup:
    """Return the planks, each section a stretch of equally many."""
    stretch = max(1, round(frame.planks / sections))
    count = stretch * sections
    width = frame.span / count
    drawn = []
    for i in range(count):
        u, section = (i + 0.5) / count, i // stretch
        look: dict[str, object] = {"fill": _BANK, "stroke": _MISSING, "stroke_width": 1.3}
        if section < done:
            look = {"fill": _WOOD}
        elif section == done and walker:
            look = {"fill": _RED}
        place = f"translate({number(frame.x(u))} {number(frame.deck(u))})"
        turn = f"rotate({number(frame.slope(u))})"
        drawn.append(
            element(
                "rect",
                x=1.4 - width / 2,
                y=-5,
                width=width - 2.8,
                height=10,
                rx=2,
                transform=f"{place} {turn}",
                **look,
            )
        )
    return Markup("").join(drawn)


def _posts(frame: _Frame, *, flag: bool) -> list[Markup]:
    """Return the two posts and, on the far bank, the flag."""
    foot = _BANK_TOP + 12
    posts = f"M{frame.left} 16V{foot}M{frame.right} 16V{foot}"
    drawn = [element("path", d=posts, stroke=_WHITE, stroke_width=5, stroke_linecap="round")]
    if flag:
        x = frame.right + frame.flag_gap
        pole = f"M{x} {_BANK_TOP - 6}V22"
        drawn += [
            element("path", d=pole, stroke=_WHITE, stroke_width=3, stroke_linecap="round"),
            element("path", d=f"M{x + 1} 22h30v9h-30z", fill=_RED),
            element("path", d=f"M{x + 1} 31h30v9h-30z", fill=_WHITE),
        ]
    return drawn


def _person(frame: _Frame, u: float) -> list[Markup]:
    """Return the walker, feet on the deck at `u`."""
    body = (
        element("circle", cx=1, cy=-31, r=5),
        element("path", d="M-4-24q5-3.5 9 0l2 13h-3l3 14h-4.5L-.5-7-4 3h-4.5l4-13z"),
    )
    place = f"translate({number(frame.x(u))} {number(frame.deck(u) - 9)})"
    return [element("g", *body, transform=place, fill=_WHITE)]
