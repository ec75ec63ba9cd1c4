"""The organisation tree, headships and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from lms.kernel.actor import Role

OPD: Final = "opd"
"""Kind of a unit in which persons count."""
GROUPS: Final = (
    "sekretariat",
    "inspektorat",
    "badan",
    "dinas",
    "satpol_pp",
    "rsud",
    "kecamatan",
)
"""Kinds of office in the order of reports; never an order of merit."""
HEADSHIP_KINDS: Final = ("definitif", "plt", "plh")
"""In order of precedence when one person must be named."""
ICT_FIELDS: Final = (
    "proses-bisnis",
    "arsitektur",
    "data",
    "keamanan",
    "aplikasi",
    "infrastruktur",
)
ICT_BASES: Final = ("jabatan", "pendidikan", "penugasan")
PURPOSES: Final = (
    "layanan-kepegawaian",
    "penugasan",
    "penilaian",
    "audit",
    "permintaan-pegawai",
)
"""Why somebody may take away a list of persons. Source: docs/semantics.md section 9."""
ROLES_BY_ITSELF: Final = frozenset({Role.ASN, Role.ATASAN, Role.KEPALA_OPD})
"""Roles that follow from being on the staff list or from a headship; nobody grants them."""


def group_position(group: str) -> int:
    """Return the place of a kind of office in reports; unknown ones come last."""
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def nearest_opd(
    parents: Mapping[int, int | None], kinds: Mapping[int, str]
) -> dict[int, int | None]:
    """Return for each unit the OPD in which its persons count: itself or the nearest ancestor.

    None for units above or beside all OPD. A ring of parents, which the services refuse but a
    history of its own may hold, counts as no OPD instead of hanging.
    """
    found: dict[int, int | None] = {}
    for start in parents:
        path: list[int] = []
        unit: int | None = start
        while unit is not None and unit not in found and unit not in path:
            path.append(unit)
            if kinds.get(unit) == OPD:
                break
            unit = parents.get(unit)
        if unit is None:
            opd = None
        elif unit in found:
            opd = found[unit]
        else:
            opd = unit if kinds.get(unit) == OPD else None
        for each in path:
            found[each] = opd
    return found


def would_loop(parents: Mapping[int, int | None], *, unit_id: int, parent_id: int | None) -> bool:
    """Tell whether a unit would come to lie inside itself below that parent."""
    seen: set[int] = set()
    above = parent_id
    while above is not None and above not in seen:
        if above == unit_id:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def role_of_head(unit_kind: str) -> Role:
    """Return the role that leading a unit gives over its subtree.

    Source: docs/semantics.md section 4.
    """
    return Role.KEPALA_OPD if unit_kind == OPD else Role.ATASAN


def holds_on(day: date, *, starts_on: date, ends_on: date | None) -> bool:
    """Tell whether a period `[starts_on, ends_on)` covers the day; None has no end."""
    return starts_on <= day and (ends_on is None or day < ends_on)


@dataclass(frozen=True, slots=True)
class HeadAbove:
    """Somebody who leads a unit at or above a person's own; `distance` 0 is the own unit."""

    distance: int
    person_id: int
    kind: str


def superior_among(heads: Sequence[HeadAbove], *, person_id: int) -> int | None:
    """Return who a person answers to: the head of the nearest unit that the person does not lead.

    In a unit with several heads the definitive one comes first, then Plt, then Plh. None when
    nobody leads any unit above.
    """
    own = {head.distance for head in heads if head.person_id == person_id}
    others = [head for head in heads if head.distance not in own]
    if not others:
        return None
    nearest = min(
        others, key=lambda head: (head.distance, HEADSHIP_KINDS.index(head.kind), head.person_id)
    )
    return nearest.person_id


def units_below(parents: Mapping[int, int | None], roots: Iterable[int]) -> frozenset[int]:
    """Return the units of the subtrees of `roots`, themselves included."""
    children: dict[int, list[int]] = {}
    for unit, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(unit)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(children.get(unit, ()))
    return frozenset(found)
