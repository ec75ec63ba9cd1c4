from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.development import jobs, services
from lms.development.models import JpEntry, Obligation, ObligationRule, Reminder
from lms.people.models import AccessLog
from lms.platform import clock
from lms.platform.db import db
from lms.platform.models import Notice
from tests import factories as make
from tests.conftest import NOW
from tests.development.conftest import COURSE, RULE, TODAY, add_rule, build_city

LATE = NOW + timedelta(days=15)


@pytest.fixture
def city(client, tmp_path):
    """The city of conftest with duties: asn began, asn2 passed."""
    city = build_city(tmp_path)
    add_rule(city)
    services.assign_due(today=TODAY, now=NOW)
    duty(city, "asn").started_on = TODAY
    duty(city, "asn2").met_on = TODAY
    db.session.commit()
    return city


def duty(city, name):
    return db.session.scalars(
        sa.select(Obligation).where(Obligation.person_id == city.persons[name])
    ).one()


def text_of(answer, status=200):
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def rows_of(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))


# ------------------------------------------------------------------------ own


def test_own_duties_show_reason_date_and_the_way_in(city, sign_in):
    page = text_of(sign_in("asn").get("/kewajiban"))
    assert "Aman: Kursus Uji" in page
    assert "5 Desember 2026" in page
    assert "14 hari lagi" in page
    assert "Setiap ASN melayani warga." in page
    assert "Peraturan contoh" in page
    assert f'href="/kursus/{COURSE}"' in page
    assert "Lewat tenggat" not in page


def test_late_duties_stand_first(city, sign_in):
    clock.freeze(LATE)
    page = text_of(sign_in("asn").get("/kewajiban"))
    assert "Lewat tenggat" in page
    assert "lewat 1 hari" in page


def test_settled_duties_stay_visible_and_nothing_open_is_said(city, sign_in):
    page = text_of(sign_in("asn2").get("/kewajiban"))
    assert "Tidak ada kewajiban" in page
    assert "Terpenuhi 21 November 2026" in page


def test_due_dates_as_a_calendar_and_as_files(city, sign_in):
    client = sign_in("asn")
    answer = client.get("/kewajiban.ics")
    assert answer.mimetype == "text/calendar"
    assert "DTSTART;VALUE=DATE:20261205" in text_of(answer)
    (row,) = rows_of(client.get("/kewajiban.csv"))
    assert (row["kode_kursus"], row["tenggat"], row["keadaan"]) == (COURSE, "2026-12-05", "mulai")
    assert client.get("/kewajiban.xlsx").data[:2] == b"PK"


def test_the_ledger_shows_sums_and_missing_minutes(city, sign_in):
    client = sign_in("asn")
    assert "Belum ada JP tahun 2026" in text_of(client.get("/rekam-belajar"))
    db.session.add(
        JpEntry(
            person_id=city.persons["asn"],
            year=2026,
            earned_on=TODAY,
            kind_code="16",
            title="Aman: Kursus Uji",
            course_code=COURSE,
            jp=4,
            state="final",
            source_ref="attempt:1",
            recorded_at=NOW,
        )
    )
    db.session.add(
        JpEntry(
            person_id=city.persons["asn"],
            year=2026,
            earned_on=TODAY,
            kind_code="16",
            title="Budaya: Kursus Uji",
            jp=3,
            state="menunggu",
            source_ref="attempt:2",
            recorded_at=NOW,
        )
    )
    db.session.commit()
    page = text_of(client.get("/rekam-belajar"))
    assert "4 dari 20 JP tercatat, 3 JP menunggu waktu belajar" in page
    assert "Kurang 16 JP sampai 31 Desember 2026." in page
    assert "menunggu waktu belajar" in page
    rows = rows_of(client.get("/rekam-belajar.csv?tahun=2026"))
    assert [(row["jp"], row["keadaan"]) for row in rows] == [("3", "menunggu"), ("4", "final")]
    assert client.get("/rekam-belajar?tahun=abad").status_code == 200


def test_pppk_see_their_ceiling(city, sign_in):
    assert "paling banyak 24 JP" in text_of(sign_in("asn2").get("/rekam-belajar"))


# ----------------------------------------------------------------- per role


