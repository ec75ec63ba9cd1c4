from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules.attempts import (
    Allowed,
    AnswerDecision,
    AttemptPolicy,
    AttemptState,
    LessonResult,
    LessonVerdict,
    Outcome,
    PastAttempt,
    Recertification,
    Refusal,
    RefusalCode,
    answer_decision,
    auto_grade_due,
    counting_attempts,
    ends_at,
    lesson_breakdown,
    makes_evidence,
    may_start,
    may_start_placement,
    outcome_of,
    recertification,
    recertification_opens_on,
)

POLICY = AttemptPolicy(most=2, window_days=30, pause_days=7)
DAY = date(2026, 11, 2)
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
END = START + timedelta(minutes=45)
SECOND = timedelta(seconds=1)


def graded(*days_after):
    return [PastAttempt(DAY + timedelta(days=n), AttemptState.GRADED) for n in days_after]


def start(previous, days_after, policy=POLICY):
    return may_start(previous, DAY + timedelta(days=days_after), policy)


def refused(code, days_after):
    return Refusal(code, DAY + timedelta(days=days_after))


@pytest.mark.parametrize(
    ("previous", "days_after", "expected"),
    [
        ([], 0, Allowed(1)),
        ([0], 0, refused(RefusalCode.PAUSE, 7)),
        ([0], 6, refused(RefusalCode.PAUSE, 7)),
        ([0], 7, Allowed(0)),
        ([0], 29, Allowed(0)),
        ([0], 30, Allowed(1)),
        ([0, 7], 8, refused(RefusalCode.WINDOW, 30)),
        ([0, 7], 29, refused(RefusalCode.WINDOW, 30)),
        ([7, 0], 29, refused(RefusalCode.WINDOW, 30)),
        ([0, 7], 30, Allowed(0)),
        ([0, 29], 29, refused(RefusalCode.PAUSE, 36)),
        ([0, 29], 30, refused(RefusalCode.PAUSE, 36)),
        ([0, 23], 29, refused(RefusalCode.WINDOW, 30)),  # pause and window end together
        ([0, 7, 30], 31, refused(RefusalCode.WINDOW, 37)),  # the start on day 7 still counts
        ([0, 7, 30], 37, Allowed(0)),
        ([0, 7, 30, 37], 38, refused(RefusalCode.WINDOW, 60)),
        ([-300], 0, Allowed(1)),
    ],
)
def test_when_the_next_attempt_may_start(previous, days_after, expected):
    assert start(graded(*previous), days_after) == expected


def test_a_running_attempt_is_resumed_first():
    running = PastAttempt(DAY, AttemptState.RUNNING)
    assert start([*graded(-20), running], 20) == Refusal(RefusalCode.RUNNING, None)


def test_a_quiz_without_limit_still_has_its_pause():
    free = AttemptPolicy(most=None, window_days=30, pause_days=1)
    assert start(graded(0, 1, 2, 3), 3, free) == refused(RefusalCode.PAUSE, 4)
    assert start(graded(0, 1, 2, 3), 4, free) == Allowed(None)
    daily = AttemptPolicy(most=None, window_days=30, pause_days=0)
    assert start(graded(0, 0), 0, daily) == Allowed(None)


def test_a_lowered_limit_waits_for_enough_places():
    once = AttemptPolicy(most=1, window_days=30, pause_days=7)
    assert start(graded(0, 7), 20, once) == refused(RefusalCode.WINDOW, 37)


def test_a_quiz_allows_at_least_one_attempt():
    with pytest.raises(ValueError, match="at least one"):
        AttemptPolicy(most=0, window_days=30, pause_days=7)


@given(
    st.lists(st.integers(-60, 0), max_size=6),
    st.integers(1, 3),
    st.integers(1, 40),
    st.integers(0, 10),
)
def test_a_refusal_names_the_first_day_that_is_allowed(days, most, window, pause):
    policy = AttemptPolicy(most=most, window_days=window, pause_days=pause)
    previous = graded(*days)
    found = may_start(previous, DAY, policy)
    if isinstance(found, Refusal):
        assert found.next_on is not None
        assert found.next_on > DAY
        assert isinstance(may_start(previous, found.next_on, policy), Allowed)
        assert isinstance(may_start(previous, found.next_on - timedelta(days=1), policy), Refusal)


