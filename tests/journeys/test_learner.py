"""The main job, end to end: a civil servant learns, is tested and certified, and readiness moves."""

from __future__ import annotations

import csv
import io
import re

import pytest

from lms.app.demo.answers import answer_fields
from lms.assessment import queries as tests_queries
from lms.platform.db import db

pytestmark = pytest.mark.browser


def figures(page):
    """The rows of /kesiapan.csv by (OPD, pillar)."""
    text = page.request.get("/kesiapan.csv").body().decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    return {(row["kode_opd"], row["kompetensi"]): row for row in rows}


def answer_page(page, app, head_of, *, right=True):
    """Fill the question that is shown, rightly or wrongly."""
    import random

    with app.app_context():
        position = int(page.url.rsplit("/", 1)[1])
        content = tests_queries.attempt_by_id(head_of()).item(position).content
        fields = answer_fields(content, right=right, random=random.Random(position))
        db.session.remove()
    plain = [value for name, value in fields if name == "jawaban"]
    selects = page.locator("select[name=jawaban]")
    if selects.count():
        for place, value in enumerate(plain):
            selects.nth(place).select_option(value)
        return
    for name, value in fields:
        field = page.locator(f'[name="{name}"]').first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f'[name="{name}"][value="{value}"]').check(force=True)
        else:
            field.fill(value)


def latest_attempt(app, person="asn"):
    from sqlalchemy import text

    def find():
        return db.session.execute(
            text(
                "SELECT max(t.id) FROM assessment_attempt t "
                "JOIN people_person p ON p.id = t.person_id "
                "JOIN platform_account a ON a.id = p.account_id WHERE a.name = :name"
            ),
            {"name": person},
        ).scalar_one()

    return find


def test_a_civil_servant_learns_is_certified_and_the_office_moves_by_one(visit, site):
    app = site[1]
    office = visit("bkpsdm")
    before = figures(office)

    page = visit("asn")
    assert "Langkah Anda berikutnya" in page.inner_text("main")
    assert "14 hari lagi" in page.inner_text("main")
    page.click("section.hero a.b-1")
    page.get_by_role("button", name=re.compile("Mulai")).first.click()

    for number in range(1, 7):
        page.goto(f"/kursus/AMN-101/{number}")
        assert page.locator("main h1").count() == 1
        if number == 1:
            page.locator(
                "form[action*='/latihan/1'] input[type=radio], form[action*='/latihan/1'] input[type=checkbox]"
            ).first.check(force=True)
            page.locator("form[action*='/latihan/1'] button[type=submit]").first.click()
            assert (
                page.locator(".opt, .alasan, [class*=rasional], .why").count()
                or "latihan" in page.url
            )
        page.get_by_role("button", name=re.compile("Selesai")).first.click()

    again = visit("asn", width=375)  # another device, signed in anew
    assert "Ujian akhir" in again.inner_text("section.hero")

    page.goto("/ujian/AMN-101")
    assert "45" in page.inner_text("main")
    page.get_by_role("button", name=re.compile("Mulai")).click()
    find = latest_attempt(app)
    for number in range(1, 21):
        page.wait_for_url(f"**/soal/{number}")
        assert page.locator("#pokok").count() == 1
        answer_page(page, app, find)
        page.get_by_role("button", name=re.compile("^Simpan")).first.click()
    page.wait_for_url("**/tinjau")
    page.get_by_role("button", name=re.compile("Kumpulkan")).click()
    main = page.locator("main")
    assert main.get_attribute("data-hasil") == "lulus"
    assert main.get_attribute("data-benar") == "20"
    assert main.get_attribute("data-bentuk") == "A"

    page.goto("/sertifikat")
    page.locator("main table a").first.click()
    link = page.locator("a[href*='/periksa/']").last.get_attribute("href")
    code = re.search(r"/periksa/([A-Z0-9-]+)", link).group(1)
    pdf = page.request.get(f"/sertifikat/{code}.pdf")
    assert pdf.body().startswith(b"%PDF")

    public = visit()
    short = re.search(r"h=([0-9a-f]{16})", link).group(1)
    for path, verdict, status in (
        (f"/periksa/{code}?h={short}", "berlaku", 200),
        (f"/periksa/{code.lower().replace('-', ' ')}", "berlaku", 200),
        (f"/periksa/{code}?h={'0' * 16}", "berubah", 200),
        ("/periksa/ABCD-EFGH-JKLM-NPQR", "tidak-dikenal", 404),
    ):
        answer = public.goto(path)
        assert answer.status == status
        assert public.locator("main").get_attribute("data-putusan") == verdict
    assert "Ratri" not in public.inner_text("main")

    after = figures(office)
    moved = {
        key: {
            name: int(after[key][name]) - int(before[key][name])
            for name in ("n", "a", "c", "m")
            if after[key][name] != before[key][name]
        }
        for key in after
        if after[key] != before[key] and after[key]["n"] not in ("", "n/a")
    }
    moved = {key: change for key, change in moved.items() if change}
    assert moved == {
        ("DISDUKCAPIL", "aman"): {"a": 1, "c": 1, "m": 1},
        ("TOTAL", "aman"): {"a": 1, "c": 1, "m": 1},
    }


def test_everything_works_without_javascript(visit, site):
    page = visit("asn2", javascript=False)
    page.goto("/kursus/AMN-101")
    page.get_by_role("button", name=re.compile("Mulai")).first.click()
    for number in range(1, 7):
        page.goto(f"/kursus/AMN-101/{number}")
        page.get_by_role("button", name=re.compile("Selesai")).first.click()
    page.goto("/ujian/AMN-101")
    page.get_by_role("button", name=re.compile("Mulai")).click()
    find = latest_attempt(site[1], "asn2")
    answer_page(page, site[1], find, right=False)
    page.get_by_role("button", name=re.compile("^Simpan")).first.click()
    page.wait_for_url("**/soal/2")
    page.goto("/ujian/AMN-101/tinjau")
    page.get_by_role("button", name=re.compile("Kumpulkan")).click()
    assert page.locator("main").get_attribute("data-hasil") == "belum"
    page.goto("/beranda")
    assert "percobaan berikutnya mulai" in page.inner_text("section.hero")
    page.goto("/kursus/AMN-101")
    assert "Percobaan berikutnya mulai" in page.inner_text("main")


def test_keys_and_reasons_are_never_on_an_exam_page(visit, site):
    page = visit("asn2")
    page.goto("/ujian/AMN-101/hasil")
    text = page.content()
    with site[1].app_context():
        head = tests_queries.attempt_by_id(latest_attempt(site[1], "asn2")())
        for position in range(1, 21):
            content = head.item(position).content
            for option in getattr(content, "options", ()):
                assert option.rationale not in text
        db.session.remove()
