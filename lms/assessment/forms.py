"""What a taker's request carries beside the answer itself: shape and range only."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from lms.assessment.errors import BadResponse

HIGHEST_SEQ: Final = 2_147_483_647
_SEQ: Final = re.compile(r"[0-9]{1,10}")


def seq_from(text: str | None) -> int | None:
    """Return the sequence number of `urut`, None when it is absent or blank.

    Raises:
        BadResponse: it is no whole number from 0 to `HIGHEST_SEQ`.
    """
    if text is None or not text.strip():
        return None
    if _SEQ.fullmatch(text.strip()) is None or int(text) > HIGHEST_SEQ:
        raise BadResponse(problem="bad_seq")
    return int(text)


def moment_from(text: str | None) -> datetime | None:
    """Return the client's time of `waktu` (RFC 3339); None when it is absent or cannot be read.

    An unreadable time is no reason to lose an answer: without one the server's counts.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
