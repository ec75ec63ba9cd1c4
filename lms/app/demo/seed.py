"""Seeds the demo government into an empty database, in the order a real office would."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from config import Settings
from lms.app.demo.history import seed_history
from lms.app.demo.roster import seed_roster
from lms.competency.services import load_framework, seed_requirements
from lms.kernel.errors import DomainError
from lms.people import queries as people
from lms.platform import clock
from lms.platform import settings as values
from lms.platform.access.passwords import hash_password
from lms.platform.db import db
from lms.readiness.services import take_base, take_month_bases

Progress = Callable[[str], None]


class NotEmpty(DomainError):
    """There are persons in the database already."""


class DemoRefused(DomainError):
    """Demo data do not belong into a production database."""


def is_empty() -> bool:
    """Tell whether the database knows nobody yet."""
    return not people.opd_list(clock.today())


def seed_demo(settings: Settings, *, number: int | None, progress: Progress) -> None:
    """Seed the demo government; `number` of persons, None for the plain 1,200.

    Raises:
        DemoRefused: in production.
        NotEmpty: somebody is there already.
    """
    if settings.environment == "production":
        raise DemoRefused
    if not is_empty():
        raise NotEmpty
    today = clock.today()
    _settle_values()
    password = settings.demo_password or _kept_password(settings)
    loaded_on = today - timedelta(days=425)
    now = clock.start_of_day(loaded_on) + timedelta(hours=8)
    load_framework(now=now)
    seed_requirements(now=now, effective_from=loaded_on)
    progress("kerangka kompetensi dan persyaratan")
    roster = seed_roster(today=today, people=number, password_hash=hash_password(password))
    db.session.commit()
    progress(f"{len(roster.person_ids)} pegawai di {len(roster.persons_of)} OPD")
    seed_history(roster, today=today, progress=progress)
    take_base(now=clock.now())
    take_month_bases(now=clock.now())
    db.session.commit()


def _settle_values() -> None:
    for key, value in {
        "agency.name": "Pemerintah Kota Tirtamulya",
        "agency.hr_name": "BKPSDM",
        "certificate.place": "Tirtamulya",
        "contact.csirt": "CSIRT Kota Tirtamulya, csirt@tirtamulya.contoh.go.id",
        "contact.helpdesk": "meja bantuan Diskominfo, bantuan@tirtamulya.contoh.go.id",
        "mail.sender": "titian@tirtamulya.contoh.go.id",
    }.items():
        values.change(
            key=key,
            new_value=value,
            valid_from=clock.today() - timedelta(days=430),
            basis="Penyiapan data contoh",
            actor_account_id=None,
        )
    db.session.commit()


def _kept_password(settings: Settings) -> str:
    """Return the demo's password, made once and kept in the data directory (mode 0600)."""
    path = settings.data_dir / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    return path.read_text().strip()
