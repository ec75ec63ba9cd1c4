"""Verification, snapshots, bases, and the commands around them."""

import hashlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from lms.competency import services as competency
from lms.kernel.counts import Counts
from lms.platform import clock
from lms.platform.db import db
from lms.platform.jobs.runner import find_job, run_job
from lms.readiness import jobs, queries, services
from lms.readiness.models import Snapshot, Tally, TallyBase
from tests import factories

END_OF_OCTOBER = date(2026, 10, 31)


@pytest.fixture
def office(database):
    factories.framework()
    office_id = factories.office("DISDIK")
    persons = factories.staff(office_id, 3)
    factories.record(*(factories.evidence(person) for person in persons[:2]))
    return {"id": office_id, "persons": persons}


def test_verify_names_what_the_ledgers_do_not_bear_out(office):
    now = clock.now()
    assert services.verify(as_of=clock.today(), known_at=now) == []
    db.session.execute(update(Tally).where(Tally.d_m == 2).values(d_m=3, d_c=3, d_a=3))
    (found,) = services.verify(as_of=clock.today(), known_at=now)
    assert (found.unit_id, found.competence) == (office["id"], "aman")
    assert (found.expected, found.found) == (Counts(3, 2, 2, 2), Counts(3, 3, 3, 3))


def test_snapshot_keeps_counts_versions_and_one_hash(office):
    taken = services.take_snapshot(as_of=END_OF_OCTOBER, now=clock.now())
    assert ["DISDIK", "aman", 3, 2, 2, 2] in taken.counts
    assert ["DISDIK", "*", 3, 0, 0, 0] in taken.counts
    assert ["DISDIK", "pilar", 3, 0, 0, 0] in taken.counts
    assert (taken.formula_version, taken.known_at) == ("1", clock.now())
    lines = "".join(
        f"{person};{office['id']};{code};{_version(code)};2;{held};{held // 2};{held // 2};{held // 2}\n"
        for person in office["persons"]
        for code in ("aman", "budaya", "cakap", "etika")
        for held in [2 if code == "aman" and person != office["persons"][2] else 0]
    )
    assert taken.person_rows_sha256 == hashlib.sha256(lines.encode()).hexdigest()


def _version(code):
    from lms.competency.queries import requirement_rows

    return next(row.id for row in requirement_rows() if row.rule_code == f"literasi-{code}")


def test_snapshot_is_taken_once_and_never_changes(office, frozen):
    first = services.take_snapshot(as_of=END_OF_OCTOBER, now=clock.now())
    factories.record(
        factories.evidence(
            office["persons"][2], recorded_at=clock.now(), measured_on=date(2026, 10, 1)
        )
    )
    frozen(datetime(2026, 12, 1, tzinfo=UTC))
    assert services.take_snapshot(as_of=END_OF_OCTOBER, now=clock.now()) == first
    again = services.person_rows_hash(
        as_of=first.as_of, known_at=datetime(2026, 11, 21, 2, tzinfo=UTC)
    )
    assert again == first.person_rows_sha256


def test_lower_threshold_or_requirement_leaves_old_snapshots_alone(office):
    first = services.take_snapshot(as_of=END_OF_OCTOBER, now=clock.now())
    competency.add_requirement(
        rule_code="literasi-aman",
        audience="asn-aktif",
        competence="aman",
        level=1,
        effective_from=date(2026, 12, 1),
        reason="uji",
        now=clock.now(),
    )
    assert queries.find_snapshot(END_OF_OCTOBER) == first


