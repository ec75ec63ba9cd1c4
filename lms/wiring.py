"""One literal table: event -> functions, in order; and the table of jobs.

Read it to know what happens when something happened. Handlers run in the transaction of their
cause; what may fail alone writes an outbox row instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lms.people import jobs as people_jobs
from lms.platform import maintenance
from lms.platform.jobs.runner import Job, register
from lms.platform.slots import slots

SUBSCRIBERS: dict[type, tuple[Callable[[Any], None], ...]] = {}

JOBS: tuple[Job, ...] = (
    Job(
        name="platform.seal-audit",
        title="Menyegel jejak audit",
        run=maintenance.seal_audit,
        every=timedelta(minutes=1),
    ),
    Job(
        name="platform.send-outbox",
        title="Mengirim pesan keluar",
        run=maintenance.send_outbox,
        every=timedelta(seconds=30),
    ),
    Job(
        name="platform.tidy",
        title="Merapikan catatan masuk",
        run=maintenance.tidy,
        daily_at=(1, 20),
    ),
    Job(
        name="people.refresh-places",
        title="Menyegarkan penempatan hari ini",
        run=people_jobs.refresh_places,
        daily_at=(0, 5),
    ),
)


def install() -> None:
    """Hand both tables to the ground floor."""
    slots.subscribers = dict(SUBSCRIBERS)
    register(JOBS)
