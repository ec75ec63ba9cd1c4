"""What every page's frame needs: menus, the user, unread notices, language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import Babel, get_locale, get_translations
from flask_babel import gettext as _
from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from sqlalchemy import Table, bindparam, func, select

from lms.kernel.actor import Actor, Permission, Role
from lms.platform import charts, settings, wording
from lms.platform.db import db
from lms.platform.models import Notice
from lms.platform.slots import MenuEntry, Menus, slots
from lms.platform.web.edge import find_actor

LANGUAGES = ("id", "en")

# Built once: building a statement costs more than running it, and every page asks this.
_notices: Final[Table] = Notice.metadata.tables[Notice.__tablename__]
_UNREAD: Final = select(func.count()).where(
    _notices.c.person_id == bindparam("person_id"), _notices.c.read_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry as the template draws it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group of menu entries under a heading."""

    label: str
    entries: tuple[Entry, ...]


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
    return db.session.execute(_UNREAD, {"person_id": actor.person_id}).scalar_one()


def install(app: Flask) -> None:
    """Register the template globals and the language choice."""
    Babel(
        app,
        locale_selector=locale,
        default_locale="id",
        default_translation_directories="../translations",
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
    app.jinja_env.globals["_"] = _text
    app.jinja_env.globals["shell"] = Shell()
    app.jinja_env.globals["lang"] = lambda: str(get_locale() or "id")


@pass_eval_context
def _text(context: EvalContext, source: str, **variables: Any) -> str:
    """Say a text of a template in the language of the request.

    The same as Jinja's own `_`, which goes through three calls and the catalogue each time: a page
    has dozens of texts.
    """
    found = _translated(str(get_locale() or "id"), source)
    text = Markup(found) if context.autoescape else found  # noqa: S704  # as Jinja: texts are ours
    return text % variables if variables or "%" in found else text


@lru_cache(maxsize=8192)
def _translated(_language: str, source: str) -> str:
    return str(get_translations().ugettext(source))


def role_words() -> dict[Role, str]:
    """Return what people call each role."""
    return {
        Role.ASN: _("Pegawai"),
        Role.ATASAN: _("Atasan"),
        Role.KEPALA_OPD: _("Kepala OPD"),
        Role.ADMIN_OPD: _("Admin kepegawaian OPD"),
        Role.BKPSDM: _("Petugas BKPSDM"),
        Role.VERIFIKATOR: _("Verifikator"),
        Role.PENGAJAR: _("Pengajar"),
        Role.ASESOR: _("Asesor internal"),
        Role.AUDITOR: _("Auditor"),
        Role.PIMPINAN: _("Pimpinan daerah"),
        Role.ADMIN: _("Admin sistem"),
    }


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
        return _address("access.sign_out")

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
        words = role_words()
        roles = sorted({words[grant.role] for grant in actor.grants if grant.role is not Role.ASN})
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
        """Unread notices; a template asks once and keeps the answer."""
        actor = find_actor()
        return unread_notices(actor) if actor else 0

    @property
    def notices_url(self) -> str:
        """Where the bell leads; empty for accounts without a person."""
        actor = find_actor()
        return "/pemberitahuan" if actor and actor.person_id else ""

    @property
    def menu(self) -> tuple[Group, ...]:
        """Groups of entries of the side menu."""
        return tuple(Group(group.label, _entries(group.entries)) for group in self._menus.side)

    @property
    def side(self) -> Markup:
        """The side menu as drawn; what was drawn before for the same entries is kept."""
        return _drawn(current_app.jinja_env, locale(), self.menu)

    @property
    def bottom(self) -> tuple[Entry, ...]:
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


@lru_cache(maxsize=512)
def _drawn(environment: Environment, _language: str, groups: tuple[Group, ...]) -> Markup:
    """Draw a side menu; the language counts, since the template adds words of its own."""
    parts: Any = environment.get_template("layout/_parts.html").module
    return Markup(parts.menu(groups))  # noqa: S704  # a macro's own output, escaped inside


def _entries(items: Iterable[MenuEntry]) -> tuple[Entry, ...]:
    """Draw the entries whose pages exist: an entry appears with the page it opens."""
    return tuple(_entry(item) for item in items if item.endpoint in current_app.view_functions)


def _address(endpoint: str) -> str:
    """Return the address of a page without parameters, looked up once per place of the application."""
    kept: dict[tuple[str, str], str] = current_app.extensions.setdefault("titian_addresses", {})
    key = (request.script_root, endpoint)
    if key not in kept:
        kept[key] = url_for(endpoint)
    return kept[key]


def _entry(item: MenuEntry) -> Entry:
    url = _address(item.endpoint)
    current = request.path == url or (url != "/" and request.path.startswith(url + "/"))
    return Entry(label=item.label, url=url, icon=item.icon, current=current, count=item.count)