@pytest.mark.parametrize(
    ("name", "opds"),
    [
        ("bkpsdm", {"DISDUKCAPIL", "DISKOMINFO"}),
        ("kepala", {"DISKOMINFO"}),
        ("atasan", {"DISDUKCAPIL"}),
        ("adminopd", {"DISDUKCAPIL"}),
    ],
)
def test_each_role_sees_its_part(city, sign_in, name, opds):
    client = sign_in(name)
    assert client.get("/penugasan").status_code == 200
    assert {row["kode_opd"] for row in rows_of(client.get("/penugasan.csv"))} == opds


def test_a_superior_below_opd_counts_the_own_unit_only(city, sign_in):
    (row,) = rows_of(sign_in("atasan").get("/penugasan.csv"))
    assert row["ditugaskan"] == "2"


@pytest.mark.parametrize(
    "path",
    [
        "/penugasan",
        "/penugasan.csv",
        "/penugasan/ingatkan",
        "/penugasan/aturan/baru",
        f"/penugasan/aturan/{RULE}",
        "/penugasan/tugaskan",
        "/penugasan/pesan/1",
    ],
)
def test_a_learner_finds_nothing_there(city, sign_in, path):
    assert sign_in("asn").get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/penugasan?opd=DISDUKCAPIL",
        "/penugasan.csv?opd=DISDUKCAPIL",
        "/penugasan?opd=DISDUKCAPIL&status=terlambat",
        "/penugasan.csv?opd=DISDUKCAPIL&status=terlambat",
        "/penugasan.csv?opd=DISDUKCAPIL&status=terlambat&tujuan=penugasan",
        "/penugasan/ingatkan?opd=DISDUKCAPIL",
        "/penugasan?status=entah",
        "/penugasan?aturan=tidak-ada",
        "/penugasan/aturan/baru",
        f"/penugasan/aturan/{RULE}",
    ],
)
def test_a_head_finds_no_other_opd_and_no_rules(city, sign_in, path):
    assert sign_in("kepala").get(path).status_code == 404


def test_a_duty_of_another_opd_is_not_there(city, sign_in):
    client = sign_in("kepala")
    assert client.get(f"/penugasan/pesan/{duty(city, 'asn').id}").status_code == 404
    assert client.get(f"/penugasan/pesan/{duty(city, 'asn2').id}").status_code == 200


def test_an_opd_admin_reads_but_does_not_remind(city, sign_in):
    client = sign_in("adminopd")
    page = text_of(client.get("/penugasan?status=ditugaskan"))
    assert "Ratri Sekarwangi" in page
    assert "/penugasan/ingatkan" not in page
    assert client.post("/penugasan/ingatkan", data={"status": "ditugaskan"}).status_code == 404


# --------------------------------------------------------------------- report


def test_every_number_links_to_its_list(city, sign_in):
    clock.freeze(LATE)
    client = sign_in("bkpsdm")
    page = text_of(client.get("/penugasan"))
    link = f"/penugasan?aturan={RULE}&amp;opd=DISDUKCAPIL&amp;status=terlambat"
    assert link in page
    listed = text_of(client.get(link.replace("&amp;", "&")))
    assert "Ratri Sekarwangi" in listed
    assert "Kemala Wanadri" in listed
    assert "Wira Kelana" not in listed
    assert "NIP ··· 007" in listed
    assert "199001152015032007" not in listed


def test_opening_a_list_is_logged_with_its_filter(city, sign_in):
    client = sign_in("bkpsdm")
    client.get("/penugasan")
    client.get("/penugasan?status=terlambat&q=199001152015032007")
    row = db.session.scalars(sa.select(AccessLog)).one()
    assert row.filter == "status=terlambat q=···007"


def test_no_hit_repeats_the_words(city, sign_in):
    page = text_of(sign_in("bkpsdm").get("/penugasan?q=Sembarang"))
    assert re.search(r"Tidak ada penugasan untuk (&#34;|\")Sembarang", page)


def test_no_rule_yet_is_said(city, sign_in):
    db.session.execute(sa.delete(Obligation))
    db.session.execute(sa.delete(ObligationRule))
    db.session.commit()
    assert "Belum ada penugasan" in text_of(sign_in("bkpsdm").get("/penugasan"))


