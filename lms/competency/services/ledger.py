"""The ledger of evidence: rows and decisions about them are only ever added.

Each function flushes before it publishes, one kind of row at a time, so that whoever keeps sums
can tell "before" from "after".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import insert

from lms.competency import errors, queries
from lms.competency.events import EvidenceDecided, EvidenceRecorded
from lms.competency.models import Evidence, EvidenceDecision
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.slots import publish

REVIEW_DAYS: Final = 14
"""An undecided review ends by itself after so many days. Source: docs/semantics.md section 5."""

SourceKind = Literal["measured", "outside", "rubric", "claimed"]


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
