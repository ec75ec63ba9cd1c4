from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.kernel.actor import Grant, Permission, Role, Scope
from lms.kernel.errors import NotFound
from lms.people import queries, services
from lms.people.models import CurrentPlace
from lms.platform.db import db
from lms.platform.slots import Address
from tests import factories as make
from tests.conftest import NOW, counted_statements

TODAY = date(2026, 11, 21)
ALL = Scope(everything=True)


@pytest.fixture
def city(database):
    """Root, two OPD; below DISDUKCAPIL a bidang with a subbag, and an UPTD that is an OPD itself."""
    make.reference()
    root = make.unit("TIRTAMULYA", kind="pemda", group="")
    first = make.unit("DISDUKCAPIL", parent_id=root)
    bidang = make.unit("DISDUKCAPIL-02", kind="bidang", parent_id=first, group="")
    subbag = make.unit("DISDUKCAPIL-03", kind="subbag", parent_id=bidang, group="")
    inner = make.unit("RSUD", parent_id=first, group="rsud")
    second = make.unit("SETDA", parent_id=root, group="sekretariat")
    return {
        "root": root,
        "first": first,
        "bidang": bidang,
        "subbag": subbag,
        "inner": inner,
        "second": second,
    }


def only(*unit_ids):
    return Scope(unit_ids=frozenset(unit_ids))


def names(scope, **filters):
    page = queries.list_persons(scope, filters=queries.PersonFilter(**filters))
    return [row.full_name for row in page.rows]


# --- who is behind an account


def test_roles_come_from_grants_and_headships_in_one_statement(city):
    account_id = make.account()
    person_id = make.person(unit_id=city["bidang"], account_id=account_id)
    make.head(city["first"], person_id, "plt")
    make.head(city["bidang"], person_id)
    make.role(account_id, "admin-opd", city["first"])
    make.role(account_id, "bkpsdm")
    db.session.flush()
    with counted_statements() as seen:
        behind = queries.person_behind(account_id)
    assert len(seen) == 1
    assert (behind.person_id, behind.display_name) == (person_id, "Ratri Sekarwangi")
    assert set(behind.grants) == {
        Grant(Role.ASN),
        Grant(Role.KEPALA_OPD, city["first"]),
        Grant(Role.ATASAN, city["bidang"]),
        Grant(Role.ADMIN_OPD, city["first"]),
        Grant(Role.BKPSDM),
    }


def test_an_account_without_a_person_has_its_granted_roles_only(city):
    account_id = make.account("pimpinan", "Wali Kota")
    make.role(account_id, "pimpinan")
    behind = queries.person_behind(account_id)
    assert (behind.person_id, behind.display_name) == (None, "Wali Kota")
    assert behind.grants == (Grant(Role.PIMPINAN),)
    assert queries.person_behind(999_999) is None


def test_roles_hold_from_their_first_day_to_the_day_before_their_end(city, frozen):
    account_id = make.account()
    person_id = make.person(account_id=account_id)
    tomorrow = TODAY + timedelta(days=1)
    make.role(account_id, "bkpsdm", starts_on=tomorrow)
    make.role(account_id, "auditor", ends_on=tomorrow)
    make.head(city["first"], person_id, "plh", starts_on=TODAY, ends_on=tomorrow)

    def roles():
        return {grant.role for grant in queries.person_behind(account_id).grants}

    assert roles() == {Role.ASN, Role.AUDITOR, Role.KEPALA_OPD}
    frozen(NOW + timedelta(days=1))
    assert roles() == {Role.ASN, Role.BKPSDM}


def test_the_role_of_a_head_follows_the_kind_the_unit_has_today(city):
    account_id = make.account()
    make.head(city["bidang"], make.person(account_id=account_id))
    services.change_unit(unit_id=city["bidang"], kind="opd", starts_on=TODAY, now=NOW)
    assert Grant(Role.KEPALA_OPD, city["bidang"]) in queries.person_behind(account_id).grants


def test_an_account_is_found_by_present_and_former_numbers(city):
    account_id = make.account()
    make.person(account_id=account_id, nip="199001152025222007", former_nip="199001152023212007")
    for typed in ("199001152025222007", "19900115 202321 2007"):
        assert queries.account_id_by_number(typed) == account_id
    assert queries.account_id_by_number("199001152015031000") is None


