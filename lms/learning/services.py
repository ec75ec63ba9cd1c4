"""What a learner does, and what an exam's result sets in motion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import case, func, insert, update

from lms.assessment import services as assessment
from lms.assessment.events import AttemptGraded
from lms.assessment.rules.attempts import Outcome
from lms.assessment.rules.problem import Problem
from lms.assessment.rules.responses import raw_answer_from, read_response
from lms.assessment.rules.scoring import score_partial
from lms.catalogue import queries as catalogue
from lms.catalogue.queries import CourseSummary
from lms.catalogue.services import Published, links_of, publish_course_version
from lms.competency import queries as competency
from lms.competency.services import NewEvidence, load_framework, record_evidence_rows
from lms.kernel.dates import add_months
from lms.learning import queries, rules
from lms.learning.errors import (
    AnswerMissing,
    ExamClosed,
    LessonLocked,
    NotEnrolled,
    RetestTooEarly,
)
from lms.learning.events import CourseCompleted, CourseStarted, LearningTimeGrew
from lms.learning.models import Enrolment, LessonProgress, PracticeAnswer
from lms.learning.packages import Content
from lms.learning.queries import CourseProgress, LessonPage, MeasuredAttempt
from lms.platform import clock
from lms.platform.db import db, insert_ignoring_conflict, upsert
from lms.platform.slots import publish


def enrol(*, person_id: int, course_code: str, now: datetime, today: date) -> int:
    """Enrol a person in the published version of a course, once; return the enrolment's id.

    Asking again changes nothing, whatever was published since. Publishes `CourseStarted` the
    first time. Courses that are best taken before are named on the page and not asked for here:
    what they teach may have been learned elsewhere.

    Raises:
        NotFound: there is no such course.
    """
    known = queries.find_enrolment_id(person_id, course_code)
    if known is not None:
        return known
    course = catalogue.course_summary(course_code)
    added = insert_ignoring_conflict(
        Enrolment.__table__,  # type: ignore[arg-type]  # a Table
        [
            {
                "person_id": person_id,
                "course_code": course_code,
                "version_id": course.version_id,
                "enrolled_at": now,
            }
        ],
        ("person_id", "course_code"),
    )
    enrolment_id = queries.find_enrolment_id(person_id, course_code)
    assert enrolment_id is not None
    if added:
        publish(CourseStarted(person_id=person_id, course_code=course_code, today=today))
    return enrolment_id


def open_lesson(*, person_id: int, course_code: str, number: int, now: datetime) -> LessonPage:
    """Return the page of a lesson and count the time since the last request in it.

    Raises:
        NotFound: there is no such course or lesson.
        NotEnrolled: the person has not begun the course.
        LessonLocked: other lessons come first.
    """
    page = _own_page(person_id, course_code, number)
    _touch(page.progress, number, now=now)
    return page


def heartbeat(*, person_id: int, course_code: str, number: int, now: datetime) -> None:
    """Count the time since the last request in a lesson; the page sends this while it is seen.

    Raises:
        NotFound, NotEnrolled, LessonLocked: as `open_lesson`.
    """
    page = _own_page(person_id, course_code, number, with_practice=False)
    _touch(page.progress, number, now=now)


def mark_lesson_done(*, person_id: int, course_code: str, number: int, now: datetime) -> int | None:
    """Mark a lesson done, once; return the number of the lesson to go on with.

    That is the one after it unless it is done or locked, then the first that is open; None when
    all are done. Practice need not be answered.

    Raises:
        NotFound, NotEnrolled, LessonLocked: as `open_lesson`.
    """
    page = _own_page(person_id, course_code, number, with_practice=False)
    _touch(page.progress, number, now=now, done=True)
    done = page.progress.done | {number}
    following = page.following
    if (
        following is not None
        and following.number not in done
        and not rules.missing_before(following, done)
    ):
        return following.number
    return rules.next_lesson(page.progress.lessons, done)


def answer_practice(
    *,
    person_id: int,
    course_code: str,
    number: int,
    position: int,
    form_fields: Iterable[tuple[str, str]],
    now: datetime,
) -> None:
    """Keep an answer to the practice item at `position` (from 1) of a lesson.

    Practice is not graded and may be answered again; the last answer is what the page shows.

    Raises:
        NotFound: there is no such course, lesson or item.
        NotEnrolled, LessonLocked: as `open_lesson`.
        AnswerMissing: nothing was chosen, or it fits no answer of this item.
    """
    page = _own_page(person_id, course_code, number)
    item = page.practice_at(position).item
    response = read_response(item.content, raw_answer_from(item.content, form_fields))
    if response is None:
        raise AnswerMissing(problem="blank")
    if isinstance(response, Problem):
        raise AnswerMissing(problem=response.code, **response.facts)
    db.session.execute(
        insert(PracticeAnswer),
        [
            {
                "enrolment_id": page.progress.enrolment_id,
                "lesson_number": number,
                "position": position,
                "item_version_id": item.item_version_id,
                "response": response,
                "credit": str(score_partial(item.content, response)),
                "answered_at": now,
            }
        ],
    )
    _touch(page.progress, number, now=now)


def _own_page(
    person_id: int, course_code: str, number: int, *, with_practice: bool = True
) -> LessonPage:
    page = queries.lesson_page(person_id, course_code, number, with_practice=with_practice)
    if page is None:
        course = catalogue.course_summary(course_code)
        raise NotEnrolled(course_code=course_code, course_title=course.title)
    missing = page.locked_by
    if missing:
        raise LessonLocked(
            course_code=course_code, lessons=tuple((line.number, line.title) for line in missing)
        )
    return page


def _touch(progress: CourseProgress, number: int, *, now: datetime, done: bool = False) -> None:
    """Note a request in a lesson and add its active time; one statement.

    Two requests at once read the same last request: the gap is added by the one that still finds
    it, so that no minute counts twice.
    """
    here = progress.marks.get(number)
    others = [mark.last_request_at for n, mark in progress.marks.items() if n != number]
    gained = rules.counted_seconds(
        here_before=here.last_request_at if here else None,
        elsewhere_before=max(others, default=None),
        now=now,
    )
    row = LessonProgress.__table__.c
    unseen = row.last_request_at == (here.last_request_at if here else now)
    changes = {
        "active_seconds": row.active_seconds + case((unseen, gained), else_=0),
        "last_request_at": case((row.last_request_at < now, now), else_=row.last_request_at),
    }
    if done:
        changes["done_at"] = func.coalesce(row.done_at, now)
    upsert(
        LessonProgress.__table__,  # type: ignore[arg-type]  # a Table
        {
            "enrolment_id": progress.enrolment_id,
            "lesson_number": number,
            "opened_at": now,
            "last_request_at": now,
            "active_seconds": 0,
            "done_at": now if done else None,
        },
        conflict_columns=("enrolment_id", "lesson_number"),
        set_=changes,
    )
    if gained and progress.completed_at is not None:
        publish(
            LearningTimeGrew(
                enrolment_id=progress.enrolment_id,
                person_id=progress.person_id,
                course_code=progress.course.code,
                today=clock.local_date(now),
            )
        )


# ------------------------------------------------------------------------ exam


def start_exam(
    *, person_id: int, quiz_code: str, now: datetime, today: date
) -> assessment.StartedAttempt:
    """Begin or resume an exam that is open to the person.

    A course's exam opens when all its lessons are marked done; a re-test, from 90 days before the
    pass expires, asks for no lessons. A quiz that ends no course is open to everybody.

    Raises:
        ExamClosed: the person is not enrolled, or lessons are not done.
        RetestTooEarly: a pass stands, and its re-test is not open yet.
        NotFound: there is no such quiz.
        DomainError: assessment refuses (waiting days, attempts used up).
    """
    gate = queries.exam_gate(person_id, quiz_code, today=today)
    if not gate.is_open:
        assert gate.course is not None
        facts = {
            "quiz_code": quiz_code,
            "course_code": gate.course.code,
            "enrolled": gate.is_enrolled,
            "lessons": tuple((line.number, line.title) for line in gate.undone),
        }
        if gate.retest_opens_on is not None:
            raise RetestTooEarly(
                **facts, valid_until=gate.valid_until, opens_on=gate.retest_opens_on
            )
        raise ExamClosed(**facts)
    return assessment.start_attempt(person_id=person_id, quiz_code=quiz_code, now=now, today=today)


def on_attempt_graded(event: AttemptGraded) -> None:
    """Turn a graded exam into evidence, and a pass into a completed course.

    One row per `bukti` of the version the person learned with: its level on a pass, 0 when no
    level was reached, both valid equally long. Too little evidence makes no row. A quiz that ends
    no course (placement) is evidence of nothing.

    Publishes `CourseCompleted` on a pass.
    """
    progress = queries.enrolment_for_exam(event.person_id, event.quiz_code)
    course = progress.course if progress else catalogue.find_course_of_exam(event.quiz_code)
    if course is None or event.outcome == Outcome.TOO_LITTLE:
        return
    measured = queries.measured_attempt(event.attempt_id)
    passed = event.outcome == Outcome.PASSED
    record_evidence_rows(
        [
            NewEvidence(
                person_id=event.person_id,
                competence=claim.competence,
                level=claim.level if passed else 0,
                outcome=event.outcome,
                theta=measured.theta,
                se=measured.se,
                cut_theta=measured.cut_theta,
                source_kind="measured",
                source_ref=f"attempt:{event.attempt_id}",
                cut_ref=measured.cut_ref,
                measured_on=event.today,
                valid_until=add_months(event.today, course.valid_months),
            )
            for claim in course.evidence
        ]
    )
    if passed:
        _complete(event, progress, course=course, measured=measured)


def _complete(
    event: AttemptGraded,
    progress: CourseProgress | None,
    *,
    course: CourseSummary,
    measured: MeasuredAttempt,
) -> None:
    is_retest = progress is not None and progress.completed_at is not None
    if progress is not None and not is_retest:
        db.session.execute(
            update(Enrolment)
            .where(Enrolment.id == progress.enrolment_id)
            .values(completed_at=measured.graded_at)
        )
    publish(
        CourseCompleted(
            enrolment_id=progress.enrolment_id if progress else None,
            person_id=event.person_id,
            course_code=course.code,
            version_id=course.version_id,
            attempt_id=event.attempt_id,
            attempt_number=measured.number,
            today=event.today,
            is_retest=is_retest,
        )
    )


# --------------------------------------------------------------------- content


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentReport:
    """What loading content changed, by course, bank and quiz code."""

    courses: Mapping[str, Published]
    banks: Mapping[str, assessment.LoadReport]
    quizzes: Mapping[str, assessment.LoadReport]
    framework_is_new: bool

    @property
    def changed(self) -> bool:
        """Tell whether anything differs from before."""
        return next(iter(self.lines()), None) is not None

    def lines(self) -> Iterator[str]:
        """Yield one sentence per thing that changed."""
        if self.framework_is_new:
            yield "Kerangka kompetensi: dimuat."
        for code, course in self.courses.items():
            if course.is_new:
                yield f"Kursus {code}: versi {course.number} terbit."
            elif course.is_current_again:
                yield f"Kursus {code}: kembali ke versi {course.number}."
            elif course.lessons_rendered:
                yield f"Kursus {code}: {course.lessons_rendered} pelajaran disusun ulang."
        for code, bank in self.banks.items():
            if bank.added or bank.changed or bank.retired:
                yield (
                    f"Bank {code}: {bank.added} butir baru, {bank.changed} berubah, "
                    f"{bank.unchanged} tetap, {bank.retired} ditarik."
                )
        for code, quiz in self.quizzes.items():
            if quiz.added or quiz.changed:
                yield f"Kuis {code}: {'dimuat' if quiz.added else 'versi baru'}."


def load_content(*, content: Content, media_dir: Path, now: datetime) -> ContentReport:
    """Publish content that was read and found sound; asking again changes nothing.

    The competency framework is loaded first where it is missing, then courses, banks and quizzes.

    Raises:
        ValueError: the content has errors.
        DomainError: a bank or quiz is refused.
    """
    if not content.is_sound:
        raise ValueError("content with errors cannot be published")
    known = competency.framework_validities()
    load_framework(now=now)
    courses = {
        package.code: publish_course_version(package=package, media_dir=media_dir, now=now)
        for package in content.courses
    }
    links = {package.code: links_of(package) for package in content.courses}
    banks = {
        bank.code: assessment.load_bank(bank, now, links=links.get(bank.code))
        for bank in content.banks
    }
    evidence = {
        package.code: [claim.competence for claim in package.evidence]
        for package in content.courses
    }
    quizzes = {
        quiz.code: assessment.load_quizzes([quiz], now, evidence=evidence)
        for quiz in content.quizzes
    }
    db.session.flush()
    return ContentReport(
        courses=courses,
        banks=banks,
        quizzes=quizzes,
        framework_is_new=competency.framework_validities() != known,
    )
