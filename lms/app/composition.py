"""Fills the slots that the ground floor offers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lms.platform import settings
from lms.platform.slots import slots

ROOT: Final = Path(__file__).parents[2]


def fill_slots() -> None:
    """Hand the ground floor what only higher floors know."""
    from lms.app import menus
    from lms.people import queries as people

    slots.person_behind = people.person_behind
    slots.account_by_number = people.account_id_by_number
    slots.address_of = people.address_of
    slots.menus = menus.menus_of
    slots.contacts = contacts


def contacts() -> dict[str, str]:
    """Return what the `{{kontak.*}}` slots of lessons stand for."""
    return {
        "kontak.csirt": str(settings.value("contact.csirt")),
        "kontak.helpdesk": str(settings.value("contact.helpdesk")),
    }
