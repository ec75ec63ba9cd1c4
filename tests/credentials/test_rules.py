"""Codes, numbers, hashes and verdicts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.credentials.rules import (
    ALPHABET,
    Face,
    Verdict,
    code_from,
    grouped,
    masked_name,
    normal_code,
    number_from,
    verdict_of,
)

FACE = Face(
    code="ABCDEFGHJKLMNPQR",
    number="893.3/0001/BKPSDM/2026",
    name="Ratri Sekar, S.AP.",
    course="AMN-101",
    title="Aman Digital",
    version=1,
    evidence=(("keamanan", 2), ("aman", 2)),
    issued_on=date(2026, 11, 21),
    valid_until=date(2027, 11, 21),
    issuer="BKPSDM Kota Contoh",
)


@given(st.binary(min_size=16, max_size=16))
def test_codes_have_16_letters_that_nobody_confuses(values):
    code = code_from(values)
    assert len(code) == 16
    assert set(code) <= set(ALPHABET)
    assert not set("0O1I") & set(code)


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_found_however_it_is_typed(values):
    code = code_from(values)
    assert normal_code(f" {grouped(code).lower()} ") == code
    assert normal_code(grouped(code).replace("-", " – ")) == code


def test_a_code_needs_16_bytes():
    with pytest.raises(ValueError, match="16"):
        code_from(b"short")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("893.3/{nomor:04d}/BKPSDM/{tahun}", "893.3/0007/BKPSDM/2026"),
        ("{nomor}/{romawi}/{tahun}", "7/XI/2026"),
        ("{nomor:03d}-{bulan}", "007-11"),
    ],
)
def test_running_numbers_follow_their_pattern(pattern, expected):
    assert number_from(pattern, number=7, issued_on=date(2026, 11, 21)) == expected


@pytest.mark.parametrize("pattern", ["893/{tahun}", "{nomor}/{apa}"])
def test_a_pattern_that_cannot_number_is_refused(pattern):
    with pytest.raises(ValueError, match=r"nomor|unknown"):
        number_from(pattern, number=7, issued_on=date(2026, 11, 21))


def test_canonical_json_is_stable_and_sorted():
    assert FACE.canonical() == (
        b'{"berlaku_sampai":"2027-11-21","bukti":[{"kompetensi":"aman","tingkat":2},'
        b'{"kompetensi":"keamanan","tingkat":2}],"judul":"Aman Digital","kode":"ABCDEFGHJKLMNPQR",'
        b'"kursus":"AMN-101","nama":"Ratri Sekar, S.AP.","nomor":"893.3/0001/BKPSDM/2026",'
        b'"penerbit":"BKPSDM Kota Contoh","terbit":"2026-11-21","versi":1}'
    )


HASH = FACE.sha256()
GOOD = {
    "stored_hash": HASH,
    "recomputed_hash": HASH,
    "asked_hash": HASH[:16],
    "revoked_on": None,
    "valid_until": date(2027, 11, 21),
    "today": date(2026, 11, 21),
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Verdict.VALID),
        ({"asked_hash": None}, Verdict.VALID),
        ({"asked_hash": ""}, Verdict.VALID),
        ({"asked_hash": HASH[:16].upper()}, Verdict.VALID),
        ({"stored_hash": None}, Verdict.UNKNOWN),
        ({"asked_hash": "0" * 16}, Verdict.ALTERED),
        ({"recomputed_hash": "f" * 64}, Verdict.ALTERED),
        ({"recomputed_hash": None}, Verdict.VALID),
        ({"recomputed_hash": None, "asked_hash": "0" * 16}, Verdict.ALTERED),
        ({"revoked_on": date(2026, 11, 21)}, Verdict.REVOKED),
        ({"revoked_on": date(2026, 11, 22)}, Verdict.VALID),
        ({"today": date(2027, 11, 21)}, Verdict.VALID),
        ({"today": date(2027, 11, 22)}, Verdict.EXPIRED),
        ({"valid_until": None, "today": date(2099, 1, 1)}, Verdict.VALID),
        ({"asked_hash": "0" * 16, "revoked_on": date(2026, 1, 1)}, Verdict.ALTERED),
        ({"revoked_on": date(2026, 1, 1), "today": date(2028, 1, 1)}, Verdict.REVOKED),
    ],
)
def test_verdicts_come_in_their_order(change, expected):
    assert verdict_of(**GOOD | change) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ratri Sekar, S.AP.", "R··· S···"),
        ("Dr. Bayu Segara Wening, M.Si.", "B··· S··· W···"),
        ("Al", "A···"),
        ("", "···"),
    ],
)
def test_masked_names_tell_no_length_and_no_title(name, expected):
    assert masked_name(name) == expected
