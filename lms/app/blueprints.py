"""Which blueprints and commands the application has."""

from __future__ import annotations

import click
from flask import Blueprint


def all_blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of all packages."""
    from lms.app.pages import exam, home, persons, system
    from lms.assessment.views import blueprint as assessment
    from lms.catalogue.views import blueprint as catalogue
    from lms.credentials.views import blueprint as credentials
    from lms.development.views import blueprint as development
    from lms.learning.views import blueprint as learning
    from lms.people.views import blueprint as people
    from lms.platform.access.views import blueprint as access
    from lms.platform.web.health import blueprint as health
    from lms.readiness.views import blueprint as readiness

    return (
        access,
        assessment,
        credentials,
        development,
        exam.blueprint,
        health,
        people,
        catalogue,
        learning,
        home.blueprint,
        persons.blueprint,
        readiness,
        system.blueprint,
    )


def all_commands() -> tuple[click.Group, ...]:
    """Return the command groups of all packages."""
    from lms.app.demo.cli import demo
    from lms.assessment.cli import items
    from lms.competency.cli import competency
    from lms.learning.cli import content
    from lms.people.cli import grant
    from lms.platform.cli import account, audit, jobs
    from lms.readiness.cli import readiness

    if grant.name not in account.commands:
        account.add_command(grant)
    return (account, audit, competency, content, demo, items, jobs, readiness)
