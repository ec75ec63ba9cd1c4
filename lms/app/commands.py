"""What a command says when the database or a file cannot be used: a sentence, and exit code 3."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.exc import DBAPIError


class _Plain(click.Group):
    """A group of commands that ends with a sentence where Python would show its stack."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; 3 when it could not, for want of a database, a file or a disk."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            reason = str(error.orig).partition("\n")[0]
            click.echo(
                f"Basis data tidak dapat dipakai: {reason}. Periksa LMS_DATABASE_URL dan jalankan"
                " `flask --app wsgi db upgrade`.",
                err=True,
            )
        except OSError as error:
            click.echo(f"Berkas tidak dapat dipakai: {error}.", err=True)
        raise SystemExit(3)


def plain(group: click.Group) -> click.Group:
    """Return the group with plain words for what it cannot do."""
    return _Plain(name=group.name, commands=group.commands, help=group.help)