def test_rows_of_persons_need_a_purpose(city, sign_in):
    client = sign_in("bkpsdm")
    page = text_of(client.get("/penugasan.csv?status=mulai"), 422)
    assert "Untuk keperluan apa" in page
    assert text_of(client.get("/penugasan.csv?status=mulai&tujuan=iseng"), 422)
    rows = rows_of(client.get("/penugasan.csv?status=mulai&tujuan=penugasan"))
    assert {row["nama"] for row in rows} == {"Ratri Sekarwangi", "Wira Kelana"}
    assert rows[0]["nip"] in {"··· 007", "–"}
    logged = db.session.scalars(
        sa.select(AccessLog.person_id).where(AccessLog.purpose == "penugasan")
    ).all()
    assert set(logged) == {None, city.persons["asn"], city.persons["asn2"]}
    assert client.get("/penugasan.xlsx?bentuk=pegawai&tujuan=audit").data[:2] == b"PK"
    summary = rows_of(client.get("/penugasan.csv?status=mulai&bentuk=ringkasan"))
    assert summary[0]["ditugaskan"] == "3"


# ------------------------------------------------------------------- reminding


def test_reminding_asks_first_then_says_how_many(city, sign_in):
    client = sign_in("bkpsdm")
    query = f"aturan={RULE}&opd=DISDUKCAPIL&status=ditugaskan"
    page = text_of(client.get(f"/penugasan/ingatkan?{query}"))
    assert "Ingatkan 3 orang?" in page
    assert db.session.scalar(sa.select(sa.func.count(Reminder.id))) == 0
    fields = dict(part.split("=") for part in query.split("&"))
    answer = client.post("/penugasan/ingatkan", data=fields)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/penugasan?{query}")
    assert "3 pengingat dikirim." in text_of(client.get(answer.location))
    again = client.post("/penugasan/ingatkan", data=fields, follow_redirects=True)
    assert "3 orang sudah diingatkan hari ini, jadi dilewati." in text_of(again)
    assert db.session.scalar(sa.select(sa.func.count(Reminder.id))) == 3
    assert "Semua sudah diingatkan" in text_of(client.get(f"/penugasan/ingatkan?{query}"))
    assert "Tidak ada yang perlu" in text_of(client.get("/penugasan/ingatkan?status=lulus"))


def test_the_reminded_person_reads_it(city, sign_in):
    sign_in("bkpsdm").post("/penugasan/ingatkan", data={"opd": "DISDUKCAPIL"})
    page = text_of(sign_in("asn").get("/pemberitahuan"))
    assert "Anda diingatkan tentang Aman: Kursus Uji. Tenggat 5 Desember 2026." in page


def test_a_superior_reminds_the_own_unit(city, sign_in):
    client = sign_in("atasan")
    answer = client.post("/penugasan/ingatkan", data={}, follow_redirects=True)
    assert "2 pengingat dikirim." in text_of(answer)


def test_messages_show_what_became_of_each(city, sign_in):
    jobs.send_reminders()
    duty_id = duty(city, "asn").id
    page = text_of(sign_in("bkpsdm").get(f"/penugasan/pesan/{duty_id}"))
    assert "Penugasan" in page
    assert "menunggu 21 Nov 2026, 10.00" in page
    assert "menjelang tenggat 28 Nov 2026" in page
    assert db.session.scalars(
        sa.select(AccessLog).where(AccessLog.person_id == city.persons["asn"])
    ).one()


def test_waiving_needs_a_reason_and_tells_the_person(city, sign_in):
    client = sign_in("bkpsdm")
    path = f"/penugasan/pesan/{duty(city, 'asn').id}"
    assert "Tulis alasannya." in text_of(client.post(f"{path}/bebaskan", data={}), 422)
    answer = client.post(f"{path}/bebaskan", data={"reason": "Cuti"}, follow_redirects=True)
    assert "Dibebaskan" in text_of(answer)
    assert client.post(f"{path}/bebaskan", data={"reason": "Cuti"}).status_code == 409
    assert db.session.scalars(sa.select(Notice)).one().person_id == city.persons["asn"]
    assert sign_in("kepala").post(f"{path}/bebaskan", data={"reason": "x"}).status_code == 404


