"""Signing in, errors and the system pages, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lms.people.models import RoleGrant
from lms.platform.db import db
from tests import factories
from tests.conftest import NOW, PASSWORD


@pytest.fixture
def admin(database):
    account_id = factories.account("admin", "Admin Sistem")
    db.session.add(
        RoleGrant(
            account_id=account_id, role="admin", unit_id=None, starts_on=NOW.date(), reason="uji",
            recorded_at=NOW,
        )
    )  # fmt: skip
    db.session.commit()
    return account_id


def test_a_visitor_is_sent_to_sign_in_and_back(client, admin):
    answer = client.get("/sistem/pekerjaan")
    assert answer.status_code == 303
    assert answer.location.endswith("/masuk?lanjut=/sistem/pekerjaan")
    page = client.get(answer.location).get_data(as_text=True)
    assert 'name="lanjut" value="/sistem/pekerjaan"' in page
    answer = client.post(
        "/masuk", data={"username": "admin", "password": PASSWORD, "lanjut": "/sistem/pekerjaan"}
    )
    assert answer.location == "/sistem/pekerjaan"
    assert client.get("/sistem/pekerjaan").status_code == 200


def test_a_foreign_address_is_not_a_way_back(client, admin):
    answer = client.post(
        "/masuk",
        data={"username": "admin", "password": PASSWORD, "lanjut": "//penipu.contoh/beranda"},
    )
    assert answer.location == "/beranda"


def test_a_wrong_password_keeps_the_name_and_says_what_to_do(client, admin):
    answer = client.post("/masuk", data={"username": "admin", "password": "salah"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="admin"' in page
    assert "Sisa 4 percobaan" in page


def test_failures_slow_down_the_pair_but_lock_nobody_out(client, admin, frozen):
    for _ in range(6):
        client.post("/masuk", data={"username": "admin", "password": "salah"})
    waiting = client.post("/masuk", data={"username": "admin", "password": PASSWORD})
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) >= 1
    elsewhere = client.post(
        "/masuk",
        data={"username": "admin", "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert elsewhere.status_code == 303
    frozen(NOW + timedelta(minutes=1))
    assert (
        client.post("/masuk", data={"username": "admin", "password": PASSWORD}).status_code == 303
    )


def test_an_unknown_account_reads_like_a_wrong_password(client, admin):
    wrong = client.post("/masuk", data={"username": "admin", "password": "salah"})
    unknown = client.post("/masuk", data={"username": "tiada", "password": "salah"})
    assert wrong.status_code == unknown.status_code == 422
    assert bare_page(wrong, "admin") == bare_page(unknown, "tiada")


def bare_page(answer, name):
    """The page without what differs in any two requests: the token and the typed name."""
    text = answer.get_data(as_text=True).replace(f'value="{name}"', "")
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def test_signing_out_everywhere_ends_every_device(client, admin, sign_in, app):
    sign_in("admin")
    other = app.test_client()
    other.post("/masuk", data={"username": "admin", "password": PASSWORD})
    assert other.get("/beranda").status_code == 200
    client.post("/profil/keluar-semua")
    assert other.get("/beranda").status_code == 303
    assert client.get("/beranda").status_code == 303


def test_idle_sign_ins_end(client, admin, sign_in, frozen):
    sign_in("admin")
    frozen(NOW + timedelta(minutes=59))
    assert client.get("/beranda").status_code == 200
    frozen(NOW + timedelta(minutes=59 + 61))
    assert client.get("/beranda").status_code == 303


def test_a_password_change_ends_all_sign_ins(client, admin, sign_in):
    sign_in("admin")
    weak = client.post("/profil/sandi", data={"present": PASSWORD, "new": "pendek"})
    assert weak.status_code == 422
    assert "sedikitnya 15 karakter" in weak.get_data(as_text=True)
    new = "kapal layar di teluk"
    assert client.post("/profil/sandi", data={"present": PASSWORD, "new": new}).status_code == 303
    assert client.get("/beranda").status_code == 303
    assert client.post("/masuk", data={"username": "admin", "password": new}).status_code == 303


def test_what_was_typed_survives_a_wrong_csrf_token(app, client, admin, sign_in):
    sign_in("admin")
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(
        "/profil", data={"email": "nama@contoh.go.id", "csrf_token": "lama", "password": "rahasia"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "nama@contoh.go.id" in page
    assert "rahasia" not in page


def test_what_was_typed_survives_the_end_of_the_sign_in(client, admin, sign_in, frozen):
    sign_in("admin")
    frozen(NOW + timedelta(hours=3))
    answer = client.post("/profil", data={"email": "baru@contoh.go.id", "language": "id"})
    assert answer.status_code == 401
    draft = re.search(r'name="draf" value="([^"]+)"', answer.get_data(as_text=True)).group(1)
    page = client.post(
        "/masuk", data={"username": "admin", "password": PASSWORD, "draf": draft}
    ).get_data(as_text=True)
    assert "baru@contoh.go.id" in page


def test_unknown_pages_and_those_of_other_roles_read_alike(client, admin, sign_in):
    factories.account("biasa", "Biasa Saja")
    db.session.commit()
    sign_in("biasa")
    absent, forbidden = client.get("/tidak-ada"), client.get("/sistem/audit")
    assert absent.status_code == forbidden.status_code == 404
    assert "Nomor rujukan" in absent.get_data(as_text=True)


def test_headers_forbid_foreign_and_inline_code(client, admin):
    headers = client.get("/masuk").headers
    assert "object-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/sistem/pekerjaan", "/sistem/pesan", "/sistem/audit"])
def test_system_pages_open_and_export(client, admin, sign_in, path):
    sign_in("admin")
    assert client.get(path).status_code == 200
    assert client.get(f"{path}.csv").data.startswith(b"\xef\xbb\xbf")
    assert client.get(f"{path}.xlsx").data.startswith(b"PK")


def test_a_job_can_be_asked_for_on_screen(client, admin, sign_in):
    sign_in("admin")
    assert client.post("/sistem/pekerjaan/platform.seal-audit/jalankan").status_code == 303
    assert "diminta" in client.get("/sistem/pekerjaan").get_data(as_text=True)
    assert client.post("/sistem/pekerjaan/tiada/jalankan").status_code == 404


def test_language_can_be_switched_and_stays(client, admin, sign_in):
    sign_in("admin")
    client.get("/bahasa?ke=en&lanjut=/profil")
    assert 'lang="en"' in client.get("/profil").get_data(as_text=True)


def test_health_pages(client, database):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 404
