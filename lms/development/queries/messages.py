"""Which messages are due, who gets them, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from lms.catalogue.models import Course, CourseVersion
from lms.development.models import Obligation, ObligationRule, Reminder
from lms.development.queries.obligations import obligation_in_scope
from lms.development.rules import Duty, ReminderKind, Stage, Status, schedule, stage_on, status_on
from lms.kernel.actor import Scope
from lms.people import queries as people
from lms.people.models import CurrentPlace, Person
from lms.people.rules import full_name
from lms.platform import settings
from lms.platform.db import db
from lms.platform.models import Account, OutboxRow

_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingReminder:
    """A message to a person about an open duty."""

    obligation_id: int
    person_id: int
    kind: ReminderKind
    due_on: date
    """The day from which the message is due."""
    deadline: date
    course_code: str
    course_title: str
    rule_code: str


def _reminder_days() -> list[int]:
    return [int(days) for days in settings.value("obligation.reminder_days_before")]


def pending_reminders(today: date) -> list[PendingReminder]:
    """Return the messages of the schedule that are due and not made yet, by person.

    One per open duty of active staff at most: that of its newest stage. One statement.
    """
    before = _reminder_days()
    newest = (
        select(func.max(Reminder.due_on))
        .where(
            Reminder.obligation_id == Obligation.id,
            Reminder.recipient_id == Obligation.person_id,
            Reminder.kind != "diingatkan",
        )
        .correlate(Obligation)
        .scalar_subquery()
    )
    # Who was told of being late needs nothing more; who was told earlier may need the next stage.
    rows = db.session.execute(
        _messages()
        .add_columns(newest.label("newest"), Obligation.assigned_on)
        .where(or_(newest.is_(None), newest <= Obligation.due_on))
        .order_by(Obligation.person_id, Obligation.due_on, Obligation.id)
    )
    found = []
    for row in rows:
        stage = stage_on(
            assigned_on=row.assigned_on, due_on=row.deadline, days_before=before, today=today
        )
        if stage is not None and (row.newest is None or row.newest < stage.due_on):
            found.append(_pending(row, stage))
    return found


def remindable(
    obligation_ids: Sequence[int], *, scope: Scope, today: date
) -> list[PendingReminder]:
    """Return the manual messages for those of the duties that are open, active and in scope."""
    found = []
    stage = Stage("diingatkan", today)
    for start in range(0, len(obligation_ids), _CHUNK):
        rows = db.session.execute(
            _messages()
            .where(
                Obligation.id.in_(obligation_ids[start : start + _CHUNK]),
                people.scope_condition(scope, CurrentPlace.unit_id),
            )
            .order_by(Obligation.person_id, Obligation.id)
        )
        found += [_pending(row, stage) for row in rows]
    return found


def _messages() -> Any:
    return (
        select(
            Obligation.id.label("obligation_id"),
            Obligation.person_id,
            Obligation.due_on.label("deadline"),
            Obligation.course_code,
            func.coalesce(CourseVersion.title, Obligation.course_code).label("course_title"),
            ObligationRule.code.label("rule_code"),
        )
        .join(ObligationRule, ObligationRule.id == Obligation.rule_id)
        .join(CurrentPlace, CurrentPlace.person_id == Obligation.person_id)
        .outerjoin(Course, Course.code == Obligation.course_code)
        .outerjoin(CourseVersion, CourseVersion.id == Course.current_version_id)
        .where(
            Obligation.met_on.is_(None),
            Obligation.waived_on.is_(None),
            CurrentPlace.is_active.is_(True),
        )
    )


def _pending(row: Any, stage: Stage) -> PendingReminder:
    return PendingReminder(
        obligation_id=row.obligation_id,
        person_id=row.person_id,
        kind=stage.kind,
        due_on=stage.due_on,
        deadline=row.deadline,
        course_code=row.course_code,
        course_title=row.course_title,
        rule_code=row.rule_code,
    )


def reminded_today(obligation_ids: Collection[int], today: date) -> set[int]:
    """Return which of the duties somebody was reminded of by hand today."""
    ids = sorted(obligation_ids)
    found: set[int] = set()
    for start in range(0, len(ids), _CHUNK):
        found.update(
            db.session.scalars(
                select(Reminder.obligation_id).where(
                    Reminder.obligation_id.in_(ids[start : start + _CHUNK]),
                    Reminder.kind == "diingatkan",
                    Reminder.due_on == today,
                )
            )
        )
    return found


def messages_made(obligation_ids: Collection[int]) -> set[tuple[int, str, int, date]]:
    """Return (duty, kind, recipient, day) of the messages about some duties."""
    ids = sorted(obligation_ids)
    found: set[tuple[int, str, int, date]] = set()
    for start in range(0, len(ids), _CHUNK):
        rows = db.session.execute(
            select(
                Reminder.obligation_id, Reminder.kind, Reminder.recipient_id, Reminder.due_on
            ).where(Reminder.obligation_id.in_(ids[start : start + _CHUNK]))
        )
        found.update((row[0], row[1], row[2], row[3]) for row in rows)
    return found


def addressees(person_ids: Collection[int]) -> set[int]:
    """Return which persons a mail can reach; the others have the notice alone."""
    ids = sorted(person_ids)
    found: set[int] = set()
    for start in range(0, len(ids), _CHUNK):
        found.update(
            db.session.scalars(
                select(Person.id)
                .outerjoin(Account, Account.id == Person.account_id)
                .where(
                    Person.id.in_(ids[start : start + _CHUNK]),
                    func.coalesce(Account.email, Person.email, "") != "",
                )
            )
        )
    return found


def digests_gone(keys: Iterable[str]) -> set[str]:
    """Return which digests were sent or given up already: nothing can join them any more."""
    wanted = sorted(keys)
    found: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        found.update(
            db.session.scalars(
                select(OutboxRow.dedupe_key).where(
                    OutboxRow.dedupe_key.in_(wanted[start : start + _CHUNK]),
                    OutboxRow.state != "menunggu",
                )
            )
        )
    return found


# --------------------------------------------------------------------- digest


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One line of a digest: a course and its date; `person_id` is whose duty it is."""

    person_id: int
    course_title: str
    course_code: str
    due_on: date
    rule_code: str


