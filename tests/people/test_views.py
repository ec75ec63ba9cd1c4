from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from flask import Blueprint

from lms.kernel.actor import Permission
from lms.people.models import AccessLog
from lms.platform.db import db
from lms.platform.web.edge import requires
from tests import factories as make
from tests.conftest import counted_statements

NIP = "199001152015032007"


@pytest.fixture(scope="module")
def app(app):
    """The person's page is composed elsewhere; where it is not there yet, its address is enough."""
    if "persons.person" not in app.view_functions:
        stand_in = Blueprint("persons", __name__)

        @stand_in.get("/pegawai/<int:person_id>")
        @requires(Permission.PERSON_VIEW)
        def person(person_id):
            return str(person_id)

        app.register_blueprint(stand_in)
    return app


@pytest.fixture
def city(client):
    make.reference()
    root = make.unit("TIRTAMULYA", "Pemerintah Kota", kind="pemda", group="")
    first = make.unit("DISDUKCAPIL", "Dinas Dukcapil", parent_id=root)
    bidang = make.unit("DISDUKCAPIL-02", "Bidang Pelayanan", "bidang", first, "")
    second = make.unit("DISKOMINFO", "Dinas Kominfo", parent_id=root)
    accounts = {
        name: make.account(name)
        for name in ("bkpsdm", "kepala", "atasan", "adminopd", "asn", "pimpinan", "asesor", "admin")
    }
    make.role(accounts["bkpsdm"], "bkpsdm")
    make.role(accounts["adminopd"], "admin-opd", first)
    for name in ("pimpinan", "asesor", "admin"):
        make.role(accounts[name], name)
    ids = {
        "kepala": make.person("Bagaskara Lelana", second, account_id=accounts["kepala"]),
        "atasan": make.person("Jaka Tirtanata", bidang, account_id=accounts["atasan"]),
        "asn": make.person("Ratri Sekarwangi", bidang, NIP, account_id=accounts["asn"]),
        "dinas": make.person("Kemala Wanadri", first),
    }
    make.head(second, ids["kepala"])
    make.head(bidang, ids["atasan"])
    db.session.commit()
    return {"accounts": accounts, "persons": ids}


def text_of(answer):
    return answer.get_data(as_text=True)


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(
    ("account", "seen", "unseen"),
    [
        ("bkpsdm", ["Ratri", "Bagaskara", "Kemala"], []),
        ("kepala", ["Bagaskara"], ["Ratri", "Jaka", "Kemala"]),
        ("atasan", ["Ratri", "Jaka"], ["Kemala"]),
        ("adminopd", ["Ratri", "Jaka", "Kemala"], []),
    ],
)
def test_each_role_sees_its_own_part(city, sign_in, account, seen, unseen):
    answer = sign_in(account).get("/pegawai")
    assert answer.status_code == 200
    table = text_of(answer).split("<tbody>")[1]
    assert all(name in table for name in seen)
    assert not any(name in table for name in unseen)
    assert NIP not in text_of(answer)


@pytest.mark.parametrize("account", ["asn", "pimpinan", "asesor", "admin"])
@pytest.mark.parametrize("path", ["/pegawai", "/pegawai.csv?tujuan=audit", "/pegawai.xlsx"])
def test_other_roles_find_nothing(city, sign_in, account, path):
    assert sign_in(account).get(path).status_code == 404


def test_somebody_signed_out_is_sent_to_sign_in(city, client):
    answer = client.get("/pegawai?q=ratri")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/masuk?lanjut=/pegawai")


def test_each_row_leads_to_the_person_and_masks_the_number(city, sign_in):
    answer = text_of(sign_in("bkpsdm").get("/pegawai?q=ratri"))
    assert f'href="/pegawai/{city["persons"]["asn"]}"' in answer
    assert "··· 007" in answer
    assert "Bidang Pelayanan" in answer


def test_nothing_found_says_what_to_try(city, sign_in):
    answer = text_of(sign_in("bkpsdm").get("/pegawai?q=<b>tidak"))
    assert "Tidak ada pegawai yang cocok dengan" in answer
    assert "&lt;b&gt;tidak" in answer
    assert "tiga angka terakhir NIP" in answer
    assert "Hapus saringan" in answer
    other = text_of(sign_in("bkpsdm").get("/pegawai?opd=DISKOMINFO&status=keluar"))
    assert "Tidak ada pegawai pada saringan ini" in other


def test_what_was_chosen_stays_chosen(city, sign_in):
    answer = text_of(sign_in("bkpsdm").get("/pegawai?opd=disdukcapil&unit=DISDUKCAPIL-02&q=Jaka"))
    assert '<option value="DISDUKCAPIL" selected>' in answer
    assert '<option value="DISDUKCAPIL-02" selected>' in answer
    assert 'value="Jaka"' in answer


