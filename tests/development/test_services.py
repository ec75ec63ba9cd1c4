from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from lms.competency.events import EvidenceRecorded
from lms.development import jobs, queries, services
from lms.development.errors import (
    ObligationSettled,
    RuleHasEnded,
    RuleStillHolds,
    TooManyToRemind,
    UnknownAudience,
)
from lms.development.models import JpEntry, Obligation, Reminder
from lms.development.queries import ObligationFilter
from lms.development.services import reminders
from lms.kernel.actor import Role
from lms.kernel.errors import NotFound
from lms.learning import services as learning
from lms.learning.events import CourseCompleted, LearningTimeGrew
from lms.learning.models import Enrolment, LessonProgress
from lms.people import services as people_services
from lms.platform import clock, settings
from lms.platform.db import db
from lms.platform.jobs.runner import find_job
from lms.platform.maintenance import send_outbox
from lms.platform.models import AuditRow, Notice, OutboxRow
from lms.platform.outbox import notices
from lms.platform.slots import publish, slots
from tests import factories as make
from tests.conftest import NOW, counted_statements
from tests.development.conftest import COURSE, RULE, TODAY, add_rule

DAY = timedelta(days=1)


def obligations(**where):
    rows = db.session.scalars(sa.select(Obligation).filter_by(**where).order_by(Obligation.id))
    return rows.all()


def reminders_made(**where):
    rows = db.session.scalars(sa.select(Reminder).filter_by(**where).order_by(Reminder.id))
    return rows.all()


def assign(city, today=TODAY, **changes):
    add_rule(city, effective_from=today, **changes)
    services.assign_due(today=today, now=NOW)
    db.session.commit()


def hold(person_id, **changes):
    """Evidence for both competences of the course."""
    return make.record(
        make.evidence(person_id, "aman", source_ref="attempt:7", **changes),
        make.evidence(person_id, "keamanan", source_ref="attempt:7", **changes),
    )


def on(day, hour=3):
    clock.freeze(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def outbox():
    return db.session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id)).all()


# ---------------------------------------------------------------------- rules


def test_a_rule_is_added_once_and_leaves_an_audit_row(city):
    rule = queries.rule_by_id(add_rule(city))
    assert (rule.version, rule.due_days, rule.audience) == (1, 14, "asn-aktif")
    assert rule.course_title == "Aman: Kursus Uji"
    with pytest.raises(RuleStillHolds):
        add_rule(city)
    row = db.session.scalars(
        sa.select(AuditRow).where(AuditRow.action == "obligation_rule.added")
    ).one()
    assert row.facts["course"] == COURSE


def test_a_rule_names_a_course_and_a_known_audience(city):
    with pytest.raises(NotFound):
        add_rule(city, course_code="TIDAK-ADA")
    with pytest.raises(UnknownAudience):
        add_rule(city, audience="semua-warga")


def test_an_ended_rule_can_be_followed_by_the_next_version(city):
    assign(city)
    withdrawn = services.end_obligation_rule(
        code=RULE, reason="diganti", withdraw_open=True, today=TODAY, actor_account_id=None
    )
    assert withdrawn == 5
    assert {row.waived_reason for row in obligations()} == {"diganti"}
    with pytest.raises(RuleHasEnded):
        services.end_obligation_rule(
            code=RULE, reason="lagi", withdraw_open=False, today=TODAY, actor_account_id=None
        )
    assert queries.rule_by_id(add_rule(city)).version == 2
    assert services.assign_due(today=TODAY).opened == 5


def test_an_ended_rule_may_leave_its_open_duties(city):
    assign(city)
    services.end_obligation_rule(
        code=RULE, reason="cukup", withdraw_open=False, today=TODAY, actor_account_id=None
    )
    assert all(row.waived_on is None for row in obligations())
    assert services.assign_due(today=TODAY + DAY).opened == 0


# ----------------------------------------------------------------- assignment


