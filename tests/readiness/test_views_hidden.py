"""Small figures stay hidden whichever way a reader without persons looks at them."""

from __future__ import annotations

from datetime import date

import pytest

from lms.kernel.actor import Role
from lms.people import services as people
from lms.platform import clock
from lms.platform.db import db
from tests import factories


@pytest.fixture
def city(client):
    """Three offices: 14 staff, 12 staff of whom most came this year, and 4; one reader of totals."""
    factories.framework()
    offices = {code: factories.office(code) for code in ("DISDIK", "DISKOMINFO", "KESBANG")}
    everybody = [
        *factories.staff(offices["DISDIK"], 14, name="Didik"),
        *factories.staff(offices["DISKOMINFO"], 3, name="Lama", starts_on=date(2025, 1, 1)),
        *factories.staff(offices["DISKOMINFO"], 9, name="Baru", starts_on=date(2026, 6, 1)),
    ]
    factories.record(
        *(
            factories.evidence(
                person, code, measured_on=date(2025, 10, 1), valid_until=date(2027, 10, 1)
            )
            for person in everybody
            for code in ("cakap", "budaya", "etika", "aman")
        )
    )
    factories.staff(offices["KESBANG"], 4, name="Bang")
    people.grant_role(
        account_id=factories.account("pimpinan", "Pimpinan"),
        role=Role.PIMPINAN,
        unit_id=None,
        starts_on=date(2026, 1, 1),
        granted_by=None,
        reason="uji",
        now=clock.now(),
    )
    db.session.commit()
    return offices


def rows(answer, code):
    text = answer.get_data().decode("utf-8-sig")
    return [line.split(";") for line in text.split("\r\n") if line.startswith(f"{code};")]


def test_the_report_of_fields_tells_no_rank_of_a_hidden_office(city, sign_in):
    reader = sign_in("pimpinan")
    for group in ("pilar", "bidang"):
        for code in ("KESBANG", "DISKOMINFO"):  # the small one, and the one that shields it
            found = rows(reader.get(f"/kesiapan.csv?kelompok={group}"), code)
            assert {row[10] for row in found} == {"disembunyikan"}
        found = rows(reader.get(f"/kesiapan.csv?kelompok={group}"), "DISDIK")
        assert {row[10] for row in found} <= {"1", "2", "3", "4", "5"}


def test_the_page_of_fields_tells_nothing_of_hidden_pillars(city, sign_in):
    page = sign_in("pimpinan").get("/kesiapan/DISKOMINFO?kelompok=bidang").get_data(as_text=True)
    assert "12 pegawai aktif" not in page
    assert "dari 5:" not in page
    assert "Menuju peringkat" not in page
    assert "Angka OPD ini disembunyikan" in page


def test_last_years_share_of_a_then_small_office_is_left_out(city, sign_in, frozen):
    people_in = factories.staff(city["KESBANG"], 8, name="Tambahan")
    db.session.commit()
    assert people_in
    reader = sign_in("pimpinan")
    now = reader.get("/kesiapan/DISKOMINFO").get_data(as_text=True)
    assert "disembunyikan" not in now.split("Seluruh OPD")[0]
    a_year_ago = reader.get("/kesiapan/DISKOMINFO?as_of=2025-11-21").get_data(as_text=True)
    assert "disembunyikan" in a_year_ago
    legend = now.split("Kesiapan per pilar")[1].split("</div>")[0]
    assert "2025" not in legend
