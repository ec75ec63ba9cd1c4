"""Models equal migrations, on both databases; the head file names the head."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from lms.platform.db import db, metadata
from tests import factories
from tests.conftest import make_app, new_pg_database

VERSIONS = Path(__file__).parents[2] / "migrations/versions"


def test_head_file_names_the_last_migration():
    last = max(VERSIONS.glob("[0-9]*.py")).name.split("_")[0]
    assert (VERSIONS.parent / "HEAD").read_text().strip() == last


def test_models_equal_migrations(database):
    context = MigrationContext.configure(db.session.connection(), opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


@pytest.fixture
def empty_app(request, database_kind, tmp_path):
    if database_kind == "sqlite":
        app = make_app(tmp_path, f"sqlite:///{tmp_path / 'way.db'}")
    else:
        url = new_pg_database(request.getfixturevalue("pg_server"), "way")
        app = make_app(tmp_path, url)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_migrations_go_up_with_rows_and_down_to_nothing(empty_app):
    with empty_app.app_context():
        upgrade()
        factories.account()
        db.session.commit()
        db.session.remove()
        downgrade(revision="base")
        left = set(db.inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert left == set()
        db.session.remove()
        upgrade()
        factories.account()
        db.session.commit()
