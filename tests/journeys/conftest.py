"""A running Titian with a small demo government, and a real browser."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from lms.app.demo.seed import seed_demo
from lms.platform import clock
from lms.platform.db import db
from tests.conftest import PASSWORD, make_app, upgrade

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[1] / "assets/axe.min.js"
ARTIFACTS = Path(__file__).parents[2] / "test-artifacts"


@pytest.fixture(autouse=True)
def _clock():
    """Journeys run in real time: the browser and the server must agree on it."""
    clock.freeze(None)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """A folder with a migrated database, loaded content and 120 people."""
    folder = tmp_path_factory.mktemp("seeded")
    app = make_app(folder, f"sqlite:///{folder / 'titian.db'}", demo_password=PASSWORD)
    upgrade(app)
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["content", "load"])
        assert result.exit_code == 0, result.output
        seed_demo(app.config["TITIAN"], number=120, progress=lambda _text: None)
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="module")
def site(seeded, tmp_path_factory):
    """A server of its own for the tests of a file; yields (address, application)."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(seeded, folder, dirs_exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    clock.freeze(None)
    app = make_app(folder, f"sqlite:///{folder / 'titian.db'}", demo_password=PASSWORD)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address, app
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = os.environ.get("LMS_TEST_CHROMIUM") or shutil.which(name)
        if found:
            return found
    pytest.fail("Chromium tidak ditemukan: pasang paket chromium")


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visit(browser, site):
    """Open a signed-in page: page = visit("asn", width=375)."""
    contexts = []

    def go(name=None, *, width=1280, javascript=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            base_url=site[0],
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if name:
            page.goto("/masuk")
            page.fill("#username", name)
            page.fill("#password", PASSWORD)
            page.click("main button[type=submit]")
        return page

    yield go
    for context in contexts:
        context.close()
