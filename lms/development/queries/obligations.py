"""Duties: counted per rule and OPD, listed with the persons behind each number, and one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from lms.catalogue.models import Course, CourseVersion, Lesson
from lms.development.models import Obligation, ObligationRule, Reminder
from lms.development.queries.assignment import RuleRow, obligation_rules
from lms.development.rules import STATUSES, Duty, Status, days_left, status_on
from lms.kernel.actor import Scope
from lms.kernel.errors import NotFound
from lms.learning.models import Enrolment, LessonProgress
from lms.people import queries as people
from lms.people.models import CurrentPlace, Person, PersonNip
from lms.people.rules import full_name, group_position, read_search
from lms.platform.db import db
from lms.platform.paging import PER_PAGE, Page
from lms.platform.wording import masked_nip

_EXPORT_CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationFilter:
    """How duties are narrowed; empty fields do not narrow.

    `rule` and `opd` are codes, `status` one of `STATUSES`, `q` words of a name or digits of a NIP.
    """

    rule: str = ""
    opd: str = ""
    status: str = ""
    q: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing narrows."""
        return not (self.rule or self.opd or self.status or self.q)

    @property
    def names_persons(self) -> bool:
        """Tell whether the list behind the numbers is asked for."""
        return bool(self.status or self.q)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Persons by how they stand; `started` includes `passed`, and all are among `assigned`."""

    assigned: int = 0
    started: int = 0
    passed: int = 0
    overdue: int = 0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            self.assigned + other.assigned,
            self.started + other.started,
            self.passed + other.passed,
            self.overdue + other.overdue,
        )

    def of(self, status: Status) -> int:
        """Return the number that a status of the list counts."""
        return {
            "ditugaskan": self.assigned,
            "mulai": self.started,
            "lulus": self.passed,
            "terlambat": self.overdue,
        }[status]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One rule in one OPD."""

    rule_code: str
    rule_title: str
    opd_code: str
    opd_name: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """One rule over all OPD in reach."""

    rule: RuleRow
    numbers: Numbers
    rows: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Duties per rule and OPD, in the order of reports; totals are of the rows shown."""

    rules: tuple[RuleTotal, ...]
    total: Numbers

    @property
    def rows(self) -> tuple[ReportRow, ...]:
        """Every rule and OPD, one row each."""
        return tuple(row for rule in self.rules for row in rule.rows)


# ----------------------------------------------------------------- conditions


def _in_report(scope: Scope) -> ColumnElement[bool]:
    """Return what counts: the last duty under a code, not waived, of active persons in scope."""
    newer, newer_rule = aliased(Obligation), aliased(ObligationRule)
    return and_(
        Obligation.waived_on.is_(None),
        CurrentPlace.is_active.is_(True),
        people.scope_condition(scope, CurrentPlace.unit_id),
        ~exists().where(
            newer.person_id == Obligation.person_id,
            newer.id > Obligation.id,
            newer.waived_on.is_(None),
            newer.rule_id == newer_rule.id,
            newer_rule.code == ObligationRule.code,
        ),
    )


def _has_status(status: str, today: date) -> ColumnElement[bool]:
    if status == "mulai":
        return or_(Obligation.started_on.is_not(None), Obligation.met_on.is_not(None))
    if status == "lulus":
        return Obligation.met_on.is_not(None)
    if status == "terlambat":
        return and_(Obligation.met_on.is_(None), Obligation.due_on < today)
    return true()


@dataclass(frozen=True, slots=True)
class _Reach:
    """The units in reach: names for rows, and the OPD that may be chosen."""

    by_id: dict[int, people.UnitRow]
    opds: tuple[people.UnitRow, ...]

    def opd_id(self, code: str) -> int:
        """Return the OPD with a code, any case.

        Raises:
            NotFound: there is none, or it is out of reach.
        """
        for opd in self.opds:
            if opd.code == code.strip().upper():
                return opd.id
        raise NotFound(kind="unit", code=code)


def _reach(scope: Scope, today: date) -> _Reach:
    tree = people.unit_tree(today)
    by_id = {unit.id: unit for unit in tree}
    visible = people.unit_ids_in(scope, tree)
    opds = {unit.opd_id for unit in tree if unit.id in visible and unit.opd_id is not None}
    return _Reach(
        by_id,
        tuple(
            sorted(
                (by_id[opd_id] for opd_id in opds),
                key=lambda unit: (group_position(unit.group), unit.code),
            )
        ),
    )


def _conditions(
    scope: Scope, wanted: ObligationFilter, reach: _Reach, today: date
) -> list[ColumnElement[bool]]:
    """Return what a filter asks for.

    Raises:
        NotFound: the OPD is out of reach, or the status is not a status.
    """
    parts = [_in_report(scope)]
    if wanted.rule:
        parts.append(ObligationRule.code == wanted.rule)
    if wanted.opd:
        parts.append(CurrentPlace.opd_id == reach.opd_id(wanted.opd))
    if wanted.status:
        if wanted.status not in STATUSES:
            raise NotFound(kind="status", code=wanted.status)
        parts.append(_has_status(wanted.status, today))
    if wanted.q:
        search = read_search(wanted.q)
        parts += [Person.sort_name.contains(word, autoescape=True) for word in search.words]
        parts += [
            Person.id.in_(select(PersonNip.person_id).where(PersonNip.nip.contains(number)))
            for number in search.numbers
        ]
    return parts


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Obligation)
        .join(ObligationRule, ObligationRule.id == Obligation.rule_id)
        .join(Person, Person.id == Obligation.person_id)
        .join(CurrentPlace, CurrentPlace.person_id == Obligation.person_id)
    )


# --------------------------------------------------------------------- counts


def report(scope: Scope, *, today: date, wanted: ObligationFilter | None = None) -> Report:
    """Return the numbers per rule and OPD in a scope; the status of the filter is not minded.

    Three statements, however many rows.

    Raises:
        NotFound: the filter names a rule or an OPD that is not there or out of reach.
    """
    narrowed = wanted or ObligationFilter()
    return _report(scope, narrowed, _reach(scope, today), obligation_rules(), today)


def _report(
    scope: Scope,
    wanted: ObligationFilter,
    reach: _Reach,
    rules: Sequence[RuleRow],
    today: date,
) -> Report:
    newest: dict[str, RuleRow] = {}
    for rule in rules:
        newest.setdefault(rule.code, rule)
    if wanted.rule and wanted.rule not in newest:
        raise NotFound(kind="obligation-rule", code=wanted.rule)
    counted = ObligationFilter(rule=wanted.rule, opd=wanted.opd)

    def number_of(status: str) -> Any:
        return func.sum(case((_has_status(status, today), 1), else_=0))

    rows = db.session.execute(
        _joined(
            select(
                ObligationRule.code,
                CurrentPlace.opd_id,
                func.count().label("assigned"),
                number_of("mulai").label("started"),
                number_of("lulus").label("passed"),
                number_of("terlambat").label("overdue"),
            )
        )
        .where(*_conditions(scope, counted, reach, today))
        .group_by(ObligationRule.code, CurrentPlace.opd_id)
    ).all()
    position = {opd.id: place for place, opd in enumerate(reach.opds)}
    found: dict[str, list[ReportRow]] = {}
    for row in sorted(rows, key=lambda row: (row.code, position.get(row.opd_id, -1))):
        opd = reach.by_id.get(row.opd_id)
        found.setdefault(row.code, []).append(
            ReportRow(
                row.code,
                newest[row.code].title,
                opd.code if opd else "",
                opd.name if opd else "",
                Numbers(row.assigned, row.started, row.passed, row.overdue),
            )
        )
    totals = tuple(
        RuleTotal(newest[code], sum((row.numbers for row in lines), Numbers()), tuple(lines))
        for code, lines in found.items()
    )
    return Report(totals, sum((rule.numbers for rule in totals), Numbers()))


# ---------------------------------------------------------------------- lists


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationLine:
    """One person's duty in a list; `nip` is masked."""

    id: int
    person_id: int
    name: str
    nip: str
    opd_code: str
    opd_name: str
    unit_code: str
    unit_name: str
    rule_code: str
    rule_title: str
    course_code: str
    course_title: str
    assigned_on: date
    due_on: date
    days_left: int
    started_on: date | None
    met_on: date | None
    status: Status
    lessons_done: int
    lessons_total: int
    last_reminded_at: datetime | None


