"""The composition root: knows everything, holds no rules."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from config import Settings, read_settings
from lms.platform import clock
from lms.platform.db import db, install_listeners

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together for one deployment."""
    from lms.platform.web.edge import Titian

    settings = settings or read_settings()
    clock.set_up(settings)
    app = Titian("lms.platform", template_folder="templates", static_folder="static")
    app.config.update(
        TITIAN=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        SESSION_COOKIE_NAME="titian",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a lesson may lie open all day
        WTF_CSRF_SSL_STRICT=False,  # the proxy speaks http to us; the origin is checked by SameSite
        MAX_CONTENT_LENGTH=20 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        BABEL_DEFAULT_LOCALE="id",
    )
    app.config["MIGRATIONS"] = str(Path(__file__).parents[2] / "migrations")
    db.init_app(app)
    with app.app_context():
        engine: Engine = db.engine
        install_listeners(engine)
    _compose(app, settings)
    return app


def _engine_options(url: str) -> dict[str, object]:
    if url.startswith("sqlite"):
        return {"pool_size": 16, "max_overflow": 16, "hide_parameters": True}
    return {
        "hide_parameters": True,  # names and numbers of persons would stand in logged failures
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 8,
        "connect_args": {"connect_timeout": 5},
    }


def _compose(app: Flask, settings: Settings) -> None:
    """Register extensions, blueprints, commands, jobs and slots."""
    from flask_migrate import Migrate

    from lms import wiring
    from lms.app import blueprints, commands, composition, logs, models, refusals
    from lms.platform import outbox  # noqa: F401  # kept beside its mail sender
    from lms.platform.outbox import mail
    from lms.platform.web import assets, edge, errors, protection, shell

    logs.set_up(settings)
    models.load()
    Migrate(app, db, directory=str(composition.ROOT / "migrations"), compare_type=True)
    shell.install(app)
    assets.install(app)
    edge.install(app)
    protection.install(app)
    errors.install(app, refusals.sentence)
    mail.install(settings.mail_url)
    composition.fill_slots()
    wiring.install()
    for blueprint in blueprints.all_blueprints():
        app.register_blueprint(blueprint)
    for group in blueprints.all_commands():
        app.cli.add_command(commands.plain(group))
