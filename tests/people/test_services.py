from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.kernel.actor import Role, Scope
from lms.kernel.errors import NotFound
from lms.people import jobs, queries, services
from lms.people.errors import (
    FactAlreadyCorrected,
    FactAlreadyRecorded,
    NipMalformed,
    NipTaken,
    OwnRole,
    PersonHasAccount,
    RoleFollowsByItself,
    UnitClosed,
    UnitCodeTaken,
    UnitHasPersons,
    UnitWouldContainItself,
    UnknownCode,
)
from lms.people.events import PersonFactsChanged, UnitChanged
from lms.people.models import AccessLog, Headship, LegalStanding, PersonNip, Placement
from lms.platform.db import db
from lms.platform.models import AuditRow
from lms.platform.slots import slots
from tests import factories as make
from tests.conftest import NOW, counted_statements

TODAY = date(2026, 11, 21)
NIP = "199001152015032007"


@pytest.fixture
def published(monkeypatch):
    """The events of people, in order, heard by nobody else."""
    heard = []
    monkeypatch.setattr(
        slots,
        "subscribers",
        {PersonFactsChanged: (heard.append,), UnitChanged: (heard.append,)},
    )
    return heard


@pytest.fixture
def city(database, published):
    """A small government: root, two OPD, a bidang below the first."""
    make.reference()
    root = make.unit("TIRTAMULYA", kind="pemda", group="")
    first = make.unit("DISDUKCAPIL", parent_id=root)
    bidang = make.unit("DISDUKCAPIL-02", kind="bidang", parent_id=first, group="")
    second = make.unit("DISKOMINFO", parent_id=root)
    published.clear()
    return {"root": root, "first": first, "bidang": bidang, "second": second}


def place_of(person_id):
    return queries.current_places([person_id])[person_id]


# --- reference


def test_reference_is_loaded_once_and_keeps_the_offices_decision(database):
    assert services.load_reference(now=NOW) == 31
    db.session.execute(
        sa.update(LegalStanding).where(LegalStanding.code == "03").values(counts_as_active=True)
    )
    assert services.load_reference(now=NOW) == 0
    db.session.execute(
        sa.update(LegalStanding).where(LegalStanding.code == "03").values(name="Tubel")
    )
    assert services.load_reference(now=NOW) == 1
    row = db.session.execute(
        sa.select(LegalStanding.name, LegalStanding.counts_as_active).where(
            LegalStanding.code == "03"
        )
    ).one()
    assert tuple(row) == ("Tugas Belajar", True)


# --- units


def test_unit_code_is_kept_in_upper_case_and_is_unique(city):
    services.create_unit(code=" dinkes ", name="Dinas  Kesehatan", kind="opd",
                         starts_on=TODAY, now=NOW)  # fmt: skip
    found = queries.find_unit("Dinkes")
    assert (found.code, found.name, found.opd_id) == ("DINKES", "Dinas Kesehatan", found.id)
    with pytest.raises(UnitCodeTaken):
        make.unit("dinkes")


def test_a_changed_unit_keeps_its_past(city, published):
    services.change_unit(
        unit_id=city["first"], name="Dinas Baru", starts_on=date(2026, 6, 1), now=NOW
    )
    assert queries.unit(city["first"], as_of=date(2026, 5, 31)).name == "Unit DISDUKCAPIL"
    assert queries.unit(city["first"], as_of=date(2026, 6, 1)).name == "Dinas Baru"
    tree = {row.id: row for row in queries.unit_tree(TODAY, known_at=NOW - timedelta(days=1))}
    assert tree == {}
    assert published == [UnitChanged(city["first"])]


def test_of_two_versions_with_the_same_start_the_one_recorded_last_holds(city):
    later = NOW + timedelta(seconds=1)
    services.change_unit(unit_id=city["first"], name="Salah", starts_on=TODAY, now=NOW)
    services.change_unit(unit_id=city["first"], name="Benar", starts_on=TODAY, now=later)
    assert queries.unit(city["first"], as_of=TODAY).name == "Benar"
    known = {row.id: row for row in queries.unit_tree(TODAY, known_at=NOW)}
    assert known[city["first"]].name == "Salah"


