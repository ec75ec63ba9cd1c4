"""What readiness does: keep tallies in step with facts, check them, freeze reports."""

from lms.readiness.services.snapshots import (
    Difference,
    due_snapshot_days,
    person_rows_hash,
    snapshot_counts,
    take_snapshot,
    verify,
)
from lms.readiness.services.tallies import (
    SETTLED_AFTER,
    Rebuilt,
    forget_bases,
    on_evidence_decided,
    on_evidence_recorded,
    on_person_facts_changed,
    on_requirement_changed,
    rebuild_tallies,
    take_base,
    take_month_bases,
    thin_bases,
)

__all__ = [
    "SETTLED_AFTER",
    "Difference",
    "Rebuilt",
    "due_snapshot_days",
    "forget_bases",
    "on_evidence_decided",
    "on_evidence_recorded",
    "on_person_facts_changed",
    "on_requirement_changed",
    "person_rows_hash",
    "rebuild_tallies",
    "snapshot_counts",
    "take_base",
    "take_month_bases",
    "take_snapshot",
    "thin_bases",
    "verify",
]
