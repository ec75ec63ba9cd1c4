"""Messages about duties: a notice each, and one digest mail per person and day.

A message is a row; the digest that carries it is an outbox row, which tells what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from lms.development import queries
from lms.development.errors import TooManyToRemind
from lms.development.models import Reminder
from lms.development.queries import ObligationFilter, PendingReminder
from lms.kernel.actor import Actor, Permission
from lms.people import queries as people
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import insert_ignoring_conflict
from lms.platform.outbox.services import enqueue, notify

MOST_AT_ONCE: Final = 5_000
"""So many messages are written in about three seconds, in which SQLite lets nobody else write."""

TEMPLATE: Final = "pengingat"


@dataclass(frozen=True, slots=True)
class _Message:
    """A message to one recipient; `about` is the duty's own person or somebody of the team."""

    recipient_id: int
    about: PendingReminder

    @property
    def key(self) -> tuple[int, str, int, date]:
        """What makes the message one: duty, kind, recipient, day."""
        return self.about.obligation_id, self.about.kind, self.recipient_id, self.about.due_on


def digest_key(recipient_id: int, day: date) -> str:
    """Return what makes a digest one per person and day."""
    return f"digest:{recipient_id}:{day.isoformat()}"


def send_pending(
    *,
    pending: Sequence[PendingReminder],
    today: date,
    now: datetime,
    requested_by: int | None = None,
) -> int:
    """Make the messages, their notices and digests; return how many messages were new.

    Of a late duty the superior is told too. Idempotent: what was made is not made again.
    """
    messages = [_Message(one.person_id, one) for one in pending]
    for one in pending:
        if one.kind == "terlambat":
            superior = people.superior_of(one.person_id, today)
            if superior is not None:
                messages.append(_Message(superior, one))
    made = queries.messages_made({one.obligation_id for one in pending})
    messages = [message for message in messages if message.key not in made]
    digests = _digests({message.recipient_id for message in messages}, today)
    insert_ignoring_conflict(
        Reminder.__table__,  # type: ignore[arg-type]  # a Table
        [
            {
                "obligation_id": message.about.obligation_id,
                "recipient_id": message.recipient_id,
                "kind": message.about.kind,
                "due_on": message.about.due_on,
                "outbox_id": digests.get(message.recipient_id),
                "created_at": now,
                "requested_by": requested_by,
            }
            for message in messages
        ],
        ("obligation_id", "kind", "recipient_id", "due_on"),
    )
    for message in messages:
        _notify(message, today)
    return len(messages)


def _digests(recipient_ids: set[int], today: date) -> dict[int, int]:
    """Return the outbox row that carries each recipient's messages; nobody without an address.

    Today's digest takes everything until it has left; then tomorrow's does.
    """
    reachable = sorted(queries.addressees(recipient_ids))
    gone = queries.digests_gone(digest_key(person_id, today) for person_id in reachable)
    tomorrow = today + timedelta(days=1)
    found = {}
    for person_id in reachable:
        is_gone = digest_key(person_id, today) in gone
        day = tomorrow if is_gone else today
        found[person_id] = enqueue(
            kind="mail",
            dedupe_key=digest_key(person_id, day),
            payload={"template": TEMPLATE, "recipient": person_id, "day": day.isoformat()},
            person_id=person_id,
            due_at=clock.start_of_day(tomorrow) if is_gone else None,
        )
    return found


def _notify(message: _Message, today: date) -> None:
    about = message.about
    params = {"title": about.course_title, "due": about.deadline.isoformat()}
    if message.recipient_id == about.person_id:
        notify(
            person_id=message.recipient_id,
            kind=f"kewajiban.{about.kind}",
            dedupe_key=f"reminder:{about.obligation_id}:{about.kind}:{about.due_on.isoformat()}",
            url="/kewajiban",
            params=params,
        )
        return
    # One notice per course and day: a head with forty late persons needs no forty bells.
    notify(
        person_id=message.recipient_id,
        kind="kewajiban.tim-terlambat",
        dedupe_key=f"team-overdue:{message.recipient_id}:{about.rule_code}:{today.isoformat()}",
        url=f"/penugasan?aturan={about.rule_code}&status=terlambat",
        params=params,
    )


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a reminder by hand did: messages sent, and persons reminded earlier today."""

    sent: int
    already: int


def remind(
    *,
    actor: Actor,
    now: datetime,
    wanted: ObligationFilter | None = None,
    obligation_ids: Sequence[int] | None = None,
    dry_run: bool = False,
) -> Reminded:
    """Remind the persons behind open duties, at most once a day each; `dry_run` only counts.

    The duties are named, or those of a filter. Those met, waived or out of scope are left out.

    Raises:
        TooManyToRemind: more than `MOST_AT_ONCE`.
        NotFound: the filter names something that is not there or out of reach.
    """
    today = clock.local_date(now)
    scope = actor.scope(Permission.OBLIGATION_REMIND)
    if obligation_ids is None:
        obligation_ids = queries.obligation_ids(scope, wanted or ObligationFilter(), today=today)
    pending = queries.remindable(obligation_ids, scope=scope, today=today)
    already = queries.reminded_today([one.obligation_id for one in pending], today)
    fresh = [one for one in pending if one.obligation_id not in already]
    if len(fresh) > MOST_AT_ONCE:
        raise TooManyToRemind(count=len(fresh), most=MOST_AT_ONCE)
    if dry_run or not fresh:
        return Reminded(len(fresh), len(already))
    sent = send_pending(pending=fresh, today=today, now=now, requested_by=actor.account_id)
    record(
        action="obligation.reminded",
        object_kind="obligations",
        object_id=fresh[0].obligation_id if len(fresh) == 1 else len(fresh),
        actor_account_id=actor.account_id,
        count=sent,
    )
    return Reminded(sent, len(already) + len(fresh) - sent)
