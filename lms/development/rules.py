"""When a duty is due, which message it calls for, and when JP become final. Pure dates and integers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

ReminderKind = Literal["ditugaskan", "h7", "h1", "terlambat", "diingatkan"]
Status = Literal["ditugaskan", "mulai", "lulus", "terlambat", "dibebaskan"]

STATUSES: Final[tuple[Status, ...]] = ("ditugaskan", "mulai", "lulus", "terlambat")
"""What a list can be narrowed to. Each counts persons: ditugaskan everybody who is obliged, mulai
those who began or are through, lulus those who are through, terlambat those who are neither
through nor in time."""

AUDIENCE_ACTIVE: Final = "asn-aktif"
AUDIENCES: Final = (AUDIENCE_ACTIVE,)

_QUARTER_MONTHS: Final = 3


def due_date(assigned_on: date, due_days: int) -> date:
    """Return the last day in time, that day included."""
    return assigned_on + timedelta(days=due_days)


def days_left(due_on: date, today: date) -> int:
    """Return the days until a date: 0 on the day itself, negative after it."""
    return (due_on - today).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The dates that say how a duty stands."""

    due_on: date
    started_on: date | None = None
    met_on: date | None = None
    waived_on: date | None = None


def status_on(duty: Duty, today: date) -> Status:
    """Return the one word for a duty; who is late reads `terlambat`, begun or not."""
    if duty.waived_on is not None:
        return "dibebaskan"
    if duty.met_on is not None:
        return "lulus"
    if duty.due_on < today:
        return "terlambat"
    return "mulai" if duty.started_on is not None else "ditugaskan"


@dataclass(frozen=True, slots=True)
class Stage:
    """A message of the schedule and the day from which it is due."""

    kind: ReminderKind
    due_on: date


def schedule(assigned_on: date, due_on: date, days_before: Iterable[int]) -> list[Stage]:
    """Return the messages of a duty in order of their days.

    `days_before` is the setting: the smallest number is the last call (`h1`), every larger one
    an early call (`h7`). A call whose day is not after the assignment is left out: the
    assignment's own message says the same. The day after the due date makes it late.
    """
    calls = sorted({days for days in days_before if days > 0}, reverse=True)
    stages = [Stage("ditugaskan", assigned_on)]
    for days in calls:
        day = due_on - timedelta(days=days)
        if day > assigned_on:
            stages.append(Stage("h1" if days == calls[-1] else "h7", day))
    stages.append(Stage("terlambat", due_on + timedelta(days=1)))
    return stages


def stage_on(
    *, assigned_on: date, due_on: date, days_before: Iterable[int], today: date
) -> Stage | None:
    """Return the message that a duty calls for today, or None before its assignment.

    Only the newest stage counts: after missed days the one message that still is true goes out,
    and no "seven days left" after the due date.
    """
    come = [stage for stage in schedule(assigned_on, due_on, days_before) if stage.due_on <= today]
    return come[-1] if come else None


@dataclass(frozen=True, slots=True)
class JpVerdict:
    """Whether JP are final, and the minutes of learning that are missing (0 when final)."""

    is_final: bool
    missing_minutes: int


def jp_verdict(*, active_seconds: int, nominal_minutes: int, share_pct: int) -> JpVerdict:
    """Return whether enough active time stands behind a pass.

    Exactly the share is enough. Missing time is rounded up to whole minutes. A course without
    nominal time asks for none.

    Source: docs/semantics.md section 6.
    """
    missing = nominal_minutes * 60 * share_pct - active_seconds * 100
    return JpVerdict(missing <= 0, max(0, -(-missing // 6000)))


def quarter(day: date) -> int:
    """Return the quarter of a date, 1 to 4."""
    return (day.month - 1) // _QUARTER_MONTHS + 1


@dataclass(frozen=True, slots=True)
class JpGoal:
    """What the year asks: a floor for PNS, a ceiling for PPPK, in JP.

    Source: PP 11/2017 jo. PP 17/2020 Ps 203(4); LAN 15/2020.
    """

    jp: int
    is_ceiling: bool


def jp_goal(employment: str, *, target_pns: int, ceiling_pppk: int) -> JpGoal:
    """Return the goal for a kind of employment; whoever is not PPPK is shown the floor of PNS."""
    if employment == "PPPK":
        return JpGoal(ceiling_pppk, is_ceiling=True)
    return JpGoal(target_pns, is_ceiling=False)
