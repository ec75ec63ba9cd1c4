"""Every failure in a sentence: what happened, what to do, and a reference number.

Class and facts become words through the table `lms.app.refusals`, handed in by the application.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from lms.kernel.errors import DomainError
from lms.platform.db import db
from lms.platform.web.drafts import came_from_elsewhere, resend_page, typed_fields

log = structlog.get_logger()

Sentence = Callable[[DomainError], str]
_sentence: list[Sentence] = []


def refusal_sentence(error: DomainError) -> str:
    """Return the sentence for a refusal, for a form that shows it beside its field."""
    return _sentence[-1](error)


def wants_json() -> bool:
    """Tell whether the client asked for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def install(app: Flask, sentence: Sentence) -> None:
    """Register the handlers; `sentence` turns a refusal into words."""
    _sentence[:] = [sentence]

    def on_domain_error(error: DomainError) -> ResponseReturnValue:
        db.session.rollback()
        if error.http_status == 404:  # noqa: PLR2004  # absent and not yours read the same
            return error_page(404)
        return error_page(error.http_status, refusal_sentence(error))

    def on_csrf(_error: CSRFError) -> ResponseReturnValue:
        db.session.rollback()
        if wants_json() or came_from_elsewhere():
            return error_page(400)
        return resend_page(request.full_path.rstrip("?"), typed_fields(), status=400)

    def on_http(error: HTTPException) -> ResponseReturnValue:
        db.session.rollback()
        if error.code is None or error.code < 400:  # noqa: PLR2004  # a redirect
            return error
        return error_page(error.code)

    def on_database(error: DBAPIError) -> ResponseReturnValue:
        _quiet_rollback()
        log.error(
            "database.failed",
            ref=g.get("request_ref"),
            error=type(error.orig).__name__,
            exc_info=error,
        )
        if isinstance(error, OperationalError) or error.connection_invalidated:
            return error_page(503)
        return error_page(500)

    def on_anything(error: Exception) -> ResponseReturnValue:
        _quiet_rollback()
        log.error(
            "request.failed",
            ref=g.get("request_ref"),
            error=type(error).__name__,
            exc_info=error,
        )
        return error_page(500)

    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(DBAPIError, on_database)
    app.register_error_handler(DataError, _on_unstorable)
    app.register_error_handler(Exception, on_anything)


def _on_unstorable(error: DataError) -> ResponseReturnValue:
    """Answer 400 to a value that no column can hold, as text with a NUL: no page of ours sends it."""
    _quiet_rollback()
    log.warning("request.unstorable", ref=g.get("request_ref"), error=type(error.orig).__name__)
    return error_page(400)


def _quiet_rollback() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()


def error_page(status: int, message: str | None = None, **headers: str) -> ResponseReturnValue:
    """Answer an error page (or JSON) with its reference number."""
    title, advice = _words(status)
    ref = g.get("request_ref", "-")
    out: dict[str, Any] = dict(headers)
    if status in (429, 503):
        out.setdefault("Retry-After", "30")
    if wants_json():
        return jsonify(status=status, pesan=message or title, rujukan=ref), status, out
    error = {
        "title": title,
        "happened": message,
        "remedy": advice,
        "reference": ref,
        "actions": [{"label": _("Ke beranda"), "url": "/beranda"}],
    }
    page = _render(error) if status not in (500, 503) else _render_bare(error)
    return page, status, out


def _render(error: dict[str, Any]) -> str:
    return render_template("errors/galat.html", error=error)


def _render_bare(error: dict[str, Any]) -> str:
    """Render without asking the database for anything: it may be what is broken."""
    with current_app.app_context():
        g.actor = None
        g.request_ref = error["reference"]
        template = current_app.jinja_env.get_template("errors/galat-polos.html")
        return template.render(error=error)


def _words(status: int) -> tuple[str, str]:
    return {
        400: (
            _("Permintaan tidak lengkap"),
            _("Kembali ke halaman sebelumnya, muat ulang, lalu coba lagi."),
        ),
        404: (
            _("Halaman ini tidak ada atau bukan untuk peran Anda"),
            _("Periksa alamatnya, atau kembali ke beranda."),
        ),
        405: (
            _("Halaman ini tidak dapat dibuka dengan cara itu"),
            _("Kembali ke halaman sebelumnya dan pakai tombol yang ada di sana."),
        ),
        409: (
            _("Belum dapat dilakukan"),
            _("Baca keterangannya, lalu kembali ke halaman sebelumnya."),
        ),
        413: (
            _("Berkas terlalu besar"),
            _("Perkecil berkasnya, lalu kirim lagi."),
        ),
        422: (_("Isian belum benar"), _("Perbaiki isian yang disebut, lalu kirim lagi.")),
        429: (
            _("Terlalu banyak percobaan"),
            _("Tunggu sebentar, lalu coba lagi."),
        ),
        503: (
            _("Titian sedang ramai"),
            _("Coba lagi dalam 30 detik. Yang sudah tersimpan tidak hilang."),
        ),
    }.get(
        status,
        (
            _("Ada yang tidak beres di pihak kami"),
            _("Coba lagi. Bila terulang, sampaikan nomor rujukan ini kepada meja bantuan."),
        ),
    )