def test_a_bidang_that_moves_takes_its_persons_to_the_other_opd(city):
    person_id = make.person(unit_id=city["bidang"])
    assert place_of(person_id).opd_id == city["first"]
    services.change_unit(unit_id=city["bidang"], parent_id=city["second"], starts_on=TODAY, now=NOW)
    assert place_of(person_id).opd_id == city["second"]


def test_a_unit_cannot_be_put_inside_itself(city):
    with pytest.raises(UnitWouldContainItself):
        services.change_unit(
            unit_id=city["first"], parent_id=city["bidang"], starts_on=TODAY, now=NOW
        )
    with pytest.raises(NotFound):
        services.change_unit(unit_id=999_999, name="x", starts_on=TODAY, now=NOW)


def test_a_unit_with_persons_cannot_be_closed(city):
    make.person(unit_id=city["bidang"])
    with pytest.raises(UnitHasPersons) as refused:
        services.change_unit(unit_id=city["first"], is_open=False, starts_on=TODAY, now=NOW)
    assert refused.value.facts == {"count": 1}
    services.change_unit(unit_id=city["second"], is_open=False, starts_on=TODAY, now=NOW)
    assert [unit.code for unit in queries.opd_list(TODAY)] == ["DISDUKCAPIL"]
    person_id = make.person(name="Bayu")
    with pytest.raises(UnitClosed):
        services.place_person(person_id=person_id, unit_id=city["second"], starts_on=TODAY, now=NOW)


# --- persons


def test_persons_are_added_in_bulk_in_their_order(city, published):
    rows = [
        services.NewPerson(
            name=f"Pegawai {number}",
            title_after="S.Kom.",
            unit_id=city["bidang"] if number % 2 else city["second"],
            standing="01",
            nip=f"19900115201503{1 + number % 2}{number:03d}",
            starts_on=date(2024, 1, 1),
        )
        for number in range(1, 121)
    ]
    with counted_statements() as seen:
        ids = services.add_persons(rows=rows, now=NOW)
    # SQLite gives ids in order only one by one; everything else goes in batches.
    assert len([each for each in seen if "INTO people_person (" not in each]) < 20
    assert [queries.names_of(ids)[each] for each in ids] == [f"{row.name}, S.Kom." for row in rows]
    assert queries.full_nip(ids[4]) == rows[4].nip
    assert place_of(ids[0]) == queries.CurrentPlaceRow(
        ids[0], city["bidang"], city["first"], "", is_active=True
    )
    [event] = published
    assert event.person_ids == tuple(ids)
    assert len(event.placement_ids) == len(event.standing_ids) == 120


def test_adding_nobody_says_nothing(city, published):
    assert services.add_persons(rows=[], now=NOW) == []
    assert published == []


def test_somebody_outside_the_staff_list_has_no_place_and_is_not_active(city):
    person_id = services.add_person(person=services.NewPerson(name="Tirta Wening"), now=NOW)
    assert queries.current_places([person_id]) == {}
    card = queries.person_card(person_id)
    assert (card.has_left, card.is_active, card.nip) == (True, False, "–")


def test_a_number_is_kept_without_spaces_and_belongs_to_one_person(city):
    make.person(unit_id=city["bidang"], nip="19900115 201503 2 007")
    assert queries.find_person_by_nip("19900115201503 2007") is not None
    with pytest.raises(NipTaken):
        make.person(name="Lain", nip=NIP)
    with pytest.raises(NipTaken):
        services.add_persons(
            rows=[services.NewPerson(name=name, nip="198812302023221004") for name in "AB"],
            now=NOW,
        )
    with pytest.raises(NipMalformed):
        make.person(name="Lain", nip="123")


def test_an_odd_number_is_kept_all_the_same(city):
    person_id = make.person(nip="199013402015130000")
    assert queries.full_nip(person_id) == "199013402015130000"


