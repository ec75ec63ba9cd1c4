"""The demo government, as the contract with the outside describes it."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from lms.app.demo import plan
from lms.app.demo.plan import make_plan
from lms.app.demo.roster import ACCOUNTS, seed_roster
from lms.kernel.actor import Grant, Role, Scope
from lms.people import queries, services
from lms.people.rules import parse_nip
from lms.platform import clock
from lms.platform.db import db
from lms.platform.slots import slots
from tests.conftest import NOW, empty_tables

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def seed(app):
    """One seeding for all tests that only look; nobody above hears of it."""
    clock.freeze(NOW)
    heard, slots.subscribers = slots.subscribers, {}
    with app.app_context():
        yield seed_roster(today=TODAY, people=None, password_hash="hash")
        db.session.rollback()
        empty_tables()
    slots.subscribers = heard


def test_the_plan_is_the_same_each_time():
    assert make_plan(today=TODAY) == make_plan(today=TODAY)


def test_names_and_numbers_are_not_shared():
    persons = make_plan(today=TODAY).persons
    for part in ("name", "nip"):
        values = [getattr(person, part) for person in persons]
        assert len(values) == len(set(values))
    mails = [person.email for person in persons if person.email]
    assert len(mails) == len(set(mails))
    assert all(mail.endswith(".contoh.go.id") for mail in mails)


def test_every_number_is_sound_and_of_its_kind():
    for person in make_plan(today=TODAY).persons:
        reading = parse_nip(person.nip, today=TODAY)
        assert reading.warnings == ()
        assert (reading.employment, reading.sex) == (person.employment, person.sex)
        assert person.starts_on <= date(2025, 11, 21)


@pytest.mark.parametrize("people", [60, 200, 1213, 2500])
def test_a_wish_for_persons_is_met(people):
    made = make_plan(today=TODAY, people=people)
    staff = len(made.persons) - len(made.leavers)
    assert staff == max(people, 130)
    assert {person.account for person in made.persons if person.account} == {
        named.account for named in plan.NAMED
    }


def test_sizes_and_kinds_are_as_promised(seed):
    with plan.OPD_FILE.open(encoding="utf-8", newline="") as file:
        plain = {row["kode"]: min(60, int(row["jumlah_asn"])) for row in csv.DictReader(file)}
    counts = queries.headcounts()
    opds = {unit.code: unit for unit in queries.opd_list(TODAY)}
    assert len(opds) == 35
    assert not {"DPMK", "DISPERTANAHAN"} & opds.keys()
    assert {
        code: counts[unit.id].placed if unit.id in counts else 0 for code, unit in opds.items()
    } == plain
    assert plain["DISPANGAN"] == 0
    assert counts[opds["KESBANG"].id].active == 4
    assert all(9 <= plain[f"KEC-0{number}"] <= 12 for number in range(1, 8))
    rows = list(
        queries.iter_person_rows(
            Scope(everything=True), filters=queries.PersonFilter(), full_nip=False
        )
    )
    kinds = [row.cells[7] for row in rows]
    assert 0.17 < kinds.count("PPPK") / len(kinds) < 0.24
    statuses = [row.cells[11] for row in rows]
    assert statuses.count("tidak-aktif") > 10
    assert statuses.count("keluar") > 5
    facts = queries.person_facts(None)
    tags = {tag.tag for fact in facts.values() for tag in fact.tags}
    assert {tag for tag in tags if tag.startswith("jenis-jabatan")} == {
        "jenis-jabatan:1",
        "jenis-jabatan:2",
        "jenis-jabatan:4",
    }
    assert len([tag for tag in tags if tag.startswith("sdm-tik")]) == 6


def test_accounts_have_their_roles_and_places(seed):
    assert tuple(seed.accounts) == ACCOUNTS

    def grants(name):
        return set(queries.person_behind(seed.accounts[name]).grants)

    units = seed.units
    assert grants("kepala") == {Grant(Role.ASN), Grant(Role.KEPALA_OPD, units["DISKOMINFO"])}
    assert grants("adminopd") == {Grant(Role.ASN), Grant(Role.ADMIN_OPD, units["DISDUKCAPIL"])}
    assert grants("asn") == grants("asn2") == {Grant(Role.ASN)}
    assert grants("bkpsdm") == {Grant(Role.ASN), Grant(Role.BKPSDM)}
    assert grants("pimpinan") == {Grant(Role.PIMPINAN)}
    assert {grant.role for grant in grants("atasan")} == {Role.ASN, Role.ATASAN}
    cards = {name: queries.person_card(person) for name, person in seed.persons.items()}
    assert {name: cards[name].opd_code for name in ("asn", "asn2", "atasan", "kepala")} == {
        "asn": "DISDUKCAPIL",
        "asn2": "DISKOMINFO",
        "atasan": "DISDUKCAPIL",
        "kepala": "DISKOMINFO",
    }
    assert queries.superior_of(seed.persons["asn"], TODAY) == seed.persons["atasan"]
    assert queries.superior_of(seed.persons["asn2"], TODAY) is not None
    assert cards["asesor"].has_left
    assert (cards["asn"].employment, cards["asn2"].employment) == ("PNS", "PPPK")
    assert (
        queries.account_id_by_number(queries.full_nip(seed.persons["asn"]))
        == (seed.accounts["asn"])
    )


def test_an_opd_has_a_head_for_the_time_being_here_and_there(seed):
    kinds = {
        unit.code: [head.kind for head in queries.heads_of(unit.id, TODAY)]
        for unit in queries.opd_list(TODAY)
    }
    assert kinds["DISPANGAN"] == kinds["DISPERKIM"] == ["plt"]
    assert kinds["BPBD"] == ["definitif", "plh"]
    assert all(kinds.values())


def test_the_past_is_dated_back(seed):
    facts = queries.person_facts(seed.person_ids)
    first = [rows.placements[0] for rows in facts.values()]
    assert len(seed.person_ids) == 1213
    assert {row.recorded_at for row in first} == {seed.loaded_at}
    assert clock.local_date(seed.loaded_at) == date(2025, 9, 22)
    assert any(len(rows.placements) > 1 for rows in facts.values())
    assert services.refresh_current_places(person_ids=None, today=TODAY) == 0
