"""Scheduled jobs, outgoing messages and the audit trail."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel.actor import Permission
from lms.kernel.errors import NotFound
from lms.platform import clock
from lms.platform.audit.services import verify
from lms.platform.export import table_response
from lms.platform.jobs import queries, services
from lms.platform.jobs.runner import find_job
from lms.platform.outbox.services import resend
from lms.platform.paging import page_number
from lms.platform.web.edge import current_actor, requires

blueprint = Blueprint("system", __name__, template_folder="templates", url_prefix="/sistem")
_EXPORT_ROWS = 20_000


@blueprint.get("/pekerjaan")
@requires(Permission.JOBS_VIEW)
def jobs() -> ResponseReturnValue:
    """Show every job: last run, duration, what failed, what is overdue."""
    states = queries.job_states(now=clock.now())
    return render_template("system/pekerjaan.html", states=states)


@blueprint.get("/pekerjaan.<any(csv, xlsx):kind>")
@requires(Permission.JOBS_VIEW)
def jobs_export(kind: str) -> ResponseReturnValue:
    """Download the list of jobs."""
    header = ("nama", "judul", "mulai", "selesai", "beres", "gagal", "galat", "terlambat")
    rows = (
        (s.name, s.title, s.started_at, s.ended_at, s.done, s.failed, s.error, s.overdue)
        for s in queries.job_states(now=clock.now())
    )
    return table_response("pekerjaan", kind, header, rows)


@blueprint.get("/pekerjaan/<name>")
@requires(Permission.JOBS_VIEW)
def job(name: str) -> ResponseReturnValue:
    """Show the past runs of one job."""
    found = find_job(name)
    if found is None:
        raise NotFound(kind="job", name=name)
    page = queries.list_runs(name, page=page_number(request.args.get("halaman")))
    return render_template("system/pekerjaan-satu.html", job=found, page=page)


@blueprint.post("/pekerjaan/<name>/jalankan")
@requires(Permission.JOBS_RUN)
def run_job(name: str) -> ResponseReturnValue:
    """Ask the job process to run it now."""
    services.request_run(name=name, account_id=current_actor().account_id)
    flash(_("Pekerjaan diminta. Proses pekerjaan menjalankannya dalam beberapa detik."), "ok")
    return redirect(url_for("system.jobs"), 303)


@blueprint.get("/pesan")
@requires(Permission.MESSAGES_VIEW)
def messages() -> ResponseReturnValue:
    """Show outgoing messages by state."""
    state = request.args.get("status") or None
    return render_template(
        "system/pesan.html",
        page=queries.list_messages(state=state, page=page_number(request.args.get("halaman"))),
        state=state,
        counts=queries.outbox_counts(),
        last_sent_at=queries.last_sent_at(),
    )


@blueprint.get("/pesan.<any(csv, xlsx):kind>")
@requires(Permission.MESSAGES_VIEW)
def messages_export(kind: str) -> ResponseReturnValue:
    """Download outgoing messages, addressees by number only."""
    header = (
        "id",
        "templat",
        "penerima",
        "status",
        "jatuh_waktu",
        "percobaan",
        "terkirim",
        "galat",
    )
    state = request.args.get("status") or None

    def rows() -> object:
        number = 1
        while True:
            page = queries.list_messages(state=state, page=number)
            yield from (
                (
                    m.id,
                    m.template,
                    m.addressee,
                    m.state,
                    m.due_at,
                    m.attempts,
                    m.sent_at,
                    m.last_error,
                )
                for m in page.rows
            )
            if number >= page.pages:
                return
            number += 1

    return table_response("pesan", kind, header, rows())  # type: ignore[arg-type]  # a generator


@blueprint.post("/pesan/<int:row_id>/kirim-ulang")
@requires(Permission.MESSAGES_RESEND)
def resend_message(row_id: int) -> ResponseReturnValue:
    """Put a message back to the front of the queue."""
    if not resend(row_id, actor_account_id=current_actor().account_id, now=clock.now()):
        raise NotFound(kind="outbox", id=row_id)
    flash(_("Pesan dijadwalkan ulang dan dikirim dalam setengah menit."), "ok")
    return redirect(url_for("system.messages"), 303)


@blueprint.get("/audit")
@requires(Permission.AUDIT_VIEW)
def audit() -> ResponseReturnValue:
    """Show who did what, with the state of the chain when it was asked for."""
    wanted = _audit_filter()
    return render_template(
        "system/audit.html",
        page=queries.list_audit(wanted, page=page_number(request.args.get("halaman"))),
        wanted=wanted,
        report=verify() if request.args.get("periksa") else None,
    )


def _audit_filter() -> queries.AuditFilter:
    ask = request.args.get
    return queries.AuditFilter(
        action=ask("tindakan", "").strip(),
        object_kind=ask("jenis", "").strip(),
        object_id=ask("objek", "").strip(),
        account=ask("akun", "").strip(),
    )


@blueprint.get("/audit.<any(csv, xlsx):kind>")
@requires(Permission.AUDIT_VIEW)
def audit_export(kind: str) -> ResponseReturnValue:
    """Download the filtered audit rows, newest 20,000 at most."""
    header = ("id", "waktu", "akun", "tindakan", "jenis_objek", "objek", "rincian", "segel")
    page = queries.list_audit(_audit_filter(), page=1, per_page=_EXPORT_ROWS)
    rows = (
        (
            e.id,
            e.at,
            e.actor,
            e.action,
            e.object_kind,
            e.object_id,
            json.dumps(e.facts, ensure_ascii=False),
            e.seal,
        )
        for e in page.rows
    )
    return table_response("audit", kind, header, rows)
