"""Progress planks and charts, drawn on the server as HTML and SVG.

Geometry only: counts and finished sentences come in, `Markup` goes out. The caller translates,
formats numbers and puts the same figures in words or in a table beside the picture. Lengths are
per cent of the width and text is in CSS sizes, so labels stay readable on a phone.

`key` is what makes the ids of one picture unique in its page; it holds no white space, because
`aria-labelledby` separates ids by it. Counts outside their range are drawn at the nearest end.
"""

from __future__ import annotations

from types import SimpleNamespace

from jinja2 import Environment

from lms.platform.charts.progress import bridge, ladder, levels, planks
from lms.platform.charts.shares import axis, bullet, hbar, heat_class, stack, swatch
from lms.platform.charts.trend import trend

__all__ = [
    "axis",
    "bridge",
    "bullet",
    "hbar",
    "heat_class",
    "ladder",
    "levels",
    "planks",
    "register",
    "stack",
    "swatch",
    "trend",
]


def register(env: Environment) -> None:
    """Offer the drawings to templates as `chart.bullet(...)`, `chart.planks(...)` and so on."""
    drawings = (
        axis,
        bridge,
        bullet,
        hbar,
        heat_class,
        ladder,
        levels,
        planks,
        stack,
        swatch,
        trend,
    )
    env.globals["chart"] = SimpleNamespace(**{draw.__name__: draw for draw in drawings})
