"""Delays, passwords, quiet hours, words and exports: tables of cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from config import SettingsError, read_settings
from lms.platform.access.rules import (
    ADDRESS_CAP,
    FREE_TRIES,
    LONGEST_DELAY,
    cut_address,
    device_name,
    may_try,
    normal_identifier,
    password_problem,
)
from lms.platform.export import cell_text, csv_bytes, neutralised, xlsx_bytes
from lms.platform.outbox.rules import MAX_ATTEMPTS, after_quiet_hours, next_try
from lms.platform.paging import Page, page_number

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds_ago", "allowed"),
    [
        (0, 0, True),
        (FREE_TRIES - 1, 0, True),
        (FREE_TRIES, 4, False),
        (FREE_TRIES, 5, True),
        (FREE_TRIES + 1, 9, False),
        (FREE_TRIES + 1, 10, True),
        (FREE_TRIES + 40, LONGEST_DELAY.total_seconds() - 1, False),
        (FREE_TRIES + 40, LONGEST_DELAY.total_seconds(), True),
    ],
)
def test_the_delay_grows_and_ends(failures, seconds_ago, allowed):
    last = NOW - timedelta(seconds=seconds_ago) if failures else None
    verdict = may_try(
        pair_failures=failures, last_failure_at=last, address_failures=failures, now=NOW
    )
    assert verdict.allowed is allowed


def test_one_address_has_a_high_cap():
    verdict = may_try(pair_failures=0, last_failure_at=NOW, address_failures=ADDRESS_CAP, now=NOW)
    assert not verdict.allowed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" ASN ", "asn"),
        ("19900101 201501 2 001", "199001012015012001"),
        ("Ratri@Contoh.go.id", "ratri@contoh.go.id"),
        ("12 34", "12 34"),
    ],
)
def test_identifiers_are_compared_without_spaces_and_case(typed, expected):
    assert normal_identifier(typed) == expected


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("pendek", "pendek"),
        ("x" * 201, "panjang"),
        ("aaaaaaaaaaaaaaaaaaaa", "mudah"),
        ("ratrisekarwangi", "mudah"),
        ("empat kata yang panjang", ""),
        ("tanpaangkatanpatandabaca", ""),
    ],
)
def test_length_counts_and_composition_does_not(password, problem):
    found = password_problem(password, minimum_length=15, account_words=("ratrisekarwangi",))
    assert found == problem


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 13) Chrome/120", "Chrome di Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/121", "Firefox di Windows"),
        ("", "Peramban lain"),
    ],
)
def test_devices_are_named_in_words(agent, name):
    assert device_name(agent) == name


@pytest.mark.parametrize(
    ("address", "cut"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8::7", "2001:db8::/48"), ("-", "-/0")],
)
def test_addresses_are_cut_to_their_network(address, cut):
    assert cut_address(address) == cut


@pytest.mark.parametrize(
    ("hour", "start", "end", "expected"),
    [
        (21, 20, 6, 30),
        (20, 20, 6, 30),
        (5, 20, 6, 6),
        (6, 20, 6, 6),
        (19, 20, 6, 19),
        (3, 0, 0, 3),
        (13, 12, 14, 14),
    ],
)
def test_quiet_hours_end_in_the_morning(hour, start, end, expected):
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    moved = after_quiet_hours(
        midnight + timedelta(hours=hour), quiet_from_hour=start, quiet_until_hour=end
    )
    assert moved == midnight + timedelta(hours=expected)


def test_retries_double_and_end():
    waits = [next_try(attempts=n, now=NOW) for n in range(1, MAX_ATTEMPTS + 1)]
    assert waits[0] == NOW + timedelta(minutes=1)
    assert waits[3] == NOW + timedelta(minutes=8)
    assert waits[-1] is None


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@x", "\tx"])
def test_cells_that_look_like_formulas_are_neutralised(text):
    assert neutralised(text) == f"'{text}"


def test_csv_is_what_an_indonesian_spreadsheet_reads():
    data = csv_bytes(("a", "b"), [(Fraction(1, 3), "=x"), (None, date(2026, 1, 2))])
    assert data == b"\xef\xbb\xbfa;b\r\n0,333333;'=x\r\n;2026-01-02\r\n"
    standard = csv_bytes(("a",), [(Fraction(1, 3),)], standard=True)
    assert standard == b"\xef\xbb\xbfa\r\n0.333333\r\n"


def test_numbers_stay_numbers():
    assert cell_text(True, decimal_comma=True) == "ya"  # a cell
    assert cell_text(1.5, decimal_comma=True) == "1,5"
    assert xlsx_bytes(("a",), [(1,), ("=x",)], sheet="uji").startswith(b"PK")


@pytest.mark.parametrize(
    ("text", "number"), [(None, 1), ("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("100000", 1)]
)
def test_a_page_number_is_always_a_page(text, number):
    assert page_number(text) == number


def test_pages_know_their_rows():
    page = Page(rows=[1], number=2, total=51)
    assert (page.pages, page.first, page.last) == (2, 51, 51)
    assert (Page([], 1, 0).pages, Page([], 1, 0).first) == (1, 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"LMS_TIPO": "1"}, "tidak dikenal"),
        ({"LMS_ENV": "uji"}, "LMS_ENV"),
        ({"LMS_ENV": "production"}, "LMS_SECRET_KEY"),
        ({"LMS_ENV": "production", "LMS_SECRET_KEY": "pendek"}, "terlalu pendek"),
        ({"LMS_MAIL_URL": "ftp://contoh"}, "LMS_MAIL_URL"),
        ({"LMS_ENV": "production", "LMS_DEMO": "1"}, "LMS_DEMO"),
        ({"LMS_ENV": "production", "LMS_TEST_CLOCK_OFFSET": "5"}, "CLOCK"),
        ({"LMS_TEST_CLOCK_OFFSET": "-5"}, "bilangan bulat"),
        ({"LMS_TIMEZONE": "Asia/Tokyo"}, "LMS_TIMEZONE"),
        ({"LMS_TRUSTED_PROXIES": "ya"}, "PROXIES"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_at_start(tmp_path, changes, words):
    with pytest.raises(SettingsError, match=words):
        read_settings({"LMS_DATA_DIR": str(tmp_path), **changes})


def test_the_secret_key_is_made_once_and_kept(tmp_path):
    first = read_settings({"LMS_DATA_DIR": str(tmp_path)}).secret_key
    assert read_settings({"LMS_DATA_DIR": str(tmp_path)}).secret_key == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
