"""Promises of development that could not be kept."""

from __future__ import annotations

from lms.kernel.errors import DomainError


class RuleStillHolds(DomainError):
    """A rule with this code has no end yet; end it before its successor. Facts: `code`."""


class RuleHasEnded(DomainError):
    """The rule was ended before. Facts: `code`."""


class UnknownAudience(DomainError):
    """A rule for an audience that is not known. Facts: `audience`."""

    http_status = 422


class ObligationSettled(DomainError):
    """The duty is met or waived already; there is nothing to waive. Facts: `obligation_id`."""


class TooManyToRemind(DomainError):
    """More messages than one click may send; the filter is to be narrowed. Facts: `count`, `most`."""