@dataclass(frozen=True, slots=True)
class DigestContent:
    """What a digest tells when it is sent: own open duties, and late ones of the team."""

    own: list[DigestItem]
    team: list[DigestItem]
    names: dict[int, str]


def digest_content(recipient_id: int, key: str) -> DigestContent:
    """Return what a digest tells now; what was settled meanwhile is left out. Two or three statements.

    When one own duty is in it, all own open ones are: the mail lists what is due.
    """
    rows = db.session.execute(
        _messages()
        .join(Reminder, Reminder.obligation_id == Obligation.id)
        .join(OutboxRow, OutboxRow.id == Reminder.outbox_id)
        .where(OutboxRow.dedupe_key == key, Reminder.recipient_id == recipient_id)
        .order_by(Obligation.due_on, Obligation.id)
        .distinct()
    ).all()
    own: list[DigestItem] = []
    if any(row.person_id == recipient_id for row in rows):
        own = [
            _item(row)
            for row in db.session.execute(
                _messages()
                .where(Obligation.person_id == recipient_id)
                .order_by(Obligation.due_on, Obligation.id)
            )
        ]
    team = [_item(row) for row in rows if row.person_id != recipient_id]
    return DigestContent(own, team, people.names_of({item.person_id for item in team}))


def _item(row: Any) -> DigestItem:
    return DigestItem(row.person_id, row.course_title, row.course_code, row.deadline, row.rule_code)


