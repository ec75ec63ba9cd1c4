"""The framework and the requirements: what a new installation starts with, and how rules change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import insert

from lms.competency import errors, queries
from lms.competency.events import RequirementChanged
from lms.competency.framework import FrameworkFile, read_framework
from lms.competency.models import FrameworkCode, FrameworkVersion, RequirementVersion
from lms.competency.rules import ACTIVE_AUDIENCE, specificity_of
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.slots import publish

PILLAR_LEVEL: Final = 2
FIELD_LEVEL: Final = 3


def load_framework(*, now: datetime, framework: FrameworkFile | None = None) -> int:
    """Load a framework version once (by default the shipped one); return its id.

    Loading the same content again changes nothing.

    Raises:
        FrameworkAltered: the code is loaded already, with other content.
    """
    framework = framework or read_framework()
    known = queries.find_framework(framework.code)
    if known is not None:
        if known.content_hash != framework.content_hash:
            raise errors.FrameworkAltered(code=framework.code)
        return known.id
    version = FrameworkVersion(
        code=framework.code,
        title=framework.title,
        valid_from=framework.valid_from,
        valid_until=framework.valid_until,
        content_hash=framework.content_hash,
        loaded_at=now,
    )
    db.session.add(version)
    db.session.flush()
    db.session.execute(
        insert(FrameworkCode),
        [
            {
                "version_id": version.id,
                "kind": line.kind,
                "code": line.code,
                "parent_code": line.parent_code,
                "name": line.name,
                "description": line.description,
                "position": position,
            }
            for position, line in enumerate(framework.lines, start=1)
        ],
    )
    record(action="framework.loaded", object_kind="framework", object_id=framework.code)
    return version.id


def add_requirement(  # noqa: PLR0913  # a rule has that many parts, all named
    *,
    rule_code: str,
    audience: str,
    competence: str,
    level: int,
    effective_from: date,
    reason: str,
    now: datetime,
    effective_until: date | None = None,
    legal_basis: str = "",
    seeding: bool = False,
    actor_account_id: int | None = None,
) -> int:
    """Add a version of a requirement rule; return its id.

    It ends the version before it by its start. With `seeding` it may begin in the past, which
    only the first set-up does.

    Publishes `RequirementChanged`.

    Raises:
        UnknownCompetence, UnknownAudience: a code that nobody knows.
        RequirementTooSoon: it would begin today or earlier.
    """
    if competence not in queries.codes().competences:
        raise errors.UnknownCompetence(code=competence)
    try:
        specificity = specificity_of(audience)
    except ValueError:
        raise errors.UnknownAudience(audience=audience) from None
    tomorrow = clock.local_date(now) + timedelta(days=1)
    if effective_from < tomorrow and not seeding:
        raise errors.RequirementTooSoon(effective_from=effective_from, earliest=tomorrow)
    row = RequirementVersion(
        rule_code=rule_code,
        version=queries.latest_requirement_version(rule_code) + 1,
        audience=audience,
        specificity=specificity,
        competence=competence,
        level=level,
        effective_from=effective_from,
        effective_until=effective_until,
        reason=reason,
        legal_basis=legal_basis,
        recorded_at=now,
    )
    db.session.add(row)
    db.session.flush()
    record(
        action="requirement.added",
        object_kind="requirement",
        object_id=row.id,
        actor_account_id=actor_account_id,
        rule=rule_code,
        version=row.version,
    )
    publish(RequirementChanged(requirement_version_ids=(row.id,)))
    return row.id


def seed_requirements(*, now: datetime, effective_from: date) -> int:
    """Add the rules of a new installation where they are missing; return how many were added.

    Every active ASN at level 2 in the four pillars, the holders of a TIK field at level 3 in it.

    Source: docs/semantics.md section 2.
    """
    codes = queries.codes()
    wanted = [
        (f"literasi-{pillar}", ACTIVE_AUDIENCE, pillar, PILLAR_LEVEL) for pillar in codes.pillars
    ] + [(f"sdm-tik-{field}", f"sdm-tik:{field}", field, FIELD_LEVEL) for field in codes.fields]
    missing = [line for line in sorted(wanted) if queries.latest_requirement_version(line[0]) == 0]
    for rule_code, audience, competence, level in missing:
        add_requirement(
            rule_code=rule_code,
            audience=audience,
            competence=competence,
            level=level,
            effective_from=effective_from,
            reason="Persyaratan awal",
            now=now,
            seeding=True,
        )
    return len(missing)