def test_a_former_number_still_finds_the_person(city):
    person_id = make.person(nip="198812302023211004", employment="PPPK")
    services.assign_nip(person_id=person_id, nip="198812302025221004", starts_on=TODAY, now=NOW)
    assert queries.full_nip(person_id) == "198812302025221004"
    assert queries.find_person_by_nip("198812302023211004") == person_id
    services.assign_nip(person_id=person_id, nip="198812302023211004", starts_on=TODAY, now=NOW)
    assert queries.full_nip(person_id) == "198812302023211004"
    other = make.person(name="Lain")
    with pytest.raises(NipTaken):
        services.assign_nip(person_id=other, nip="198812302025221004", starts_on=TODAY, now=NOW)
    with pytest.raises(NotFound):
        services.assign_nip(person_id=999_999, nip=NIP, starts_on=TODAY, now=NOW)


def test_the_constraint_allows_one_number_in_force_per_person(city):
    person_id = make.person(nip=NIP)
    db.session.add(
        PersonNip(
            person_id=person_id,
            nip="198812302023221004",
            current_of=person_id,
            starts_on=TODAY,
            recorded_at=NOW,
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_new_name_leaves_the_old_one_where_it_was_written(city):
    person_id = make.person()
    before = queries.latest_name_id(person_id)
    after = services.rename_person(
        person_id=person_id, name="Ratri  Kinasih", title_after="M.Si.", now=NOW
    )
    assert queries.full_name_at(before) == "Ratri Sekarwangi"
    assert queries.latest_name_id(person_id) == after
    assert queries.full_name_at(after) == "Ratri Kinasih, M.Si."
    with pytest.raises(NotFound):
        services.rename_person(person_id=999_999, name="x", now=NOW)


def test_a_person_has_at_most_one_account_and_an_account_one_person(city):
    person_id, other = make.person(), make.person(name="Lain")
    account_id, second = make.account(), make.account("lain")
    services.link_account(person_id=person_id, account_id=account_id)
    services.link_account(person_id=person_id, account_id=account_id)
    for person, account in ((other, account_id), (person_id, second)):
        with pytest.raises(PersonHasAccount):
            services.link_account(person_id=person, account_id=account)
    with pytest.raises(NotFound):
        services.link_account(person_id=999_999, account_id=second)


# --- dated facts


def test_a_move_ends_the_place_before_and_tells_those_above(city, published):
    person_id = make.person(unit_id=city["bidang"])
    published.clear()
    placement_id = services.place_person(
        person_id=person_id, unit_id=city["second"], starts_on=TODAY, post_name="Baru", now=NOW
    )
    place = place_of(person_id)
    assert (place.unit_id, place.opd_id, place.post_name) == (
        city["second"],
        city["second"],
        "Baru",
    )
    history = queries.placements_of(person_id, TODAY)
    assert [(row.starts_on, row.ends_on) for row in history] == [
        (TODAY, None),
        (date(2024, 1, 1), TODAY),
    ]
    assert published == [PersonFactsChanged((person_id,), placement_ids=(placement_id,))]


def test_a_move_of_tomorrow_shows_tomorrow(city, frozen):
    person_id = make.person(unit_id=city["bidang"])
    services.place_person(
        person_id=person_id, unit_id=city["second"], starts_on=TODAY + timedelta(days=1), now=NOW
    )
    assert place_of(person_id).unit_id == city["bidang"]
    frozen(NOW + timedelta(days=1))
    assert jobs.refresh_places() == (1, 0)
    assert place_of(person_id).unit_id == city["second"]
    assert jobs.refresh_places() == (0, 0)


def test_a_placement_taken_back_gives_the_place_before(city):
    person_id = make.person(unit_id=city["bidang"])
    wrong = services.place_person(
        person_id=person_id, unit_id=city["second"], starts_on=date(2026, 5, 1), now=NOW
    )
    later = NOW + timedelta(minutes=1)
    services.place_person(
        person_id=person_id,
        unit_id=city["second"],
        starts_on=date(2027, 1, 1),
        supersedes_id=wrong,
        now=later,
    )
    assert place_of(person_id).unit_id == city["bidang"]
    with pytest.raises(FactAlreadyCorrected):
        services.place_person(
            person_id=person_id,
            unit_id=city["second"],
            starts_on=TODAY,
            supersedes_id=wrong,
            now=later,
        )
    other = make.person(name="Lain", unit_id=city["bidang"])
    with pytest.raises(NotFound):
        services.place_person(
            person_id=other, unit_id=None, starts_on=TODAY, supersedes_id=wrong, now=later
        )


def test_the_same_placement_twice_in_a_moment_is_refused(city):
    person_id = make.person(unit_id=city["bidang"])
    facts = {"person_id": person_id, "unit_id": city["second"], "starts_on": TODAY, "now": NOW}
    services.place_person(**facts)
    with pytest.raises(FactAlreadyRecorded):
        services.place_person(**facts)
    with pytest.raises(FactAlreadyRecorded):
        services.place_persons(
            rows=[
                services.NewPlacement(person_id=person_id, unit_id=unit, starts_on=TODAY)
                for unit in (city["first"], city["second"])
            ],
            now=NOW + timedelta(seconds=1),
        )


def test_the_constraint_allows_one_placement_at_a_time(city):
    person_id = make.person(unit_id=city["bidang"])
    row = db.session.scalars(sa.select(Placement).where(Placement.person_id == person_id)).one()
    db.session.add(
        Placement(
            person_id=person_id,
            unit_id=city["second"],
            starts_on=row.starts_on,
            recorded_at=row.recorded_at,
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_leaving_leaves_no_place(city):
    person_id = make.person(unit_id=city["bidang"])
    services.place_person(person_id=person_id, unit_id=None, starts_on=TODAY, now=NOW)
    place = place_of(person_id)
    assert (place.unit_id, place.opd_id, place.is_active) == (None, None, False)


def test_nobody_is_placed_in_a_unit_before_it_exists(city):
    with pytest.raises(UnitClosed):
        services.place_person(
            person_id=make.person(),
            unit_id=city["bidang"],
            starts_on=date(2019, 12, 31),
            now=NOW,
        )
    with pytest.raises(NotFound):
        services.place_person(person_id=999_999, unit_id=city["bidang"], starts_on=TODAY, now=NOW)


def test_only_a_standing_that_counts_makes_active(city, published):
    person_id = make.person(unit_id=city["bidang"])
    published.clear()
    standing_id = services.set_standing(person_id=person_id, code="03", starts_on=TODAY, now=NOW)
    assert place_of(person_id).is_active is False
    assert queries.person_card(person_id).standing == "Tugas Belajar"
    assert published == [PersonFactsChanged((person_id,), standing_ids=(standing_id,))]
    with pytest.raises(UnknownCode):
        services.set_standing(person_id=person_id, code="XX", starts_on=TODAY, now=NOW)


def test_history_can_be_dated_back(city):
    recorded = datetime(2025, 6, 1, 2, 0, tzinfo=UTC)
    person_id = make.person(unit_id=city["bidang"])
    services.place_person(
        person_id=person_id,
        unit_id=city["second"],
        starts_on=date(2025, 5, 1),
        now=NOW,
        recorded_at=recorded,
    )
    facts = queries.person_facts([person_id])[person_id]
    assert [row.recorded_at for row in facts.placements][-1] == recorded
    assert place_of(person_id).unit_id == city["second"]


def test_the_register_takes_known_fields_only(city, published):
    person_id = make.person(unit_id=city["second"])
    published.clear()
    tag_id = services.add_ict_assignment(
        person_id=person_id, field="keamanan", basis="jabatan", starts_on=TODAY, now=NOW
    )
    tags = queries.person_facts([person_id])[person_id].tags
    assert [tag.tag for tag in tags] == ["sdm-tik:keamanan", "jenis-jabatan:4"]
    assert published == [PersonFactsChanged((person_id,), tag_ids=(tag_id,))]
    for field, basis in (("sihir", "jabatan"), ("data", "kira-kira")):
        with pytest.raises(UnknownCode):
            services.add_ict_assignment(
                person_id=person_id, field=field, basis=basis, starts_on=TODAY, now=NOW
            )


# --- headships, roles


def test_heads_come_definitif_first_and_end_on_their_day(city):
    first, second = make.person(), make.person(name="Jaka Tirtanata")
    make.head(city["first"], second, "plh")
    headship = make.head(city["first"], first)
    assert [head.kind for head in queries.heads_of(city["first"], TODAY)] == ["definitif", "plh"]
    services.end_headship(headship_id=headship, ends_on=TODAY)
    assert [head.person_id for head in queries.heads_of(city["first"], TODAY)] == [second]
    yesterday = TODAY - timedelta(days=1)
    assert [row.unit_code for row in queries.headships_of(first, yesterday)] == ["DISDUKCAPIL"]
    assert queries.headships_of(first, TODAY) == []


def test_a_headship_needs_a_known_kind_unit_and_person(city):
    person_id = make.person()
    with pytest.raises(UnknownCode):
        make.head(city["first"], person_id, "pjs")
    with pytest.raises(NotFound):
        make.head(999_999, person_id)
    with pytest.raises(NotFound):
        make.head(city["first"], 999_999)
    with pytest.raises(NotFound):
        services.end_headship(headship_id=999_999, ends_on=TODAY)
    db.session.add(
        Headship(
            unit_id=city["first"],
            person_id=person_id,
            kind="pjs",
            starts_on=TODAY,
            recorded_at=NOW,
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("role", ["asn", "atasan", "kepala-opd"])
def test_roles_that_follow_by_themselves_are_not_granted(city, role):
    with pytest.raises(RoleFollowsByItself):
        make.role(make.account(), role)


def test_a_role_is_given_by_somebody_else_and_can_be_taken_back(city):
    account_id, other = make.account(), make.account("lain")
    grant = make.role(account_id, "bkpsdm")
    assert queries.holders_of(Role.BKPSDM, TODAY) == [account_id]
    with pytest.raises(OwnRole):
        services.revoke_role(grant_id=grant, revoked_by=account_id, now=NOW)
    services.revoke_role(grant_id=grant, revoked_by=other, now=NOW)
    services.revoke_role(grant_id=grant, revoked_by=other, now=NOW)
    assert queries.holders_of(Role.BKPSDM, TODAY) == []
    actions = list(
        db.session.scalars(sa.select(AuditRow.action).where(AuditRow.action.like("role.%")))
    )
    assert actions == ["role.granted", "role.revoked"]
    with pytest.raises(OwnRole):
        services.grant_role(
            account_id=account_id,
            role=Role.ADMIN,
            unit_id=None,
            starts_on=TODAY,
            reason="-",
            granted_by=account_id,
            now=NOW,
        )
    for account, unit in ((999_999, None), (account_id, 999_999)):
        with pytest.raises(NotFound):
            make.role(account, "admin-opd", unit)
    with pytest.raises(NotFound):
        services.revoke_role(grant_id=999_999, revoked_by=None, now=NOW)


# --- the access log


def test_an_export_is_logged_once_and_for_each_person(city):
    account_id = make.account()
    ids = [make.person(name=name, unit_id=city["bidang"]) for name in ("Arga", "Bayu")]
    services.log_export(
        account_id=account_id,
        page="/pegawai.csv",
        now=NOW,
        person_ids=ids,
        purpose="audit",
        filter_text="opd=DISDUKCAPIL",
    )
    rows = db.session.execute(
        sa.select(AccessLog.person_id, AccessLog.filter, AccessLog.rows).order_by(AccessLog.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        (None, "opd=DISDUKCAPIL", 2),
        (ids[0], "", 1),
        (ids[1], "", 1),
    ]
    [look] = queries.accesses_of(ids[0])
    assert (look.account_id, look.page, look.purpose) == (account_id, "/pegawai.csv", "audit")


def test_audit_rows_hold_no_names_and_no_numbers(city):
    make.person(unit_id=city["bidang"], nip=NIP)
    rows = db.session.execute(sa.select(AuditRow.object_id, AuditRow.facts)).all()
    assert rows
    assert not any("Ratri" in str(row) or NIP in str(row) for row in rows)


def test_scope_of_everything_reaches_those_without_a_place(city):
    make.person(unit_id=city["bidang"])
    services.add_person(person=services.NewPerson(name="Tirta Wening"), now=NOW)
    assert queries.list_persons(Scope(everything=True)).total == 2
    assert queries.list_persons(Scope(unit_ids=frozenset({city["root"]}))).total == 1