def test_only_the_newest_month_end_is_due_at_first(office, frozen):
    assert services.due_snapshot_days(now=clock.now()) == [END_OF_OCTOBER]
    assert jobs.take_snapshot() == (1, 0)
    assert jobs.take_snapshot() == (0, 0)
    frozen(datetime(2027, 2, 2, tzinfo=UTC))
    assert services.due_snapshot_days(now=clock.now()) == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
    ]
    assert jobs.take_snapshot() == (3, 0)
    days = db.session.scalars(select(Snapshot.as_of).order_by(Snapshot.as_of)).all()
    assert len(days) == 4
    assert [row.as_of for row in queries.list_snapshots(until=date(2026, 12, 31), limit=2)] == [
        date(2026, 11, 30),
        date(2026, 12, 31),
    ]


def test_nightly_base_is_a_job(office):
    row = run_job(find_job("readiness.take-base"))
    assert (row.done, row.failed, row.error) == (14, 0, None)  # tonight and 13 month ends
    days = sorted(db.session.scalars(select(TallyBase.effective_until)))
    assert days[-1] == clock.today()
    assert (days[0], days[-2]) == (date(2025, 10, 31), date(2026, 10, 31))


def test_old_bases_stay_for_month_ends_only(office, frozen):
    for moment in (
        datetime(2026, 8, 30, 20, tzinfo=UTC),  # 31 August in the region
        datetime(2026, 9, 9, 20, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
    ):
        services.take_base(now=moment)
    assert services.thin_bases(today=clock.today()) == 1
    days = db.session.scalars(
        select(TallyBase.effective_until).order_by(TallyBase.effective_until)
    ).all()
    assert days == [date(2026, 8, 31), date(2026, 11, 1)]
    assert services.verify(as_of=date(2026, 9, 15), known_at=clock.now()) == []


def test_two_changes_at_the_same_time_count_the_person_once(app, office):
    person = office["persons"][2]
    db.session.commit()
    started = threading.Event()

    def other():
        with app.app_context():
            started.set()
            factories.record(factories.evidence(person, source_ref="attempt:b"))
            db.session.commit()
            db.session.remove()

    factories.record(factories.evidence(person, source_ref="attempt:a"))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(other)
        started.wait()
        time.sleep(0.3)
        db.session.commit()
        running.result()
    sums = queries.tally_sums(clock.today(), clock.now())
    assert sums[office["id"], "aman"] == Counts(3, 3, 3, 3)
    assert services.verify(as_of=clock.today(), known_at=clock.now()) == []


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["readiness", *arguments])


def test_verify_command_exits_by_its_finding(app, office):
    db.session.commit()
    fine = run(app, "verify", "--as-of", "2026-06-01", "--json")
    assert (fine.exit_code, json.loads(fine.stdout)["selisih"]) == (0, [])
    db.session.execute(update(Tally).where(Tally.d_m == 2).values(d_m=1))
    db.session.commit()
    bad = run(app, "verify")
    assert bad.exit_code == 1
    assert "DISDIK aman" in bad.stdout
    assert "1 selisih per 2026-11-21" in bad.stdout


def test_rebuild_command_says_what_it_would_do_first(app, office):
    db.session.execute(update(Tally).where(Tally.d_m == 2).values(d_m=1))
    db.session.commit()
    assert (
        "1 baris akan ditambahkan untuk 3 pegawai"
        in run(app, "tally", "--rebuild", "--dry-run").stdout
    )
    assert run(app, "verify").exit_code == 1
    done = run(app, "tally", "--rebuild")
    assert "1 baris ditambahkan" in done.stdout
    assert "3 dari 3 pegawai" in done.stderr
    assert run(app, "verify").exit_code == 0
    assert run(app, "tally").exit_code == 2


def test_snapshot_command_is_idempotent(app, office):
    db.session.commit()
    assert "akan dibuat" in run(app, "snapshot", "--on", "2026-10-31", "--dry-run").stdout
    assert queries.find_snapshot(END_OF_OCTOBER) is None
    assert "dibuat" in run(app, "snapshot", "--on", "2026-10-31").stdout
    assert "sudah ada" in run(app, "snapshot", "--on", "2026-10-31").stdout
    assert run(app, "snapshot", "--on", "2027-01-01").exit_code == 2
