"""Reading learning: progress, the lesson page, the gate of an exam.

A lesson page must be cheap, since it is what people open most: enrolment, progress, last practice
answers and the practice items in use come in one statement; texts and items are kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    CompoundSelect,
    Integer,
    Text,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from lms.assessment.models import Attempt, ItemVersion, QuizForm, QuizVersion
from lms.assessment.queries.papers import ItemView, practice_items
from lms.assessment.queries.quizzes import QuizTerms, find_terms
from lms.assessment.rules.attempts import recertification_opens_on
from lms.assessment.rules.forms import option_order
from lms.assessment.rules.kinds import MarkLines, Matching, MultipleResponse, Ordering
from lms.assessment.rules.responses import Response, raw_answer_from
from lms.assessment.rules.scoring import Feedback, OptionFeedback, feedback
from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course, CourseVersion
from lms.catalogue.packages import LegalBanner, LegalBasis, legal_banners
from lms.catalogue.queries import CourseSummary, Filters, LessonLine, LessonText
from lms.competency.models import Evidence, EvidenceDecision
from lms.kernel.dates import add_months
from lms.kernel.errors import NotFound
from lms.learning import rules
from lms.learning.models import Enrolment, LessonProgress, PracticeAnswer
from lms.platform import clock, settings
from lms.platform.db import Json, UTCDateTime, db
from lms.platform.paging import Page

_MOST_ITEMS_KEPT: Final = 4000
_PRACTICE_ORDERS: Final = 8
"""In how many orders the options of a practice item appear; few, so that pages can be kept."""
_kept_items: dict[tuple[int, str], ItemView] = {}


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a person is in one lesson. `counted_seconds` is before the cap at nominal time."""

    last_request_at: datetime
    counted_seconds: int
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseProgress:
    """A person in a course, on the version they began with."""

    enrolment_id: int
    person_id: int
    course: CourseSummary
    lessons: tuple[LessonLine, ...]
    marks: Mapping[int, Mark]
    current_version_id: int
    """The version that new learners get; differs when a new text came out since."""
    enrolled_at: datetime
    completed_at: datetime | None

    @property
    def done(self) -> frozenset[int]:
        """Numbers of the lessons marked done."""
        return frozenset(n for n, mark in self.marks.items() if mark.done_at is not None)

    @property
    def done_count(self) -> int:
        """How many lessons of this version are done."""
        return len(self.lessons) - len(self.undone)

    @property
    def undone(self) -> tuple[int, ...]:
        """Lessons not marked done, in order."""
        return rules.undone(self.lessons, self.done)

    @property
    def next_lesson(self) -> int | None:
        """The first lesson that is neither done nor locked."""
        return rules.next_lesson(self.lessons, self.done)

    @property
    def active_seconds(self) -> int:
        """Active time, each lesson capped at its nominal minutes."""
        counted = {number: mark.counted_seconds for number, mark in self.marks.items()}
        return rules.active_seconds(counted, self.lessons)

    def line(self, number: int) -> LessonLine:
        """Return a lesson of the outline.

        Raises:
            NotFound: the version has no such lesson.
        """
        for line in self.lessons:
            if line.number == number:
                return line
        raise NotFound(course=self.course.code, lesson=number)

    def missing_before(self, number: int) -> tuple[LessonLine, ...]:
        """Return the lessons that must be done before this one."""
        return tuple(self.line(n) for n in rules.missing_before(self.line(number), self.done))


# -------------------------------------------------------------------- progress

_PROGRESS_COLUMNS: Final = (
    Enrolment.id.label("enrolment_id"),
    Enrolment.person_id,
    Enrolment.version_id,
    CourseVersion.content_hash,
    Course.current_version_id,
    Enrolment.enrolled_at,
    Enrolment.completed_at,
    LessonProgress.lesson_number,
    LessonProgress.last_request_at,
    LessonProgress.active_seconds,
    LessonProgress.done_at,
)


def _progress(*conditions: Any) -> list[CourseProgress]:
    """Return the courses of the enrolments that meet the conditions; one statement."""
    rows = db.session.execute(
        select(*_PROGRESS_COLUMNS)
        .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .outerjoin(LessonProgress, LessonProgress.enrolment_id == Enrolment.id)
        .where(*conditions)
        .order_by(Enrolment.id)
    )
    by_enrolment: dict[int, list[Any]] = {}
    for row in rows:
        by_enrolment.setdefault(row.enrolment_id, []).append(row)
    return [_one_progress(found) for found in by_enrolment.values()]