def test_messages_go_to_the_accounts_address_then_to_the_persons(city):
    account_id = make.account(email="akun@contoh.go.id")
    person_id = make.person(account_id=account_id, email="Dinas@contoh.go.id", title_after="S.AP.")
    other = make.person(name="Jaka", email="jaka@contoh.go.id")
    name = "Ratri Sekarwangi, S.AP."
    assert queries.address_of(person_id, None) == Address(name, "akun@contoh.go.id", "id")
    assert queries.address_of(None, account_id) == Address(name, "akun@contoh.go.id", "id")
    assert queries.address_of(other, None) == Address("Jaka", "jaka@contoh.go.id", "id")
    lone = make.account("pimpinan", "Wali Kota")
    assert queries.address_of(None, lone) == Address("Wali Kota", None, "id")
    assert queries.address_of(999_999, None) is None
    assert queries.address_of(None, None) is None


# --- the tree and scope


def test_tree_names_the_opd_in_which_persons_count(city):
    db.session.flush()
    with counted_statements() as seen:
        tree = {row.code: row for row in queries.unit_tree(TODAY)}
    assert len(seen) == 1
    assert tree["TIRTAMULYA"].opd_id is None
    assert tree["DISDUKCAPIL-03"].opd_id == city["first"]
    assert tree["RSUD"].opd_id == city["inner"]
    assert queries.unit_tree(date(2019, 12, 31)) == []


def test_opd_come_in_the_order_of_reports(city):
    assert [unit.code for unit in queries.opd_list(TODAY)] == ["SETDA", "DISDUKCAPIL", "RSUD"]


def test_a_unit_is_found_whatever_the_case(city):
    assert queries.find_unit("disdukcapil-02").id == city["bidang"]
    assert queries.find_unit("TIDAK-ADA") is None
    with pytest.raises(NotFound):
        queries.unit(999_999)


def test_scope_reaches_the_subtree_of_today(city):
    make.person(name="Arga", unit_id=city["first"])
    make.person(name="Bayu", unit_id=city["subbag"])
    make.person(name="Citra", unit_id=city["inner"])
    make.person(name="Damar", unit_id=city["second"])
    assert names(only(city["first"])) == ["Arga", "Bayu", "Citra"]
    assert names(only(city["bidang"])) == ["Bayu"]
    assert names(only(city["bidang"], city["second"])) == ["Bayu", "Damar"]
    assert names(only(city["root"])) == names(ALL)
    assert names(Scope()) == []
    services.change_unit(
        unit_id=city["bidang"],
        parent_id=city["second"],
        starts_on=TODAY + timedelta(days=1),
        now=NOW,
    )
    assert names(only(city["second"])) == ["Damar"]


def test_a_ring_of_units_does_not_hang_a_scope(city):
    from lms.people.models import UnitVersion

    db.session.add(
        UnitVersion(
            unit_id=city["bidang"],
            parent_id=city["subbag"],
            name="x",
            kind="bidang",
            group="",
            is_open=True,
            starts_on=TODAY,
            recorded_at=NOW,
        )
    )
    make.person(unit_id=city["subbag"])
    assert names(only(city["bidang"])) == ["Ratri Sekarwangi"]
    assert queries.superior_of(make.person(name="Lain", unit_id=city["subbag"]), TODAY) is None


# --- lists


@pytest.fixture
def staff(city):
    rows = [
        ("Ratri Sekarwangi", "bidang", "199001152015032007"),
        ("Sekar Pertiwi", "inner", "199502022021212021"),
        ("Jaka Tirtanata", "first", "198003032005011003"),
        ("Réna 100%", "second", "198104042006042021"),
    ]
    ids = {name: make.person(name, city[unit], nip) for name, unit, nip in rows}
    services.set_standing(
        person_id=ids["Jaka Tirtanata"], code="03", starts_on=date(2026, 1, 1), now=NOW
    )
    services.place_person(
        person_id=ids["Réna 100%"], unit_id=None, starts_on=date(2026, 2, 1), now=NOW
    )
    return ids


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Jaka Tirtanata", "Ratri Sekarwangi", "Réna 100%", "Sekar Pertiwi"]),
        ({"q": "sekar"}, ["Ratri Sekarwangi", "Sekar Pertiwi"]),
        ({"q": "SEKAR ratri"}, ["Ratri Sekarwangi"]),
        ({"q": "rena"}, ["Réna 100%"]),
        ({"q": "100%"}, ["Réna 100%"]),
        ({"q": "%"}, ["Réna 100%"]),
        ({"q": "_"}, []),
        ({"q": "021"}, ["Réna 100%", "Sekar Pertiwi"]),
        ({"q": "021 sekar"}, ["Sekar Pertiwi"]),
        ({"q": "19900115 201503 2 007"}, ["Ratri Sekarwangi"]),
        ({"q": "21"}, []),
        ({"opd": "disdukcapil"}, ["Jaka Tirtanata", "Ratri Sekarwangi"]),
        ({"opd": "RSUD"}, ["Sekar Pertiwi"]),
        ({"opd": "TIDAK-ADA"}, []),
        ({"unit": "DISDUKCAPIL-02"}, ["Ratri Sekarwangi"]),
        ({"unit": "DISDUKCAPIL"}, ["Jaka Tirtanata", "Ratri Sekarwangi", "Sekar Pertiwi"]),
        ({"status": "aktif"}, ["Ratri Sekarwangi", "Sekar Pertiwi"]),
        ({"status": "tidak-aktif"}, ["Jaka Tirtanata"]),
        ({"status": "keluar"}, ["Réna 100%"]),
    ],
)
def test_persons_are_narrowed(staff, filters, found):
    assert names(ALL, **filters) == found


