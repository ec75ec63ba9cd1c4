"""`account grant`: giving a role on the server's command line.

It may stand for the second person of the four-eyes rule; it is audited and told to all holders
of the role. The first administrator is made so.
"""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from lms.kernel.actor import Role
from lms.people import queries, services
from lms.people.rules import ROLES_BY_ITSELF
from lms.platform import clock
from lms.platform.access.queries import find_credentials
from lms.platform.access.rules import normal_identifier
from lms.platform.db import db

GIVEN = sorted(set(Role) - ROLES_BY_ITSELF)


@click.command("grant")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in GIVEN]))
@click.option("--unit", help="Kode unit; tanpa ini peran berlaku untuk seluruh pemerintah.")
@click.option("--reason", required=True)
@click.option("--dry-run", is_flag=True)
@with_appcontext
def grant(name: str, role: str, unit: str | None, reason: str, *, dry_run: bool) -> None:
    """Give an account a role, over a unit or everywhere."""
    account = find_credentials(normal_identifier(name))
    if account is None:
        print(f"Tidak ada akun bernama {name}.", file=sys.stderr)
        raise SystemExit(1)
    place = queries.find_unit(unit.upper()) if unit else None
    if unit and place is None:
        print(f"Tidak ada unit berkode {unit}.", file=sys.stderr)
        raise SystemExit(1)
    if dry_run:
        print(f"Akun {name} akan mendapat peran {role}.")
        return
    services.grant_role(
        account_id=account.account_id,
        role=Role(role),
        unit_id=place.id if place else None,
        starts_on=clock.today(),
        reason=reason,
        granted_by=None,
        now=clock.now(),
    )
    db.session.commit()
    print(f"Akun {name} mendapat peran {role}.")
