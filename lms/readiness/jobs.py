"""The nightly jobs of readiness."""

from __future__ import annotations

from datetime import date

from lms.platform import clock
from lms.platform.jobs.runner import Outcome, for_each
from lms.readiness import services


def take_base() -> Outcome:
    """Add tonight's base, so that reading the tallies starts near its end; thin out old ones."""
    taken = services.take_base(now=clock.now())
    months = services.take_month_bases(now=clock.now())
    services.thin_bases(today=clock.today())
    return int(taken is not None) + months, 0


def take_snapshot() -> Outcome:
    """Freeze the reports of month ends that have none yet."""
    now = clock.now()

    def freeze(day: date) -> None:
        services.take_snapshot(as_of=day, now=now)

    return for_each(services.due_snapshot_days(now=now), freeze)
