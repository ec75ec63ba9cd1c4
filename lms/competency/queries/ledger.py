"""The evidence ledger: as facts for computing, and as rows for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, String, bindparam, cast, exists, literal, select

from lms.competency.models import Evidence, EvidenceDecision, OutsideCertificate
from lms.competency.rules import Decision, EvidenceFact, as_known
from lms.kernel.errors import NotFound
from lms.platform.db import db

_MANY: Final = 5_000
"""More ids than this are not bound one by one: everything is read and sorted out here."""


@dataclass(frozen=True, slots=True)
class PersonEvidence:
    """The rows of one person, undecided, and every decision about them."""

    evidence: tuple[EvidenceFact, ...] = ()
    decisions: tuple[Decision, ...] = ()


NO_EVIDENCE: Final = PersonEvidence()


class _Statement(NamedTuple):
    """The rows of everybody, and those of persons to bind as `ids`; both built once."""

    of_all: Select[*tuple[Any, ...]]
    of_some: Select[*tuple[Any, ...]]


def _statement(query: Select[*tuple[Any, ...]]) -> _Statement:
    some = query.where(Evidence.person_id.in_(bindparam("ids", expanding=True)))
    return _Statement(query, some)


_EVIDENCE: Final = _statement(
    select(
        Evidence.person_id,
        Evidence.id,
        Evidence.competence,
        Evidence.level,
        Evidence.measured_on,
        Evidence.valid_from,
        Evidence.valid_until,
        Evidence.source_kind,
        Evidence.theta,
        Evidence.se,
        Evidence.recorded_at,
    ).order_by(Evidence.id)
)
_DECISIONS: Final = _statement(
    select(
        Evidence.person_id,
        EvidenceDecision.evidence_id,
        EvidenceDecision.kind,
        EvidenceDecision.effective_on,
        EvidenceDecision.effective_until,
        EvidenceDecision.recorded_at,
        EvidenceDecision.id,
    )
    .join(Evidence, Evidence.id == EvidenceDecision.evidence_id)
    .order_by(EvidenceDecision.id)
)


def facts_for(person_ids: Collection[int] | None) -> dict[int, PersonEvidence]:
    """Return the evidence and decisions of persons (None: of everybody). Two statements.

    Somebody without evidence is not in it.
    """
    wanted = None if person_ids is None else set(person_ids)
    evidence: dict[int, list[EvidenceFact]] = defaultdict(list)
    decisions: dict[int, list[Decision]] = defaultdict(list)
    for row in _of_persons(_EVIDENCE, wanted):
        evidence[row[0]].append(EvidenceFact(*row[1:]))
    for row in _of_persons(_DECISIONS, wanted):
        decisions[row[0]].append(Decision(*row[1:]))
    return {
        person_id: PersonEvidence(tuple(rows), tuple(decisions.get(person_id, ())))
        for person_id, rows in evidence.items()
    }


def _of_persons(statement: _Statement, wanted: set[int] | None) -> Iterable[Any]:
    """Return the rows of the wanted persons; the first column is the person's id."""
    if wanted is not None and len(wanted) <= _MANY:
        return db.session.execute(statement.of_some, {"ids": sorted(wanted)})
    rows = db.session.execute(statement.of_all)
    return rows if wanted is None else (row for row in rows if row[0] in wanted)


def persons_of_evidence(evidence_ids: Collection[int]) -> dict[int, int]:
    """Return evidence id -> person id."""
    found: dict[int, int] = {}
    ids = sorted(evidence_ids)
    for start in range(0, len(ids), _MANY):
        rows = db.session.execute(
            select(Evidence.id, Evidence.person_id).where(
                Evidence.id.in_(ids[start : start + _MANY])
            )
        )
        found.update({row.id: row.person_id for row in rows})
    return found


def competences_of_evidence(source_kind: str, source_ref: str) -> dict[str, int]:
    """Return evidence id by competence of one source, such as `attempt:12`."""
    rows = db.session.execute(
        select(Evidence.competence, Evidence.id).where(
            Evidence.source_kind == source_kind, Evidence.source_ref == source_ref
        )
    )
    return {row.competence: row.id for row in rows}


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """Whose row it is and since when it is revoked."""

    person_id: int
    revoked_on: date | None


def evidence_state(evidence_id: int) -> EvidenceState:
    """Return the state of a row as decided so far.

    Raises:
        NotFound: there is no such row.
    """
    row = db.session.execute(
        select(Evidence.person_id, EvidenceDecision.effective_on)
        .outerjoin(
            EvidenceDecision,
            (EvidenceDecision.evidence_id == Evidence.id) & (EvidenceDecision.kind == "revoked"),
        )
        .where(Evidence.id == evidence_id)
        .order_by(EvidenceDecision.effective_on)
        .limit(1)
    ).first()
    if row is None:
        raise NotFound(kind="evidence", id=evidence_id)
    return EvidenceState(*row)


