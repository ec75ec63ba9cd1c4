"""Which small figures a reader without persons may not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

DEFAULT_MINIMUM_SHOWN: Final = 5
"""First value of the setting "smallest N shown"."""


@dataclass(frozen=True, slots=True)
class SmallCell:
    """N of one row of a table: a unit (by code) and a competence."""

    unit: str
    competence: str
    n: int


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What is to read "disembunyikan": (unit, competence) pairs, and competences' totals."""

    cells: frozenset[tuple[str, str]]
    totals: frozenset[str]


def suppress(
    rows: Iterable[SmallCell],
    totals: Mapping[str, int],
    minimum: int = DEFAULT_MINIMUM_SHOWN,
) -> Suppressed:
    """Return the cells to hide so that no figure of 1 to `minimum` - 1 persons can be read.

    First every cell and total with 0 < N < minimum. Then, per competence, the next smallest
    cells as long as the total minus what is shown would give away a group of fewer than
    `minimum` persons, be it one hidden cell or several together. Cells with N = 0 hold nobody and are
    never hidden: they would protect nothing. `totals` maps a competence to the N of its total
    line; a competence without one needs no second step. A total may cover more than the rows.

    Source: docs/contract.md (exports) and docs/readiness.md section 5.
    """
    by_competence: dict[str, list[SmallCell]] = defaultdict(list)
    for row in rows:
        if row.n > 0:
            by_competence[row.competence].append(row)
    hidden_totals = frozenset(name for name, n in totals.items() if 0 < n < minimum)
    hidden: set[tuple[str, str]] = set()
    for competence, cells in by_competence.items():
        in_order = sorted(cells, key=lambda cell: (cell.n, cell.unit))
        shown_total = None if competence in hidden_totals else totals.get(competence)
        hidden.update(
            (cell.unit, competence) for cell in in_order[: _hidden(in_order, shown_total, minimum)]
        )
    return Suppressed(cells=frozenset(hidden), totals=hidden_totals)


def _hidden(in_order: Sequence[SmallCell], shown_total: int | None, minimum: int) -> int:
    """Return how many of the cells, smallest first, are to be hidden."""
    count = sum(cell.n < minimum for cell in in_order)
    if shown_total is None or count == 0:
        return count
    # Persons of the total outside all rows hide among the suppressed ones.
    together = shown_total - sum(cell.n for cell in in_order[count:])
    # A single small cell is fewer than the minimum too, so this never leaves one alone.
    while together < minimum and count < len(in_order):
        together += in_order[count].n
        count += 1
    return count
