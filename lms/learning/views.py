"""Catalogue, course and lesson pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from lms.assessment.queries import ItemView
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.packages import LegalBanner, LegalBasis, legal_banners
from lms.catalogue.queries import Filters
from lms.competency import queries as competency
from lms.kernel.actor import Permission
from lms.kernel.errors import DomainError, NotFound
from lms.kernel.markup import fill_slots, render_inline
from lms.learning import queries, services
from lms.learning.errors import AnswerMissing, LessonLocked, NotEnrolled
from lms.platform import clock, wording
from lms.platform.export import table_response
from lms.platform.paging import page_number
from lms.platform.slots import slots
from lms.platform.web.edge import current_actor, requires
from lms.platform.web.errors import error_page, refusal_sentence, wants_json

blueprint = Blueprint("learning", __name__, template_folder="templates")

STAGES: Final = ("dasar", "menengah", "lanjut")
PILLARS: Final = ("cakap", "budaya", "etika", "aman", "lintas")
_EXPORT_HEADER: Final = (
    "kode",
    "judul",
    "pilar",
    "jenjang",
    "jp",
    "menit",
    "berlaku_bulan",
    "prasyarat",
    "versi",
    "terbit",
)


def _learner() -> int:
    """Return the person behind the request; an account that belongs to nobody learns nothing."""
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound
    return person_id


# ------------------------------------------------------------- text for pages


@lru_cache(maxsize=1024)
def _filled(html: str, contacts: tuple[tuple[str, str], ...], sprite: str) -> Markup:
    filled = fill_slots(html, dict(contacts)).replace('href="#i-', f'href="{sprite}#i-')
    return Markup(filled)  # noqa: S704  # sanitised when it was published, contacts escaped


@blueprint.app_template_filter("isi_pelajaran")
def lesson_html(html: str) -> Markup:
    """Return stored lesson HTML as a page shows it: contacts filled, icons from the sprite."""
    sprite = str(current_app.jinja_env.globals["sprite_url"])
    return _filled(html, tuple(sorted(slots.contacts().items())), sprite)


@blueprint.app_template_filter("inline")
def inline_html(text: str) -> Markup:
    """Return a short text of an author with its emphasis and contacts."""
    return _inline(text, tuple(sorted(slots.contacts().items())))


@lru_cache(maxsize=4096)
def _inline(text: str, contacts: tuple[tuple[str, str], ...]) -> Markup:
    return Markup(fill_slots(render_inline(text), dict(contacts)))  # noqa: S704  # escaped there


@blueprint.app_template_filter("angka_persis")
def exact_number(value: Decimal) -> str:
    """Return a number with the digits it has, as the language writes it."""
    plain = value.normalize()
    return wording.number(plain, max(0, -int(plain.as_tuple().exponent)))


@blueprint.app_template_global("law_banner")
def law_banner(law: LegalBasis, today: date) -> LegalBanner | None:
    """Return the gravest thing to say about a law today, or None."""
    return next(iter(legal_banners([law], today=today)), None)


# ------------------------------------------------------------------- catalogue


def _filters() -> Filters:
    stage = request.args.get("jenjang", "")
    return Filters(
        words=request.args.get("q", "").strip()[:200],
        pillars=tuple(code for code in request.args.getlist("pilar") if code in PILLARS),
        stage=stage if stage in STAGES else "",
        field=request.args.get("bidang", "").strip(),
    )


@blueprint.get("/katalog")
@requires(Permission.SIGNED_IN)
def catalogue() -> ResponseReturnValue:
    """Show the courses that meet the filters, with the own progress in each."""
    filters = _filters()
    listing = queries.catalogue_listing(
        current_actor().person_id, filters, page=page_number(request.args.get("halaman"))
    )
    return render_template(
        "learning/katalog.html",
        listing=listing,
        filters=filters,
        is_filtered=filters != Filters(),
        names=competency.labels(),
        pillars=PILLARS,
        address=request.args.to_dict(flat=False),
    )


@blueprint.get("/katalog.<any(csv, xlsx):kind>")
@requires(Permission.SIGNED_IN)
def catalogue_export(kind: str) -> ResponseReturnValue:
    """Send the filtered catalogue as a file."""
    rows = [
        (
            course.code,
            course.title,
            course.pillar or "",
            course.stage,
            course.credit_hours,
            course.minutes,
            course.valid_months,
            " ".join(course.prerequisites),
            course.number,
            clock.local_date(course.published_at),
        )
        for course in queries.catalogue_rows(_filters())
    ]
    return table_response("katalog", kind, _EXPORT_HEADER, rows)


# ---------------------------------------------------------------------- course


@blueprint.get("/kursus/<code>")
@requires(Permission.SIGNED_IN)
def course(code: str) -> ResponseReturnValue:
    """Show what a course is about, and how far the person is in it."""
    page = queries.course_page(current_actor().person_id, code, today=clock.today())
    return render_template(
        "learning/kursus.html",
        page=page,
        names=competency.labels(),
        may_learn=current_actor().may(Permission.LEARN),
    )


@blueprint.post("/kursus/<code>")
@requires(Permission.LEARN)
def enrol(code: str) -> ResponseReturnValue:
    """Enrol, and lead to the first lesson that is open."""
    services.enrol(person_id=_learner(), course_code=code, now=clock.now(), today=clock.today())
    return redirect(url_for("learning.course", code=code), 303)


# ---------------------------------------------------------------------- lesson


@blueprint.get("/kursus/<code>/<int:number>")
@requires(Permission.LEARN, writes=True)
def lesson(code: str, number: int) -> ResponseReturnValue:
    """Show a lesson; being here counts as active time."""
    page = services.open_lesson(
        person_id=_learner(), course_code=code, number=number, now=clock.now()
    )
    return _lesson_page(page, again=request.args.get("ulang", 0, type=int))


def _lesson_page(page: queries.LessonPage, **extra: Any) -> str:
    progress = page.progress
    return render_template(
        "learning/pelajaran.html",
        page=page,
        base=_base(page),
        text=_lesson_text(
            progress.course.version_id,
            progress.course.content_hash,
            page.line.number,
            _surroundings(),
            clock.today(),
        ),
        practice_html=_practice_html,
        outline=_outline(page),
        **extra,
    )


def _base(page: queries.LessonPage) -> str:
    return f"/kursus/{page.progress.course.code}/{page.line.number}"


# What is the same for everybody is rendered once: a lesson's text, and a practice item per answer
# and order. What it depends on besides its content is in `_surroundings`.


@dataclass(frozen=True, slots=True)
class _Text:
    above: Markup
    below: Markup


def _surroundings() -> tuple[object, ...]:
    contacts = tuple(sorted(slots.contacts().items()))
    return (str(get_locale()), contacts, id(current_app.jinja_env))


@lru_cache(maxsize=512)
def _lesson_text(
    version_id: int,
    content_hash: str,
    number: int,
    _surroundings: tuple[object, ...],
    today: date,
) -> _Text:
    course, _lines = catalogue_queries.kept_version(version_id, content_hash)
    lesson = catalogue_queries.kept_lesson(version_id, content_hash, number)
    above, below = (
        current_app.jinja_env.get_template(f"learning/{name}.html").render(
            course=course, lesson=lesson, today=today
        )
        for name in ("_atas", "_bawah")
    )
    return _Text(Markup(above), Markup(below))  # noqa: S704  # rendered with escaping on


_MOST_OUTLINES_KEPT: Final = 2000
_outlines_kept: dict[tuple[object, ...], Markup] = {}


def _outline(page: queries.LessonPage) -> Markup:
    """Return the outline; most people do lessons in order, so that few outlines serve all."""
    progress = page.progress
    course = progress.course
    key = (
        course.version_id,
        course.content_hash,
        page.line.number,
        progress.done,
        str(get_locale()),
        id(current_app.jinja_env),
    )
    kept = _outlines_kept.get(key)
    if kept is None:
        if len(_outlines_kept) >= _MOST_OUTLINES_KEPT:
            _outlines_kept.clear()
        template = current_app.jinja_env.get_template("learning/_isi_kursus.html")
        html = template.render(progress=progress, line=page.line)
        kept = _outlines_kept[key] = Markup(html)  # noqa: S704  # rendered with escaping on
    return kept


_MOST_PRACTICE_KEPT: Final = 4000
_CSRF_PLACE: Final = "@csrf@"
_practice_kept: dict[tuple[object, ...], tuple[ItemView, str]] = {}


def _practice_html(
    practice: queries.Practice,
    page: queries.LessonPage,
    *,
    again: bool,
    problem: str,
    typed: Any,
) -> Markup:
    """Return a practice item's HTML. What was typed and refused is rendered afresh."""
    shown = {"p": practice, "total": len(page.practice), "base": _base(page), "again": again}
    if problem:
        html = _practice_template(**shown, problem=problem, typed=typed)
        return Markup(html.replace(_CSRF_PLACE, generate_csrf()))  # noqa: S704  # escaping is on
    item = practice.item
    key = (
        id(item),
        practice.position,
        shown["total"],
        shown["base"],
        practice.order,
        None if again else repr(practice.response),
        _surroundings(),
    )
    kept = _practice_kept.get(key)
    if kept is None:
        if len(_practice_kept) >= _MOST_PRACTICE_KEPT:
            _practice_kept.clear()
        # The item is kept beside its HTML, so that no other object can get its id.
        kept = _practice_kept[key] = (item, _practice_template(**shown, problem="", typed=None))
    return Markup(kept[1].replace(_CSRF_PLACE, generate_csrf()))  # noqa: S704  # escaping is on


