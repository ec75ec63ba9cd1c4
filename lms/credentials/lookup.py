"""Look-ups of certificates are limited per client address, so that nobody tries codes by the million."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from lms.platform.access.queries import count_uses
from lms.platform.access.services import note_use

_LIMIT: Final = 60
_WINDOW: Final = timedelta(minutes=10)


def may_look_up(*, network: str, now: datetime) -> bool:
    """Note a look-up and tell whether the address is still under 60 in ten minutes."""
    if count_uses(purpose="periksa", network=network, since=now - _WINDOW) >= _LIMIT:
        return False
    note_use(purpose="periksa", network=network, now=now)
    return True
