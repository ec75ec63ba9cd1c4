"""What was acknowledged is on disk: the server is killed at random moments and nothing is lost."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import PASSWORD
from tests.soaking import examples

ROOT = Path(__file__).parents[2]
KILLS = examples(3, 50)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The real thing in a process of its own, so that it can be killed."""

    def __init__(self, folder):
        self.port, self.folder = free_port(), folder
        self.process = None

    def start(self):
        environment = {
            "PATH": os.environ["PATH"],
            "LMS_DATA_DIR": str(self.folder),
            "LMS_DEMO_PASSWORD": PASSWORD,
            "LMS_LOG_LEVEL": "ERROR",
            "LMS_SECRET_KEY": "k" * 40,
        }
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind",
                f"127.0.0.1:{self.port}", "--threads", "4", "--worker-class", "gthread",
                "--log-level", "critical", "wsgi:app",
            ],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                Person(self).get("/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the server did not start")

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Person:
    """A client with cookies that fills forms as a browser without script would."""

    def __init__(self, server):
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path):
        return self.opener.open(self.server.address + path, timeout=20).read().decode()

    def post(self, path, fields, page):
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        data = urllib.parse.urlencode([("csrf_token", token), *fields]).encode()
        return self.opener.open(self.server.address + path, data, timeout=20)


def fields_of(page):
    """One admissible answer to the question that is shown: the first of everything."""
    fields = {}
    main = page[page.index('id="pokok"') :]
    selects = re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', main, re.DOTALL)
    if selects:
        if all(name == "jawaban" for name, _ in selects):
            values = [v for v in re.findall(r'value="([^"]*)"', selects[0][1]) if v]
            return [("jawaban", value) for value in values]
        return [
            (name, next(v for v in re.findall(r'value="([^"]*)"', body) if v))
            for name, body in selects
        ]
    for tag in re.findall(r"<input[^>]+>", main):
        name = re.search(r'name="(jawaban[^"]*)"', tag)
        if not name:
            continue
        value = re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        text = kind is None or kind.group(1) in ("text", "number")
        fields.setdefault(name.group(1), "1" if text else value.group(1))
    return list(fields.items())


@pytest.mark.soak
def test_no_acknowledged_answer_is_lost_when_the_server_is_killed(
    seeded, tmp_path, record_property
):
    record_property("number", KILLS)
    folder = tmp_path / "data"
    shutil.copytree(seeded, folder)
    server = Server(folder)
    server.start()
    chance = random.Random(7)
    try:
        person = Person(server)
        person.post("/masuk", [("username", "asn2"), ("password", PASSWORD)], person.get("/masuk"))
        person.post("/kursus/AMN-101", [], person.get("/kursus/AMN-101"))
        for number in range(1, 7):
            path = f"/kursus/AMN-101/{number}"
            person.post(path, [], person.get(path))
        person.post("/ujian/AMN-101", [], person.get("/ujian/AMN-101"))
        acknowledged = {}
        position = 0
        for _kill in range(KILLS):
            for _answer in range(chance.randint(2, 6)):
                position = position % 20 + 1
                path = f"/ujian/AMN-101/soal/{position}"
                page = person.get(path)
                marked = chance.random() < 0.5
                fields = [*fields_of(page), *([("ragu", "1")] if marked else [])]
                person.post(path, fields, page)
                acknowledged[position] = (sorted({v for n, v in fields if n != "ragu"}), marked)
            server.kill()
            stored = stored_answers(folder)
            for place, (values, marked) in acknowledged.items():
                assert stored[place] == (values, marked), place
            server.start()
    finally:
        server.kill()


def stored_answers(folder):
    import json

    engine = sa.create_engine(f"sqlite:///{folder / 'titian.db'}")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT position, response, flagged FROM assessment_answer WHERE attempt_id = "
            "(SELECT max(id) FROM assessment_attempt)"
        ).all()
    engine.dispose()
    found = {}
    for position, response, flagged in rows:
        value = json.loads(response)
        values = (
            value
            if isinstance(value, list)
            else list(value.values())
            if isinstance(value, dict)
            else [value]
        )
        found[position] = (sorted({v for v in values if v}), bool(flagged))
    return found
