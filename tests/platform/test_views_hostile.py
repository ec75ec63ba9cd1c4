"""Requests that no page of ours makes: each gets a plain answer, never a 500."""

from __future__ import annotations

import pytest

from lms.platform.db import db
from tests import factories
from tests.conftest import PASSWORD

HUGE = "9" * 30
"""More than any database keeps as a whole number."""


@pytest.fixture
def hand(database, client, sign_in):
    """A client signed in as somebody who may open nearly every page and is on the staff list."""
    factories.framework()
    account_id = factories.account("tester", "Tes Ter")
    factories.exam_taker(account_id=account_id)
    factories.loaded_exam()
    for code in ("bkpsdm", "admin", "auditor"):
        factories.role(account_id, code)
    db.session.commit()
    sign_in("tester")
    client.post("/ujian/CTH-101")
    return client


@pytest.mark.parametrize(
    "path",
    [
        f"/pegawai/{HUGE}",
        f"/penugasan/pesan/{HUGE}",
        f"/ujian/CTH-101/soal/{HUGE}",
        f"/kursus/CTH-101/{HUGE}",
    ],
)
def test_a_number_too_large_for_any_row_names_nothing(hand, path):
    assert hand.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/ujian/CTH-101/soal/{HUGE}",
        f"/sistem/pesan/{HUGE}/kirim-ulang",
        f"/profil/gawai/{HUGE}/keluar",
        f"/penugasan/pesan/{HUGE}/bebaskan",
    ],
)
def test_posting_to_a_number_too_large_names_nothing(hand, path):
    assert hand.post(path, data={"jawaban": "x", "reason": "uji"}).status_code == 404


@pytest.mark.parametrize("page", ["²", "٣", "9" * 5000, "-1", "x"])
@pytest.mark.parametrize("path", ["/pegawai?halaman=", "/katalog?halaman=", "/rekam-belajar?tahun="])
def test_page_and_year_are_numbers_or_left_out(hand, path, page):
    assert hand.get(path + page).status_code == 200


@pytest.mark.parametrize("as_of", ["0001-01-01", "0001-12-31", "9999-12-31"])
def test_reports_of_days_that_no_calendar_reaches(hand, as_of):
    for path in ("/kesiapan", "/kesiapan.csv"):
        assert hand.get(f"{path}?as_of={as_of}").status_code in (200, 422)


@pytest.mark.parametrize(
    "known_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+00:00"]
)
def test_moments_that_no_calendar_reaches(hand, known_at):
    answer = hand.get("/kesiapan", query_string={"known_at": known_at})
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize(
    "path",
    [
        "/penugasan?q=a%00b&status=mulai",
        "/katalog?q=a%00b",
        "/sistem/audit?objek=a%00b",
        "/ujian/%00",
        "/kursus/%00",
        "/periksa/%00",
        "/periksa?nomor=%00&terbit=2026-01-01",
        "/masuk?lanjut=%00",
    ],
)
def test_nul_is_refused_before_the_database_meets_it(hand, path):
    assert hand.get(path).status_code == 400


def test_nul_in_a_form_is_refused(client, database):
    answer = client.post("/masuk", data={"username": "rat\x00ri", "password": PASSWORD})
    assert answer.status_code == 400


def test_a_taken_address_is_said_beside_its_field(hand):
    factories.account("lain", "Lain", email="lain@contoh.go.id")
    db.session.commit()
    answer = hand.post(
        "/profil", data={"email": "lain@contoh.go.id", "language": "id", "text_size": "biasa"}
    )
    assert answer.status_code == 422
    assert "sudah dipakai akun lain" in answer.get_data(as_text=True)
