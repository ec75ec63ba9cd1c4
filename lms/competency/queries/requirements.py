"""The versions of requirement rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, func, select

from lms.competency.models import RequirementVersion
from lms.competency.rules import Requirement
from lms.platform.db import db

_LINES: Final = select(
    RequirementVersion.rule_code,
    RequirementVersion.id,
    RequirementVersion.audience,
    RequirementVersion.competence,
    RequirementVersion.level,
    RequirementVersion.effective_from,
    RequirementVersion.effective_until,
    RequirementVersion.specificity,
    RequirementVersion.recorded_at,
).order_by(RequirementVersion.id)
_LINES_KNOWN: Final = _LINES.where(RequirementVersion.recorded_at <= bindparam("known_at"))


def requirements(known_at: datetime | None = None) -> tuple[Requirement, ...]:
    """Return every line of every rule recorded by `known_at` (None: all), oldest first."""
    if known_at is None:
        rows = db.session.execute(_LINES)
    else:
        rows = db.session.execute(_LINES_KNOWN, {"known_at": known_at})
    return tuple(Requirement(*row) for row in rows)


def latest_requirement_version(rule_code: str) -> int:
    """Return the highest version number of a rule; 0 when there is none."""
    return (
        db.session.execute(
            select(func.max(RequirementVersion.version)).where(
                RequirementVersion.rule_code == rule_code
            )
        ).scalar()
        or 0
    )


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """A requirement version with why it is there."""

    id: int
    rule_code: str
    version: int
    audience: str
    competence: str
    level: int
    effective_from: date
    effective_until: date | None
    reason: str
    legal_basis: str
    recorded_at: datetime


def requirement_rows() -> list[RequirementRow]:
    """Return every version of every rule, newest version of a rule first."""
    rows = db.session.execute(
        select(
            RequirementVersion.id,
            RequirementVersion.rule_code,
            RequirementVersion.version,
            RequirementVersion.audience,
            RequirementVersion.competence,
            RequirementVersion.level,
            RequirementVersion.effective_from,
            RequirementVersion.effective_until,
            RequirementVersion.reason,
            RequirementVersion.legal_basis,
            RequirementVersion.recorded_at,
        ).order_by(RequirementVersion.rule_code, RequirementVersion.version.desc())
    )
    return [RequirementRow(*row) for row in rows]
