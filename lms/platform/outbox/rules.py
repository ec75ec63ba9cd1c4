"""When to try again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

MAX_ATTEMPTS: Final = 8


def next_try(*, attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after `attempts` failures, or None to give up.

    1, 2, 4 ... minutes, at most 4 hours, `MAX_ATTEMPTS` times: about six hours in all, longer
    than a mail server is usually away.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    return now + min(timedelta(minutes=2 ** (attempts - 1)), timedelta(hours=4))


def after_quiet_hours(moment: datetime, *, quiet_from_hour: int, quiet_until_hour: int) -> datetime:
    """Return `moment`, or the end of the quiet hours it falls in (local times, aware).

    Quiet from 20 to 6 means [20.00, 06.00); equal hours mean no quiet at all.
    """
    hour = moment.hour
    start, end = quiet_from_hour, quiet_until_hour
    if start == end:
        return moment
    quiet = start <= hour < end if start < end else hour >= start or hour < end
    if not quiet:
        return moment
    opened = moment.replace(hour=end, minute=0, second=0, microsecond=0)
    return opened if opened > moment else opened + timedelta(days=1)