def test_the_active_staff_is_obliged_once(city):
    seen = []
    add_rule(city)
    done = services.assign_due(today=TODAY, progress=lambda *now: seen.append(now))
    assert done == services.Assigned(opened=5)
    assert seen == [(5, 5)]
    assert {row.due_on for row in obligations()} == {date(2026, 12, 5)}
    assert not obligations(person_id=city.persons["keluar"])
    assert services.assign_due(today=TODAY) == services.Assigned()
    assert services.assign_due(today=TODAY + 400 * DAY) == services.Assigned()


def test_nobody_is_obliged_before_the_rule_holds(city):
    add_rule(city, effective_from=TODAY + DAY)
    assert services.assign_due(today=TODAY) == services.Assigned()
    assert services.assign_due(today=TODAY + DAY).opened == 5


def test_who_holds_the_course_meets_the_duty_at_once(city):
    hold(city.persons["asn"])
    assign(city)
    row = obligations(person_id=city.persons["asn"])[0]
    assert (row.met_on, row.met_by) == (TODAY, "attempt:7")
    assert services.assign_due(today=TODAY + DAY) == services.Assigned()


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 1},
        {"valid_until": TODAY - DAY},
        {"source_kind": "claimed"},
    ],
)
def test_too_low_expired_or_claimed_evidence_meets_nothing(city, changes):
    hold(city.persons["asn"], **changes)
    assign(city)
    assert obligations(person_id=city.persons["asn"])[0].met_on is None


def test_every_competence_of_the_course_is_needed(city):
    make.record(make.evidence(city.persons["asn"], "aman"))
    assign(city)
    assert obligations(person_id=city.persons["asn"])[0].met_on is None


def test_who_holds_it_no_longer_gets_a_new_round(city):
    hold(city.persons["asn"], valid_until=TODAY)
    assign(city)
    assert services.assign_due(today=TODAY + DAY).opened == 1
    rows = obligations(person_id=city.persons["asn"])
    assert [(row.met_on, row.assigned_on) for row in rows] == [
        (TODAY, TODAY),
        (None, TODAY + DAY),
    ]


def test_a_pass_holds_on_when_the_course_asks_for_more(city):
    make.record(make.evidence(city.persons["asn"], "aman", source_ref="attempt:9"))
    assign(city)
    row = obligations(person_id=city.persons["asn"])[0]
    row.met_on, row.met_by = TODAY, "attempt:9"
    db.session.flush()
    assert services.assign_due(today=TODAY + DAY) == services.Assigned()


def test_a_course_already_begun_counts_as_started(city):
    learning.enrol(person_id=city.persons["asn"], course_code=COURSE, now=NOW, today=TODAY)
    assign(city)
    assert obligations(person_id=city.persons["asn"])[0].started_on == TODAY
    assert obligations(person_id=city.persons["asn2"])[0].started_on is None


def test_a_new_person_is_obliged_at_once(city):
    assign(city)
    new = make.person("Nirmala Ayudya", city.units["DISKOMINFO"])
    assert [row.assigned_on for row in obligations(person_id=new)] == [TODAY]


def test_a_large_import_waits_for_the_job(city, monkeypatch):
    from lms.development.services import assignment

    monkeypatch.setattr(assignment, "_AT_ONCE", 0)
    assign(city)
    new = make.person("Nirmala Ayudya", city.units["DISKOMINFO"])
    assert not obligations(person_id=new)
    db.session.commit()
    assert jobs.assign_obligations() == (1, 0)
    assert obligations(person_id=new)


def test_evidence_from_outside_meets_an_open_duty(city):
    assign(city)
    ids = hold(city.persons["asn"], source_kind="outside", recorded_at=NOW)
    publish(EvidenceRecorded(tuple(ids), city.persons["asn"]))
    assert obligations(person_id=city.persons["asn"])[0].met_by == "attempt:7"
    assert obligations(person_id=city.persons["asn2"])[0].met_on is None


