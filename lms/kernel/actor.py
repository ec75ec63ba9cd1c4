"""Who acts, in which roles, over which part of the organisation.

Roles are the ones that local government knows; each gives permissions, and most hold only
inside a part of the organisation tree. An `Actor` is made once per request or job.

Source: docs/semantics.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """What a view may be asked for, named `<resource>:<action>`."""

    PUBLIC = "public:read"
    SIGNED_IN = "account:own"
    LEARN = "learning:use"
    EXAM_TAKE = "exam:take"
    CERTIFICATE_OWN = "certificate:own"
    READINESS_VIEW = "readiness:view"
    PERSON_VIEW = "person:view"
    NIP_FULL = "person:nip-full"
    OBLIGATION_VIEW = "obligation:view"
    OBLIGATION_MANAGE = "obligation:manage"
    OBLIGATION_REMIND = "obligation:remind"
    JOBS_VIEW = "jobs:view"
    JOBS_RUN = "jobs:run"
    MESSAGES_VIEW = "messages:view"
    MESSAGES_RESEND = "messages:resend"
    AUDIT_VIEW = "audit:view"
    ITEM_PARAMETERS = "item:parameters"


class Role(StrEnum):
    """The roles of `docs/semantics.md` section 4; the values are the words on screen and in files."""

    ASN = "asn"
    ATASAN = "atasan"
    KEPALA_OPD = "kepala-opd"
    ADMIN_OPD = "admin-opd"
    BKPSDM = "bkpsdm"
    VERIFIKATOR = "verifikator"
    PENGAJAR = "pengajar"
    ASESOR = "asesor"
    AUDITOR = "auditor"
    PIMPINAN = "pimpinan"
    ADMIN = "admin"


_EVERYONE: Final = frozenset({Permission.PUBLIC, Permission.SIGNED_IN})
_LEARNER: Final = frozenset({Permission.LEARN, Permission.EXAM_TAKE, Permission.CERTIFICATE_OWN})
_HEAD: Final = frozenset(
    {
        Permission.READINESS_VIEW,
        Permission.PERSON_VIEW,
        Permission.OBLIGATION_VIEW,
        Permission.OBLIGATION_REMIND,
    }
)

PERMISSIONS_OF: Final[dict[Role, frozenset[Permission]]] = {
    Role.ASN: _LEARNER,
    # Below OPD level a superior helps people; readiness of an OPD is the head's matter.
    Role.ATASAN: _HEAD - {Permission.READINESS_VIEW},
    Role.KEPALA_OPD: _HEAD,
    Role.ADMIN_OPD: frozenset({Permission.PERSON_VIEW, Permission.OBLIGATION_VIEW}),
    Role.BKPSDM: _HEAD
    | {Permission.NIP_FULL, Permission.OBLIGATION_MANAGE, Permission.ITEM_PARAMETERS},
    Role.VERIFIKATOR: frozenset(),
    Role.PENGAJAR: frozenset(),
    Role.ASESOR: frozenset({Permission.READINESS_VIEW}),
    Role.AUDITOR: frozenset({Permission.AUDIT_VIEW}),
    Role.PIMPINAN: frozenset({Permission.READINESS_VIEW}),
    Role.ADMIN: frozenset(
        {
            Permission.JOBS_VIEW,
            Permission.JOBS_RUN,
            Permission.MESSAGES_VIEW,
            Permission.MESSAGES_RESEND,
            Permission.AUDIT_VIEW,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One role over one part of the tree; `unit_id` None means the whole government."""

    role: Role
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the organisation that a permission reaches.

    `everything` covers all units; otherwise the subtrees of `unit_ids`, which may be empty
    (then nothing is reached).
    """

    everything: bool = False
    unit_ids: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all is reached."""
        return not self.everything and not self.unit_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The account behind a request, with its person and roles.

    `person_id` is None for an account that belongs to nobody on the staff list.
    """

    account_id: int
    account_name: str
    display_name: str
    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    language: str = "id"
    text_size: str = "biasa"
    signin_id: int | None = None
    permissions: frozenset[Permission] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        granted = [PERMISSIONS_OF[grant.role] for grant in self.grants]
        object.__setattr__(self, "permissions", _EVERYONE.union(*granted))

    def may(self, permission: Permission) -> bool:
        """Tell whether any of the roles gives the permission, somewhere."""
        return permission in self.permissions

    def has_role(self, role: Role) -> bool:
        """Tell whether the role is held, over whatever part of the tree."""
        return any(grant.role is role for grant in self.grants)

    def scope(self, permission: Permission) -> Scope:
        """Return where the permission holds; empty when it holds nowhere."""
        units = set[int]()
        for grant in self.grants:
            if permission in PERMISSIONS_OF[grant.role]:
                if grant.unit_id is None:
                    return Scope(everything=True)
                units.add(grant.unit_id)
        return Scope(unit_ids=frozenset(units))
