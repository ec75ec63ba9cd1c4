"""Values that the office decides: dated rows with a basis, defaults here.

A default is what a new installation starts with; each says its unit in the name. Changing one
adds a row, so that every past value stays known.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import select

from lms.platform import clock
from lms.platform.audit.services import record
from lms.platform.db import db
from lms.platform.models import SettingRow

DEFAULTS: Final[dict[str, Any]] = {
    "agency.name": "Pemerintah Daerah",
    "agency.hr_name": "BKPSDM",
    "contact.csirt": "CSIRT daerah (nomor belum diisi di pengaturan)",
    "contact.helpdesk": "meja bantuan TIK (nomor belum diisi di pengaturan)",
    "signin.idle_minutes": 60,
    "signin.day_hours": 8,
    "signin.keep_hours": 12,
    "signin.password_min_length": 15,
    "mail.quiet_from_hour": 20,
    "mail.quiet_until_hour": 6,
    "mail.sender": "titian@localhost",
    "certificate.number_format": "893.3/{nomor:04d}/BKPSDM/{tahun}",
    "certificate.place": "",
    "certificate.signer_post": "Kepala BKPSDM",
    "jp.active_share_pct": 60,
    "jp.target_pns": 20,
    "jp.ceiling_pppk": 24,
    "exam.minimum_information_at_cut": 2.0,
    "exam.recertification_days": 90,
    "readiness.target_pct": 80,
    "readiness.rank_thresholds_pct": [0, 20, 40, 60, 80],
    "readiness.coverage_gate_pct": 90,
    "readiness.minimum_ranked": 10,
    "readiness.minimum_shown": 5,
    "obligation.reminder_days_before": [7, 1],
}

_cache: dict[str, tuple[date, Any]] = {}


def value(key: str) -> Any:
    """Return the value in force today.

    Kept in memory for the day and dropped by `change`; another process sees a change when its
    own cache is dropped by `forget` (the web edge does so every 30 seconds).

    Raises:
        KeyError: no such setting.
    """
    today = clock.today()
    kept = _cache.get(key)
    if kept is not None and kept[0] == today:
        return kept[1]
    default = DEFAULTS[key]
    stored = db.session.execute(
        select(SettingRow.value)
        .where(SettingRow.key == key, SettingRow.valid_from <= today)
        .order_by(SettingRow.valid_from.desc(), SettingRow.id.desc())
        .limit(1)
    ).first()
    found = default if stored is None else stored.value
    _cache[key] = (today, found)
    return found


def prime() -> None:
    """Read all values in force with one statement; the first request after a start asks for it."""
    today = clock.today()
    found = dict(DEFAULTS)
    for row in db.session.execute(
        select(SettingRow.key, SettingRow.value)
        .where(SettingRow.valid_from <= today)
        .order_by(SettingRow.valid_from, SettingRow.id)
    ):
        if row.key in found:
            found[row.key] = row.value
    _cache.update({key: (today, item) for key, item in found.items()})


def forget() -> None:
    """Drop what is kept in memory."""
    _cache.clear()


def change(
    *, key: str, new_value: Any, valid_from: date, basis: str, actor_account_id: int | None
) -> None:
    """Set a value from a date on, with its basis.

    Raises:
        KeyError: no such setting.
    """
    DEFAULTS[key]
    db.session.add(
        SettingRow(
            key=key,
            value=new_value,
            valid_from=valid_from,
            recorded_at=clock.now(),
            actor_account_id=actor_account_id,
            basis=basis,
        )
    )
    record(
        action="setting.changed",
        object_kind="setting",
        object_id=key,
        actor_account_id=actor_account_id,
    )
    forget()
