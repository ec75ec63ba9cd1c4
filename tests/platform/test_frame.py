"""The frame around a page: kept as drawn, yet each reader meets the own name, token and address."""

from __future__ import annotations

import re

import pytest

from lms.platform.db import db
from lms.platform.models import Account
from lms.platform.web.frame import MARKS
from tests import factories


@pytest.fixture
def two(database):
    first = factories.account("laras", "Laras <Kinasih>", "laras@contoh.go.id")
    second = factories.account("wira", "Wira Kelana")
    db.session.commit()
    return first, second


def frame_parts(page):
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page).group(1)
    name = re.search(r'<span class="lbl">([^<]*)</span>', page).group(1)
    return token, name


def test_each_reader_meets_the_own_name_and_token(two, sign_in):
    one = sign_in("laras").get("/profil").get_data(as_text=True)
    other = sign_in("wira").get("/profil").get_data(as_text=True)
    assert frame_parts(one)[1] == "Laras &lt;Kinasih&gt;"
    assert frame_parts(other)[1] == "Wira Kelana"
    assert frame_parts(one)[0] != frame_parts(other)[0]
    assert ">LK<" not in other
    assert not any(mark in page for mark in MARKS for page in (one, other))


def test_switching_the_language_leads_back_and_changes_the_frame(two, sign_in):
    client = sign_in("wira")
    page = client.get("/profil?a=1&b=2").get_data(as_text=True)
    address = re.search(r'href="(/bahasa\?ke=en[^"]*)"', page).group(1).replace("&amp;", "&")
    answer = client.get(address)
    assert answer.location == "/profil?a=1&b=2"
    english = client.get("/profil").get_data(as_text=True)
    assert '<html lang="en"' in english
    assert "Sign out" in english or "Log out" in english
    assert db.session.get(Account, two[1]).language == "en"


def test_the_place_in_the_menu_follows_the_page(two, sign_in):
    client = sign_in("wira")
    for path in ("/profil", "/profil/sandi"):
        page = client.get(path).get_data(as_text=True)
        assert f"lanjut={path}" in page
