"""Which blueprints and commands the application has."""

from __future__ import annotations

import click
from flask import Blueprint


def all_blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all packages."""
    from lms.app.pages import home, system
    from lms.people.views import blueprint as people
    from lms.credentials.views import blueprint as credentials
    from lms.platform.access.views import blueprint as access
    from lms.platform.web.health import blueprint as health

    return (access, credentials, health, people, home.blueprint, system.blueprint)


def all_commands() -> tuple[click.Group, ...]:
    """Return the command groups of all packages."""
    from lms.platform.cli import account, audit, jobs

    return (account, audit, jobs)
