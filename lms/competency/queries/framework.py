"""The framework's codes and their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import bindparam, func, select

from lms.competency.models import FrameworkCode, FrameworkVersion
from lms.kernel.dates import FAR_FUTURE
from lms.kernel.schema.codes import STANDARD_CODES, Codes
from lms.platform.db import db


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """A loaded framework version."""

    id: int
    code: str
    title: str
    valid_from: date
    valid_until: date | None
    content_hash: str


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code with its words; `parent_code` is the pillar of an indicator, the area of DigComp."""

    kind: str
    code: str
    parent_code: str | None
    name: str
    description: str


def find_framework(code: str) -> FrameworkRow | None:
    """Return a loaded framework version by its code."""
    row = db.session.execute(
        select(
            FrameworkVersion.id,
            FrameworkVersion.code,
            FrameworkVersion.title,
            FrameworkVersion.valid_from,
            FrameworkVersion.valid_until,
            FrameworkVersion.content_hash,
        ).where(FrameworkVersion.code == code)
    ).first()
    return None if row is None else FrameworkRow(*row)


def framework_validities() -> list[tuple[str, date, date]]:
    """Return (code, first day, last day) of every version, oldest first."""
    rows = db.session.execute(
        select(
            FrameworkVersion.code, FrameworkVersion.valid_from, FrameworkVersion.valid_until
        ).order_by(FrameworkVersion.valid_from, FrameworkVersion.id)
    )
    return [(row.code, row.valid_from, row.valid_until or FAR_FUTURE) for row in rows]


def framework_on(versions: Sequence[tuple[str, date, date]], day: date) -> str:
    """Return the code of the version in force on a day, else the nearest; "" when none is loaded.

    A certificate older than the framework is read by its first version.
    """
    for code, first, last in reversed(versions):
        if first <= day <= last:
            return code
    return versions[0][0] if versions else ""


def codes() -> Codes:
    """Return the code lists of the newest framework; the shipped lists while none is loaded."""
    found: dict[str, set[str]] = defaultdict(set)
    indicators: dict[str, str] = {}
    digcomp: dict[str, set[str]] = defaultdict(set)
    for row in _newest("pilar", "bidang", "indikator", "pemdi", "digcomp"):
        if row.kind == "indikator":
            indicators[row.code] = row.parent_code or ""
        elif row.kind == "digcomp":
            version, _, code = row.code.partition("/")
            if row.parent_code is not None:
                digcomp[version].add(code)
        else:
            found[row.kind].add(row.code)
    if not found:
        return STANDARD_CODES
    return Codes(
        pillars=frozenset(found["pilar"]),
        fields=frozenset(found["bidang"]),
        indicators=indicators,
        pemdi_groups=frozenset(found["pemdi"]),
        digcomp={version: frozenset(names) for version, names in digcomp.items()},
    )


def pillars() -> list[CodeRow]:
    """Return the pillars in their order."""
    return _newest("pilar")


def fields() -> list[CodeRow]:
    """Return the fields of SDM TIK in their order."""
    return _newest("bidang")


def labels() -> dict[str, str]:
    """Return the name of every pillar and field, in the order of reports."""
    return {row.code: row.name for row in _newest("pilar", "bidang")}


def levels() -> dict[int, CodeRow]:
    """Return the words of levels 0-5."""
    return {int(row.code): row for row in _newest("tingkat")}


_NEWEST: Final = (
    select(
        FrameworkCode.kind,
        FrameworkCode.code,
        FrameworkCode.parent_code,
        FrameworkCode.name,
        FrameworkCode.description,
    )
    .where(
        FrameworkCode.version_id == select(func.max(FrameworkVersion.id)).scalar_subquery(),
        FrameworkCode.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(FrameworkCode.position)
)


def _newest(*kinds: str) -> list[CodeRow]:
    return [CodeRow(*row) for row in db.session.execute(_NEWEST, {"kinds": kinds})]
