"""Text that PostgreSQL cannot hold is a request that cannot be met, not a failure of ours."""

from __future__ import annotations

import pytest

from lms.platform.db import db
from tests import factories
from tests.conftest import PASSWORD


@pytest.fixture
def hand(client, sign_in):
    factories.framework()
    account_id = factories.account("tester", "Tes Ter")
    for code in ("bkpsdm", "auditor"):
        factories.role(account_id, code)
    db.session.commit()
    return sign_in("tester")


@pytest.mark.parametrize(
    "path",
    [
        "/penugasan?q=a%00b&status=mulai",
        "/katalog?q=a%00b",
        "/sistem/audit?objek=a%00b",
        "/kursus/%00",
        "/periksa/%00",
        "/periksa?nomor=%00&terbit=2026-01-01",
    ],
)
def test_nul_in_an_address(hand, path):
    assert hand.get(path).status_code < 500


def test_nul_in_a_form(client, database):
    answer = client.post("/masuk", data={"username": "rat\x00ri", "password": PASSWORD})
    assert answer.status_code in (400, 422)
