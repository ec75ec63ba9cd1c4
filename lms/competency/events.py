"""What happened to evidence and requirements, for those above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidenceRecorded:
    """Evidence rows were added; `person_id` is None when they belong to several persons."""

    evidence_ids: tuple[int, ...]
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class EvidenceDecided:
    """One decision about one evidence row was added."""

    decision_id: int
    evidence_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class RequirementChanged:
    """New versions of requirement rules were added; they may touch everybody."""

    requirement_version_ids: tuple[int, ...]
