"""A database that is down: a sentence, a reference number, Retry-After; and it comes back by itself."""

from __future__ import annotations

import pytest

from tests.conftest import make_app


@pytest.fixture
def broken(tmp_path):
    return make_app(tmp_path, "postgresql://titian@127.0.0.1:1/tiada")


@pytest.mark.parametrize("path", ["/masuk", "/beranda", "/periksa/ABCD-EFGH-JKLM-NPQR"])
def test_a_database_that_is_down_is_said_in_a_sentence(broken, path):
    answer = broken.test_client().get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Coba lagi dalam 30 detik" in page
    assert "Nomor rujukan" in page


def test_json_is_answered_in_json(broken):
    answer = broken.test_client().get("/masuk", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json["rujukan"]


def test_the_process_is_alive_but_not_ready(broken):
    client = broken.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
