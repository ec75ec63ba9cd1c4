"""Where a person stands, and the facts that others compute from."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.competency import queries, services
from lms.kernel.errors import NotFound
from lms.people import services as people
from lms.platform import clock
from tests import factories
from tests.conftest import counted_statements

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def person(database):
    factories.framework()
    return factories.staff(factories.office("DISDIK"))[0]


def standing(person, competence="aman", as_of=None, known_at=None):
    rows = queries.standings_of(
        person, as_of=as_of or clock.today(), known_at=known_at or clock.now()
    )
    return next(row for row in rows if row.competence == competence)


def test_never_measured_is_required_and_belum_tes(person):
    rows = queries.own_standings(person, today=clock.today(), now=clock.now())
    assert [row.competence for row in rows] == ["cakap", "budaya", "etika", "aman"]
    assert {(row.level, row.required, row.status) for row in rows} == {(None, 2, "belum-tes")}
    assert all(row.is_pillar for row in rows)


def test_the_best_evidence_in_force_counts(person):
    factories.record(factories.evidence(person, level=3), factories.evidence(person, level=0))
    row = standing(person)
    assert (row.level, row.status, row.source_kind) == (3, "siap", "measured")
    assert (row.measured_on, row.valid_until, row.theta) == (
        date(2026, 3, 1),
        date(2028, 3, 1),
        0.8,
    )


def test_statuses_follow_expiry_and_level(person):
    factories.record(factories.evidence(person, level=1))
    assert standing(person).status == "belum-lulus"
    assert standing(person, as_of=date(2028, 3, 1)).status == "belum-lulus"
    expired = standing(person, as_of=date(2028, 3, 2))
    assert (expired.status, expired.level) == ("kedaluwarsa", None)
    assert standing(person, known_at=datetime(2026, 2, 1, tzinfo=UTC)).status == "belum-tes"


def test_review_leaves_the_level_out(person):
    (row,) = factories.record(factories.evidence(person))
    services.review_evidence(evidence_id=row, reason="x", decided_by=None, now=clock.now())
    found = standing(person)
    assert (found.status, found.under_review, found.level) == ("belum-lulus", True, 0)


def test_fields_show_when_required_or_held(person):
    people.add_ict_assignment(
        person_id=person,
        field="data",
        basis="penugasan",
        starts_on=date(2026, 1, 1),
        now=clock.now(),
    )
    factories.record(factories.evidence(person, "aplikasi", level=4))
    assert standing(person, "data").required == 3
    held = standing(person, "aplikasi")
    assert (held.required, held.level, held.status) == (None, 4, "tidak-wajib")
    assert not held.is_pillar


def test_others_that_ask_are_listed(person):
    services.add_requirement(
        rule_code="pelaksana-aman",
        audience="sdm-tik:data",
        competence="aman",
        level=3,
        effective_from=date(2026, 1, 1),
        reason="uji",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        seeding=True,
    )
    people.add_ict_assignment(
        person_id=person,
        field="data",
        basis="penugasan",
        starts_on=date(2026, 1, 1),
        now=clock.now(),
    )
    row = standing(person)
    assert (row.required, row.also) == (3, (("literasi-aman", 2),))


def test_nobody_is_required_of_who_left(person):
    people.place_person(person_id=person, unit_id=None, starts_on=clock.today(), now=clock.now())
    assert {
        row.status for row in queries.own_standings(person, today=clock.today(), now=clock.now())
    } == {"tidak-wajib"}


def test_standings_take_seven_statements(person):
    factories.record(factories.evidence(person))
    with counted_statements() as seen:
        queries.own_standings(person, today=clock.today(), now=clock.now())
    assert len(seen) == 7


def test_ledger_says_what_became_of_each_row(person):
    first, second, third = factories.record(
        factories.evidence(person, measured_on=date(2025, 1, 1), valid_until=date(2026, 1, 1)),
        factories.evidence(person, measured_on=date(2026, 5, 1)),
        factories.evidence(person, "cakap", measured_on=date(2026, 6, 1), source_kind="claimed"),
    )
    services.revoke_evidence(evidence_id=second, reason="bocor", decided_by=None, now=clock.now())
    rows = {
        row.id: row for row in queries.evidence_rows(person, today=clock.today(), now=clock.now())
    }
    assert {key: row.state for key, row in rows.items()} == {
        first: "kedaluwarsa",
        second: "dicabut",
        third: "klaim",
    }
    assert rows[second].decisions[0].reason == "bocor"
    with counted_statements() as seen:
        queries.evidence_rows(person, today=clock.today(), now=clock.now())
    assert len(seen) == 2


def test_facts_come_with_their_decisions(person):
    (row,) = factories.record(factories.evidence(person))
    services.revoke_evidence(evidence_id=row, reason="x", decided_by=None, now=clock.now())
    facts = queries.facts_for([person, 999])
    assert list(facts) == [person]
    assert facts[person].evidence[0].revoked_on is None
    assert facts[person].decisions[0].kind == "revoked"
    assert queries.facts_for(None) == facts


def test_requirements_are_those_known_at_a_moment(person):
    services.add_requirement(
        rule_code="literasi-aman",
        audience="asn-aktif",
        competence="aman",
        level=4,
        effective_from=clock.today() + timedelta(days=1),
        reason="uji",
        now=clock.now(),
    )
    assert len(queries.requirements()) == 11
    assert len(queries.requirements(datetime(2026, 1, 1, tzinfo=UTC))) == 10


def test_state_of_an_unknown_row_is_not_found(database):
    with pytest.raises(NotFound):
        queries.evidence_state(5)
