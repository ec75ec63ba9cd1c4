"""Pictures: for signed-in readers, kept long, nothing beside them reachable."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from lms.platform.db import db
from tests import factories

DIGEST = hashlib.sha256(factories.PIXEL).hexdigest()


@pytest.fixture
def picture(app, database):
    factories.reference()
    factories.learner()
    factories.course(Path(app.config["TITIAN"].data_dir), media=True)
    db.session.commit()


def test_a_picture_is_sent_to_the_signed_in_and_kept_for_a_year(picture, sign_in):
    answer = sign_in("ratri").get(f"/media/{DIGEST}.png")
    assert (answer.status_code, answer.data) == (200, factories.PIXEL)
    assert answer.mimetype == "image/png"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer.close()


def test_a_picture_is_not_for_strangers(picture, client):
    assert client.get(f"/media/{DIGEST}.png").status_code == 303


@pytest.mark.parametrize(
    "name", [f"{'0' * 64}.png", "../titian.db", f"{DIGEST}.db", f"{DIGEST}.svg", "x.png"]
)
def test_anything_else_is_not_there(picture, sign_in, name):
    assert sign_in("ratri").get(f"/media/{name}").status_code == 404
