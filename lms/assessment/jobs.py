"""The scheduled work of assessment."""

from __future__ import annotations

from lms.assessment import queries, services
from lms.platform import clock
from lms.platform.db import db
from lms.platform.jobs.runner import Outcome, for_each


def close_attempts() -> Outcome:
    """Grade every attempt that ran out ten minutes ago or more, one transaction each."""
    now = clock.now()
    ids = queries.expired_attempt_ids(now)
    db.session.rollback()

    def close(attempt_id: int) -> None:
        services.close_attempt(attempt_id=attempt_id, now=now)

    return for_each(ids, close)
