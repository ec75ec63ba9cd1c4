"""Places that higher floors fill when the application is put together.

The ground floor may not import them, yet the shell shows their menus and a request needs the
person behind an account. `lms.app` fills each slot once; an unfilled slot has a harmless default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lms.kernel.actor import Actor, Grant


@dataclass(frozen=True, slots=True)
class PersonBehind:
    """What an actor needs from the staff list."""

    person_id: int | None
    display_name: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message to somebody goes; `email` None means that only the in-app notice reaches them."""

    name: str
    email: str | None
    language: str


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of a menu. `endpoint` names the page; `count` shows what waits behind it."""

    label: str
    endpoint: str
    icon: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A group of entries under a heading."""

    label: str
    entries: tuple[MenuEntry, ...]


@dataclass(frozen=True, slots=True)
class Menus:
    """The side menu and the four entries of the phone's bottom bar."""

    side: tuple[MenuGroup, ...] = ()
    bottom: tuple[MenuEntry, ...] = ()


def _nobody(_account_id: int) -> PersonBehind | None:
    return None


def _no_account(_identifier: str) -> int | None:
    return None


def _no_address(_person_id: int | None, _account_id: int | None) -> Address | None:
    return None


def _no_menus(_actor: Actor) -> Menus:
    return Menus()


def _no_contacts() -> dict[str, str]:
    return {}


@dataclass(slots=True)
class Slots:
    """The slots; there is one instance, `slots`."""

    person_behind: Callable[[int], PersonBehind | None] = _nobody
    """account id -> its person and grants, as of today."""
    account_by_number: Callable[[str], int | None] = _no_account
    """A NIP as typed -> account id."""
    address_of: Callable[[int | None, int | None], Address | None] = _no_address
    """(person id, account id) -> address."""
    menus: Callable[[Actor], Menus] = _no_menus
    contacts: Callable[[], dict[str, str]] = _no_contacts
    """`kontak.*` slots of lessons."""
    subscribers: dict[type, tuple[Callable[..., None], ...]] = field(default_factory=dict)
    """event class -> functions, in order (from `lms.wiring`)."""


slots = Slots()


def publish(event: object) -> None:
    """Run the functions wired to the event's class, in order, in this transaction.

    What one of them raises ends the transaction: a promise kept in part is not kept.
    """
    for handle in slots.subscribers.get(type(event), ()):
        handle(event)
