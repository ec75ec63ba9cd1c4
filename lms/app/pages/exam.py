"""Before and after an exam: its terms and its result.

Composed of what assessment (attempts), learning (lessons), catalogue (titles) and credentials
(the certificate) know; the questions in between are assessment's own pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessment import queries as assessment
from lms.assessment import services
from lms.assessment.queries import AttemptSummary, LessonLine, QuizTerms, StartState, Taker
from lms.assessment.views import browser_token, hand_over_token, remember_reader
from lms.catalogue import queries as catalogue
from lms.credentials import queries as credentials
from lms.kernel.actor import Permission
from lms.kernel.errors import NotFound
from lms.learning import queries as learning
from lms.learning import services as learning_services
from lms.platform import clock
from lms.platform.access.services import token_hash
from lms.platform.web.edge import current_actor, requires

blueprint = Blueprint("exam", __name__, template_folder="templates", url_prefix="/ujian")


@dataclass(frozen=True, slots=True)
class LessonResult:
    """A lesson's line of a result with what the catalogue calls it."""

    line: LessonLine
    title: str
    url: str | None


def _own_person() -> int:
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound(kind="person")
    return person_id


def _titles(code: str) -> tuple[str, str]:
    """Return what the exam is called on its own and in the title of its result."""
    course = catalogue.find_course_of_exam(code)
    if course is None:
        return _("Ujian %(kode)s", kode=code), _("Hasil ujian %(kode)s", kode=code)
    name = course.short_title
    return _("Ujian akhir %(judul)s", judul=name), _("Hasil ujian akhir %(judul)s", judul=name)


@blueprint.get("/<code>")
@requires(Permission.EXAM_TAKE, writes=True)
def terms(code: str) -> ResponseReturnValue:
    """Show the terms of an exam, or what is missing before it may begin."""
    person_id, now, today = _own_person(), clock.now(), clock.today()
    quiz = assessment.quiz_terms(code)
    services.close_if_due(taker=Taker(code, person_id=person_id), now=now)
    attempts = assessment.attempts_of(person_id, code)
    running = attempts[-1] if attempts and attempts[-1].is_open else None
    return render_template(
        "exam/mulai.html",
        title=_titles(code)[0],
        quiz=quiz,
        minutes=_minutes(quiz, person_id),
        gate=learning.exam_gate(person_id, code, today=today),
        state=assessment.start_state(person_id, quiz, today=today),
        attempts=attempts,
        running=running,
        time_is_over=running is not None and now > running.ends_at,
        closes_at=running.ends_at + assessment.GRACE if running else None,
    )


def _minutes(quiz: QuizTerms, person_id: int) -> int:
    """Return the person's own minutes, more time by decision included."""
    return quiz.minutes * (100 + assessment.extra_time_pct(person_id)) // 100


@blueprint.post("/<code>")
@requires(Permission.EXAM_TAKE)
def start(code: str) -> ResponseReturnValue:
    """Begin or resume, hand the attempt's token to the browser, and lead to the first question.

    A browser that holds the running attempt already keeps its token, so that pages which lie open
    in other tabs stay good.
    """
    person_id, now = _own_person(), clock.now()
    answer = redirect(url_for("assessment.question", code=code, position=1), 303)
    remember_reader(current_actor())
    token = browser_token(code)
    if token is not None and assessment.holds_open_attempt(
        quiz_code=code, token_hash=token_hash(token), person_id=person_id, now=now
    ):
        return answer
    started = learning_services.start_exam(
        person_id=person_id, quiz_code=code, now=now, today=clock.today()
    )
    return hand_over_token(
        answer,  # type: ignore[arg-type]  # werkzeug's response is Flask's here
        quiz_code=code,
        token=started.token,
        ends_at=started.ends_at,
        now=now,
    )


@blueprint.get("/<code>/hasil")
@requires(Permission.EXAM_TAKE, writes=True)
def result(code: str) -> ResponseReturnValue:
    """Show what an attempt came to: the latest, or the one asked for by its number."""
    person_id, now, today = _own_person(), clock.now(), clock.today()
    services.close_if_due(taker=Taker(code, person_id=person_id), now=now)
    attempts = assessment.attempts_of(person_id, code)
    attempt = _wanted(attempts, request.args.get("percobaan"))
    quiz = assessment.find_terms(code)
    title, result_title = _titles(code)
    return render_template(
        "exam/hasil.html",
        title=title,
        result_title=result_title,
        attempt=attempt,
        others=[one for one in reversed(attempts) if one.number != attempt.number],
        latest=attempts[-1],
        lessons=_lessons(attempt),
        certificate=credentials.certificate_of_attempt(attempt.attempt_id)
        if attempt.outcome == "lulus"
        else None,
        next_try=_next_try(person_id, quiz, attempts, today=today),
        time_is_over=now > attempt.ends_at,
        closes_at=attempt.ends_at + assessment.GRACE,
    )


def _wanted(attempts: list[AttemptSummary], number: str | None) -> AttemptSummary:
    for attempt in reversed(attempts):
        if number is None or number == str(attempt.number):
            return attempt
    raise NotFound(kind="attempt", number=number)


def _next_try(
    person_id: int, quiz: QuizTerms | None, attempts: list[AttemptSummary], *, today: date
) -> StartState | None:
    """Return when another attempt may start; None once passed or while one is open."""
    if quiz is None or any(one.is_open or one.outcome == "lulus" for one in attempts):
        return None
    return assessment.start_state(person_id, quiz, today=today)


def _lessons(attempt: AttemptSummary) -> list[LessonResult]:
    """Return the lines of a result, the weakest lesson first, under the titles of now."""
    code = attempt.course_code
    course = None if code is None else catalogue.find_course_version(code)
    titles = (
        {}
        if course is None
        else {line.number: line.title for line in catalogue.list_lessons(course.version_id)}
    )
    lines = sorted(attempt.lessons, key=lambda line: (line.right / line.total, line.lesson))
    return [
        LessonResult(
            line,
            titles.get(line.lesson, ""),
            url_for("learning.lesson", code=code, number=line.lesson)
            if line.lesson in titles
            else None,
        )
        for line in lines
    ]