def test_a_former_number_finds_a_person_in_the_list(staff):
    services.assign_nip(
        person_id=staff["Sekar Pertiwi"], nip="199502022025222088", starts_on=TODAY, now=NOW
    )
    assert names(ALL, q="2021 21") == ["Sekar Pertiwi"]


def test_a_list_takes_three_statements_whatever_its_length(staff, city):
    services.add_persons(
        rows=[
            services.NewPerson(
                name=f"Warga {number:03d}",
                unit_id=city["bidang"],
                standing="01",
                starts_on=date(2024, 1, 1),
            )
            for number in range(120)
        ],
        now=NOW,
    )
    scope = only(city["root"])
    filters = queries.PersonFilter(opd="DISDUKCAPIL", q="warga")
    db.session.flush()
    with counted_statements() as seen:
        listing = queries.person_listing(scope, filters=filters, page=3)
    assert len(seen) == 3
    page = listing.page
    assert (page.total, page.pages, page.number) == (120, 3, 3)
    assert [row.full_name for row in page.rows] == [f"Warga {n:03d}" for n in range(100, 120)]
    db.session.flush()
    with counted_statements() as seen:
        rows = list(queries.iter_person_rows(scope, filters=filters, full_nip=False))
    assert len(seen) == 2
    assert len(rows) == 120


def test_a_page_beyond_the_end_is_the_last_one(staff):
    assert queries.list_persons(ALL, page=9).number == 1


def test_a_row_masks_the_number_and_names_post_unit_and_opd(staff):
    [row] = queries.list_persons(ALL, filters=queries.PersonFilter(q="ratri")).rows
    assert row == queries.PersonRow(
        person_id=staff["Ratri Sekarwangi"],
        full_name="Ratri Sekarwangi",
        nip="··· 007",
        post_name="Pengolah Data dan Informasi",
        unit_code="DISDUKCAPIL-02",
        unit_name="Unit DISDUKCAPIL-02",
        opd_code="DISDUKCAPIL",
        opd_name="Unit DISDUKCAPIL",
        status="aktif",
        standing="Aktif",
    )


def test_a_listing_offers_only_what_is_in_reach(staff, city):
    listing = queries.person_listing(only(city["bidang"]), filters=queries.PersonFilter())
    assert [unit.code for unit in listing.opds] == ["DISDUKCAPIL"]
    assert [unit.code for unit in listing.units] == ["DISDUKCAPIL-02", "DISDUKCAPIL-03"]
    everything = queries.person_listing(ALL, filters=queries.PersonFilter())
    assert [unit.code for unit in everything.opds] == ["SETDA", "DISDUKCAPIL", "RSUD"]
    assert everything.units == ()


def test_a_unit_of_another_opd_no_longer_narrows(staff):
    filters = queries.PersonFilter(opd="RSUD", unit="DISDUKCAPIL-02")
    listing = queries.person_listing(ALL, filters=filters)
    assert [row.full_name for row in listing.page.rows] == ["Sekar Pertiwi"]
    assert listing.filters.unit == ""
    rows = queries.iter_person_rows(ALL, filters=filters, full_nip=True)
    assert [row.cells[1] for row in rows] == ["199502022021212021"]


def test_ids_of_a_scope_come_in_order(staff, city):
    active = queries.PersonFilter(status="aktif")
    assert queries.list_person_ids(only(city["first"]), filters=active) == sorted(
        [staff["Ratri Sekarwangi"], staff["Sekar Pertiwi"]]
    )


def test_headcount_tells_placed_from_active(staff, city):
    db.session.flush()
    with counted_statements() as seen:
        counts = queries.headcounts()
    assert len(seen) == 1
    assert counts == {
        city["first"]: queries.Headcount(placed=2, active=1),
        city["inner"]: queries.Headcount(placed=1, active=1),
    }


