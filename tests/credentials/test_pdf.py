"""Uploaded PDFs come from strangers: what cannot be read is not one of ours."""

from __future__ import annotations

import io
import random

import pytest
from pypdf import PdfWriter

from lms.credentials.pdf import embedded_json


def pdf_with(payload):
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("sertifikat.json", payload)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_embedded_data_are_read():
    assert embedded_json(pdf_with(b'{"kode":"ABCD"}')).code == "ABCD"


@pytest.mark.parametrize(
    "payload",
    [
        b'{"kode":"A","x":1e999}',
        b'{"kode":"A","x":99999999999999999999}',
        b'{"kode":"\\ud800"}',
        b"[" * 100_000,
        b'{"kode":1}',
        b"tidak",
    ],
)
def test_data_without_canonical_form_are_not_ours(payload):
    assert embedded_json(pdf_with(payload)) is None


def test_damaged_files_are_refused_quietly():
    """188 of 4,000 such files made the reader fail with something else than its own errors."""
    sound = pdf_with(b'{"kode":"ABCD"}')
    dice = random.Random(1)
    for _ in range(400):
        damaged = bytearray(sound)
        for _ in range(dice.randint(1, 12)):
            damaged[dice.randrange(len(damaged))] = dice.choice(b"0123456789<>[]/() R\x00\xff")
        embedded_json(bytes(damaged))
