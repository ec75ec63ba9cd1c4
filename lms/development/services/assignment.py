"""Rules that oblige, and the duties that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import insert, update

from lms.catalogue import queries as catalogue
from lms.competency.events import EvidenceRecorded
from lms.development import queries
from lms.development.errors import (
    ObligationSettled,
    RuleHasEnded,
    RuleStillHolds,
    UnknownAudience,
)
from lms.development.models import Obligation, ObligationRule
from lms.development.queries import Held, RuleRow
from lms.development.rules import AUDIENCE_ACTIVE, AUDIENCES, due_date
from lms.kernel.actor import Actor, Permission
from lms.people.events import PersonFactsChanged
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.outbox.services import notify

_BATCH: Final = 1_000
_AT_ONCE: Final = 1_000
"""Changes of more persons than this wait for the nightly job: the roster import holds the lock."""

Progress = Callable[[int, int], None]
"""Told (done, all) after each batch."""


def add_obligation_rule(  # noqa: PLR0913  # the columns of a rule
    *,
    code: str,
    title: str,
    course_code: str,
    effective_from: date,
    reason: str,
    audience: str = AUDIENCE_ACTIVE,
    due_days: int = 14,
    legal_basis: str = "",
    actor_account_id: int | None = None,
    now: datetime | None = None,
) -> int:
    """Add a rule, or the next version of one that has ended; return its id.

    Nobody is obliged by it yet: `assign_due` does that from `effective_from` on.

    Raises:
        RuleStillHolds: a version of this code has no end before `effective_from`.
        UnknownAudience: nobody knows whom that audience means.
        NotFound: there is no such course.
    """
    if audience not in AUDIENCES:
        raise UnknownAudience(audience=audience)
    course = catalogue.course_summary(course_code)
    last = queries.newest_version(code)
    if last is not None and not last.has_ended_by(effective_from):
        raise RuleStillHolds(code=code)
    row = ObligationRule(
        code=code,
        version=last.version + 1 if last else 1,
        title=title.strip(),
        audience=audience,
        course_code=course.code,
        due_days=due_days,
        effective_from=effective_from,
        effective_until=None,
        reason=reason.strip(),
        legal_basis=legal_basis.strip(),
        recorded_at=now or clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    record(
        action="obligation_rule.added",
        object_kind="obligation-rule",
        object_id=row.id,
        actor_account_id=actor_account_id,
        code=code,
        course=course.code,
        due_days=due_days,
        effective_from=effective_from.isoformat(),
    )
    return row.id


def end_obligation_rule(
    *,
    code: str,
    reason: str,
    withdraw_open: bool,
    today: date,
    actor_account_id: int | None,
) -> int:
    """End a rule: from today it obliges nobody anew; return how many open duties were withdrawn.

    Without `withdraw_open` duties already given stay with their dates. Records of learning stay
    in any case.

    Raises:
        NotFound: there is no such rule.
        RuleHasEnded: it ended before.
    """
    page = queries.rule_page(code)
    if page.rule.has_ended_by(today):
        raise RuleHasEnded(code=code)
    db.session.execute(
        update(ObligationRule)
        .where(ObligationRule.id == page.rule.id)
        .values(effective_until=today)
    )
    withdrawn = 0
    if withdraw_open:
        withdrawn = page.open_count
        ids = [rule.id for rule in queries.obligation_rules() if rule.code == code]
        db.session.execute(
            update(Obligation)
            .where(
                Obligation.rule_id.in_(ids),
                Obligation.met_on.is_(None),
                Obligation.waived_on.is_(None),
            )
            .values(waived_on=today, waived_reason=reason.strip())
        )
    record(
        action="obligation_rule.ended",
        object_kind="obligation-rule",
        object_id=page.rule.id,
        actor_account_id=actor_account_id,
        code=code,
        withdrawn=withdrawn,
    )
    return withdrawn


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment did: open duties made, duties met at once, open ones found met."""

    opened: int = 0
    met_at_once: int = 0
    found_met: int = 0

    def __add__(self, other: Assigned) -> Assigned:
        return Assigned(
            self.opened + other.opened,
            self.met_at_once + other.met_at_once,
            self.found_met + other.found_met,
        )


def assign_due(
    *,
    today: date,
    progress: Progress | None = None,
    person_ids: Collection[int] | None = None,
    rule_id: int | None = None,
    now: datetime | None = None,
) -> Assigned:
    """Give everybody (or these persons) the duties of the rules in force that they lack.

    Who holds already what the course shows gets the duty met at once; who held it and holds it
    no longer gets a new round. Idempotent: a second call on the same day does nothing.
    """
    done = Assigned()
    for rule in queries.rules_in_force(today):
        if rule_id is None or rule.id == rule_id:
            done += _assign(rule, today, person_ids, now or clock.now(), progress)
    return done


