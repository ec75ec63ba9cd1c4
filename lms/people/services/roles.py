"""Headships and roles."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from lms.kernel.actor import Role
from lms.kernel.errors import NotFound
from lms.people import queries
from lms.people.errors import OwnRole, RoleFollowsByItself, UnknownCode
from lms.people.models import Headship, RoleGrant, Unit
from lms.people.rules import HEADSHIP_KINDS, ROLES_BY_ITSELF
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.models import Account


def appoint_head(
    *,
    unit_id: int,
    person_id: int,
    kind: str,
    starts_on: date,
    now: datetime,
    ends_on: date | None = None,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> int:
    """Let a person lead a unit on `[starts_on, ends_on)`; return the headship's id.

    `kind` is definitif, plt or plh. Others may lead the unit in the same days: ending an earlier
    headship is a decision of its own (`end_headship`).

    Raises:
        UnknownCode: no such kind.
        NotFound: no such unit or person.
    """
    if kind not in HEADSHIP_KINDS:
        raise UnknownCode(code=kind)
    if db.session.get(Unit, unit_id) is None:
        raise NotFound(kind="unit", id=unit_id)
    if not queries.known_person_ids({person_id}):
        raise NotFound(kind="person", id=person_id)
    row = Headship(
        unit_id=unit_id,
        person_id=person_id,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=recorded_at or now,
    )
    db.session.add(row)
    db.session.flush()
    record(
        action="unit.head-appointed",
        object_kind="unit",
        object_id=unit_id,
        actor_account_id=actor_account_id,
        person_id=person_id,
        kind=kind,
    )
    return row.id


def end_headship(*, headship_id: int, ends_on: date, actor_account_id: int | None = None) -> None:
    """Let a headship end; `ends_on` is the first day on which it no longer holds.

    Raises:
        NotFound: no such headship.
    """
    row = db.session.get(Headship, headship_id)
    if row is None:
        raise NotFound(kind="headship", id=headship_id)
    row.ends_on = max(ends_on, row.starts_on)
    db.session.flush()
    record(
        action="unit.headship-ended",
        object_kind="unit",
        object_id=row.unit_id,
        actor_account_id=actor_account_id,
        person_id=row.person_id,
    )


def grant_role(
    *,
    account_id: int,
    role: Role,
    unit_id: int | None,
    starts_on: date,
    reason: str,
    granted_by: int | None,
    now: datetime,
    ends_on: date | None = None,
    recorded_at: datetime | None = None,
) -> int:
    """Give an account a role over a unit's subtree (None: everywhere); return the grant's id.

    `granted_by` None is the command line.

    Raises:
        RoleFollowsByItself: the role is not given but follows from the staff list.
        OwnRole: somebody gives it to themselves.
        NotFound: no such account or unit.
    """
    if role in ROLES_BY_ITSELF:
        raise RoleFollowsByItself(role=role.value)
    if granted_by == account_id:
        raise OwnRole
    if db.session.execute(select(Account.id).where(Account.id == account_id)).first() is None:
        raise NotFound(kind="account", id=account_id)
    if unit_id is not None and db.session.get(Unit, unit_id) is None:
        raise NotFound(kind="unit", id=unit_id)
    row = RoleGrant(
        account_id=account_id,
        role=role.value,
        unit_id=unit_id,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=granted_by,
        reason=reason,
        recorded_at=recorded_at or now,
        revoked_at=None,
    )
    db.session.add(row)
    db.session.flush()
    record(
        action="role.granted",
        object_kind="account",
        object_id=account_id,
        actor_account_id=granted_by,
        role=role.value,
        unit_id=unit_id,
        grant_id=row.id,
    )
    return row.id


def revoke_role(*, grant_id: int, revoked_by: int | None, now: datetime) -> None:
    """Take a granted role back at once. Asking again changes nothing.

    Raises:
        NotFound: no such grant.
        OwnRole: somebody takes it from themselves; another must.
    """
    row = db.session.get(RoleGrant, grant_id)
    if row is None:
        raise NotFound(kind="role-grant", id=grant_id)
    if revoked_by == row.account_id:
        raise OwnRole
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    db.session.flush()
    record(
        action="role.revoked",
        object_kind="account",
        object_id=row.account_id,
        actor_account_id=revoked_by,
        role=row.role,
        grant_id=grant_id,
    )