def test_the_job_finds_evidence_that_came_since(city):
    assign(city)
    make.record(
        *(
            make.evidence(city.persons[name], competence, source_kind="rubric", recorded_at=NOW)
            for name in ("asn", "asn2")
            for competence in ("aman", "keamanan")
        )
    )
    assert not [row for row in obligations() if row.met_on]
    db.session.commit()
    assert jobs.assign_obligations() == (2, 0)
    assert obligations(person_id=city.persons["asn"])[0].met_on == TODAY


def test_an_ordered_retest_is_not_met_by_the_old_pass(city):
    hold(city.persons["asn"])
    assign(city)
    made = services.assign_now(
        rule_id=city.rule_id,
        person_ids=[city.persons["asn"], city.persons["asn2"]],
        actor=city.bkpsdm,
        today=TODAY + DAY,
    )
    assert made == 1
    assert services.assign_due(today=TODAY + DAY) == services.Assigned()
    assert [row.met_on for row in obligations(person_id=city.persons["asn"])] == [TODAY, None]


def test_only_persons_in_scope_can_be_assigned(city):
    add_rule(city)
    for actor in (city.kepala, city.actor("bkpsdm", Role.BKPSDM, "DISKOMINFO")):
        with pytest.raises(NotFound):
            services.assign_now(
                rule_id=city.rule_id, person_ids=[city.persons["asn"]], actor=actor, today=TODAY
            )


def test_a_waived_duty_stays_waived(city):
    assign(city)
    row = obligations(person_id=city.persons["asn"])[0]
    services.waive(obligation_id=row.id, reason=" cuti ", actor=city.bkpsdm, today=TODAY)
    assert (row.waived_on, row.waived_reason) == (TODAY, "cuti")
    assert services.assign_due(today=TODAY + DAY) == services.Assigned()
    notice = db.session.scalars(sa.select(Notice)).one()
    assert notice.person_id == city.persons["asn"]
    with pytest.raises(ObligationSettled):
        services.waive(obligation_id=row.id, reason="lagi", actor=city.bkpsdm, today=TODAY)
    other = obligations(person_id=city.persons["asn2"])[0]
    with pytest.raises(NotFound):
        services.waive(obligation_id=other.id, reason="x", actor=city.kepala, today=TODAY)


# ------------------------------------------------------------------- learning


def enrol(city, name="asn", *, minutes_each=0):
    """An enrolment with active time in each of the three lessons of ten minutes."""
    person_id = city.persons[name]
    enrolment_id = learning.enrol(person_id=person_id, course_code=COURSE, now=NOW, today=TODAY)
    for number in (1, 2, 3):
        db.session.add(
            LessonProgress(
                enrolment_id=enrolment_id,
                lesson_number=number,
                opened_at=NOW,
                last_request_at=NOW,
                active_seconds=minutes_each * 60,
                done_at=NOW,
            )
        )
    db.session.flush()
    return enrolment_id


def completed(city, name="asn", *, enrolment_id, attempt_id=4, **changes):
    version = db.session.scalars(sa.select(Enrolment.version_id)).first() or 0
    values = {
        "enrolment_id": enrolment_id,
        "person_id": city.persons[name],
        "course_code": COURSE,
        "version_id": version,
        "attempt_id": attempt_id,
        "attempt_number": 1,
        "today": TODAY,
    } | changes
    services.on_course_completed(CourseCompleted(**values))


def entries():
    return db.session.scalars(sa.select(JpEntry).order_by(JpEntry.id)).all()


def test_starting_the_course_is_noted_once(city):
    assign(city)
    learning.enrol(person_id=city.persons["asn"], course_code=COURSE, now=NOW, today=TODAY + DAY)
    assert obligations(person_id=city.persons["asn"])[0].started_on == TODAY + DAY


def test_a_pass_meets_the_duty_and_gives_jp(city):
    assign(city)
    completed(city, enrolment_id=enrol(city, minutes_each=6))
    assert obligations(person_id=city.persons["asn"])[0].met_by == "attempt:4"
    (entry,) = entries()
    assert (entry.jp, entry.state, entry.kind_code, entry.year) == (1, "final", "16", 2026)
    assert queries.jp_of_source("attempt:4") == 1


