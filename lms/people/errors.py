"""Promises of people that could not be kept."""

from __future__ import annotations

from lms.kernel.errors import DomainError


class NipMalformed(DomainError):
    """A number without 18 digits cannot be kept. Facts: `length`."""

    http_status = 422


class NipTaken(DomainError):
    """The number is or was somebody else's. Facts: `count`."""

    http_status = 422


class UnitCodeTaken(DomainError):
    """Another unit has this code. Facts: `code`."""

    http_status = 422


class UnitWouldContainItself(DomainError):
    """A unit cannot lie below itself. Facts: `unit_id`."""


class UnitHasPersons(DomainError):
    """A unit in which persons are placed cannot be closed. Facts: `count`."""


class UnitClosed(DomainError):
    """Nobody can be placed in a unit that is closed or does not exist yet. Facts: `unit_id`."""


class FactAlreadyRecorded(DomainError):
    """The same fact of the person with the same start was recorded at the same moment."""


class FactAlreadyCorrected(DomainError):
    """The row was taken back before; the newer one can be corrected instead. Facts: `id`."""


class UnknownCode(DomainError):
    """A code that the reference data do not have. Facts: `code`."""

    http_status = 422


class RoleFollowsByItself(DomainError):
    """`asn`, `atasan` and `kepala-opd` are not granted: they follow from the staff list. Facts: `role`."""

    http_status = 422


class OwnRole(DomainError):
    """Nobody gives or takes a role of their own."""


class PersonHasAccount(DomainError):
    """The person has an account, or the account a person; there is at most one of each."""
