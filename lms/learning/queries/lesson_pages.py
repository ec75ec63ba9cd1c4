"""A lesson page must be cheap, since it is what people open most.

Enrolment, progress, last practice answers and the practice items in use come in one statement;
texts and items are kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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

from lms.assessment.models import ItemVersion
from lms.assessment.queries.papers import ItemView, practice_items
from lms.assessment.rules.forms import option_order
from lms.assessment.rules.kinds import MarkLines, Matching, MultipleResponse, Ordering
from lms.assessment.rules.responses import Response, raw_answer_from
from lms.assessment.rules.scoring import Feedback, OptionFeedback, feedback
from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course, CourseVersion
from lms.catalogue.queries import LessonLine, LessonText
from lms.kernel.errors import NotFound
from lms.learning.models import Enrolment, LessonProgress, PracticeAnswer
from lms.learning.queries.progress import CourseProgress, Mark
from lms.platform.db import Json, UTCDateTime, db

_MOST_ITEMS_KEPT: Final = 4000
_PRACTICE_ORDERS: Final = 8
"""In how many orders the options of a practice item appear; few, so that pages can be kept."""
_kept_items: dict[tuple[int, str], ItemView] = {}


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
