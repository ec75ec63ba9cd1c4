"""Who is to be obliged by which rule, and who holds already what it asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course, CourseVersion
from lms.competency.models import Evidence, EvidenceDecision
from lms.development.models import Obligation, ObligationRule
from lms.kernel.actor import Scope
from lms.kernel.dates import add_months
from lms.kernel.errors import NotFound
from lms.learning.models import Enrolment
from lms.people import queries as people
from lms.people.models import CurrentPlace
from lms.platform import clock
from lms.platform.db import db

_MANY: Final = 1_000
"""More ids than this are not bound one by one: everybody is read and sorted out here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A version of an obligation rule with the present title of its course."""

    id: int
    code: str
    version: int
    title: str
    audience: str
    course_code: str
    course_title: str
    due_days: int
    effective_from: date
    effective_until: date | None
    """First day on which it obliges nobody anew."""
    reason: str
    legal_basis: str

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule obliges on a day."""
        return self.effective_from <= day and not self.has_ended_by(day)

    def has_ended_by(self, day: date) -> bool:
        """Tell whether the rule has ended on or before a day."""
        return self.effective_until is not None and self.effective_until <= day


def _rules() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ObligationRule.id,
            ObligationRule.code,
            ObligationRule.version,
            ObligationRule.title,
            ObligationRule.audience,
            ObligationRule.course_code,
            func.coalesce(CourseVersion.title, ObligationRule.course_code).label("course_title"),
            ObligationRule.due_days,
            ObligationRule.effective_from,
            ObligationRule.effective_until,
            ObligationRule.reason,
            ObligationRule.legal_basis,
        )
        .outerjoin(Course, Course.code == ObligationRule.course_code)
        .outerjoin(CourseVersion, CourseVersion.id == Course.current_version_id)
        .order_by(ObligationRule.code, ObligationRule.version.desc())
    )


def obligation_rules() -> list[RuleRow]:
    """Return every version of every rule by code, newest version first. One statement."""
    return [RuleRow(**row._mapping) for row in db.session.execute(_rules())]  # noqa: SLF001  # a Row's public mapping


def rules_in_force(today: date) -> list[RuleRow]:
    """Return the rules that oblige on a day. One statement."""
    return [rule for rule in obligation_rules() if rule.holds_on(today)]


def rule_by_id(rule_id: int) -> RuleRow:
    """Return one version of a rule.

    Raises:
        NotFound: there is none with this id.
    """
    row = db.session.execute(_rules().where(ObligationRule.id == rule_id)).first()
    if row is None:
        raise NotFound(kind="obligation-rule", id=rule_id)
    return RuleRow(**row._mapping)  # noqa: SLF001  # a Row's public mapping


def newest_version(code: str) -> RuleRow | None:
    """Return the newest version of a rule, or None when the code is new."""
    row = db.session.execute(_rules().where(ObligationRule.code == code).limit(1)).first()
    return None if row is None else RuleRow(**row._mapping)  # noqa: SLF001  # a Row's public mapping


