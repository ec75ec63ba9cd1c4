"""A year of learning in the demo government, made through the services and dated back.

Deterministic: the same day of seeding gives the same year. Outside certificates stand for the
pillars whose courses do not exist yet; AMN-101 is really taken, question by question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from lms.app.demo.answers import answer_fields
from lms.app.demo.roster import RosterSeed
from lms.assessment import queries as tests
from lms.assessment import services as assessment
from lms.competency.services import OutsideAward, accept_outside_certificates
from lms.development import services as development
from lms.learning import queries as learning_queries
from lms.learning import services as learning
from lms.people import queries as people
from lms.platform import clock
from lms.platform.db import db

Progress = Callable[[str], None]
COURSE: Final = "AMN-101"
SEED: Final = "tahun belajar"
UNTOUCHED: Final = ("asn", "asn2")
"""Accounts that have neither evidence in `aman` nor an attempt."""
TAKERS: Final = 260
WAVES: Final = (60, 25, 0)
"""Days before seeding on which the obligation reached a third of the OPD each."""
_LAST_WAVE: Final = frozenset({"DISDUKCAPIL", "DISKOMINFO"})
_AWARDS: Final = (
    ("Literasi Digital ASN", ("cakap", "budaya", "etika"), 24),
    ("Kecakapan Digital Perkantoran", ("cakap",), 24),
    ("Etika dan Budaya Digital", ("budaya", "etika"), 24),
    ("Etika Bermedia Digital bagi ASN", ("etika",), 12),
    ("Pengantar Budaya Digital", ("budaya",), 12),
)
_OLD_SAFETY: Final = ("Dasar Keamanan Informasi", ("aman",), 12)
_AT_REQUIRED_LEVEL: Final = 0.86
_TRIES_AGAIN: Final = 0.7
_ORGANISERS: Final = ("Lembaga Pelatihan Contoh", "Balai Diklat Contoh", "Pusat Literasi Contoh")


@dataclass(frozen=True, slots=True)
class _Take:
    """One planned course: when the exam is taken, and how able the person is (share right)."""

    on: date
    person_id: int
    ability: float


def seed_history(roster: RosterSeed, *, today: date, progress: Progress) -> None:
    """Fill the past year: outside certificates, courses with their exams, obligations.

    Commits in batches, so that the write lock is never held for long.
    """
    random = Random(SEED)  # noqa: S311  # a repeatable demo, not a secret
    untouched = {roster.persons[name] for name in UNTOUCHED}
    places = people.current_places(None)
    staff = [
        person_id
        for person_id in roster.person_ids
        if person_id in places and places[person_id].opd_id is not None
    ]
    eager = {opd: random.uniform(0.35, 0.92) for opd in sorted(roster.persons_of)}
    opd_of = {person: code for code, ids in roster.persons_of.items() for person in ids}
    awards = _planned_awards(random, staff, untouched, today, eager, opd_of, roster)
    takes = _planned_takes(random, staff, untouched, today, eager, opd_of)
    progress(f"{len(awards)} sertifikat luar, {len(takes)} kursus yang ditempuh")
    _give_awards(awards)
    for number, take in enumerate(takes, 1):
        _take_course(take, random, today)
        if number % 25 == 0:
            db.session.commit()
            progress(f"{number} dari {len(takes)} ujian")
    db.session.commit()
    _oblige(roster, today)
    db.session.commit()


def _planned_awards(
    random: Random,
    staff: list[int],
    untouched: set[int],
    today: date,
    eager: dict[str, float],
    opd_of: dict[int, str],
    roster: RosterSeed,
) -> list[OutsideAward]:
    """Return certificates by date; some are older than their validity by now."""
    verifier = roster.accounts["verifikator"]
    first = clock.local_date(roster.loaded_at)
    awards: list[OutsideAward] = []
    for person_id in staff:
        share = eager[opd_of[person_id]]
        wished = [award for award in _AWARDS if random.random() < share * 0.55]
        if random.random() < share * 0.22 and person_id not in untouched:
            wished.append(_OLD_SAFETY)
        for title, pillars, months in wished:
            old = title == _OLD_SAFETY[0]
            days = random.randint(330, 420) if old else random.randint(5, 410)
            issued_on = max(today - timedelta(days=days), first)
            level = 2 if random.random() < _AT_REQUIRED_LEVEL else random.choice((1, 3))
            number = f"{100000 + len(awards)}/{issued_on.year}"
            awards.append(
                OutsideAward(
                    person_id=person_id,
                    title=title,
                    organiser=_ORGANISERS[len(awards) % len(_ORGANISERS)],
                    number=number,
                    issued_on=issued_on,
                    levels=dict.fromkeys(pillars, level),
                    valid_months=months,
                    verified_by=verifier,
                    recorded_at=_morning(issued_on, random),
                )
            )
    return sorted(awards, key=lambda award: (award.recorded_at, award.number))


def _give_awards(awards: list[OutsideAward]) -> None:
    """Record the certificates month by month, at the moment they were verified."""
    months: dict[tuple[int, int], list[OutsideAward]] = {}
    for award in awards:
        months.setdefault((award.issued_on.year, award.issued_on.month), []).append(award)
    for batch in months.values():
        accept_outside_certificates(batch)
        db.session.commit()


def _planned_takes(
    random: Random,
    staff: list[int],
    untouched: set[int],
    today: date,
    eager: dict[str, float],
    opd_of: dict[int, str],
) -> list[_Take]:
    able = [
        person_id
        for person_id in staff
        if person_id not in untouched and random.random() < eager[opd_of[person_id]]
    ]
    chosen = sorted(random.sample(able, min(TAKERS * len(staff) // 1200 or 1, len(able))))
    takes = []
    for person_id in chosen:
        on = today - timedelta(days=random.randint(12, 362))
        ability = min(0.97, max(0.3, random.gauss(0.78, 0.13)))
        takes.append(_Take(on=on, person_id=person_id, ability=ability))
    return sorted(takes, key=lambda take: (take.on, take.person_id))


def _take_course(take: _Take, random: Random, today: date) -> None:
    """Learn the six lessons over three days, sit the exam, and try again after 9 days if need be."""
    begun = _morning(take.on - timedelta(days=3), random)
    clock.freeze(begun)
    learning.enrol(
        person_id=take.person_id, course_code=COURSE, now=begun, today=clock.local_date(begun)
    )
    progress = learning_queries.course_progress(take.person_id, COURSE)
    assert progress is not None
    at = begun
    for lesson in progress.lessons:
        for _step in range(3):
            learning.open_lesson(
                person_id=take.person_id, course_code=COURSE, number=lesson.number, now=at
            )
            at += timedelta(minutes=random.choice((5, 7, 9, 10)))
        learning.mark_lesson_done(
            person_id=take.person_id, course_code=COURSE, number=lesson.number, now=at
        )
        at += timedelta(hours=9)
    passed = _sit(take.person_id, _morning(take.on, random), take.ability, random)
    again = take.on + timedelta(days=9)
    if not passed and again < today and random.random() < _TRIES_AGAIN:
        _sit(take.person_id, _morning(again, random), min(0.95, take.ability + 0.1), random)
    clock.freeze(None)


def _sit(person_id: int, at: datetime, ability: float, random: Random) -> bool:
    """Take the exam question by question; return whether it was passed."""
    clock.freeze(at)
    begun = assessment.start_attempt(
        person_id=person_id, quiz_code=COURSE, now=at, today=clock.local_date(at)
    )
    taker = tests.Taker(quiz_code=COURSE, token_hash=None, person_id=person_id)
    head = tests.attempt_by_id(begun.attempt_id)
    for position in range(1, len(head.order) + 1):
        at += timedelta(seconds=random.randint(35, 110))
        clock.freeze(at)
        content = head.item(position).content
        assessment.save_answer(
            taker=taker,
            position=position,
            fields=answer_fields(content, right=random.random() < ability, random=random),
            seq=None,
            client_at=None,
            is_flagged=False,
            now=at,
        )
    at += timedelta(seconds=40)
    clock.freeze(at)
    assessment.submit_attempt(taker=taker, now=at)
    return any(one.outcome == "lulus" for one in tests.attempts_of(person_id, COURSE))


def _oblige(roster: RosterSeed, today: date) -> None:
    """Require AMN-101 of every active ASN: the OPD are reached in waves, the last one today."""
    first = today - timedelta(days=WAVES[0])
    clock.freeze(_start(first))
    rule_id = development.add_obligation_rule(
        code="AMN-101-semua",
        title="Aman Digital bagi semua ASN",
        course_code=COURSE,
        effective_from=first,
        due_days=14,
        reason="Setiap ASN aktif memerlukan kompetensi pilar Aman tingkat 2.",
        legal_basis="UU 20/2023 tentang Aparatur Sipil Negara (menunggu telaah hukum)",
        now=clock.now(),
    )
    codes = sorted(set(roster.persons_of) - _LAST_WAVE)
    groups = (codes[0::2], codes[1::2], None)
    for days, group in zip(WAVES, groups, strict=True):
        day = today - timedelta(days=days)
        clock.freeze(_start(day) if days else None)
        ids = None if group is None else [p for code in group for p in roster.persons_of[code]]
        development.assign_due(today=day, person_ids=ids, rule_id=rule_id, now=clock.now())
        db.session.commit()
    clock.freeze(None)


def _start(day: date) -> datetime:
    return clock.start_of_day(day) + timedelta(minutes=20)


def _morning(day: date, random: Random) -> datetime:
    """Return a moment in the office hours of a day."""
    return clock.start_of_day(day) + timedelta(hours=8, minutes=random.randint(0, 180))
