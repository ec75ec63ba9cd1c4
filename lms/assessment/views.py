"""The pages of an exam under way: questions, the review before handing in, handing in.

They are opened by the attempt's own token, so that an idle sign-out cannot lose an answer, or by
its signed-in owner. Start and result pages are composed and lie in `lms.app.pages.exam`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
)
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from lms.assessment import services
from lms.assessment.errors import AttemptClosed, BadResponse, SignInNeeded
from lms.assessment.forms import moment_from, seq_from
from lms.assessment.queries import AttemptHead, Taker
from lms.assessment.rules.attempts import GRACE
from lms.assessment.services import QuestionPage, SavedAnswer
from lms.kernel.actor import Actor, Permission
from lms.kernel.errors import NotFound
from lms.kernel.markup import fill_slots
from lms.platform import clock, wording
from lms.platform.access.services import token_hash
from lms.platform.slots import slots
from lms.platform.web.drafts import resend_page, sign_in_with_draft, typed_fields
from lms.platform.web.edge import find_actor, requires
from lms.platform.web.errors import error_page, refusal_sentence, wants_json
from lms.platform.web.protection import own_proof

blueprint = Blueprint("assessment", __name__, template_folder="templates", url_prefix="/ujian")

COOKIE_PATH: Final = "/ujian/"
Result = TypeVar("Result")


# ------------------------------------------------------------- who is asking


def cookie_name(quiz_code: str) -> str:
    """Return the name of the cookie that holds a quiz's attempt token: one per quiz."""
    return f"ujian_{quiz_code}"


def browser_token(quiz_code: str) -> str | None:
    """Return the attempt token this browser holds for a quiz, whatever it is worth."""
    return request.cookies.get(cookie_name(quiz_code))


def _as_taker(quiz_code: str, work: Callable[[Taker], Result]) -> Result:
    """Do the work for whoever holds the attempt's token, else for who is signed in.

    The token alone is tried first: it spares the hot path of an exam loading the actor.

    Raises:
        SignInNeeded: neither gives an attempt.
        NotFound: an account without a person is signed in.
    """
    token, sign_in = browser_token(quiz_code), session.get("sid")
    if token:
        holder = Taker(
            quiz_code,
            token_hash=token_hash(token),
            sign_in_hash=token_hash(sign_in) if sign_in else None,
        )
        try:
            return work(holder)
        except SignInNeeded:
            pass  # an old token, or somebody else's: the sign-in decides
    actor = find_actor()
    if actor is not None and actor.person_id is None:
        raise NotFound(kind="attempt", quiz_code=quiz_code)
    if actor is None:
        raise SignInNeeded(quiz_code=quiz_code)
    return work(Taker(quiz_code, person_id=actor.person_id))


def hand_over_token(
    answer: Response, *, quiz_code: str, token: str, ends_at: datetime, now: datetime
) -> Response:
    """Give the browser the attempt's token, until the end and the grace after it.

    The age is relative, so that a browser whose clock is wrong keeps it as long as it should.
    """
    kept: timedelta = ends_at + GRACE - now
    answer.set_cookie(
        cookie_name(quiz_code),
        token,
        max_age=max(0, int(kept.total_seconds())),
        path=COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["TITIAN"].secure_cookies,
    )
    return answer


# -------------------------------------------------------------- proof of form


