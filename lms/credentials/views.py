"""Own certificates, the PDF, and the public verification page."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.credentials import lookup, queries, sheets
from lms.credentials.pdf import certificate_pdf, embedded_json, verification_url
from lms.credentials.rules import SHORT_HASH, Verdict, grouped, masked_name, normal_code
from lms.kernel.actor import Permission
from lms.kernel.errors import NotFound
from lms.people import queries as people
from lms.people.services import log_access
from lms.platform import clock
from lms.platform.export import table_response
from lms.platform.paging import page_number
from lms.platform.web.edge import client_network, current_actor, requires
from lms.platform.web.errors import error_page

blueprint = Blueprint("credentials", __name__, template_folder="templates")
_LARGEST_PDF = 5 * 1024 * 1024


def _own_person() -> int:
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound(kind="person")
    return person_id


@blueprint.get("/sertifikat")
@requires(Permission.CERTIFICATE_OWN)
def mine() -> ResponseReturnValue:
    """Show the own certificates."""
    page = queries.certificate_page_of(_own_person(), page=page_number(request.args.get("halaman")))
    return render_template("credentials/daftar.html", page=page, today=clock.today())


@blueprint.get("/sertifikat.<any(csv, xlsx):kind>")
@requires(Permission.CERTIFICATE_OWN)
def mine_export(kind: str) -> ResponseReturnValue:
    """Download the list of the own certificates."""
    header = ("kode", "nomor", "kursus", "judul", "terbit", "berlaku_sampai", "putusan")
    today = clock.today()
    rows = (
        (
            grouped(c.face.code),
            c.face.number,
            c.face.course,
            c.face.title,
            c.face.issued_on,
            c.face.valid_until,
            c.verdict(today=today).value,
        )
        for c in queries.certificates_of(_own_person())
    )
    return table_response("sertifikat", kind, header, rows)


def _readable(code: str) -> queries.CertificateView:
    """Return a certificate of the own, or of a person whose page the actor may open."""
    found = queries.find_by_code(normal_code(code))
    actor = current_actor()
    if found is None:
        raise NotFound(kind="certificate", code=code)
    if found.person_id != actor.person_id:
        # Raises NotFound for somebody out of reach: not yours and absent read the same.
        people.person_card(found.person_id, scope=actor.scope(Permission.PERSON_VIEW))
        log_access(
            account_id=actor.account_id,
            page=request.path,
            now=clock.now(),
            person_id=found.person_id,
        )
    return found


@blueprint.get("/sertifikat/<code>")
@requires(Permission.SIGNED_IN, writes=True)
def one(code: str) -> ResponseReturnValue:
    """Show a certificate with its state and its link for others."""
    found = _readable(code)
    return render_template(
        "credentials/satu.html",
        c=found,
        sheet=sheets.sheet_of(found),
        code=grouped(found.face.code),
        verdict=found.verdict(today=clock.today()).value,
        link=verification_url(current_app.config["TITIAN"].base_url, found),
    )


@blueprint.get("/sertifikat/<code>.pdf")
@requires(Permission.SIGNED_IN, writes=True)
def pdf(code: str) -> ResponseReturnValue:
    """Download the PDF, made now."""
    found = _readable(code)
    data = certificate_pdf(
        found, sheets.sheet_of(found), base_url=current_app.config["TITIAN"].base_url
    )
    name = f"sertifikat-{found.face.course}-{grouped(found.face.code)}.pdf"
    return Response(
        data,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@blueprint.get("/periksa")
@requires(Permission.PUBLIC, writes=True)
def look_up() -> ResponseReturnValue:
    """Show the search for a certificate; with a code or a number and date, go to its page."""
    typed = request.args.get("kode", "").strip()
    if typed:
        return redirect(url_for("credentials.verify", code=normal_code(typed) or "-"), 303)
    number, day = request.args.get("nomor", "").strip(), request.args.get("terbit", "").strip()
    if not number:
        return render_template("credentials/periksa.html", number="", day="", problem="")
    if not lookup.may_look_up(network=client_network(), now=clock.now()):
        return error_page(429)
    found = queries.find_by_number(number, _date(day) or date.min)
    if found is None:
        problem = "tanggal" if _date(day) is None else "nomor"
        page = render_template("credentials/periksa.html", number=number, day=day, problem=problem)
        return page, 422 if problem == "tanggal" else 404
    return redirect(url_for("credentials.verify", code=grouped(found.face.code)), 303)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@blueprint.post("/periksa")
@requires(Permission.PUBLIC)
def verify_file() -> ResponseReturnValue:
    """Compare the data inside an uploaded PDF with the record; the file is not kept."""
    if not lookup.may_look_up(network=client_network(), now=clock.now()):
        return error_page(429)
    upload = request.files.get("berkas")
    data = upload.stream.read(_LARGEST_PDF + 1) if upload else b""
    inside = embedded_json(data) if 0 < len(data) <= _LARGEST_PDF else None
    if inside is None:
        page = render_template("credentials/periksa.html", number="", day="", problem="berkas")
        return page, 422
    return _verdict_page(inside.code, asked=inside.sha256)


@blueprint.get("/periksa/<code>")
@requires(Permission.PUBLIC, writes=True)
def verify(code: str) -> ResponseReturnValue:
    """Show the verdict on a certificate, with masked data only."""
    if not lookup.may_look_up(network=client_network(), now=clock.now()):
        return error_page(429)
    return _verdict_page(code, asked=request.args.get("h", "").strip()[:SHORT_HASH])


def _verdict_page(code: str, *, asked: str) -> ResponseReturnValue:
    found = queries.find_by_code(normal_code(code))
    verdict = found.verdict(today=clock.today(), asked_hash=asked) if found else Verdict.UNKNOWN
    page = render_template(
        "credentials/putusan.html",
        verdict=verdict.value,
        c=found,
        name=masked_name(found.face.name) if found else "",
        typed=code,
        code=grouped(found.face.code) if found else "",
        checked_at=clock.now(),
    )
    return page, 404 if verdict is Verdict.UNKNOWN else 200
