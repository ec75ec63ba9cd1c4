"""A government of 1,200, 12,000 or 120,000 persons in the real schema, for measuring.

Offices, roles and accounts come from the demo's services; the further persons, their evidence,
attempts and obligations by bulk insert, then `rebuild_tallies` and a base as the night takes it.
The passes of the morning come after that base, through the event, as on a working day.

Deterministic. SQLite files are kept under `bench/results/` by a hash over the migrations and the
generator, so that a second run finds them.
"""

from __future__ import annotations

import ast
import hashlib
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask

from config import read_settings
from lms.app import create_app
from lms.app.demo import plan as demo_plan
from lms.app.demo.roster import RosterSeed, seed_roster
from lms.assessment.models import Attempt, QuizForm, QuizVersion
from lms.catalogue.models import Course, CourseVersion
from lms.competency.events import EvidenceRecorded
from lms.competency.models import Evidence, EvidenceDecision, OutsideCertificate
from lms.competency.services import load_framework, seed_requirements
from lms.development.models import JpEntry, Obligation
from lms.development.services import add_obligation_rule
from lms.kernel.dates import add_months
from lms.learning.models import Enrolment
from lms.learning.packages import folders_in, read_content
from lms.learning.services import load_content
from lms.people.models import (
    CurrentPlace,
    IctAssignment,
    Person,
    PersonName,
    PersonNip,
    Placement,
    Standing,
)
from lms.people.rules import make_nip
from lms.platform import clock
from lms.platform import settings as values
from lms.platform.access.passwords import hash_password
from lms.platform.access.services import create_account
from lms.platform.db import db
from lms.readiness.models import Snapshot
from lms.readiness.services import on_evidence_recorded, rebuild_tallies, snapshot_counts

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
TODAY = date(2026, 11, 20)
"""A Friday; everything generated happened up to its morning."""
LOADED_ON = TODAY - timedelta(days=425)
PASSWORD = "jembatan kecil di hulu"  # noqa: S105  # of a generated database on this machine
LEARNERS = 60
"""Accounts uji-001 ...: persons without evidence in `aman` and without an attempt."""
COURSE = "AMN-101"
PILLARS = ("cakap", "budaya", "etika")
_FIELDS = ("proses-bisnis", "arsitektur", "data", "keamanan", "aplikasi", "infrastruktur")
_BATCH = 5_000
_FIRST = ("Adi", "Banyu", "Citra", "Dewi", "Embun", "Fajar", "Galih", "Hana", "Indra", "Kirana")
_LAST = ("Anggara", "Buana", "Cahya", "Girindra", "Lelana", "Nayaka", "Pranawa", "Segara", "Tirta")

Tell = Callable[[str], None]


def morning() -> datetime:
    """Return the moment at which measuring begins: 09.00 of the day."""
    return clock.start_of_day(TODAY) + timedelta(hours=9)


def fingerprint() -> str:
    """Return a hash over what decides the content of a generated database."""
    digest = hashlib.sha256()
    code = [Path(__file__), *(ROOT / f"lms/app/demo/{name}.py" for name in ("plan", "roster"))]
    for path in [*code, *sorted((ROOT / "migrations/versions").glob("*.py"))]:
        digest.update(ast.dump(ast.parse(path.read_text())).encode())  # comments change nothing
    digest.update((ROOT / "lms/app/demo/opd.csv").read_bytes())
    return digest.hexdigest()[:12]


def make_app(folder: Path, url: str) -> Flask:
    """Return the application on a database of the bench, as a server runs it."""
    settings = read_settings({"LMS_DATA_DIR": str(folder), "LMS_SECRET_KEY": "b" * 40})
    app = create_app(replace(settings, database_url=url))
    # The log costs what it costs, but nobody reads it here.
    sink = Path(os.devnull).open("w")  # noqa: SIM115  # open as long as the process
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sink))
    return app


