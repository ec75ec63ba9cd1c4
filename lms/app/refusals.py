"""The one table from refusals (class and facts) to sentences for people.

A test walks all `DomainError` classes and fails when one has no sentence here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from lms.kernel.errors import DomainError, NotAllowed, NotFound
from lms.people import errors as people_errors
from lms.platform.access.services import EmailTaken, WeakPassword, WrongPassword

Facts = Mapping[str, Any]
Wording = Callable[[Facts], str]


def _weak_password(facts: Facts) -> str:
    words: dict[str, str] = {
        "pendek": _(
            "Kata sandi baru kurang panjang. Pakai sedikitnya %(n)s karakter, misalnya empat kata yang tidak berkaitan.",
            n=facts.get("minimum_length"),
        ),
        "panjang": _("Kata sandi baru terlalu panjang. Pakai paling banyak 200 karakter."),
    }
    easy: str = _(
        "Kata sandi baru mudah ditebak. Hindari nama Anda sendiri dan huruf yang diulang."
    )
    return words.get(str(facts.get("problem")), easy)


SENTENCES: dict[type[DomainError], Wording] = {
    NotFound: lambda _f: _("Halaman ini tidak ada atau bukan untuk peran Anda."),
    NotAllowed: lambda _f: _("Halaman ini tidak ada atau bukan untuk peran Anda."),
    WeakPassword: _weak_password,
    WrongPassword: lambda _f: _("Kata sandi sekarang tidak cocok. Ketik ulang dengan teliti."),
    EmailTaken: lambda _f: _("Surel itu sudah dipakai akun lain. Pakai surel Anda sendiri."),
    people_errors.NipMalformed: lambda f: _(
        "NIP harus 18 angka, yang diterima %(n)s karakter. Periksa lagi angkanya.",
        n=f.get("length"),
    ),
    people_errors.NipTaken: lambda _f: _(
        "NIP itu sudah tercatat untuk pegawai lain. Cari dulu pegawainya dengan nomor itu."
    ),
    people_errors.UnitCodeTaken: lambda f: _(
        "Kode unit %(kode)s sudah dipakai. Pilih kode lain.", kode=f.get("code")
    ),
    people_errors.UnitWouldContainItself: lambda _f: _(
        "Unit tidak dapat berada di bawah dirinya sendiri. Pilih induk yang lain."
    ),
    people_errors.UnitHasPersons: lambda f: _(
        "Unit ini masih memuat %(n)s pegawai. Pindahkan mereka dulu, lalu tutup unitnya.",
        n=f.get("count"),
    ),
    people_errors.UnitClosed: lambda _f: _(
        "Unit itu tidak buka pada tanggal tersebut. Pilih unit atau tanggal lain."
    ),
    people_errors.FactAlreadyRecorded: lambda _f: _(
        "Data yang sama baru saja dicatat. Muat ulang halaman untuk melihatnya."
    ),
    people_errors.FactAlreadyCorrected: lambda _f: _(
        "Catatan itu sudah dikoreksi. Koreksi catatan yang terbaru."
    ),
    people_errors.UnknownCode: lambda f: _(
        "Kode %(kode)s tidak ada di data rujukan.", kode=f.get("code")
    ),
    people_errors.RoleFollowsByItself: lambda _f: _(
        "Peran ini mengikuti data pegawai dan jabatan pimpinan, jadi tidak diberikan di sini."
    ),
    people_errors.OwnRole: lambda _f: _("Peran Anda sendiri diatur oleh orang kedua."),
    people_errors.PersonHasAccount: lambda _f: _(
        "Pegawai atau akun itu sudah terhubung dengan yang lain."
    ),
}


def sentence(error: DomainError) -> str:
    """Return the sentence for a refusal; the nearest ancestor's if a class has none of its own."""
    for kind in type(error).__mro__:
        if kind in SENTENCES:
            return SENTENCES[kind](error.facts)
    return str(_("Permintaan ini belum dapat dilakukan."))
