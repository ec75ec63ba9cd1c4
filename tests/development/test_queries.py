from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.development import jobs, queries, services
from lms.development.models import JpEntry, Obligation
from lms.development.queries import Numbers, ObligationFilter
from lms.development.rules import JpGoal, Stage
from lms.kernel.actor import Permission, Scope
from lms.kernel.errors import NotFound
from lms.learning import services as learning
from lms.learning.models import LessonProgress
from lms.people import services as people_services
from lms.platform import settings
from lms.platform.db import db
from tests import factories as make
from tests.conftest import NOW, counted_statements
from tests.development.conftest import COURSE, RULE, TODAY, add_rule

ALL = Scope(everything=True)
DAY = timedelta(days=1)
LATE = TODAY + 15 * DAY


def duty_of(city, name):
    return db.session.scalars(
        sa.select(Obligation)
        .where(Obligation.person_id == city.persons[name])
        .order_by(Obligation.id.desc())
    ).first()


@pytest.fixture
def obliged(city):
    """Five duties: asn began, asn2 passed, the other three did nothing."""
    add_rule(city)
    services.assign_due(today=TODAY, now=NOW)
    duty_of(city, "asn").started_on = TODAY
    duty_of(city, "asn2").met_on = TODAY
    db.session.flush()
    settings.prime()
    return city


def test_numbers_per_rule_and_opd(obliged):
    found = queries.report(ALL, today=LATE)
    assert [(row.opd_code, row.numbers) for row in found.rows] == [
        ("DISDUKCAPIL", Numbers(assigned=3, started=1, passed=0, overdue=3)),
        ("DISKOMINFO", Numbers(assigned=2, started=1, passed=1, overdue=1)),
    ]
    assert found.total == Numbers(5, 2, 1, 4)
    assert queries.report(ALL, today=TODAY).total.overdue == 0
    assert queries.report(ALL, today=date(2026, 12, 5)).total.overdue == 0


def test_each_number_is_as_long_as_its_list(obliged):
    found = queries.report(ALL, today=LATE)
    for row in found.rows:
        for status in ("ditugaskan", "mulai", "lulus", "terlambat"):
            wanted = ObligationFilter(rule=row.rule_code, opd=row.opd_code, status=status)
            page = queries.list_obligations(ALL, wanted, page=1, today=LATE)
            assert page.total == len(page.rows) == row.numbers.of(status)


def test_waived_duties_and_persons_who_left_do_not_count(obliged):
    duty_of(obliged, "tanpa").waived_on = TODAY
    people_services.set_standing(
        person_id=obliged.persons["kepala"], code="02", starts_on=TODAY, now=NOW
    )
    assert queries.report(ALL, today=TODAY).total.assigned == 3


def test_only_the_last_round_counts(obliged):
    services.assign_now(
        rule_id=obliged.rule_id,
        person_ids=[obliged.persons["asn2"]],
        actor=obliged.bkpsdm,
        today=TODAY + DAY,
    )
    assert queries.report(ALL, today=TODAY + DAY).total == Numbers(5, 1, 0, 0)


def test_a_scope_reaches_its_subtree(obliged):
    bidang = Scope(unit_ids=frozenset({obliged.units["BIDANG"]}))
    found = queries.report(bidang, today=TODAY)
    assert [(row.opd_code, row.numbers.assigned) for row in found.rows] == [("DISDUKCAPIL", 2)]
    page = queries.list_obligations(bidang, ObligationFilter(), page=1, today=TODAY)
    assert {row.name for row in page.rows} == {"Jaka Tirtanata", "Ratri Sekarwangi"}
    with pytest.raises(NotFound):
        queries.report(bidang, today=TODAY, wanted=ObligationFilter(opd="DISKOMINFO"))
    assert not queries.report(Scope(), today=TODAY).rows


