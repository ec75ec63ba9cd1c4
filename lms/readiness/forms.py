"""Forms of readiness: shape and range only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2999


def _is_usual(year: int) -> bool:
    """Tell whether a report may look there: a year before and after it are looked at too."""
    return _FIRST_YEAR <= year <= _LAST_YEAR


class PairForm(Form):
    """Which report is asked for; sent with GET, so that a report has an address."""

    as_of = DateField(_l("Data per tanggal"), validators=[Optional()])
    known_at = StringField(_l("Menurut catatan sampai"), validators=[Optional()])
    kelompok = SelectField(
        _l("Kelompok"),
        choices=[
            SelectChoice("pilar", _l("Empat pilar")),
            SelectChoice("bidang", _l("Enam bidang SDM TIK")),
        ],
        default="pilar",
    )

    def validate_as_of(self, field: Any) -> None:
        """Say in plain words what a date looks like."""
        if field.errors or (field.data and not _is_usual(field.data.year)):
            field.errors = []
            raise ValidationError(_("Tulis tanggal seperti 2026-10-31."))

    def validate_known_at(self, field: Any) -> None:
        """Accept RFC 3339 with its offset; a plus sign may have become a space in an address."""
        try:
            moment = datetime.fromisoformat(str(field.data).strip().replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not _is_usual(moment.year):
            raise ValidationError(
                _("Tulis waktu beserta selisihnya dari UTC, misalnya 2026-10-31T23:59:59+07:00.")
            )

    @property
    def moment(self) -> datetime | None:
        """The moment of `known_at`; None when left out."""
        if not self.known_at.data:
            return None
        return datetime.fromisoformat(str(self.known_at.data).strip().replace(" ", "+"))
