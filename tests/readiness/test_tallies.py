"""Tallies: whatever happens to persons, every pair (as_of, known_at) sums to what the facts say."""

import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.competency import services as competency
from lms.kernel.counts import Counts
from lms.kernel.errors import DomainError
from lms.people import services as people
from lms.platform import clock
from lms.platform.db import db
from lms.readiness import queries, services
from lms.readiness.models import Tally, TallyBase
from tests import factories

START = date(2026, 1, 1)
T0 = datetime(2026, 1, 1, 2, tzinfo=UTC)
SOAK = os.environ.get("TITIAN_SOAK") == "1"


def day(offset):
    return START + timedelta(days=offset)


def sums(as_of, known_at=None):
    return queries.tally_sums_by_version(as_of, known_at or datetime(2030, 1, 1, tzinfo=UTC))


def counts(unit_id, competence, as_of, known_at=None):
    found = [
        each
        for (unit, code, _), each in sums(as_of, known_at).items()
        if (unit, code) == (unit_id, competence)
    ]
    return sum(found, Counts())


@pytest.fixture
def world(database):
    requirement_ids = factories.framework(effective_from=date(2025, 1, 1))
    city = factories.office("KOTA", kind="pemda", group="")
    one = factories.office("DISDUKCAPIL", parent_id=city)
    part = factories.office("DISDUKCAPIL-01", kind="bidang", parent_id=one)
    two = factories.office("DISKOMINFO", parent_id=city)
    return {"city": city, "one": one, "part": part, "two": two, "rules": requirement_ids}


def test_joining_gives_heads_and_required_persons(world):
    factories.staff(world["one"], 3)
    assert counts(world["one"], "*", day(0)) == Counts(n=3)
    assert counts(world["one"], "aman", day(0)) == Counts(n=3)
    assert counts(world["one"], "pilar", day(0)) == Counts(n=3)
    assert counts(world["one"], "data", day(0)) == Counts()
    assert counts(world["one"], "aman", date(2025, 1, 5)) == Counts()


def test_pass_expires_the_day_after_its_last_valid_day(world):
    (person,) = factories.staff(world["one"])
    factories.record(factories.evidence(person, measured_on=day(10), valid_until=day(100)))
    assert counts(world["one"], "aman", day(9)) == Counts(1, 0, 0, 0)
    assert counts(world["one"], "aman", day(10)) == Counts(1, 1, 1, 1)
    assert counts(world["one"], "aman", day(100)) == Counts(1, 1, 1, 1)
    assert counts(world["one"], "aman", day(101)) == Counts(1, 1, 0, 0)


def test_failed_voluntary_attempt_never_lowers_m(world):
    (person,) = factories.staff(world["one"])
    factories.record(factories.evidence(person, measured_on=day(10), valid_until=day(500)))
    factories.record(factories.evidence(person, level=0, measured_on=day(20)))
    assert counts(world["one"], "aman", day(30)) == Counts(1, 1, 1, 1)


def test_level_below_the_required_one_is_current_and_not_ready(world):
    (person,) = factories.staff(world["one"])
    factories.record(factories.evidence(person, level=1, measured_on=day(10)))
    assert counts(world["one"], "aman", day(30)) == Counts(1, 1, 1, 0)


def test_all_pillars_count_person_by_person(world):
    first, second = factories.staff(world["one"], 2)
    factories.record(
        *(factories.evidence(first, code) for code in ("cakap", "budaya", "etika", "aman")),
        *(factories.evidence(second, code) for code in ("cakap", "aman")),
    )
    assert counts(world["one"], "pilar", date(2026, 4, 1)) == Counts(2, 1, 1, 1)
    assert counts(world["one"], "aman", date(2026, 4, 1)) == Counts(2, 2, 2, 2)


def test_move_takes_exactly_one_from_the_old_office_and_gives_it_to_the_new(world):
    person, _ = factories.staff(world["one"], 2)
    factories.record(factories.evidence(person))
    people.place_person(
        person_id=person,
        unit_id=world["two"],
        starts_on=day(120),
        now=T0 + timedelta(days=100),
    )
    assert counts(world["one"], "aman", day(119)) == Counts(2, 1, 1, 1)
    assert counts(world["one"], "aman", day(120)) == Counts(1, 0, 0, 0)
    assert counts(world["two"], "aman", day(120)) == Counts(1, 1, 1, 1)
    assert counts(world["two"], "aman", day(119)) == Counts()


