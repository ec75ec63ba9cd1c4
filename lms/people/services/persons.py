"""Adding persons, their names, numbers and accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, or_, select, update

from lms.kernel.errors import NotFound
from lms.people import queries, reference
from lms.people.errors import NipMalformed, NipTaken, PersonHasAccount
from lms.people.events import PersonFactsChanged
from lms.people.models import LegalStanding, Person, PersonName, PersonNip, Placement, Standing
from lms.people.rules import full_name, parse_nip, sort_name, tidy_name
from lms.people.services.facts import refresh_current_places
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.slots import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person to add. Without `unit_id` there is no placement, without `standing` no standing.

    Both begin on `starts_on`, which is needed for either. `employment` is PNS, PPPK, or empty for
    somebody outside the staff list.
    """

    name: str
    title_before: str = ""
    title_after: str = ""
    email: str | None = None
    employment: str = ""
    rank: str = ""
    nip: str | None = None
    former_nip: str | None = None
    account_id: int | None = None
    unit_id: int | None = None
    post_kind: str = ""
    post_code: str = ""
    post_name: str = ""
    standing: str = ""
    starts_on: date | None = None


def load_reference(*, now: datetime) -> int:
    """Load the legal standings; return how many rows were new or changed. Idempotent.

    Whether a standing counts as active is the office's decision: a row that is there keeps it.
    """
    today = clock.local_date(now)
    origin = reference.origin("kedudukan_hukum")
    known = {
        row.code: row.name
        for row in db.session.execute(select(LegalStanding.code, LegalStanding.name))
    }
    new = [
        {
            "code": row.code,
            "name": row.name,
            "counts_as_active": row.counts_as_active,
            "source": origin.source,
            "source_version": origin.version,
            "valid_from": min(origin.valid_from, today),
        }
        for row in reference.legal_standings()
        if row.code not in known
    ]
    renamed = [
        {
            "code": row.code,
            "name": row.name,
            "source": origin.source,
            "source_version": origin.version,
        }
        for row in reference.legal_standings()
        if known.get(row.code, row.name) != row.name
    ]
    if new:
        db.session.execute(insert(LegalStanding), new)
    if renamed:
        db.session.execute(update(LegalStanding), renamed)
    return len(new) + len(renamed)


