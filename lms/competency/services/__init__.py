"""What may be done: load the framework, set requirements, record and decide about evidence."""

from __future__ import annotations

from lms.competency.services.ledger import (
    REVIEW_DAYS,
    NewEvidence,
    SourceKind,
    end_review,
    record_evidence,
    record_evidence_rows,
    review_evidence,
    revoke_evidence,
)
from lms.competency.services.outside import (
    OutsideAward,
    accept_outside_certificate,
    accept_outside_certificates,
)
from lms.competency.services.setup import (
    FIELD_LEVEL,
    PILLAR_LEVEL,
    add_requirement,
    load_framework,
    seed_requirements,
)

__all__ = [
    "FIELD_LEVEL",
    "PILLAR_LEVEL",
    "REVIEW_DAYS",
    "NewEvidence",
    "OutsideAward",
    "SourceKind",
    "accept_outside_certificate",
    "accept_outside_certificates",
    "add_requirement",
    "end_review",
    "load_framework",
    "record_evidence",
    "record_evidence_rows",
    "review_evidence",
    "revoke_evidence",
    "seed_requirements",
]
