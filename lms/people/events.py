"""What happened to persons and units, for those above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonFactsChanged:
    """Dated facts of persons were recorded; the ids name the new rows."""

    person_ids: tuple[int, ...]
    placement_ids: tuple[int, ...] = ()
    standing_ids: tuple[int, ...] = ()
    tag_ids: tuple[int, ...] = ()
    """Rows of the SDM TIK register."""


@dataclass(frozen=True, slots=True)
class UnitChanged:
    """A unit got a new version: name, kind or place. Whose persons count elsewhere follows from the tree."""

    unit_id: int