def prepare_sqlite(people: int, tell: Tell) -> Flask:
    """Return the application on a fresh copy of the generated SQLite database."""
    kept = RESULTS / f"{people}-{fingerprint()}.db"
    RESULTS.mkdir(exist_ok=True)
    if not kept.exists():
        fresh = RESULTS / f"making-{people}-{os.getpid()}.db"
        app = make_app(RESULTS, f"sqlite:///{fresh}")
        with app.app_context():
            generate(people, tell)
            db.session.remove()
            db.engine.dispose()  # the last connection to close folds the WAL into the file
        for old in RESULTS.glob(f"{people}-*.db*"):
            old.unlink()
        fresh.rename(kept)
    work = RESULTS / f"work-{os.getpid()}.db"
    forget_work()
    shutil.copy(kept, work)
    return make_app(RESULTS, f"sqlite:///{work}")


def forget_work() -> None:
    """Delete this process's copy."""
    for path in RESULTS.glob(f"work-{os.getpid()}.db*"):
        path.unlink()


def prepare_url(url: str, people: int, tell: Tell) -> Flask:
    """Return the application on a database given by its URL; an empty one is filled first."""
    RESULTS.mkdir(exist_ok=True)
    app = make_app(RESULTS, url)
    with app.app_context():
        from flask_migrate import upgrade

        upgrade()
        found = db.session.scalar(sa.select(sa.func.count(Person.id)))
        db.session.commit()
        if found == 0:
            generate(people, tell)
        elif not people <= found <= people + 2:
            msg = f"Basis data berisi {found} pegawai, bukan {people}: pakai yang kosong."
            raise SystemExit(msg)
        db.session.remove()
    return app


def generate(people: int, tell: Tell) -> None:
    """Fill the empty database of the current application."""
    from flask_migrate import upgrade

    started = time.monotonic()

    def say(text: str) -> None:
        tell(f"[{time.monotonic() - started:6.1f} s] {text}")

    upgrade()
    clock.freeze(clock.start_of_day(TODAY) + timedelta(minutes=20))
    try:
        _generate(people, say)
    finally:
        clock.freeze(None)


def _generate(people: int, say: Tell) -> None:
    dice = random.Random("bench")
    loaded_at = clock.start_of_day(LOADED_ON) + timedelta(hours=8)
    values.change(
        key="agency.name",
        new_value="Pemerintah Kota Tirtamulya",
        valid_from=LOADED_ON,
        basis="bench",
        actor_account_id=None,
    )
    load_framework(now=loaded_at)
    seed_requirements(now=loaded_at, effective_from=LOADED_ON)
    hashed = hash_password(PASSWORD)
    roster = seed_roster(today=TODAY, people=None, password_hash=hashed)
    load_courses(now=loaded_at)
    db.session.commit()
    say(f"{len(roster.person_ids)} pegawai dasar, kursus, peran")
    office = Office(roster)
    extra = max(0, people - db.session.scalar(sa.select(sa.func.count(Person.id))))
    _insert_persons(extra, office, dice, say)
    everybody = _placed()
    learners = _make_learners(roster, hashed)
    untouched = {*learners, roster.persons["asn"], roster.persons["asn2"]}
    _insert_evidence(everybody, untouched, dice, say)
    _insert_obligations(everybody, roster)
    _fix_sequences()
    db.session.commit()
    rebuild_tallies(now=clock.now(), progress=_every_tenth(say))
    db.session.commit()
    say("catatan kesiapan dihitung")
    _insert_snapshots()
    _pass_this_morning(everybody, untouched, dice)
    db.session.commit()
    if db.engine.dialect.name == "sqlite":
        db.session.connection().exec_driver_sql("ANALYZE")
        db.session.commit()
    say("selesai")


def load_courses(*, now: datetime) -> None:
    """Publish what changed in `courses/` and `quizzes/`, as `content load` does."""
    # Laws are compared on real days: a comparison after the bench's day would be one in the future.
    real_day = max(TODAY, datetime.now(clock.zone()).date())
    content = read_content(folders_in((ROOT,)), today=real_day)
    load_content(content=content, media_dir=RESULTS / "media", now=now)


