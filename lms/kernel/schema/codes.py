"""The code lists that content is checked against.

They are data of the frameworks and may change on screen, so the schemas know only their form and
every reader is given the lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Codes:
    """The competence codes in force, as sets.

    `indicators` maps an indicator to the pillar it implies; `digcomp` maps a framework version
    to its codes.
    """

    pillars: frozenset[str]
    fields: frozenset[str]
    indicators: Mapping[str, str] = field(hash=False)
    pemdi_groups: frozenset[str]
    digcomp: Mapping[str, frozenset[str]] = field(hash=False)

    @property
    def competences(self) -> frozenset[str]:
        """Return the codes that evidence is held for: pillars and fields."""
        return self.pillars | self.fields

    @property
    def item_tags(self) -> frozenset[str]:
        """Return every code an item may carry: pillars, fields and indicators."""
        return self.competences | self.indicators.keys()


def _indicators(counts: Mapping[str, int]) -> dict[str, str]:
    return {
        f"{pillar}.{n}": pillar for pillar, count in counts.items() for n in range(1, count + 1)
    }


_PILLAR_INDICATORS: Final = {"cakap": 4, "budaya": 4, "etika": 4, "aman": 5}
_DIGCOMP_SIZES: Final = {1: 3, 2: 6, 3: 4, 4: 4, 5: 4}
_DIGCOMP: Final = frozenset(
    f"{area}.{n}" for area, size in _DIGCOMP_SIZES.items() for n in range(1, size + 1)
)

STANDARD_CODES: Final = Codes(
    pillars=frozenset(_PILLAR_INDICATORS),
    fields=frozenset(
        {"proses-bisnis", "arsitektur", "data", "keamanan", "aplikasi", "infrastruktur"}
    ),
    indicators=_indicators(_PILLAR_INDICATORS),
    pemdi_groups=frozenset({"kepemimpinan", "kemahiran", "literasi", "ai-data"}),
    digcomp={"2.2": _DIGCOMP, "3.0": _DIGCOMP},
)
"""The lists Titian ships with: four pillars, six SPBE fields, 17 indicators, Pemdi groups, and the
21 competences of DigComp, whose numbers 2.2 and 3.0 share."""
