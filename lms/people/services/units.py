"""Making and changing units."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import insert, select

from lms.kernel.errors import NotFound
from lms.people import queries
from lms.people.errors import UnitCodeTaken, UnitHasPersons, UnitWouldContainItself
from lms.people.events import UnitChanged
from lms.people.models import Unit, UnitVersion
from lms.people.rules import tidy_name, would_loop
from lms.people.services.facts import refresh_current_places
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.slots import publish


def create_unit(  # the columns of a unit
    *,
    code: str,
    name: str,
    kind: str,
    starts_on: date,
    now: datetime,
    parent_id: int | None = None,
    group: str = "",
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> int:
    """Make a unit that exists from a date on; return its id. The code is kept in upper case.

    `recorded_at` (default `now`) dates a history that is loaded after the fact.

    Raises:
        UnitCodeTaken: another unit has the code.
    """
    code = code.strip().upper()
    if db.session.execute(select(Unit.id).where(Unit.code == code)).first():
        raise UnitCodeTaken(code=code)
    unit_id = db.session.scalars(insert(Unit).returning(Unit.id), [{"code": code}]).one()
    db.session.execute(
        insert(UnitVersion),
        [
            {
                "unit_id": unit_id,
                "parent_id": parent_id,
                "name": tidy_name(name),
                "kind": kind,
                "group": group,
                "is_open": True,
                "starts_on": starts_on,
                "recorded_at": recorded_at or now,
            }
        ],
    )
    record(
        action="unit.created",
        object_kind="unit",
        object_id=unit_id,
        actor_account_id=actor_account_id,
        code=code,
    )
    return unit_id


def change_unit(  # noqa: PLR0913  # the columns of a unit
    *,
    unit_id: int,
    starts_on: date,
    now: datetime,
    name: str | None = None,
    kind: str | None = None,
    group: str | None = None,
    parent_id: int | None = None,
    is_open: bool | None = None,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> int:
    """Record a new version of a unit from a date on; what is None stays as it is on that date.

    Return the version's id. Publishes `UnitChanged`.

    Raises:
        NotFound: the unit does not exist on that date.
        UnitWouldContainItself: the new parent lies inside the unit.
        UnitHasPersons: it would be closed while persons are placed in it.
    """
    today = clock.local_date(now)
    tree = {row.id: row for row in queries.unit_tree(starts_on)}
    old = tree.get(unit_id)
    if old is None or (parent_id is not None and parent_id not in tree):
        raise NotFound(kind="unit", id=unit_id)
    if parent_id is not None and would_loop(
        {row.id: row.parent_id for row in tree.values()}, unit_id=unit_id, parent_id=parent_id
    ):
        raise UnitWouldContainItself(unit_id=unit_id)
    if is_open is False and (count := queries.persons_below(unit_id, today)):
        raise UnitHasPersons(count=count)
    version_id = db.session.scalars(
        insert(UnitVersion).returning(UnitVersion.id),
        [
            {
                "unit_id": unit_id,
                "parent_id": old.parent_id if parent_id is None else parent_id,
                "name": old.name if name is None else tidy_name(name),
                "kind": old.kind if kind is None else kind,
                "group": old.group if group is None else group,
                "is_open": old.is_open if is_open is None else is_open,
                "starts_on": starts_on,
                "recorded_at": recorded_at or now,
            }
        ],
    ).one()
    record(
        action="unit.changed",
        object_kind="unit",
        object_id=unit_id,
        actor_account_id=actor_account_id,
        version_id=version_id,
    )
    if starts_on <= today:
        refresh_current_places(person_ids=None, today=today)
    publish(UnitChanged(unit_id=unit_id))
    return version_id
