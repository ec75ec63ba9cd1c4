"""Calendar arithmetic on plain dates of the region."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final

FAR_FUTURE: Final = date(9999, 12, 31)
"""Stands for "no end" where a column or a comparison needs a date."""


def add_months(start: date, months: int) -> date:
    """Return the same calendar day `months` later, or that month's last day if it is shorter.

    `months` may be zero or negative. 31 January + 1 month = 28 (29) February.

    Source: docs/semantics.md section 2 (`valid_until`).
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def day_after(day: date) -> date:
    """Return the next day; `FAR_FUTURE` stays itself, since there is no day after it."""
    return day if day >= FAR_FUTURE else day + timedelta(days=1)
