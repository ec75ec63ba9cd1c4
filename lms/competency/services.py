"""What may be done: load the framework, set requirements, record and decide about evidence.

Rows of the ledger are only ever added. Each function flushes before it publishes, one kind of row
at a time, so that whoever keeps sums can tell "before" from "after".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import insert

from lms.competency import errors, queries
from lms.competency.events import EvidenceDecided, EvidenceRecorded, RequirementChanged
from lms.competency.framework import FrameworkFile, read_framework
from lms.competency.models import (
    Evidence,
    EvidenceDecision,
    FrameworkCode,
    FrameworkVersion,
    OutsideCertificate,
    RequirementVersion,
)
from lms.competency.rules import ACTIVE_AUDIENCE, specificity_of, valid_until
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.slots import publish

REVIEW_DAYS: Final = 14
"""An undecided review ends by itself after so many days. Source: docs/semantics.md section 5."""
PILLAR_LEVEL: Final = 2
FIELD_LEVEL: Final = 3

SourceKind = Literal["measured", "outside", "rubric", "claimed"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """A row for the ledger. `valid_from` None means from the day of measurement on.

    `level` 0-5 (0: measured, none reached), `outcome` lulus, belum or diakui; `theta`, `se` and
    `cut_theta` in logits; `valid_until` is the last valid day. `source_ref` says where the proof
    is (`attempt:12`), `cut_ref` which pass mark decided.
    """

    person_id: int
    competence: str
    level: int
    outcome: str
    source_kind: SourceKind
    source_ref: str
    measured_on: date
    valid_until: date | None
    valid_from: date | None = None
    theta: float | None = None
    se: float | None = None
    cut_theta: float | None = None
    cut_ref: str = ""
    supersedes_id: int | None = None
    recorded_at: datetime | None = None


def record_evidence(  # noqa: PLR0913  # one argument per column of the ledger, all named
    *,
    person_id: int,
    competence: str,
    level: int,
    outcome: str,
    theta: float | None,
    se: float | None,
    cut_theta: float | None,
    source_kind: SourceKind,
    source_ref: str,
    cut_ref: str,
    measured_on: date,
    valid_until: date | None,
    valid_from: date | None = None,
    supersedes_id: int | None = None,
    recorded_at: datetime | None = None,
) -> int:
    """Add one row to the ledger; return its id. Arguments as in `NewEvidence`.

    Publishes `EvidenceRecorded`; with `supersedes_id` the older row is replaced from the day of
    recording on, which publishes `EvidenceDecided`.

    Raises:
        UnknownCompetence: neither pillar nor field.
    """
    row = NewEvidence(
        person_id=person_id,
        competence=competence,
        level=level,
        outcome=outcome,
        theta=theta,
        se=se,
        cut_theta=cut_theta,
        source_kind=source_kind,
        source_ref=source_ref,
        cut_ref=cut_ref,
        measured_on=measured_on,
        valid_until=valid_until,
        valid_from=valid_from,
        supersedes_id=supersedes_id,
        recorded_at=recorded_at,
    )
    return record_evidence_rows([row])[0]


def record_evidence_rows(rows: Sequence[NewEvidence]) -> list[int]:
    """Add many rows at once; return their ids in the same order.

    Publishes one `EvidenceRecorded` for all of them, then one `EvidenceDecided` per replaced row.

    Raises:
        UnknownCompetence: neither pillar nor field.
    """
    if not rows:
        return []
    competences = queries.codes().competences
    for row in rows:
        if row.competence not in competences:
            raise errors.UnknownCompetence(code=row.competence)
    versions = queries.framework_validities()
    now = clock.now()
    ids = list(
        db.session.scalars(
            insert(Evidence).returning(Evidence.id, sort_by_parameter_order=True),
            [
                {
                    "person_id": row.person_id,
                    "competence": row.competence,
                    "level": row.level,
                    "outcome": row.outcome,
                    "theta": row.theta,
                    "se": row.se,
                    "cut_theta": row.cut_theta,
                    "source_kind": row.source_kind,
                    "source_ref": row.source_ref,
                    "cut_ref": row.cut_ref,
                    "framework_version": queries.framework_on(versions, row.measured_on),
                    "measured_on": row.measured_on,
                    "valid_from": row.valid_from or row.measured_on,
                    "valid_until": row.valid_until,
                    "supersedes_id": row.supersedes_id,
                    "recorded_at": row.recorded_at or now,
                }
                for row in rows
            ],
        )
    )
    persons = {row.person_id for row in rows}
    publish(
        EvidenceRecorded(
            evidence_ids=tuple(ids), person_id=persons.pop() if len(persons) == 1 else None
        )
    )
    for row in rows:
        if row.supersedes_id is not None:
            decided_at = row.recorded_at or now
            _decide(
                evidence_id=row.supersedes_id,
                person_id=row.person_id,
                kind="replaced",
                effective_on=clock.local_date(decided_at),
                reason="Uji ulang yang ditetapkan",
                now=decided_at,
            )
    return ids


def revoke_evidence(*, evidence_id: int, reason: str, decided_by: int | None, now: datetime) -> int:
    """Revoke a row from today on, by decision; return the decision's id.

    Publishes `EvidenceDecided`.

    Raises:
        NotFound: there is no such row.
        EvidenceRevokedAlready: it was revoked before.
    """
    state = queries.evidence_state(evidence_id)
    if state.revoked_on is not None:
        raise errors.EvidenceRevokedAlready(evidence_id=evidence_id, on=state.revoked_on)
    return _decide(
        evidence_id=evidence_id,
        person_id=state.person_id,
        kind="revoked",
        effective_on=clock.local_date(now),
        reason=reason,
        decided_by=decided_by,
        now=now,
    )


def review_evidence(*, evidence_id: int, reason: str, decided_by: int | None, now: datetime) -> int:
    """Put a row under review from today on; return the decision's id.

    Meanwhile it stays in A and C and leaves M; after 14 days it counts again by itself.

    Publishes `EvidenceDecided`.

    Raises:
        NotFound: there is no such row.
    """
    today = clock.local_date(now)
    return _decide(
        evidence_id=evidence_id,
        person_id=queries.evidence_state(evidence_id).person_id,
        kind="review",
        effective_on=today,
        effective_until=today + timedelta(days=REVIEW_DAYS),
        reason=reason,
        decided_by=decided_by,
        now=now,
    )


def end_review(*, evidence_id: int, reason: str, decided_by: int | None, now: datetime) -> int:
    """Let a row under review count again from today on; return the decision's id.

    Publishes `EvidenceDecided`.

    Raises:
        NotFound: there is no such row.
    """
    today = clock.local_date(now)
    return _decide(
        evidence_id=evidence_id,
        person_id=queries.evidence_state(evidence_id).person_id,
        kind="review",
        effective_on=today,
        effective_until=today,
        reason=reason,
        decided_by=decided_by,
        now=now,
    )


def accept_outside_certificate(
    *,
    person_id: int,
    title: str,
    organiser: str,
    number: str,
    issued_on: date,
    levels: Mapping[str, int],
    valid_months: int | None,
    verified_by: int | None,
    now: datetime,
) -> list[int]:
    """Accept a certificate of another organiser; return the ids of its evidence rows.

    One row per competence of `levels` (1-5), valid from the day of issue for `valid_months`
    (None: without end). It counts in A, C and M and has no theta.

    Publishes `EvidenceRecorded`.

    Raises:
        OutsideCertificateTaken: organiser and number were accepted already.
        UnknownCompetence: neither pillar nor field.
    """
    if queries.outside_certificate_exists(organiser=organiser, number=number):
        raise errors.OutsideCertificateTaken(organiser=organiser, number=number)
    certificate = OutsideCertificate(
        person_id=person_id,
        title=title,
        organiser=organiser,
        number=number,
        issued_on=issued_on,
        levels=dict(levels),
        verified_by=verified_by,
        verified_at=now,
        recorded_at=now,
    )
    db.session.add(certificate)
    db.session.flush()
    record(
        action="outside_certificate.accepted",
        object_kind="outside_certificate",
        object_id=certificate.id,
        actor_account_id=verified_by,
    )
    return record_evidence_rows(
        [
            NewEvidence(
                person_id=person_id,
                competence=competence,
                level=level,
                outcome="diakui",
                source_kind="outside",
                source_ref=f"outside:{certificate.id}",
                measured_on=issued_on,
                valid_until=valid_until(issued_on, valid_months),
                recorded_at=now,
            )
            for competence, level in sorted(levels.items())
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideAward:
    """A certificate of another organiser for one person, as `accept_outside_certificates` takes it."""

    person_id: int
    title: str
    organiser: str
    number: str
    issued_on: date
    levels: Mapping[str, int]
    valid_months: int | None
    verified_by: int | None
    recorded_at: datetime


def accept_outside_certificates(awards: Iterable[OutsideAward]) -> list[int]:
    """Accept many certificates in few statements, for seeding; return the evidence ids.

    A number taken already fails on the unique key, and nothing is kept.

    Publishes one `EvidenceRecorded` for all.
    """
    awards = list(awards)
    if not awards:
        return []
    ids = list(
        db.session.scalars(
            insert(OutsideCertificate).returning(
                OutsideCertificate.id, sort_by_parameter_order=True
            ),
            [
                {
                    "person_id": award.person_id,
                    "title": award.title,
                    "organiser": award.organiser,
                    "number": award.number,
                    "issued_on": award.issued_on,
                    "levels": dict(award.levels),
                    "verified_by": award.verified_by,
                    "verified_at": award.recorded_at,
                    "recorded_at": award.recorded_at,
                }
                for award in awards
            ],
        )
    )
    return record_evidence_rows(
        [
            NewEvidence(
                person_id=award.person_id,
                competence=competence,
                level=level,
                outcome="diakui",
                source_kind="outside",
                source_ref=f"outside:{certificate_id}",
                measured_on=award.issued_on,
                valid_until=valid_until(award.issued_on, award.valid_months),
                recorded_at=award.recorded_at,
            )
            for certificate_id, award in zip(ids, awards, strict=True)
            for competence, level in sorted(award.levels.items())
        ]
    )


def _decide(
    *,
    evidence_id: int,
    person_id: int,
    kind: Literal["revoked", "replaced", "review"],
    effective_on: date,
    reason: str,
    now: datetime,
    effective_until: date | None = None,
    decided_by: int | None = None,
) -> int:
    decision = EvidenceDecision(
        evidence_id=evidence_id,
        kind=kind,
        effective_on=effective_on,
        effective_until=effective_until,
        reason=reason,
        decided_by=decided_by,
        recorded_at=now,
    )
    db.session.add(decision)
    db.session.flush()
    record(
        action=f"evidence.{kind}",
        object_kind="evidence",
        object_id=evidence_id,
        actor_account_id=decided_by,
        decision=decision.id,
    )
    publish(EvidenceDecided(decision_id=decision.id, evidence_id=evidence_id, person_id=person_id))
    return decision.id
