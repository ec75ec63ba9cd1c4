"""Alembic's environment: runs on the application's engine."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from lms.platform.db import db, metadata, set_write_intent

config = context.config


def include_object(_thing: Any, name: str | None, kind: str, _reflected: Any, _other: Any) -> bool:
    """Leave tables alone that are not ours (SQLite's own, full-text search)."""
    return not (kind == "table" and name is not None and name.startswith("sqlite_"))


def run() -> None:
    """Run migrations in one transaction on a connection of the application."""
    set_write_intent(writes=True)
    with current_app.app_context(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_object=include_object,
            compare_type=True,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrasi hanya berjalan pada basis data yang tersambung.")
run()
