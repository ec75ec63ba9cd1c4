"""Certificates of other organisers that a verifier accepted; they become evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert

from lms.competency import errors, queries
from lms.competency.models import OutsideCertificate
from lms.competency.rules import valid_until
from lms.competency.services.ledger import NewEvidence, record_evidence_rows
from lms.platform.audit.services import record
from lms.platform.db import db


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
