"""The certificate as a PDF, made on request with typst: face, QR, and the table on the reverse.

JP is printed from the ledger and only when final; it is no part of what the hash covers. The
canonical JSON is embedded, so that an uploaded file can be compared.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import rfc8785
import segno
import typst
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from lms.credentials.queries import CertificateView
from lms.credentials.rules import grouped

_FOLDER: Final = Path(__file__).parent
_FONTS: Final = _FOLDER / "fonts"
_TEMPLATE: Final = _FOLDER / "certificate.typ"
_ATTACHMENT: Final = "sertifikat.json"
_UNREADABLE: Final = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)
"""What the reader is known to raise on bytes that only look like a PDF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the PDF shows beside the certificate's own face; all words are finished."""

    agency: str
    heading: str
    given_to: str
    post_lines: tuple[str, ...]
    """NIP, rank, post, unit: as the person's file says today."""
    statement: str
    evidence_lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    """(term, value): number, dates, attempt."""
    place_and_date: str
    signer: str
    unsigned_note: str
    verify_note: str
    reverse_heading: str
    lesson_header: tuple[str, str, str]
    lessons: tuple[tuple[str, str, str], ...]
    """(number, title, minutes)."""
    totals: tuple[tuple[str, str], ...]
    """(term, value) under the table: minutes, JP."""
    simulation_note: str


def verification_url(base_url: str, certificate: CertificateView) -> str:
    """Return the address that QR and paper carry."""
    return f"{base_url}/periksa/{grouped(certificate.face.code)}?h={certificate.sha256[:16]}"


@dataclass(frozen=True, slots=True)
class Inside:
    """What an uploaded PDF says of itself: its check code and the hash of its data."""

    code: str
    sha256: str


def embedded_json(data: bytes) -> Inside | None:
    """Return what is embedded in a PDF that Titian made, or None for any other file.

    The file comes from a stranger: whatever cannot be read is simply not one of ours.
    """
    try:
        attached = PdfReader(io.BytesIO(data), strict=False).attachments.get(_ATTACHMENT)
        content = json.loads(attached[0]) if attached else None
        if not isinstance(content, dict) or not isinstance(content.get("kode"), str):
            return None
        # Numbers too large and lone surrogates have no canonical form: a ValueError as well.
        digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    except _UNREADABLE:
        return None
    return Inside(code=content["kode"], sha256=digest)


def certificate_pdf(certificate: CertificateView, sheet: Sheet, *, base_url: str) -> bytes:
    """Return the PDF bytes; the same input gives the same page."""
    url = verification_url(base_url, certificate)
    qr = io.BytesIO()
    segno.make(url, error="m").save(qr, kind="svg", border=0, dark="#101d38")
    data: dict[str, Any] = {
        "name": certificate.face.name,
        "title": certificate.face.title,
        "code": grouped(certificate.face.code),
        "sha256": certificate.sha256,
        "url": url,
        "agency": sheet.agency,
        "heading": sheet.heading,
        "given_to": sheet.given_to,
        "post_lines": sheet.post_lines,
        "statement": sheet.statement,
        "evidence_lines": sheet.evidence_lines,
        "facts": sheet.facts,
        "place_and_date": sheet.place_and_date,
        "signer": sheet.signer,
        "unsigned_note": sheet.unsigned_note,
        "verify_note": sheet.verify_note,
        "reverse_heading": sheet.reverse_heading,
        "lesson_header": sheet.lesson_header,
        "lessons": sheet.lessons,
        "totals": sheet.totals,
        "simulation_note": sheet.simulation_note,
        "canonical": certificate.face.canonical().decode(),
        "qr": qr.getvalue().decode(),
    }
    out = typst.compile(
        str(_TEMPLATE),
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    if not isinstance(out, bytes):
        raise TypeError("typst gave no single document")
    return out
