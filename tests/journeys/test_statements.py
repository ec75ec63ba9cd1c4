"""How many SQL statements a page takes. A page that asks per row shows here first."""

from __future__ import annotations

import pytest

from lms.platform import clock
from tests.conftest import PASSWORD, counted_statements

MOST = [
    ("asn", "/beranda", 18),
    ("asn", "/katalog", 10),
    ("asn", "/kursus/AMN-101", 10),
    ("asn", "/kewajiban", 12),
    ("asn", "/rekam-belajar", 10),
    ("asn", "/kompetensi", 16),
    ("asn", "/sertifikat", 6),
    ("bkpsdm", "/kesiapan", 12),
    ("bkpsdm", "/kesiapan/DISDUKCAPIL", 20),
    ("bkpsdm", "/pegawai", 10),
    ("bkpsdm", "/penugasan", 10),
    ("bkpsdm", "/penugasan?status=ditugaskan", 16),
    ("admin", "/sistem/pekerjaan", 10),
    ("admin", "/sistem/pesan", 10),
    ("auditor", "/sistem/audit", 8),
]


@pytest.fixture(autouse=True)
def _clock():
    clock.freeze(None)


@pytest.mark.browser
@pytest.mark.parametrize(("name", "path", "most"), MOST)
def test_a_page_asks_no_more_than_it_must(site, name, path, most):
    app = site[1]
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/masuk", data={"username": name, "password": PASSWORD}).status_code == 303
    client.get(path)  # warm: settings and immutable rows are in memory
    with app.app_context(), counted_statements() as seen:
        answer = client.get(path)
    app.config["WTF_CSRF_ENABLED"] = True
    assert answer.status_code == 200
    assert len(seen) <= most, "\n".join(seen)