def outside_certificate_exists(*, organiser: str, number: str) -> bool:
    """Tell whether a certificate of this organiser and number was accepted."""
    return bool(
        db.session.execute(
            select(
                exists().where(
                    OutsideCertificate.organiser == organiser, OutsideCertificate.number == number
                )
            )
        ).scalar()
    )


@dataclass(frozen=True, slots=True)
class EvidenceTrail:
    """One decision about a row, as people read it."""

    kind: str
    effective_on: date
    effective_until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row of the ledger as people read it, with what was decided about it.

    `certificate` names the outside certificate behind it. `state` on a day: `berlaku`,
    `belum_berlaku`, `kedaluwarsa`, `dicabut`, `diganti`, `ditinjau` or `klaim`.
    """

    id: int
    competence: str
    level: int
    outcome: str
    theta: float | None
    se: float | None
    cut_theta: float | None
    source_kind: str
    source_ref: str
    cut_ref: str
    framework_version: str
    measured_on: date
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    certificate: str
    state: str
    decisions: tuple[EvidenceTrail, ...]


def evidence_rows(person_id: int, *, today: date, now: datetime) -> list[EvidenceRow]:
    """Return the ledger of one person, newest measurement first. Two statements."""
    decided: dict[int, list[Any]] = defaultdict(list)
    for decision in db.session.execute(
        select(
            EvidenceDecision.evidence_id,
            EvidenceDecision.kind,
            EvidenceDecision.effective_on,
            EvidenceDecision.effective_until,
            EvidenceDecision.recorded_at,
            EvidenceDecision.id,
            EvidenceDecision.reason,
        )
        .join(Evidence, Evidence.id == EvidenceDecision.evidence_id)
        .where(Evidence.person_id == person_id)
        .order_by(EvidenceDecision.id)
    ):
        decided[decision.evidence_id].append(decision)
    rows = db.session.execute(
        select(Evidence, OutsideCertificate.title, OutsideCertificate.organiser)
        .outerjoin(
            OutsideCertificate,
            (OutsideCertificate.person_id == Evidence.person_id)
            & (Evidence.source_kind == "outside")
            & (Evidence.source_ref == literal("outside:") + cast(OutsideCertificate.id, String)),
        )
        .where(Evidence.person_id == person_id)
        .order_by(Evidence.measured_on.desc(), Evidence.id.desc())
    ).all()
    return [
        _evidence_row(row.Evidence, row.title, row.organiser, decided[row.Evidence.id], today, now)
        for row in rows
    ]


def _evidence_row(
    row: Evidence,
    title: str | None,
    organiser: str | None,
    decisions: list[Any],
    today: date,
    now: datetime,
) -> EvidenceRow:
    undecided = EvidenceFact(
        id=row.id,
        competence=row.competence,
        level=row.level,
        measured_on=row.measured_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        source_kind=row.source_kind,  # type: ignore[arg-type]  # the table's check allows no other
        theta=row.theta,
        se=row.se,
        recorded_at=row.recorded_at,
    )
    known = as_known(
        [undecided], [Decision(*each[:6]) for each in decisions], max(now, row.recorded_at)
    )
    return EvidenceRow(
        id=row.id,
        competence=row.competence,
        level=row.level,
        outcome=row.outcome,
        theta=row.theta,
        se=row.se,
        cut_theta=row.cut_theta,
        source_kind=row.source_kind,
        source_ref=row.source_ref,
        cut_ref=row.cut_ref,
        framework_version=row.framework_version,
        measured_on=row.measured_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        recorded_at=row.recorded_at,
        certificate=f"{title}, {organiser}" if title else "",
        state=_state_on(known[0], today),
        decisions=tuple(
            EvidenceTrail(each.kind, each.effective_on, each.effective_until, each.reason)
            for each in decisions
        ),
    )


def _state_on(fact: EvidenceFact, day: date) -> str:
    states = (
        ("klaim", fact.source_kind == "claimed"),
        ("dicabut", fact.revoked_on is not None and fact.revoked_on <= day),
        ("diganti", fact.replaced_on is not None and fact.replaced_on <= day),
        ("belum_berlaku", day < max(fact.valid_from, fact.measured_on)),
        ("kedaluwarsa", fact.valid_until is not None and fact.valid_until < day),
        ("ditinjau", fact.under_review_on(day)),
    )
    return next((name for name, holds in states if holds), "berlaku")
