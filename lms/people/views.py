"""The staff list."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.kernel.actor import Permission
from lms.people import queries, services
from lms.people.forms import ExportForm
from lms.people.rules import loggable_search
from lms.platform import clock
from lms.platform.export import table_response
from lms.platform.paging import page_number
from lms.platform.web.edge import current_actor, requires

blueprint = Blueprint("people", __name__, template_folder="templates")
_FILTER_FIELDS: Final = ("q", "opd", "unit", "status")


def _filters() -> queries.PersonFilter:
    def typed(name: str) -> str:
        # PostgreSQL refuses NUL inside text, and no name has one.
        return request.args.get(name, "").replace("\x00", "").strip()

    status = typed("status")
    return queries.PersonFilter(
        opd=typed("opd"),
        unit=typed("unit"),
        q=typed("q"),
        status=status if status in queries.STATUSES else "",
    )


def _address(*names: str) -> dict[str, Any]:
    """Return these parts of the query string, for addresses of the same list."""
    return {name: request.args[name] for name in names if request.args.get(name)}


def _filter_text(filters: queries.PersonFilter) -> str:
    """Return a filter as the access log keeps it."""
    parts = {
        "opd": filters.opd.upper(),
        "unit": filters.unit.upper(),
        "status": filters.status,
        "q": loggable_search(filters.q),
    }
    return " ".join(f"{key}={value}" for key, value in parts.items() if value)


@blueprint.get("/pegawai")
@requires(Permission.PERSON_VIEW, writes=True)
def persons() -> ResponseReturnValue:
    """Show a page of the persons in reach; the look is logged with its filter."""
    actor, filters = current_actor(), _filters()
    listing = queries.person_listing(
        actor.scope(Permission.PERSON_VIEW),
        filters=filters,
        page=page_number(request.args.get("halaman")),
        today=clock.today(),
    )
    services.log_access(
        account_id=actor.account_id,
        page=request.path,
        now=clock.now(),
        filter_text=_filter_text(filters),
        rows=len(listing.page.rows),
    )
    return render_template(
        "people/persons.html",
        listing=listing,
        filters=listing.filters,
        address=_address(*_FILTER_FIELDS),
    )


@blueprint.get("/pegawai.<any(csv, xlsx):kind>")
@requires(Permission.PERSON_VIEW, writes=True)
def persons_export(kind: str) -> ResponseReturnValue:
    """Send the filtered list as a file, once its purpose is said; every row is logged."""
    actor, filters = current_actor(), _filters()
    form = ExportForm(request.args)
    may_see_nip = actor.may(Permission.NIP_FULL)
    asked = "tujuan" in request.args
    if not asked or not form.validate():
        page = render_template(
            "people/export.html",
            form=form,
            may_see_nip=may_see_nip,
            kept=_address(*_FILTER_FIELDS, "format"),
            back_url=url_for("people.persons", **_address(*_FILTER_FIELDS)),
        )
        return page, 422
    full_nip = may_see_nip and request.args.get("nip") == "penuh"
    rows = list(
        queries.iter_person_rows(
            actor.scope(Permission.PERSON_VIEW),
            filters=filters,
            full_nip=full_nip,
            today=clock.today(),
        )
    )
    services.log_export(
        account_id=actor.account_id,
        page=request.path,
        now=clock.now(),
        person_ids=[row.person_id for row in rows],
        purpose=str(form.tujuan.data),
        filter_text=f"{_filter_text(filters)}{' nip=penuh' if full_nip else ''}".strip(),
    )
    return table_response("pegawai", kind, queries.EXPORT_HEADER, (row.cells for row in rows))
