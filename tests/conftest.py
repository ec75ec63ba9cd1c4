"""The application, a client, signing in, a standing clock, and both databases. Nothing else."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from config import read_settings
from lms.app import create_app
from lms.platform import clock
from lms.platform import settings as settings_store
from lms.platform.access.passwords import hash_password
from lms.platform.db import db
from tests import pg

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
"""Saturday 21 November 2026, 10.00 WIB."""
PASSWORD = "jembatan kecil di hulu"
PASSWORD_HASH = hash_password(PASSWORD)


SQLITE_ONLY = ("test_views", "test_permissions", "test_roles")
"""Test files of pages: the shell above the services is the same on both databases."""


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql", "both"],
        default="both",
        help="on which databases the database tests run",
    )


def pytest_generate_tests(metafunc):
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        # Pages run on SQLite; services, queries, jobs and migrations on both.
        names = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        if chosen == "both" and Path(metafunc.module.__file__).name.startswith(SQLITE_ONLY):
            names = ["sqlite"]
        metafunc.parametrize("database_kind", names, scope="module")


@pytest.fixture(scope="session")
def pg_server():
    with pg.server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A migrated, empty SQLite file to copy: migrating once is enough."""
    folder = tmp_path_factory.mktemp("migrated")
    app = make_app(folder, f"sqlite:///{folder / 'titian.db'}")
    upgrade(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # the last connection to close folds the WAL into the file
    return folder / "titian.db"


def make_app(folder, url, **changes):
    base = read_settings({"LMS_DATA_DIR": str(folder), "LMS_SECRET_KEY": "k" * 40})
    return create_app(replace(base, database_url=url, log_level="ERROR", **changes))


def upgrade(app):
    from flask_migrate import upgrade as migrate

    with app.app_context():
        migrate()


@pytest.fixture(scope="module")
def app(request, database_kind, migrated, tmp_path_factory):
    """The application on a fresh, migrated database of its own."""
    folder = tmp_path_factory.mktemp("app")
    if database_kind == "sqlite":
        shutil.copy(migrated, folder / "titian.db")
        app = make_app(folder, f"sqlite:///{folder / 'titian.db'}")
    else:
        url = new_pg_database(request.getfixturevalue("pg_server"), folder.name)
        app = make_app(folder, url)
        upgrade(app)
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def new_pg_database(server_url, name):
    name = "t_" + "".join(c if c.isalnum() else "_" for c in name) + f"_{id(name) % 100000}"
    engine = sa.create_engine(server_url.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return server_url.format(name=name)


@pytest.fixture(autouse=True)
def _clock():
    clock.freeze(NOW)
    settings_store.forget()
    yield
    clock.freeze(None)


@pytest.fixture
def frozen():
    """Set the clock: frozen(moment)."""
    return clock.freeze


@pytest.fixture
def database(app):
    """An application context on clean tables; what a test wrote is deleted after it."""
    with app.app_context():
        yield db.session
        db.session.rollback()
        empty_tables()
        settings_store.forget()


def empty_tables():
    tables = list(reversed(db.metadata.sorted_tables))
    connection = db.session.connection()
    if db.engine.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    else:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in tables:
            connection.execute(table.delete())
    db.session.commit()
    db.session.remove()
    app_settings_unprimed()


def app_settings_unprimed():
    from flask import current_app

    current_app.extensions.pop("titian_settings_primed", None)


@pytest.fixture
def client(app, database):
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def sign_in(app, client):
    """Sign the client in as an account: sign_in("bkpsdm")."""

    def go(name, password=PASSWORD):
        client.post("/keluar")
        answer = client.post("/masuk", data={"username": name, "password": password})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return client

    return go


@contextmanager
def counted_statements():
    """Count the SQL statements run inside: `with counted_statements() as seen: ...; len(seen)`."""
    seen = []

    def note(_conn, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
