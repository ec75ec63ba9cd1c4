"""What a learner does, and what a graded exam sets in motion."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from lms.assessment.events import AttemptGraded
from lms.competency.models import Evidence
from lms.kernel.errors import NotFound
from lms.learning import queries, services
from lms.learning.errors import (
    AnswerMissing,
    ExamClosed,
    LessonLocked,
    NotEnrolled,
    RetestTooEarly,
)
from lms.learning.events import CourseCompleted, CourseStarted, LearningTimeGrew
from lms.learning.models import Enrolment, PracticeAnswer
from lms.platform.slots import slots
from tests import factories
from tests.conftest import NOW

TODAY = date(2026, 11, 21)
CODE = "UJI-101"


@pytest.fixture
def told(monkeypatch):
    """Events of learning, in order."""
    seen = []
    kinds = (CourseStarted, CourseCompleted, LearningTimeGrew)
    monkeypatch.setattr(
        slots, "subscribers", {**slots.subscribers, **dict.fromkeys(kinds, (seen.append,))}
    )
    return seen


@pytest.fixture
def person_id(database, tmp_path, told):
    factories.reference()
    factories.framework()
    factories.course(tmp_path)
    return factories.learner()


def enrol(person_id, **changes):
    return services.enrol(
        **{"person_id": person_id, "course_code": CODE, "now": NOW, "today": TODAY, **changes}
    )


def open_lesson(person_id, number=1, after=timedelta()):
    return services.open_lesson(
        person_id=person_id, course_code=CODE, number=number, now=NOW + after
    )


def done(person_id, number, after=timedelta()):
    return services.mark_lesson_done(
        person_id=person_id, course_code=CODE, number=number, now=NOW + after
    )


def answer(person_id, position, fields, after=timedelta()):
    services.answer_practice(
        person_id=person_id,
        course_code=CODE,
        number=2,
        position=position,
        form_fields=fields,
        now=NOW + after,
    )


def progress(person_id):
    return queries.course_progress(person_id, CODE)


# ------------------------------------------------------------------- enrolment


def test_enrolling_twice_is_one_enrolment_and_is_told_once(person_id, told):
    assert enrol(person_id) == enrol(person_id)
    assert told == [CourseStarted(person_id, CODE, TODAY)]


def test_an_enrolment_stays_on_its_version(person_id, tmp_path):
    enrol(person_id)
    done(person_id, 1)
    newer = factories.course(tmp_path, words="Kalimat baru.")
    enrol(person_id)
    own = progress(person_id)
    assert (own.course.number, own.current_version_id, own.done) == (1, newer.version_id, {1})
    page = queries.course_page(person_id, CODE, today=TODAY)
    assert (page.newer.number, len(page.changed)) == (2, 3)


def test_an_unknown_course_is_not_found(person_id):
    with pytest.raises(NotFound):
        enrol(person_id, course_code="TIDAK-1")


# --------------------------------------------------------------------- lessons


def test_a_lesson_asks_for_an_enrolment(person_id):
    with pytest.raises(NotEnrolled) as refusal:
        open_lesson(person_id)
    assert refusal.value.facts["course_code"] == CODE


def test_absent_lessons_and_courses_are_not_found(person_id):
    enrol(person_id)
    with pytest.raises(NotFound):
        open_lesson(person_id, 4)
    with pytest.raises(NotFound):
        services.open_lesson(person_id=person_id, course_code="TIDAK-1", number=1, now=NOW)


def test_time_between_requests_counts_up_to_ten_minutes_each(person_id):
    enrol(person_id)
    open_lesson(person_id)
    assert progress(person_id).active_seconds == 0
    open_lesson(person_id, after=timedelta(minutes=3))
    services.heartbeat(
        person_id=person_id, course_code=CODE, number=1, now=NOW + timedelta(minutes=4)
    )
    assert progress(person_id).active_seconds == 240
    open_lesson(person_id, after=timedelta(hours=3))
    assert progress(person_id).marks[1].counted_seconds == 240 + 600
    assert progress(person_id).active_seconds == 600  # nominal: 10 minutes


def test_two_open_lessons_never_count_a_minute_twice(person_id):
    enrol(person_id)
    open_lesson(person_id, 1)
    open_lesson(person_id, 2, after=timedelta(minutes=1))
    open_lesson(person_id, 1, after=timedelta(minutes=2))
    open_lesson(person_id, 2, after=timedelta(minutes=3))
    assert progress(person_id).active_seconds == 120


def test_an_older_read_cannot_add_the_same_gap_again(person_id):
    enrol(person_id)
    open_lesson(person_id)
    stale = queries.lesson_page(person_id, CODE, 1).progress
    later = NOW + timedelta(minutes=5)
    services._touch(stale, 1, now=later)
    services._touch(stale, 1, now=later)
    assert progress(person_id).active_seconds == 300


def test_marking_done_leads_on_and_is_kept_once(person_id):
    enrol(person_id)
    assert done(person_id, 1) == 2
    first = progress(person_id).marks[1].done_at
    assert done(person_id, 1, after=timedelta(minutes=1)) == 2
    assert progress(person_id).marks[1].done_at == first
    assert done(person_id, 3) == 2
    assert done(person_id, 2) is None


def test_a_locked_lesson_names_what_comes_first(database, tmp_path, told):
    factories.reference()
    factories.course(tmp_path, requires={3: "01-pelajaran.md, 02-pelajaran.md"})
    person_id = factories.learner()
    enrol(person_id)
    done(person_id, 1)
    for act in (
        lambda: open_lesson(person_id, 3),
        lambda: done(person_id, 3),
    ):
        with pytest.raises(LessonLocked) as refusal:
            act()
        assert refusal.value.facts["lessons"] == ((2, "Pelajaran ke-2"),)
    done(person_id, 2)
    assert open_lesson(person_id, 3).line.number == 3


def test_the_next_step_is_the_lesson_then_the_exam(person_id):
    assert queries.next_step(person_id) is None
    enrol(person_id)
    assert queries.next_step(person_id).lesson.number == 1
    for number in (1, 2, 3):
        done(person_id, number)
    assert queries.next_step(person_id).lesson is None


# -------------------------------------------------------------------- practice


def practice(person_id, position):
    return queries.lesson_page(person_id, CODE, 2).practice_at(position)


def test_an_answer_brings_a_reason_for_every_option(person_id):
    enrol(person_id)
    item = practice(person_id, 1)
    assert item.told is None
    key = next(option for option in item.item.content.options if option.is_key)
    answer(person_id, 1, [("jawaban", key.id)])
    told_now = practice(person_id, 1)
    assert told_now.told.verdict == "right"
    assert {found.rationale for found in told_now.told.options} == {
        "Jalannya sudah dikenal.",
        "Balasan sampai ke pengirim yang sama.",
        "Orang lain ikut terpancing.",
    }


def test_the_last_answer_is_shown_and_all_are_kept(person_id, database):
    enrol(person_id)
    wrong = [option for option in practice(person_id, 1).item.content.options if not option.is_key]
    for option in wrong:
        answer(person_id, 1, [("jawaban", option.id)])
    assert practice(person_id, 1).response == wrong[-1].id
    assert practice(person_id, 2).told is None
    rows = database.execute(select(func.count()).select_from(PracticeAnswer)).scalar_one()
    assert rows == 2


def test_an_order_earns_its_share(person_id, database):
    enrol(person_id)
    first, second, third = (option.id for option in practice(person_id, 2).item.content.options)
    answer(person_id, 2, [("jawaban", first), ("jawaban", third), ("jawaban", second)])
    assert practice(person_id, 2).told.score == Fraction(2, 3)
    assert database.scalars(select(PracticeAnswer.credit)).one() == "2/3"


@pytest.mark.parametrize("value", ["", "tidak-ada"])
def test_what_is_no_answer_is_refused(person_id, value):
    enrol(person_id)
    with pytest.raises(AnswerMissing):
        answer(person_id, 1, [("jawaban", value)])
    with pytest.raises(NotFound):
        answer(person_id, 3, [("jawaban", "x")])


def test_an_answer_to_an_earlier_text_of_the_item_is_not_shown(person_id):
    enrol(person_id)
    answer(person_id, 1, [("jawaban", practice(person_id, 1).order[0])])
    factories.bank(CODE, factories.practice_rows(CODE, stem="Mana yang paling tepat?"))
    again = practice(person_id, 1)
    assert (again.told, again.item.content.head.stem) == (None, "Mana yang paling tepat?")


# ------------------------------------------------------------------------ exam


def start(person_id, today=TODAY):
    return services.start_exam(person_id=person_id, quiz_code=CODE, now=NOW, today=today)


def test_the_exam_names_the_lessons_that_are_missing(person_id):
    with pytest.raises(ExamClosed) as refusal:
        start(person_id)
    assert refusal.value.facts["enrolled"] is False
    enrol(person_id)
    done(person_id, 2)
    with pytest.raises(ExamClosed) as refusal:
        start(person_id)
    assert refusal.value.facts["enrolled"] is True
    assert [number for number, _title in refusal.value.facts["lessons"]] == [1, 3]


def test_the_gate_opens_with_the_last_lesson(person_id):
    enrol(person_id)
    for number in (1, 2, 3):
        assert not queries.exam_gate(person_id, CODE, today=TODAY).is_open
        done(person_id, number)
    gate = queries.exam_gate(person_id, CODE, today=TODAY)
    assert (gate.is_open, gate.is_retest, gate.undone) == (True, False, ())


def test_a_quiz_of_no_course_has_no_gate(person_id):
    assert queries.exam_gate(person_id, "PENEMPATAN", today=TODAY).is_open


def grade(person_id, outcome="lulus", *, number=1, today=TODAY):
    attempt_id = factories.graded_attempt(person_id, CODE, outcome, number=number)
    services.on_attempt_graded(AttemptGraded(attempt_id, person_id, CODE, outcome, today))
    return attempt_id


def evidence(database):
    return database.scalars(select(Evidence).order_by(Evidence.id)).all()


def test_a_pass_is_evidence_per_claim_and_completes_the_course(person_id, database, told):
    enrolment_id = enrol(person_id)
    attempt_id = grade(person_id)
    rows = evidence(database)
    assert [(row.competence, row.level, row.outcome) for row in rows] == [
        ("aman", 2, "lulus"),
        ("keamanan", 2, "lulus"),
    ]
    assert {row.source_ref for row in rows} == {f"attempt:{attempt_id}"}
    assert {row.valid_until for row in rows} == {date(2027, 11, 21)}
    assert rows[0].cut_ref == f"{CODE} v1 bentuk A batas 14 usulan"
    assert (rows[0].theta, rows[0].se, rows[0].cut_theta) == (0.8, 0.4, 0.25)
    assert progress(person_id).completed_at is not None
    version_id = progress(person_id).course.version_id
    assert told[-1] == CourseCompleted(
        enrolment_id, person_id, CODE, version_id, attempt_id, 1, TODAY
    )


def test_a_failure_is_evidence_of_no_level_and_valid_as_long(person_id, database, told):
    enrol(person_id)
    grade(person_id, "belum")
    rows = evidence(database)
    assert [(row.level, row.outcome, row.valid_until) for row in rows] == [
        (0, "belum", date(2027, 11, 21))
    ] * 2
    assert progress(person_id).completed_at is None
    assert not [event for event in told if isinstance(event, CourseCompleted)]


def test_too_little_evidence_makes_no_row(person_id, database):
    enrol(person_id)
    grade(person_id, "belum_cukup_bukti")
    assert evidence(database) == []


def test_a_pass_without_enrolment_still_counts(person_id, database, told):
    grade(person_id)
    assert len(evidence(database)) == 2
    assert told[-1].enrolment_id is None


def test_after_a_pass_the_retest_waits_for_its_window_and_asks_for_no_lessons(person_id):
    enrol(person_id)
    grade(person_id)
    with pytest.raises(RetestTooEarly) as refusal:
        start(person_id)
    assert refusal.value.facts["opens_on"] == date(2027, 8, 23)
    gate = queries.exam_gate(person_id, CODE, today=date(2027, 8, 23))
    assert (gate.is_open, gate.is_retest, len(gate.undone)) == (True, True, 3)


def test_a_second_pass_is_a_retest_and_leaves_the_first_completion(person_id, told):
    enrol(person_id)
    grade(person_id)
    first = progress(person_id).completed_at
    grade(person_id, number=2, today=date(2027, 9, 1))
    assert progress(person_id).completed_at == first
    assert [event.is_retest for event in told if isinstance(event, CourseCompleted)] == [
        False,
        True,
    ]


def test_time_after_the_pass_is_told(person_id, told):
    enrolment_id = enrol(person_id)
    open_lesson(person_id)
    open_lesson(person_id, after=timedelta(minutes=1))
    grade(person_id)
    open_lesson(person_id, after=timedelta(minutes=2))
    assert [event for event in told if isinstance(event, LearningTimeGrew)] == [
        LearningTimeGrew(enrolment_id, person_id, CODE, TODAY)
    ]


def test_nothing_of_one_person_shows_for_another(person_id, database):
    other = factories.person("Damar Jati", unit_id=None)
    enrol(person_id)
    answer(person_id, 1, [("jawaban", practice(person_id, 1).order[0])])
    enrol(other)
    assert practice(other, 1).told is None
    assert progress(other).marks == {}
    assert database.execute(select(func.count()).select_from(Enrolment)).scalar_one() == 2
