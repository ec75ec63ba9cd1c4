"""Due dates as an iCalendar file, for the calendar that people already look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

_LINE_BYTES: Final = 75


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A whole-day entry. `uid` stays the same for the same duty, so that it is updated, not doubled."""

    uid: str
    day: date
    title: str
    text: str
    url: str


def calendar_text(name: str, entries: Iterable[DayEntry], *, stamp: datetime) -> str:
    """Return the calendar with CRLF line ends; `stamp` is an aware UTC moment.

    Source: RFC 5545.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Titian//Kewajiban//ID",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(entry.title)}",
            f"DESCRIPTION:{_escaped(entry.text)}",
            f"URL:{entry.url}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for raw, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(raw, safe)
    return text


def _folded(line: str) -> str:
    """Break a line after 75 bytes, never inside a character; what follows begins with a space."""
    parts: list[str] = []
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _LINE_BYTES:
            parts.append(part)
            part, size = " ", 1
        part, size = part + char, size + width
    return "\r\n".join([*parts, part])
