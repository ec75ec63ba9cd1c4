"""The jobs of development. Each is idempotent and may come late."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from lms.development import queries, services
from lms.development.queries import PendingReminder, WaitingJp
from lms.platform import clock
from lms.platform.db import db
from lms.platform.jobs.runner import Outcome, for_each

_PERSONS_PER_TRANSACTION: Final = 100


def assign_obligations() -> Outcome:
    """Give everybody the duties they lack, one transaction per rule; done counts duties."""
    today = clock.today()
    rule_ids = [rule.id for rule in queries.rules_in_force(today)]
    db.session.rollback()
    made = 0

    def assign(rule_id: int) -> None:
        nonlocal made
        done = services.assign_due(today=today, rule_id=rule_id, now=clock.now())
        made += done.opened + done.met_at_once + done.found_met

    _, failed = for_each(rule_ids, assign)
    return made, failed


def send_reminders() -> Outcome:
    """Make the messages that are due, some persons per transaction; done counts messages."""
    today = clock.today()
    pending = queries.pending_reminders(today)
    db.session.rollback()
    by_person = [list(group) for _, group in groupby(pending, key=lambda one: one.person_id)]
    chunks = [
        by_person[start : start + _PERSONS_PER_TRANSACTION]
        for start in range(0, len(by_person), _PERSONS_PER_TRANSACTION)
    ]
    made = 0

    def send(chunk: list[list[PendingReminder]]) -> None:
        nonlocal made
        messages = [one for person in chunk for one in person]
        made += services.send_pending(pending=messages, today=today, now=clock.now())

    _, failed = for_each(chunks, send)
    return made, failed


def settle_jp() -> Outcome:
    """Make waiting JP final where enough learning time is there; done counts entries looked at."""
    waiting = queries.waiting_jp()
    db.session.rollback()

    def settle(entry: WaitingJp) -> None:
        services.settle_jp_entry(
            entry_id=entry.id, enrolment_id=entry.enrolment_id, now=clock.now()
        )

    return for_each(waiting, settle)
