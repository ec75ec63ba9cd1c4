"""Menus per role. An entry appears with the page it opens."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.kernel.actor import Actor, Permission, Role
from lms.platform.slots import MenuEntry, MenuGroup, Menus


def menus_of(actor: Actor) -> Menus:
    """Return the menus of an actor: groups of the roles one after another, own learning last."""
    groups: list[MenuGroup] = []
    bottom: list[MenuEntry] = []
    if actor.may(Permission.READINESS_VIEW) or actor.may(Permission.OBLIGATION_VIEW):
        entries = []
        if actor.may(Permission.READINESS_VIEW):
            entries.append(MenuEntry(_("Kesiapan"), "readiness.overview", "grafik"))
        if actor.may(Permission.PERSON_VIEW):
            entries.append(MenuEntry(_("Pegawai"), "people.persons", "orang"))
        if actor.may(Permission.OBLIGATION_VIEW):
            entries.append(MenuEntry(_("Penugasan"), "development.assignments", "wajib"))
        own = actor.has_role(Role.KEPALA_OPD) or actor.has_role(Role.ATASAN)
        groups.append(MenuGroup(_("OPD saya") if own else _("Kesiapan"), tuple(entries)))
        bottom.extend(entries)
    system = [
        entry
        for permission, entry in (
            (Permission.JOBS_VIEW, MenuEntry(_("Pekerjaan terjadwal"), "system.jobs", "jam")),
            (Permission.MESSAGES_VIEW, MenuEntry(_("Pesan keluar"), "system.messages", "simpan")),
            (Permission.AUDIT_VIEW, MenuEntry(_("Audit"), "system.audit", "rekam")),
        )
        if actor.may(permission)
    ]
    if system:
        groups.append(MenuGroup(_("Sistem"), tuple(system)))
        bottom.extend(system)
    if actor.may(Permission.LEARN):
        learning = (
            MenuEntry(_("Beranda"), "home.home", "beranda"),
            MenuEntry(_("Kewajiban saya"), "development.mine", "wajib"),
            MenuEntry(_("Katalog"), "learning.catalogue", "belajar"),
        )
        records = (
            MenuEntry(_("Kompetensi"), "home.competence", "grafik"),
            MenuEntry(_("Rekam belajar"), "development.records", "rekam"),
            MenuEntry(_("Sertifikat"), "credentials.mine", "sertif"),
        )
        groups.append(MenuGroup(_("Belajar"), learning))
        groups.append(MenuGroup(_("Catatan saya"), records))
        bottom.extend(
            (
                learning[0],
                MenuEntry(_("Belajar"), "learning.catalogue", "belajar"),
                MenuEntry(_("Kewajiban"), "development.mine", "wajib"),
                MenuEntry(_("Rekam"), "development.records", "rekam"),
            )
        )
    return Menus(side=tuple(groups), bottom=tuple(bottom[:4]))