@pytest.mark.parametrize(
    "wanted",
    [
        ObligationFilter(opd="TIDAK-ADA"),
        ObligationFilter(status="entah"),
        ObligationFilter(rule="tidak-ada"),
    ],
)
def test_a_filter_for_what_is_not_there_is_not_found(obliged, wanted):
    with pytest.raises(NotFound):
        queries.assignments_page(
            ALL, ObligationFilter(**{**_fields(wanted), "q": "ratri"}), page=1, today=TODAY
        )


def _fields(wanted):
    return {"rule": wanted.rule, "opd": wanted.opd, "status": wanted.status}


def test_a_line_tells_lessons_days_and_last_reminder(obliged):
    person_id = obliged.persons["asn"]
    enrolment_id = learning.enrol(person_id=person_id, course_code=COURSE, now=NOW, today=TODAY)
    db.session.add(
        LessonProgress(
            enrolment_id=enrolment_id,
            lesson_number=1,
            opened_at=NOW,
            last_request_at=NOW,
            done_at=NOW,
        )
    )
    db.session.commit()
    jobs.send_reminders()
    (line,) = queries.list_obligations(ALL, ObligationFilter(q="ratri"), page=1, today=TODAY).rows
    assert (line.lessons_done, line.lessons_total, line.days_left) == (1, 3, 14)
    assert (line.nip, line.status, line.last_reminded_at) == ("··· 007", "mulai", NOW)
    assert (line.opd_code, line.unit_code) == ("DISDUKCAPIL", "DISDUKCAPIL-02")


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("kelana", {"Wira Kelana"}),
        ("007", {"Ratri Sekarwangi"}),
        ("199001152015032007", {"Ratri Sekarwangi"}),
        ("100%", set()),
    ],
)
def test_search_by_name_or_number(obliged, q, names):
    page = queries.list_obligations(ALL, ObligationFilter(q=q), page=1, today=TODAY)
    assert {row.name for row in page.rows} == names


def test_lists_come_in_pages_of_fifty(obliged):
    make.staff(obliged.units["DISKOMINFO"], 60)
    wanted = ObligationFilter(status="ditugaskan")
    page = queries.list_obligations(ALL, wanted, page=2, today=TODAY)
    assert (page.total, page.number, len(page.rows)) == (65, 2, 15)
    assert queries.list_obligations(ALL, wanted, page=9, today=TODAY).number == 2
    assert len(list(queries.export_obligations(ALL, wanted, today=TODAY))) == 65


def test_statements_do_not_grow_with_rows(obliged):
    wanted = ObligationFilter(status="ditugaskan")

    def statements(ask):
        with counted_statements() as seen:
            ask()
        return len(seen)

    def numbers():
        return queries.assignments_page(ALL, ObligationFilter(), page=1, today=TODAY)

    def with_list():
        return queries.assignments_page(ALL, wanted, page=1, today=TODAY)

    def own():
        return queries.obligations_of(obliged.persons["asn"], TODAY)

    before = [statements(ask) for ask in (numbers, with_list, own)]
    assert before == [3, 9, 4]
    make.staff(obliged.units["DISKOMINFO"], 40)
    assert [statements(ask) for ask in (numbers, with_list, own)] == before


# ------------------------------------------------------------------------ own


def test_own_duties_come_open_first_then_settled(obliged, tmp_path):
    make.course(tmp_path, "UJI-102", title="Lain")
    add_rule(obliged, code="LAIN", course_code="UJI-102", due_days=3)
    services.assign_due(today=TODAY + DAY)
    duties = queries.obligations_of(obliged.persons["asn"], LATE)
    assert [(duty.course_code, duty.status, duty.days_left) for duty in duties] == [
        ("UJI-102", "terlambat", -11),
        ("UJI-101", "terlambat", -1),
    ]
    assert duties[1].reason == "Setiap ASN melayani warga."
    assert (duties[1].lessons_done, duties[1].lessons_total, duties[1].pillar) == (0, 3, "aman")
    first = db.session.scalars(sa.select(Obligation).order_by(Obligation.id)).all()
    first[0].met_on = TODAY
    first[-1].waived_on = TODAY + DAY
    states = [one.is_open for one in queries.obligations_of(first[0].person_id, TODAY)]
    assert states == [True, False]
    nearest = queries.open_obligations(obliged.persons["asn"], TODAY)[0]
    assert nearest.course_code == "UJI-102"
    assert queries.open_obligations(obliged.persons["keluar"], TODAY) == []


