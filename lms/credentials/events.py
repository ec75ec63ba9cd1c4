"""What happened to certificates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A certificate was issued for a pass."""

    certificate_id: int
    person_id: int
    course_code: str
