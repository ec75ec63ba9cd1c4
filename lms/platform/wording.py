"""Numbers, dates and names as the language writes them.

Round half up for display only; decisions compare exact values.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from flask_babel import get_locale

from lms.platform import clock

_MONTHS = {
    "id": [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_SHORT = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


def _language() -> str:
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "id"


def long_date(day: date | datetime | None) -> str:
    """21 November 2026; "–" for None. A moment is taken in the region's zone."""
    if day is None:
        return "–"
    day = clock.local_date(day) if isinstance(day, datetime) else day
    return f"{day.day} {_MONTHS[_language()][day.month - 1]} {day.year}"


def short_date(day: date | datetime | None) -> str:
    """21 Nov 2026; "–" for None."""
    if day is None:
        return "–"
    day = clock.local_date(day) if isinstance(day, datetime) else day
    return f"{day.day} {_SHORT[_language()][day.month - 1]} {day.year}"


def time_of_day(moment: datetime | None, *, zone: bool = False) -> str:
    """09.42 in Indonesian, 09:42 in English; with `zone` WIB, WITA or WIT behind it."""
    if moment is None:
        return "–"
    local = clock.local(moment)
    text = local.strftime("%H:%M" if _language() == "en" else "%H.%M")
    return f"{text} {_ZONES.get(str(clock.zone()), '')}".strip() if zone else text


def moment_text(moment: datetime | None) -> str:
    """21 Nov 2026, 09.42."""
    return "–" if moment is None else f"{short_date(moment)}, {time_of_day(moment)}"


def number(value: float | Decimal | Fraction | None, digits: int = 0) -> str:
    """1.250,5 in Indonesian, 1,250.5 in English; "–" for None; a true minus sign."""
    return "–" if value is None else _written(value, digits, _language())


@lru_cache(maxsize=8192)
def _written(value: float | Decimal | Fraction, digits: int, language: str) -> str:
    """Write a number; reports are full of the same ones."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"
    if language == "id":
        text = text.translate(str.maketrans(",.", ".,"))
    return text.replace("-", "−")


def percent(value: Fraction | Decimal | float | None, digits: int = 1) -> str:
    """82,5% of a share between 0 and 1; "–" for None."""
    if value is None:
        return "–"
    exact = value if isinstance(value, Fraction) else Fraction(str(value))
    return number(exact * 100, digits) + "%"


def duration(seconds: int | timedelta) -> str:
    """31.24 for a countdown of 31 minutes 24 seconds."""
    whole = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    minutes, rest = divmod(max(0, whole), 60)
    return f"{minutes}.{rest:02d}"


def masked_nip(nip: str | None) -> str:
    """The last three digits behind dots, as lists show it; "–" without a number."""
    return f"··· {nip[-3:]}" if nip else "–"


def initials(name: str) -> str:
    """Up to two initials of a name, for the avatar."""
    words = [word for word in name.replace(".", " ").split() if word[:1].isalpha()]
    return "".join(word[0] for word in words[:2]).upper() or "?"
