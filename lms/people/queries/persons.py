"""Reading persons: lists, one person, names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from lms.kernel.actor import Scope
from lms.kernel.errors import NotFound
from lms.people.models import (
    AccessLog,
    CurrentPlace,
    LegalStanding,
    Person,
    PersonName,
    PersonNip,
    Placement,
    Standing,
    Unit,
    UnitVersion,
)
from lms.people.queries.units import (
    UnitRow,
    holds,
    scope_condition,
    subtree,
    unit_ids_in,
    unit_tree,
)
from lms.people.rules import OPD, full_name, group_position, normal_nip, read_search
from lms.platform import clock
from lms.platform.db import db
from lms.platform.paging import PER_PAGE, Page
from lms.platform.wording import masked_nip

_CHUNK: Final = 5_000
STATUSES: Final = ("aktif", "tidak-aktif", "keluar")
"""aktif counts; tidak-aktif is placed but does not count; keluar has no place (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFilter:
    """How a list of persons is narrowed; empty fields do not narrow.

    `opd` and `unit` are codes (a unit stands for its subtree), `status` one of `STATUSES`.
    """

    opd: str = ""
    unit: str = ""
    q: str = ""
    status: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing narrows."""
        return not (self.opd or self.unit or self.q or self.status)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list; `nip` is masked."""

    person_id: int
    full_name: str
    nip: str
    post_name: str
    unit_code: str
    unit_name: str
    opd_code: str
    opd_name: str
    status: str
    standing: str


def list_persons(
    scope: Scope, *, filters: PersonFilter | None = None, page: int = 1, today: date | None = None
) -> Page[PersonRow]:
    """Return a page of the persons in a scope, by name. Three statements."""
    day = today or clock.today()
    return _page(scope, filters or PersonFilter(), page, day, unit_tree(day))


@dataclass(frozen=True, slots=True)
class PersonListing:
    """The staff list as the page shows it: the rows and what can be chosen to narrow them."""

    page: Page[PersonRow]
    filters: PersonFilter
    """As used: a unit outside the chosen OPD is left out, since the OPD was chosen after it."""
    opds: tuple[UnitRow, ...]
    units: tuple[UnitRow, ...]
    """Units of the chosen OPD, or of the only one in reach."""


def person_listing(
    scope: Scope, *, filters: PersonFilter, page: int = 1, today: date | None = None
) -> PersonListing:
    """Return a page of persons together with the OPD and units in reach. Three statements."""
    day = today or clock.today()
    tree = unit_tree(day)
    filters = _settled(filters, tree)
    visible = unit_ids_in(scope, tree)
    by_id = {unit.id: unit for unit in tree}
    reached = {unit.opd_id for unit in tree if unit.id in visible and unit.is_open}
    opds = sorted(
        (by_id[opd_id] for opd_id in reached if opd_id is not None),
        key=lambda unit: (group_position(unit.group), unit.code),
    )
    chosen = filters.opd.upper() or (opds[0].code if len(opds) == 1 else "")
    units = [
        unit
        for unit in tree
        if unit.id in visible
        and unit.is_open
        and unit.kind != OPD
        and unit.opd_id is not None
        and by_id[unit.opd_id].code == chosen
    ]
    return PersonListing(
        page=_page(scope, filters, page, day, tree),
        filters=filters,
        opds=tuple(opds),
        units=tuple(units),
    )


def _settled(filters: PersonFilter, tree: list[UnitRow]) -> PersonFilter:
    codes = {unit.id: unit.code for unit in tree}
    opd_of = {unit.code: codes.get(unit.opd_id or 0) for unit in tree}
    if filters.opd and filters.unit and opd_of.get(filters.unit.upper()) != filters.opd.upper():
        return replace(filters, unit="")
    return filters


def _page(
    scope: Scope, filters: PersonFilter, page: int, today: date, tree: list[UnitRow]
) -> Page[PersonRow]:
    condition = _condition(scope, filters, today)
    total = db.session.execute(
        select(func.count())
        .select_from(Person)
        .outerjoin(CurrentPlace, CurrentPlace.person_id == Person.id)
        .where(condition)
    ).scalar_one()
    number = min(page, max(1, -(-total // PER_PAGE)))
    rows = db.session.execute(
        _rows(condition, today).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    )
    by_id = {unit.id: unit for unit in tree}
    return Page(rows=[_person_row(row, by_id) for row in rows], number=number, total=total)


def _rows(condition: ColumnElement[bool], today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.id,
            Person.title_before,
            Person.name,
            Person.title_after,
            Person.employment,
            Person.rank,
            Person.email,
            PersonNip.nip,
            CurrentPlace.unit_id,
            CurrentPlace.opd_id,
            CurrentPlace.post_name,
            CurrentPlace.is_active,
            _standing_name(today).label("standing"),
        )
        .outerjoin(CurrentPlace, CurrentPlace.person_id == Person.id)
        .outerjoin(PersonNip, PersonNip.current_of == Person.id)
        .where(condition)
        .order_by(Person.sort_name, Person.id)
    )


def _standing_name(today: date) -> ScalarSelect[str]:
    """Return the name of the legal standing that holds on a day, for each person of a list."""
    taker = aliased(Standing)
    return (
        select(LegalStanding.name)
        .join(Standing, Standing.code == LegalStanding.code)
        .where(
            Standing.person_id == Person.id,
            Standing.starts_on <= today,
            ~exists().where(taker.supersedes_id == Standing.id),
        )
        .order_by(Standing.starts_on.desc(), Standing.recorded_at.desc(), Standing.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _condition(scope: Scope, filters: PersonFilter, today: date) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [scope_condition(scope, CurrentPlace.unit_id)]
    if filters.opd:
        parts.append(
            CurrentPlace.opd_id.in_(select(Unit.id).where(Unit.code == filters.opd.upper()))
        )
    if filters.unit:
        parts.append(CurrentPlace.unit_id.in_(subtree(Unit.code == filters.unit.upper(), today)))
    if filters.status == "aktif":
        parts.append(CurrentPlace.is_active.is_(True))
    elif filters.status == "tidak-aktif":
        parts += [CurrentPlace.is_active.is_(False), CurrentPlace.unit_id.is_not(None)]
    elif filters.status == "keluar":
        parts.append(CurrentPlace.unit_id.is_(None))
    search = read_search(filters.q)
    parts += [Person.sort_name.contains(word, autoescape=True) for word in search.words]
    parts += [
        Person.id.in_(select(PersonNip.person_id).where(PersonNip.nip.contains(number)))
        for number in search.numbers
    ]
    return and_(*parts)


def _status(*, unit_id: int | None, is_active: bool | None) -> str:
    if unit_id is None:
        return "keluar"
    return "aktif" if is_active else "tidak-aktif"


def _person_row(row: Any, by_id: dict[int, UnitRow]) -> PersonRow:
    unit, opd = by_id.get(row.unit_id), by_id.get(row.opd_id)
    return PersonRow(
        person_id=row.id,
        full_name=full_name(
            title_before=row.title_before, name=row.name, title_after=row.title_after
        ),
        nip=masked_nip(row.nip),
        post_name=row.post_name or "",
        unit_code=unit.code if unit else "",
        unit_name=unit.name if unit else "",
        opd_code=opd.code if opd else "",
        opd_name=opd.name if opd else "",
        status=_status(unit_id=row.unit_id, is_active=row.is_active),
        standing=row.standing or "",
    )


EXPORT_HEADER: Final = (
    "id",
    "nip",
    "nama",
    "kode_opd",
    "kode_unit",
    "nama_opd",
    "nama_unit",
    "jenis_pegawai",
    "golongan",
    "nama_jabatan",
    "kedudukan_hukum",
    "status",
)


@dataclass(frozen=True, slots=True)
class PersonExport:
    """A row of the staff list as a file, in the order of `EXPORT_HEADER`."""

    person_id: int
    cells: tuple[Any, ...]


def iter_person_rows(
    scope: Scope, *, filters: PersonFilter, full_nip: bool, today: date | None = None
) -> Iterator[PersonExport]:
    """Yield all persons of a filtered list, by name; numbers masked unless `full_nip`.

    Two statements, whatever the length.
    """
    day = today or clock.today()
    tree = unit_tree(day)
    by_id = {unit.id: unit for unit in tree}
    filters = _settled(filters, tree)
    for row in db.session.execute(_rows(_condition(scope, filters, day), day)):
        person = _person_row(row, by_id)
        yield PersonExport(
            person.person_id,
            (
                person.person_id,
                (row.nip or "") if full_nip else person.nip,
                person.full_name,
                person.opd_code,
                person.unit_code,
                person.opd_name,
                person.unit_name,
                row.employment,
                row.rank,
                person.post_name,
                person.standing,
                person.status,
            ),
        )


def list_person_ids(
    scope: Scope, *, filters: PersonFilter | None = None, today: date | None = None
) -> list[int]:
    """Return the ids of the persons in a scope, in order of id. One statement."""
    day = today or clock.today()
    return list(
        db.session.scalars(
            select(Person.id)
            .outerjoin(CurrentPlace, CurrentPlace.person_id == Person.id)
            .where(_condition(scope, filters or PersonFilter(), day))
            .order_by(Person.id)
        )
    )


@dataclass(frozen=True, slots=True)
class PersonCard:
    """The head of a person's page. `nip` is masked."""

    person_id: int
    account_id: int | None
    name: str
    full_name: str
    nip: str
    employment: str
    rank: str
    post_name: str
    unit_id: int | None
    unit_code: str
    unit_name: str
    opd_id: int | None
    opd_code: str
    opd_name: str
    email: str | None
    is_active: bool
    standing: str

    @property
    def has_left(self) -> bool:
        """Tell whether the person has no place (any more): then the page only reads."""
        return self.unit_id is None


def person_card(
    person_id: int, *, scope: Scope | None = None, today: date | None = None
) -> PersonCard:
    """Return what heads a person's page. One statement.

    Raises:
        NotFound: there is no such person, or the scope does not reach the person.
    """
    found = person_cards([person_id], scope=scope, today=today)
    if not found:
        raise NotFound(kind="person", id=person_id)
    return found[person_id]


def person_cards(
    person_ids: Collection[int], *, scope: Scope | None = None, today: date | None = None
) -> dict[int, PersonCard]:
    """Return the cards of several persons (up to a page of them); those out of reach are left out."""
    if not person_ids:
        return {}
    day = today or clock.today()
    unit, opd = aliased(Unit), aliased(Unit)
    unit_version, opd_version = aliased(UnitVersion), aliased(UnitVersion)
    reached = scope_condition(scope or Scope(everything=True), CurrentPlace.unit_id)
    query = (
        _rows(and_(Person.id.in_(person_ids), reached), day)
        .outerjoin(unit, unit.id == CurrentPlace.unit_id)
        .outerjoin(opd, opd.id == CurrentPlace.opd_id)
        .outerjoin(unit_version, and_(unit_version.unit_id == unit.id, holds(unit_version, day)))
        .outerjoin(opd_version, and_(opd_version.unit_id == opd.id, holds(opd_version, day)))
        .add_columns(
            Person.account_id,
            unit.code.label("unit_code"),
            unit_version.name.label("unit_name"),
            opd.code.label("opd_code"),
            opd_version.name.label("opd_name"),
        )
    )
    return {
        row.id: PersonCard(
            person_id=row.id,
            account_id=row.account_id,
            name=row.name,
            full_name=full_name(
                title_before=row.title_before, name=row.name, title_after=row.title_after
            ),
            nip=masked_nip(row.nip),
            employment=row.employment,
            rank=row.rank,
            post_name=row.post_name or "",
            unit_id=row.unit_id,
            unit_code=row.unit_code or "",
            unit_name=row.unit_name or "",
            opd_id=row.opd_id,
            opd_code=row.opd_code or "",
            opd_name=row.opd_name or "",
            email=row.email,
            is_active=bool(row.is_active),
            standing=row.standing or "",
        )
        for row in db.session.execute(query)
    }


def full_nip(person_id: int) -> str | None:
    """Return the number in force without spaces, or None; the caller logs the look."""
    return db.session.execute(
        select(PersonNip.nip).where(PersonNip.current_of == person_id)
    ).scalar_one_or_none()


def find_person_by_nip(nip: str) -> int | None:
    """Return the person who has or had a number."""
    return db.session.execute(
        select(PersonNip.person_id).where(PersonNip.nip == normal_nip(nip))
    ).scalar_one_or_none()


def known_nips(numbers: Collection[str]) -> set[str]:
    """Return which of the numbers (18 digits each) belong to somebody, now or before."""
    found: set[str] = set()
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found.update(db.session.scalars(select(PersonNip.nip).where(PersonNip.nip.in_(chunk))))
    return found


def known_person_ids(person_ids: Collection[int]) -> set[int]:
    """Return which of the ids are persons."""
    found: set[int] = set()
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found.update(db.session.scalars(select(Person.id).where(Person.id.in_(chunk))))
    return found


def find_person_of_account(account_id: int) -> int | None:
    """Return the person of an account."""
    return db.session.execute(
        select(Person.id).where(Person.account_id == account_id)
    ).scalar_one_or_none()


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """Return the present full names with titles of several persons. One statement."""
    if not person_ids:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.title_before, Person.name, Person.title_after).where(
            Person.id.in_(set(person_ids))
        )
    )
    return {
        row.id: full_name(title_before=row.title_before, name=row.name, title_after=row.title_after)
        for row in rows
    }


def full_name_at(name_id: int) -> str:
    """Return the full name that a row of the name history keeps.

    Raises:
        NotFound: there is no such row.
    """
    name = db.session.execute(
        select(PersonName.full_name).where(PersonName.id == name_id)
    ).scalar_one_or_none()
    if name is None:
        raise NotFound(kind="person-name", id=name_id)
    return name


def latest_name_id(person_id: int) -> int:
    """Return the newest row of a person's name history.

    Raises:
        NotFound: there is no such person.
    """
    found = db.session.execute(
        select(PersonName.id)
        .where(PersonName.person_id == person_id)
        .order_by(PersonName.recorded_at.desc(), PersonName.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(kind="person", id=person_id)
    return found


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """A placement of a person as the person's page lists it; `ends_on` is the first day after it."""

    placement_id: int
    starts_on: date
    ends_on: date | None
    unit_id: int | None
    unit_name: str
    opd_name: str
    post_name: str
    post_kind: str


def placements_of(person_id: int, today: date) -> list[PlacementRow]:
    """Return a person's placements as known now, newest first, with the names units bear today."""
    rows = db.session.execute(
        select(
            Placement.id,
            Placement.starts_on,
            Placement.unit_id,
            Placement.post_name,
            Placement.post_kind,
            Placement.supersedes_id,
        )
        .where(Placement.person_id == person_id)
        .order_by(Placement.starts_on, Placement.recorded_at, Placement.id)
    ).all()
    gone = {row.supersedes_id for row in rows}
    by_start = {row.starts_on: row for row in rows if row.id not in gone}
    units = {unit.id: unit for unit in unit_tree(today)}
    listed: list[PlacementRow] = []
    end: date | None = None
    for row in reversed(list(by_start.values())):
        unit = units.get(row.unit_id)
        opd = units.get(unit.opd_id) if unit and unit.opd_id is not None else None
        listed.append(
            PlacementRow(
                placement_id=row.id,
                starts_on=row.starts_on,
                ends_on=end,
                unit_id=row.unit_id,
                unit_name=unit.name if unit else "",
                opd_name=opd.name if opd else "",
                post_name=row.post_name,
                post_kind=row.post_kind,
            )
        )
        end = row.starts_on
    return listed


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A look at a person's data."""

    at: datetime
    account_id: int
    page: str
    purpose: str


def accesses_of(person_id: int, *, limit: int = 200) -> list[AccessRow]:
    """Return who looked at a person's data, newest first."""
    rows = db.session.execute(
        select(AccessLog.at, AccessLog.account_id, AccessLog.page, AccessLog.purpose)
        .where(AccessLog.person_id == person_id)
        .order_by(AccessLog.at.desc(), AccessLog.id.desc())
        .limit(limit)
    )
    return [AccessRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many persons an OPD has: placed there, and of them active."""

    placed: int
    active: int


def headcounts() -> dict[int, Headcount]:
    """Return the headcount of each OPD that has persons, as of the last derivation. One statement."""
    rows = db.session.execute(
        select(
            CurrentPlace.opd_id,
            func.count(),
            func.sum(case((CurrentPlace.is_active.is_(True), 1), else_=0)),
        )
        .where(CurrentPlace.opd_id.is_not(None))
        .group_by(CurrentPlace.opd_id)
    )
    return {opd_id: Headcount(placed, active) for opd_id, placed, active in rows}