def test_bulk_gives_the_same_sums_as_one_by_one(world):
    persons = factories.staff(world["part"], 4)
    factories.record(*(factories.evidence(person) for person in persons[:3]))
    factories.record(factories.evidence(persons[3]))
    assert counts(world["part"], "aman", date(2026, 4, 1)) == Counts(4, 4, 4, 4)
    assert services.verify(as_of=date(2026, 4, 1), known_at=clock.now()) == []


def test_revocation_acts_from_its_day_and_review_ends_by_itself(world, frozen):
    (person,) = factories.staff(world["one"])
    (row,) = factories.record(factories.evidence(person))
    competency.review_evidence(
        evidence_id=row, reason="Alamat jaringan sama", decided_by=None, now=clock.now()
    )
    today = clock.today()
    assert counts(world["one"], "aman", today) == Counts(1, 1, 1, 0)
    assert counts(world["one"], "aman", today + timedelta(days=13)) == Counts(1, 1, 1, 0)
    assert counts(world["one"], "aman", today + timedelta(days=14)) == Counts(1, 1, 1, 1)
    frozen(clock.now() + timedelta(days=3))
    competency.revoke_evidence(
        evidence_id=row, reason="Soal bocor", decided_by=None, now=clock.now()
    )
    assert counts(world["one"], "aman", today + timedelta(days=2)) == Counts(1, 1, 1, 0)
    assert counts(world["one"], "aman", today + timedelta(days=3)) == Counts(1, 0, 0, 0)
    assert counts(world["one"], "aman", today + timedelta(days=30)) == Counts(1, 0, 0, 0)


def test_what_was_known_stays_what_was_known(world):
    (person,) = factories.staff(world["one"])
    before = datetime(2026, 2, 28, tzinfo=UTC)
    factories.record(factories.evidence(person))
    assert counts(world["one"], "aman", day(300), before) == Counts(1, 0, 0, 0)
    assert counts(world["one"], "aman", day(300)) == Counts(1, 1, 1, 1)


def test_base_and_later_rows_are_the_full_sum(world):
    persons = factories.staff(world["one"], 5)
    factories.record(*(factories.evidence(person) for person in persons[:2]))
    assert services.take_base(now=datetime(2026, 5, 1, tzinfo=UTC)) is not None
    assert services.take_base(now=datetime(2026, 5, 1, tzinfo=UTC)) is None
    factories.record(
        factories.evidence(
            persons[2], measured_on=date(2026, 4, 2), recorded_at=datetime(2026, 5, 2, tzinfo=UTC)
        )
    )
    known = datetime(2026, 6, 1, tzinfo=UTC)
    assert queries.find_base(date(2026, 5, 10), known) is not None
    for as_of in (date(2026, 4, 30), date(2026, 5, 10), date(2029, 1, 1)):
        assert queries.tally_sums_by_version(as_of, known) == queries.tally_sums_by_version(
            as_of, known, with_base=False
        )
        assert services.verify(as_of=as_of, known_at=known) == []


def test_history_loaded_after_the_fact_drops_the_base_it_belongs_to(world):
    (person,) = factories.staff(world["one"])
    services.take_base(now=datetime(2026, 5, 1, tzinfo=UTC))
    factories.record(factories.evidence(person))
    assert db.session.scalars(select(TallyBase.id)).all() == []
    assert services.verify(as_of=date(2026, 6, 1), known_at=clock.now()) == []


def test_rebuild_adds_only_what_differs(world):
    persons = factories.staff(world["one"], 3)
    factories.record(*(factories.evidence(person) for person in persons))
    now = clock.now()
    assert services.rebuild_tallies(now=now).rows == 0
    db.session.execute(Tally.__table__.delete().where(Tally.competence == "aman", Tally.d_m == 3))
    before = db.session.query(Tally).count()
    assert services.verify(as_of=date(2026, 6, 1), known_at=now) != []
    assert services.rebuild_tallies(now=now, dry_run=True).rows == 1
    assert db.session.query(Tally).count() == before
    seen = []
    assert services.rebuild_tallies(now=now, progress=lambda *at: seen.append(at)).rows == 1
    assert seen == [(3, 3)]
    assert services.verify(as_of=date(2026, 6, 1), known_at=now) == []
    assert db.session.scalars(select(Tally.cause).where(Tally.cause == "rebuild")).all() == [
        "rebuild"
    ]


def test_requirement_from_tomorrow_moves_everybody(world):
    persons = factories.staff(world["one"], 3)
    factories.record(*(factories.evidence(person) for person in persons))
    tomorrow = clock.today() + timedelta(days=1)
    competency.add_requirement(
        rule_code="literasi-aman",
        audience="asn-aktif",
        competence="aman",
        level=3,
        effective_from=tomorrow,
        reason="Naik tingkat",
        now=clock.now(),
    )
    assert counts(world["one"], "aman", clock.today()) == Counts(3, 3, 3, 3)
    assert counts(world["one"], "aman", tomorrow) == Counts(3, 3, 3, 0)
    assert services.verify(as_of=tomorrow, known_at=clock.now()) == []