def add_persons(
    *,
    rows: Sequence[NewPerson],
    now: datetime,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> list[int]:
    """Add persons with their first placement and standing; return their ids in the order of `rows`.

    `recorded_at` (default `now`) dates a history that is loaded after the fact. A number with
    odd parts is kept, one without 18 digits is not. Publishes `PersonFactsChanged` once.

    Raises:
        NipMalformed: a number has not 18 digits.
        NipTaken: a number is or was somebody's, or stands twice in `rows`.
        ValueError: a row with a unit or a standing has no `starts_on`.
    """
    if not rows:
        return []
    moment = recorded_at or now
    today = clock.local_date(now)
    numbers = [_storable(nip, today) for row in rows for nip in (row.nip, row.former_nip) if nip]
    taken = queries.known_nips(numbers)
    if taken or len(set(numbers)) < len(numbers):
        raise NipTaken(count=len(taken) or len(numbers) - len(set(numbers)))
    if any((row.unit_id or row.standing) and row.starts_on is None for row in rows):
        raise ValueError("a placement or standing needs its first day")

    ids = list(
        db.session.scalars(
            insert(Person).returning(Person.id, sort_by_parameter_order=True),
            [
                {
                    "account_id": row.account_id,
                    "name": tidy_name(row.name),
                    "title_before": tidy_name(row.title_before),
                    "title_after": tidy_name(row.title_after),
                    "sort_name": sort_name(row.name),
                    "email": row.email.lower() if row.email else None,
                    "employment": row.employment,
                    "rank": row.rank,
                    "created_at": moment,
                }
                for row in rows
            ],
        )
    )
    pairs = list(zip(ids, rows, strict=True))
    db.session.execute(
        insert(PersonName),
        [
            {"person_id": person_id, "full_name": _full_name(row), "recorded_at": moment}
            for person_id, row in pairs
        ],
    )
    nips = [
        {
            "person_id": person_id,
            "nip": _storable(nip, today),
            "current_of": person_id if nip == row.nip else None,
            "starts_on": row.starts_on or today,
            "recorded_at": moment,
        }
        for person_id, row in pairs
        for nip in (row.former_nip, row.nip)
        if nip
    ]
    if nips:
        db.session.execute(insert(PersonNip), nips)
    placements = [
        {
            "person_id": person_id,
            "unit_id": row.unit_id,
            "post_kind": row.post_kind,
            "post_code": row.post_code,
            "post_name": row.post_name,
            "starts_on": row.starts_on,
            "recorded_at": moment,
        }
        for person_id, row in pairs
        if row.unit_id is not None
    ]
    standings = [
        {
            "person_id": person_id,
            "code": row.standing,
            "starts_on": row.starts_on,
            "recorded_at": moment,
        }
        for person_id, row in pairs
        if row.standing
    ]
    placement_ids = (
        tuple(db.session.scalars(insert(Placement).returning(Placement.id), placements))
        if placements
        else ()
    )
    standing_ids = (
        tuple(db.session.scalars(insert(Standing).returning(Standing.id), standings))
        if standings
        else ()
    )
    refresh_current_places(person_ids=ids, today=today)
    record(
        action="persons.added" if len(ids) > 1 else "person.added",
        object_kind="persons" if len(ids) > 1 else "person",
        object_id=f"{min(ids)}-{max(ids)}" if len(ids) > 1 else ids[0],
        actor_account_id=actor_account_id,
        count=len(ids),
    )
    publish(
        PersonFactsChanged(
            person_ids=tuple(ids), placement_ids=placement_ids, standing_ids=standing_ids
        )
    )
    return ids


def add_person(
    *,
    person: NewPerson,
    now: datetime,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> int:
    """Add one person; return the id. Raises what `add_persons` raises."""
    return add_persons(
        rows=[person], now=now, recorded_at=recorded_at, actor_account_id=actor_account_id
    )[0]


def assign_nip(
    *,
    person_id: int,
    nip: str,
    starts_on: date,
    now: datetime,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> None:
    """Put a number into force for a person; the one before still finds the person.

    A number that the person had before comes into force again.

    Raises:
        NotFound: no such person.
        NipMalformed: it has not 18 digits.
        NipTaken: it is or was somebody else's.
    """
    if not queries.known_person_ids({person_id}):
        raise NotFound(kind="person", id=person_id)
    digits = _storable(nip, clock.local_date(now))
    owner = queries.find_person_by_nip(digits)
    if owner not in (None, person_id):
        raise NipTaken(count=1)
    db.session.execute(
        update(PersonNip).where(PersonNip.current_of == person_id).values(current_of=None)
    )
    if owner is None:
        db.session.execute(
            insert(PersonNip),
            [
                {
                    "person_id": person_id,
                    "nip": digits,
                    "current_of": person_id,
                    "starts_on": starts_on,
                    "recorded_at": recorded_at or now,
                }
            ],
        )
    else:
        db.session.execute(
            update(PersonNip).where(PersonNip.nip == digits).values(current_of=person_id)
        )
    record(
        action="person.nip-assigned",
        object_kind="person",
        object_id=person_id,
        actor_account_id=actor_account_id,
    )


def rename_person(
    *,
    person_id: int,
    name: str,
    now: datetime,
    title_before: str = "",
    title_after: str = "",
    actor_account_id: int | None = None,
) -> int:
    """Change a person's name and titles; return the new row of the name history.

    Documents of before keep the name of their day.

    Raises:
        NotFound: no such person.
    """
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound(kind="person", id=person_id)
    person.name = tidy_name(name)
    person.title_before, person.title_after = tidy_name(title_before), tidy_name(title_after)
    person.sort_name = sort_name(name)
    row = PersonName(
        person_id=person_id,
        full_name=full_name(
            title_before=person.title_before, name=person.name, title_after=person.title_after
        ),
        recorded_at=now,
    )
    db.session.add(row)
    db.session.flush()
    record(
        action="person.renamed",
        object_kind="person",
        object_id=person_id,
        actor_account_id=actor_account_id,
    )
    return row.id


def link_account(*, person_id: int, account_id: int, actor_account_id: int | None = None) -> None:
    """Say that an account is this person's. Asking again changes nothing.

    Raises:
        NotFound: no such person.
        PersonHasAccount: the person has another account, or the account another person.
    """
    rows = db.session.execute(
        select(Person.id, Person.account_id).where(
            or_(Person.id == person_id, Person.account_id == account_id)
        )
    ).all()
    accounts = {row.id: row.account_id for row in rows}
    if person_id not in accounts:
        raise NotFound(kind="person", id=person_id)
    if accounts[person_id] == account_id:
        return
    if accounts[person_id] is not None or len(accounts) > 1:
        raise PersonHasAccount(person_id=person_id)
    db.session.execute(update(Person).where(Person.id == person_id).values(account_id=account_id))
    record(
        action="person.account-linked",
        object_kind="person",
        object_id=person_id,
        actor_account_id=actor_account_id,
        account_id=account_id,
    )


def _full_name(row: NewPerson) -> str:
    return full_name(title_before=row.title_before, name=row.name, title_after=row.title_after)


def _storable(nip: str, today: date) -> str:
    reading = parse_nip(nip, today=today)
    if not reading.is_storable:
        raise NipMalformed(length=len(reading.digits))
    return reading.digits