def _proof(token: str) -> str:
    """Return the form token that belongs to an attempt token; useless without the cookie."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"ujian:{token}".encode(), hashlib.sha256).hexdigest()


def _form_token(quiz_code: str) -> str:
    """Return what forms of the attempt carry: bound to its token, else to the session."""
    token = browser_token(quiz_code)
    return _proof(token) if token else str(generate_csrf())


def _is_proved(quiz_code: str) -> bool:
    """Tell whether the form came from a page of ours.

    The session's token counts as well: the page that sends a form once more carries it.
    """
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    given = request.form.get("csrf_token") or request.headers.get("X-CSRFToken") or ""
    token = browser_token(quiz_code)
    if token and hmac.compare_digest(_proof(token).encode(), given.encode()):
        return True
    try:
        validate_csrf(given)
    except ValidationError:
        return False
    return True


def _unproved() -> ResponseReturnValue:
    if wants_json():
        return error_page(400)
    return resend_page(request.path, typed_fields(), status=400)


def _sign_in_first(error: SignInNeeded) -> ResponseReturnValue:
    if wants_json():
        return error_page(401, refusal_sentence(error))
    if request.method == "POST":
        return sign_in_with_draft()
    return redirect(address_of("access.sign_in", lanjut=request.path), 303)


def _refused(error: AttemptClosed, taker: Taker, now: datetime) -> ResponseReturnValue:
    """Answer 409, and grade the attempt if this is the request that finds it due."""
    services.close_if_due(taker=taker, now=now)
    return error_page(409, refusal_sentence(error))


def _to_result(quiz_code: str) -> ResponseReturnValue:
    return redirect(address_of("exam.result", code=quiz_code), 303)


# ---------------------------------------------------------------------- pages


@blueprint.get("/<code>/soal/<int:position>")
@requires(Permission.PUBLIC, writes=True)
def question(code: str, position: int) -> ResponseReturnValue:
    """Show a question; once the attempt is over, lead to its result."""
    now = clock.now()
    try:
        page = _as_taker(
            code,
            lambda taker: services.open_question(taker=taker, position=position, now=now),
        )
    except SignInNeeded as error:
        return _sign_in_first(error)
    return _to_result(code) if page is None else _question_html(page, now)


@blueprint.post("/<code>/soal/<int:position>")
@own_proof
@requires(Permission.PUBLIC)
def save(code: str, position: int) -> ResponseReturnValue:
    """Store an answer; the response comes after the commit and is the acknowledgement."""
    if not _is_anybody(code):
        return _sign_in_first(SignInNeeded(quiz_code=code))
    if not _is_proved(code):
        return _unproved()
    try:
        return _as_taker(code, lambda taker: _save(taker, position, clock.now()))
    except SignInNeeded as error:
        return _sign_in_first(error)


def _save(taker: Taker, position: int, now: datetime) -> ResponseReturnValue:
    try:
        saved = services.save_answer(
            taker=taker,
            position=position,
            fields=list(request.form.items(multi=True)),
            seq=seq_from(request.form.get("urut")),
            client_at=moment_from(request.form.get("waktu")),
            is_flagged=request.form.get("ragu") == "1",
            now=now,
        )
    except AttemptClosed as error:
        return _refused(error, taker, now)
    except BadResponse as error:
        return _answer_again(error, taker, position, now)
    return _saved(taker.quiz_code, saved)


def _is_anybody(code: str) -> bool:
    """Tell whether the request brings anything that could open an attempt."""
    return browser_token(code) is not None or find_actor() is not None


def _saved(code: str, saved: SavedAnswer) -> ResponseReturnValue:
    if wants_json():
        states = {"accepted": "tersimpan", "late": "terlambat", "ignored": "diabaikan"}
        return jsonify(status=states[saved.state], soal=saved.position, pukul=saved.at.isoformat())
    if saved.position == saved.total:
        return redirect(address_of("assessment.review", code=code), 303)
    target = address_of("assessment.question", code=code, position=saved.position + 1)
    return redirect(target, 303)


def _answer_again(
    error: BadResponse, taker: Taker, position: int, now: datetime
) -> ResponseReturnValue:
    """Answer 422 with the question as it was filled in."""
    if wants_json():
        return error_page(422, refusal_sentence(error))
    page = services.question_again(
        taker=taker,
        position=position,
        fields=list(request.form.items(multi=True)),
        is_flagged=request.form.get("ragu") == "1",
    )
    return _question_html(page, now, problem=refusal_sentence(error)), 422


def _question_html(page: QuestionPage, now: datetime, *, problem: str = "") -> str:
    head, number, total = page.head, page.position, len(page.marks)
    exhibit = page.item.exhibit_html
    situation = page.item.content.head.situation or ""
    done = _(
        "Soal %(n)s dari %(total)s, %(done)s terjawab", n=number, total=total, done=page.answered
    )
    return render_template(
        "assessment/soal.html",
        page=page,
        total=total,
        content=page.item.content,
        situation=[part for part in situation.split("\n\n") if part.strip()],
        exhibit=fill_slots(exhibit, slots.contacts()) if exhibit else "",
        problem=problem,
        base=_base(head),
        form_token=_form_token(head.quiz_code),
        now_iso=now.isoformat(),
        shell=_frame(),
        zone=clock.zone().key,
        exam=_bar(head, now, done),
    )


def _frame() -> dict[str, str]:
    """Return what the layout reads of the reader; the session knows it without the account.

    The start page has left it there, see `remember_reader`.
    """
    actor = g.get("actor")
    return {"text_size": session.get("huruf", "biasa") if actor is None else actor.text_size}


def remember_reader(actor: Actor) -> None:
    """Keep language and text size in the session, for pages that do not load the account."""
    session["bahasa"], session["huruf"] = actor.language, actor.text_size


def _base(head: AttemptHead) -> str:
    return f"{blueprint.url_prefix}/{head.quiz_code}"


def _bar(head: AttemptHead, now: datetime, position_text: str) -> dict[str, Any]:
    """Return what the exam layout shows above the page."""
    return {
        "title": _("Ujian %(kode)s", kode=head.quiz_code),
        "position_text": position_text,
        "time_left": time_left(head.ends_at - now),
        "ends_at_iso": head.ends_at.isoformat(),
        "ends_at_text": wording.time_of_day(head.ends_at, zone=True),
    }


def time_left(left: timedelta) -> str:
    """Return the time left in words, a minute begun counted in full."""
    minutes = -(-int(left.total_seconds()) // 60)
    if minutes <= 1:
        return str(_("kurang dari 1 menit"))
    return str(_("%(n)s menit", n=minutes))


@blueprint.get("/<code>/tinjau")
@requires(Permission.PUBLIC, writes=True)
def review(code: str) -> ResponseReturnValue:
    """Show what is answered, open and flagged, before handing in."""
    now = clock.now()
    try:
        page = _as_taker(code, lambda taker: services.open_review(taker=taker, now=now))
    except SignInNeeded as error:
        return _sign_in_first(error)
    if page is None:
        return _to_result(code)
    total = len(page.marks)
    done = total - len(page.open_positions)
    return render_template(
        "assessment/tinjau.html",
        page=page,
        total=total,
        done=done,
        base=_base(page.head),
        form_token=_form_token(code),
        now_iso=now.isoformat(),
        shell=_frame(),
        zone=clock.zone().key,
        exam=_bar(
            page.head, now, _("%(done)s dari %(total)s soal terjawab", done=done, total=total)
        ),
    )


@blueprint.post("/<code>/tinjau")
@own_proof
@requires(Permission.PUBLIC)
def submit(code: str) -> ResponseReturnValue:
    """Hand in and grade; the result asks for a sign-in."""
    if not _is_anybody(code):
        return _sign_in_first(SignInNeeded(quiz_code=code))
    if not _is_proved(code):
        return _unproved()
    try:
        return _as_taker(code, lambda taker: _submit(taker, clock.now()))
    except SignInNeeded as error:
        return _sign_in_first(error)


def _submit(taker: Taker, now: datetime) -> ResponseReturnValue:
    try:
        services.submit_attempt(taker=taker, now=now)
    except AttemptClosed as error:
        return _refused(error, taker, now)
    if wants_json():
        return jsonify(status="dikumpulkan", pukul=now.isoformat())
    return _to_result(taker.quiz_code)
