"""How a picture is written down: elements, numbers, the frame with its title.

A picture is an `svg` with `role="img"`, named by its `<title>` and told by its `<desc>`. Colours
are tokens of the style sheet as presentation attributes, never `style`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, SupportsFloat

from markupsafe import Markup, escape

INK: Final = "var(--t-ink)"
SURFACE: Final = "var(--t-surface)"
SUNKEN: Final = "var(--t-sunken)"
LINE: Final = "var(--t-line)"
OUTLINE: Final = "var(--t-line-2)"
PILLAR: Final = "var(--p)"
"""The pillar's own colour, set by the class `p-<pillar>` around or on the picture."""


def figure(
    *children: Markup, key: str, title: str, description: str, css: str, **attributes: object
) -> Markup:
    """Return a picture that assistive technology knows by its title and its finding.

    Raises:
        ValueError: the key is empty or holds white space.
    """
    if not key or key.split() != [key]:
        msg = f"a key for ids must be one word, not {key!r}"
        raise ValueError(msg)
    names = [element("title", title, id=f"{key}-t")]
    if description:
        names.append(element("desc", description, id=f"{key}-d"))
    labelled_by = f"{key}-t {key}-d" if description else f"{key}-t"
    return element(
        "svg",
        *names,
        *children,
        class_=css,
        role="img",
        aria_labelledby=labelled_by,
        **attributes,
    )


def element(tag: str, /, *children: str, **attributes: object) -> Markup:
    """Return one element; text is escaped, `_` in names of attributes becomes `-`."""
    listed = "".join(
        f' {_attribute(name)}="{number(value) if isinstance(value, float) else escape(value)}"'
        for name, value in attributes.items()
    )
    inside = "".join(escape(child) for child in children)
    written = f"<{tag}{listed}>{inside}</{tag}>" if children else f"<{tag}{listed}/>"
    return Markup(written)  # noqa: S704  # all parts are escaped; Markup.format is ten times slower


@cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def outlined(colour: str = OUTLINE, width: float = 1.3) -> dict[str, object]:
    """Return the look of an empty plank or a hollow mark."""
    return {"fill": SURFACE, "stroke": colour, "stroke_width": width}


def points_of(pairs: Iterable[tuple[float, float]]) -> str:
    """Return the `points` of a polyline or polygon."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in pairs)


def number(value: float) -> str:
    """Return a coordinate with at most two decimals and nothing superfluous."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(value: float) -> str:
    """Return a length in per cent of the picture's width."""
    return f"{number(value)}%"


def share_pct(part: int, whole: int) -> float:
    """Return how long `part` is on a track of `whole`, 0 to 100; 0 where there is nobody."""
    return 100 * within(part, whole) / whole if whole > 0 else 0.0


def within(value: int, most: int) -> int:
    """Return `value`, or the nearer end of 0 to `most`."""
    return max(0, min(value, most))


def at(x_pct: SupportsFloat, *children: Markup, **attributes: object) -> Markup:
    """Return a group that keeps its size, at `x_pct` of the width."""
    return element(
        "svg",
        *children,
        x=percent(min(100, max(0, float(x_pct)))),
        overflow="visible",
        **attributes,
    )
