"""Refusals of competence."""

from __future__ import annotations

from lms.kernel.errors import DomainError


class UnknownCompetence(DomainError):
    """No pillar or field bears this code. Facts: `code`."""

    http_status = 422


class UnknownAudience(DomainError):
    """A requirement names no known audience. Facts: `audience`."""

    http_status = 422


class RequirementTooSoon(DomainError):
    """A requirement may begin tomorrow at the earliest. Facts: `effective_from`, `earliest`."""

    http_status = 422


class FrameworkAltered(DomainError):
    """A loaded framework version never changes; new content needs a new code. Facts: `code`."""


class OutsideCertificateTaken(DomainError):
    """A certificate of this organiser and number was accepted already. Facts: `number`, `organiser`."""


class EvidenceRevokedAlready(DomainError):
    """The evidence was revoked before. Facts: `evidence_id`, `on`."""
