"""Recording dated facts: placements, legal standings and the SDM TIK register.

A correction is a new row. Everything here keeps what lists show in step and publishes
`PersonFactsChanged`. `recorded_at` (default `now`) dates a history that is loaded after the fact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from lms.kernel.errors import NotFound
from lms.people import queries
from lms.people.errors import (
    FactAlreadyCorrected,
    FactAlreadyRecorded,
    UnitClosed,
    UnknownCode,
)
from lms.people.events import PersonFactsChanged
from lms.people.models import (
    CurrentPlace,
    IctAssignment,
    LegalStanding,
    Placement,
    Standing,
)
from lms.people.rules import ICT_BASES, ICT_FIELDS
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.slots import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlacement:
    """Where a person works from a date on; `unit_id` None means that the person leaves."""

    person_id: int
    unit_id: int | None
    starts_on: date
    post_kind: str = ""
    post_code: str = ""
    post_name: str = ""
    supersedes_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStanding:
    """The legal standing of a person from a date on."""

    person_id: int
    code: str
    starts_on: date
    supersedes_id: int | None = None


def place_persons(
    *,
    rows: Sequence[NewPlacement],
    now: datetime,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> list[int]:
    """Record placements; return their ids in the order of `rows`.

    Raises:
        NotFound: no such person, or the row to take back is not the person's.
        UnitClosed: the unit does not exist or is closed on the first day.
        FactAlreadyRecorded: a placement with the same start was recorded at this very moment.
        FactAlreadyCorrected: the row to take back was taken back before.
    """
    moment = recorded_at or now
    for day in {row.starts_on for row in rows}:
        is_open = {unit.id: unit.is_open for unit in queries.unit_tree(day)}
        for row in rows:
            if (
                row.starts_on == day
                and row.unit_id is not None
                and not is_open.get(row.unit_id, False)
            ):
                raise UnitClosed(unit_id=row.unit_id)
    _check(Placement, rows, moment)
    ids = _insert(
        Placement,
        [
            {
                "person_id": row.person_id,
                "unit_id": row.unit_id,
                "post_kind": row.post_kind,
                "post_code": row.post_code,
                "post_name": row.post_name,
                "starts_on": row.starts_on,
                "recorded_at": moment,
                "supersedes_id": row.supersedes_id,
            }
            for row in rows
        ],
    )
    _after(rows, now=now, placement_ids=ids, action="person.placed", by=actor_account_id)
    return ids


def place_person(  # noqa: PLR0913  # the columns of a placement
    *,
    person_id: int,
    unit_id: int | None,
    starts_on: date,
    now: datetime,
    post_kind: str = "",
    post_code: str = "",
    post_name: str = "",
    supersedes_id: int | None = None,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> int:
    """Record one placement; return its id. Raises what `place_persons` raises."""
    new = NewPlacement(
        person_id=person_id,
        unit_id=unit_id,
        starts_on=starts_on,
        post_kind=post_kind,
        post_code=post_code,
        post_name=post_name,
        supersedes_id=supersedes_id,
    )
    return place_persons(
        rows=[new], now=now, recorded_at=recorded_at, actor_account_id=actor_account_id
    )[0]


def set_standings(
    *,
    rows: Sequence[NewStanding],
    now: datetime,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> list[int]:
    """Record legal standings; return their ids in the order of `rows`.

    Raises:
        UnknownCode: the reference data have no such standing.
        NotFound: no such person, or the row to take back is not the person's.
        FactAlreadyRecorded: a standing with the same start was recorded at this very moment.
        FactAlreadyCorrected: the row to take back was taken back before.
    """
    moment = recorded_at or now
    known = set(db.session.scalars(select(LegalStanding.code)))
    for row in rows:
        if row.code not in known:
            raise UnknownCode(code=row.code)
    _check(Standing, rows, moment)
    ids = _insert(
        Standing,
        [
            {
                "person_id": row.person_id,
                "code": row.code,
                "starts_on": row.starts_on,
                "recorded_at": moment,
                "supersedes_id": row.supersedes_id,
            }
            for row in rows
        ],
    )
    _after(rows, now=now, standing_ids=ids, action="person.standing-set", by=actor_account_id)
    return ids


def set_standing(
    *,
    person_id: int,
    code: str,
    starts_on: date,
    now: datetime,
    supersedes_id: int | None = None,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> int:
    """Record one legal standing; return its id. Raises what `set_standings` raises."""
    new = NewStanding(
        person_id=person_id, code=code, starts_on=starts_on, supersedes_id=supersedes_id
    )
    return set_standings(
        rows=[new], now=now, recorded_at=recorded_at, actor_account_id=actor_account_id
    )[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIctAssignment:
    """That a person counts in one of the six fields on `[starts_on, ends_on)`."""

    person_id: int
    field: str
    basis: str
    starts_on: date
    ends_on: date | None = None
    letter_number: str = ""
    letter_date: date | None = None


def add_ict_assignments(
    *,
    rows: Sequence[NewIctAssignment],
    now: datetime,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> list[int]:
    """Put persons into the SDM TIK register; return the rows' ids.

    A row with the field and start of an earlier one corrects it; with `ends_on` it closes it.

    Raises:
        UnknownCode: the field or the basis is not one of the known ones.
        NotFound: no such person.
    """
    for row in rows:
        if row.field not in ICT_FIELDS or row.basis not in ICT_BASES:
            raise UnknownCode(code=row.field if row.field not in ICT_FIELDS else row.basis)
    _check_persons({row.person_id for row in rows})
    ids = _insert(
        IctAssignment,
        [
            {
                "person_id": row.person_id,
                "field": row.field,
                "basis": row.basis,
                "letter_number": row.letter_number,
                "letter_date": row.letter_date,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
                "recorded_at": recorded_at or now,
            }
            for row in rows
        ],
    )
    _after(rows, now=now, tag_ids=ids, action="person.ict-assigned", by=actor_account_id)
    return ids


def add_ict_assignment(  # noqa: PLR0913  # the columns of the register
    *,
    person_id: int,
    field: str,
    basis: str,
    starts_on: date,
    now: datetime,
    ends_on: date | None = None,
    letter_number: str = "",
    letter_date: date | None = None,
    recorded_at: datetime | None = None,
    actor_account_id: int | None = None,
) -> int:
    """Put one person into the register; return the row's id. Raises what the plural raises."""
    new = NewIctAssignment(
        person_id=person_id,
        field=field,
        basis=basis,
        starts_on=starts_on,
        ends_on=ends_on,
        letter_number=letter_number,
        letter_date=letter_date,
    )
    return add_ict_assignments(
        rows=[new], now=now, recorded_at=recorded_at, actor_account_id=actor_account_id
    )[0]


