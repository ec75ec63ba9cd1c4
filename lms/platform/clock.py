"""The only place that reads the clock.

Moments are aware UTC datetimes; dates are plain dates in the region's zone. Everything else is
handed `now` or `today`. A test deployment may run ahead of real time by
`LMS_TEST_CLOCK_OFFSET` seconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from config import Settings


class _Clock:
    """State of the clock: the zone, the offset, and in tests a moment that stands still."""

    def __init__(self) -> None:
        self.zone = ZoneInfo("Asia/Jakarta")
        self.offset = timedelta()
        self.frozen: datetime | None = None


_clock = _Clock()


def set_up(settings: Settings) -> None:
    """Take the zone and the test offset from the settings."""
    _clock.zone = settings.timezone
    _clock.offset = timedelta(seconds=settings.clock_offset_seconds)


def freeze(moment: datetime | None) -> None:
    """Make the clock stand at `moment` (aware), or let it run again with None. For tests and seeding."""
    _clock.frozen = moment


def zone() -> ZoneInfo:
    """Return the region's zone."""
    return _clock.zone


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    if _clock.frozen is not None:
        return _clock.frozen
    return datetime.now(UTC) + _clock.offset


def today() -> date:
    """Return today's date in the region."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """Return the region's date of an aware moment."""
    return moment.astimezone(_clock.zone).date()


def local(moment: datetime) -> datetime:
    """Return the moment in the region's zone."""
    return moment.astimezone(_clock.zone)


def start_of_day(day: date) -> datetime:
    """Return the UTC moment at which the region's date begins."""
    return datetime(day.year, day.month, day.day, tzinfo=_clock.zone).astimezone(UTC)
