"""The home page, own competence, and notices."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel.actor import Permission
from lms.platform import clock
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
    """Show the one next thing."""
    return render_template("home/beranda.html", today=clock.today())


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