def test_requirement_of_a_kind_of_post_follows_the_placement(world):
    (person,) = factories.staff(world["one"])
    competency.add_requirement(
        rule_code="fungsional-data",
        audience="jenis-jabatan:2",
        competence="data",
        level=2,
        effective_from=day(0),
        reason="Uji",
        now=T0,
        seeding=True,
    )
    people.place_person(
        person_id=person, unit_id=world["two"], post_kind="2", starts_on=day(50), now=T0
    )
    people.place_person(
        person_id=person,
        unit_id=world["two"],
        post_kind="4",
        starts_on=day(90),
        now=T0 + timedelta(days=1),
    )
    assert counts(world["two"], "data", day(49)) == Counts()
    assert counts(world["two"], "data", day(50)) == Counts(n=1)
    assert counts(world["two"], "data", day(90)) == Counts()
    assert services.verify(as_of=day(60), known_at=clock.now()) == []


# --- random histories

OFFSETS = st.integers(-20, 60)
PEOPLE = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(
        st.just("evidence"),
        PEOPLE,
        st.sampled_from(["aman", "cakap", "data"]),
        st.integers(0, 4),
        OFFSETS,
        st.one_of(st.none(), st.integers(1, 60)),
        st.sampled_from(["measured", "measured", "outside", "claimed"]),
        st.booleans(),
    ),
    st.tuples(
        st.just("place"),
        PEOPLE,
        st.sampled_from(["one", "part", "two", None]),
        OFFSETS,
        st.sampled_from(["", "2", "4"]),
        st.booleans(),
    ),
    st.tuples(st.just("standing"), PEOPLE, st.sampled_from(["01", "07"]), OFFSETS, st.booleans()),
    st.tuples(
        st.just("register"),
        PEOPLE,
        st.just("data"),
        OFFSETS,
        st.one_of(st.none(), st.integers(0, 30)),
    ),
    st.tuples(st.sampled_from(["revoke", "review", "end"]), st.integers(0, 9)),
    st.tuples(
        st.just("rule"),
        st.sampled_from(["literasi-aman", "sdm-tik-data", "jabatan-data"]),
        st.integers(1, 4),
        OFFSETS,
    ),
    st.tuples(st.just("base")),
)
HISTORY = st.lists(
    st.tuples(STEPS, st.integers(0, 72), st.sampled_from([0, 0, 0, 30, 400])),
    min_size=1,
    max_size=12,
)
PAIRS = st.lists(
    st.tuples(st.integers(-40, 140), st.integers(-24, 24 * 40)), min_size=3, max_size=3
)
AUDIENCES = {
    "literasi-aman": ("asn-aktif", "aman"),
    "sdm-tik-data": ("sdm-tik:data", "data"),
    "jabatan-data": ("jenis-jabatan:2", "data"),
}


