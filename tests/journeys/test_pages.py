"""Every page a role has: opens, holds at both widths, and axe finds nothing."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import AXE

pytestmark = pytest.mark.browser

PAGES = [
    (None, "/masuk"),
    (None, "/periksa"),
    (None, "/periksa/ABCD-EFGH-JKLM-NPQR"),
    ("asn", "/beranda"),
    ("asn", "/katalog"),
    ("asn", "/kursus/AMN-101"),
    ("asn", "/kewajiban"),
    ("asn", "/kompetensi"),
    ("asn", "/rekam-belajar"),
    ("asn", "/sertifikat"),
    ("asn", "/pemberitahuan"),
    ("asn", "/profil"),
    ("asn", "/profil/sandi"),
    ("asn", "/keluar"),
    ("asn", "/tidak-ada"),
    ("asn", "/ujian/AMN-101"),
    ("bkpsdm", "/beranda"),
    ("bkpsdm", "/kesiapan"),
    ("bkpsdm", "/kesiapan?kelompok=bidang"),
    ("bkpsdm", "/kesiapan/DISDUKCAPIL"),
    ("bkpsdm", "/kesiapan/DISPANGAN"),
    ("bkpsdm", "/kesiapan/KESBANG"),
    ("bkpsdm", "/kesiapan/DISDUKCAPIL/aman"),
    ("bkpsdm", "/pegawai"),
    ("bkpsdm", "/pegawai/1"),
    ("bkpsdm", "/penugasan"),
    ("bkpsdm", "/penugasan?status=ditugaskan"),
    ("kepala", "/kesiapan/DISKOMINFO"),
    ("atasan", "/penugasan"),
    ("pimpinan", "/kesiapan"),
    ("admin", "/sistem/pekerjaan"),
    ("admin", "/sistem/pekerjaan/platform.seal-audit"),
    ("admin", "/sistem/pesan"),
    ("auditor", "/sistem/audit?periksa=1"),
]


@pytest.fixture(scope="module")
def signed_in(browser, site):
    """One signed-in context per role and width."""
    kept = {}

    def page_of(name, width):
        if (name, width) not in kept:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, base_url=site[0]
            )
            page = context.new_page()
            if name:
                page.goto("/masuk")
                page.fill("#username", name)
                page.fill("#password", "jembatan kecil di hulu")
                page.click("main button[type=submit]")
            kept[name, width] = page
        return kept[name, width]

    yield page_of
    for page in kept.values():
        page.context.close()


def findings(page):
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {node['target']} {node.get('failureSummary', '')[:160]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize(("name", "path"), PAGES)
def test_page_opens_fits_and_has_no_axe_findings(signed_in, name, path, width):
    page = signed_in(name, width)
    noise = []
    page.on(
        "console", lambda message: noise.append(message.text) if message.type == "error" else None
    )
    answer = page.goto(path)
    assert answer.status < 500, path
    if answer.status == 200:
        assert noise == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert page.locator("[style]").count() == 0
    assert findings(page) == []


def test_lessons_practice_and_exam_pages_have_no_axe_findings(signed_in):
    for width in (1280, 375):
        page = signed_in("asn2", width)
        page.goto("/kursus/AMN-101")
        start = page.locator("form[action='/kursus/AMN-101'] button, form button.b-1").first
        if start.count() and "Mulai" in start.inner_text():
            start.click()
        for number in range(1, 7):
            page.goto(f"/kursus/AMN-101/{number}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert findings(page) == [], number
            page.get_by_role("button", name="Selesai").first.click()
        page.goto("/ujian/AMN-101")
        button = page.get_by_role("button", name="Mulai")
        if button.count():
            button.first.click()
        for number in range(1, 21):
            page.goto(f"/ujian/AMN-101/soal/{number}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert findings(page) == [], number
        page.goto("/ujian/AMN-101/tinjau")
        assert findings(page) == []
