"""Start-dated facts: which row holds on a day, and the tags that follow from kinds of post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DatedRow(Generic[T_co]):
    """One row of a person's history: `value` holds from `starts_on` until the next start.

    `supersedes_id` names the row of the same person and fact that this one takes back.
    """

    id: int
    value: T_co
    starts_on: date
    recorded_at: datetime
    supersedes_id: int | None = None


@dataclass(frozen=True, slots=True)
class TagRow:
    """An audience tag held on `[starts_on, until)`; a later row with the same tag and start corrects it.

    `until` = `starts_on` takes the tag away. `id` orders rows of the same moment.
    """

    id: int
    tag: str
    starts_on: date
    until: date | None
    recorded_at: datetime


def holding_on(rows: Iterable[DatedRow[T]], day: date) -> DatedRow[T] | None:
    """Return the row in effect on a day, or None before the first start.

    A superseded row is gone, even if the row that took it back was superseded in turn. Of equal
    starts the row recorded last holds, then the higher id.
    """
    known = list(rows)
    gone = {row.supersedes_id for row in known}
    return max(
        (row for row in known if row.id not in gone and row.starts_on <= day),
        key=lambda row: (row.starts_on, row.recorded_at, row.id),
        default=None,
    )


def post_tags(placements: Sequence[DatedRow[str]]) -> tuple[TagRow, ...]:
    """Return the tags `jenis-jabatan:<code>` of a person's placements, as each became known.

    `value` of a placement is its code of jenis jabatan; "" gives no tag. Every moment at which
    placements were recorded gives the difference to what had been known before, so that a report
    of then comes out as it was.
    """
    rows: list[TagRow] = []
    before: dict[tuple[str, date], date | None] = {}
    for moment in sorted({row.recorded_at for row in placements}):
        after = _periods([row for row in placements if row.recorded_at <= moment])
        changed = {key: key[1] for key in before.keys() - after.keys()} | {
            key: until for key, until in after.items() if key not in before or before[key] != until
        }
        for (code, start), until in sorted(changed.items(), key=str):
            rows.append(
                TagRow(
                    id=len(rows) + 1,
                    tag=f"jenis-jabatan:{code}",
                    starts_on=start,
                    until=until,
                    recorded_at=moment,
                )
            )
        before = after
    return tuple(rows)


def _periods(placements: Sequence[DatedRow[str]]) -> dict[tuple[str, date], date | None]:
    """Return until when each (code, start) holds; neighbours with the same code are one period."""
    gone = {row.supersedes_id for row in placements}
    by_start = {
        row.starts_on: row.value
        for row in sorted(placements, key=lambda row: (row.starts_on, row.recorded_at, row.id))
        if row.id not in gone
    }
    steps: list[tuple[date, str]] = []
    for start, code in by_start.items():
        if not steps or steps[-1][1] != code:
            steps.append((start, code))
    ends: list[date | None] = [later[0] for _, later in pairwise(steps)]
    ends.append(None)
    return {(code, start): end for (start, code), end in zip(steps, ends, strict=False) if code}
