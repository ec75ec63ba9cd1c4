"""Forms of development: shape and range only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange


class RuleForm(FlaskForm):
    """A new obligation rule. The courses to choose from are set by the view."""

    title = StringField(
        _l("Judul aturan"),
        validators=[DataRequired(_l("Tulis judul aturan.")), Length(max=200)],
    )
    course_code = SelectField(_l("Kursus"))
    due_days = IntegerField(
        _l("Tenggat, dalam hari"),
        validators=[
            InputRequired(_l("Tulis berapa hari waktunya.")),
            NumberRange(1, 365, _l("Tenggat harus angka 1 sampai 365.")),
        ],
    )
    effective_from = DateField(
        _l("Berlaku mulai"),
        validators=[InputRequired(_l("Tulis tanggal seperti 2026-12-01."))],
    )
    reason = TextAreaField(
        _l("Alasan"),
        validators=[
            DataRequired(_l("Tulis alasannya. Pegawai membacanya di halaman kewajiban.")),
            Length(max=500),
        ],
    )
    legal_basis = StringField(_l("Dasar hukum"), validators=[Length(max=300)])


class EndRuleForm(FlaskForm):
    """Ending a rule."""

    reason = StringField(
        _l("Alasan"), validators=[DataRequired(_l("Tulis alasannya.")), Length(max=300)]
    )
    withdraw_open = BooleanField(_l("Cabut juga penugasan yang belum selesai"))


class WaiveForm(FlaskForm):
    """Letting one person off."""

    reason = StringField(
        _l("Alasan"),
        validators=[
            DataRequired(_l("Tulis alasannya. Pegawai yang bersangkutan membacanya.")),
            Length(max=300),
        ],
    )


class AssignForm(FlaskForm):
    """Assigning persons by their numbers, one per line. The rules are set by the view."""

    rule_id = SelectField(_l("Aturan"), coerce=int)
    numbers = TextAreaField(
        _l("NIP"),
        validators=[
            DataRequired(_l("Tulis sedikitnya satu NIP, satu per baris.")),
            Length(max=20_000),
        ],
    )
