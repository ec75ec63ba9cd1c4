"""Tables of competence: the framework, requirements and the evidence ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Json, Key, Model, Moment, Ref, UTCDateTime


class FrameworkVersion(Model):
    """A version of the framework with its validity; rows below name it."""

    __tablename__ = "competency_framework_version"
    __table_args__ = (UniqueConstraint("code", name="framework_version_code_is_unique"),)

    id: Mapped[Key]
    code: Mapped[str]
    title: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    content_hash: Mapped[str]
    loaded_at: Mapped[Moment]


class FrameworkCode(Model):
    """One code of a framework version: pillar, field, indicator, Pemdi group, DigComp competence or level."""

    __tablename__ = "competency_framework_code"
    __table_args__ = (
        UniqueConstraint("version_id", "kind", "code", name="framework_code_is_unique"),
        CheckConstraint(
            "kind IN ('pilar', 'bidang', 'indikator', 'pemdi', 'digcomp', 'tingkat')",
            name="framework_code_kind_is_known",
        ),
    )

    id: Mapped[Key]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("competency_framework_version.id"))
    kind: Mapped[str]
    code: Mapped[str]
    parent_code: Mapped[str | None]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int]


class RequirementVersion(Model):
    """Audience x competence x level from a date on; a change is a new row that ends the old one."""

    __tablename__ = "competency_requirement_version"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="required_level_is_1_to_5"),
        UniqueConstraint("rule_code", "version", name="requirement_version_is_unique"),
    )

    id: Mapped[Key]
    rule_code: Mapped[str]
    version: Mapped[int]
    audience: Mapped[str]
    """`asn-aktif`, `sdm-tik:<field>` or `jenis-jabatan:<code>`."""
    specificity: Mapped[int]
    competence: Mapped[str]
    level: Mapped[int]
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]
    """First day on which it no longer holds."""
    reason: Mapped[str]
    legal_basis: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[Moment]


class Evidence(Model):
    """A row of the ledger: what a person showed, when, how it was measured. Never changed."""

    __tablename__ = "competency_evidence"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 5", name="evidence_level_is_0_to_5"),
        CheckConstraint(
            "source_kind IN ('measured', 'outside', 'rubric', 'claimed')",
            name="evidence_source_kind_is_known",
        ),
        UniqueConstraint(
            "source_kind", "source_ref", "competence", name="one_evidence_row_per_source"
        ),
        Index("ix_competency_evidence_person_id", "person_id", "competence"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    competence: Mapped[str]
    level: Mapped[int]
    """0: measured, no level reached."""
    outcome: Mapped[str]
    """lulus, belum, diakui."""
    theta: Mapped[float | None]
    se: Mapped[float | None]
    cut_theta: Mapped[float | None]
    source_kind: Mapped[str]
    source_ref: Mapped[str]
    """`attempt:<id>`, `outside:<id>`: where the proof is."""
    cut_ref: Mapped[str] = mapped_column(default="")
    """Which pass mark decided: quiz version, form and mark."""
    framework_version: Mapped[str]
    measured_on: Mapped[date]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    """The last valid day."""
    supersedes_id: Mapped[Ref | None] = mapped_column(ForeignKey("competency_evidence.id"))
    recorded_at: Mapped[Moment]


class EvidenceDecision(Model):
    """A revocation, replacement or review of evidence, effective from its own date; never changed."""

    __tablename__ = "competency_evidence_decision"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('revoked', 'replaced', 'review')", name="evidence_decision_kind_is_known"
        ),
        Index("ix_competency_evidence_decision_evidence_id", "evidence_id"),
    )

    id: Mapped[Key]
    evidence_id: Mapped[Ref] = mapped_column(ForeignKey("competency_evidence.id"))
    kind: Mapped[str]
    effective_on: Mapped[date]
    effective_until: Mapped[date | None]
    reason: Mapped[str]
    decided_by: Mapped[Ref | None]
    recorded_at: Mapped[Moment]


class OutsideCertificate(Model):
    """A certificate of another organiser that a verifier accepted; it becomes evidence."""

    __tablename__ = "competency_outside_certificate"
    __table_args__ = (
        UniqueConstraint("organiser", "number", name="outside_certificate_number_is_unique"),
        Index("ix_competency_outside_certificate_person_id", "person_id"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    title: Mapped[str]
    organiser: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    levels: Mapped[dict[str, Any]] = mapped_column(Json)
    """competence -> level, as the verifier accepted."""
    verified_by: Mapped[Ref | None]
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recorded_at: Mapped[Moment]