def _one_progress(rows: Sequence[Any]) -> CourseProgress:
    first = rows[0]
    course, lessons = catalogue.kept_version(first.version_id, first.content_hash)
    return CourseProgress(
        enrolment_id=first.enrolment_id,
        person_id=first.person_id,
        course=course,
        lessons=lessons,
        marks={
            row.lesson_number: Mark(row.last_request_at, row.active_seconds, row.done_at)
            for row in rows
            if row.lesson_number is not None
        },
        current_version_id=first.current_version_id,
        enrolled_at=first.enrolled_at,
        completed_at=first.completed_at,
    )


def course_progress(person_id: int, course_code: str) -> CourseProgress | None:
    """Return enrolment and progress of a person in a course with one statement, or None."""
    found = _progress(Enrolment.person_id == person_id, Enrolment.course_code == course_code)
    return found[0] if found else None


def list_progress(person_id: int) -> list[CourseProgress]:
    """Return every course the person has begun, oldest first; one statement."""
    return _progress(Enrolment.person_id == person_id)


def enrolment_progress(enrolment_id: int) -> CourseProgress:
    """Return the progress of an enrolment: its active time decides when JP are final.

    Raises:
        NotFound: there is no such enrolment.
    """
    found = _progress(Enrolment.id == enrolment_id)
    if not found:
        raise NotFound(enrolment=enrolment_id)
    return found[0]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a person does next. `lesson` None: all lessons are done, the exam is next."""

    progress: CourseProgress
    lesson: LessonLine | None


def next_step(person_id: int) -> NextStep | None:
    """Return the next lesson or exam of the course used last and not passed yet, or None."""
    return next_step_of(list_progress(person_id))


def next_step_of(courses: Sequence[CourseProgress]) -> NextStep | None:
    """Return the next step among courses that were read already."""
    open_courses = [course for course in courses if course.completed_at is None]
    if not open_courses:
        return None
    course = max(open_courses, key=_last_used)
    number = course.next_lesson
    return NextStep(course, None if number is None else course.line(number))


def _last_used(course: CourseProgress) -> datetime:
    return max((mark.last_request_at for mark in course.marks.values()), default=course.enrolled_at)


def find_enrolment_id(person_id: int, course_code: str) -> int | None:
    """Return the person's enrolment in a course, or None."""
    return db.session.execute(
        select(Enrolment.id).where(
            Enrolment.person_id == person_id, Enrolment.course_code == course_code
        )
    ).scalar_one_or_none()