def _practice_template(**shown: Any) -> str:
    template = current_app.jinja_env.get_template("learning/_latihan.html")
    return template.render(token=_CSRF_PLACE, **shown)


@blueprint.post("/kursus/<code>/<int:number>")
@requires(Permission.LEARN)
def mark_done(code: str, number: int) -> ResponseReturnValue:
    """Mark a lesson done and lead to the next one, or to the course after the last."""
    following = services.mark_lesson_done(
        person_id=_learner(), course_code=code, number=number, now=clock.now()
    )
    if following is None:
        return redirect(url_for("learning.course", code=code), 303)
    return redirect(url_for("learning.lesson", code=code, number=following), 303)


@blueprint.post("/kursus/<code>/<int:number>/latihan/<int:position>")
@requires(Permission.LEARN)
def practice(code: str, number: int, position: int) -> ResponseReturnValue:
    """Keep an answer; the lesson then shows the reasons. What cannot be read comes back."""
    fields = list(request.form.items(multi=True))
    try:
        services.answer_practice(
            person_id=_learner(),
            course_code=code,
            number=number,
            position=position,
            form_fields=fields,
            now=clock.now(),
        )
    except AnswerMissing as refusal:
        page = services.open_lesson(
            person_id=_learner(), course_code=code, number=number, now=clock.now()
        )
        return _lesson_page(
            page,
            problem_at=position,
            problem=refusal_sentence(refusal),
            typed=queries.typed_answer(page.practice_at(position), fields),
        ), 422
    target = url_for("learning.lesson", code=code, number=number, _anchor=f"latihan-{position}")
    return redirect(target, 303)


@blueprint.post("/kursus/<code>/<int:number>/denyut")
@requires(Permission.LEARN)
def heartbeat(code: str, number: int) -> ResponseReturnValue:
    """Count the time of a page that is being looked at."""
    services.heartbeat(person_id=_learner(), course_code=code, number=number, now=clock.now())
    return "", 204


def _not_open(error: DomainError) -> ResponseReturnValue:
    """Say what comes first, with the way there."""
    sentence = refusal_sentence(error)
    if wants_json():
        return error_page(error.http_status, sentence)
    page = render_template("learning/terkunci.html", sentence=sentence, facts=error.facts)
    return page, error.http_status


blueprint.register_error_handler(LessonLocked, _not_open)
blueprint.register_error_handler(NotEnrolled, _not_open)
