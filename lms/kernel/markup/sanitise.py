"""The allow lists through which all rendered HTML passes.

Two passes: authors' Markdown alone meets the narrow list, so that no lesson can bring form
controls, figures or ids of its own; the assembled page part meets the wide one, which knows the
elements our blocks add. Neither knows `style`, handlers or scripts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import nh3

from lms.kernel.markup.inline import SLOTS

ID_PREFIX: Final = "m-"
"""Put before every id, so that no heading can shadow a name that scripts of the page look up."""

URL_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})

_ABSOLUTE: Final = re.compile(r"\s*(?:[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]{2})")

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_TEXT_TAGS: Final = _HEADINGS | {
    *("p", "br", "hr", "em", "strong", "b", "i", "del", "sub", "sup", "code", "pre", "kbd"),
    *("blockquote", "ul", "ol", "li", "a", "img", "span", "div"),
    *("figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td"),
}
_BLOCK_TAGS: Final = _TEXT_TAGS | {
    *("aside", "mark", "time", "dl", "dt", "dd"),
    *("label", "input", "svg", "use"),
}

_TEXT_ATTRIBUTES: Final[Mapping[str, set[str]]] = {
    **{tag: {"id"} for tag in _HEADINGS},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "div": {"tabindex", "role", "aria-label"},
}
_BLOCK_ATTRIBUTES: Final[Mapping[str, set[str]]] = {
    **_TEXT_ATTRIBUTES,
    "aside": {"aria-label"},
    "ol": {"start", "aria-label"},
    "span": {"aria-hidden"},
    "svg": {"aria-hidden"},
}

_TEXT_VALUES: Final = {
    "span": {"data-slot": set(SLOTS)},
    "th": {"scope": {"col", "row"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
}
_ICONS: Final = {"#i-awas", "#i-tas", "#i-lonceng", "#i-info"}
_BLOCK_VALUES: Final = {
    **_TEXT_VALUES,
    "input": {"type": {"checkbox"}},
    "use": {"href": _ICONS},
}

_TEXT_CLASSES: Final = {
    "span": {"slot"},
    "div": {"tw"},
    "table": {"t"},
    "td": {"r", "c"},
    "th": {"r", "c"},
    "ul": {"bare", "ticks"},
    "figure": {"pic"},
}
_BLOCK_CLASSES: Final = {
    **_TEXT_CLASSES,
    "span": {"slot", "ava", "mute", "xs", "pin", "visually-hidden", "form-check-label"},
    "div": {"tw", "chat", "who", "bub", "me", "mail", "mail-b"},
    "p": {"ct", "mb-1"},
    "ol": {"legend"},
    "dl": {"dl", "st"},
    "figure": {"exh", "pic"},
    "aside": {"call", "warn", "plain-c"},
    "svg": {"i"},
    "label": {"form-check"},
    "input": {"form-check-input"},
}


def _own_only(tag: str, attribute: str, value: str) -> str | None:
    """Drop ids that we did not prefix ourselves, and pictures from other hosts."""
    if attribute == "id" and not value.startswith(ID_PREFIX):
        return None
    if tag == "img" and attribute == "src" and _ABSOLUTE.match(value):
        return None
    return value


_TEXT: Final = nh3.Cleaner(
    tags=set(_TEXT_TAGS),
    attributes={tag: set(names) for tag, names in _TEXT_ATTRIBUTES.items()},
    tag_attribute_values=_TEXT_VALUES,
    allowed_classes=_TEXT_CLASSES,
    url_schemes=set(URL_SCHEMES),
    attribute_filter=_own_only,
    link_rel=None,
)
_BLOCKS: Final = nh3.Cleaner(
    tags=set(_BLOCK_TAGS),
    attributes={tag: set(names) for tag, names in _BLOCK_ATTRIBUTES.items()},
    tag_attribute_values=_BLOCK_VALUES,
    allowed_classes=_BLOCK_CLASSES,
    url_schemes=set(URL_SCHEMES),
    attribute_filter=_own_only,
    link_rel="noopener noreferrer",
)


def clean_text(html: str) -> str:
    """Return authors' HTML through the narrow list."""
    return _TEXT.clean(html)


def clean_blocks(html: str) -> str:
    """Return assembled HTML through the wide list; doing it twice changes nothing."""
    return _BLOCKS.clean(html)