def test_jp_wait_for_learning_time_and_become_final_by_themselves(city):
    enrolment_id = enrol(city, minutes_each=5)
    completed(city, enrolment_id=enrolment_id)
    (entry,) = entries()
    assert (entry.state, entry.final_at) == ("menunggu", None)
    assert queries.jp_of_source("attempt:4") is None
    (line,) = queries.jp_entries_of(city.persons["asn"], 2026)
    assert (line.is_final, line.missing_minutes) == (False, 3)
    grew = LearningTimeGrew(
        enrolment_id=enrolment_id,
        person_id=city.persons["asn"],
        course_code=COURSE,
        today=TODAY,
    )
    publish(grew)
    assert entries()[0].state == "menunggu"
    db.session.execute(sa.update(LessonProgress).values(active_seconds=360))
    publish(grew)
    db.session.expire_all()
    assert entries()[0].state == "final"
    assert entries()[0].final_at == NOW


def test_the_nightly_job_settles_jp(city):
    completed(city, enrolment_id=enrol(city, minutes_each=1))
    db.session.execute(sa.update(LessonProgress).values(active_seconds=3600))
    db.session.commit()
    assert jobs.settle_jp() == (1, 0)
    db.session.expire_all()
    assert entries()[0].state == "final"
    assert services.settle_jp(now=NOW) == 0


def test_test_out_and_retest_give_no_jp(city):
    completed(city, enrolment_id=None)
    assert not entries()
    enrolment_id = enrol(city, minutes_each=9)
    completed(city, enrolment_id=enrolment_id, attempt_id=5)
    completed(city, enrolment_id=enrolment_id, attempt_id=6, is_retest=True)
    completed(city, enrolment_id=enrolment_id, attempt_id=7)
    assert [entry.source_ref for entry in entries()] == ["attempt:5"]


# ------------------------------------------------------------------ reminders


def told(app, person_id):
    """The notices of a person in words."""
    with app.test_request_context():
        return [row.text for row in notices.list_notices(person_id=person_id, page=1).rows]


def test_an_assignment_is_told_once(app, city):
    assign(city)
    assert jobs.send_reminders() == (5, 0)
    assert jobs.send_reminders() == (0, 0)
    rows = reminders_made()
    assert {(row.kind, row.due_on) for row in rows} == {("ditugaskan", TODAY)}
    assert len(outbox()) == 4, "four of five have an address"
    without = reminders_made(recipient_id=city.persons["tanpa"])[0]
    assert without.outbox_id is None
    assert told(app, city.persons["asn"]) == [
        "Aman: Kursus Uji ditugaskan kepada Anda. Tenggat 5 Desember 2026."
    ]


def test_each_stage_is_told_exactly_once(city):
    assign(city)
    for days in range(20):
        on(TODAY + days * DAY)
        jobs.send_reminders()
        jobs.send_reminders()
    asn = [(row.kind, row.due_on) for row in reminders_made(recipient_id=city.persons["asn"])]
    assert asn == [
        ("ditugaskan", TODAY),
        ("h7", date(2026, 11, 28)),
        ("h1", date(2026, 12, 4)),
        ("terlambat", date(2026, 12, 6)),
    ]


def test_missed_days_are_caught_up_without_stale_messages(city):
    assign(city)
    jobs.send_reminders()
    on(TODAY + 9 * DAY)
    jobs.send_reminders()
    assert reminders_made(recipient_id=city.persons["asn"])[-1].kind == "h7"
    on(TODAY + 60 * DAY)
    jobs.send_reminders()
    kinds = [row.kind for row in reminders_made(recipient_id=city.persons["asn"])]
    assert kinds == ["ditugaskan", "h7", "terlambat"], "h1 is stale by then"


