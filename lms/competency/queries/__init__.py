"""Reading competence: framework codes, requirements, evidence, and where a person stands."""

from lms.competency.queries.framework import (
    CodeRow,
    FrameworkRow,
    codes,
    fields,
    find_framework,
    framework_on,
    framework_validities,
    labels,
    levels,
    pillars,
)
from lms.competency.queries.ledger import (
    EvidenceRow,
    EvidenceState,
    EvidenceTrail,
    PersonEvidence,
    competences_of_evidence,
    evidence_rows,
    evidence_state,
    facts_for,
    outside_certificate_exists,
    persons_of_evidence,
)
from lms.competency.queries.requirements import (
    latest_requirement_version,
    requirement_rows,
    requirements,
)
from lms.competency.queries.standings import (
    StandingRow,
    Status,
    own_standings,
    standings_of,
    status_of,
)

__all__ = [
    "CodeRow",
    "EvidenceRow",
    "EvidenceState",
    "EvidenceTrail",
    "FrameworkRow",
    "PersonEvidence",
    "StandingRow",
    "Status",
    "codes",
    "competences_of_evidence",
    "evidence_rows",
    "evidence_state",
    "facts_for",
    "fields",
    "find_framework",
    "framework_on",
    "framework_validities",
    "labels",
    "latest_requirement_version",
    "levels",
    "outside_certificate_exists",
    "own_standings",
    "persons_of_evidence",
    "pillars",
    "requirement_rows",
    "requirements",
    "standings_of",
    "status_of",
]
