"""Who may start, answer and pass when: the policy of attempts.

An attempt is `berjalan` until it is handed in or found past its end, and `dinilai` from then
on. Dates are the region's; moments are aware. `now` and `today` are given, never read.

Source: docs/semantics.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from lms.kernel.dates import add_months

GRACE: Final = timedelta(minutes=10)
"""How long after the end queued answers are waited for; then the attempt is graded."""

RETEST_OPENS_DAYS_BEFORE: Final = 90
PLACEMENT_PAUSE_MONTHS: Final = 12
STRONG_SHARE: Final = Fraction(3, 4)


class AttemptState(StrEnum):
    """Where an attempt stands; there is no way back and no third state."""

    RUNNING = "berjalan"
    GRADED = "dinilai"


class Outcome(StrEnum):
    """What a graded attempt came to."""

    PASSED = "lulus"
    NOT_YET = "belum"
    TOO_LITTLE = "belum_cukup_bukti"


class RefusalCode(StrEnum):
    """Why an attempt may not start."""

    RUNNING = "attempt_running"
    PAUSE = "pause_between_attempts"
    WINDOW = "attempts_used_up"


class AnswerDecision(StrEnum):
    """What happens to an answer that arrives; IGNORE is answered as success."""

    ACCEPT = "accept"
    ACCEPT_LATE = "accept_late"
    IGNORE = "ignore"
    REFUSE_TIME = "refuse_time"
    REFUSE_SUBMITTED = "refuse_submitted"


class LessonVerdict(StrEnum):
    """The feedback on one lesson."""

    STRONG = "kuat"
    READ_AGAIN = "baca lagi"


class Recertification(StrEnum):
    """Where a certificate stands towards its re-test."""

    TOO_EARLY = "too_early"
    OPEN = "open"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPolicy:
    """The quiz file's `percobaan`: at most `most` starts in `window_days`, `pause_days` apart.

    `most` is at least 1, or None for no limit. The region date of a start counts as the first
    day of both spans.
    """

    most: int | None
    window_days: int
    pause_days: int

    def __post_init__(self) -> None:
        if self.most is not None and self.most < 1:
            raise ValueError("a quiz allows at least one attempt")


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt already begun; whatever came of it, it is used up."""

    started_on: date
    state: AttemptState


@dataclass(frozen=True, slots=True)
class Allowed:
    """The attempt may start; `remaining` further ones today's window allows, None for no limit."""

    remaining: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The attempt may not start; `next_on` is the first day it may, None while one is running."""

    code: RefusalCode
    next_on: date | None


@dataclass(frozen=True, slots=True)
class LessonResult:
    """How many of a lesson's items were right, and what to tell the taker."""

    lesson: int
    right: int
    total: int
    verdict: LessonVerdict


def counting_attempts(
    previous: Iterable[PastAttempt], today: date, window_days: int
) -> list[PastAttempt]:
    """Return the attempts inside the window, oldest first; each counts whatever its outcome.

    An attempt of day D fills the window on days D to D + window_days - 1.
    """
    window = timedelta(days=window_days)
    inside = [attempt for attempt in previous if attempt.started_on + window > today]
    return sorted(inside, key=lambda attempt: attempt.started_on)


def may_start(
    previous: Sequence[PastAttempt], today: date, policy: AttemptPolicy
) -> Allowed | Refusal:
    """Return whether a new attempt may start today, or why not and from when.

    After a start on D the next may start on D + pause_days. A running attempt is resumed, not
    followed; one past its end counts as running until it is graded. When pause and window both
    refuse, the later date and its reason are given, the window's if they fall together.
    """
    if any(attempt.state is AttemptState.RUNNING for attempt in previous):
        return Refusal(RefusalCode.RUNNING, None)
    inside = counting_attempts(previous, today, policy.window_days)
    refusals: list[Refusal] = []
    if policy.most is not None and len(inside) >= policy.most:
        # A place comes free when only `most - 1` starts are left inside the window.
        free_on = inside[-policy.most].started_on + timedelta(days=policy.window_days)
        refusals.append(Refusal(RefusalCode.WINDOW, free_on))
    last_on = max((attempt.started_on for attempt in previous), default=None)
    if last_on is not None and last_on + timedelta(days=policy.pause_days) > today:
        refusals.append(Refusal(RefusalCode.PAUSE, last_on + timedelta(days=policy.pause_days)))
    if refusals:
        return max(refusals, key=lambda refusal: refusal.next_on or today)
    return Allowed(None if policy.most is None else policy.most - len(inside) - 1)


