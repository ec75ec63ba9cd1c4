"""`competency seed`: the framework and the first requirements of a new installation."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from lms.competency import services
from lms.platform import clock
from lms.platform.db import db


@click.group()
def competency() -> None:
    """Competency framework and requirements."""


@competency.command("seed")
@click.option(
    "--from", "effective_from", type=click.DateTime(["%Y-%m-%d"]), help="Bawaan: hari ini."
)
@click.option("--dry-run", is_flag=True)
@with_appcontext
def seed(effective_from: object, *, dry_run: bool) -> None:
    """Load the framework and add the requirements that are missing; a second time adds none."""
    from datetime import datetime

    day = effective_from.date() if isinstance(effective_from, datetime) else clock.today()
    services.load_framework(now=clock.now())
    added = services.seed_requirements(now=clock.now(), effective_from=day)
    if dry_run:
        db.session.rollback()
        print(f"{added} persyaratan akan ditambahkan, berlaku {day}.")
        return
    db.session.commit()
    print(f"{added} persyaratan ditambahkan, berlaku {day}.")
