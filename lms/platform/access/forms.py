"""Forms of sign-in and profile: shape and range only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, Regexp


class SignInForm(FlaskForm):
    """Sign-in. `lanjut` is where to go afterwards, `draf` what was typed before."""

    username = StringField(
        _l("NIP atau surel dinas"),
        validators=[
            DataRequired(_l("Isi NIP, surel dinas, atau nama akun Anda.")),
            Length(max=200),
        ],
    )
    password = PasswordField(
        _l("Kata sandi"),
        validators=[DataRequired(_l("Isi kata sandi Anda.")), Length(max=200)],
    )
    tetap = BooleanField(_l("Tetap masuk di gawai ini selama 12 jam"))
    lanjut = HiddenField()
    draf = HiddenField()


class ProfileForm(FlaskForm):
    """The own profile."""

    email = StringField(
        _l("Surel"),
        validators=[
            Optional(),
            Length(max=200),
            Regexp(
                r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
                message=_l("Tulis surel seperti nama@contoh.go.id, tanpa spasi."),
            ),
        ],
    )
    language = SelectField(
        _l("Bahasa"),
        choices=[SelectChoice("id", "Bahasa Indonesia"), SelectChoice("en", "English")],
    )
    text_size = RadioField(
        _l("Ukuran huruf"),
        choices=[
            SelectChoice("biasa", _l("Biasa")),
            SelectChoice("besar", _l("Besar")),
            SelectChoice("sangat-besar", _l("Sangat besar")),
        ],
    )


class PasswordForm(FlaskForm):
    """Changing the own password."""

    present = PasswordField(
        _l("Kata sandi sekarang"), validators=[DataRequired(_l("Isi kata sandi Anda sekarang."))]
    )
    new = PasswordField(
        _l("Kata sandi baru"),
        validators=[DataRequired(_l("Isi kata sandi baru.")), Length(max=200)],
    )