def _assign(
    rule: RuleRow,
    today: date,
    person_ids: Collection[int] | None,
    now: datetime,
    progress: Progress | None,
) -> Assigned:
    holders = queries.holders_of_course(rule.course_code, today, person_ids)
    found_met = _settle_held(rule, holders, today, person_ids)
    candidates = queries.persons_to_assign(
        rule, today=today, holders=holders, person_ids=person_ids
    )
    rows = [
        {
            "rule_id": rule.id,
            "person_id": one.person_id,
            "course_code": rule.course_code,
            "assigned_on": today,
            "due_on": due_date(today, rule.due_days),
            "started_on": today if one.has_begun and not one.met_by else None,
            "met_on": today if one.met_by else None,
            "met_by": one.met_by,
            "waived_on": None,
            "waived_reason": "",
            "recorded_at": now,
        }
        for one in candidates
    ]
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        db.session.execute(insert(Obligation), batch)
        if progress is not None:
            progress(start + len(batch), len(rows))
    at_once = sum(1 for one in candidates if one.met_by)
    return Assigned(len(rows) - at_once, at_once, found_met)


def _settle_held(
    rule: RuleRow, holders: dict[int, Held], today: date, person_ids: Collection[int] | None
) -> int:
    """Meet open duties of whoever got the proof since: an outside certificate above all.

    Proof from before the assignment does not count here: a re-test was ordered in spite of it.
    """
    found = [
        {"id": obligation_id, "met_on": today, "met_by": holders[person_id].source_ref}
        for obligation_id, person_id, assigned_on in queries.open_of_rule(rule.id, person_ids)
        if person_id in holders and holders[person_id].recorded_on >= assigned_on
    ]
    if found:
        db.session.execute(update(Obligation), found)
    return len(found)


def assign_now(
    *,
    rule_id: int,
    person_ids: Sequence[int],
    actor: Actor,
    today: date,
    now: datetime | None = None,
) -> int:
    """Give persons an open duty under a rule today, whatever they hold; return how many got one.

    Who has an open one keeps it. This is how a re-test is ordered.

    Raises:
        NotFound: no such rule, or one of the persons is out of the actor's scope.
        RuleHasEnded: the rule obliges nobody any more.
    """
    rule = queries.rule_by_id(rule_id)
    if rule.has_ended_by(today):
        raise RuleHasEnded(code=rule.code)
    scope = actor.scope(Permission.OBLIGATION_MANAGE)
    ids = queries.assignable(person_ids, rule, scope=scope, today=today)
    if ids:
        db.session.execute(
            insert(Obligation),
            [
                {
                    "rule_id": rule.id,
                    "person_id": person_id,
                    "course_code": rule.course_code,
                    "assigned_on": today,
                    "due_on": due_date(today, rule.due_days),
                    "met_by": "",
                    "waived_reason": "",
                    "recorded_at": now or clock.now(),
                }
                for person_id in ids
            ],
        )
        record(
            action="obligation.assigned",
            object_kind="obligation-rule",
            object_id=rule.id,
            actor_account_id=actor.account_id,
            count=len(ids),
        )
    return len(ids)


def waive(*, obligation_id: int, reason: str, actor: Actor, today: date) -> None:
    """Let a person off an open duty, with a reason that the person is told.

    Raises:
        NotFound: there is no such duty, or it is out of the actor's scope.
        ObligationSettled: it is met or waived already.
    """
    queries.obligation_in_scope(obligation_id, actor.scope(Permission.OBLIGATION_MANAGE))
    # Locked: a pass at this very moment meets it, and it cannot be both.
    row = db.session.get_one(Obligation, obligation_id, with_for_update=True)
    if row.met_on is not None or row.waived_on is not None:
        raise ObligationSettled(obligation_id=obligation_id)
    row.waived_on, row.waived_reason = today, reason.strip()
    db.session.flush()
    course = catalogue.find_course_version(row.course_code)
    notify(
        person_id=row.person_id,
        kind="kewajiban.dibebaskan",
        dedupe_key=f"obligation-waived:{obligation_id}",
        url="/kewajiban",
        params={"title": course.title if course else row.course_code},
    )
    record(
        action="obligation.waived",
        object_kind="obligation",
        object_id=obligation_id,
        actor_account_id=actor.account_id,
    )


def on_person_facts_changed(event: PersonFactsChanged) -> None:
    """Oblige new and returned persons at once. The day is that of the change: events bear none."""
    if len(event.person_ids) <= _AT_ONCE:
        assign_due(today=clock.today(), person_ids=event.person_ids)


def on_evidence_recorded(event: EvidenceRecorded) -> None:
    """Meet the duties that an outside certificate or a rubric fulfils.

    A measured pass brings `CourseCompleted`; rows of several persons wait for the nightly job.
    """
    if event.person_id is None or queries.source_kinds(event.evidence_ids) <= {"measured"}:
        return
    today = clock.today()
    for rule in queries.rules_in_force(today):
        persons = (event.person_id,)
        holders = queries.holders_of_course(rule.course_code, today, persons)
        _settle_held(rule, holders, today, persons)
