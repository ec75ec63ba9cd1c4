"""Short pieces of text: emphasis, code, contact slots, and nothing else.

Stems, options, reasons and captions are shown exactly as written, so there are no typographic
changes, no links and no lists here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Final

SLOTS: Final = ("kontak.csirt", "kontak.helpdesk")
"""The contacts a text may ask for; the platform's settings fill them at request time."""

SLOT_PATTERN: Final = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")

_EMPTY_SLOT: Final = "kontak belum diatur"
_SLOT_HTML: Final = re.compile(r'<span class="slot" data-slot="([a-z.]+)"></span>')

_INLINE: Final = re.compile(
    r"""
      \\(?P<escaped>[\\`*])
    | `(?P<code>[^`\n]+)`
    | \*\*(?=\S)(?P<strong>.+?)(?<=\S)\*\*
    | (?<![\w*])\*(?=[^\s*])(?P<em>[^*\n]+?)(?<=[^\s*])\*(?![\w*])
    | (?P<slot>\{\{[^{}\n]*\}\})
    """,
    re.VERBOSE | re.DOTALL,
)


def escape(text: str) -> str:
    """Return the text safe for element content and quoted attributes."""
    return html.escape(text, quote=True)


def slot_html(name: str) -> str:
    """Return the token that `fill_slots` replaces: an empty element, so it is safe unfilled."""
    return f'<span class="slot" data-slot="{escape(name)}"></span>'


def slot_or_text(match: re.Match[str]) -> str:
    """Return a known slot's token; an unknown one stays visible as it was written."""
    name = match[0].strip("{} \t")
    return slot_html(name) if name in SLOTS else escape(match[0])


def plain_html(text: str) -> str:
    """Return a text as written, escaped, with its contact slots turned into tokens."""
    return _replace(SLOT_PATTERN, text, slot_or_text)


def render_inline(text: str) -> str:
    """Return short text as safe inline HTML: `**`, `*`, `` ` ``, slots; line breaks become spaces.

    Angle brackets, underscores, numbers and dashes at the start stay what they are. A backslash
    keeps a star or a backtick from meaning anything.
    """
    return _inline(" ".join(text.split()))


def _inline(text: str) -> str:
    return _replace(_INLINE, text, _inline_token)


def _inline_token(match: re.Match[str]) -> str:
    if (escaped := match["escaped"]) is not None:
        return escape(escaped)
    if (code := match["code"]) is not None:
        return f"<code>{escape(code)}</code>"
    if (strong := match["strong"]) is not None:
        return f"<strong>{_inline(strong)}</strong>"
    if (em := match["em"]) is not None:
        return f"<em>{_inline(em)}</em>"
    return slot_or_text(match)


def _replace(pattern: re.Pattern[str], text: str, token: Callable[[re.Match[str]], str]) -> str:
    """Return the text with every match turned into HTML and all between escaped."""
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        parts += [escape(text[end : match.start()]), token(match)]
        end = match.end()
    parts.append(escape(text[end:]))
    return "".join(parts)


def fill_slots(rendered: str, contacts: Mapping[str, str]) -> str:
    """Return rendered HTML with its contact slots filled, each value escaped.

    `contacts` maps a slot's name (`kontak.csirt`) to what people shall read. A contact that is
    missing or empty reads "kontak belum diatur", so that nobody is left with a hole.
    """

    def fill(match: re.Match[str]) -> str:
        value = contacts.get(match[1], "").strip() or _EMPTY_SLOT
        return f'<span class="slot">{escape(value)}</span>'

    return _SLOT_HTML.sub(fill, rendered)
