"""What every page's frame needs: menus, the user, unread notices, language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import Babel, get_locale, get_translations
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from sqlalchemy import Table, bindparam, func, select

from lms.kernel.actor import Actor, Permission, Role
from lms.platform import charts, settings, wording
from lms.platform.db import db
from lms.platform.models import Notice
from lms.platform.slots import MenuEntry, Menus, slots
from lms.platform.web.edge import find_actor
from lms.platform.web.frame import (
    MARKS,
    Banner,
    Entry,
    Frame,
    FrameKey,
    Group,
    Language,
    Link,
    frame_of,
)

LANGUAGES = ("id", "en")

# Built once: building a statement costs more than running it, and every page asks this.
_notices: Final[Table] = Notice.metadata.tables[Notice.__tablename__]
_UNREAD: Final = select(func.count()).where(
    _notices.c.person_id == bindparam("person_id"), _notices.c.read_at.is_(None)
)


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
    spoken = get_locale()
    found = _translated(spoken.language if spoken else "id", source)
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
    def banner(self) -> Banner | None:
        """A line over the page: that these are demo data."""
        if not current_app.config["TITIAN"].demo:
            return None
        return Banner(_("Data contoh. Nama dan angka di sini rekaan."), "info")

    @property
    def user(self) -> dict[str, Any] | None:
        """Name, initials and roles of who is signed in."""
        actor = find_actor()
        if actor is None:
            return None
        return {
            "name": actor.display_name,
            "initials": wording.initials(actor.display_name),
            "roles_text": _roles_text(locale(), _roles(actor)),
        }

    @property
    def account(self) -> tuple[Entry, ...]:
        """Entries of the account menu."""
        return (_entry(MenuEntry(_("Profil saya"), "access.profile", "orang")),)

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
    def menu(self) -> tuple[Group, ...]:
        """Groups of entries of the side menu."""
        return tuple(Group(group.label, _entries(group.entries)) for group in self._menus.side)

    @property
    def frame(self) -> Frame:
        """Header, menus and foot as drawn for this request."""
        actor = find_actor()
        key = FrameKey(
            language=locale(),
            agency=self.agency,
            home_url=self.home_url,
            search_url=self.search_url,
            notices_url=self.notices_url,
            notices=self.notices,
            signed_in=actor is not None,
            roles_text=_roles_text(locale(), _roles(actor)) if actor else "",
            account=self.account,
            sign_out_url=self.sign_out_url,
            banner=self.banner,
            menu=self.menu,
            bottom=self.bottom,
            footer=self.footer,
            languages=_languages(MARKS.here),
        )
        return frame_of(
            current_app.jinja_env,
            key,
            token=str(generate_csrf()),
            name=actor.display_name if actor else "",
            initials=wording.initials(actor.display_name) if actor else "",
            here=_here(),
        )

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
    def footer(self) -> tuple[Link, ...]:
        """Links at the foot of every page."""
        return (Link(_("Periksa sertifikat"), "/periksa"),)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages to switch between, each named in itself."""
        return _languages(quote(_here()))

    @property
    def text_size(self) -> str:
        """The chosen text size, as a class on <html>."""
        actor = find_actor()
        return actor.text_size if actor else "biasa"


def _roles(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that the header names: being staff goes without saying."""
    return tuple(sorted({grant.role for grant in actor.grants} - {Role.ASN}))


@lru_cache(maxsize=512)
def _roles_text(_language: str, roles: tuple[Role, ...]) -> str:
    words = role_words()
    return ", ".join(sorted(words[role] for role in roles))


def _here() -> str:
    """Return the address to come back to after switching the language."""
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def _languages(back: str) -> tuple[Language, ...]:
    """Return the languages; `back` is the quoted address to come back to."""
    address, now = _address("access.choose_language"), locale()
    return tuple(
        Language(code, label, f"{address}?ke={code}&lanjut={back}", code == now)
        for code, label in (("id", "Bahasa Indonesia"), ("en", "English"))
    )


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