@given(st.lists(st.integers(0, 200), min_size=3, max_size=30))
def test_no_window_ever_holds_more_than_allowed(wishes):
    previous = []
    for wish in sorted(wishes):
        if isinstance(start(previous, wish), Allowed):
            previous += graded(wish)
    days = [attempt.started_on for attempt in previous]
    assert all((later - first).days >= 30 for first, later in zip(days, days[2:], strict=False))
    assert all((later - first).days >= 7 for first, later in pairwise(days))


def test_attempts_count_whatever_came_of_them_until_they_leave_the_window():
    attempts = graded(1, 0, -29, -30)
    assert counting_attempts(attempts, DAY, 30) == graded(-29, 0, 1)


@pytest.mark.parametrize(
    ("started_on", "today", "expected"),
    [
        (date(2025, 11, 2), date(2026, 11, 1), Refusal(RefusalCode.PAUSE, date(2026, 11, 2))),
        (date(2025, 11, 2), date(2026, 11, 2), Allowed(0)),
        (date(2024, 2, 29), date(2025, 2, 27), Refusal(RefusalCode.PAUSE, date(2025, 2, 28))),
        (date(2024, 2, 29), date(2025, 2, 28), Allowed(0)),
    ],
)
def test_placement_comes_once_in_twelve_months(started_on, today, expected):
    past = [PastAttempt(date(2020, 1, 1), AttemptState.GRADED)]
    past.append(PastAttempt(started_on, AttemptState.GRADED))
    assert may_start_placement(past, today) == expected


def test_placement_may_be_begun_and_is_resumed():
    assert may_start_placement([], DAY) == Allowed(0)
    running = [PastAttempt(DAY, AttemptState.RUNNING)]
    assert may_start_placement(running, DAY) == Refusal(RefusalCode.RUNNING, None)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 10, 1), Recertification.TOO_EARLY),
        (date(2026, 10, 2), Recertification.OPEN),
        (date(2026, 12, 31), Recertification.OPEN),
        (date(2027, 1, 1), Recertification.EXPIRED),
    ],
)
def test_the_retest_opens_90_days_before_expiry(today, expected):
    assert recertification(date(2026, 12, 31), today) is expected


def test_the_retest_window_is_a_setting():
    assert recertification_opens_on(date(2026, 12, 31)) == date(2026, 10, 2)
    assert recertification_opens_on(date(2026, 12, 31), 30) == date(2026, 12, 1)
    assert recertification(date(2026, 12, 31), date(2026, 11, 30), 30) is Recertification.TOO_EARLY


@pytest.mark.parametrize(
    ("minutes", "extra_pct", "length"),
    [(45, 0, "0:45:00"), (45, 25, "0:56:15"), (45, 50, "1:07:30"), (7, 33, "0:09:18.600000")],
)
def test_the_end_includes_extra_time(minutes, extra_pct, length):
    assert str(ends_at(START, minutes, extra_pct) - START) == length


def test_without_extra_time_the_end_is_plain():
    assert ends_at(START, 45) == END


def decide(now, *, client=None, state=AttemptState.RUNNING, seq=None, stored=None):
    return answer_decision(
        now=now,
        client_time=client,
        started_at=START,
        ends_at=END,
        state=state,
        seq=seq,
        stored_seq=stored,
    )


MINUTES_10 = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("now", "client", "expected"),
    [
        (START, None, AnswerDecision.ACCEPT),
        (END, None, AnswerDecision.ACCEPT),
        (END + SECOND, None, AnswerDecision.REFUSE_TIME),
        (END + SECOND, END, AnswerDecision.ACCEPT_LATE),
        (END + SECOND, START, AnswerDecision.ACCEPT_LATE),
        (END + SECOND, END + SECOND, AnswerDecision.REFUSE_TIME),
        (END + SECOND, START - SECOND, AnswerDecision.REFUSE_TIME),
        (END + MINUTES_10 - SECOND, END, AnswerDecision.ACCEPT_LATE),
        (END + MINUTES_10, END, AnswerDecision.REFUSE_TIME),
        (END - SECOND, START - SECOND, AnswerDecision.ACCEPT),  # a wrong clock is no harm in time
        (END - SECOND, END + SECOND, AnswerDecision.ACCEPT),
    ],
)
def test_which_answers_come_in_time(now, client, expected):
    assert decide(now, client=client) is expected