# ----------------------------------------------------------------------- rules

NEW_RULE = {
    "title": "Budaya bagi semua",
    "course_code": COURSE,
    "due_days": "21",
    "effective_from": "2026-11-22",
    "reason": "Supaya layanan tidak berhenti.",
    "legal_basis": "",
}


def test_a_rule_shows_whom_it_touches_before_it_is_kept(city, sign_in):
    client = sign_in("bkpsdm")
    assert client.get("/penugasan/aturan/baru").status_code == 200
    page = text_of(client.post("/penugasan/aturan/baru", data={**NEW_RULE, "langkah": "tinjau"}))
    assert "menyentuh 5 pegawai aktif" in page
    assert db.session.scalar(sa.select(sa.func.count(ObligationRule.id))) == 1
    answer = client.post("/penugasan/aturan/baru", data={**NEW_RULE, "langkah": "simpan"})
    assert answer.status_code == 303
    rule = db.session.scalars(sa.select(ObligationRule).where(ObligationRule.due_days == 21)).one()
    assert rule.code == f"WAJIB-{COURSE}"
    again = client.post("/penugasan/aturan/baru", data={**NEW_RULE, "langkah": "simpan"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("due_days", "0", "Tenggat harus angka 1 sampai 365."),
        ("effective_from", "2026-11-21", "Paling cepat besok, 22 November 2026."),
        ("reason", "", "Tulis alasannya."),
        ("course_code", "TIDAK-ADA", 'id="galat"'),
    ],
)
def test_a_wrong_rule_keeps_what_was_typed(city, sign_in, field, value, words):
    data = {**NEW_RULE, field: value, "langkah": "simpan"}
    page = text_of(sign_in("bkpsdm").post("/penugasan/aturan/baru", data=data), 422)
    assert words in page
    assert "Budaya bagi semua" in page


def test_ending_a_rule_says_how_many_were_withdrawn(city, sign_in):
    client = sign_in("bkpsdm")
    page = text_of(client.get(f"/penugasan/aturan/{RULE}"))
    assert "Penugasan 4 orang dicabut." in page
    assert client.post(f"/penugasan/aturan/{RULE}/akhiri", data={}).status_code == 422
    answer = client.post(
        f"/penugasan/aturan/{RULE}/akhiri",
        data={"reason": "Diganti", "withdraw_open": "y"},
        follow_redirects=True,
    )
    assert "Penugasan 4 orang dicabut" in text_of(answer)
    assert "sudah berakhir" in text_of(client.get(f"/penugasan/aturan/{RULE}"))


def test_persons_are_assigned_by_number(city, sign_in):
    client = sign_in("bkpsdm")
    make.record(
        make.evidence(city.persons["asn2"], "aman"), make.evidence(city.persons["asn2"], "keamanan")
    )
    db.session.commit()
    fields = {"rule_id": str(city.rule_id), "numbers": "19900115 201503 2 007\n"}
    answer = client.post("/penugasan/tugaskan", data=fields, follow_redirects=True)
    assert "0 orang ditugaskan" in text_of(answer), "the open duty stays as it is"
    wrong = client.post("/penugasan/tugaskan", data={**fields, "numbers": "123"})
    assert "Nomor ini tidak ada di daftar pegawai: 123." in text_of(wrong, 422)
    assert sign_in("kepala").get("/penugasan/tugaskan").status_code == 404


def test_what_was_searched_for_is_shown_as_text(city, sign_in):
    page = text_of(sign_in("bkpsdm").get("/penugasan?q=<b>tebal</b>"))
    assert "<b>tebal" not in page
    assert "&lt;b&gt;tebal" in page


def test_the_certificate_asks_the_ledger_for_jp(city):
    from lms.credentials.slots import jp_of_source

    assert jp_of_source("attempt:1") is None
    db.session.add(
        JpEntry(
            person_id=city.persons["asn"],
            year=2026,
            earned_on=TODAY,
            kind_code="16",
            title="Aman",
            jp=4,
            state="final",
            source_ref="attempt:1",
            recorded_at=NOW,
        )
    )
    db.session.flush()
    assert jp_of_source("attempt:1") == 4
