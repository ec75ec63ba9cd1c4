"""Own duties, the own JP ledger, and the duties of those one looks after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.development import queries, services
from lms.development.forms import AssignForm, EndRuleForm, RuleForm, WaiveForm
from lms.development.ics import DayEntry, calendar_text
from lms.development.messages import days_text
from lms.development.queries import ObligationFilter, ObligationLine
from lms.development.rules import STATUSES
from lms.kernel.actor import Permission
from lms.kernel.errors import NotFound
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.forms import ExportForm
from lms.people.rules import loggable_search
from lms.platform import clock, settings, wording
from lms.platform.export import table_response
from lms.platform.paging import page_number
from lms.platform.web.edge import current_actor, requires

blueprint = Blueprint("development", __name__, template_folder="templates")

_FIELDS: Final = ("aturan", "opd", "status", "q")
_SUMMARY_HEADER: Final = (
    "aturan",
    "judul",
    "kode_opd",
    "nama_opd",
    "ditugaskan",
    "mulai",
    "lulus",
    "terlambat",
)
_PERSON_HEADER: Final = (
    "id",
    "nip",
    "nama",
    "kode_opd",
    "kode_unit",
    "aturan",
    "kode_kursus",
    "kursus",
    "ditugaskan_pada",
    "tenggat",
    "mulai_pada",
    "lulus_pada",
    "keadaan",
    "pelajaran_selesai",
    "pelajaran",
    "terakhir_diingatkan",
)
_OWN_HEADER: Final = (
    "kode_kursus",
    "kursus",
    "aturan",
    "alasan",
    "dasar_hukum",
    "ditugaskan_pada",
    "tenggat",
    "mulai_pada",
    "lulus_pada",
    "keadaan",
)
_JP_HEADER: Final = (
    "tanggal",
    "kode_jenis",
    "judul",
    "kode_kursus",
    "jp",
    "keadaan",
    "menit_kurang",
)


def _learner() -> int:
    """Return the person behind the account.

    Raises:
        NotFound: the account belongs to nobody on the staff list.
    """
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound(kind="person")
    return person_id


@blueprint.app_template_filter("sisa_hari")
def days_left_text(days: int) -> str:
    """Return days to a date in words, for templates."""
    return days_text(days)


# ------------------------------------------------------------------------ own


@blueprint.get("/kewajiban")
@requires(Permission.LEARN)
def mine() -> ResponseReturnValue:
    """Show the own duties: what is late, what is open, what is settled."""
    duties = queries.obligations_of(_learner(), clock.today())
    return render_template(
        "development/kewajiban.html",
        overdue=[duty for duty in duties if duty.is_overdue],
        open_ones=[duty for duty in duties if duty.is_open and not duty.is_overdue],
        settled=[duty for duty in duties if not duty.is_open],
        office=settings.value("agency.hr_name"),
    )


@blueprint.get("/kewajiban.ics")
@requires(Permission.LEARN)
def mine_calendar() -> ResponseReturnValue:
    """Send the due dates of the own open duties as a calendar file."""
    base_url = str(current_app.config["TITIAN"].base_url).rstrip("/")
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    entries = [
        DayEntry(
            uid=f"kewajiban-{duty.id}@{host}",
            day=duty.due_on,
            title=_("Tenggat: %(course)s", course=duty.course_title),
            text=duty.reason,
            url=f"{base_url}/kursus/{duty.course_code}",
        )
        for duty in queries.open_obligations(_learner(), clock.today())
    ]
    return Response(
        calendar_text(_("Kewajiban belajar"), entries, stamp=clock.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="titian-kewajiban.ics"'},
    )


@blueprint.get("/kewajiban.<any(csv, xlsx):kind>")
@requires(Permission.LEARN)
def mine_export(kind: str) -> ResponseReturnValue:
    """Send the own duties as a file."""
    rows = (
        (
            duty.course_code,
            duty.course_title,
            duty.rule_title,
            duty.reason,
            duty.legal_basis,
            duty.assigned_on,
            duty.due_on,
            duty.started_on,
            duty.met_on,
            duty.status,
        )
        for duty in queries.obligations_of(_learner(), clock.today())
    )
    return table_response("kewajiban", kind, _OWN_HEADER, rows)


def _year() -> int:
    asked = request.args.get("tahun", "")
    this_year = clock.today().year
    is_year = asked.isdecimal() and len(asked) == 4  # noqa: PLR2004  # digits of a year
    return int(asked) if is_year and 2000 <= int(asked) <= this_year else this_year  # noqa: PLR2004  # no entry is older


@blueprint.get("/rekam-belajar")
@requires(Permission.LEARN)
def records() -> ResponseReturnValue:
    """Show the own JP of a year: sums, planks, entries."""
    today = clock.today()
    record = queries.learning_record(_learner(), _year(), this_year=today.year)
    return render_template("development/rekam-belajar.html", record=record, today=today)


@blueprint.get("/rekam-belajar.<any(csv, xlsx):kind>")
@requires(Permission.LEARN)
def records_export(kind: str) -> ResponseReturnValue:
    """Send the own JP entries of a year as a file."""
    rows = (
        (
            entry.earned_on,
            entry.kind_code,
            entry.title,
            entry.course_code,
            entry.jp,
            "final" if entry.is_final else "menunggu",
            entry.missing_minutes,
        )
        for entry in queries.jp_entries_of(_learner(), _year())
    )
    return table_response("rekam-belajar", kind, _JP_HEADER, rows)


# ----------------------------------------------------------------- of others


def _filter() -> ObligationFilter:
    return ObligationFilter(
        rule=request.values.get("aturan", "").strip(),
        opd=request.values.get("opd", "").strip().upper(),
        status=request.values.get("status", "").strip(),
        q=request.values.get("q", "").strip(),
    )


def _address(wanted: ObligationFilter, **more: Any) -> dict[str, Any]:
    """Return a filter as parts of a query string."""
    values = dict(zip(_FIELDS, (wanted.rule, wanted.opd, wanted.status, wanted.q), strict=True))
    return {name: value for name, value in values.items() if value} | more


def _filter_text(wanted: ObligationFilter) -> str:
    """Return a filter as the access log keeps it."""
    parts = _address(wanted)
    if wanted.q:
        parts["q"] = loggable_search(wanted.q)
    return " ".join(f"{name}={value}" for name, value in parts.items())


@blueprint.get("/penugasan")
@requires(Permission.OBLIGATION_VIEW, writes=True)
def assignments() -> ResponseReturnValue:
    """Show the numbers per rule and OPD, and the persons behind the one that was asked for."""
    actor, wanted = current_actor(), _filter()
    page = queries.assignments_page(
        actor.scope(Permission.OBLIGATION_VIEW),
        wanted,
        page=page_number(request.args.get("halaman")),
        today=clock.today(),
    )
    if page.listing is not None:
        people_services.log_access(
            account_id=actor.account_id,
            page=request.path,
            now=clock.now(),
            filter_text=_filter_text(wanted),
            rows=len(page.listing.rows),
        )
    return render_template(
        "development/penugasan.html",
        page=page,
        wanted=wanted,
        address=_address(wanted),
        statuses=STATUSES,
        may_remind=actor.may(Permission.OBLIGATION_REMIND),
        may_manage=actor.may(Permission.OBLIGATION_MANAGE),
        today=clock.today(),
    )


@blueprint.get("/penugasan.<any(csv, xlsx):kind>")
@requires(Permission.OBLIGATION_VIEW, writes=True)
def assignments_export(kind: str) -> ResponseReturnValue:
    """Send the numbers, or with a status (or `bentuk=pegawai`) the persons once a purpose is said."""
    actor, wanted = current_actor(), _filter()
    scope = actor.scope(Permission.OBLIGATION_VIEW)
    shape = request.args.get("bentuk", "pegawai" if wanted.names_persons else "ringkasan")
    if shape != "pegawai":
        found = queries.report(scope, today=clock.today(), wanted=wanted)
        lines = (
            (
                row.rule_code,
                row.rule_title,
                row.opd_code,
                row.opd_name,
                row.numbers.assigned,
                row.numbers.started,
                row.numbers.passed,
                row.numbers.overdue,
            )
            for row in found.rows
        )
        return table_response("penugasan", kind, _SUMMARY_HEADER, lines)
    # First, since an OPD out of reach is refused whether or not a purpose was said.
    rows = list(queries.export_obligations(scope, wanted, today=clock.today()))
    form = ExportForm(request.args)
    if not form.validate():
        page = render_template(
            "development/unduh.html",
            form=form,
            kept=_address(wanted, bentuk="pegawai") | _kept("format"),
            back_url=url_for("development.assignments", **_address(wanted)),
        )
        return page, 422
    people_services.log_export(
        account_id=actor.account_id,
        page=request.path,
        now=clock.now(),
        person_ids=sorted({row.person_id for row in rows}),
        purpose=str(form.tujuan.data),
        filter_text=_filter_text(wanted),
    )
    return table_response("penugasan", kind, _PERSON_HEADER, (_person_cells(row) for row in rows))


def _kept(*names: str) -> dict[str, str]:
    return {name: request.args[name] for name in names if request.args.get(name)}


def _person_cells(row: ObligationLine) -> tuple[Any, ...]:
    return (
        row.person_id,
        row.nip,
        row.name,
        row.opd_code,
        row.unit_code,
        row.rule_code,
        row.course_code,
        row.course_title,
        row.assigned_on,
        row.due_on,
        row.started_on,
        row.met_on,
        row.status,
        row.lessons_done,
        row.lessons_total,
        row.last_reminded_at,
    )


@blueprint.get("/penugasan/ingatkan")
@requires(Permission.OBLIGATION_REMIND)
def confirm_reminder() -> ResponseReturnValue:
    """Ask before reminding, with the number of persons."""
    wanted = _filter()
    counted = services.remind(actor=current_actor(), now=clock.now(), wanted=wanted, dry_run=True)
    return render_template(
        "development/ingatkan.html", counted=counted, wanted=wanted, address=_address(wanted)
    )


@blueprint.post("/penugasan/ingatkan")
@requires(Permission.OBLIGATION_REMIND)
def send_reminder() -> ResponseReturnValue:
    """Remind the persons of the filter who are not through, once a day each."""
    wanted = _filter()
    done = services.remind(actor=current_actor(), now=clock.now(), wanted=wanted)
    if done.sent:
        words = ngettext("%(num)s pengingat dikirim.", "%(num)s pengingat dikirim.", done.sent)
    else:
        words = _("Tidak ada pengingat yang dikirim.")
    if done.already:
        words += " " + ngettext(
            "%(num)s orang sudah diingatkan hari ini, jadi dilewati.",
            "%(num)s orang sudah diingatkan hari ini, jadi dilewati.",
            done.already,
        )
    flash(words, "ok" if done.sent else "info")
    return redirect(url_for("development.assignments", **_address(wanted)), 303)


@blueprint.get("/penugasan/pesan/<int:obligation_id>")
@requires(Permission.OBLIGATION_VIEW, writes=True)
def messages(obligation_id: int) -> ResponseReturnValue:
    """Show one duty with its messages: due, sent, failed, tried again."""
    return _messages_page(obligation_id, WaiveForm(formdata=None))


def _messages_page(obligation_id: int, form: WaiveForm) -> str:
    actor = current_actor()
    detail = queries.message_detail(
        obligation_id, scope=actor.scope(Permission.OBLIGATION_VIEW), today=clock.today()
    )
    people_services.log_access(
        account_id=actor.account_id,
        page=request.path,
        now=clock.now(),
        person_id=detail.person_id,
    )
    return render_template(
        "development/pesan.html",
        detail=detail,
        form=form,
        may_waive=actor.may(Permission.OBLIGATION_MANAGE)
        and detail.met_on is None
        and detail.waived_on is None,
    )


@blueprint.post("/penugasan/pesan/<int:obligation_id>/bebaskan")
@requires(Permission.OBLIGATION_MANAGE)
def waive(obligation_id: int) -> ResponseReturnValue:
    """Let a person off one duty."""
    form = WaiveForm()
    if not form.validate():
        return _messages_page(obligation_id, form), 422
    services.waive(
        obligation_id=obligation_id,
        reason=form.reason.data,
        actor=current_actor(),
        today=clock.today(),
    )
    flash(_("Penugasan dibebaskan. Catatan belajarnya tetap ada."), "ok")
    return redirect(url_for("development.messages", obligation_id=obligation_id), 303)


# ---------------------------------------------------------------------- rules


@blueprint.get("/penugasan/aturan/baru")
@requires(Permission.OBLIGATION_MANAGE)
def new_rule() -> ResponseReturnValue:
    """Show the form of a new rule."""
    form = RuleForm(formdata=None, due_days=14, effective_from=clock.today() + timedelta(days=1))
    form.course_code.choices = queries.courses_to_oblige()
    return render_template("development/aturan-baru.html", form=form, preview=None)


@blueprint.post("/penugasan/aturan/baru")
@requires(Permission.OBLIGATION_MANAGE)
def add_rule() -> ResponseReturnValue:
    """Show whom the rule would touch; with `langkah=simpan` keep it."""
    form = RuleForm()
    form.course_code.choices = queries.courses_to_oblige()
    today = clock.today()
    valid = form.validate()
    if valid and form.effective_from.data <= today:
        earliest = wording.long_date(today + timedelta(days=1))
        form.effective_from.errors = [_("Paling cepat besok, %(date)s.", date=earliest)]
        valid = False
    if not valid:
        return render_template("development/aturan-baru.html", form=form, preview=None), 422
    if request.form.get("langkah") != "simpan":
        preview = queries.audience_size(form.course_code.data, today)
        return render_template("development/aturan-baru.html", form=form, preview=preview)
    services.add_obligation_rule(
        code=f"WAJIB-{form.course_code.data}",
        title=form.title.data,
        course_code=form.course_code.data,
        due_days=form.due_days.data,
        effective_from=form.effective_from.data,
        reason=form.reason.data,
        legal_basis=form.legal_basis.data or "",
        actor_account_id=current_actor().account_id,
        now=clock.now(),
    )
    flash(
        _(
            "Aturan disimpan. Penugasan dibuat pada %(date)s dini hari.",
            date=wording.long_date(form.effective_from.data),
        ),
        "ok",
    )
    return redirect(url_for("development.assignments"), 303)


@blueprint.get("/penugasan/aturan/<code>")
@requires(Permission.OBLIGATION_MANAGE)
def rule(code: str) -> ResponseReturnValue:
    """Show one rule and how to end it."""
    return _rule_page(code, EndRuleForm(formdata=None))


def _rule_page(code: str, form: EndRuleForm) -> str:
    page = queries.rule_page(code)
    ended = page.rule.has_ended_by(clock.today())
    return render_template("development/aturan.html", page=page, form=form, ended=ended)


@blueprint.post("/penugasan/aturan/<code>/akhiri")
@requires(Permission.OBLIGATION_MANAGE)
def end_rule(code: str) -> ResponseReturnValue:
    """End a rule, and withdraw its open duties if asked."""
    form = EndRuleForm()
    if not form.validate():
        return _rule_page(code, form), 422
    withdrawn = services.end_obligation_rule(
        code=code,
        reason=form.reason.data,
        withdraw_open=form.withdraw_open.data,
        today=clock.today(),
        actor_account_id=current_actor().account_id,
    )
    words = _("Aturan diakhiri.")
    if withdrawn:
        words += " " + ngettext(
            "Penugasan %(num)s orang dicabut; catatan belajar mereka tetap ada.",
            "Penugasan %(num)s orang dicabut; catatan belajar mereka tetap ada.",
            withdrawn,
        )
    flash(words, "ok")
    return redirect(url_for("development.assignments"), 303)


@blueprint.get("/penugasan/tugaskan")
@requires(Permission.OBLIGATION_MANAGE)
def assign() -> ResponseReturnValue:
    """Show the form that assigns persons by their numbers."""
    return _assign_page(_assign_form(empty=True))


def _assign_form(*, empty: bool) -> AssignForm:
    form = AssignForm(formdata=None) if empty else AssignForm()
    form.rule_id.choices = [(rule.id, rule.title) for rule in queries.rules_in_force(clock.today())]
    return form


def _assign_page(form: AssignForm) -> str:
    return render_template("development/tugaskan.html", form=form)


@blueprint.post("/penugasan/tugaskan")
@requires(Permission.OBLIGATION_MANAGE)
def do_assign() -> ResponseReturnValue:
    """Give the named persons an open duty today, whatever they hold."""
    form = _assign_form(empty=False)
    if not form.validate():
        return _assign_page(form), 422
    lines = [line.strip() for line in form.numbers.data.splitlines() if line.strip()]
    found = {line: people.find_person_by_nip(line) for line in lines}
    unknown = [line for line, person_id in found.items() if person_id is None]
    if unknown:
        form.numbers.errors = [
            _("Nomor ini tidak ada di daftar pegawai: %(numbers)s.", numbers=", ".join(unknown[:5]))
        ]
        return _assign_page(form), 422
    made = services.assign_now(
        rule_id=form.rule_id.data,
        person_ids=[person_id for person_id in found.values() if person_id is not None],
        actor=current_actor(),
        today=clock.today(),
        now=clock.now(),
    )
    flash(
        ngettext(
            "%(num)s orang ditugaskan. Yang sudah punya penugasan terbuka tidak diubah.",
            "%(num)s orang ditugaskan. Yang sudah punya penugasan terbuka tidak diubah.",
            made,
        ),
        "ok" if made else "info",
    )
    return redirect(url_for("development.assignments"), 303)
