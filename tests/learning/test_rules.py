"""Active time, locks and what comes next; no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning import rules

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    number: int
    minutes: int = 10
    requires: tuple[int, ...] = ()


def ago(**gap):
    return NOON - timedelta(**gap)


@pytest.mark.parametrize(
    ("here", "elsewhere", "seconds"),
    [
        (None, None, 0),
        (None, ago(minutes=1), 0),
        (ago(seconds=90), None, 90),
        (ago(minutes=10), None, 600),
        (ago(minutes=10, seconds=1), None, 600),
        (ago(hours=5), None, 600),
        (ago(minutes=8), ago(minutes=2), 120),
        (ago(minutes=2), ago(minutes=8), 120),
        (ago(minutes=-1), None, 0),
    ],
)
def test_a_gap_counts_at_most_ten_minutes(here, elsewhere, seconds):
    assert rules.counted_seconds(here_before=here, elsewhere_before=elsewhere, now=NOON) == seconds


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3000)), max_size=40))
def test_all_lessons_together_never_count_more_than_the_clock(visits):
    """Whatever is opened when, the sum is at most the time that passed."""
    last: dict[int, datetime] = {}
    counted: dict[int, int] = {}
    now = NOON
    for lesson, wait in visits:
        now += timedelta(seconds=wait)
        others = [at for number, at in last.items() if number != lesson]
        counted[lesson] = counted.get(lesson, 0) + rules.counted_seconds(
            here_before=last.get(lesson), elsewhere_before=max(others, default=None), now=now
        )
        last[lesson] = now
    assert sum(counted.values()) <= (now - NOON).total_seconds()


def test_active_time_is_capped_per_lesson_at_its_nominal_minutes():
    lessons = [Line(1), Line(2, minutes=5)]
    assert rules.active_seconds({1: 90, 2: 900, 3: 50}, lessons) == 90 + 300


def test_a_lesson_waits_for_the_lessons_it_names():
    assert rules.missing_before(Line(3, requires=(2, 1)), {1}) == (2,)
    assert rules.missing_before(Line(3, requires=(2, 1)), {1, 2}) == ()


def test_the_next_lesson_is_the_first_open_one():
    lessons = [Line(1), Line(2, requires=(3,)), Line(3)]
    assert rules.next_lesson(lessons, set()) == 1
    assert rules.next_lesson(lessons, {1}) == 3
    assert rules.next_lesson(lessons, {1, 2, 3}) is None


def test_undone_lessons_stand_in_order():
    assert rules.undone([Line(1), Line(2), Line(3)], {2}) == (1, 3)


def test_the_pass_that_holds_longest_stands_and_a_revoked_one_does_not():
    early, late = date(2027, 1, 1), date(2027, 6, 1)
    assert rules.standing_pass([]) is None
    assert rules.standing_pass([rules.Pass(early, False), rules.Pass(late, False)]) == late
    assert rules.standing_pass([rules.Pass(early, False), rules.Pass(late, True)]) == early
