"""The home page, own competence, and notices."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessment import queries as assessment
from lms.competency import queries as competency
from lms.development import queries as development
from lms.kernel.actor import Permission
from lms.learning import queries as learning
from lms.platform import clock
from lms.platform.export import table_response
from lms.platform.outbox import notices
from lms.platform.paging import page_number
from lms.platform.web.edge import current_actor, requires

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@requires(Permission.PUBLIC)
def root() -> ResponseReturnValue:
    """Lead to the home page."""
    return redirect(url_for("home.home"), 303)


@blueprint.get("/beranda")
@requires(Permission.SIGNED_IN)
def home() -> ResponseReturnValue:
    """Show the one next thing, what is due, where one stands, and the JP of the year."""
    actor = current_actor()
    today, now = clock.today(), clock.now()
    if actor.person_id is None or not actor.may(Permission.LEARN):
        return render_template("home/beranda-kantor.html", today=today, greeting=_greeting())
    duties = development.open_obligations(actor.person_id, today)
    courses = learning.list_progress(actor.person_id)
    step = learning.next_step_of(courses)
    return render_template(
        "home/beranda.html",
        today=today,
        greeting=_greeting(),
        first_name=actor.display_name.split(",")[0].split()[0],
        duties=duties,
        nearest=_nearest(duties, step),
        step=step,
        next_try_on=_next_try(actor.person_id, step, today),
        finished=[course for course in courses if course.completed_at is not None],
        standings=[
            row
            for row in competency.own_standings(actor.person_id, today=today, now=now)
            if row.is_pillar
        ],
        jp=development.jp_summary(actor.person_id, today.year),
    )


def _greeting() -> str:
    """Return the greeting of the hour in the region."""
    hour = clock.local(clock.now()).hour
    words: tuple[tuple[int, str], ...] = (
        (11, _("Selamat pagi")),
        (15, _("Selamat siang")),
        (18, _("Selamat sore")),
        (24, _("Selamat malam")),
    )
    return next(text for until, text in words if hour < until)


def _next_try(person_id: int, step: learning.NextStep | None, today: date) -> date | None:
    """Return from when the exam may be tried again, or None when it may be begun or resumed now."""
    if step is None or step.lesson is not None:
        return None
    quiz = assessment.find_terms(step.progress.course.exam_code)
    if quiz is None:
        return None
    state = assessment.start_state(person_id, quiz, today=today)
    return None if state.may_start or state.running_id is not None else state.next_on


def _nearest(
    duties: list[development.OwnObligation], step: learning.NextStep | None
) -> development.OwnObligation | None:
    """Return the duty that the hero is about: that of the course under way, else the nearest."""
    if step is not None:
        mine = (d for d in duties if d.course_code == step.progress.course.code)
        return next(mine, None)
    return duties[0] if duties else None


@blueprint.get("/kompetensi")
@requires(Permission.LEARN)
def competence() -> ResponseReturnValue:
    """Show the own standing in every competence, with the evidence behind it."""
    person_id = current_actor().person_id or 0
    today, now = clock.today(), clock.now()
    return render_template(
        "home/kompetensi.html",
        standings=competency.own_standings(person_id, today=today, now=now),
        evidence=competency.evidence_rows(person_id, today=today, now=now),
        labels=competency.labels(),
        levels=competency.levels(),
    )


@blueprint.get("/kompetensi.<any(csv, xlsx):kind>")
@requires(Permission.LEARN)
def competence_export(kind: str) -> ResponseReturnValue:
    """Download the own standings."""
    person_id = current_actor().person_id or 0
    header = ("kompetensi", "tingkat", "wajib", "keadaan", "diukur", "berlaku_sampai")
    rows = (
        (r.competence, r.level, r.required, r.status, r.measured_on, r.valid_until)
        for r in competency.own_standings(person_id, today=clock.today(), now=clock.now())
    )
    return table_response("kompetensi", kind, header, rows)


@blueprint.get("/pemberitahuan")
@requires(Permission.LEARN)
def inbox() -> ResponseReturnValue:
    """Show the own notices, newest first."""
    person_id = current_actor().person_id or 0
    page = notices.list_notices(person_id=person_id, page=page_number(request.args.get("halaman")))
    return render_template("home/pemberitahuan.html", page=page)


@blueprint.post("/pemberitahuan/dibaca")
@requires(Permission.LEARN)
def mark_read() -> ResponseReturnValue:
    """Mark all own notices as read."""
    notices.mark_all_read(person_id=current_actor().person_id or 0, now=clock.now())
    flash(_("Semua pemberitahuan ditandai sudah dibaca."), "ok")
    return redirect(url_for("home.inbox"), 303)
