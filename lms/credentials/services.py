"""Issuing, re-issuing and revoking certificates."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from lms.catalogue import queries as catalogue
from lms.credentials import queries
from lms.credentials.events import CertificateIssued
from lms.credentials.models import Certificate, NumberCounter, Revocation
from lms.credentials.rules import CODE_LENGTH, Face, code_from, number_from
from lms.kernel.errors import DomainError, NotFound
from lms.people import queries as people
from lms.people.models import PersonName
from lms.platform import settings
from lms.platform.audit.services import record
from lms.platform.db import db, upsert
from lms.platform.slots import publish


class AlreadyRevoked(DomainError):
    """The certificate was revoked before. Facts: `code`."""


class NameUnchanged(DomainError):
    """A re-issue was asked for although the recorded name is the same. Facts: `code`."""


def issue_certificate(
    *,
    person_id: int,
    course_code: str,
    version_id: int,
    attempt_id: int,
    attempt_number: int,
    today: date,
    now: datetime,
) -> int:
    """Issue the certificate of a passed attempt, once; asking again returns the first one's id.

    Publishes `CertificateIssued` for a new one. It shares its last valid day with the evidence.

    Raises:
        NotFound: the attempt made no evidence, or the person has no recorded name.
    """
    source_ref = f"attempt:{attempt_id}"
    existing = db.session.execute(
        select(Certificate.id).where(Certificate.source_ref == source_ref)
    ).scalar_one_or_none()
    if existing is not None:
        return existing
    evidence, valid_until = queries.evidence_terms(source_ref)
    name_id = people.latest_name_id(person_id)
    if not evidence:
        raise NotFound(kind="evidence", source_ref=source_ref)
    terms = catalogue.course_version(version_id)
    return _write(
        person_id=person_id,
        name_id=name_id,
        course=(course_code, terms.title, terms.number, version_id),
        evidence=tuple(evidence),
        issued_on=today,
        valid_until=valid_until,
        source=(source_ref, attempt_number),
        now=now,
    )


def _write(
    *,
    person_id: int,
    name_id: int,
    course: tuple[str, str, int, int],
    evidence: tuple[tuple[str, int], ...],
    issued_on: date,
    valid_until: date | None,
    source: tuple[str, int],
    now: datetime,
    supersedes_id: int | None = None,
) -> int:
    course_code, title, version, version_id = course
    name = db.session.execute(
        select(PersonName.full_name).where(PersonName.id == name_id)
    ).scalar_one()
    face: dict[str, Any] = {
        "code": code_from(secrets.token_bytes(CODE_LENGTH)),
        "name": name,
        "course": course_code,
        "title": title,
        "version": version,
        "evidence": evidence,
        "issued_on": issued_on,
        "valid_until": valid_until,
        "issuer": f"{settings.value('agency.hr_name')} {settings.value('agency.name')}",
    }
    # The counter's row is the one that everybody who passes wants: it is taken last.
    number = number_from(
        settings.value("certificate.number_format"),
        number=_next_number(issued_on.year),
        issued_on=issued_on,
    )
    certificate = Certificate(
        code=face["code"],
        number=number,
        person_id=person_id,
        name_id=name_id,
        course_code=course_code,
        course_title=title,
        course_version=version,
        version_id=version_id,
        evidence=[
            {"kompetensi": competence, "tingkat": level} for competence, level in sorted(evidence)
        ],
        issuer=face["issuer"],
        issued_on=issued_on,
        valid_until=valid_until,
        source_ref=source[0],
        attempt_number=source[1],
        sha256=Face(number=number, **face).sha256(),
        supersedes_id=supersedes_id,
        recorded_at=now,
    )
    db.session.add(certificate)
    db.session.flush()
    record(action="certificate.issued", object_kind="certificate", object_id=certificate.id)
    publish(
        CertificateIssued(
            certificate_id=certificate.id, person_id=person_id, course_code=course_code
        )
    )
    return certificate.id


def _next_number(year: int) -> int:
    upsert(
        NumberCounter.__table__,  # type: ignore[arg-type]  # a Table
        {"year": year, "last": 1},
        conflict_columns=("year",),
        set_={"last": NumberCounter.last + 1},
    )
    return db.session.execute(
        select(NumberCounter.last).where(NumberCounter.year == year)
    ).scalar_one()


def revoke_certificate(
    *,
    certificate_id: int,
    effective_on: date,
    reason_kind: str,
    reason: str,
    actor_account_id: int | None,
    now: datetime,
) -> None:
    """Revoke a certificate from a date on. The evidence behind it is revoked by its own decision.

    Raises:
        NotFound: no such certificate.
        AlreadyRevoked: it was revoked before.
    """
    code = db.session.execute(
        select(Certificate.code).where(Certificate.id == certificate_id)
    ).scalar_one_or_none()
    if code is None:
        raise NotFound(kind="certificate", id=certificate_id)
    already = db.session.execute(
        select(func.count()).where(Revocation.certificate_id == certificate_id)
    ).scalar_one()
    if already:
        raise AlreadyRevoked(code=code)
    db.session.add(
        Revocation(
            certificate_id=certificate_id,
            effective_on=effective_on,
            reason_kind=reason_kind,
            reason=reason,
            decided_by=actor_account_id,
            recorded_at=now,
        )
    )
    record(
        action="certificate.revoked",
        object_kind="certificate",
        object_id=certificate_id,
        actor_account_id=actor_account_id,
        reason_kind=reason_kind,
    )


def reissue_certificate(
    *, certificate_id: int, today: date, now: datetime, actor_account_id: int | None
) -> int:
    """Re-issue a certificate under the person's present name; the old one is superseded.

    It keeps the days of issue and validity: the pass did not happen anew.

    Raises:
        NotFound: no such certificate.
        NameUnchanged: the recorded name is the same, so nothing would change.
        AlreadyRevoked: a revoked or superseded certificate is not re-issued.
    """
    old = db.session.get(Certificate, certificate_id)
    if old is None:
        raise NotFound(kind="certificate", id=certificate_id)
    name_id = people.latest_name_id(old.person_id)
    if name_id == old.name_id:
        raise NameUnchanged(code=old.code)
    revoke_certificate(
        certificate_id=old.id,
        effective_on=today,
        reason_kind="digantikan",
        reason="nama diperbaiki",
        actor_account_id=actor_account_id,
        now=now,
    )
    return _write(
        person_id=old.person_id,
        name_id=name_id,
        course=(old.course_code, old.course_title, old.course_version, old.version_id),
        evidence=tuple((item["kompetensi"], item["tingkat"]) for item in old.evidence),
        issued_on=old.issued_on,
        valid_until=old.valid_until,
        source=(f"{old.source_ref.split('#')[0]}#{old.id}", old.attempt_number),
        supersedes_id=old.id,
        now=now,
    )


def on_course_completed(event: Any) -> None:
    """Issue the certificate of a completed course, in the transaction of the pass."""
    from lms.platform import clock

    issue_certificate(
        person_id=event.person_id,
        course_code=event.course_code,
        version_id=event.version_id,
        attempt_id=event.attempt_id,
        attempt_number=event.attempt_number,
        today=event.today,
        now=clock.now(),
    )
