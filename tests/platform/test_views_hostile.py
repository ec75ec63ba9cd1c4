"""Requests that no page of ours makes: each gets a plain answer, never a 500."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.platform.access import queries as access_queries
from lms.platform.access import services as access
from lms.platform.db import db
from lms.platform.models import AuditRow
from tests import factories
from tests.conftest import NOW

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
@pytest.mark.parametrize(
    "path", ["/pegawai?halaman=", "/katalog?halaman=", "/rekam-belajar?tahun="]
)
def test_page_and_year_are_numbers_or_left_out(hand, path, page):
    assert hand.get(path + page).status_code == 200


@pytest.mark.parametrize("as_of", ["0001-01-01", "0001-12-31", "9999-12-31"])
def test_reports_of_days_that_no_calendar_reaches(hand, as_of):
    factories.office("DISKOMINFO")
    db.session.commit()
    for path in ("/kesiapan", "/kesiapan.csv", "/kesiapan/DISKOMINFO"):
        assert hand.get(f"{path}?as_of={as_of}").status_code in (404, 422)


@pytest.mark.parametrize("known_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_moments_that_no_calendar_reaches(hand, known_at):
    answer = hand.get("/kesiapan", query_string={"known_at": known_at})
    assert answer.status_code == 422


def test_a_taken_address_is_said_beside_its_field(hand):
    factories.account("lain", "Lain", email="lain@contoh.go.id")
    db.session.commit()
    answer = hand.post(
        "/profil", data={"email": "lain@contoh.go.id", "language": "id", "text_size": "biasa"}
    )
    assert answer.status_code == 422
    assert "sudah dipakai akun lain" in answer.get_data(as_text=True)


def test_a_new_mail_address_is_audited_without_the_address(hand):
    hand.post("/profil", data={"email": "tes@contoh.go.id", "language": "id", "text_size": "biasa"})
    hand.post("/profil", data={"email": "tes@contoh.go.id", "language": "en", "text_size": "biasa"})
    rows = db.session.scalars(
        select(AuditRow).where(AuditRow.action == "account.email-changed")
    ).all()
    assert [row.facts for row in rows] == [{}]


def test_signing_out_a_device_is_audited(hand):
    account_id = access_queries.find_credentials("tester").account_id
    device = access_queries.list_devices(account_id, now=NOW)[0]
    hand.post(f"/profil/gawai/{device.id}/keluar")
    row = db.session.scalars(
        select(AuditRow).where(AuditRow.action == "account.device-signed-out")
    ).one()
    assert row.facts == {"signin_id": device.id}


def test_a_busy_database_at_the_last_seen_note_does_not_turn_success_into_an_error(
    hand, frozen, monkeypatch
):
    def busy(*_args, **_kwargs):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    frozen(NOW + timedelta(minutes=6))
    monkeypatch.setattr(access, "touch", busy)
    answer = hand.post("/profil", data={"email": "", "language": "en", "text_size": "biasa"})
    assert answer.status_code == 303
    monkeypatch.undo()
    assert '<html lang="en"' in hand.get("/profil").get_data(as_text=True)


FOREIGN = {"Sec-Fetch-Site": "cross-site"}


def test_a_page_elsewhere_cannot_switch_the_language(hand):
    answer = hand.get("/bahasa?ke=en&lanjut=/profil", headers=FOREIGN)
    assert answer.location == "/profil"
    assert '<html lang="id"' in hand.get("/profil").get_data(as_text=True)


def test_a_form_of_another_site_is_not_laid_ready_to_be_sent(app, client, database):
    planted = {"reason": "dititipkan orang lain"}
    page = client.post("/penugasan/pesan/1/bebaskan", data=planted, headers=FOREIGN)
    assert page.status_code == 401
    assert 'name="draf" value=""' in page.get_data(as_text=True)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/masuk", data=planted, headers=FOREIGN)
    assert answer.status_code == 400
    assert "dititipkan" not in answer.get_data(as_text=True)
