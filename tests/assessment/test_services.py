"""Publishing, starting, answering and grading, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from lms.assessment import jobs, queries, services
from lms.assessment.errors import (
    AfterTime,
    AlreadySubmitted,
    AttemptsUsedUp,
    BadResponse,
    ItemRefused,
    QuizRefused,
    SignInNeeded,
    TooSoon,
)
from lms.assessment.events import AttemptGraded, AttemptStarted
from lms.assessment.models import (
    Answer,
    Attempt,
    AttemptEvent,
    ExtraTime,
    ItemVersion,
    QuizForm,
    QuizVersion,
)
from lms.assessment.queries import Taker
from lms.kernel.errors import NotFound
from lms.platform import clock
from lms.platform import settings as office
from lms.platform.access import services as access
from lms.platform.access.services import token_hash
from lms.platform.models import Account
from lms.platform.slots import slots
from tests import factories
from tests.conftest import NOW, counted_statements

QUIZ = "CTH-101"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def heard(monkeypatch):
    """Events of assessment as they are published, instead of what is wired to them."""
    events = []
    told = {AttemptStarted: (events.append,), AttemptGraded: (events.append,)}
    monkeypatch.setattr(slots, "subscribers", told)
    return events


@pytest.fixture
def person(database, heard):
    factories.loaded_exam()
    return factories.exam_taker()


def start(person_id, now=NOW):
    return services.start_attempt(
        person_id=person_id, quiz_code=QUIZ, now=now, today=clock.local_date(now)
    )


def by(person_id):
    return Taker(QUIZ, person_id=person_id)


def save(person_id, position, fields, *, now=NOW + MINUTE, seq=None, at=None, flagged=False):
    return services.save_answer(
        taker=by(person_id),
        position=position,
        fields=fields,
        seq=seq,
        client_at=at,
        is_flagged=flagged,
        now=now,
    )


def answer_rightly(person_id, positions, now=NOW + MINUTE):
    head = queries.attempt_of(by(person_id))
    for position in positions:
        save(person_id, position, factories.right_fields(head.item(position).content), now=now)


def take(person_id, right, now=NOW):
    """A whole attempt with so many right answers, handed in ten minutes after its start."""
    start(person_id, now)
    answer_rightly(person_id, range(1, right + 1), now + MINUTE)
    services.submit_attempt(taker=by(person_id), now=now + 10 * MINUTE)
    return queries.attempts_of(person_id, QUIZ)[-1]


@pytest.mark.usefixtures("database")
class TestPublishing:
    def test_a_bank_loaded_twice_changes_nothing(self):
        first = services.load_bank(factories.exam_bank(), NOW)
        again = services.load_bank(factories.exam_bank(), NOW)
        assert (first.added, first.changed, first.unchanged) == (50, 0, 0)
        assert (again.added, again.changed, again.unchanged) == (0, 0, 50)

    def test_a_changed_item_becomes_a_version_and_the_old_one_stays(self, database):
        rows = factories.exam_items()
        services.load_bank(factories.exam_bank(rows), NOW)
        rows[0]["pokok"] = "Pertanyaan yang ditulis ulang"
        report = services.load_bank(factories.exam_bank(rows), NOW)
        assert (report.changed, report.unchanged) == (1, 49)
        versions = database.execute(
            select(ItemVersion.number, ItemVersion.is_current)
            .where(ItemVersion.item_code == "CTH-101-1-001")
            .order_by(ItemVersion.number)
        ).all()
        assert [tuple(v) for v in versions] == [(1, False), (2, True)]

    def test_an_earlier_content_makes_its_version_current_again(self, database):
        rows = factories.exam_items()
        services.load_bank(factories.exam_bank(rows), NOW)
        changed = [rows[0] | {"level": "C4"}, *rows[1:]]
        services.load_bank(factories.exam_bank(changed), NOW)
        services.load_bank(factories.exam_bank(rows), NOW)
        current = database.scalars(
            select(ItemVersion.number).where(
                ItemVersion.item_code == "CTH-101-1-001", ItemVersion.is_current
            )
        ).all()
        assert current == [1]

    def test_items_that_left_the_file_are_retired(self):
        rows = factories.exam_items()
        services.load_bank(factories.exam_bank(rows), NOW)
        report = services.load_bank(factories.exam_bank(rows[1:]), NOW)
        assert (report.retired, report.unchanged) == (1, 49)

    def test_an_unscorable_item_is_refused(self):
        rows = factories.exam_items()
        rows[0]["pilihan"][0]["kunci"] = True
        with pytest.raises(ItemRefused):
            services.load_bank(factories.exam_bank(rows), NOW)

    def test_forms_get_their_mark_and_their_cut(self, database):
        factories.loaded_exam()
        forms = database.scalars(select(QuizForm).order_by(QuizForm.code)).all()
        assert [(f.code, f.pass_mark, f.mark_source) for f in forms] == [
            ("A", 14, "usulan"),
            ("B", 14, "usulan"),
        ]
        assert all(0.3 < f.cut_theta < 1.5 and f.information_at_cut > 2 for f in forms)
        assert len(forms[0].item_version_ids) == 20
        assert len(forms[0].reserve_item_version_ids) == 4

    def test_a_forms_own_mark_wins(self, database):
        quiz = factories.exam_quiz()
        forms = [dict(form) for form in quiz.raw["bentuk"]]
        forms[1]["batas"] = {"benar": 12, "sumber": "angoff", "disetujui": ["penguji"]}
        factories.loaded_exam(bentuk=forms)
        marks = database.execute(select(QuizForm.code, QuizForm.pass_mark, QuizForm.mark_source))
        assert {tuple(m) for m in marks} == {("A", 14, "usulan"), ("B", 12, "angoff")}

    def test_a_short_form_is_refused_with_every_reason(self):
        services.load_bank(factories.exam_bank(), NOW)
        forms = [dict(form) for form in factories.exam_quiz().raw["bentuk"]]
        forms[0]["butir"] = forms[0]["butir"][:-1]
        forms[1]["cadangan"] = []
        with pytest.raises(QuizRefused) as refusal:
            services.load_quizzes([factories.exam_quiz(bentuk=forms)], NOW)
        codes = {problem.code for problem in refusal.value.facts["problems"]}
        assert {"cell_short", "reserve_short"} <= codes

    def test_a_form_that_says_too_little_at_its_cut_is_refused(self):
        services.load_bank(factories.exam_bank(), NOW)
        office.change(
            key="exam.minimum_information_at_cut",
            new_value=50.0,
            valid_from=clock.today(),
            basis="uji",
            actor_account_id=None,
        )
        with pytest.raises(QuizRefused) as refusal:
            services.load_quizzes([factories.exam_quiz()], NOW)
        assert {p.code for p in refusal.value.facts["problems"]} == {"information_low"}

    def test_every_form_must_carry_what_a_pass_is_evidence_for(self):
        services.load_bank(factories.exam_bank(), NOW)
        services.load_quizzes([factories.exam_quiz()], NOW, evidence={QUIZ: ("aman",)})
        with pytest.raises(QuizRefused):
            services.load_quizzes([factories.exam_quiz()], NOW, evidence={QUIZ: ("etika",)})

    def test_a_quiz_gets_a_version_when_one_of_its_items_changed(self, database):
        rows = factories.exam_items()
        services.load_bank(factories.exam_bank(rows), NOW)
        quizzes = [factories.exam_quiz()]
        assert services.load_quizzes(quizzes, NOW).added == 1
        assert services.load_quizzes(quizzes, NOW).unchanged == 1
        rows[0]["pokok"] = "Pertanyaan yang ditulis ulang"
        services.load_bank(factories.exam_bank(rows), NOW)
        assert services.load_quizzes(quizzes, NOW).changed == 1
        versions = database.execute(select(QuizVersion.number, QuizVersion.is_current))
        assert {tuple(v) for v in versions} == {(1, False), (2, True)}

    def test_an_open_attempt_keeps_its_items(self, person):
        start(person)
        before = queries.attempt_of(by(person))
        rows = factories.exam_items()
        for row in rows:
            row["pokok"] += " Ditulis ulang."
        services.load_bank(factories.exam_bank(rows), NOW)
        services.load_quizzes([factories.exam_quiz()], NOW)
        after = queries.attempt_of(by(person))
        assert [after.item(n) for n in range(1, 21)] == [before.item(n) for n in range(1, 21)]


class TestStarting:
    def test_the_first_attempt_is_form_a_of_20(self, person, heard):
        started = start(person)
        assert started.is_new
        assert started.number == 1
        assert started.ends_at == NOW + 45 * MINUTE
        head = queries.attempt_of(by(person))
        assert head.paper.form_code == "A"
        assert len(set(head.order)) == 20
        assert heard == [AttemptStarted(started.attempt_id, person, QUIZ)]

    def test_an_unknown_quiz_is_not_found(self, person):
        with pytest.raises(NotFound):
            services.start_attempt(
                person_id=person, quiz_code="TIDAK-ADA", now=NOW, today=clock.today()
            )

    def test_starting_again_resumes_with_a_new_token(self, person, heard):
        first = start(person)
        again = start(person, NOW + 5 * MINUTE)
        assert (again.attempt_id, again.is_new) == (first.attempt_id, False)
        assert again.ends_at == first.ends_at
        assert len(heard) == 1
        old = Taker(QUIZ, token_hash(first.token))
        with pytest.raises(SignInNeeded):
            queries.attempt_of(old)
        assert queries.attempt_of(Taker(QUIZ, token_hash(again.token))).person_id == person

    def test_extra_time_is_the_persons_own(self, person, database):
        database.add(ExtraTime(person_id=person, extra_pct=20, reason="uji", recorded_at=NOW))
        database.flush()
        assert start(person).ends_at == NOW + 54 * MINUTE

    def test_the_second_attempt_takes_the_other_form_after_seven_days(self, person):
        take(person, 3)
        with pytest.raises(TooSoon) as refusal:
            start(person, NOW + timedelta(days=6))
        assert refusal.value.facts["next_on"] == clock.today() + timedelta(days=7)
        second = take(person, 3, NOW + timedelta(days=7))
        assert (second.number, second.form_code) == (2, "B")

    def test_a_third_within_thirty_days_is_refused(self, person):
        take(person, 3)
        take(person, 3, NOW + timedelta(days=7))
        with pytest.raises(AttemptsUsedUp) as refusal:
            start(person, NOW + timedelta(days=29))
        assert refusal.value.facts["next_on"] == clock.today() + timedelta(days=30)
        third = take(person, 3, NOW + timedelta(days=30))
        assert (third.number, third.form_code) == (3, "A")

    def test_an_expired_attempt_is_graded_before_the_next_is_thought_of(self, person):
        start(person)
        with pytest.raises(TooSoon):
            start(person, NOW + 55 * MINUTE)
        assert queries.attempts_of(person, QUIZ)[0].outcome == "belum_cukup_bukti"

    def test_until_the_grace_is_over_the_old_attempt_stays_the_only_one(self, person):
        first = start(person)
        assert start(person, NOW + 54 * MINUTE).attempt_id == first.attempt_id


class TestTaking:
    def test_the_seed_gives_the_same_order_again(self, person):
        start(person)
        one = services.open_question(taker=by(person), position=4, now=NOW)
        two = services.open_question(taker=by(person), position=4, now=NOW)
        assert (one.item, one.choices) == (two.item, two.choices)

    def test_opening_a_question_costs_three_statements(self, person):
        start(person)
        services.open_question(taker=by(person), position=1, now=NOW)
        with counted_statements() as seen:
            services.open_question(taker=by(person), position=2, now=NOW)
        assert len(seen) == 3

    def test_saving_costs_three_statements(self, person):
        start(person)
        answer_rightly(person, [1])
        head = queries.attempt_of(by(person))
        fields = factories.right_fields(head.item(2).content)
        with counted_statements() as seen:
            save(person, 2, fields)
        assert len(seen) == 3

    def test_a_token_alone_reads_and_answers(self, person):
        taker = Taker(QUIZ, token_hash(start(person).token), None)
        page = services.open_question(taker=taker, position=1, now=NOW)
        assert page.answered == 0

    def test_somebody_elses_cookie_gives_nothing_to_who_is_signed_in(self, person, database):
        started = start(person)
        token = token_hash(started.token)
        for name, may in (("gilang", False), ("ratri", True)):
            if name == "gilang":
                factories.exam_taker(name, "Gilang Wiratama")
            account_id = database.scalars(select(Account.id).where(Account.name == name)).one()
            sid = access.open_sign_in(
                account_id=account_id, stay=False, network="-", user_agent="uji"
            )
            taker = Taker(QUIZ, token, sign_in_hash=token_hash(sid))
            if may:
                assert queries.attempt_of(taker).person_id == person
            else:
                with pytest.raises(SignInNeeded):
                    queries.attempt_of(taker)

    def test_a_question_that_is_not_there_is_not_found(self, person):
        start(person)
        for position in (0, 21):
            with pytest.raises(NotFound):
                save(person, position, [])

    def test_an_answer_is_stored_changed_and_emptied(self, person, database):
        start(person)
        head = queries.attempt_of(by(person))
        answer_rightly(person, [1])
        assert queries.answers_of(head.attempt_id)[1].is_answered
        save(person, 1, [], flagged=True)
        stored = queries.answers_of(head.attempt_id)[1]
        assert (stored.response, stored.flagged, stored.seq) == (None, True, 2)
        kinds = database.scalars(
            select(AttemptEvent.kind)
            .where(AttemptEvent.attempt_id == head.attempt_id)
            .order_by(AttemptEvent.id)
        ).all()
        assert kinds == ["mulai", "jawab", "ubah"]

    def test_a_bad_response_is_refused_and_nothing_changes(self, person):
        start(person)
        head = queries.attempt_of(by(person))
        place = next(n for n in range(1, 21) if head.item(n).kind == "UR")
        step = head.item(place).content.options[0].id
        with pytest.raises(BadResponse) as refusal:
            save(person, place, [("jawaban", step), ("jawaban", step)])
        assert refusal.value.facts["problem"] == "chosen_twice"
        assert queries.answers_of(head.attempt_id) == {}

    def test_the_last_moment_counts_and_the_next_does_not(self, person):
        end = start(person).ends_at
        save(person, 1, [], now=end)
        with pytest.raises(AfterTime):
            save(person, 1, [], now=end + timedelta(microseconds=1))

    def test_a_queued_answer_is_late_within_the_grace(self, person, database):
        end = start(person).ends_at
        late = save(person, 1, [], now=end + 9 * MINUTE, at=end - MINUTE)
        assert late.state == "late"
        assert database.execute(select(Answer.is_late)).scalar_one()
        for now, at in (
            (end + 9 * MINUTE, end + MINUTE),
            (end + 9 * MINUTE, NOW - MINUTE),
            (end + 10 * MINUTE, end - MINUTE),
        ):
            with pytest.raises(AfterTime):
                save(person, 2, [], now=now, at=at)

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(steps=st.lists(st.tuples(st.integers(0, 6) | st.none(), st.integers(0, 3)), max_size=9))
    def test_the_highest_sequence_number_wins_in_any_order(self, person, database, steps):
        if not queries.attempts_of(person, QUIZ):
            start(person)
        head = queries.attempt_of(by(person))
        database.execute(Answer.__table__.delete())
        place = next(n for n in range(1, 21) if head.item(n).kind == "MR")
        options = [option.id for option in head.item(place).content.options]
        best = None
        for seq, pick in steps:
            number = seq if seq is not None else (1 if best is None else best[0] + 1)
            saved = save(person, place, [("jawaban", options[pick])], seq=seq)
            wins = best is None or number > best[0]
            assert saved.state == ("accepted" if wins else "ignored")
            best = (number, [options[pick]]) if wins else best
        stored = queries.answers_of(head.attempt_id).get(place)
        assert best == (None if stored is None else (stored.seq, stored.response))

    def test_ended_sign_ins_end_the_token_but_not_the_attempt(self, person, database):
        started = start(person)
        account_id = database.scalars(select(Account.id)).one()
        services.end_attempt_tokens(access.AllSignInsEnded(account_id))
        with pytest.raises(SignInNeeded):
            queries.attempt_of(Taker(QUIZ, token_hash(started.token)))
        assert queries.attempt_of(by(person)).attempt_id == started.attempt_id


class TestGrading:
    def test_the_mark_is_inclusive(self, person, heard):
        passed = take(person, 14)
        assert (passed.correct, passed.pass_mark, passed.outcome) == (14, 14, "lulus")
        assert heard[-1] == AttemptGraded(passed.attempt_id, person, QUIZ, "lulus", clock.today())

    def test_one_less_is_not_yet(self, person):
        result = take(person, 13)
        assert (result.outcome, result.answered) == ("belum", 13)

    def test_everything_right_of_all_kinds_scores_full(self, person, database):
        result = take(person, 20)
        assert result.correct == 20
        assert {(line.right, line.total, line.is_strong) for line in result.lessons} == {
            (10, 10, True)
        }
        assert set(database.scalars(select(Answer.credit))) == {"1"}
        assert result.theta > result.cut_theta
        assert 0.8 < result.p_pass <= 1
        assert 0 < result.se < 1

    def test_credits_of_wrong_answers_are_nought(self, person, database):
        start(person)
        head = queries.attempt_of(by(person))
        place = next(n for n in range(1, 21) if head.item(n).kind == "PG")
        wrong = next(o.id for o in head.item(place).content.options if not o.is_key)
        save(person, place, [("jawaban", wrong)])
        services.submit_attempt(taker=by(person), now=NOW + 2 * MINUTE)
        assert database.execute(select(Answer.credit)).scalar_one() == "0"

    def test_nothing_is_accepted_after_handing_in(self, person, heard):
        take(person, 3)
        with pytest.raises(AlreadySubmitted):
            save(person, 1, [])
        with pytest.raises(AlreadySubmitted):
            services.submit_attempt(taker=by(person), now=NOW + 11 * MINUTE)
        assert len(heard) == 2

    def test_after_the_end_nothing_is_handed_in(self, person):
        end = start(person).ends_at
        with pytest.raises(AfterTime):
            services.submit_attempt(taker=by(person), now=end + timedelta(seconds=1))

    def test_time_over_with_half_answered_is_a_result(self, person):
        started = start(person)
        answer_rightly(person, range(1, 11))
        due = started.ends_at + 10 * MINUTE
        assert services.close_attempt(attempt_id=started.attempt_id, now=due - MINUTE) is None
        assert services.close_attempt(attempt_id=started.attempt_id, now=due) == "belum"
        assert services.close_attempt(attempt_id=started.attempt_id, now=due) is None

    def test_time_over_with_less_is_too_little_evidence(self, person):
        started = start(person)
        answer_rightly(person, range(1, 10))
        services.close_attempt(attempt_id=started.attempt_id, now=NOW + 55 * MINUTE)
        found = queries.attempt_summary(started.attempt_id)
        assert (found.outcome, found.submitted_at) == ("belum_cukup_bukti", None)

    def test_handing_in_makes_an_empty_attempt_count(self, person):
        assert take(person, 0).outcome == "belum"

    def test_the_job_grades_what_is_due_and_nothing_else(self, person, database, frozen):
        first = start(person)
        other = factories.exam_taker("gilang", "Gilang Wiratama")
        start(other, NOW + 30 * MINUTE)
        database.commit()
        frozen(first.ends_at + 10 * MINUTE)
        assert jobs.close_attempts() == (1, 0)
        assert jobs.close_attempts() == (0, 0)
        assert [a.state for a in queries.attempts_of(person, QUIZ)] == ["dinilai"]
        assert [a.state for a in queries.attempts_of(other, QUIZ)] == ["berjalan"]

    def test_the_first_question_asked_afterwards_grades(self, person):
        start(person)
        assert services.open_question(taker=by(person), position=1, now=NOW + 55 * MINUTE) is None
        assert queries.attempts_of(person, QUIZ)[0].outcome == "belum_cukup_bukti"

    @pytest.mark.usefixtures("heard")
    def test_partial_marking_keeps_exact_fractions(self, database):
        factories.loaded_exam(penilaian="parsial")
        person = factories.exam_taker()
        start(person)
        head = queries.attempt_of(by(person))
        place = next(n for n in range(1, 21) if head.item(n).kind == "JD")
        row = head.item(place).content.rows[0]
        save(person, place, [(f"jawaban-{row.id}", row.choice_id)])
        services.submit_attempt(taker=by(person), now=NOW + MINUTE)
        assert database.execute(select(Answer.credit)).scalar_one() == "1/3"
        assert queries.attempts_of(person, QUIZ)[0].correct == 0

    def test_only_one_attempt_may_be_open(self, person, database):
        first = start(person)
        take(factories.exam_taker("gilang", "Gilang Wiratama"), 1)
        open_now = database.execute(
            select(func.count()).select_from(Attempt).where(Attempt.state == "berjalan")
        ).scalar_one()
        assert open_now == 1
        database.execute(update(Attempt).where(Attempt.id == first.attempt_id).values(number=5))
        assert start(person).number == 5