def courses_to_oblige() -> list[tuple[str, str]]:
    """Return (code, title) of every published course, by code."""
    return [(course.code, course.title) for course in catalogue.all_courses(catalogue.Filters())]


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds of a course: the source of the proof, and the day it was recorded."""

    source_ref: str
    recorded_on: date


def _persons(column: Any, person_ids: Collection[int] | None) -> ColumnElement[bool]:
    if person_ids is None or len(person_ids) > _MANY:
        return true()
    condition: ColumnElement[bool] = column.in_(sorted(set(person_ids)))
    return condition


def _in_force(today: date) -> ColumnElement[bool]:
    """Return the condition that an evidence row counts today; rows under review do."""
    return and_(
        Evidence.source_kind != "claimed",
        Evidence.measured_on <= today,
        Evidence.valid_from <= today,
        or_(Evidence.valid_until.is_(None), Evidence.valid_until >= today),
        ~exists().where(
            EvidenceDecision.evidence_id == Evidence.id,
            EvidenceDecision.kind.in_(("revoked", "replaced")),
            EvidenceDecision.effective_on <= today,
        ),
    )


def holders_of_course(
    course_code: str, today: date, person_ids: Collection[int] | None = None
) -> dict[int, Held]:
    """Return who holds today what a pass of the course is evidence for, however it was shown.

    All of its `bukti` at their levels or above, in force; revoked or replaced rows and mere
    claims do not count, rows under review do. A course without `bukti` is held for its validity
    from the day it was passed. One statement, and one for each competence.
    """
    course = catalogue.find_course_version(course_code)
    if course is None:
        return {}
    if not course.evidence:
        return _passed_recently(course_code, course.valid_months, today, person_ids)
    found: dict[int, Held] | None = None
    for claim in course.evidence:
        rows = db.session.execute(
            select(Evidence.person_id, Evidence.source_ref, Evidence.recorded_at)
            .where(
                Evidence.competence == claim.competence,
                Evidence.level >= claim.level,
                _in_force(today),
                _persons(Evidence.person_id, person_ids),
            )
            .order_by(Evidence.recorded_at, Evidence.id)
        )
        held = {
            row.person_id: Held(row.source_ref, clock.local_date(row.recorded_at)) for row in rows
        }
        # Of several competences the one shown first says since when all are held.
        found = (
            held
            if found is None
            else {
                person_id: min(found[person_id], held[person_id], key=lambda one: one.recorded_on)
                for person_id in found.keys() & held.keys()
            }
        )
    return found or {}


def _passed_recently(
    course_code: str, valid_months: int, today: date, person_ids: Collection[int] | None
) -> dict[int, Held]:
    rows = db.session.execute(
        select(Enrolment.person_id, Enrolment.id, Enrolment.completed_at).where(
            Enrolment.course_code == course_code,
            Enrolment.completed_at.is_not(None),
            _persons(Enrolment.person_id, person_ids),
        )
    )
    passed = {
        row.person_id: Held(f"enrolment:{row.id}", clock.local_date(row.completed_at))
        for row in rows
    }
    return {
        person_id: held
        for person_id, held in passed.items()
        if not valid_months or add_months(held.recorded_on, valid_months) >= today
    }


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a rule reaches. `met_by` names the proof of who holds the course already."""

    person_id: int
    met_by: str
    has_begun: bool


def persons_to_assign(
    rule: RuleRow,
    *,
    today: date,
    holders: dict[int, Held],
    person_ids: Collection[int] | None = None,
) -> list[Candidate]:
    """Return whom a rule gives a new duty today, by id. Two statements, three after a round.

    The active staff without an open duty under this code: those who never had one, and those
    whose pass no longer holds. Whoever was let off stays let off.
    """
    last, was, open_rule = aliased(Obligation), aliased(Obligation), aliased(ObligationRule)
    still_open = aliased(Obligation)
    rows = db.session.execute(
        select(CurrentPlace.person_id, last.id.label("last_id"), last.met_by)
        .outerjoin(
            last,
            last.id
            == select(func.max(was.id))
            .where(was.rule_id == rule.id, was.person_id == CurrentPlace.person_id)
            .correlate(CurrentPlace)
            .scalar_subquery(),
        )
        .where(
            CurrentPlace.is_active.is_(True),
            CurrentPlace.unit_id.is_not(None),
            or_(last.id.is_(None), and_(last.waived_on.is_(None), last.assigned_on < today)),
            ~exists().where(
                still_open.person_id == CurrentPlace.person_id,
                still_open.met_on.is_(None),
                still_open.waived_on.is_(None),
                still_open.rule_id == open_rule.id,
                open_rule.code == rule.code,
            ),
            _persons(CurrentPlace.person_id, person_ids),
        )
        .order_by(CurrentPlace.person_id)
    ).all()
    wanted = None if person_ids is None else set(person_ids)
    found = [
        row
        for row in rows
        if (wanted is None or row.person_id in wanted)
        and (row.last_id is None or row.person_id not in holders)
    ]
    again = {row.person_id for row in found if row.last_id is not None}
    holding = _sources_in_force(again, today)
    begun = set(
        db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.course_code == rule.course_code,
                Enrolment.completed_at.is_(None),
                _persons(Enrolment.person_id, person_ids),
            )
        )
    )
    return [
        Candidate(
            row.person_id,
            holders[row.person_id].source_ref if row.person_id in holders else "",
            row.person_id in begun,
        )
        for row in found
        if row.last_id is None or (row.person_id, row.met_by) not in holding
    ]