# ----------------------------------------------------------------- lesson page


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One practice item on a lesson page. `told` is None until it is answered."""

    position: int
    item: ItemView
    order: tuple[str, ...]
    """Option ids in the order shown."""
    response: Response | None = None
    told: Feedback | None = None
    answered_at: datetime | None = None

    @property
    def situation(self) -> list[str]:
        """The paragraphs of the situation."""
        return [part for part in (self.item.content.head.situation or "").split("\n\n") if part]

    def told_of(self, option_id: str) -> OptionFeedback | None:
        """Return what to tell about one option or row; None before an answer."""
        options = self.told.options if self.told else ()
        return next((found for found in options if found.option_id == option_id), None)

    def choice_text(self, choice_id: str) -> str:
        """Return the words of a right side of JD; empty for another kind."""
        content = self.item.content
        choices = content.choices if isinstance(content, Matching) else ()
        return next((choice.text for choice in choices if choice.id == choice_id), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage:
    """Everything a lesson page shows."""

    progress: CourseProgress
    lesson: LessonText
    line: LessonLine
    practice: tuple[Practice, ...] = field(default=())

    @property
    def locked_by(self) -> tuple[LessonLine, ...]:
        """Lessons that must be done first; empty when this one is open."""
        return self.progress.missing_before(self.line.number)

    @property
    def previous(self) -> LessonLine | None:
        """The lesson before this one."""
        return self.progress.lessons[self.line.number - 2] if self.line.number > 1 else None

    @property
    def following(self) -> LessonLine | None:
        """The lesson after this one."""
        lessons = self.progress.lessons
        return lessons[self.line.number] if self.line.number < len(lessons) else None

    def practice_at(self, position: int) -> Practice:
        """Return a practice item by its place.

        Raises:
            NotFound: there is none at this place.
        """
        for found in self.practice:
            if found.position == position:
                return found
        raise NotFound(practice=position)


_PART_PROGRESS: Final = 0
_PART_ANSWER: Final = 1
_PART_ITEM: Final = 2


@cache
def _lesson_state() -> CompoundSelect[Any]:
    """Return the one statement of a lesson page, with `person`, `course` and `lesson` to bind.

    Three kinds of rows under common columns: progress (one per lesson opened, at least one when
    enrolled), the last answer per practice place, and the practice items in use.
    """
    person: BindParameter[Any] = bindparam("person")
    course: BindParameter[Any] = bindparam("course")
    lesson: BindParameter[Any] = bindparam("lesson")
    no_id, no_moment = cast(null(), BigInteger), cast(null(), UTCDateTime)
    no_number, no_text = cast(null(), Integer), cast(null(), Text)
    progress = (
        select(
            literal(_PART_PROGRESS).label("part"),
            Enrolment.id.label("first_id"),
            Enrolment.version_id.label("second_id"),
            Course.current_version_id.label("third_id"),
            LessonProgress.lesson_number.label("number"),
            LessonProgress.active_seconds.label("seconds"),
            Enrolment.enrolled_at.label("first_at"),
            Enrolment.completed_at.label("second_at"),
            LessonProgress.last_request_at.label("third_at"),
            LessonProgress.done_at.label("fourth_at"),
            CourseVersion.content_hash.label("text"),
            cast(null(), Json).label("doc"),
        )
        .select_from(Enrolment)
        .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .outerjoin(LessonProgress, LessonProgress.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id == person, Enrolment.course_code == course)
    )
    last = (
        select(func.max(PracticeAnswer.id))
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(
            Enrolment.person_id == person,
            Enrolment.course_code == course,
            PracticeAnswer.lesson_number == lesson,
        )
        .group_by(PracticeAnswer.position)
    )
    answers = select(
        literal(_PART_ANSWER),
        PracticeAnswer.item_version_id,
        no_id,
        no_id,
        PracticeAnswer.position,
        no_number,
        PracticeAnswer.answered_at,
        no_moment,
        no_moment,
        no_moment,
        no_text,
        PracticeAnswer.response,
    ).where(PracticeAnswer.id.in_(last))
    items = select(
        literal(_PART_ITEM),
        ItemVersion.id,
        no_id,
        no_id,
        no_number,
        no_number,
        no_moment,
        no_moment,
        no_moment,
        no_moment,
        ItemVersion.content_hash,
        cast(null(), Json),
    ).where(
        ItemVersion.bank == course,
        ItemVersion.lesson == lesson,
        ItemVersion.purpose == "latihan",
        ItemVersion.is_current,
    )
    return union_all(progress, answers, items)


def lesson_page(
    person_id: int, course_code: str, number: int, *, with_practice: bool = True
) -> LessonPage | None:
    """Return a lesson with the person's progress and last practice answers, or None if not enrolled.

    One statement once texts and items are in memory. Whether the lesson is locked is for the
    caller to ask (`locked_by`).

    Raises:
        NotFound: there is no such course or lesson.
    """
    rows = db.session.execute(
        _lesson_state(), {"person": person_id, "course": course_code, "lesson": number}
    ).all()
    own = [row for row in rows if row.part == _PART_PROGRESS]
    if not own:
        catalogue.course_summary(course_code)
        return None
    first = own[0]
    course, lessons = catalogue.kept_version(first.second_id, first.text)
    progress = CourseProgress(
        enrolment_id=first.first_id,
        person_id=person_id,
        course=course,
        lessons=lessons,
        marks={
            row.number: Mark(row.third_at, row.seconds, row.fourth_at)
            for row in own
            if row.number is not None
        },
        current_version_id=first.third_id,
        enrolled_at=first.first_at,
        completed_at=first.second_at,
    )
    line = progress.line(number)
    lesson = catalogue.kept_lesson(first.second_id, first.text, number)
    practice: tuple[Practice, ...] = ()
    if with_practice:
        practice = _practice(
            lesson,
            items=_items(course_code, lesson.practice, rows),
            answers={row.number: row for row in rows if row.part == _PART_ANSWER},
            seed=progress.enrolment_id % _PRACTICE_ORDERS,
        )
    return LessonPage(progress=progress, lesson=lesson, line=line, practice=practice)


def _items(course_code: str, codes: Sequence[str], rows: Sequence[Any]) -> dict[str, ItemView]:
    """Return the practice items in use by code; read from the database when one is new."""
    keys = [(row.first_id, row.text) for row in rows if row.part == _PART_ITEM]
    if any(key not in _kept_items for key in keys):
        if len(_kept_items) >= _MOST_ITEMS_KEPT:
            _kept_items.clear()
        hash_of = dict(keys)
        fresh = practice_items(course_code, codes)
        _kept_items.update(
            {(view.item_version_id, hash_of[view.item_version_id]): view for view in fresh}
        )
    found = [_kept_items[key] for key in keys if key in _kept_items]
    return {view.code: view for view in found}


def _practice(
    lesson: LessonText, *, items: Mapping[str, ItemView], answers: Mapping[int, Any], seed: int
) -> tuple[Practice, ...]:
    """Return the practice of a lesson; an answer to an earlier version of an item is not shown."""
    found = []
    for position, code in enumerate(lesson.practice, start=1):
        item = items.get(code)
        if item is None:
            continue
        order = option_order(seed, item.content, shuffle=True)
        answer = answers.get(position)
        if answer is None or answer.first_id != item.item_version_id:
            found.append(Practice(position=position, item=item, order=order))
            continue
        found.append(
            Practice(
                position=position,
                item=item,
                order=order,
                response=answer.doc,
                told=feedback(item.content, answer.doc),
                answered_at=answer.first_at,
            )
        )
    return tuple(found)


def typed_answer(practice: Practice, form_fields: Iterable[tuple[str, str]]) -> Response | None:
    """Return what was typed in the shape of an answer, unchecked: for a form that comes back."""
    content = practice.item.content
    raw = raw_answer_from(content, form_fields)
    if isinstance(raw, Mapping):
        return dict(raw)
    if isinstance(content, MultipleResponse | MarkLines | Ordering):
        return list(raw)
    return raw[0] if raw else None


# ---------------------------------------------------------------------- course


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePage:
    """What a course's page shows; `progress` is None for whoever has not begun it."""

    course: CourseSummary
    """The version the person learns with, or the published one."""
    lessons: tuple[LessonLine, ...]
    progress: CourseProgress | None
    exam: QuizTerms | None
    gate: ExamGate | None
    newer: CourseSummary | None
    """A version published since the person began."""
    changed: tuple[LessonLine, ...]
    """Lessons of the newer version whose text differs from the person's."""
    laws: tuple[tuple[LegalBasis, LegalBanner | None], ...]