# --------------------------------------------------------------- what became of it


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One message: due, sent, failed, tried again. `mail_state` is `tanpa-surel` without address."""

    id: int
    kind: str
    recipient_id: int
    recipient: str
    due_on: date
    made_at: datetime
    requested_by: str
    mail_state: str
    """menunggu, terkirim, gagal or tanpa-surel."""
    mail_due_at: datetime | None
    attempts: int
    next_try_at: datetime | None
    sent_at: datetime | None
    failed_at: datetime | None
    last_error: str | None


def reminders_of(obligation_id: int) -> list[MessageLine]:
    """Return the messages about a duty, oldest first. One statement."""
    rows = db.session.execute(
        select(
            Reminder.id,
            Reminder.kind,
            Reminder.recipient_id,
            Reminder.due_on,
            Reminder.created_at,
            Person.title_before,
            Person.name,
            Person.title_after,
            Account.display_name,
            OutboxRow.state,
            OutboxRow.due_at,
            OutboxRow.attempts,
            OutboxRow.next_try_at,
            OutboxRow.sent_at,
            OutboxRow.failed_at,
            OutboxRow.last_error,
        )
        .join(Person, Person.id == Reminder.recipient_id)
        .outerjoin(Account, Account.id == Reminder.requested_by)
        .outerjoin(OutboxRow, OutboxRow.id == Reminder.outbox_id)
        .where(Reminder.obligation_id == obligation_id)
        .order_by(Reminder.due_on, Reminder.id)
    )
    return [
        MessageLine(
            id=row.id,
            kind=row.kind,
            recipient_id=row.recipient_id,
            recipient=full_name(
                title_before=row.title_before, name=row.name, title_after=row.title_after
            ),
            due_on=row.due_on,
            made_at=row.created_at,
            requested_by=row.display_name or "",
            mail_state=row.state or "tanpa-surel",
            mail_due_at=row.due_at,
            attempts=row.attempts or 0,
            next_try_at=row.next_try_at if row.state == "menunggu" else None,
            sent_at=row.sent_at,
            failed_at=row.failed_at,
            last_error=row.last_error,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDetail:
    """The page of one duty: whose, why, how it stands, its messages and those still to come."""

    obligation_id: int
    person_id: int
    person_name: str
    nip: str
    opd_code: str
    opd_name: str
    rule_code: str
    rule_title: str
    reason: str
    legal_basis: str
    course_code: str
    course_title: str
    assigned_on: date
    due_on: date
    started_on: date | None
    met_on: date | None
    waived_on: date | None
    waived_reason: str
    status: Status
    messages: list[MessageLine]
    to_come: list[Stage]


def message_detail(obligation_id: int, *, scope: Scope, today: date) -> MessageDetail:
    """Return one duty with its messages. Four statements.

    Raises:
        NotFound: there is no such duty, or it is out of scope.
    """
    obligation_in_scope(obligation_id, scope)
    row = db.session.execute(
        select(
            Obligation,
            ObligationRule.code.label("rule_code"),
            ObligationRule.title.label("rule_title"),
            ObligationRule.reason,
            ObligationRule.legal_basis,
            func.coalesce(CourseVersion.title, Obligation.course_code).label("course_title"),
        )
        .join(ObligationRule, ObligationRule.id == Obligation.rule_id)
        .outerjoin(Course, Course.code == Obligation.course_code)
        .outerjoin(CourseVersion, CourseVersion.id == Course.current_version_id)
        .where(Obligation.id == obligation_id)
    ).one()
    duty: Obligation = row[0]
    card = people.person_card(duty.person_id, today=today)
    messages = reminders_of(obligation_id)
    to_come: list[Stage] = []
    if duty.met_on is None and duty.waived_on is None:
        stages = schedule(duty.assigned_on, duty.due_on, _reminder_days())
        to_come = [stage for stage in stages if stage.due_on > today]
    return MessageDetail(
        obligation_id=duty.id,
        person_id=duty.person_id,
        person_name=card.full_name,
        nip=card.nip,
        opd_code=card.opd_code,
        opd_name=card.opd_name,
        rule_code=row.rule_code,
        rule_title=row.rule_title,
        reason=row.reason,
        legal_basis=row.legal_basis,
        course_code=duty.course_code,
        course_title=row.course_title,
        assigned_on=duty.assigned_on,
        due_on=duty.due_on,
        started_on=duty.started_on,
        met_on=duty.met_on,
        waived_on=duty.waived_on,
        waived_reason=duty.waived_reason,
        status=status_on(
            Duty(
                due_on=duty.due_on,
                started_on=duty.started_on,
                met_on=duty.met_on,
                waived_on=duty.waived_on,
            ),
            today,
        ),
        messages=messages,
        to_come=to_come,
    )