def may_start_placement(
    previous: Sequence[PastAttempt], today: date, pause_months: int = PLACEMENT_PAUSE_MONTHS
) -> Allowed | Refusal:
    """Return whether a placement may start: once in `pause_months` calendar months from a start.

    After 29 February it may start again on 28 February of the next year.
    """
    if any(attempt.state is AttemptState.RUNNING for attempt in previous):
        return Refusal(RefusalCode.RUNNING, None)
    free_on = max(
        (add_months(attempt.started_on, pause_months) for attempt in previous), default=today
    )
    return Refusal(RefusalCode.PAUSE, free_on) if free_on > today else Allowed(0)


def recertification(
    valid_until: date, today: date, opens_days_before: int = RETEST_OPENS_DAYS_BEFORE
) -> Recertification:
    """Return whether the re-test is open: from that many days before the last valid day.

    It stays open after expiry; the difference is that the certificate no longer counts.
    """
    if today > valid_until:
        return Recertification.EXPIRED
    if today >= recertification_opens_on(valid_until, opens_days_before):
        return Recertification.OPEN
    return Recertification.TOO_EARLY


def recertification_opens_on(
    valid_until: date, opens_days_before: int = RETEST_OPENS_DAYS_BEFORE
) -> date:
    """Return the first day of the re-test; `valid_until` is the last valid day."""
    return valid_until - timedelta(days=opens_days_before)


def ends_at(started_at: datetime, minutes: int, extra_pct: int = 0) -> datetime:
    """Return the end of an attempt; `extra_pct` is more time by decision, 25 for a quarter more."""
    return started_at + timedelta(minutes=minutes) * (100 + extra_pct) / 100


def answer_decision(
    *,
    now: datetime,
    client_time: datetime | None,
    started_at: datetime,
    ends_at: datetime,
    state: AttemptState,
    seq: int | None,
    stored_seq: int | None,
) -> AnswerDecision:
    """Return what to do with an answer that arrived at `now`.

    Refusals come first: once graded, nothing is accepted, a repetition included. Up to and
    including the end the server's time decides and the client's is not looked at. After it, for
    less than `GRACE`, an answer is accepted as late when its client time lies within the attempt
    (both ends included); without client time the server's counts, which is past the end.

    A sequence number lower than or equal to the stored one changes nothing. `seq` None means
    that the server takes the next number; `stored_seq` None that nothing is stored yet.
    """
    if state is not AttemptState.RUNNING:
        return AnswerDecision.REFUSE_SUBMITTED
    is_late = now > ends_at
    if is_late and (
        client_time is None
        or auto_grade_due(now, ends_at)
        or not started_at <= client_time <= ends_at
    ):
        return AnswerDecision.REFUSE_TIME
    if seq is not None and stored_seq is not None and seq <= stored_seq:
        return AnswerDecision.IGNORE
    return AnswerDecision.ACCEPT_LATE if is_late else AnswerDecision.ACCEPT


def auto_grade_due(now: datetime, ends_at: datetime) -> bool:
    """Tell whether an attempt not handed in must be graded: from 10 minutes after its end on."""
    return now >= ends_at + GRACE


def outcome_of(*, raw: int, pass_mark: int, answered: int, total: int, submitted: bool) -> Outcome:
    """Return the outcome of a graded attempt; the pass mark is inclusive.

    Not handed in and fewer than half of the items answered is too little to say anything,
    however many of them are right; exactly half is enough. Handing in makes every attempt count.
    """
    if not submitted and 2 * answered < total:
        return Outcome.TOO_LITTLE
    return Outcome.PASSED if raw >= pass_mark else Outcome.NOT_YET


def makes_evidence(outcome: Outcome) -> bool:
    """Tell whether the outcome says something about the person; too little evidence does not."""
    return outcome is not Outcome.TOO_LITTLE


def lesson_breakdown(
    marks: Iterable[tuple[int, int]], strong_share: Fraction = STRONG_SHARE
) -> list[LessonResult]:
    """Return the result per lesson, by lesson number, from (lesson, mark 0 or 1) of every item.

    Strong from `strong_share` of right items on, compared exactly: 3 of 4 is strong, 2 of 3 is
    not.
    """
    lines: dict[int, list[int]] = {}
    for lesson, mark in marks:
        lines.setdefault(lesson, []).append(mark)
    return [
        LessonResult(
            lesson=lesson,
            right=sum(line),
            total=len(line),
            verdict=(
                LessonVerdict.STRONG
                if Fraction(sum(line), len(line)) >= strong_share
                else LessonVerdict.READ_AGAIN
            ),
        )
        for lesson, line in sorted(lines.items())
    ]
