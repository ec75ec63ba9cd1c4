"""The pages that are measured, each with its aim. A page that is not there yet is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from gzip import compress
from random import Random
from statistics import median, quantiles
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from sqlalchemy import event

from bench.browser import Answer, Browser, plain
from bench.generate import COURSE, LEARNERS, PASSWORD, morning
from lms.app.demo.answers import answer_fields
from lms.assessment import queries as assessment
from lms.people.queries import person_behind
from lms.platform import clock
from lms.platform.access.queries import find_credentials
from lms.platform.db import db

_NOT_A_STATEMENT = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_PARTS = re.compile(r'<link rel="(?:stylesheet|icon|preload)"[^>]*?href="([^"]+)"|src="([^"]+)"')
_SPRITE = re.compile(r'<use href="([^"#]+)')
_FONTS = re.compile(rb'url\(["\']?([^"\')]+\.woff2)')
QUESTIONS = 20
_SLOW_MS, _LONGEST_MS, _LEAST = 1_000, 15_000, 5
"""A slow page is repeated for 15 s at most, yet five times."""


class PageMissing(Exception):
    """The page does not answer as it should; it may not be built yet."""


@dataclass(slots=True)
class Cost:
    """What a page costs. Times in milliseconds, sizes in bytes."""

    name: str
    aim_ms: float | None
    people: int
    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    statements: int = 0
    html: int = 0
    html_gz: int = 0
    first_view_gz: int = 0

    @property
    def middle(self) -> float:
        return median(self.cpu_ms)

    @property
    def high(self) -> float:
        """The 95th percentile; with few repeats the largest."""
        if len(self.cpu_ms) < 20:
            return max(self.cpu_ms)
        return quantiles(self.cpu_ms, n=20)[-1]


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect the SQL statements run inside."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_NOT_A_STATEMENT):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


class Round:
    """One round over all pages on one database."""

    def __init__(self, app: Flask, *, people: int, repeats: int, attempts: int) -> None:
        self.app, self.people, self.repeats, self.attempts = app, people, repeats, attempts
        self.browser = Browser(app)
        self.now = morning()
        self.costs: list[Cost] = []
        self.missing: list[str] = []
        self._dice = Random("bench")
        clock.freeze(self.now)

    def pass_time(self, seconds: float) -> None:
        """Let the clock go on, as it does between two requests of a person."""
        self.now += timedelta(seconds=seconds)
        clock.freeze(self.now)

    def run(self, steps: list[Callable[[Round], None]]) -> None:
        for step in steps:
            try:
                step(self)
            except PageMissing as missing:
                self.missing.append(f"{step.__name__}: {missing}")

    # ------------------------------------------------------------ asking

    def expect(self, answer: Answer, status: int, what: str) -> Answer:
        if answer.status != status:
            text = f"{what} answered {answer.status} instead of {status}"
            raise PageMissing(text)
        return answer

    def sign_in(self, name: str) -> Answer:
        """Sign in with the form, in a browser without cookies."""
        self.browser.forget()
        page = self.expect(self.browser.get("/masuk"), 200, "/masuk")
        return self.expect(
            self.browser.post(
                "/masuk", {"csrf_token": page.token, "username": name, "password": PASSWORD}
            ),
            303,
            "POST /masuk",
        )

    def page(self, name: str, path: str, *, aim: float | None, seconds: float = 2) -> Cost:
        """Measure a page: warm-up, many repeats, then statements and weight."""
        cost = Cost(name, aim, self.people)
        for _ in range(max(3, self.repeats // 10)):
            self.pass_time(seconds)
            answer = self.expect(self.browser.get(path), 200, path)
            if answer.wall_ms > _SLOW_MS:
                break
        while len(cost.cpu_ms) < self.repeats:
            self.pass_time(seconds)
            answer = self.browser.get(path)
            cost.cpu_ms.append(answer.cpu_ms)
            cost.wall_ms.append(answer.wall_ms)
            if len(cost.cpu_ms) >= _LEAST and sum(cost.wall_ms) > _LONGEST_MS:
                break
        self.pass_time(seconds)
        with self.app.app_context(), counting() as seen:
            answer = self.browser.get(path)
        cost.statements = len(seen)
        self.weigh(cost, path, answer)
        self.costs.append(cost)
        return cost

    # ------------------------------------------------------------ weight

    def weigh(self, cost: Cost, path: str, answer: Answer) -> None:
        """Weigh a page as a first visit loads it: document, styles, font, icons, scripts."""
        body = plain(answer)
        cost.html, cost.html_gz = len(body), len(compress(body, 6))
        cost.first_view_gz = cost.html_gz + sum(
            self._part(address) for address in self._parts(path, body.decode())
        )

    def _parts(self, path: str, text: str) -> list[str]:
        found = [one or two for one, two in _PARTS.findall(text)] + _SPRITE.findall(text)
        parts = {urljoin(path, address) for address in found if not address.startswith("data:")}
        for address in sorted(parts):
            if urlsplit(address).path.endswith(".css"):
                css = plain(self.browser.get(address))
                parts |= {urljoin(address, font.decode()) for font in _FONTS.findall(css)}
        return sorted(parts)

    def _part(self, address: str) -> int:
        body = plain(self.expect(self.browser.get(address), 200, address))
        packed = urlsplit(address).path.endswith((".woff2", ".webp", ".png", ".jpg"))
        return len(body) if packed else len(compress(body, 6))


# ---------------------------------------------------------------------- pages


def sign_in_page(round_: Round) -> None:
    """The sign-in page, and signing in: nearly all of it is the password hash."""
    round_.browser.forget()
    round_.page("permintaan kosong (GET /healthz)", "/healthz", aim=None)
    round_.page("halaman masuk (GET /masuk)", "/masuk", aim=None)
    cost = Cost("masuk (POST /masuk)", 40, round_.people)
    for number in range(max(12, round_.repeats // 6)):
        round_.pass_time(2)
        if number == 3:
            with round_.app.app_context(), counting() as seen:
                round_.sign_in("asn")
            # The GET before it belongs to the page; what it asks is in every request.
            with round_.app.app_context(), counting() as of_page:
                round_.browser.forget()
                round_.browser.get("/masuk")
            cost.statements = len(seen) - len(of_page)
        answer = round_.sign_in("asn")
        if number >= 2:
            cost.cpu_ms.append(answer.cpu_ms)
            cost.wall_ms.append(answer.wall_ms)
    round_.costs.append(cost)


def learning_pages(round_: Round) -> None:
    """The home page and a lesson of somebody with a course under way."""
    round_.sign_in("asn")
    _enrol(round_, lessons=2)
    round_.page("beranda (asn, kursus berjalan)", "/beranda", aim=3.5)
    round_.page("pelajaran", f"/kursus/{COURSE}/3", aim=2.0, seconds=20)
    round_.page("halaman kursus", f"/kursus/{COURSE}", aim=None)
    round_.page("katalog", "/katalog", aim=None)


def _enrol(round_: Round, *, lessons: int) -> int:
    """Enrol and mark lessons as done; return how many lessons the course has."""
    browser = round_.browser
    address = f"/kursus/{COURSE}"
    page = round_.expect(browser.get(address), 200, address)
    round_.expect(browser.post(address, {"csrf_token": page.token}), 303, f"POST {address}")
    done = 0
    while done < lessons:
        lesson = f"{address}/{done + 1}"
        round_.pass_time(30)
        page = browser.get(lesson)
        if page.status == 404:
            break
        token = round_.expect(page, 200, lesson).token
        answer = browser.post(lesson, {"csrf_token": token})
        round_.expect(answer, 303, f"POST {lesson}")
        done += 1
    return done


def whole_attempts(round_: Round) -> None:
    """Whole attempts of 20 questions: start, 20 GET, 20 POST, review, hand in; and one result."""
    whole = Cost(f"seluruh ujian, {QUESTIONS} soal", 80, round_.people)
    question = Cost("satu soal (GET)", None, round_.people)
    answering = Cost("satu jawaban (POST)", None, round_.people)
    for number in range(1, min(LEARNERS, round_.attempts + 1) + 1):
        name = f"uji-{number:03d}"
        round_.sign_in(name)
        _enrol(round_, lessons=99)
        with round_.app.app_context():
            found = find_credentials(name)
            person = None if found is None else person_behind(found.account_id)
            person_id = 0 if person is None else person.person_id or 0
        if number == 1:  # warm-up, statements and weight
            with round_.app.app_context(), counting() as seen:
                _attempt(round_, person_id, question, answering, weigh=True)
            whole.statements = len(seen)
            question.cpu_ms.clear()
            answering.cpu_ms.clear()
            continue
        answers = _attempt(round_, person_id, question, answering)
        whole.cpu_ms.append(sum(answer.cpu_ms for answer in answers))
        whole.wall_ms.append(sum(answer.wall_ms for answer in answers))
    round_.costs += [whole, question, answering]
    round_.page("hasil ujian", f"/ujian/{COURSE}/hasil", aim=None)
    round_.page("beranda (sesudah ujian)", "/beranda", aim=None)


def _attempt(
    round_: Round, person_id: int, question: Cost, answering: Cost, *, weigh: bool = False
) -> list[Answer]:
    browser, address = round_.browser, f"/ujian/{COURSE}"
    terms = round_.expect(browser.get(address), 200, address)
    answers = [round_.expect(browser.post(address, {"csrf_token": terms.token}), 303, "start")]
    plan = _planned_answers(round_, person_id)
    for position in range(1, QUESTIONS + 1):
        round_.pass_time(20)
        target = f"{address}/soal/{position}"
        page = round_.expect(browser.get(target), 200, target)
        fields = [("csrf_token", page.token), *plan[position - 1]]
        saved = round_.expect(browser.post(target, fields), 303, f"POST {target}")
        answers += [page, saved]
        question.cpu_ms.append(page.cpu_ms)
        question.wall_ms.append(page.wall_ms)
        answering.cpu_ms.append(saved.cpu_ms)
        answering.wall_ms.append(saved.wall_ms)
        if weigh and position == 2:
            with counting() as seen:
                browser.get(target)
            question.statements = len(seen)
            round_.weigh(question, target, page)
            with counting() as seen:
                browser.post(target, fields)
            answering.statements = len(seen)
    page = round_.expect(browser.get(f"{address}/tinjau"), 200, "review")
    handed_in = browser.post(f"{address}/tinjau", {"csrf_token": page.token})
    return [*answers, page, round_.expect(handed_in, 303, "hand in")]


def _planned_answers(round_: Round, person_id: int) -> list[list[tuple[str, str]]]:
    """Return the fields of an answer to each question, four of five right."""
    dice = round_._dice  # noqa: SLF001  # one source of chance for the round
    with round_.app.app_context():
        attempt = assessment.attempts_of(person_id, COURSE)[-1]
        head = assessment.attempt_by_id(attempt.attempt_id)
        return [
            answer_fields(head.item(position).content, right=dice.random() < 0.8, random=dice)
            for position in range(1, QUESTIONS + 1)
        ]


def office_pages(round_: Round) -> None:
    """The overview of readiness and one OPD, as bkpsdm."""
    round_.sign_in("bkpsdm")
    round_.page("ringkasan kesiapan", "/kesiapan", aim=15)
    round_.page("satu OPD", "/kesiapan/DISDIK", aim=None)


def lists(round_: Round) -> None:
    """Lists that grow with the number of persons; each shows 50 a page."""
    round_.sign_in("bkpsdm")
    for name, path in (
        ("daftar pegawai", "/pegawai"),
        ("cari pegawai", "/pegawai?q=sekar"),
        ("penugasan", "/penugasan"),
    ):
        try:
            round_.page(name, path, aim=None)
        except PageMissing as missing:
            round_.missing.append(f"{name}: {missing}")


LEARNING = [sign_in_page, learning_pages, whole_attempts]
OFFICE = [office_pages, lists]
