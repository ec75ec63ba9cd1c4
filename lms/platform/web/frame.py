"""The frame around a signed-in page, drawn once for each menu, language and place, then kept.

Drawing header, menus and foot takes longer than most pages' own part, and hardly anything of it
differs from request to request. What does (form token, name, the address to come back to) stands
in the drawn text as marks that are replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry as the template draws it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group of menu entries under a heading."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link at the foot."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language to switch to, named in itself."""

    code: str
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Banner:
    """A line over the whole width."""

    text: str
    icon: str


class Marks(NamedTuple):
    """Stand in the drawn text for what differs between requests.

    Characters for private use: no name or address contains them.
    """

    token: str = "\ue001"  # noqa: S105  # a mark, no password
    name: str = "\ue002"
    initials: str = "\ue003"
    here: str = "\ue004"


MARKS: Final = Marks()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameKey:
    """Everything that decides how the frame is drawn, marks aside."""

    language: str
    agency: str
    home_url: str
    search_url: str
    notices_url: str
    notices: int
    signed_in: bool
    roles_text: str
    account: tuple[Entry, ...]
    sign_out_url: str
    banner: Banner | None
    menu: tuple[Group, ...]
    bottom: tuple[Entry, ...]
    footer: tuple[Link, ...]
    languages: tuple[Language, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawn parts."""

    top: Markup
    side: Markup
    end: Markup


def frame_of(
    environment: Environment, key: FrameKey, *, token: str, name: str, initials: str, here: str
) -> Frame:
    """Return the frame for a request: drawn before, or now, with its marks replaced."""
    top, side, end = _drawn(environment, key)
    top = (
        top.replace(MARKS.token, str(escape(token)))
        .replace(MARKS.initials, str(escape(initials)))
        .replace(MARKS.name, str(escape(name)))
    )
    end = end.replace(MARKS.here, quote(here))
    return Frame(Markup(top), Markup(side), Markup(end))  # noqa: S704  # macros' own output; what replaced marks is escaped


@lru_cache(maxsize=1024)
def _drawn(environment: Environment, key: FrameKey) -> tuple[str, str, str]:
    parts: Any = environment.get_template("layout/_frame.html").module
    return str(parts.top(key, MARKS)), str(parts.side(key)), str(parts.end(key))
