"""Reference tables of the staff administration, kept as data beside this file.

Each table names its source, version and start of validity; a newer table replaces the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A legal standing; `counts_as_active` decides whether its holders are in the denominators."""

    code: str
    name: str
    counts_as_active: bool


@dataclass(frozen=True, slots=True)
class RankRow:
    """A golongan: `III/c` with its pangkat for PNS, `IX` without one for PPPK."""

    code: str
    employment: str
    title: str


@dataclass(frozen=True, slots=True)
class PostKindRow:
    """A jenis jabatan."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table is from."""

    source: str
    version: str
    valid_from: date


@cache
def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return table


def origin(name: str) -> Origin:
    """Return where a table (`kedudukan_hukum`, `golongan`, `jenis_jabatan`) is from."""
    table = _table(name)
    return Origin(table["sumber"], table["versi"], date.fromisoformat(table["berlaku_dari"]))


@cache
def legal_standings() -> tuple[StandingRow, ...]:
    """Return the 31 kinds of kedudukan hukum."""
    return tuple(
        StandingRow(row["kode"], row["nama"], row["dihitung_aktif"])
        for row in _table("kedudukan_hukum")["baris"]
    )


@cache
def ranks() -> tuple[RankRow, ...]:
    """Return the golongan of PNS and PPPK, lowest first within each."""
    return tuple(
        RankRow(row["kode"], row["jenis"], row["pangkat"]) for row in _table("golongan")["baris"]
    )


@cache
def post_kinds() -> tuple[PostKindRow, ...]:
    """Return the kinds of post."""
    return tuple(PostKindRow(row["kode"], row["nama"]) for row in _table("jenis_jabatan")["baris"])
