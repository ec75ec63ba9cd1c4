"""The ground floor's own jobs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from lms.platform import clock
from lms.platform.access.rules import cut_address
from lms.platform.access.services import forget_old_failures
from lms.platform.audit.services import seal
from lms.platform.db import db
from lms.platform.jobs.runner import Outcome, for_each
from lms.platform.models import SignIn
from lms.platform.outbox.services import due_row_ids, send_row


def seal_audit() -> Outcome:
    """Seal what waits, in batches of one transaction each."""
    done = 0
    while sealed := seal(now=clock.now()):
        db.session.commit()
        done += sealed
    return done, 0


def send_outbox() -> Outcome:
    """Send what is due: a transaction takes a message, a second says what came of it.

    In between, while the mail server is talked to, none is open: on SQLite nobody else could write.
    """
    ids = due_row_ids(now=clock.now())
    db.session.rollback()
    return for_each(
        ids,
        lambda row_id: send_row(row_id, now=clock.now(), once_taken=db.session.commit),
    )


def tidy() -> Outcome:
    """Drop failures that no longer count and cut network addresses older than 90 days to /24."""
    now = clock.now()
    done = forget_old_failures(now=now)
    old = now - timedelta(days=90)
    addresses = db.session.scalars(
        select(SignIn.network)
        .where(SignIn.created_at < old, SignIn.network.not_like("%/%"))
        .distinct()
        .limit(5000)
    ).all()
    for address in addresses:
        db.session.execute(
            update(SignIn)
            .where(SignIn.network == address, SignIn.created_at < old)
            .values(network=cut_address(address))
        )
        done += 1
    return done, 0
