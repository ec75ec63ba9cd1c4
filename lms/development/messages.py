"""What the notices and the digest mail of development say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import current_app, render_template
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from lms.development import queries
from lms.development.queries.messages import DigestItem
from lms.development.rules import days_left
from lms.development.services.reminders import TEMPLATE, digest_key
from lms.platform import clock, settings
from lms.platform.outbox.mail import Letter, register_composer
from lms.platform.outbox.notices import register_words
from lms.platform.slots import Address
from lms.platform.wording import long_date

_MOST_TEAM_LINES: Final = 20


def install() -> None:
    """Register the sentences of notices and the writer of the digest."""
    for kind, words in {
        "kewajiban.ditugaskan": _assigned,
        "kewajiban.h7": _due,
        "kewajiban.h1": _due,
        "kewajiban.terlambat": _overdue,
        "kewajiban.diingatkan": _reminded,
        "kewajiban.tim-terlambat": _team_overdue,
        "kewajiban.dibebaskan": _waived,
    }.items():
        register_words(kind, words)
    register_composer(TEMPLATE, compose_digest)


def _facts(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        "course": str(params["title"]),
        "date": long_date(date.fromisoformat(params["due"])) if "due" in params else "",
    }


def _assigned(params: Mapping[str, Any]) -> str:
    return str(_("%(course)s ditugaskan kepada Anda. Tenggat %(date)s.", **_facts(params)))


def _due(params: Mapping[str, Any]) -> str:
    return str(_("%(course)s jatuh tempo %(date)s.", **_facts(params)))


def _overdue(params: Mapping[str, Any]) -> str:
    return str(
        _(
            "Tenggat %(course)s sudah lewat, %(date)s. Anda tetap dapat menyelesaikannya.",
            **_facts(params),
        )
    )


def _reminded(params: Mapping[str, Any]) -> str:
    return str(_("Anda diingatkan tentang %(course)s. Tenggat %(date)s.", **_facts(params)))


def _team_overdue(params: Mapping[str, Any]) -> str:
    return str(
        _(
            "Ada pegawai di tim Anda yang melewati tenggat %(course)s. Buka Penugasan untuk melihat siapa.",
            **_facts(params),
        )
    )


def _waived(params: Mapping[str, Any]) -> str:
    return str(_("Anda dibebaskan dari kewajiban %(course)s.", **_facts(params)))


def days_text(days: int) -> str:
    """Return "8 hari lagi", "hari ini", "besok" or "lewat 3 hari" in the reader's language."""
    if days < 0:
        return str(ngettext("lewat %(num)s hari", "lewat %(num)s hari", -days))
    if days == 0:
        return str(_("hari ini"))
    if days == 1:
        return str(_("besok"))
    return str(ngettext("%(num)s hari lagi", "%(num)s hari lagi", days))


def compose_digest(payload: dict[str, Any], address: Address) -> Letter:
    """Write the digest of a person and day, in the addressee's language.

    What was settled since is left out; when nothing is left the letter says that.
    """
    recipient = int(payload["recipient"])
    key = digest_key(recipient, date.fromisoformat(payload["day"]))
    content = queries.digest_content(recipient, key)
    today = clock.today()
    base_url = str(current_app.config["TITIAN"].base_url).rstrip("/")
    with force_locale(address.language):
        own = [_line(item, today) for item in content.own]
        team = [
            {"name": content.names.get(item.person_id, ""), **_line(item, today)}
            for item in content.team
        ]
        action = (
            {"label": _("Buka kewajiban saya"), "url": f"{base_url}/kewajiban"}
            if own or not team
            else {"label": _("Buka penugasan"), "url": f"{base_url}/penugasan?status=terlambat"}
        )
        facts = {
            "name": address.name,
            "own": own,
            "team": team[:_MOST_TEAM_LINES],
            "more": max(0, len(team) - _MOST_TEAM_LINES),
            "mail": {
                "agency": settings.value("agency.name"),
                "base_url": base_url,
                "lang": address.language,
                "action": action,
                "reason": _(
                    "Surel ini dikirim karena ada kewajiban belajar yang dicatat untuk Anda atau tim Anda. Paling banyak satu surel sehari."
                ),
            },
        }
        return Letter(
            subject=_subject(content.own, today, has_team=bool(team)),
            text=render_template("development/mail/pengingat.txt", **facts),
            html=render_template("development/mail/pengingat.html", **facts),
        )


def _line(item: DigestItem, today: date) -> dict[str, str]:
    return {
        "title": item.course_title,
        "date": long_date(item.due_on),
        "days": days_text(days_left(item.due_on, today)),
    }


def _subject(own: list[DigestItem], today: date, *, has_team: bool) -> str:
    if len(own) == 1:
        item = own[0]
        facts = {"course": item.course_title, "date": long_date(item.due_on)}
        if item.due_on < today:
            return str(_("%(course)s melewati tenggat %(date)s", **facts))
        return str(_("%(course)s jatuh tempo %(date)s", **facts))
    if own:
        return str(
            ngettext("%(num)s kewajiban belajar Anda", "%(num)s kewajiban belajar Anda", len(own))
        )
    if has_team:
        return str(_("Pegawai di tim Anda melewati tenggat belajar"))
    return str(_("Kewajiban belajar Anda sudah selesai"))