class Office:
    """Units below each OPD, by the size of the OPD."""

    def __init__(self, roster: RosterSeed) -> None:
        units = [unit for unit in demo_plan.make_plan(today=TODAY).units if unit.size]
        self.opd_id: dict[int, int] = {}
        self.below: list[list[int]] = []
        self.weights: list[int] = []
        for opd in units:
            ids = [
                unit_id
                for code, unit_id in roster.units.items()
                if code == opd.code or code.startswith(f"{opd.code}-")
            ]
            self.opd_id.update(dict.fromkeys(ids, roster.units[opd.code]))
            self.below.append(ids)
            self.weights.append(opd.size)

    def pick(self, dice: random.Random) -> int:
        """Return a unit; large OPD are picked more often."""
        return dice.choice(dice.choices(self.below, self.weights)[0])


def _insert_persons(count: int, office: Office, dice: random.Random, say: Tell) -> None:
    first_id = (db.session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    tables: dict[type, list[dict[str, Any]]] = {
        table: []
        for table in (
            Person,
            PersonName,
            PersonNip,
            Placement,
            Standing,
            CurrentPlace,
            IctAssignment,
        )
    }
    for number in range(count):
        _add_person(tables, first_id + number, number, office, dice)
        if (number + 1) % _BATCH == 0 or number + 1 == count:
            for table, rows in tables.items():
                _insert(table, rows)
                rows.clear()
            db.session.commit()
            if (number + 1) % (10 * _BATCH) == 0:
                say(f"{number + 1} pegawai tambahan")


def _add_person(
    tables: dict[type, list[dict[str, Any]]],
    person_id: int,
    number: int,
    office: Office,
    dice: random.Random,
) -> None:
    recorded_at = clock.start_of_day(LOADED_ON) + timedelta(hours=9)
    name = f"{dice.choice(_FIRST)} {dice.choice(_LAST)} {number:06d}"
    pns = dice.random() < 0.75
    unit_id = office.pick(dice)
    starts_on = date(2013 + dice.randrange(12), 1 + dice.randrange(12), 1)
    born = date(1970, 1, 1) + timedelta(days=number % 10_000)
    nip = make_nip(
        employment="PNS" if pns else "PPPK",
        birth_date=born,
        appointed_year=born.year + 22,
        appointed_month=1 + number // 900_000,
        sex="P" if dice.random() < 0.5 else "L",
        sequence=900 + number // 10_000,
    )
    tables[Person].append(
        {
            "id": person_id,
            "account_id": None,
            "name": name,
            "title_before": "",
            "title_after": "S.E." if pns else "",
            "sort_name": name.lower(),
            "email": f"p{person_id}@tirtamulya.contoh.go.id",
            "employment": "PNS" if pns else "PPPK",
            "rank": "III/b" if pns else "IX",
            "created_at": recorded_at,
        }
    )
    common = {"person_id": person_id, "recorded_at": recorded_at}
    tables[PersonName].append({**common, "full_name": name})
    tables[PersonNip].append(
        {**common, "nip": nip, "current_of": person_id, "starts_on": starts_on}
    )

    def place(unit: int, on: date, at: datetime) -> None:
        tables[Placement].append(
            {
                "person_id": person_id,
                "unit_id": unit,
                "post_kind": dice.choice("224"),
                "post_code": "",
                "post_name": "Pengolah Data dan Informasi",
                "starts_on": on,
                "recorded_at": at,
                "supersedes_id": None,
            }
        )

    place(unit_id, starts_on, recorded_at)
    active = True
    standing = {**common, "supersedes_id": None}
    tables[Standing].append({**standing, "code": "01", "starts_on": starts_on})
    if dice.random() < 0.02:
        day = TODAY - timedelta(days=dice.randint(5, 400))
        unit_id = office.pick(dice)
        place(unit_id, day, clock.start_of_day(day) + timedelta(hours=9, seconds=number % 3600))
    if dice.random() < 0.02:
        day, active = TODAY - timedelta(days=dice.randint(5, 400)), False
        at = clock.start_of_day(day) + timedelta(hours=9)
        tables[Standing].append({**standing, "code": "03", "starts_on": day, "recorded_at": at})
    tables[CurrentPlace].append(
        {
            "person_id": person_id,
            "unit_id": unit_id,
            "opd_id": office.opd_id[unit_id],
            "post_name": "Pengolah Data dan Informasi",
            "is_active": active,
        }
    )
    if dice.random() < 0.025:
        tables[IctAssignment].append(
            {
                **common,
                "field": dice.choice(_FIELDS),
                "basis": "penugasan",
                "letter_number": f"800/{number}/SK",
                "letter_date": LOADED_ON,
                "starts_on": LOADED_ON,
                "ends_on": None,
            }
        )


def _placed() -> list[tuple[int, int]]:
    """Return (person id, OPD id) of everybody who is active today, by id."""
    rows = db.session.execute(
        sa.select(CurrentPlace.person_id, CurrentPlace.opd_id)
        .where(CurrentPlace.is_active, CurrentPlace.opd_id.is_not(None))
        .order_by(CurrentPlace.person_id)
    )
    return [(row[0], row[1]) for row in rows]


def _make_learners(roster: RosterSeed, hashed: str) -> list[int]:
    """Give accounts to ordinary persons, for the exams that are measured."""
    taken = set(roster.persons.values())
    free = [person for person in roster.person_ids if person not in taken]
    chosen = free[:: max(1, len(free) // LEARNERS)][:LEARNERS]
    for number, person_id in enumerate(chosen, 1):
        account_id = create_account(
            name=f"uji-{number:03d}", display_name=f"Uji {number:03d}", password_hash=hashed
        )
        db.session.execute(
            sa.update(Person).where(Person.id == person_id).values(account_id=account_id)
        )
    db.session.commit()
    return chosen


class Ledger:
    """Rows of evidence and what belongs to them, with ids handed out here."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.rows: dict[type, list[dict[str, Any]]] = {
            table: []
            for table in (
                OutsideCertificate,
                Attempt,
                Evidence,
                EvidenceDecision,
                Enrolment,
                JpEntry,
            )
        }
        self.next = {table: self._next(table) for table in self.rows}
        form = db.session.execute(
            sa.select(QuizForm.id, QuizForm.quiz_version_id, QuizForm.pass_mark, QuizForm.cut_theta)
            .join(QuizVersion, QuizVersion.id == QuizForm.quiz_version_id)
            .where(QuizVersion.quiz_code == COURSE, QuizVersion.is_current)
            .order_by(QuizForm.id)
        ).first()
        assert form is not None
        self.form = form
        self.course_version: int = db.session.execute(
            sa.select(CourseVersion.id)
            .join(Course, Course.current_version_id == CourseVersion.id)
            .where(Course.code == COURSE)
        ).scalar_one()

    @staticmethod
    def _next(table: Any) -> int:
        return (db.session.scalar(sa.select(sa.func.max(table.id))) or 0) + 1

    def _id(self, table: type) -> int:
        self.next[table] += 1
        return self.next[table] - 1

    def flush(self, *, least: int = 0) -> None:
        """Insert what waits once there is enough of it."""
        if len(self.rows[Evidence]) >= least:
            for table, rows in self.rows.items():
                _insert(table, rows)
                rows.clear()

    def certificate(self, person_id: int, pillars: tuple[str, ...], day: date) -> None:
        """Add an outside certificate with its evidence; some are revoked or under review."""
        dice = self.dice
        at = _office_hour(day, dice)
        certificate_id = self._id(OutsideCertificate)
        level = 2 if dice.random() < 0.86 else dice.choice((1, 3))
        self.rows[OutsideCertificate].append(
            {
                "id": certificate_id,
                "person_id": person_id,
                "title": "Literasi Digital ASN",
                "organiser": "Balai Diklat Contoh",
                "number": f"B{certificate_id}",
                "issued_on": day,
                "levels": dict.fromkeys(pillars, level),
                "verified_by": None,
                "verified_at": at,
                "recorded_at": at,
            }
        )
        months = 24 if len(pillars) > 1 else 12
        for pillar in pillars:
            self.evidence(
                person_id,
                pillar,
                level,
                day,
                at,
                until=add_months(day, months),
                source_kind="outside",
                source_ref=f"outside:{certificate_id}",
                outcome="diakui",
            )

    def evidence(
        self, person_id: int, competence: str, level: int, day: date, at: datetime, **more: Any
    ) -> int:
        """Add one row of the ledger; 2 % are revoked later, 1 % under review for two weeks."""
        evidence_id = self._id(Evidence)
        self.rows[Evidence].append(
            {
                "id": evidence_id,
                "person_id": person_id,
                "competence": competence,
                "level": level,
                "outcome": more["outcome"],
                "theta": more.get("theta"),
                "se": more.get("se"),
                "cut_theta": more.get("cut_theta"),
                "source_kind": more["source_kind"],
                "source_ref": more["source_ref"],
                "cut_ref": "",
                "framework_version": "2026",
                "measured_on": day,
                "valid_from": day,
                "valid_until": more["until"],
                "supersedes_id": None,
                "recorded_at": at,
            }
        )
        chance = self.dice.random()
        if chance < 0.03 and at < clock.now() - timedelta(days=60):
            decided = at + timedelta(days=self.dice.randint(3, 50), minutes=7)
            on = clock.local_date(decided)
            review = chance < 0.01
            self.rows[EvidenceDecision].append(
                {
                    "id": self._id(EvidenceDecision),
                    "evidence_id": evidence_id,
                    "kind": "review" if review else "revoked",
                    "effective_on": on,
                    "effective_until": on + timedelta(days=14) if review else None,
                    "reason": "bench",
                    "decided_by": None,
                    "recorded_at": decided,
                }
            )
        return evidence_id

    def exam(self, person_id: int, day: date, at: datetime, *, passed: bool) -> int:
        """Add a graded attempt at the course with evidence, enrolment and JP; return the evidence."""
        dice, form = self.dice, self.form
        attempt_id = self._id(Attempt)
        right = dice.randint(form.pass_mark, 20) if passed else dice.randint(6, form.pass_mark - 1)
        theta = form.cut_theta + (right - form.pass_mark + 0.5) * 0.25
        self.rows[Attempt].append(
            {
                "id": attempt_id,
                "person_id": person_id,
                "quiz_code": COURSE,
                "quiz_version_id": form.quiz_version_id,
                "form_id": form.id,
                "number": 1,
                "seed": attempt_id,
                "token_hash": f"bench-{attempt_id}",
                "state": "dinilai",
                "started_at": at - timedelta(minutes=25),
                "started_on": day,
                "ends_at": at + timedelta(minutes=15),
                "submitted_at": at,
                "graded_at": at,
                "answered": 20,
                "correct": right,
                "pass_mark": form.pass_mark,
                "outcome": "lulus" if passed else "belum",
                "theta": theta,
                "se": 0.45,
                "p_pass": 0.9 if passed else 0.2,
                "per_lesson": {"1": [right, 20]},
            }
        )
        self.rows[Enrolment].append(
            {
                "id": self._id(Enrolment),
                "person_id": person_id,
                "course_code": COURSE,
                "version_id": self.course_version,
                "enrolled_at": at - timedelta(days=3),
                "completed_at": at if passed else None,
            }
        )
        if passed:
            self.rows[JpEntry].append(
                {
                    "id": self._id(JpEntry),
                    "person_id": person_id,
                    "year": day.year,
                    "earned_on": day,
                    "kind_code": "16",
                    "title": "Aman Digital",
                    "course_code": COURSE,
                    "enrolment_id": None,
                    "jp": 6,
                    "state": "final",
                    "final_at": at,
                    "source_ref": f"attempt:{attempt_id}",
                    "recorded_at": at,
                }
            )
        return self.evidence(
            person_id,
            "aman",
            2 if passed else 0,
            day,
            at,
            until=add_months(day, 24) if passed else None,
            source_kind="measured",
            source_ref=f"attempt:{attempt_id}",
            outcome="lulus" if passed else "belum",
            theta=theta,
            se=0.45,
            cut_theta=form.cut_theta,
        )


def _office_hour(day: date, dice: random.Random) -> datetime:
    return clock.start_of_day(day) + timedelta(hours=8, seconds=dice.randrange(8 * 3600))


def _insert_evidence(
    everybody: list[tuple[int, int]], untouched: set[int], dice: random.Random, say: Tell
) -> None:
    """Give each OPD its own zeal: certificates for three pillars, the exam for the fourth."""
    ledger = Ledger(dice)
    zeal = {opd: dice.uniform(0.35, 0.92) for opd in sorted({opd for _, opd in everybody})}
    for number, (person_id, opd_id) in enumerate(everybody, 1):
        share = zeal[opd_id]
        if dice.random() < share * 0.7:
            ledger.certificate(person_id, PILLARS, _past_day(dice))
        for pillar in PILLARS:
            if dice.random() < share * 0.25:
                ledger.certificate(person_id, (pillar,), _past_day(dice))
        if person_id not in untouched and dice.random() < share * 0.8:
            day = _past_day(dice)
            ledger.exam(person_id, day, _office_hour(day, dice), passed=dice.random() < 0.85)
        ledger.flush(least=2 * _BATCH)
        if number % (10 * _BATCH) == 0:
            db.session.commit()
            say(f"bukti {number} pegawai")
    ledger.flush()


def _past_day(dice: random.Random) -> date:
    return TODAY - timedelta(days=dice.randint(1, 420))


def _insert_obligations(everybody: list[tuple[int, int]], roster: RosterSeed) -> None:
    assigned_on = TODAY - timedelta(days=40)
    now = clock.start_of_day(assigned_on) + timedelta(minutes=20)
    rule_id = add_obligation_rule(
        code="AMN-101-semua",
        title="Aman Digital bagi semua ASN",
        course_code=COURSE,
        effective_from=assigned_on,
        reason="bench",
        now=now,
    )
    passed = {
        row.person_id: row.id
        for row in db.session.execute(
            sa.select(Attempt.person_id, Attempt.id).where(Attempt.outcome == "lulus")
        )
    }
    late = {roster.persons["asn"], roster.persons["asn2"]}
    rows = []
    for person_id, _ in everybody:
        on = TODAY if person_id in late else assigned_on
        met = passed.get(person_id)
        rows.append(
            {
                "rule_id": rule_id,
                "person_id": person_id,
                "course_code": COURSE,
                "assigned_on": on,
                "due_on": on + timedelta(days=14),
                "started_on": None,
                "met_on": on if met else None,
                "met_by": f"attempt:{met}" if met else "",
                "waived_on": None,
                "waived_reason": "",
                "recorded_at": now,
            }
        )
    for batch in _batches(rows):
        _insert(Obligation, batch)


def _insert_snapshots() -> None:
    """Freeze the past year's ends of months; the hash over persons is left out: nobody checks it."""
    day = TODAY.replace(day=1) - timedelta(days=1)
    for _ in range(13):
        known_at = clock.start_of_day(day) + timedelta(days=1, minutes=10)
        db.session.add(
            Snapshot(
                as_of=day,
                known_at=known_at,
                taken_at=known_at,
                formula_version="bench",
                counts=snapshot_counts(day, known_at),
                person_rows_sha256="0" * 64,
            )
        )
        day = day.replace(day=1) - timedelta(days=1)
    db.session.flush()


def _pass_this_morning(
    everybody: list[tuple[int, int]], untouched: set[int], dice: random.Random
) -> None:
    """Add the passes of one working day after the night's base: each person once in a year."""
    seen = set(db.session.scalars(sa.select(Attempt.person_id)))
    able = [person for person, _ in everybody if person not in untouched and person not in seen]
    ledger = Ledger(dice)
    first = clock.start_of_day(TODAY)
    at = first + timedelta(hours=7, minutes=30)
    ids = []
    for person_id in sorted(dice.sample(able, min(len(able), len(everybody) // 250))):
        at += timedelta(seconds=7)
        ids.append(ledger.exam(person_id, TODAY, at, passed=dice.random() < 0.85))
    ledger.flush()
    _fix_sequences()
    on_evidence_recorded(EvidenceRecorded(evidence_ids=tuple(ids), person_id=None))


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(table.__table__.insert(), rows)


def _fix_sequences() -> None:
    """Let PostgreSQL go on after the ids that were handed out here."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in (
        Person,
        OutsideCertificate,
        Attempt,
        Evidence,
        EvidenceDecision,
        Enrolment,
        JpEntry,
    ):
        name = table.__tablename__
        db.session.execute(
            sa.text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"  # noqa: S608  # our own names
                f" (SELECT coalesce(max(id), 1) FROM {name}))"
            )
        )


def _every_tenth(say: Tell) -> Callable[[int, int], None]:
    shown = 0

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if done * 10 // max(1, total) > shown:
            shown = done * 10 // max(1, total)
            say(f"kesiapan {done} dari {total}")

    return progress