class History:
    """Does the steps through the services and keeps the ids they gave."""

    def __init__(self, world):
        self.units = world
        self.persons = [
            *factories.staff(world["one"], 2, starts_on=day(-30), recorded_at=T0),
            *factories.staff(world["part"], 1, starts_on=day(-30), recorded_at=T0),
        ]
        self.evidence = []
        self.rows = {}

    def do(self, step, now, recorded_at):
        kind, *rest = step
        clock.freeze(now)
        with suppress(DomainError):  # a refused step changes nothing
            getattr(self, kind)(now, recorded_at, *rest)

    def _dated(self, now, recorded_at):
        return {"now": now, "recorded_at": recorded_at}

    def evidence_(self, _now, recorded_at, who, competence, level, at, lasts, source, replaces):
        person = self.persons[who]
        earlier = [row for owner, row in self.evidence if owner == person]
        (row,) = factories.record(
            factories.evidence(
                person,
                competence,
                level,
                measured_on=day(at),
                valid_until=None if lasts is None else day(at + lasts),
                source_kind=source,
                recorded_at=recorded_at,
                supersedes_id=earlier[-1] if earlier and replaces else None,
            )
        )
        self.evidence.append((person, row))

    def place(self, now, recorded_at, who, unit, at, post, corrects):
        self._fact(
            "place",
            who,
            corrects,
            lambda person, supersedes: people.place_person(
                person_id=person,
                unit_id=self.units[unit] if unit else None,
                starts_on=day(at),
                post_kind=post,
                supersedes_id=supersedes,
                **self._dated(now, recorded_at),
            ),
        )

    def standing(self, now, recorded_at, who, code, at, corrects):
        self._fact(
            "standing",
            who,
            corrects,
            lambda person, supersedes: people.set_standing(
                person_id=person,
                code=code,
                starts_on=day(at),
                supersedes_id=supersedes,
                **self._dated(now, recorded_at),
            ),
        )

    def _fact(self, kind, who, corrects, do):
        person = self.persons[who]
        last = self.rows.get((kind, person)) if corrects else None
        self.rows[kind, person] = do(person, last)

    def register(self, now, recorded_at, who, field, at, lasts):
        people.add_ict_assignment(
            person_id=self.persons[who],
            field=field,
            basis="penugasan",
            starts_on=day(at),
            ends_on=None if lasts is None else day(at + lasts),
            **self._dated(now, recorded_at),
        )

    def _decide(self, service, index, now):
        if self.evidence:
            row = self.evidence[index % len(self.evidence)][1]
            service(evidence_id=row, reason="uji", decided_by=None, now=now)

    def revoke(self, now, _recorded_at, index):
        self._decide(competency.revoke_evidence, index, now)

    def review(self, now, _recorded_at, index):
        self._decide(competency.review_evidence, index, now)

    def end(self, now, _recorded_at, index):
        self._decide(competency.end_review, index, now)

    def rule(self, now, _recorded_at, rule_code, level, at):
        audience, competence = AUDIENCES[rule_code]
        competency.add_requirement(
            rule_code=rule_code,
            audience=audience,
            competence=competence,
            level=level,
            effective_from=day(at),
            reason="uji",
            now=now,
            seeding=True,
        )

    def base(self, now, _recorded_at):
        services.take_base(now=now)


def play(world, history):
    happened = History(world)
    now = T0
    for step, hours, late in history:
        now += timedelta(hours=hours)
        named = ("evidence_", *step[1:]) if step[0] == "evidence" else step
        happened.do(
            named, now, now - timedelta(hours=late) if now - timedelta(hours=late) > T0 else now
        )
    clock.freeze(now)
    return happened


@settings(
    max_examples=500 if SOAK else 50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY, pairs=PAIRS)
def test_any_history_verifies_at_any_pair(world, history, pairs):
    db.session.commit()
    try:
        play(world, history)
        for offset, hours in pairs:
            known_at = T0 + timedelta(hours=hours)
            found = services.verify(as_of=day(offset), known_at=known_at)
            assert found == [], found
            assert queries.tally_sums_by_version(day(offset), known_at) == (
                queries.tally_sums_by_version(day(offset), known_at, with_base=False)
            )
            for each in queries.tally_sums_by_version(day(offset), known_at).values():
                assert each.is_consistent
    finally:
        db.session.rollback()


@settings(
    max_examples=100 if SOAK else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY)
def test_any_history_needs_no_rebuild(world, history):
    db.session.commit()
    try:
        play(world, history)
        assert services.rebuild_tallies(now=clock.now(), dry_run=True).rows == 0
    finally:
        db.session.rollback()


@settings(
    max_examples=100 if SOAK else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY, who=PEOPLE, at=OFFSETS)
def test_failing_voluntarily_lowers_no_m_anywhere(world, history, who, at):
    db.session.commit()
    try:
        happened = play(world, history)
        days = [day(offset) for offset in range(-30, 140, 10)]
        before = [sum((each.m for each in sums(on).values()), 0) for on in days]
        factories.record(
            factories.evidence(
                happened.persons[who],
                level=0,
                measured_on=day(at),
                valid_until=day(at + 30),
                recorded_at=clock.now(),
            )
        )
        after = [sum((each.m for each in sums(on).values()), 0) for on in days]
        assert after == before
    finally:
        db.session.rollback()


@settings(
    max_examples=100 if SOAK else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY, who=PEOPLE, at=OFFSETS)
def test_moving_leaves_the_heads_of_the_government_and_shifts_one_person(world, history, who, at):
    db.session.commit()
    try:
        happened = play(world, history)
        clock.freeze(clock.now() + timedelta(hours=1))
        on = day(200)
        before = {key: each for key, each in sums(on).items() if key[1] == "*"}
        people.place_person(
            person_id=happened.persons[who],
            unit_id=world["two"],
            starts_on=day(150 + at),
            now=clock.now(),
        )
        after = {key: each for key, each in sums(on).items() if key[1] == "*"}
        changes = sorted(
            (after.get(key, Counts()) - before.get(key, Counts())).n for key in before | after
        )
        assert [change for change in changes if change] in ([], [1], [-1, 1])
    finally:
        db.session.rollback()
