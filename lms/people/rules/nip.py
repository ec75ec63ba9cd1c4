"""Reading and making the 18 digits of NIP (PNS) and NI PPPK.

Numbers in staff files are what they are: an odd one gives warnings and blocks nothing. Only a
number without 18 digits cannot be kept at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from lms.kernel.dates import add_months

Employment = Literal["PNS", "PPPK"]
Sex = Literal["L", "P"]

DIGITS: Final = 18
FIRST_CONTRACT: Final = 21
"""Digits 13-14 of an NI PPPK count contracts from here; a month never gets so far."""
YOUNGEST: Final = 18
"""Full years of age below which an appointment as PNS is not plausible."""
_NOISE: Final = re.compile(r"[\s.'`’\-\u200b\u200e\u200f\ufeff]")
_SEXES: Final[dict[str, Sex]] = {"1": "L", "2": "P"}
_MONTHS: Final = 12


class NipWarning(StrEnum):
    """What is odd about a number; the values are stable codes."""

    LENGTH = "bukan-18-angka"
    BIRTH_DATE = "tanggal-lahir"
    APPOINTMENT = "pengangkatan"
    """Digits 13-14 are neither a month nor a count of contracts."""
    APPOINTED_TOO_EARLY = "usia-pengangkatan"
    IN_FUTURE = "belum-terjadi"
    SEX = "jenis-kelamin"
    SEQUENCE = "nomor-urut"


@dataclass(frozen=True, slots=True, kw_only=True)
class NipReading:
    """What a number says. A part that cannot be read is None; `warnings` name it.

    `contract_number` counts from 1. `sequence` runs 1-999.
    """

    digits: str
    employment: Employment | None = None
    birth_date: date | None = None
    appointed_year: int | None = None
    appointed_month: int | None = None
    contract_number: int | None = None
    sex: Sex | None = None
    sequence: int | None = None
    warnings: tuple[NipWarning, ...] = ()

    @property
    def is_storable(self) -> bool:
        """Tell whether it has 18 digits, whatever they say."""
        return NipWarning.LENGTH not in self.warnings


def normal_nip(text: str) -> str:
    """Return a number without the spaces, dots, hyphens and apostrophes of spreadsheets and letters."""
    return _NOISE.sub("", text)


def parse_nip(text: str, *, today: date) -> NipReading:
    """Return what a number says and what is odd about it; never raises.

    Digits: 1-8 birth date, 9-12 year of appointment, 13-14 month of appointment (PNS) or number
    of contracts from 21 (PPPK), 15 sex, 16-18 sequence. `today` is the first day that has not
    been: birth and appointment after it are odd.

    Source: Perka BKN 22/2007, 43/2007; docs/semantics.md section 4.
    """
    digits = normal_nip(text)
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return NipReading(digits=digits, warnings=(NipWarning.LENGTH,))
    warnings: list[NipWarning] = []

    birth = _date_or_none(digits[:8])
    if birth is None:
        warnings.append(NipWarning.BIRTH_DATE)
    year, code = int(digits[8:12]), int(digits[12:14])
    employment: Employment | None = None
    if 1 <= code <= _MONTHS:
        employment = "PNS"
    elif code >= FIRST_CONTRACT:
        employment = "PPPK"
    else:
        warnings.append(NipWarning.APPOINTMENT)
    month = code if employment == "PNS" else None

    # The last day on which the appointment can have been decides: an odd year alone must not
    # accuse somebody appointed in its December.
    latest = _last_day(year, month or _MONTHS)
    if birth is not None and (latest is None or latest < add_months(birth, 12 * YOUNGEST)):
        warnings.append(NipWarning.APPOINTED_TOO_EARLY)
    earliest = None if latest is None else date(year, month or 1, 1)
    if (birth is not None and birth > today) or (earliest is not None and earliest > today):
        warnings.append(NipWarning.IN_FUTURE)

    sex = _SEXES.get(digits[14])
    if sex is None:
        warnings.append(NipWarning.SEX)
    sequence = int(digits[15:]) or None
    if sequence is None:
        warnings.append(NipWarning.SEQUENCE)
    return NipReading(
        digits=digits,
        employment=employment,
        birth_date=birth,
        appointed_year=year,
        appointed_month=month,
        contract_number=code - FIRST_CONTRACT + 1 if employment == "PPPK" else None,
        sex=sex,
        sequence=sequence,
        warnings=tuple(warnings),
    )


def make_nip(  # one argument for each part of the number
    *,
    employment: Employment,
    birth_date: date,
    appointed_year: int,
    sex: Sex,
    sequence: int,
    appointed_month: int = 1,
    contract_number: int = 1,
) -> str:
    """Return the 18 digits with these parts; the month speaks for PNS, the contract for PPPK.

    Raises:
        ValueError: a part does not fit its digits.
    """
    code = appointed_month if employment == "PNS" else FIRST_CONTRACT + contract_number - 1
    allowed = range(1, 13) if employment == "PNS" else range(FIRST_CONTRACT, 100)
    if code not in allowed or not 1 <= sequence <= 999:  # noqa: PLR2004  # three digits
        raise ValueError((code, sequence))
    sex_digit = "1" if sex == "L" else "2"
    return f"{birth_date:%Y%m%d}{appointed_year:04d}{code:02d}{sex_digit}{sequence:03d}"


def _date_or_none(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _last_day(year: int, month: int) -> date | None:
    """Return the last day of a month; None for the year 0, which no calendar has."""
    return date(year, month, monthrange(year, month)[1]) if year else None