def _sources_in_force(person_ids: Collection[int], today: date) -> set[tuple[int, str]]:
    """Return (person, source) of evidence in force.

    A new version of a course may ask for a competence more; the pass of the old one holds on.
    """
    if not person_ids:
        return set()
    rows = db.session.execute(
        select(Evidence.person_id, Evidence.source_ref).where(
            Evidence.level > 0, _in_force(today), _persons(Evidence.person_id, person_ids)
        )
    )
    return {(row.person_id, row.source_ref) for row in rows}


def open_of_rule(
    rule_id: int, person_ids: Collection[int] | None = None
) -> list[tuple[int, int, date]]:
    """Return (obligation id, person id, assigned on) of the open duties under a rule."""
    rows = db.session.execute(
        select(Obligation.id, Obligation.person_id, Obligation.assigned_on)
        .where(
            Obligation.rule_id == rule_id,
            Obligation.met_on.is_(None),
            Obligation.waived_on.is_(None),
            _persons(Obligation.person_id, person_ids),
        )
        .order_by(Obligation.id)
    )
    return [(row.id, row.person_id, row.assigned_on) for row in rows]


def assignable(
    person_ids: Collection[int], rule: RuleRow, *, scope: Scope, today: date
) -> list[int]:
    """Return which of the persons can be given a duty now: active, in scope, none open.

    Raises:
        NotFound: one of them is out of scope or does not exist.
    """
    wanted = set(person_ids)
    reached = set(
        db.session.scalars(
            select(CurrentPlace.person_id).where(
                CurrentPlace.person_id.in_(wanted),
                CurrentPlace.is_active.is_(True),
                people.scope_condition(scope, CurrentPlace.unit_id),
            )
        )
    )
    if missing := wanted - reached:
        raise NotFound(kind="person", id=min(missing))
    busy = set(
        db.session.scalars(
            select(Obligation.person_id)
            .join(ObligationRule, ObligationRule.id == Obligation.rule_id)
            .where(
                Obligation.person_id.in_(wanted),
                ObligationRule.code == rule.code,
                or_(
                    and_(Obligation.met_on.is_(None), Obligation.waived_on.is_(None)),
                    and_(Obligation.rule_id == rule.id, Obligation.assigned_on == today),
                ),
            )
        )
    )
    return sorted(wanted - busy)


def audience_size(course_code: str, today: date) -> tuple[int, int]:
    """Return how many active persons there are, and how many of them hold the course already."""
    active = set(
        db.session.scalars(
            select(CurrentPlace.person_id).where(
                CurrentPlace.is_active.is_(True), CurrentPlace.unit_id.is_not(None)
            )
        )
    )
    return len(active), len(active & holders_of_course(course_code, today).keys())


@dataclass(frozen=True, slots=True)
class RulePage:
    """What the page of one rule shows: the rule and how many duties under it are open."""

    rule: RuleRow
    open_count: int


def rule_page(code: str) -> RulePage:
    """Return the newest version of a rule with the open duties under its code.

    Raises:
        NotFound: there is no such rule.
    """
    rule = newest_version(code)
    if rule is None:
        raise NotFound(kind="obligation-rule", code=code)
    count = db.session.execute(
        select(func.count())
        .select_from(Obligation)
        .join(ObligationRule, ObligationRule.id == Obligation.rule_id)
        .where(
            ObligationRule.code == code, Obligation.met_on.is_(None), Obligation.waived_on.is_(None)
        )
    ).scalar_one()
    return RulePage(rule, count)


def source_kinds(evidence_ids: Collection[int]) -> set[str]:
    """Return the kinds of source among evidence rows."""
    return set(
        db.session.scalars(
            select(Evidence.source_kind).where(Evidence.id.in_(list(evidence_ids))).distinct()
        )
    )
