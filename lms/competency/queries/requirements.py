"""The versions of requirement rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from lms.competency.models import RequirementVersion
from lms.competency.rules import Requirement
from lms.platform.db import db


def requirements(known_at: datetime | None = None) -> tuple[Requirement, ...]:
    """Return every line of every rule recorded by `known_at` (None: all), oldest first."""
    query = select(
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
    if known_at is not None:
        query = query.where(RequirementVersion.recorded_at <= known_at)
    return tuple(Requirement(*row) for row in db.session.execute(query))


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
