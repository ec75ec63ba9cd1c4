"""What every page's frame needs: menus, the user, unread notices, language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import Babel, get_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.kernel.actor import Actor, Permission
from lms.platform import charts, settings, wording
from lms.platform.db import db
from lms.platform.models import Notice
from lms.platform.slots import MenuEntry, Menus, slots
from lms.platform.web.edge import find_actor

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry as the template draws it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int


def locale() -> str:
    """Return the language of this request: the account's, else the visitor's choice, else Indonesian."""
    actor = g.get("actor")
    if actor is not None:
        return str(actor.language)
    chosen = session.get("bahasa")
    return chosen if chosen in LANGUAGES else "id"


def unread_notices(actor: Actor) -> int:
    """Return how many notices the person has not read."""
    if actor.person_id is None:
        return 0
    return db.session.execute(
        select(func.count()).where(Notice.person_id == actor.person_id, Notice.read_at.is_(None))
    ).scalar_one()


def install(app: Flask) -> None:
    """Register the template globals and the language choice."""
    Babel(
        app,
        locale_selector=locale,
        default_locale="id",
        default_translation_directories="translations",
    )
    app.jinja_env.filters.update(
        tanggal=wording.long_date,
        tgl=wording.short_date,
        jam=wording.time_of_day,
        waktu=wording.moment_text,
        angka=wording.number,
        persen=wording.percent,
        durasi=wording.duration,
        nip=wording.masked_nip,
    )
    charts.register(app.jinja_env)
    app.jinja_env.globals["shell"] = Shell()
    app.jinja_env.globals["lang"] = lambda: str(get_locale() or "id")


class Shell:
    """Read by the layouts; each attribute asks only when the layout needs it."""

    @property
    def agency(self) -> str:
        """Name of the government."""
        return str(settings.value("agency.name"))

    @property
    def home_url(self) -> str:
        """Where the mark leads."""
        return "/beranda" if find_actor() else "/masuk"

    @property
    def search_url(self) -> str:
        """Where the search of the header goes; empty for those who do not learn."""
        actor = find_actor()
        return "/katalog" if actor and actor.may(Permission.LEARN) else ""

    @property
    def sign_out_url(self) -> str:
        """Where the button "Keluar" posts."""
        return url_for("access.sign_out")

    @property
    def banner(self) -> dict[str, str] | None:
        """A line over the page: that these are demo data."""
        if not current_app.config["TITIAN"].demo:
            return None
        return {"text": _("Data contoh. Nama dan angka di sini rekaan."), "icon": "info"}

    @property
    def user(self) -> dict[str, Any] | None:
        """Name, initials and roles of who is signed in."""
        actor = find_actor()
        if actor is None:
            return None
        roles = sorted({grant.role.value for grant in actor.grants} - {"asn"})
        return {
            "name": actor.display_name,
            "initials": wording.initials(actor.display_name),
            "roles_text": ", ".join(roles),
        }

    @property
    def account(self) -> list[Entry]:
        """Entries of the account menu."""
        return [_entry(MenuEntry(_("Profil saya"), "access.profile", "orang"))]

    @property
    def notices(self) -> int:
        """Unread notices."""
        actor = find_actor()
        return unread_notices(actor) if actor else 0

    @property
    def notices_url(self) -> str:
        """Where the bell leads; empty for accounts without a person."""
        actor = find_actor()
        return "/pemberitahuan" if actor and actor.person_id else ""

    @property
    def menu(self) -> list[dict[str, Any]]:
        """Side menu: groups of entries."""
        return [
            {"label": group.label, "entries": _entries(group.entries)} for group in self._menus.side
        ]

    @property
    def bottom(self) -> list[Entry]:
        """Bottom bar of a phone."""
        return _entries(self._menus.bottom)

    @property
    def _menus(self) -> Menus:
        if "menus" not in g:
            actor = find_actor()
            g.menus = slots.menus(actor) if actor else Menus()
        return g.menus  # type: ignore[no-any-return]  # g is untyped

    @property
    def footer(self) -> list[dict[str, str]]:
        """Links at the foot of every page."""
        return [{"label": _("Periksa sertifikat"), "url": "/periksa"}]

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The languages to switch between, each named in itself."""
        here = request.full_path.rstrip("?") if request.method == "GET" else ""
        now = locale()
        return [
            {
                "code": code,
                "label": label,
                "url": url_for("access.choose_language", ke=code, lanjut=here),
                "current": code == now,
            }
            for code, label in (("id", "Bahasa Indonesia"), ("en", "English"))
        ]

    @property
    def text_size(self) -> str:
        """The chosen text size, as a class on <html>."""
        actor = find_actor()
        return actor.text_size if actor else "biasa"


def _entries(items: Iterable[MenuEntry]) -> list[Entry]:
    """Draw the entries whose pages exist: an entry appears with the page it opens."""
    return [_entry(item) for item in items if item.endpoint in current_app.view_functions]


def _entry(item: MenuEntry) -> Entry:
    url = url_for(item.endpoint)
    current = request.path == url or (url != "/" and request.path.startswith(url + "/"))
    return Entry(label=item.label, url=url, icon=item.icon, current=current, count=item.count)