def test_client_times_of_other_zones_compare_as_moments():
    jayapura = timezone(timedelta(hours=9))
    assert decide(END + SECOND, client=END.astimezone(jayapura)) is AnswerDecision.ACCEPT_LATE


@pytest.mark.parametrize(
    ("seq", "stored", "expected"),
    [
        (None, None, AnswerDecision.ACCEPT),
        (None, 5, AnswerDecision.ACCEPT),
        (1, None, AnswerDecision.ACCEPT),
        (6, 5, AnswerDecision.ACCEPT),
        (5, 5, AnswerDecision.IGNORE),
        (4, 5, AnswerDecision.IGNORE),
    ],
)
def test_a_higher_sequence_wins(seq, stored, expected):
    assert decide(START, seq=seq, stored=stored) is expected


def test_a_late_repetition_is_ignored_too():
    late = END + SECOND
    assert decide(late, client=END, seq=5, stored=5) is AnswerDecision.IGNORE
    assert decide(late, client=END, seq=6, stored=5) is AnswerDecision.ACCEPT_LATE


@pytest.mark.parametrize("seq", [None, 5, 6])
def test_after_grading_nothing_is_accepted(seq):
    found = decide(START, state=AttemptState.GRADED, seq=seq, stored=5)
    assert found is AnswerDecision.REFUSE_SUBMITTED


@given(st.integers(-3600, 3600))
def test_grading_and_accepting_never_overlap(seconds):
    now = END + timedelta(seconds=seconds)
    accepted = decide(now, client=END) is not AnswerDecision.REFUSE_TIME
    assert accepted is not auto_grade_due(now, END)


@pytest.mark.parametrize(
    ("raw", "answered", "submitted", "expected"),
    [
        (14, 20, True, Outcome.PASSED),
        (13, 20, True, Outcome.NOT_YET),
        (0, 0, True, Outcome.NOT_YET),
        (9, 9, False, Outcome.TOO_LITTLE),
        (10, 10, False, Outcome.NOT_YET),
        (14, 14, False, Outcome.PASSED),
        (20, 20, False, Outcome.PASSED),
    ],
)
def test_outcomes(raw, answered, submitted, expected):
    found = outcome_of(raw=raw, pass_mark=14, answered=answered, total=20, submitted=submitted)
    assert found is expected


def test_half_of_an_odd_number_is_more_than_its_smaller_part():
    for answered, expected in [(10, Outcome.TOO_LITTLE), (11, Outcome.NOT_YET)]:
        assert (
            outcome_of(raw=0, pass_mark=14, answered=answered, total=21, submitted=False)
            is expected
        )


def test_too_little_evidence_passes_nobody_even_at_a_low_mark():
    found = outcome_of(raw=9, pass_mark=5, answered=9, total=20, submitted=False)
    assert found is Outcome.TOO_LITTLE
    assert [makes_evidence(outcome) for outcome in Outcome] == [True, True, False]


def test_the_words_on_the_outside_are_the_contracts():
    assert [*Outcome] == ["lulus", "belum", "belum_cukup_bukti"]
    assert [*AttemptState] == ["berjalan", "dinilai"]


def test_lessons_are_strong_from_three_quarters():
    marks = [(2, 1), (1, 1), (2, 1), (1, 0), (2, 1), (1, 1), (2, 0), (3, 1)]
    assert lesson_breakdown(marks) == [
        LessonResult(1, 2, 3, LessonVerdict.READ_AGAIN),
        LessonResult(2, 3, 4, LessonVerdict.STRONG),
        LessonResult(3, 1, 1, LessonVerdict.STRONG),
    ]
    assert [*LessonVerdict] == ["kuat", "baca lagi"]


def test_the_strong_share_is_a_parameter():
    marks = [(1, 1), (1, 1), (1, 0)]
    assert lesson_breakdown(marks, Fraction(2, 3))[0].verdict is LessonVerdict.STRONG
    assert lesson_breakdown([]) == []