def test_the_superior_is_told_when_somebody_is_late(app, city):
    assign(city)
    jobs.send_reminders()
    on(TODAY + 15 * DAY)
    jobs.send_reminders()
    about_asn = obligations(person_id=city.persons["asn"])[0].id
    about = reminders_made(obligation_id=about_asn, kind="terlambat")
    assert {row.recipient_id for row in about} == {city.persons["asn"], city.persons["atasan"]}
    words = told(app, city.persons["atasan"])
    assert sum("tim Anda" in text for text in words) == 1
    mails = [row for row in outbox() if row.person_id == city.persons["atasan"]]
    assert len(mails) == 2, "one on the day of assignment, one on the day after the due date"


def test_who_is_through_waived_or_gone_is_not_reminded(city):
    assign(city)
    rows = {row.person_id: row for row in obligations()}
    rows[city.persons["asn"]].met_on = TODAY
    rows[city.persons["asn2"]].waived_on = TODAY
    people_services.set_standing(
        person_id=city.persons["tanpa"], code="02", starts_on=TODAY, now=NOW
    )
    db.session.commit()
    jobs.send_reminders()
    assert {row.recipient_id for row in reminders_made()} == {
        city.persons["kepala"],
        city.persons["atasan"],
    }


def test_mails_keep_out_of_the_quiet_hours(city):
    assign(city)
    clock.freeze(datetime(2026, 11, 21, 15, 30, tzinfo=UTC))  # 22.30 WIB
    jobs.send_reminders()
    due = {clock.local(row.due_at).strftime("%d %H:%M") for row in outbox()}
    assert due == {"22 06:00"}


def mail_folder(app):
    from pathlib import Path

    return Path(app.config["TITIAN"].mail_url.removeprefix("file:"))


@pytest.fixture
def mails(app):
    """The texts of the mails sent in a test, by address."""
    from email import policy
    from email.parser import BytesParser

    folder = mail_folder(app)
    for path in folder.glob("*.eml"):
        path.unlink()

    def read():
        found = {}
        for path in sorted(folder.glob("*.eml")):
            message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            found.setdefault(message["To"].addresses[0].addr_spec, []).append(message)
        return found

    return read


def test_one_digest_a_day_lists_what_is_due(city, mails):
    assign(city)
    jobs.send_reminders()
    assert send_outbox() == (4, 0)
    sent = mails()
    (letter,) = sent["asn@contoh.go.id"]
    assert letter["Subject"] == "Aman: Kursus Uji jatuh tempo 5 Desember 2026"
    text = letter.get_body(("plain",)).get_content()
    assert "Yth. Ratri Sekarwangi," in text
    assert "Tenggat 5 Desember 2026, 14 hari lagi." in text
    assert "/kewajiban" in text
    assert "Aman: Kursus Uji" in letter.get_body(("html",)).get_content()
    row = outbox()[0]
    assert set(row.payload) == {"template", "recipient", "day"}


def test_the_digest_of_a_superior_names_the_late(city, mails):
    assign(city)
    on(TODAY + 15 * DAY)
    jobs.send_reminders()
    send_outbox()
    (letter,) = mails()["atasan@contoh.go.id"]
    text = letter.get_body(("plain",)).get_content()
    assert "Ratri Sekarwangi: Aman: Kursus Uji, 5 Desember 2026" in text
    assert "lewat 1 hari" in text, "the superior is late as well"


def test_the_digest_speaks_the_language_of_its_reader(city, mails):
    from lms.platform.access.services import choose_language

    choose_language(account_id=city.accounts["asn"], language="en")
    assign(city)
    jobs.send_reminders()
    send_outbox()
    (letter,) = mails()["asn@contoh.go.id"]
    assert "5 December 2026" in letter.get_body(("plain",)).get_content()


def test_a_digest_leaves_out_what_was_settled_meanwhile(city, mails):
    assign(city)
    jobs.send_reminders()
    obligations(person_id=city.persons["asn"])[0].met_on = TODAY
    db.session.commit()
    send_outbox()
    (letter,) = mails()["asn@contoh.go.id"]
    assert letter["Subject"] == "Kewajiban belajar Anda sudah selesai"
    assert "Aman: Kursus Uji" not in letter.get_body(("plain",)).get_content()