def course_page(person_id: int | None, course_code: str, *, today: date) -> CoursePage:
    """Return what a course's page shows; five statements at most, two more with a newer version.

    Raises:
        NotFound: there is no such course.
    """
    progress = None if person_id is None else course_progress(person_id, course_code)
    if progress is None:
        course = catalogue.course_summary(course_code)
        lessons = catalogue.kept_version(course.version_id, course.content_hash)[1]
    else:
        course, lessons = progress.course, progress.lessons
    newer = None
    changed: tuple[LessonLine, ...] = ()
    if progress is not None and progress.current_version_id != course.version_id:
        newer = catalogue.course_version(progress.current_version_id)
        changed = catalogue.changed_lessons(course.version_id, newer.version_id)
    gate = None
    if person_id is not None and progress is not None:
        gate = exam_gate(person_id, course.exam_code, today=today, progress=progress)
    return CoursePage(
        course=course,
        lessons=lessons,
        progress=progress,
        exam=find_terms(course.exam_code),
        gate=gate,
        newer=newer,
        changed=changed,
        laws=tuple(
            (law, next(iter(legal_banners([law], today=today)), None)) for law in course.legal_bases
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueListing:
    """A page of the catalogue with the own progress by course code."""

    page: Page[CourseSummary]
    progress: Mapping[str, CourseProgress]
    fields: Sequence[str]
    """Field codes to filter by."""
    credit_hours: int
    """JP of the courses on the page."""


def catalogue_listing(person_id: int | None, filters: Filters, *, page: int) -> CatalogueListing:
    """Return a page of the catalogue; four statements."""
    found = catalogue.list_courses(filters, page=page)
    own = [] if person_id is None else list_progress(person_id)
    return CatalogueListing(
        page=found,
        progress={progress.course.code: progress for progress in own},
        fields=catalogue.list_fields(),
        credit_hours=sum(course.credit_hours for course in found.rows),
    )


def catalogue_rows(filters: Filters) -> Sequence[CourseSummary]:
    """Return the whole filtered catalogue, for an export."""
    return catalogue.all_courses(filters)


# ------------------------------------------------------------------------ exam


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamGate:
    """Whether a person may begin an exam, as far as learning decides it."""

    quiz_code: str
    course: CourseSummary | None
    """None for a quiz that ends no course: it is open to everybody."""
    is_enrolled: bool
    undone: tuple[LessonLine, ...]
    valid_until: date | None
    """The last valid day of the pass that holds longest; None without one."""
    retest_opens_on: date | None
    is_retest: bool
    """A pass stands and its re-test is open: lessons are not asked for."""
    is_open: bool


def enrolment_for_exam(person_id: int, quiz_code: str) -> CourseProgress | None:
    """Return the person's course that ends with this quiz, or None."""
    found = _progress(Enrolment.person_id == person_id, CourseVersion.exam_code == quiz_code)
    return found[0] if found else None


def exam_gate(
    person_id: int, quiz_code: str, *, today: date, progress: CourseProgress | None = None
) -> ExamGate:
    """Return whether the exam is open to the person and what is missing; three statements at most.

    `progress` spares the one that reads it. Attempts, waiting days and an attempt under way are assessment's matter.
    """
    progress = progress or enrolment_for_exam(person_id, quiz_code)
    course = progress.course if progress else catalogue.find_course_of_exam(quiz_code)
    if course is None:
        return ExamGate(
            quiz_code=quiz_code,
            course=None,
            is_enrolled=False,
            undone=(),
            valid_until=None,
            retest_opens_on=None,
            is_retest=False,
            is_open=True,
        )
    valid_until = _valid_until(person_id, quiz_code, course.valid_months, today=today)
    opens_on = None
    if valid_until is not None:
        days = int(settings.value("exam.recertification_days"))
        opens_on = recertification_opens_on(valid_until, days)
    is_retest = opens_on is not None and opens_on <= today
    if progress is None:
        undone = catalogue.list_lessons(course.version_id)
    else:
        undone = tuple(progress.line(number) for number in progress.undone)
    may_take = opens_on is None and progress is not None and not undone
    return ExamGate(
        quiz_code=quiz_code,
        course=course,
        is_enrolled=progress is not None,
        undone=undone,
        valid_until=valid_until,
        retest_opens_on=opens_on,
        is_retest=is_retest,
        is_open=is_retest or may_take,
    )


def _valid_until(person_id: int, quiz_code: str, valid_months: int, *, today: date) -> date | None:
    """Return the last valid day of the pass that holds longest; revoked passes are left out."""
    rows = db.session.execute(
        select(Attempt.id, Attempt.graded_at, Evidence.valid_until, EvidenceDecision.id)
        .outerjoin(
            Evidence,
            (Evidence.source_kind == "measured")
            & (Evidence.source_ref == literal("attempt:") + cast(Attempt.id, Text)),
        )
        .outerjoin(
            EvidenceDecision,
            (EvidenceDecision.evidence_id == Evidence.id)
            & (EvidenceDecision.kind == "revoked")
            & (EvidenceDecision.effective_on <= today),
        )
        .where(
            Attempt.person_id == person_id,
            Attempt.quiz_code == quiz_code,
            Attempt.outcome == "lulus",
        )
    )
    return rules.standing_pass(
        rules.Pass(
            valid_until=row[2] or add_months(clock.local_date(row.graded_at), valid_months),
            is_revoked=row[3] is not None,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAttempt:
    """What a graded attempt measured."""

    attempt_id: int
    number: int
    outcome: str
    graded_at: datetime
    theta: float | None
    se: float | None
    cut_theta: float
    cut_ref: str
    """Quiz, its version, form and mark: which pass mark decided."""


def measured_attempt(attempt_id: int) -> MeasuredAttempt:
    """Return what a graded attempt measured.

    Raises:
        NotFound: there is no such attempt, or it is not graded.
    """
    row = db.session.execute(
        select(
            Attempt.number,
            Attempt.outcome,
            Attempt.graded_at,
            Attempt.theta,
            Attempt.se,
            Attempt.pass_mark,
            Attempt.quiz_code,
            QuizForm.code,
            QuizForm.cut_theta,
            QuizForm.mark_source,
            QuizVersion.number.label("quiz_version"),
        )
        .join(QuizForm, QuizForm.id == Attempt.form_id)
        .join(QuizVersion, QuizVersion.id == Attempt.quiz_version_id)
        .where(Attempt.id == attempt_id, Attempt.graded_at.is_not(None))
    ).first()
    if row is None:
        raise NotFound(attempt=attempt_id)
    return MeasuredAttempt(
        attempt_id=attempt_id,
        number=row.number,
        outcome=row.outcome,
        graded_at=row.graded_at,
        theta=row.theta,
        se=row.se,
        cut_theta=row.cut_theta,
        cut_ref=(
            f"{row.quiz_code} v{row.quiz_version} bentuk {row.code}"
            f" batas {row.pass_mark} {row.mark_source}"
        ),
    )