def list_obligations(
    scope: Scope, wanted: ObligationFilter, *, page: int, today: date
) -> Page[ObligationLine]:
    """Return a page of the duties in a scope, by due date and name. Seven statements.

    Raises:
        NotFound: the filter names a status or an OPD that is not there or out of reach.
    """
    return _list(scope, wanted, _reach(scope, today), page, today)


def _list(
    scope: Scope, wanted: ObligationFilter, reach: _Reach, page: int, today: date
) -> Page[ObligationLine]:
    conditions = _conditions(scope, wanted, reach, today)
    total = db.session.execute(_joined(select(func.count())).where(*conditions)).scalar_one()
    number = min(page, max(1, -(-total // PER_PAGE)))
    rows = db.session.execute(
        _lines(conditions).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    ).all()
    return Page(_with_progress(rows, reach, today), number, total)


def _lines(conditions: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    return (
        _joined(
            select(
                Obligation.id,
                Obligation.person_id,
                Obligation.course_code,
                Obligation.assigned_on,
                Obligation.due_on,
                Obligation.started_on,
                Obligation.met_on,
                ObligationRule.code.label("rule_code"),
                ObligationRule.title.label("rule_title"),
                Person.title_before,
                Person.name,
                Person.title_after,
                PersonNip.nip,
                CurrentPlace.unit_id,
                CurrentPlace.opd_id,
            )
        )
        .outerjoin(PersonNip, PersonNip.current_of == Person.id)
        .where(*conditions)
        .order_by(Obligation.due_on, Person.sort_name, Obligation.id)
    )


def _with_progress(rows: Sequence[Any], reach: _Reach, today: date) -> list[ObligationLine]:
    """Return lines with lessons and last reminder of up to some hundred rows. Four statements."""
    courses = _Courses.of(rows)
    reminded: dict[int, datetime] = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Reminder.obligation_id, func.max(Reminder.created_at))
            .join(Obligation, Obligation.id == Reminder.obligation_id)
            .where(
                Reminder.obligation_id.in_([row.id for row in rows]),
                Reminder.recipient_id == Obligation.person_id,
            )
            .group_by(Reminder.obligation_id)
        )
    }
    lines = []
    for row in rows:
        unit, opd = reach.by_id.get(row.unit_id), reach.by_id.get(row.opd_id)
        done, total = courses.lessons(row.person_id, row.course_code)
        duty = Duty(due_on=row.due_on, started_on=row.started_on, met_on=row.met_on)
        lines.append(
            ObligationLine(
                id=row.id,
                person_id=row.person_id,
                name=full_name(
                    title_before=row.title_before, name=row.name, title_after=row.title_after
                ),
                nip=masked_nip(row.nip),
                opd_code=opd.code if opd else "",
                opd_name=opd.name if opd else "",
                unit_code=unit.code if unit else "",
                unit_name=unit.name if unit else "",
                rule_code=row.rule_code,
                rule_title=row.rule_title,
                course_code=row.course_code,
                course_title=courses.title(row.course_code),
                assigned_on=row.assigned_on,
                due_on=row.due_on,
                days_left=days_left(row.due_on, today),
                started_on=row.started_on,
                met_on=row.met_on,
                status=status_on(duty, today),
                lessons_done=done,
                lessons_total=total,
                last_reminded_at=reminded.get(row.id),
            )
        )
    return lines


_PRESENT_COURSES: Final = (
    select(Course.code, CourseVersion.id, CourseVersion.title, CourseVersion.pillar)
    .join(CourseVersion, CourseVersion.id == Course.current_version_id)
    .where(Course.code.in_(bindparam("codes", expanding=True)))
)
_LEARNED: Final = (
    select(
        Enrolment.person_id,
        Enrolment.course_code,
        Enrolment.version_id,
        func.count(LessonProgress.done_at).label("done"),
    )
    .outerjoin(LessonProgress, LessonProgress.enrolment_id == Enrolment.id)
    .where(
        Enrolment.course_code.in_(bindparam("codes", expanding=True)),
        Enrolment.person_id.in_(bindparam("person_ids", expanding=True)),
    )
    .group_by(Enrolment.id, Enrolment.person_id, Enrolment.course_code, Enrolment.version_id)
)
_LESSON_COUNTS: Final = (
    select(Lesson.version_id, func.count())
    .where(Lesson.version_id.in_(bindparam("versions", expanding=True)))
    .group_by(Lesson.version_id)
)


@dataclass(frozen=True, slots=True)
class _Courses:
    """Titles and lessons of the courses of some duties, read with three statements."""

    current: dict[str, Any]
    enrolled: dict[tuple[int, str], Any]
    lesson_counts: dict[int, int]

    @classmethod
    def of(cls, duties: Sequence[Any]) -> _Courses:
        codes = sorted({duty.course_code for duty in duties})
        current = {row.code: row for row in db.session.execute(_PRESENT_COURSES, {"codes": codes})}
        enrolled = {
            (row.person_id, row.course_code): row
            for row in db.session.execute(
                _LEARNED,
                {"codes": codes, "person_ids": sorted({duty.person_id for duty in duties})},
            )
        }
        versions = {row.id for row in current.values()}
        versions |= {row.version_id for row in enrolled.values()}
        counts = db.session.execute(_LESSON_COUNTS, {"versions": sorted(versions)})
        return cls(current, enrolled, {row[0]: row[1] for row in counts})

    def title(self, code: str) -> str:
        """Return the present title; the code of a course that was taken away."""
        return self.current[code].title if code in self.current else code

    def pillar(self, code: str) -> str:
        """Return the pillar, or `lintas`."""
        return (self.current[code].pillar if code in self.current else None) or "lintas"

    def lessons(self, person_id: int, code: str) -> tuple[int, int]:
        """Return lessons done and lessons in all, of the version the person learns with."""
        own = self.enrolled.get((person_id, code))
        if own is not None:
            return own.done, self.lesson_counts.get(own.version_id, 0)
        present = self.current.get(code)
        return 0, self.lesson_counts.get(present.id, 0) if present else 0


def export_obligations(
    scope: Scope, wanted: ObligationFilter, *, today: date
) -> Iterator[ObligationLine]:
    """Yield every duty that a filter asks for, in the order of the list.

    Two statements, and four for each 500 rows.

    Raises:
        NotFound: as for the list.
    """
    reach = _reach(scope, today)
    rows = db.session.execute(_lines(_conditions(scope, wanted, reach, today))).all()
    for start in range(0, len(rows), _EXPORT_CHUNK):
        yield from _with_progress(rows[start : start + _EXPORT_CHUNK], reach, today)


@dataclass(frozen=True, slots=True)
class AssignmentsPage:
    """The page of duties: the numbers, and the list behind the one that was asked for."""

    report: Report
    listing: Page[ObligationLine] | None
    wanted: ObligationFilter
    rules: tuple[RuleRow, ...]
    """The newest version of each rule."""
    opds: tuple[people.UnitRow, ...]
    opd_name: str


def assignments_page(
    scope: Scope, wanted: ObligationFilter, *, page: int, today: date
) -> AssignmentsPage:
    """Return the page of duties in a scope. Three statements, nine with a list.

    Raises:
        NotFound: the filter names something that is not there or out of reach.
    """
    reach = _reach(scope, today)
    rules = obligation_rules()
    newest: dict[str, RuleRow] = {}
    for rule in rules:
        newest.setdefault(rule.code, rule)
    return AssignmentsPage(
        report=_report(scope, wanted, reach, rules, today),
        listing=_list(scope, wanted, reach, page, today) if wanted.names_persons else None,
        wanted=wanted,
        rules=tuple(newest.values()),
        opds=reach.opds,
        opd_name=reach.by_id[reach.opd_id(wanted.opd)].name if wanted.opd else "",
    )


def obligation_ids(scope: Scope, wanted: ObligationFilter, *, today: date) -> list[int]:
    """Return the ids of the duties that a filter asks for, by due date. Two statements.

    Raises:
        NotFound: as for the list.
    """
    reach = _reach(scope, today)
    return list(
        db.session.scalars(
            _joined(select(Obligation.id))
            .where(*_conditions(scope, wanted, reach, today))
            .order_by(Obligation.due_on, Obligation.id)
        )
    )


def obligation_in_scope(obligation_id: int, scope: Scope) -> None:
    """Make sure that a duty's person is in a scope, active or not.

    Raises:
        NotFound: there is no such duty, or it is out of scope.
    """
    found = db.session.execute(
        select(Obligation.id)
        .outerjoin(CurrentPlace, CurrentPlace.person_id == Obligation.person_id)
        .where(Obligation.id == obligation_id, people.scope_condition(scope, CurrentPlace.unit_id))
    ).first()
    if found is None:
        raise NotFound(kind="obligation", id=obligation_id)


# ------------------------------------------------------------------------ own


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnObligation:
    """A duty as its person sees it, with why it is there."""

    id: int
    rule_code: str
    rule_title: str
    reason: str
    legal_basis: str
    course_code: str
    course_title: str
    pillar: str
    """A pillar, or `lintas`."""
    assigned_on: date
    due_on: date
    days_left: int
    started_on: date | None
    met_on: date | None
    met_by: str
    waived_on: date | None
    waived_reason: str
    status: Status
    lessons_done: int
    lessons_total: int

    @property
    def is_open(self) -> bool:
        """Tell whether it still is to be done."""
        return self.met_on is None and self.waived_on is None

    @property
    def is_overdue(self) -> bool:
        """Tell whether it is open after its date."""
        return self.status == "terlambat"


def obligations_of(person_id: int, today: date) -> list[OwnObligation]:
    """Return a person's duties: open ones by due date, then settled ones, newest first.

    Four statements.
    """
    return _own(_ALL_OWN, person_id, today=today)


def open_obligations(person_id: int, today: date) -> list[OwnObligation]:
    """Return a person's open duties, the nearest due date first. Four statements."""
    return _own(_OPEN_OWN, person_id, today=today)


_ALL_OWN: Final = (
    select(
        Obligation.id,
        Obligation.person_id,
        Obligation.course_code,
        Obligation.assigned_on,
        Obligation.due_on,
        Obligation.started_on,
        Obligation.met_on,
        Obligation.met_by,
        Obligation.waived_on,
        Obligation.waived_reason,
        ObligationRule.code.label("rule_code"),
        ObligationRule.title.label("rule_title"),
        ObligationRule.reason,
        ObligationRule.legal_basis,
    )
    .join(ObligationRule, ObligationRule.id == Obligation.rule_id)
    .where(Obligation.person_id == bindparam("person_id"))
    .order_by(Obligation.due_on, Obligation.id)
)
_OPEN_OWN: Final = _ALL_OWN.where(Obligation.met_on.is_(None), Obligation.waived_on.is_(None))


def _own(
    statement: Select[*tuple[Any, ...]], person_id: int, *, today: date
) -> list[OwnObligation]:
    rows = db.session.execute(statement, {"person_id": person_id}).all()
    if not rows:
        return []
    courses = _Courses.of(rows)
    found = []
    for row in rows:
        done, total = courses.lessons(row.person_id, row.course_code)
        duty = Duty(
            due_on=row.due_on,
            started_on=row.started_on,
            met_on=row.met_on,
            waived_on=row.waived_on,
        )
        found.append(
            OwnObligation(
                id=row.id,
                rule_code=row.rule_code,
                rule_title=row.rule_title,
                reason=row.reason,
                legal_basis=row.legal_basis,
                course_code=row.course_code,
                course_title=courses.title(row.course_code),
                pillar=courses.pillar(row.course_code),
                assigned_on=row.assigned_on,
                due_on=row.due_on,
                days_left=days_left(row.due_on, today),
                started_on=row.started_on,
                met_on=row.met_on,
                met_by=row.met_by,
                waived_on=row.waived_on,
                waived_reason=row.waived_reason,
                status=status_on(duty, today),
                lessons_done=done,
                lessons_total=total,
            )
        )
    open_ones = [one for one in found if one.is_open]
    settled = [one for one in found if not one.is_open]
    settled.sort(key=lambda one: (one.met_on or one.waived_on or one.due_on, one.id), reverse=True)
    return open_ones + settled
