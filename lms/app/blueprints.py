"""Which blueprints and commands the application has."""

from __future__ import annotations

import click
from flask import Blueprint


def all_blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all packages."""
    from lms.app.pages import exam, home, system
    from lms.assessment.views import blueprint as assessment
    from lms.catalogue.views import blueprint as catalogue
    from lms.credentials.views import blueprint as credentials
    from lms.learning.views import blueprint as learning
    from lms.people.views import blueprint as people
    from lms.platform.access.views import blueprint as access
    from lms.platform.web.health import blueprint as health

    return (
        access,
        assessment,
        credentials,
        exam.blueprint,
        health,
        people,
        catalogue,
        learning,
        home.blueprint,
        system.blueprint,
    )


def all_commands() -> tuple[click.Group, ...]:
    """Return the command groups of all packages."""
    from lms.learning.cli import content
    from lms.platform.cli import account, audit, jobs

    return (account, audit, content, jobs)
