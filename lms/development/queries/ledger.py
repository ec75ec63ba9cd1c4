"""The JP ledger of a person: entries, what waits for learning time, sums of year and quarters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, func, select

from lms.development.models import JpEntry
from lms.development.rules import JpGoal, JpVerdict, jp_goal, jp_verdict, quarter
from lms.kernel.errors import NotFound
from lms.learning import queries as learning
from lms.learning.queries import CourseProgress
from lms.people.models import Person
from lms.platform import settings
from lms.platform.db import db

FINAL = "final"
WAITING = "menunggu"


def verdict_on(progress: CourseProgress) -> JpVerdict:
    """Return whether the active time of a course is enough for its JP, by the setting of today."""
    return jp_verdict(
        active_seconds=progress.active_seconds,
        nominal_minutes=sum(line.minutes for line in progress.lessons),
        share_pct=settings.value("jp.active_share_pct"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class JpLine:
    """An entry of the ledger; `missing_minutes` of learning hold back one that waits."""

    id: int
    earned_on: date
    kind_code: str
    title: str
    course_code: str | None
    jp: int
    is_final: bool
    missing_minutes: int


def jp_entries_of(person_id: int, year: int) -> list[JpLine]:
    """Return a person's entries of a year, newest first. One statement, two when one waits."""
    rows = db.session.execute(
        select(
            JpEntry.id,
            JpEntry.earned_on,
            JpEntry.kind_code,
            JpEntry.title,
            JpEntry.course_code,
            JpEntry.enrolment_id,
            JpEntry.jp,
            JpEntry.state,
        )
        .where(JpEntry.person_id == person_id, JpEntry.year == year)
        .order_by(JpEntry.earned_on.desc(), JpEntry.id.desc())
    ).all()
    missing: dict[int, int] = {}
    if any(row.state == WAITING for row in rows):
        missing = {
            progress.enrolment_id: verdict_on(progress).missing_minutes
            for progress in learning.list_progress(person_id)
        }
    return [
        JpLine(
            id=row.id,
            earned_on=row.earned_on,
            kind_code=row.kind_code,
            title=row.title,
            course_code=row.course_code,
            jp=row.jp,
            is_final=row.state == FINAL,
            missing_minutes=0 if row.state == FINAL else missing.get(row.enrolment_id, 0),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class JpSummary:
    """JP of a year: final ones in all and by quarter, waiting ones, and what the year asks."""

    year: int
    final: int
    waiting: int
    quarters: tuple[int, int, int, int]
    goal: JpGoal

    @property
    def lacking(self) -> int:
        """JP between the final ones and the goal; 0 when it is reached."""
        return max(0, self.goal.jp - self.final)

    @property
    def above(self) -> int:
        """Final JP beyond the goal: for PPPK beyond the ceiling."""
        return max(0, self.final - self.goal.jp)


_JP_OF_YEAR: Final[Select[*tuple[Any, ...]]] = (
    select(Person.employment, JpEntry.earned_on, JpEntry.jp, JpEntry.state)
    .outerjoin(JpEntry, and_(JpEntry.person_id == Person.id, JpEntry.year == bindparam("year")))
    .where(Person.id == bindparam("person_id"))
)


def jp_summary(person_id: int, year: int) -> JpSummary:
    """Return the JP of a person in a year. One statement.

    Raises:
        NotFound: there is no such person.
    """
    rows = db.session.execute(_JP_OF_YEAR, {"person_id": person_id, "year": year}).all()
    if not rows:
        raise NotFound(kind="person", id=person_id)
    employment = rows[0].employment
    quarters = [0, 0, 0, 0]
    waiting = 0
    for _, earned_on, jp, state in rows:
        if state is None:
            continue
        if state == FINAL:
            quarters[quarter(earned_on) - 1] += jp
        else:
            waiting += jp
    return JpSummary(
        year=year,
        final=sum(quarters),
        waiting=waiting,
        quarters=(quarters[0], quarters[1], quarters[2], quarters[3]),
        goal=jp_goal(
            employment,
            target_pns=settings.value("jp.target_pns"),
            ceiling_pppk=settings.value("jp.ceiling_pppk"),
        ),
    )


def jp_years_of(person_id: int) -> list[int]:
    """Return the years in which a person has entries, newest first."""
    return list(
        db.session.scalars(
            select(JpEntry.year)
            .where(JpEntry.person_id == person_id)
            .distinct()
            .order_by(JpEntry.year.desc())
        )
    )


@dataclass(frozen=True, slots=True)
class LearningRecord:
    """The page of a person's ledger for one year."""

    summary: JpSummary
    entries: list[JpLine]
    years: list[int]


def learning_record(person_id: int, year: int, *, this_year: int) -> LearningRecord:
    """Return a person's ledger of a year. Four statements, five when an entry waits.

    Raises:
        NotFound: there is no such person.
    """
    years = sorted({*jp_years_of(person_id), this_year, year}, reverse=True)
    return LearningRecord(jp_summary(person_id, year), jp_entries_of(person_id, year), years)


@dataclass(frozen=True, slots=True)
class WaitingJp:
    """An entry that waits for learning time."""

    id: int
    enrolment_id: int


def waiting_jp(person_id: int | None = None, course_code: str | None = None) -> list[WaitingJp]:
    """Return the entries that wait, of everybody or of one person in one course. One statement."""
    query = (
        select(JpEntry.id, JpEntry.enrolment_id)
        .where(JpEntry.state == WAITING, JpEntry.enrolment_id.is_not(None))
        .order_by(JpEntry.id)
    )
    if person_id is not None:
        query = query.where(JpEntry.person_id == person_id)
    if course_code is not None:
        query = query.where(JpEntry.course_code == course_code)
    return [WaitingJp(row.id, row.enrolment_id or 0) for row in db.session.execute(query)]


def has_jp_for_course(person_id: int, course_code: str) -> bool:
    """Tell whether a course was credited to a person before, waiting entries included."""
    return bool(
        db.session.execute(
            select(func.count()).where(
                JpEntry.person_id == person_id, JpEntry.course_code == course_code
            )
        ).scalar_one()
    )


def jp_of_source(source_ref: str) -> int | None:
    """Return the final JP of a source such as `attempt:12`, or None while there is none."""
    return db.session.execute(
        select(JpEntry.jp).where(JpEntry.source_ref == source_ref, JpEntry.state == FINAL)
    ).scalar_one_or_none()
