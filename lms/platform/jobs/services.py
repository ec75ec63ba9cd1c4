"""Asking for a job on screen."""

from __future__ import annotations

from lms.kernel.errors import NotFound
from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import insert_ignoring_conflict
from lms.platform.jobs.runner import find_job
from lms.platform.models import JobRequest


def request_run(*, name: str, account_id: int) -> None:
    """Ask the job process to run a job now; asking twice is asking once.

    Raises:
        NotFound: no such job.
    """
    if find_job(name) is None:
        raise NotFound(kind="job", name=name)
    insert_ignoring_conflict(
        JobRequest.__table__,  # type: ignore[arg-type]  # a Table
        [{"name": name, "account_id": account_id, "requested_at": clock.now()}],
        ("name",),
    )
    record(action="job.requested", object_kind="job", object_id=name, actor_account_id=account_id)
