"""The page of one person: what a head or BKPSDM needs to help, and the visit is logged."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.competency import queries as competency
from lms.credentials import queries as credentials
from lms.credentials.rules import Verdict
from lms.development import queries as development
from lms.kernel.actor import Permission
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.forms import ExportForm
from lms.platform import clock
from lms.platform.web.edge import current_actor, requires

blueprint = Blueprint("persons", __name__, template_folder="templates")


@blueprint.get("/pegawai/<int:person_id>")
@requires(Permission.PERSON_VIEW, writes=True)
def person(person_id: int) -> ResponseReturnValue:
    """Show evidence, duties, JP, certificates and places of somebody in reach.

    The whole number is shown once a purpose is named; the visit is logged with it.
    """
    actor = current_actor()
    today, now = clock.today(), clock.now()
    card = people.person_card(person_id, scope=actor.scope(Permission.PERSON_VIEW), today=today)
    form = ExportForm(request.args)
    asks_nip = request.args.get("nip") == "penuh" and actor.may(Permission.NIP_FULL)
    shows_nip = asks_nip and form.validate()
    people_services.log_access(
        account_id=actor.account_id,
        page=request.path,
        now=now,
        person_id=person_id,
        purpose=str(form.tujuan.data) if shows_nip else "",
        filter_text="nip=penuh" if shows_nip else "",
    )
    superior = people.superior_of(person_id, today)
    page = render_template(
        "persons/person.html",
        card=card,
        form=form,
        may_see_nip=actor.may(Permission.NIP_FULL),
        full_nip=people.full_nip(person_id) if shows_nip else None,
        may_see_measures=actor.may(Permission.ITEM_PARAMETERS),
        superior=None if superior is None else people.names_of([superior]).get(superior),
        standings=competency.own_standings(person_id, today=today, now=now),
        evidence=competency.evidence_rows(person_id, today=today, now=now),
        labels=competency.labels(),
        duties=development.obligations_of(person_id, today),
        jp=development.jp_summary(person_id, today.year),
        jp_entries=development.jp_entries_of(person_id, today.year),
        certificates=[
            (view, view.verdict(today=today)) for view in credentials.certificates_of(person_id)
        ],
        verdicts=Verdict,
        placements=people.placements_of(person_id, today),
        today=today,
    )
    return page, 422 if asks_nip and not shows_nip else 200