@pytest.mark.parametrize(
    "query",
    [
        "halaman=x",
        "halaman=99999",
        "status=aneh",
        "_external=1&endpoint=x&_scheme=y",
        "q=%00",
        "q=%27",
    ],
)
def test_odd_addresses_do_no_harm(city, sign_in, query):
    assert sign_in("bkpsdm").get(f"/pegawai?{query}").status_code == 200
    assert sign_in("bkpsdm").get(f"/pegawai.csv?{query}").status_code == 422


def test_looking_at_a_list_is_logged_with_its_filter(city, sign_in):
    sign_in("bkpsdm").get(f"/pegawai?opd=disdukcapil&q={NIP}")
    row = db.session.execute(
        sa.select(AccessLog.account_id, AccessLog.person_id, AccessLog.filter, AccessLog.rows)
    ).one()
    assert tuple(row) == (city["accounts"]["bkpsdm"], None, "opd=DISDUKCAPIL q=···007", 1)


def test_a_list_page_asks_few_statements(city, sign_in):
    visitor = sign_in("bkpsdm")
    visitor.get("/pegawai")
    with counted_statements() as seen:
        visitor.get("/pegawai")
    # sign-in, person and roles, tree, count, rows, access log, unread notices
    assert len(seen) <= 7


# --- exports


@pytest.mark.parametrize("query", ["", "?tujuan=", "?tujuan=iseng", "?opd=DISDUKCAPIL"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_asks_for_its_purpose(city, sign_in, kind, query):
    answer = sign_in("bkpsdm").get(f"/pegawai.{kind}{query}")
    assert answer.status_code == 422
    assert 'name="tujuan"' in text_of(answer)
    assert ("Pilih satu keperluan" in text_of(answer)) == ("tujuan" in query)
    assert ('name="opd" value="DISDUKCAPIL"' in text_of(answer)) == ("opd" in query)
    assert db.session.execute(sa.select(AccessLog.id)).first() is None


def test_an_export_has_the_promised_columns_and_masks_numbers(city, sign_in):
    answer = sign_in("bkpsdm").get("/pegawai.csv?tujuan=audit&q=ratri")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="titian-pegawai-')
    header, row = rows_of(answer)
    assert header[:5] == ["id", "nip", "nama", "kode_opd", "kode_unit"]
    assert row[:5] == [
        str(city["persons"]["asn"]),
        "··· 007",
        "Ratri Sekarwangi",
        "DISDUKCAPIL",
        "DISDUKCAPIL-02",
    ]


def test_full_numbers_are_for_those_who_may(city, sign_in):
    [_, row] = rows_of(sign_in("bkpsdm").get("/pegawai.csv?tujuan=audit&nip=penuh&q=ratri"))
    assert row[1] == NIP
    [_, row] = rows_of(sign_in("adminopd").get("/pegawai.csv?tujuan=audit&nip=penuh&q=ratri"))
    assert row[1] == "··· 007"
    assert 'name="nip"' in text_of(sign_in("bkpsdm").get("/pegawai.csv"))
    assert 'name="nip"' not in text_of(sign_in("adminopd").get("/pegawai.csv"))


def test_an_export_keeps_to_the_scope(city, sign_in):
    rows = rows_of(sign_in("kepala").get("/pegawai.csv?tujuan=penilaian&opd=DISDUKCAPIL"))
    assert len(rows) == 1
    rows = rows_of(sign_in("kepala").get("/pegawai.csv?tujuan=penilaian"))
    assert [row[2] for row in rows[1:]] == ["Bagaskara Lelana"]


def test_every_exported_person_can_see_it(city, sign_in):
    sign_in("adminopd").get("/pegawai.csv?tujuan=penugasan&unit=DISDUKCAPIL-02")
    rows = db.session.execute(
        sa.select(AccessLog.person_id, AccessLog.purpose, AccessLog.rows).order_by(AccessLog.id)
    ).all()
    persons = city["persons"]
    assert {tuple(row) for row in rows} == {
        (None, "penugasan", 2),
        (persons["atasan"], "penugasan", 1),
        (persons["asn"], "penugasan", 1),
    }


def test_the_same_list_comes_as_xlsx(city, sign_in):
    answer = sign_in("bkpsdm").get("/pegawai.xlsx?tujuan=audit")
    assert answer.status_code == 200
    assert answer.get_data()[:2] == b"PK"
    assert sign_in("bkpsdm").get("/pegawai.pdf?tujuan=audit").status_code == 404
