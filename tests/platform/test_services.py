"""Audit chain, outbox and jobs, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from lms.platform import maintenance
from lms.platform.audit.services import record, seal, verify
from lms.platform.db import db
from lms.platform.jobs.queries import job_states, missed_jobs
from lms.platform.jobs.runner import Job, catch_up, find_job, for_each, run_job
from lms.platform.models import JobRun, OutboxRow
from lms.platform.outbox.rules import MAX_ATTEMPTS
from lms.platform.outbox.services import (
    due_row_ids,
    enqueue,
    register_sender,
    resend,
    send_row,
)
from tests import factories
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)


def test_the_chain_holds_and_a_changed_row_is_found(database):
    for number in range(5):
        record(action="uji.dicatat", object_kind="uji", object_id=number, nilai=number)
    db.session.commit()
    assert seal(now=LATER) == 5
    db.session.commit()
    report = verify()
    assert (report.sealed, report.unsealed, report.first_broken_seq) == (5, 0, None)
    db.session.execute(text("UPDATE platform_audit SET action = 'lain' WHERE object_id = '3'"))
    db.session.commit()
    db.session.expire_all()
    assert verify().first_broken_seq == 4


def test_young_rows_wait_for_their_seal(database):
    record(action="uji.dicatat", object_kind="uji", object_id=1)
    db.session.commit()
    assert seal(now=NOW + timedelta(seconds=4)) == 0
    assert verify().unsealed == 1


def test_a_message_is_made_once_and_sent_once(database):
    sent = []
    register_sender("uji", lambda row: sent.append(row.id))
    first = enqueue(kind="uji", dedupe_key="a", payload={}, person_id=None)
    assert enqueue(kind="uji", dedupe_key="a", payload={}, person_id=None) == first
    db.session.commit()
    assert due_row_ids(now=LATER) == [first]
    assert send_row(first, now=LATER)
    db.session.commit()
    assert sent == [first]
    assert due_row_ids(now=LATER) == []


def test_a_failing_message_is_retried_then_given_up_and_can_be_sent_again(database):
    def fail(_row):
        msg = "server surel tidak menjawab"
        raise OSError(msg)

    register_sender("uji", fail)
    row_id = enqueue(kind="uji", dedupe_key="b", payload={})
    account_id = factories.account()
    now = LATER
    for _attempt in range(MAX_ATTEMPTS):
        assert send_row(row_id, now=now) is False
        now = db.session.get(OutboxRow, row_id).next_try_at
    row = db.session.get(OutboxRow, row_id)
    assert (row.state, row.attempts) == ("gagal", MAX_ATTEMPTS)
    assert "server surel" in row.last_error
    assert resend(row_id, actor_account_id=account_id, now=now)
    register_sender("uji", lambda _row: None)
    assert send_row(row_id, now=now)
    assert db.session.get(OutboxRow, row_id).state == "terkirim"


def test_quiet_hours_hold_a_message_back_until_the_morning(database, frozen):
    frozen(NOW.replace(hour=14))  # 21.00 WIB
    row_id = enqueue(kind="uji", dedupe_key="c", payload={})
    assert db.session.get(OutboxRow, row_id).due_at == NOW.replace(hour=23)  # 06.00 WIB
    at_once = enqueue(kind="uji", dedupe_key="d", payload={}, mind_quiet_hours=False)
    assert db.session.get(OutboxRow, at_once).due_at == NOW.replace(hour=14)


def test_a_job_leaves_a_row_whatever_happens(database):
    def burst():
        msg = "rusak"
        raise RuntimeError(msg)

    good = run_job(Job(name="uji.baik", title="Uji", run=lambda: (3, 1), every=timedelta(hours=1)))
    bad = run_job(Job(name="uji.buruk", title="Uji", run=burst, every=timedelta(hours=1)))
    assert (good.done, good.failed, good.error) == (3, 1, None)
    assert bad.error.startswith("RuntimeError (test_services.py:")
    assert bad.ended_at is not None


def test_one_bad_item_spoils_no_other(database):
    def work(number):
        if number == 2:
            msg = "dua"
            raise ValueError(msg)

    assert for_each([1, 2, 3], work) == (2, 1)


def test_a_job_is_overdue_when_it_has_not_run_for_long(database, frozen):
    job = find_job("platform.seal-audit")
    run_job(job)
    assert not any(state.overdue for state in job_states(now=NOW) if state.name == job.name)
    late = NOW + job.overdue_after + timedelta(seconds=1)
    assert [state.overdue for state in job_states(now=late) if state.name == job.name] == [True]


def test_jobs_missed_while_no_process_was_there_are_caught_up(database, frozen):
    assert missed_jobs(now=NOW) == []  # a new database has missed nothing
    run_job(find_job("platform.seal-audit"))
    assert missed_jobs(now=NOW) == []
    frozen(NOW + timedelta(days=1))
    names = [job.name for job in missed_jobs(now=NOW + timedelta(days=1))]
    assert {"readiness.take-snapshot", "development.send-reminders"} <= set(names)
    assert "platform.seal-audit" not in names  # runs by its interval anyway
    catch_up()
    assert missed_jobs(now=NOW + timedelta(days=1)) == []
    assert {row.name for row in db.session.query(JobRun)} >= set(names)


def test_all_jobs_of_the_ground_floor_run(database):
    for work in (maintenance.seal_audit, maintenance.send_outbox, maintenance.tidy):
        _done, failed = work()
        assert failed == 0
    assert db.session.query(JobRun).count() == 0


@pytest.mark.parametrize("name", ["platform.seal-audit", "platform.send-outbox"])
def test_jobs_run_by_name_from_the_command_line(app, database, name):
    answer = app.test_cli_runner().invoke(args=["jobs", "once", name])
    assert answer.exit_code == 0, answer.output
