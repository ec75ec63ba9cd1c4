"""What assessment tells others: practice items, attempts, terms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.assessment import queries, services
from lms.assessment.queries import Taker
from lms.kernel.errors import NotFound
from lms.platform import clock
from lms.platform.slots import slots
from tests import factories
from tests.conftest import NOW, counted_statements

QUIZ = "CTH-101"


@pytest.fixture
def person(database, monkeypatch):
    monkeypatch.setattr(slots, "subscribers", {})
    factories.loaded_exam()
    return factories.exam_taker()


def start(person_id, now=NOW):
    return services.start_attempt(
        person_id=person_id, quiz_code=QUIZ, now=now, today=clock.local_date(now)
    )


@pytest.mark.usefixtures("person")
class TestPracticeItems:
    def test_they_come_in_the_order_asked_for(self):
        codes = ["CTH-101-2-025", "CTH-101-1-025"]
        found = queries.practice_items(QUIZ, codes)
        assert [item.code for item in found] == codes
        assert found[0].content.head.stem.startswith("Pertanyaan CTH-101-2-025")

    def test_an_exam_item_is_never_among_them(self):
        assert queries.practice_items(QUIZ, ["CTH-101-1-001", "CTH-101-1-025"])[0].code == (
            "CTH-101-1-025"
        )

    def test_another_courses_and_unknown_codes_are_left_out(self):
        assert queries.practice_items("LAIN-101", ["CTH-101-1-025"]) == []
        assert queries.practice_items(QUIZ, ["CTH-101-9-999"]) == []
        assert queries.practice_items(QUIZ, []) == []

    def test_it_is_one_statement(self):
        with counted_statements() as seen:
            queries.practice_items(QUIZ, ["CTH-101-1-025", "CTH-101-2-025"])
        assert len(seen) == 1

    def test_a_changed_item_is_shown_in_its_new_version(self):
        old = queries.practice_items(QUIZ, ["CTH-101-1-025"])[0]
        rows = factories.exam_items()
        for row in rows:
            row["peraga"] = "Catatan **baru**"
        services.load_bank(factories.exam_bank(rows), NOW)
        new = queries.practice_items(QUIZ, ["CTH-101-1-025"])[0]
        assert new.item_version_id != old.item_version_id
        assert "<strong>baru</strong>" in new.exhibit_html
        assert queries.item_view(old.item_version_id) == old
        assert queries.item_view(0) is None


@pytest.mark.usefixtures("person")
class TestAttempts:
    def test_a_running_attempt_has_no_figures(self, person):
        start(person)
        (found,) = queries.attempts_of(person, QUIZ)
        assert (found.number, found.state, found.total) == (1, "berjalan", 20)
        assert (found.outcome, found.correct, found.theta) == (None, None, None)
        assert found.pass_mark == 14
        assert queries.open_attempts(person) == [found]

    def test_a_graded_attempt_has_them_all(self, person):
        started = start(person)
        services.submit_attempt(taker=Taker(QUIZ, person_id=person), now=NOW)
        found = queries.attempt_summary(started.attempt_id)
        assert (found.answered, found.correct, found.outcome) == (0, 0, "belum")
        assert found.theta < 0 < found.se
        assert [(line.lesson, line.right, line.total) for line in found.lessons] == [
            (1, 0, 10),
            (2, 0, 10),
        ]
        assert not any(line.is_strong for line in found.lessons)
        assert queries.open_attempts(person) == []

    def test_an_unknown_attempt_is_not_found(self):
        with pytest.raises(NotFound):
            queries.attempt_summary(1)

    def test_expired_ones_wait_ten_minutes(self, person):
        end = start(person).ends_at
        assert queries.expired_attempt_ids(end + timedelta(minutes=9)) == []
        assert len(queries.expired_attempt_ids(end + timedelta(minutes=10))) == 1


@pytest.mark.usefixtures("person")
class TestStartState:
    def test_two_are_left_at_first(self, person):
        terms = queries.quiz_terms(QUIZ)
        state = queries.start_state(person, terms, today=clock.today())
        assert (state.may_start, state.left, state.next_on) == (True, 2, None)
        assert (terms.questions, terms.minutes, terms.pass_mark) == (20, 45, 14)

    def test_a_running_attempt_is_named(self, person):
        started = start(person)
        state = queries.start_state(person, queries.quiz_terms(QUIZ), today=clock.today())
        assert (state.may_start, state.running_id) == (False, started.attempt_id)

    def test_the_pause_has_its_date(self, person):
        start(person)
        services.submit_attempt(taker=Taker(QUIZ, person_id=person), now=NOW)
        state = queries.start_state(person, queries.quiz_terms(QUIZ), today=clock.today())
        assert (state.may_start, state.next_on) == (False, clock.today() + timedelta(days=7))
        later = queries.start_state(
            person, queries.quiz_terms(QUIZ), today=clock.today() + timedelta(days=7)
        )
        assert (later.may_start, later.left) == (True, 1)

    def test_a_quiz_that_is_not_there_has_no_terms(self):
        assert queries.find_terms("TIDAK-ADA") is None
