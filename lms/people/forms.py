"""Forms of people: shape and range only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired

from lms.people.rules import PURPOSES

_WORDS = {
    "layanan-kepegawaian": _l("Layanan kepegawaian"),
    "penugasan": _l("Penugasan belajar"),
    "penilaian": _l("Penilaian atau reviu"),
    "audit": _l("Audit"),
    "permintaan-pegawai": _l("Permintaan pegawai sendiri"),
}

_CHOOSE = _l("Pilih satu keperluan, lalu unduh lagi.")


class ExportForm(Form):
    """Why a list of persons is taken away; sent with GET, so that the file has an address."""

    tujuan = RadioField(
        _l("Untuk keperluan apa daftar ini diunduh?"),
        choices=[SelectChoice(code, _WORDS[code]) for code in PURPOSES],
        validators=[InputRequired(_CHOOSE), AnyOf(PURPOSES, _CHOOSE)],
        validate_choice=False,  # the message of the library would be English
    )
    nip = BooleanField(_l("Tulis NIP lengkap"), render_kw={"value": "penuh"})