# --- one person


def test_a_card_is_one_statement_and_minds_the_scope(staff, city):
    person_id = staff["Ratri Sekarwangi"]
    db.session.flush()
    with counted_statements() as seen:
        card = queries.person_card(person_id, scope=only(city["first"]))
    assert len(seen) == 1
    assert (card.unit_code, card.unit_name) == ("DISDUKCAPIL-02", "Unit DISDUKCAPIL-02")
    assert (card.opd_code, card.opd_id, card.is_active) == ("DISDUKCAPIL", city["first"], True)
    assert (card.nip, card.rank, card.employment) == ("··· 007", "III/b", "PNS")
    for unknown, scope in ((person_id, only(city["second"])), (person_id, Scope()), (999_999, ALL)):
        with pytest.raises(NotFound):
            queries.person_card(unknown, scope=scope)


def test_somebody_who_left_is_reached_from_everywhere_only(staff, city):
    left = staff["Réna 100%"]
    assert queries.person_card(left, scope=ALL).has_left
    with pytest.raises(NotFound):
        queries.person_card(left, scope=only(city["root"]))


def test_names_of_nobody_asks_nothing(database):
    db.session.flush()
    with counted_statements() as seen:
        assert queries.names_of([]) == {}
        assert queries.person_cards([]) == {}
    assert seen == []
    for ask in (queries.full_name_at, queries.latest_name_id):
        with pytest.raises(NotFound):
            ask(999_999)
    assert queries.full_nip(999_999) is None
    assert queries.find_person_of_account(999_999) is None


def test_superior_is_found_upwards_in_one_statement(city):
    boss = make.person(name="Kepala", unit_id=city["first"])
    chief = make.person(name="Kabid", unit_id=city["bidang"])
    clerk = make.person(name="Staf", unit_id=city["subbag"])
    make.head(city["first"], boss)
    make.head(city["bidang"], chief)
    db.session.flush()
    with counted_statements() as seen:
        assert queries.superior_of(clerk, TODAY) == chief
    assert len(seen) == 1
    assert queries.superior_of(chief, TODAY) == boss
    assert queries.superior_of(boss, TODAY) is None
    assert queries.superior_of(make.person(name="Luar", standing=""), TODAY) is None


# --- facts


def test_facts_are_raw_rows_in_three_statements(city):
    person_id = make.person(unit_id=city["bidang"])
    moved = services.place_person(
        person_id=person_id,
        unit_id=city["second"],
        post_kind="2",
        starts_on=date(2026, 3, 1),
        now=NOW,
    )
    bystander = make.person(name="Lain")
    db.session.flush()
    with counted_statements() as seen:
        facts = queries.person_facts([person_id, bystander])
    assert len(seen) == 3
    assert [(row.value, row.starts_on) for row in facts[person_id].placements] == [
        (city["bidang"], date(2024, 1, 1)),
        (city["second"], date(2026, 3, 1)),
    ]
    assert facts[person_id].placements[1].id == moved
    assert [row.value for row in facts[person_id].standings] == [True]
    assert {tag.tag for tag in facts[person_id].tags} == {"jenis-jabatan:4", "jenis-jabatan:2"}
    assert facts[bystander].placements == ()
    assert queries.person_facts(None).keys() == {person_id, bystander}
    assert queries.person_facts([]) == {}


def test_lists_agree_with_the_facts_after_any_history(city):
    person_id = make.person(unit_id=city["bidang"])
    for day, unit in ((3, "second"), (1, "inner"), (2, None), (1, "first")):
        services.place_person(
            person_id=person_id,
            unit_id=city[unit] if unit else None,
            starts_on=date(2026, day, 1),
            now=NOW + timedelta(seconds=day + (unit == "first")),
        )
    kept = queries.current_places(None)
    db.session.execute(sa.delete(CurrentPlace))
    services.refresh_current_places(person_ids=None, today=TODAY)
    assert queries.current_places(None) == kept
    assert kept[person_id].unit_id == city["second"]
    assert [row.unit_id for row in queries.placements_of(person_id, TODAY)] == [
        city["second"],
        None,
        city["first"],
        city["bidang"],
    ]


def test_every_role_that_sees_persons_is_covered_by_scope():
    holders = {role for role in Role if Permission.PERSON_VIEW in _permissions(role)}
    assert holders == {Role.ATASAN, Role.KEPALA_OPD, Role.ADMIN_OPD, Role.BKPSDM}


def _permissions(role):
    from lms.kernel.actor import PERMISSIONS_OF

    return PERMISSIONS_OF[role]