def entry(city, name, earned_on, jp, state="final"):
    db.session.add(
        JpEntry(
            person_id=city.persons[name],
            year=earned_on.year,
            earned_on=earned_on,
            kind_code="16",
            title="Aman",
            course_code=COURSE,
            jp=jp,
            state=state,
            source_ref=f"attempt:{earned_on}:{jp}",
            recorded_at=NOW,
        )
    )
    db.session.flush()


def test_jp_of_a_year_by_quarter_and_against_the_goal(city):
    entry(city, "asn", date(2026, 2, 1), 5)
    entry(city, "asn", date(2026, 11, 1), 4)
    entry(city, "asn", date(2026, 11, 2), 3, "menunggu")
    entry(city, "asn", date(2025, 12, 31), 9)
    found = queries.jp_summary(city.persons["asn"], 2026)
    assert (found.final, found.waiting, found.quarters) == (9, 3, (5, 0, 0, 4))
    assert (found.goal, found.lacking, found.above) == (JpGoal(20, is_ceiling=False), 11, 0)
    assert queries.jp_summary(city.persons["asn2"], 2026).goal == JpGoal(24, is_ceiling=True)
    assert queries.jp_years_of(city.persons["asn"]) == [2026, 2025]
    record = queries.learning_record(city.persons["asn"], 2025, this_year=2026)
    assert ([line.jp for line in record.entries], record.years) == ([9], [2026, 2025])
    with pytest.raises(NotFound):
        queries.jp_summary(999, 2026)


def test_the_goal_is_a_setting(city):
    settings.change(
        key="jp.target_pns", new_value=30, valid_from=TODAY, basis="contoh", actor_account_id=None
    )
    assert queries.jp_summary(city.persons["asn"], 2026).goal.jp == 30


# ------------------------------------------------------------------- messages


def test_a_duty_shows_its_messages_and_those_to_come(obliged):
    db.session.commit()
    jobs.send_reminders()
    detail = queries.message_detail(duty_of(obliged, "asn").id, scope=ALL, today=TODAY)
    (line,) = detail.messages
    assert (line.kind, line.mail_state, line.attempts) == ("ditugaskan", "menunggu", 0)
    assert detail.to_come == [
        Stage("h7", date(2026, 11, 28)),
        Stage("h1", date(2026, 12, 4)),
        Stage("terlambat", date(2026, 12, 6)),
    ]
    met = queries.message_detail(duty_of(obliged, "asn2").id, scope=ALL, today=TODAY)
    assert (met.status, met.to_come, met.messages) == ("lulus", [], [])
    nobody = queries.reminders_of(duty_of(obliged, "tanpa").id)
    assert [one.mail_state for one in nobody] == ["tanpa-surel"]


def test_a_duty_out_of_scope_is_not_found(obliged):
    scope = obliged.kepala.scope(Permission.OBLIGATION_VIEW)
    with pytest.raises(NotFound):
        queries.message_detail(duty_of(obliged, "asn").id, scope=scope, today=TODAY)
    assert queries.message_detail(duty_of(obliged, "asn2").id, scope=scope, today=TODAY)


def test_the_preview_counts_whom_a_rule_touches(city):
    make.record(
        make.evidence(city.persons["asn"], "aman"), make.evidence(city.persons["asn"], "keamanan")
    )
    assert queries.audience_size(COURSE, TODAY) == (5, 1)
    add_rule(city)
    assert queries.rule_page(RULE).open_count == 0
    with pytest.raises(NotFound):
        queries.rule_page("tidak-ada")
