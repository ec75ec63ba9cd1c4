from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.development.ics import DayEntry, calendar_text
from lms.development.rules import (
    Duty,
    JpGoal,
    JpVerdict,
    Stage,
    days_left,
    due_date,
    jp_goal,
    jp_verdict,
    quarter,
    schedule,
    stage_on,
    status_on,
)

ASSIGNED = date(2026, 11, 1)
DUE = date(2026, 11, 15)
BEFORE = [7, 1]


def test_the_due_day_is_the_last_day_in_time():
    assert due_date(date(2026, 11, 21), 14) == date(2026, 12, 5)
    assert days_left(date(2026, 12, 5), date(2026, 12, 5)) == 0
    assert days_left(date(2026, 12, 5), date(2026, 12, 6)) == -1


@pytest.mark.parametrize(
    ("duty", "today", "word"),
    [
        (Duty(due_on=DUE), DUE, "ditugaskan"),
        (Duty(due_on=DUE, started_on=ASSIGNED), DUE, "mulai"),
        (Duty(due_on=DUE), DUE + timedelta(days=1), "terlambat"),
        (Duty(due_on=DUE, started_on=ASSIGNED), DUE + timedelta(days=1), "terlambat"),
        (Duty(due_on=DUE, met_on=DUE), DUE + timedelta(days=9), "lulus"),
        (Duty(due_on=DUE, waived_on=DUE), DUE + timedelta(days=9), "dibebaskan"),
    ],
)
def test_one_word_says_how_a_duty_stands(duty, today, word):
    assert status_on(duty, today) == word


def test_the_schedule_has_assignment_two_calls_and_lateness():
    assert schedule(ASSIGNED, DUE, BEFORE) == [
        Stage("ditugaskan", ASSIGNED),
        Stage("h7", date(2026, 11, 8)),
        Stage("h1", date(2026, 11, 14)),
        Stage("terlambat", date(2026, 11, 16)),
    ]


def test_a_call_not_after_the_assignment_is_left_out():
    kinds = [stage.kind for stage in schedule(ASSIGNED, ASSIGNED + timedelta(days=7), BEFORE)]
    assert kinds == ["ditugaskan", "h1", "terlambat"]
    kinds = [stage.kind for stage in schedule(ASSIGNED, ASSIGNED + timedelta(days=1), BEFORE)]
    assert kinds == ["ditugaskan", "terlambat"]


def test_other_days_of_the_setting_keep_the_two_names():
    stages = schedule(ASSIGNED, date(2026, 12, 1), [3, 21, 14, 0])
    assert [(stage.kind, (date(2026, 12, 1) - stage.due_on).days) for stage in stages[1:-1]] == [
        ("h7", 21),
        ("h7", 14),
        ("h1", 3),
    ]
    assert [stage.kind for stage in schedule(ASSIGNED, DUE, [])] == ["ditugaskan", "terlambat"]


@pytest.mark.parametrize(
    ("today", "kind"),
    [
        (date(2026, 10, 31), None),
        (ASSIGNED, "ditugaskan"),
        (date(2026, 11, 7), "ditugaskan"),
        (date(2026, 11, 8), "h7"),
        (date(2026, 11, 9), "h7"),
        (date(2026, 11, 13), "h7"),
        (date(2026, 11, 14), "h1"),
        (DUE, "h1"),
        (date(2026, 11, 16), "terlambat"),
        (date(2027, 3, 1), "terlambat"),
    ],
)
def test_only_the_newest_stage_counts(today, kind):
    stage = stage_on(assigned_on=ASSIGNED, due_on=DUE, days_before=BEFORE, today=today)
    assert (stage.kind if stage else None) == kind


@given(
    st.integers(0, 60),
    st.lists(st.integers(-2, 40), max_size=4),
    st.integers(-5, 90),
)
def test_stages_come_in_order_and_none_is_stale(due_days, before, offset):
    due = due_date(ASSIGNED, due_days)
    days = [stage.due_on for stage in schedule(ASSIGNED, due, before)]
    assert days == sorted(set(days))
    today = ASSIGNED + timedelta(days=offset)
    stage = stage_on(assigned_on=ASSIGNED, due_on=due, days_before=before, today=today)
    if stage is None:
        assert today < ASSIGNED
    else:
        assert stage.due_on <= today
        assert (stage.kind == "terlambat") == (today > due)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (60 * 60, JpVerdict(is_final=True, missing_minutes=0)),
        (60 * 60 - 1, JpVerdict(is_final=False, missing_minutes=1)),
        (0, JpVerdict(is_final=False, missing_minutes=60)),
        (37 * 60 + 30, JpVerdict(is_final=False, missing_minutes=23)),
        (100 * 60, JpVerdict(is_final=True, missing_minutes=0)),
    ],
)
def test_exactly_the_share_is_enough_and_missing_time_rounds_up(seconds, verdict):
    assert jp_verdict(active_seconds=seconds, nominal_minutes=100, share_pct=60) == verdict


def test_a_course_without_nominal_time_asks_for_none():
    assert jp_verdict(active_seconds=0, nominal_minutes=0, share_pct=60).is_final


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2026, 1, 1), 1),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 2),
        (date(2026, 9, 30), 3),
        (date(2026, 12, 31), 4),
    ],
)
def test_quarters(day, number):
    assert quarter(day) == number


def test_pns_have_a_floor_and_pppk_a_ceiling():
    assert jp_goal("PNS", target_pns=20, ceiling_pppk=24) == JpGoal(20, is_ceiling=False)
    assert jp_goal("PPPK", target_pns=20, ceiling_pppk=24) == JpGoal(24, is_ceiling=True)
    assert jp_goal("", target_pns=20, ceiling_pppk=24) == JpGoal(20, is_ceiling=False)


def test_a_calendar_has_whole_days_escaped_text_and_folded_lines():
    text = calendar_text(
        "Kewajiban",
        [
            DayEntry(
                "kewajiban-3@titian", DUE, "Tenggat: Aman, Digital; A\\B", "é" * 60, "https://a/b"
            )
        ],
        stamp=datetime(2026, 11, 1, 3, tzinfo=UTC),
    )
    assert "DTSTART;VALUE=DATE:20261115\r\nDTEND;VALUE=DATE:20261116\r\n" in text
    assert "DTSTAMP:20261101T030000Z\r\n" in text
    assert "SUMMARY:Tenggat: Aman\\, Digital\\; A\\\\B\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "é" * 60 in text.replace("\r\n ", "")
    assert text.endswith("END:VCALENDAR\r\n")
