"""Pure rules of competence: standing, requirement, and one person's share of the tallies."""

from lms.competency.rules.evidence import (
    Decision,
    DecisionKind,
    EvidenceFact,
    SourceKind,
    Standing,
    as_known,
    standing_on,
    valid_until,
)
from lms.competency.rules.requirements import (
    ACTIVE_AUDIENCE,
    Required,
    Requirement,
    effective_windows,
    required_on,
    specificity_of,
)
from lms.competency.rules.steps import (
    Delta,
    PersonFacts,
    StepKey,
    Steps,
    counts_on,
    deltas,
    person_steps,
)
from lms.competency.rules.timeline import (
    Span,
    Tag,
    known_tags,
    tags_on,
    timeline_of,
    value_on,
)

__all__ = [
    "ACTIVE_AUDIENCE",
    "Decision",
    "DecisionKind",
    "Delta",
    "EvidenceFact",
    "PersonFacts",
    "Required",
    "Requirement",
    "SourceKind",
    "Span",
    "Standing",
    "StepKey",
    "Steps",
    "Tag",
    "as_known",
    "counts_on",
    "deltas",
    "effective_windows",
    "known_tags",
    "person_steps",
    "required_on",
    "specificity_of",
    "standing_on",
    "tags_on",
    "timeline_of",
    "valid_until",
    "value_on",
]
