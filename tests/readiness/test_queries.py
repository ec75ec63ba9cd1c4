"""Reports from tallies: hand-checked figures, small figures, the persons behind them."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from lms.kernel.actor import Scope
from lms.kernel.counts import Counts
from lms.kernel.errors import NotFound
from lms.people import services as people
from lms.platform import clock
from lms.readiness import queries
from lms.readiness.rules import GapSplit
from lms.readiness.views import cheapest_action
from tests import factories
from tests.conftest import counted_statements

ALL = Scope(everything=True)
NONE = Scope()


@pytest.fixture
def city(database):
    factories.framework()
    root = factories.office("KOTA", kind="pemda", group="")
    disdik = factories.office("DISDIK", parent_id=root)
    school = factories.office("SD-01", kind="sekolah", group="", parent_id=disdik)
    inspektorat = factories.office("INSPEKTORAT", group="inspektorat", parent_id=root)
    return {
        "root": root,
        "disdik": disdik,
        "school": school,
        "inspektorat": inspektorat,
        "persons": [
            *factories.staff(disdik, 4, name="Dinas"),
            *factories.staff(school, 6, name="Guru"),
        ],
        "auditors": factories.staff(inspektorat, 5, name="Auditor"),
    }


def report(**changes):
    values = {
        "as_of": clock.today(),
        "known_at": clock.now(),
        "scope": ALL,
        "person_scope": ALL,
    }
    return queries.overview(**values | changes)


def test_persons_of_a_school_count_in_its_office(city):
    factories.record(
        *(factories.evidence(person) for person in city["persons"][:2]),
        *(factories.evidence(person) for person in city["persons"][4:7]),
    )
    found = report()
    assert [line.code for line in found.lines] == ["INSPEKTORAT", "DISDIK"]
    disdik = found.lines[1]
    assert (disdik.heads, disdik.counts["aman"]) == (10, Counts(10, 5, 5, 5))
    assert (found.total.heads, found.total.counts["aman"]) == (15, Counts(15, 5, 5, 5))
    assert found.total.readiness("aman").rate == Fraction(1, 3)
    assert [line.ranked for line in found.lines] == [False, True]


def test_report_is_flat_in_the_number_of_persons(city):
    report()  # the settings are in memory from here on
    with counted_statements() as few:
        report()
    factories.staff(city["disdik"], 60, name="Baru")
    with counted_statements() as many:
        report()
    assert len(few) == len(many) == 4


def test_unit_moved_to_another_office_takes_its_persons_along(city):
    people.change_unit(
        unit_id=city["school"],
        name="SD Satu",
        kind="sekolah",
        group="",
        parent_id=city["inspektorat"],
        starts_on=date(2026, 11, 1),
        now=clock.now(),
    )
    before, after = report(as_of=date(2026, 10, 31)), report(as_of=date(2026, 11, 1))
    assert [line.heads for line in before.lines] == [5, 10]
    assert [line.heads for line in after.lines] == [11, 4]
    assert before.total.heads == after.total.heads == 15


def test_scope_of_a_head_reaches_the_own_office_and_the_total(city):
    own = Scope(unit_ids=frozenset({city["disdik"]}))
    found = report(scope=own, person_scope=own)
    assert [line.code for line in found.lines] == ["DISDIK"]
    assert found.total.heads == 15
    assert found.total.hidden == frozenset()
    with pytest.raises(NotFound):
        queries.office_report(
            "INSPEKTORAT",
            as_of=clock.today(),
            known_at=clock.now(),
            scope=own,
            person_scope=own,
        )
    below = Scope(unit_ids=frozenset({city["school"]}))
    assert report(scope=below, person_scope=below).lines == ()
    assert queries.reachable_codes(own) == ["DISDIK"]
    assert queries.reachable_codes(NONE) == []


def test_small_figures_are_hidden_with_the_next_smallest(city):
    factories.staff(factories.office("KESBANG", parent_id=city["root"]), 4, name="Bang")
    found = report(person_scope=NONE)
    hidden = {line.code: line.hidden for line in found.lines}
    everything = frozenset({"cakap", "budaya", "etika", "aman"})
    assert hidden == {"INSPEKTORAT": everything, "DISDIK": frozenset(), "KESBANG": everything}
    assert report().lines[0].hidden == frozenset()


def test_expiring_in_ninety_days(city):
    soon = clock.today() + timedelta(days=90)
    factories.record(
        factories.evidence(city["persons"][0], valid_until=soon - timedelta(days=1)),
        factories.evidence(city["persons"][1], valid_until=soon),
    )
    found = queries.office_report(
        "DISDIK", as_of=clock.today(), known_at=clock.now(), scope=ALL, person_scope=ALL
    )
    assert found.expiring["aman"] == 1
    assert found.shows_persons
    shares = queries.shares_on(found.line, as_of=date(2026, 2, 1), known_at=clock.now())
    assert shares["aman"] == 0


def test_persons_behind_each_number_add_up_to_it(city):
    factories.record(
        factories.evidence(city["persons"][0]),
        factories.evidence(city["persons"][1], level=1),
        factories.evidence(
            city["persons"][4], measured_on=date(2025, 12, 1), valid_until=date(2026, 5, 1)
        ),
    )

    def behind(status, **changes):
        values = {
            "opd_id": city["disdik"],
            "competence": "aman",
            "status": status,
            "scope": ALL,
            "as_of": clock.today(),
            "known_at": clock.now(),
        }
        return queries.people_behind(**values | changes)

    assert [row.card.full_name for row in behind("siap").rows] == ["Dinas 001"]
    assert [row.card.full_name for row in behind("belum-lulus").rows] == ["Dinas 002"]
    assert [row.card.full_name for row in behind("kedaluwarsa").rows] == ["Guru 001"]
    assert behind("belum-tes").total == 7
    assert behind(None).total == 10
    assert behind(None, as_of=date(2025, 12, 1)).total == 10
    out_of_reach = behind("siap", scope=Scope(unit_ids=frozenset({city["inspektorat"]})))
    assert out_of_reach.rows[0].card is None
    own = Scope(unit_ids=frozenset({city["school"]}))
    assert [
        row.card.full_name
        for row in queries.all_people_behind(
            opd_id=city["disdik"],
            competence="aman",
            status="kedaluwarsa",
            scope=own,
            as_of=clock.today(),
            known_at=clock.now(),
        )
    ] == ["Guru 001"]


def test_cheapest_action_comes_first_among_equals():
    assert cheapest_action(GapSplit(3, 3, 3)) == ("uji-ulang", 3)
    assert cheapest_action(GapSplit(4, 3, 3)) == ("tes", 4)
    assert cheapest_action(GapSplit(0, 1, 2)) == ("dampingi", 2)