def refresh_current_places(*, person_ids: Collection[int] | None, today: date) -> int:
    """Derive anew where persons (None: all) are today; return how many rows changed. Idempotent.

    Active means placed, with a legal standing that counts.
    """
    opds = {unit.id: unit.opd_id for unit in queries.unit_tree(today)}
    places = queries.places_on(today, person_ids)
    kept = queries.current_places(person_ids)
    wanted = {
        person_id: queries.CurrentPlaceRow(
            person_id=person_id,
            unit_id=place.unit_id,
            opd_id=None if place.unit_id is None else opds.get(place.unit_id),
            post_name=place.post_name,
            is_active=place.counts_as_active and place.unit_id is not None,
        )
        for person_id, place in places.items()
    }
    changed = [row for person_id, row in wanted.items() if kept.get(person_id) != row]
    values = [
        {
            "person_id": row.person_id,
            "unit_id": row.unit_id,
            "opd_id": row.opd_id,
            "post_name": row.post_name,
            "is_active": row.is_active,
        }
        for row in changed
    ]
    new = [value for value in values if value["person_id"] not in kept]
    moved = [value for value in values if value["person_id"] in kept]
    if new:
        db.session.execute(insert(CurrentPlace), new)
    if moved:
        db.session.execute(update(CurrentPlace), moved)
    lost = kept.keys() - wanted.keys()
    if lost:
        db.session.execute(delete(CurrentPlace).where(CurrentPlace.person_id.in_(lost)))
    return len(changed) + len(lost)


def _check_persons(person_ids: set[int]) -> None:
    missing = person_ids - queries.known_person_ids(person_ids)
    if missing:
        raise NotFound(kind="person", id=min(missing))


def _check(
    table: type[Placement | Standing],
    rows: Sequence[NewPlacement] | Sequence[NewStanding],
    moment: datetime,
) -> None:
    """Check what the constraints guard too, so that people get a sentence instead of a fault."""
    persons = {row.person_id for row in rows}
    _check_persons(persons)
    taken_back = [row.supersedes_id for row in rows if row.supersedes_id is not None]
    for row in rows:
        if row.supersedes_id is None:
            continue
        owner = db.session.execute(
            select(table.person_id).where(table.id == row.supersedes_id)
        ).scalar_one_or_none()
        if owner != row.person_id:
            raise NotFound(kind=table.__tablename__, id=row.supersedes_id)
    if taken_back and (
        max(Counter(taken_back).values()) > 1
        or db.session.execute(select(table.id).where(table.supersedes_id.in_(taken_back))).first()
    ):
        raise FactAlreadyCorrected(id=taken_back[0])
    starts = Counter((row.person_id, row.starts_on) for row in rows)
    recorded_now = {
        (row.person_id, row.starts_on)
        for row in db.session.execute(
            select(table.person_id, table.starts_on).where(table.recorded_at == moment)
        )
    }
    if max(starts.values(), default=0) > 1 or recorded_now & starts.keys():
        raise FactAlreadyRecorded(kind=table.__tablename__)


def _insert(
    table: type[Placement | Standing | IctAssignment], rows: list[dict[str, object]]
) -> list[int]:
    if not rows:
        return []
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(db.session.scalars(statement, rows))


def _after(
    rows: Sequence[NewPlacement] | Sequence[NewStanding] | Sequence[NewIctAssignment],
    *,
    now: datetime,
    action: str,
    by: int | None,
    placement_ids: Sequence[int] = (),
    standing_ids: Sequence[int] = (),
    tag_ids: Sequence[int] = (),
) -> None:
    """Keep lists in step, leave an audit row, and tell those above."""
    if not rows:
        return
    person_ids = tuple(dict.fromkeys(row.person_id for row in rows))
    if not tag_ids:
        refresh_current_places(person_ids=person_ids, today=clock.local_date(now))
    if len(person_ids) == 1:
        record(action=action, object_kind="person", object_id=person_ids[0], actor_account_id=by)
    else:
        record(
            action=action,
            object_kind="persons",
            object_id=f"{min(person_ids)}-{max(person_ids)}",
            actor_account_id=by,
            count=len(person_ids),
        )
    publish(
        PersonFactsChanged(
            person_ids=person_ids,
            placement_ids=tuple(placement_ids),
            standing_ids=tuple(standing_ids),
            tag_ids=tuple(tag_ids),
        )
    )
