"""Seeding units, persons, headships, roles and accounts of the demo government.

Everything goes through the services. Facts are dated back: the staff list was first loaded
`plan.LOADED_BEFORE` ago, moves and leavings were recorded on their day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from lms.app.demo.plan import NAMED, Plan, PlannedPerson, make_plan
from lms.kernel.actor import Role
from lms.kernel.dates import add_months
from lms.people import services
from lms.platform import clock
from lms.platform.access import services as access

_ROLES: Final = {
    "admin": Role.ADMIN,
    "admin2": Role.ADMIN,
    "bkpsdm": Role.BKPSDM,
    "bkpsdm2": Role.BKPSDM,
    "verifikator": Role.VERIFIKATOR,
    "pengajar": Role.PENGAJAR,
    "pengajar2": Role.PENGAJAR,
    "adminopd": Role.ADMIN_OPD,
    "asesor": Role.ASESOR,
    "auditor": Role.AUDITOR,
    "pimpinan": Role.PIMPINAN,
}
_SCOPES: Final = {"adminopd": "DISDUKCAPIL"}
"""Where a role reaches; everywhere else it is the whole government."""
_MAYOR: Final = "Wali Kota Tirtamulya"
_ASSESSOR: Final = ("Tirta Wening", "S.Kom., M.T.I.")
ACCOUNTS: Final = (
    "admin",
    "admin2",
    "bkpsdm",
    "bkpsdm2",
    "verifikator",
    "pengajar",
    "pengajar2",
    "kepala",
    "atasan",
    "adminopd",
    "asesor",
    "auditor",
    "pimpinan",
    "asn",
    "asn2",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSeed:
    """What was seeded, for those who add learning history.

    `loaded_at` is the moment at which the staff list counts as first recorded; nothing older is
    known to the platform.
    """

    accounts: dict[str, int]
    """Account name -> account id."""
    persons: dict[str, int]
    """Account name -> person id; `pimpinan` has none."""
    units: dict[str, int]
    """Code -> unit id, sub-units included."""
    person_ids: tuple[int, ...]
    """The staff list in its order, without the outside assessor and those who left."""
    persons_of: dict[str, tuple[int, ...]]
    """Code of the OPD -> its persons, as placed on the first day."""
    loaded_at: datetime


def seed_roster(*, today: date, people: int | None, password_hash: str) -> RosterSeed:
    """Make the demo government in an empty database; `people` None gives the plain 1,200.

    Accounts share `password_hash`. The same day gives the same government.
    """
    plan = make_plan(today=today, people=people)
    seeding = _Seeding(plan=plan, today=today)
    return seeding.run(password_hash)


class _Seeding:
    def __init__(self, *, plan: Plan, today: date) -> None:
        self.plan, self.today, self.now = plan, today, clock.now()
        loaded_on = today - timedelta(days=425)
        self.loaded_at = clock.start_of_day(loaded_on) + timedelta(hours=9)
        self.began_on = add_months(today, -12 * 12).replace(month=1, day=1)

    def run(self, password_hash: str) -> RosterSeed:
        services.load_reference(now=self.now)
        units = self._units()
        accounts = self._accounts(password_hash)
        ids = self._persons(units, accounts)
        assessor = services.add_person(
            person=services.NewPerson(
                name=_ASSESSOR[0], title_after=_ASSESSOR[1], account_id=accounts["asesor"]
            ),
            now=self.now,
            recorded_at=self.loaded_at,
        )
        self._earlier_place(units, ids)
        self._heads(units, ids)
        self._roles(units, accounts)
        self._register(ids)
        self._past_year(units, ids)
        gone = {number for number, _ in self.plan.leavers}
        staff = [
            (person_id, person)
            for number, (person_id, person) in enumerate(zip(ids, self.plan.persons, strict=True))
            if number not in gone
        ]
        persons_of: dict[str, list[int]] = {}
        for person_id, person in staff:
            persons_of.setdefault(person.opd, []).append(person_id)
        return RosterSeed(
            accounts=accounts,
            persons={
                **{person.account: person_id for person_id, person in staff if person.account},
                "asesor": assessor,
            },
            units=units,
            person_ids=tuple(person_id for person_id, _ in staff),
            persons_of={code: tuple(found) for code, found in persons_of.items()},
            loaded_at=self.loaded_at,
        )

    def _units(self) -> dict[str, int]:
        units: dict[str, int] = {}
        for unit in self.plan.units:
            units[unit.code] = services.create_unit(
                code=unit.code,
                name=unit.name,
                kind=unit.kind,
                group=unit.group,
                parent_id=None if unit.parent is None else units[unit.parent],
                starts_on=self.began_on,
                now=self.now,
                recorded_at=self.loaded_at,
            )
        return units

    def _accounts(self, password_hash: str) -> dict[str, int]:
        by_account = {person.account: person for person in self.plan.persons if person.account}
        names = {
            **{named.account: named.name for named in NAMED},
            "asesor": _ASSESSOR[0],
            "pimpinan": _MAYOR,
        }
        return {
            account: access.create_account(
                name=account,
                display_name=names[account],
                email=by_account[account].email if account in by_account else None,
                is_demo=True,
                password_hash=password_hash,
            )
            for account in ACCOUNTS
        }

    def _persons(self, units: dict[str, int], accounts: dict[str, int]) -> list[int]:
        def new(person: PlannedPerson) -> services.NewPerson:
            return services.NewPerson(
                name=person.name,
                title_before=person.title_before,
                title_after=person.title_after,
                email=person.email,
                employment=person.employment,
                rank=person.rank,
                nip=person.nip,
                former_nip=person.former_nip,
                account_id=accounts.get(person.account),
                unit_id=units[person.unit],
                post_kind=person.post_kind,
                post_name=person.post_name,
                standing="01",
                starts_on=person.starts_on,
            )

        return services.add_persons(
            rows=[new(person) for person in self.plan.persons],
            now=self.now,
            recorded_at=self.loaded_at,
        )

    def _earlier_place(self, units: dict[str, int], ids: list[int]) -> None:
        """Give the learner of the demo a place before the present one, as her page shows it."""
        number = next(n for n, person in enumerate(self.plan.persons) if person.account == "asn")
        before = add_months(self.plan.persons[number].starts_on, -40)
        services.place_person(
            person_id=ids[number],
            unit_id=units["KEC-01"],
            post_kind="4",
            post_name="Pengadministrasi Perkantoran",
            starts_on=max(before, self.began_on),
            now=self.now,
            recorded_at=self.loaded_at,
        )

    def _heads(self, units: dict[str, int], ids: list[int]) -> None:
        for person_id, person in zip(ids, self.plan.persons, strict=True):
            if person.leads:
                services.appoint_head(
                    unit_id=units[person.leads],
                    person_id=person_id,
                    kind="definitif",
                    starts_on=person.starts_on,
                    now=self.now,
                    recorded_at=self.loaded_at,
                )
        for number, code in self.plan.plt:
            services.appoint_head(
                unit_id=units[code],
                person_id=ids[number],
                kind="plt",
                starts_on=self.today - timedelta(days=430),
                now=self.now,
                recorded_at=self.loaded_at,
            )
        deputy = next(
            (n for n, person in enumerate(self.plan.persons) if person.leads == "BPBD-01"), None
        )
        if deputy is not None:
            services.appoint_head(
                unit_id=units["BPBD"],
                person_id=ids[deputy],
                kind="plh",
                starts_on=self.today - timedelta(days=3),
                ends_on=self.today + timedelta(days=11),
                now=self.now,
            )

    def _roles(self, units: dict[str, int], accounts: dict[str, int]) -> None:
        for account, role in _ROLES.items():
            services.grant_role(
                account_id=accounts[account],
                role=role,
                unit_id=units[_SCOPES[account]] if account in _SCOPES else None,
                starts_on=clock.local_date(self.loaded_at),
                reason="Penyiapan data contoh",
                granted_by=None,
                now=self.now,
                recorded_at=self.loaded_at,
            )

    def _register(self, ids: list[int]) -> None:
        starts_on = clock.local_date(self.loaded_at)
        rows = [
            services.NewIctAssignment(
                person_id=person_id,
                field=person.ict_field,
                basis=person.ict_basis,
                letter_number=(
                    f"800/{number:03d}/SK/{starts_on.year}"
                    if person.ict_basis == "penugasan"
                    else ""
                ),
                letter_date=starts_on if person.ict_basis == "penugasan" else None,
                starts_on=starts_on,
            )
            for number, (person_id, person) in enumerate(
                zip(ids, self.plan.persons, strict=True), 1
            )
            if person.ict_field
        ]
        services.add_ict_assignments(rows=rows, now=self.now, recorded_at=self.loaded_at)

    def _past_year(self, units: dict[str, int], ids: list[int]) -> None:
        persons = self.plan.persons
        for one, other, day in self.plan.swaps:
            services.place_persons(
                rows=[
                    services.NewPlacement(
                        person_id=ids[mover],
                        unit_id=units[persons[place].unit],
                        post_kind=persons[mover].post_kind,
                        post_name=persons[mover].post_name,
                        starts_on=day,
                    )
                    for mover, place in ((one, other), (other, one))
                ],
                now=self.now,
                recorded_at=self._on(day),
            )
        for number, code, day in self.plan.standings:
            services.set_standing(
                person_id=ids[number],
                code=code,
                starts_on=day,
                now=self.now,
                recorded_at=self._on(day),
            )
        for number, day in self.plan.leavers:
            services.set_standing(
                person_id=ids[number],
                code="99",
                starts_on=day,
                now=self.now,
                recorded_at=self._on(day),
            )
            services.place_person(
                person_id=ids[number],
                unit_id=None,
                starts_on=day,
                now=self.now,
                recorded_at=self._on(day),
            )

    def _on(self, day: date) -> datetime:
        """Return the moment in the morning of a day at which its facts were recorded."""
        return clock.start_of_day(day) + timedelta(hours=9)
