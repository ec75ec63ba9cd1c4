"""The readiness pages and files: who sees what, and the exact form of the exports."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lms.kernel.actor import Role
from lms.people import queries as people_queries
from lms.people import services as people
from lms.platform import clock
from lms.platform.db import db
from lms.readiness import queries
from tests import factories
from tests.conftest import NOW, counted_statements

GOLDEN = Path(__file__).parent / "golden"
PAIR = "as_of=2026-10-31&known_at=2026-11-21T10:00:00%2B07:00"


def grant(name, role, unit_id=None):
    account_id = factories.account(name, name.title())
    people.grant_role(
        account_id=account_id,
        role=role,
        unit_id=unit_id,
        starts_on=date(2026, 1, 1),
        granted_by=None,
        reason="uji",
        now=clock.now(),
    )
    return account_id


def lead(name, unit_id):
    (person,) = factories.staff(unit_id, name=f"Kepala {name}")
    people.link_account(person_id=person, account_id=factories.account(name, name.title()))
    people.appoint_head(
        unit_id=unit_id,
        person_id=person,
        kind="definitif",
        starts_on=date(2026, 1, 1),
        now=clock.now(),
    )
    return person


@pytest.fixture
def city(client):
    """Four offices: 12 staff, 4 staff, 3 staff and nobody, with hand-made evidence."""
    factories.framework()
    root = factories.office("KOTA", "Kota", kind="pemda", group="")
    offices = {
        "DISDUKCAPIL": factories.office("DISDUKCAPIL", parent_id=root),
        "KESBANG": factories.office("KESBANG", group="badan", parent_id=root),
        "KEC-01": factories.office("KEC-01", "Kecamatan Satu", group="kecamatan", parent_id=root),
        "DISPANGAN": factories.office("DISPANGAN", parent_id=root),
    }
    part = factories.office(
        "DISDUKCAPIL-01", kind="bidang", group="", parent_id=offices["DISDUKCAPIL"]
    )
    persons = {
        "DISDUKCAPIL": [
            *factories.staff(offices["DISDUKCAPIL"], 5, name="Duk"),
            *factories.staff(part, 7, name="Layanan"),
        ],
        "KESBANG": factories.staff(offices["KESBANG"], 4, name="Bang"),
        "KEC-01": factories.staff(offices["KEC-01"], 6, name="Camat"),
    }
    duk = persons["DISDUKCAPIL"]
    expired = {"measured_on": date(2025, 12, 1), "valid_until": date(2026, 9, 30)}
    factories.record(
        *(factories.evidence(person) for person in duk[:6]),
        *(factories.evidence(person, **expired) for person in duk[6:8]),
        factories.evidence(duk[8], level=0),
        *(
            factories.evidence(person, code)
            for person in duk
            for code in ("cakap", "budaya", "etika")
        ),
        *(factories.evidence(person) for person in persons["KESBANG"]),
        *(factories.evidence(person) for person in persons["KEC-01"][:3]),
    )
    grant("bkpsdm", Role.BKPSDM)
    grant("pimpinan", Role.PIMPINAN)
    grant("asesor", Role.ASESOR)
    db.session.commit()
    return {"offices": offices, "part": part, "persons": persons, "root": root}


def lines(answer):
    text = answer.get_data().decode("utf-8-sig")
    return text.split("\r\n")


def test_export_of_all_offices_is_the_golden_file(city, sign_in):
    answer = sign_in("bkpsdm").get(f"/kesiapan.csv?{PAIR}")
    assert answer.status_code == 200
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert answer.get_data().decode("utf-8-sig") == (
        (GOLDEN / "kesiapan-semua.csv").read_bytes().decode()
    )


def test_a_later_moment_than_now_is_now_so_that_a_pair_gives_the_same_again(city, sign_in):
    answer = sign_in("bkpsdm").get("/kesiapan.csv?as_of=2026-10-01&known_at=2999-01-01T00:00:00Z")
    known_at = lines(answer)[1].split(";")[13]
    assert datetime.fromisoformat(known_at) == NOW
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_standard_format_has_commas_and_points(city, sign_in):
    first, second = lines(sign_in("bkpsdm").get(f"/kesiapan.csv?{PAIR}&format=baku"))[:2]
    assert first.startswith("kode_opd,nama_opd,kompetensi,n,a,c,m,r,")
    assert "1.000000" in second


def test_fields_are_a_group_of_their_own(city, sign_in):
    rows = lines(sign_in("bkpsdm").get(f"/kesiapan.csv?{PAIR}&kelompok=bidang"))
    assert rows[1].startswith("DISDUKCAPIL;Dinas Disdukcapil;proses-bisnis;0;0;0;0;n/a;n/a;n/a;")
    assert len([row for row in rows if row.startswith("TOTAL;")]) == 6


def test_readers_without_persons_see_no_small_figures(city, sign_in):
    for name in ("pimpinan", "asesor"):
        rows = lines(sign_in(name).get(f"/kesiapan.csv?{PAIR}"))
        bang = next(row for row in rows if row.startswith("KESBANG;") and ";aman;" in row)
        assert ";disembunyikan;disembunyikan;disembunyikan;disembunyikan;" in bang
        # The total would give the four away, so the next smallest office goes with them.
        next_smallest = next(row for row in rows if row.startswith("KEC-01;") and ";aman;" in row)
        assert ";disembunyikan;" in next_smallest
        biggest = next(row for row in rows if row.startswith("DISDUKCAPIL;") and ";aman;" in row)
        assert "disembunyikan" not in biggest
        page = sign_in(name).get("/kesiapan").get_data(as_text=True)
        assert "disembunyikan" in page
        assert sign_in(name).get("/kesiapan/DISDUKCAPIL/aman").status_code == 404


def test_overview_names_what_it_is(city, sign_in):
    page = sign_in("bkpsdm").get(f"/kesiapan?{PAIR}").get_data(as_text=True)
    assert "Simulasi, bukan nilai resmi" in page
    assert "31 Oktober 2026" in page
    assert "belum ada pegawai" in page
    assert "tidak diperingkat" in page
    assert "hatch" in page
    assert "22 pegawai aktif di 4 OPD" in page


def test_overview_stays_within_its_statements(city, sign_in):
    client = sign_in("bkpsdm")
    client.get("/kesiapan")
    with counted_statements() as seen:
        client.get("/kesiapan")
    assert len(seen) <= 12, seen


def test_a_head_is_led_to_the_own_office(city, sign_in):
    lead("kepala", city["offices"]["DISDUKCAPIL"])
    db.session.commit()
    client = sign_in("kepala")
    answer = client.get("/kesiapan?as_of=2026-10-31")
    assert answer.status_code == 303
    assert answer.location == "/kesiapan/DISDUKCAPIL?as_of=2026-10-31"
    assert client.get(answer.location).status_code == 200
    assert client.get("/kesiapan/KESBANG").status_code == 404
    assert client.get("/kesiapan/KESBANG.csv").status_code == 404
    assert client.get("/kesiapan/KESBANG/aman").status_code == 404
    rows = lines(client.get("/kesiapan.csv"))
    assert {row.split(";")[0] for row in rows[1:-1]} == {"DISDUKCAPIL", "TOTAL"}
    assert client.get("/kesiapan/DISDUKCAPIL/aman").status_code == 200


def test_a_superior_below_the_office_sees_no_readiness(city, sign_in):
    lead("atasan", city["part"])
    db.session.commit()
    client = sign_in("atasan")
    for path in ("/kesiapan", "/kesiapan.csv", "/kesiapan/DISDUKCAPIL"):
        assert client.get(path).status_code == 404


def test_other_case_leads_to_the_code(city, sign_in):
    client = sign_in("bkpsdm")
    answer = client.get("/kesiapan/disdukcapil?as_of=2026-10-31")
    assert (answer.status_code, answer.location) == (303, "/kesiapan/DISDUKCAPIL?as_of=2026-10-31")
    assert client.get("/kesiapan/disdukcapil.csv").location == "/kesiapan/DISDUKCAPIL.csv"
    assert client.get("/kesiapan/TIDAKADA").status_code == 404


def test_office_page_tells_gap_bounds_and_rank(city, sign_in):
    page = sign_in("bkpsdm").get(f"/kesiapan/DISDUKCAPIL?{PAIR}").get_data(as_text=True)
    assert "50,0%" in page  # aman: 6 of 12
    assert "50,0%–91,7%" in page
    assert "Jadwalkan tes untuk 3 orang" in page
    assert "Menuju peringkat 4" in page
    empty = sign_in("bkpsdm").get("/kesiapan/DISPANGAN").get_data(as_text=True)
    assert "Belum ada pegawai" in empty


def test_office_export_has_its_rows_and_the_total(city, sign_in):
    rows = lines(sign_in("bkpsdm").get(f"/kesiapan/KESBANG.csv?{PAIR}"))
    assert rows[4].startswith(
        "KESBANG;Dinas Kesbang;aman;4;4;4;4;1,000000;1,000000;1,000000;1;tidak;2026-10-31;"
    )
    assert [row.split(";")[0] for row in rows[1:-1]] == ["KESBANG"] * 4 + ["TOTAL"] * 4


def test_xlsx_holds_the_same_rows(city, sign_in):
    answer = sign_in("bkpsdm").get(f"/kesiapan.xlsx?{PAIR}")
    book = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_every_number_opens_the_persons_behind_it(city, sign_in):
    client = sign_in("bkpsdm")
    wanted = {"siap": 6, "kedaluwarsa": 2, "belum-lulus": 1, "belum-tes": 3}
    for status, number in wanted.items():
        page = client.get(f"/kesiapan/DISDUKCAPIL/aman?{PAIR}&status={status}").get_data(
            as_text=True
        )
        assert page.count('<th scope="row">') == number
    assert client.get("/kesiapan/DISDUKCAPIL/tidak-ada").status_code == 404


def test_looking_at_persons_is_logged(city, sign_in):
    client = sign_in("bkpsdm")
    person = city["persons"]["KESBANG"][0]
    client.get("/kesiapan/KESBANG/aman?status=siap")
    client.get(f"/pegawai/{person}")
    assert [row.page for row in people_queries.accesses_of(person)] == [f"/pegawai/{person}"]


def test_a_list_of_persons_leaves_only_for_a_purpose(city, sign_in):
    client = sign_in("bkpsdm")
    assert client.get("/kesiapan/KESBANG/aman.csv").status_code == 422
    assert client.get("/kesiapan/KESBANG/aman.csv?tujuan=iseng").status_code == 422
    answer = client.get(f"/kesiapan/KESBANG/aman.csv?{PAIR}&tujuan=penilaian")
    assert answer.status_code == 200
    rows = lines(answer)
    assert rows[0].startswith("id;nip;nama;kode_opd;kode_unit;kompetensi;status;")
    assert len(rows) == 6
    person = city["persons"]["KESBANG"][0]
    assert [row.purpose for row in people_queries.accesses_of(person)] == ["penilaian"]


def test_unreadable_pairs_are_refused_with_words(city, sign_in):
    client = sign_in("bkpsdm")
    answer = client.get("/kesiapan?as_of=kemarin")
    assert answer.status_code == 422
    assert "Tulis tanggal seperti 2026-10-31." in answer.get_data(as_text=True)
    for query in ("known_at=2026-10-31T10:00:00", "known_at=besok", "kelompok=x"):
        assert client.get(f"/kesiapan.csv?{query}").status_code == 422


def test_the_same_pair_gives_the_same_file_again(city, sign_in, frozen):
    client = sign_in("bkpsdm")
    before = client.get(f"/kesiapan.csv?{PAIR}").get_data()
    frozen(clock.now() + timedelta(minutes=5))
    factories.record(
        factories.evidence(
            city["persons"]["KEC-01"][5], recorded_at=clock.now(), measured_on=date(2026, 10, 1)
        )
    )
    db.session.commit()
    assert client.get(f"/kesiapan.csv?{PAIR}").get_data() == before
    assert client.get("/kesiapan.csv?as_of=2026-10-31").get_data() != before


def test_person_page_shows_standing_and_evidence(city, sign_in):
    person = city["persons"]["DISDUKCAPIL"][0]
    page = sign_in("bkpsdm").get(f"/pegawai/{person}").get_data(as_text=True)
    assert "Kunjungan Anda ke halaman ini tercatat" in page
    assert "AMN-101 A 14/20" in page
    assert "SE 0,40" in page


def test_person_page_hides_measures_and_numbers_from_a_head(city, sign_in):
    lead("kepala", city["offices"]["DISDUKCAPIL"])
    db.session.commit()
    client = sign_in("kepala")
    page = client.get(f"/pegawai/{city['persons']['DISDUKCAPIL'][0]}")
    assert page.status_code == 200
    assert "SE 0,40" not in page.get_data(as_text=True)
    assert "Tampilkan NIP lengkap" not in page.get_data(as_text=True)
    assert client.get(f"/pegawai/{city['persons']['KESBANG'][0]}").status_code == 404
    assert client.get("/pegawai/999999").status_code == 404


def test_whole_number_needs_a_purpose(city, sign_in):
    person = city["persons"]["DISDUKCAPIL"][0]
    people.assign_nip(
        person_id=person, nip="199001012015031017", starts_on=date(2026, 1, 1), now=clock.now()
    )
    db.session.commit()
    client = sign_in("bkpsdm")
    assert "199001012015031017" not in client.get(f"/pegawai/{person}").get_data(as_text=True)
    assert client.get(f"/pegawai/{person}?nip=penuh").status_code == 422
    shown = client.get(f"/pegawai/{person}?nip=penuh&tujuan=penilaian").get_data(as_text=True)
    assert "199001012015031017" in shown


def test_readiness_of_a_past_day_counts_who_was_there_then(city, sign_in):
    person = city["persons"]["KESBANG"][0]
    people.place_person(
        person_id=person,
        unit_id=city["offices"]["KEC-01"],
        starts_on=date(2026, 11, 1),
        now=clock.now(),
    )
    db.session.commit()
    lead("kepala", city["offices"]["KESBANG"])
    db.session.commit()
    client = sign_in("kepala")
    page = client.get("/kesiapan/KESBANG/aman?as_of=2026-10-31").get_data(as_text=True)
    assert "Pegawai yang sudah pindah" in page
    assert queries.find_base(date(2026, 10, 31), datetime(2026, 11, 21, tzinfo=UTC)) is None
