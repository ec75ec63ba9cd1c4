"""Who is behind an account, and who leads what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from lms.kernel.actor import Grant, Role
from lms.people.models import (
    CurrentPlace,
    Headship,
    Person,
    PersonNip,
    RoleGrant,
    Unit,
    UnitVersion,
)
from lms.people.queries.units import holds
from lms.people.rules import (
    HEADSHIP_KINDS,
    OPD,
    HeadAbove,
    full_name,
    normal_nip,
    role_of_head,
    superior_among,
)
from lms.platform import clock
from lms.platform.db import db
from lms.platform.models import Account
from lms.platform.slots import Address, PersonBehind

_DEEPEST: Final = 20
"""Levels of the tree that are climbed at most; real ones have five."""


def person_behind(account_id: int) -> PersonBehind | None:
    """Return the person of an account and its roles of today; None if there is no such account.

    Roles come from grants in force and from headships: leading an OPD (definitif, Plt, Plh)
    gives `kepala-opd` over it, leading a lower unit `atasan`. Everybody with a person is `asn`.
    One statement, since every request asks.

    Source: docs/semantics.md section 4.
    """
    rows = db.session.execute(
        _actor_statement(), {"account_id": account_id, "today": clock.today()}
    ).all()
    if not rows:
        return None
    first = rows[0]
    grants = {Grant(Role(row.role), row.unit_id) for row in rows if row.role is not None}
    if first.person_id is not None:
        grants.add(Grant(Role.ASN))
    return PersonBehind(
        person_id=first.person_id,
        display_name=first.name or first.display_name,
        grants=tuple(sorted(grants, key=lambda grant: (grant.role, grant.unit_id or 0))),
    )


@cache
def _actor_statement() -> Select[Any]:
    """Return the statement of `person_behind`, built once: building costs far more than running."""
    account_id = bindparam("account_id", type_=Account.__table__.c.id.type)
    today: Any = bindparam("today", type_=Date())
    led = aliased(UnitVersion)
    granted = union_all(
        select(RoleGrant.account_id, RoleGrant.role, RoleGrant.unit_id).where(
            RoleGrant.account_id == account_id,
            RoleGrant.revoked_at.is_(None),
            _in_force(RoleGrant, today),
        ),
        select(
            Person.account_id,
            case(
                (led.kind == OPD, literal(role_of_head(OPD).value)),
                else_=literal(role_of_head("").value),
            ),
            Headship.unit_id,
        )
        .join(Headship, Headship.person_id == Person.id)
        .join(led, and_(led.unit_id == Headship.unit_id, holds(led, today)))
        .where(Person.account_id == account_id, _in_force(Headship, today)),
    ).subquery("granted")
    return (
        select(
            Account.display_name,
            Person.id.label("person_id"),
            Person.name,
            granted.c.role,
            granted.c.unit_id,
        )
        .select_from(Account)
        .outerjoin(Person, Person.account_id == Account.id)
        .outerjoin(granted, granted.c.account_id == Account.id)
        .where(Account.id == account_id)
    )


def _in_force(table: type[RoleGrant | Headship], today: date) -> ColumnElement[bool]:
    return and_(table.starts_on <= today, or_(table.ends_on.is_(None), table.ends_on > today))


def account_id_by_number(nip: str) -> int | None:
    """Return the account of the person who has or had this number, spaces or not."""
    return db.session.execute(
        select(Person.account_id)
        .join(PersonNip, PersonNip.person_id == Person.id)
        .where(PersonNip.nip == normal_nip(nip))
    ).scalar_one_or_none()


def address_of(person_id: int | None, account_id: int | None) -> Address | None:
    """Return where messages to a person or an account go; the account's own e-mail comes first.

    None when there is neither such a person nor such an account.
    """
    query = select(
        Person.title_before,
        Person.name,
        Person.title_after,
        Person.email,
        Account.email.label("account_email"),
        Account.display_name,
        Account.language,
    )
    if person_id is not None:
        query = query.outerjoin_from(Person, Account, Account.id == Person.account_id).where(
            Person.id == person_id
        )
    elif account_id is not None:
        query = query.outerjoin_from(Account, Person, Account.id == Person.account_id).where(
            Account.id == account_id
        )
    else:
        return None
    row = db.session.execute(query).first()
    if row is None:
        return None
    name = row.display_name
    if row.name is not None:
        name = full_name(title_before=row.title_before, name=row.name, title_after=row.title_after)
    return Address(name=name, email=row.account_email or row.email, language=row.language or "id")


@dataclass(frozen=True, slots=True)
class HeadshipRow:
    """A headship of a person in force on a day."""

    unit_id: int
    unit_code: str
    unit_name: str
    kind: str
    starts_on: date
    ends_on: date | None


def headships_of(person_id: int, today: date) -> list[HeadshipRow]:
    """Return what a person leads on a day, by code of the unit."""
    rows = db.session.execute(
        select(
            Headship.unit_id,
            Unit.code,
            UnitVersion.name,
            Headship.kind,
            Headship.starts_on,
            Headship.ends_on,
        )
        .join(Unit, Unit.id == Headship.unit_id)
        .join(UnitVersion, and_(UnitVersion.unit_id == Unit.id, holds(UnitVersion, today)))
        .where(Headship.person_id == person_id, _in_force(Headship, today))
        .order_by(Unit.code, Headship.id)
    )
    return [HeadshipRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class HeadRow:
    """Somebody who leads a unit on a day."""

    person_id: int
    full_name: str
    kind: str


def heads_of(unit_id: int, today: date) -> list[HeadRow]:
    """Return who leads a unit on a day: definitif, then Plt, then Plh."""
    rows = db.session.execute(
        select(
            Headship.person_id,
            Person.title_before,
            Person.name,
            Person.title_after,
            Headship.kind,
        )
        .join(Person, Person.id == Headship.person_id)
        .where(Headship.unit_id == unit_id, _in_force(Headship, today))
        .order_by(Headship.id)
    ).all()
    found = [
        HeadRow(
            row.person_id,
            full_name(title_before=row.title_before, name=row.name, title_after=row.title_after),
            row.kind,
        )
        for row in rows
    ]
    return sorted(found, key=lambda head: HEADSHIP_KINDS.index(head.kind))


def superior_of(person_id: int, today: date) -> int | None:
    """Return the person whom somebody answers to on a day, or None. One statement.

    The head of the nearest unit that the person does not lead, from the own unit of today upwards.
    """
    chain = (
        select(CurrentPlace.unit_id.label("unit_id"), literal(0).label("distance"))
        .where(CurrentPlace.person_id == person_id, CurrentPlace.unit_id.is_not(None))
        .cte(recursive=True)
    )
    own = aliased(UnitVersion)
    chain = chain.union_all(
        select(own.parent_id, chain.c.distance + 1)
        .join(chain, own.unit_id == chain.c.unit_id)
        .where(holds(own, today), own.parent_id.is_not(None), chain.c.distance < _DEEPEST)
    )
    rows = db.session.execute(
        select(chain.c.distance, Headship.person_id, Headship.kind)
        .join(Headship, Headship.unit_id == chain.c.unit_id)
        .where(_in_force(Headship, today))
    )
    return superior_among([HeadAbove(*row) for row in rows], person_id=person_id)


def holders_of(role: Role, today: date) -> list[int]:
    """Return the accounts to which a role is granted on a day, whatever its scope."""
    return list(
        db.session.scalars(
            select(RoleGrant.account_id)
            .where(
                RoleGrant.role == role.value,
                RoleGrant.revoked_at.is_(None),
                _in_force(RoleGrant, today),
            )
            .distinct()
            .order_by(RoleGrant.account_id)
        )
    )
