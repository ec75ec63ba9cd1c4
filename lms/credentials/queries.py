"""Reading certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from lms.competency.models import Evidence, EvidenceDecision
from lms.credentials.models import Certificate, Revocation
from lms.credentials.rules import Face, Verdict, verdict_of
from lms.people.models import PersonName
from lms.platform.db import db
from lms.platform.paging import PER_PAGE, Page


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate with the name of its day and what later happened to it."""

    id: int
    person_id: int
    version_id: int
    face: Face
    sha256: str
    revoked_on: date | None
    revoked_kind: str | None
    superseded_by: str | None
    """Code of the certificate that replaced it."""
    source_ref: str
    attempt_number: int
    recorded_at: datetime
    is_erased: bool

    def verdict(self, *, today: date, asked_hash: str | None = None) -> Verdict:
        """Return what the verification page says of it."""
        return verdict_of(
            stored_hash=self.sha256,
            recomputed_hash=None if self.is_erased else self.face.sha256(),
            asked_hash=asked_hash,
            revoked_on=self.revoked_on,
            valid_until=self.face.valid_until,
            today=today,
        )


def _find(*conditions: ColumnElement[bool]) -> list[CertificateView]:
    later = Certificate.__table__.alias("later")
    rows = db.session.execute(
        select(
            Certificate,
            PersonName.full_name,
            Revocation.effective_on,
            Revocation.reason_kind,
            later.c.code.label("later_code"),
        )
        .outerjoin(PersonName, PersonName.id == Certificate.name_id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(later, later.c.supersedes_id == Certificate.id)
        .where(*conditions)
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    )
    return [
        CertificateView(
            id=row.Certificate.id,
            person_id=row.Certificate.person_id,
            version_id=row.Certificate.version_id,
            face=Face(
                code=row.Certificate.code,
                number=row.Certificate.number,
                name=row.full_name or "",
                course=row.Certificate.course_code,
                title=row.Certificate.course_title,
                version=row.Certificate.course_version,
                evidence=tuple(
                    (item["kompetensi"], item["tingkat"]) for item in row.Certificate.evidence
                ),
                issued_on=row.Certificate.issued_on,
                valid_until=row.Certificate.valid_until,
                issuer=row.Certificate.issuer,
            ),
            sha256=row.Certificate.sha256,
            revoked_on=row.effective_on,
            revoked_kind=row.reason_kind,
            superseded_by=row.later_code,
            source_ref=row.Certificate.source_ref,
            attempt_number=row.Certificate.attempt_number,
            recorded_at=row.Certificate.recorded_at,
            is_erased=not row.full_name,
        )
        for row in rows
    ]


def find_by_code(code: str) -> CertificateView | None:
    """Return a certificate by its normalised check code."""
    found = _find(Certificate.code == code)
    return found[0] if found else None


def find_by_number(number: str, issued_on: date) -> CertificateView | None:
    """Return a certificate by its running number and day of issue; both must fit."""
    found = _find(
        func.lower(Certificate.number) == number.strip().lower(), Certificate.issued_on == issued_on
    )
    return found[0] if found else None


def certificates_of(person_id: int) -> list[CertificateView]:
    """Return a person's certificates, newest first."""
    return _find(Certificate.person_id == person_id)


def certificate_page_of(person_id: int, *, page: int) -> Page[CertificateView]:
    """Return one page of a person's certificates; nobody has so many that a slice would cost."""
    found = certificates_of(person_id)
    start = (page - 1) * PER_PAGE
    return Page(found[start : start + PER_PAGE], page, len(found))


def certificate_of_attempt(attempt_id: int) -> CertificateView | None:
    """Return the certificate that a passed attempt earned, re-issues included (the newest)."""
    found = _find(Certificate.source_ref.like(f"attempt:{attempt_id}#%"))
    found += _find(Certificate.source_ref == f"attempt:{attempt_id}")
    return found[0] if found else None


def evidence_terms(source_ref: str) -> tuple[list[tuple[str, int]], date | None]:
    """Return the (competence, level) rows of a source and their shared last valid day."""
    rows = db.session.execute(
        select(Evidence.competence, Evidence.level, Evidence.valid_until)
        .outerjoin(
            EvidenceDecision,
            (EvidenceDecision.evidence_id == Evidence.id) & (EvidenceDecision.kind == "revoked"),
        )
        .where(
            Evidence.source_kind == "measured",
            Evidence.source_ref == source_ref,
            EvidenceDecision.id.is_(None),
        )
        .order_by(Evidence.competence)
    ).all()
    return [(row.competence, row.level) for row in rows], rows[0].valid_until if rows else None
