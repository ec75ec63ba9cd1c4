"""The one base class of refusals.

A service that cannot keep its promise raises a `DomainError` subclass named after the broken
condition. It carries facts; the edge turns class and facts into a sentence for people, from one
table (`lms.app.refusals`), and a test keeps the two in step.
"""

from __future__ import annotations


class DomainError(Exception):
    """A promise that could not be kept, with the facts that say why.

    Facts are keyword arguments; `http_status` is what the web edge answers.
    """

    http_status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__, facts)
        self.facts = facts


class NotFound(DomainError):
    """The thing does not exist, or the actor may not see it: both read the same."""

    http_status = 404


class NotAllowed(DomainError):
    """The actor lacks the permission; answered like an absent page."""

    http_status = 404
