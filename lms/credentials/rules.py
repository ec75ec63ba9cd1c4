"""Check codes, running numbers, the canonical JSON and the verdict of a certificate.

Source: docs/semantics.md section 6; RFC 8785 (canonical JSON).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

import rfc8785

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Base32 without 0 O 1 I: read over the telephone without mistakes."""
CODE_LENGTH: Final = 16
SHORT_HASH: Final = 16
"""Hex digits of the hash that the QR carries."""
MASK: Final = "···"


def code_from(values: bytes) -> str:
    """Return a check code from 16 random bytes; each byte gives 5 bits.

    Raises:
        ValueError: not 16 bytes.
    """
    if len(values) != CODE_LENGTH:
        raise ValueError("a check code is made of 16 random bytes")
    return "".join(ALPHABET[value % 32] for value in values)


def grouped(code: str) -> str:
    """ABCD-EFGH-JKLM-NPQR, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def normal_code(typed: str) -> str:
    """Return a code as it is stored: upper case, without spaces and hyphens."""
    return re.sub(r"[\s\-–_.]", "", typed).upper()  # people type what they see


def number_from(pattern: str, *, number: int, issued_on: date) -> str:
    """Fill the running number's pattern: `{nomor}` (with a format), `{tahun}`, `{bulan}`, `{romawi}`.

    Raises:
        ValueError: the pattern has no `{nomor...}` or names something unknown.
    """
    if "{nomor" not in pattern:
        raise ValueError("the pattern needs {nomor}")
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"][
        issued_on.month - 1
    ]
    try:
        return pattern.format(
            nomor=number, tahun=issued_on.year, bulan=f"{issued_on.month:02d}", romawi=roman
        )
    except (KeyError, IndexError) as error:
        msg = f"unknown placeholder {error}"
        raise ValueError(msg) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a certificate states; the canonical JSON is made of exactly this."""

    code: str
    number: str
    name: str
    """As recorded on the day of issue."""
    course: str
    title: str
    version: int
    evidence: tuple[tuple[str, int], ...]
    """(competence, level), sorted by competence."""
    issued_on: date
    valid_until: date | None
    issuer: str

    def canonical(self) -> bytes:
        """Return the canonical JSON (RFC 8785); JP is printed from the ledger and never in it."""
        content: dict[str, Any] = {
            "kode": self.code,
            "nomor": self.number,
            "nama": self.name,
            "kursus": self.course,
            "judul": self.title,
            "versi": self.version,
            "bukti": [
                {"kompetensi": competence, "tingkat": level}
                for competence, level in sorted(self.evidence)
            ],
            "terbit": self.issued_on.isoformat(),
            "berlaku_sampai": self.valid_until.isoformat() if self.valid_until else None,
            "penerbit": self.issuer,
        }
        return rfc8785.dumps(content)

    def sha256(self) -> str:
        """Return the hash (hex) of the canonical JSON."""
        return hashlib.sha256(self.canonical()).hexdigest()


class Verdict(StrEnum):
    """What the verification page says, in `data-putusan`."""

    UNKNOWN = "tidak-dikenal"
    ALTERED = "berubah"
    REVOKED = "dicabut"
    EXPIRED = "kedaluwarsa"
    VALID = "berlaku"


def verdict_of(
    *,
    stored_hash: str | None,
    recomputed_hash: str | None,
    asked_hash: str | None,
    revoked_on: date | None,
    valid_until: date | None,
    today: date,
) -> Verdict:
    """Decide in this order: unknown, altered, revoked (also superseded), expired, valid.

    `stored_hash` None means that there is no such certificate. `recomputed_hash` None means that
    the identity was erased: then only the stored hash is compared. `asked_hash` is what the
    printed link carries, its first 16 hex digits, or the whole hash; None or empty asks nothing. The last valid day
    is included.
    """
    if stored_hash is None:
        return Verdict.UNKNOWN
    if recomputed_hash is not None and recomputed_hash != stored_hash:
        return Verdict.ALTERED
    # What is asked may be the printed 16 digits or, from a PDF, the whole hash.
    digits = max(SHORT_HASH, len(asked_hash or ""))
    if asked_hash and asked_hash.lower() != stored_hash[:digits]:
        return Verdict.ALTERED
    if revoked_on is not None and revoked_on <= today:
        return Verdict.REVOKED
    if valid_until is not None and valid_until < today:
        return Verdict.EXPIRED
    return Verdict.VALID


def masked_name(full_name: str) -> str:
    """Return a name of which each word shows its first letter, with a fixed number of dots.

    "Dr. Ratri Sekar, M.Si." gives "R··· S···": titles go, and the dots tell no length.
    """
    bare = full_name.split(",", maxsplit=1)[0]
    words = [word for word in bare.split() if not word.endswith(".") and word[:1].isalpha()]
    return " ".join(f"{word[0].upper()}{MASK}" for word in words) or MASK