def test_a_failed_mail_is_tried_again_and_seen(city, monkeypatch):
    from lms.platform.outbox import services as outbox_services

    assign(city)
    jobs.send_reminders()

    def refuse(_row):
        raise ConnectionError("tidak tersambung")

    monkeypatch.setitem(outbox_services._senders, "mail", refuse)
    assert send_outbox() == (0, 4)
    row = obligations(person_id=city.persons["asn"])[0]
    (line,) = queries.reminders_of(row.id)
    assert (line.mail_state, line.attempts) == ("menunggu", 1)
    assert line.next_try_at == NOW + timedelta(minutes=1)
    assert "tidak tersambung" in line.last_error
    moment = NOW
    for _ in range(7):
        moment += timedelta(hours=5)
        clock.freeze(moment)
        send_outbox()
    (line,) = queries.reminders_of(row.id)
    assert (line.mail_state, line.attempts) == ("gagal", 8)
    assert line.failed_at == moment


def test_a_manual_reminder_goes_once_a_day(city):
    assign(city)
    jobs.send_reminders()
    wanted = ObligationFilter(opd="DISDUKCAPIL", status="ditugaskan")
    count = services.remind(actor=city.bkpsdm, now=NOW, wanted=wanted, dry_run=True)
    assert count == services.Reminded(sent=3, already=0)
    assert not reminders_made(kind="diingatkan")
    assert services.remind(actor=city.bkpsdm, now=NOW, wanted=wanted).sent == 3
    assert services.remind(actor=city.bkpsdm, now=NOW, wanted=wanted) == services.Reminded(0, 3)
    everybody = services.remind(actor=city.bkpsdm, now=NOW)
    assert everybody == services.Reminded(sent=2, already=3)
    assert services.remind(actor=city.bkpsdm, now=NOW + DAY).sent == 5
    row = reminders_made(kind="diingatkan")[0]
    assert row.requested_by == city.accounts["bkpsdm"]


def test_a_reminder_after_the_days_digest_rides_on_tomorrows(city):
    assign(city)
    jobs.send_reminders()
    services.remind(actor=city.bkpsdm, now=NOW, wanted=ObligationFilter(opd="DISKOMINFO"))
    assert len(outbox()) == 4, "it joined the digest that waits"
    send_outbox()
    services.remind(actor=city.bkpsdm, now=NOW, wanted=ObligationFilter(opd="DISDUKCAPIL"))
    late = outbox()[4:]
    assert {row.dedupe_key.rpartition(":")[2] for row in late} == {"2026-11-22"}
    assert {clock.local(row.due_at).strftime("%d %H") for row in late} == {"22 06"}


def test_a_head_reminds_the_own_subtree_only(city):
    assign(city)
    ids = [row.id for row in obligations()]
    done = services.remind(actor=city.kepala, now=NOW, obligation_ids=ids)
    assert done == services.Reminded(sent=2, already=0)
    assert {row.recipient_id for row in reminders_made()} == {
        city.persons["kepala"],
        city.persons["asn2"],
    }
    with pytest.raises(NotFound):
        services.remind(actor=city.kepala, now=NOW, wanted=ObligationFilter(opd="DISDUKCAPIL"))


def test_more_than_one_click_may_send_is_refused(city, monkeypatch):
    monkeypatch.setattr(reminders, "MOST_AT_ONCE", 4)
    assign(city)
    with pytest.raises(TooManyToRemind):
        services.remind(actor=city.bkpsdm, now=NOW)
    assert not reminders_made()


def test_the_jobs_are_in_the_table_and_the_handlers_wired(app):
    for name in ("assign-obligations", "send-reminders", "settle-jp"):
        assert find_job(f"development.{name}") is not None
    assert services.on_course_completed in slots.subscribers[CourseCompleted]


def test_choosing_who_is_pending_is_one_statement(city):
    assign(city)
    settings.prime()
    with counted_statements() as seen:
        assert len(queries.pending_reminders(TODAY)) == 5
    assert len(seen) == 1
