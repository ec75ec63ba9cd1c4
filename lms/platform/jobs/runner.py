"""Running jobs: by timetable in the job process, by name from the command line, or on request.

A job is a function that does its items one transaction each and returns (done, failed). Its name
never changes: rows, checks and people know it by name.
"""

from __future__ import annotations

import fcntl
import signal
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import structlog
from sqlalchemy import select, text

from lms.platform import clock, settings
from lms.platform.db import db, set_write_intent
from lms.platform.models import JobRequest, JobRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

log = structlog.get_logger()
Item = TypeVar("Item")
Outcome = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A scheduled job. Exactly one of `every` and `daily_at` (hour, minute, local) is given."""

    name: str
    run: Callable[[], Outcome]
    title: str
    every: timedelta | None = None
    daily_at: tuple[int, int] | None = None

    @property
    def overdue_after(self) -> timedelta:
        """How old the last good run may be before the job counts as overdue."""
        return (self.every * 5 + timedelta(minutes=2)) if self.every else timedelta(hours=26)


_jobs: dict[str, Job] = {}
_LOCK_KEY: Final = 0x5469_7469  # "Titi", for PostgreSQL's advisory lock


def register(jobs: Iterable[Job]) -> None:
    """Take over the table of jobs."""
    _jobs.clear()
    _jobs.update({job.name: job for job in jobs})


def registered() -> tuple[Job, ...]:
    """Return the jobs in the order of the table."""
    return tuple(_jobs.values())


def find_job(name: str) -> Job | None:
    """Return a job by its name."""
    return _jobs.get(name)


def for_each(items: Iterable[Item], work: Callable[[Item], bool | None]) -> Outcome:
    """Do `work` for each item in a transaction of its own; one item's failure spoils no other.

    `work` returns False for a failure it has recorded itself; what it raises is logged and
    counted.
    """
    done = failed = 0
    for item in items:
        try:
            ok = work(item)
            db.session.commit()
        except Exception:  # the next item must still be done; the run's row counts this one
            db.session.rollback()
            log.exception("job.item_failed")
            ok = False
        done, failed = (done, failed + 1) if ok is False else (done + 1, failed)
    return done, failed


def run_job(job: Job, *, requested_by: int | None = None) -> JobRun:
    """Run a job now and leave its row; what it raises is recorded, not raised."""
    set_write_intent(writes=True)
    settings.forget()
    row = JobRun(name=job.name, started_at=clock.now(), requested_by=requested_by)
    db.session.add(row)
    db.session.commit()
    row_id = row.id
    error, done, failed = None, 0, 0
    try:
        done, failed = job.run()
        db.session.commit()
    except Exception as problem:  # the run's row must say that it failed
        db.session.rollback()
        where = traceback.extract_tb(problem.__traceback__)[-1]
        error = f"{type(problem).__name__} ({Path(where.filename).name}:{where.lineno})"
        log.exception("job.failed", job=job.name)
    row = db.session.get_one(JobRun, row_id)
    row.ended_at, row.done, row.failed, row.error = clock.now(), done, failed, error
    db.session.commit()
    return row


def take_requests() -> None:
    """Run what was asked for on screen."""
    for wish in db.session.scalars(select(JobRequest).order_by(JobRequest.id)).all():
        job = find_job(wish.name)
        account_id = wish.account_id
        db.session.delete(wish)
        db.session.commit()
        if job is not None:
            run_job(job, requested_by=account_id)
    db.session.rollback()


def catch_up() -> None:
    """Run, one after the other, the jobs that fell due while no process was there."""
    from lms.platform.jobs.queries import missed_jobs

    missed = missed_jobs(now=clock.now())
    db.session.rollback()
    for job in missed:
        run_job(job)


@contextmanager
def only_one_process(data_dir: Path) -> Iterator[bool]:
    """Hold the lock that lets one job process run per database; yield whether it was got."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            got = connection.execute(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK_KEY}
            ).scalar_one()
            connection.commit()
            yield bool(got)
        return
    with (data_dir / "jobs.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def serve(app: Flask, data_dir: Path) -> int:
    """Run the timetable until the process is told to stop; return the exit code."""
    from apscheduler.schedulers.background import BackgroundScheduler

    with app.app_context(), only_one_process(data_dir) as mine:
        if not mine:
            log.error("jobs.already_running")
            return 3
        told_to_stop = threading.Event()
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, lambda *_args: told_to_stop.set())
        scheduler = BackgroundScheduler(timezone=clock.zone())

        def in_context(function: Callable[..., Any], *args: Any) -> Callable[[], None]:
            def call() -> None:
                with app.app_context():
                    function(*args)

            return call

        options: dict[str, Any] = {"max_instances": 1, "coalesce": True, "misfire_grace_time": 3600}
        for job in registered():
            if job.every is not None:
                scheduler.add_job(
                    in_context(run_job, job),
                    "interval",
                    seconds=job.every.total_seconds(),
                    id=job.name,
                    **options,
                )
            else:
                hour, minute = job.daily_at or (0, 5)
                scheduler.add_job(
                    in_context(run_job, job),
                    "cron",
                    hour=hour,
                    minute=minute,
                    id=job.name,
                    **options,
                )
        scheduler.add_job(
            in_context(take_requests), "interval", seconds=3, id="requests", **options
        )
        scheduler.add_job(in_context(catch_up), id="catch-up", **options)
        scheduler.start()
        log.info("jobs.started", jobs=len(registered()))
        told_to_stop.wait()
        scheduler.shutdown(wait=True)  # a job under way ends and leaves its row
    return 0
