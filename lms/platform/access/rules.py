"""How long a failed sign-in makes the next one wait, and what a password must be.

Source: docs/semantics.md section 9; Peraturan BSSN 4/2021 (access control).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final

FREE_TRIES: Final = 5
"""Failures of one account + address within the window that cost nothing."""
WINDOW: Final = timedelta(minutes=30)
LONGEST_DELAY: Final = timedelta(minutes=15)
ADDRESS_CAP: Final = 300
"""Failures of one address within the window: whole offices share an address, so it is high."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sign-in may be tried now, and if not, from when."""

    allowed: bool
    wait_until: datetime | None = None


def may_try(
    *, pair_failures: int, last_failure_at: datetime | None, address_failures: int, now: datetime
) -> Verdict:
    """Decide from the failures within `WINDOW` before `now`.

    After `FREE_TRIES` failures of the pair the delay since the last one doubles from 5 seconds
    up to `LONGEST_DELAY`.
    """
    if last_failure_at is None:
        return Verdict(allowed=True)
    if address_failures >= ADDRESS_CAP:
        return Verdict(allowed=False, wait_until=now + timedelta(minutes=1))
    over = pair_failures - FREE_TRIES
    if over < 0:
        return Verdict(allowed=True)
    until = last_failure_at + min(timedelta(seconds=5 * 2 ** min(over, 12)), LONGEST_DELAY)
    return Verdict(allowed=True) if now >= until else Verdict(allowed=False, wait_until=until)


def normal_identifier(typed: str) -> str:
    """Return an account name, e-mail or NIP as it is compared: trimmed, lower case, NIP without spaces."""
    text = typed.strip().lower()
    digits = re.sub(r"[\s.]", "", text)
    return digits if digits.isdigit() and len(digits) >= 10 else text  # noqa: PLR2004  # shorter is a name


def password_problem(password: str, *, minimum_length: int, account_words: tuple[str, ...]) -> str:
    """Return the code of what is wrong with a new password, or "" when it will do.

    Length counts; composition does not (NIST SP 800-63B 5.1.1.2). Codes: `pendek`, `panjang`,
    `mudah` (one repeated character, a run, or the person's own words).
    """
    if len(password) < minimum_length:
        return "pendek"
    if len(password) > 200:  # noqa: PLR2004  # argon2 would hash a novel, slowly
        return "panjang"
    lowered = password.lower()
    plain = re.sub(r"\W", "", lowered)
    if len(set(plain)) <= 3:  # noqa: PLR2004  # aaaa, abab
        return "mudah"
    if any(word and len(word) >= 4 and plain == word.lower() for word in account_words):  # noqa: PLR2004  # short words are in everything
        return "mudah"
    return ""


_SYSTEMS: Final = (
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)
_BROWSERS: Final = (
    ("edg/", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)


def device_name(user_agent: str) -> str:
    """Return "Chrome di Android" or the like; "Peramban lain" when nothing is recognised."""
    lowered = user_agent.lower()
    browser = next((name for key, name in _BROWSERS if key in lowered), "Peramban lain")
    system = next((name for key, name in _SYSTEMS if key in lowered), "")
    return f"{browser} di {system}" if system else browser


def cut_address(address: str) -> str:
    """Return the network of a client address: /24 of IPv4, /48 of IPv6, "-/0" for anything else."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "-/0"
    prefix = 24 if parsed.version == 4 else 48  # noqa: PLR2004  # IP version 4
    return str(ip_network(f"{address}/{prefix}", strict=False))
