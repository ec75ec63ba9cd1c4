"""Loads every table, so that metadata is whole whoever asks first."""

from __future__ import annotations


def load() -> None:
    """Import the models of all packages."""
    import lms.assessment.models
    import lms.catalogue.models
    import lms.competency.models
    import lms.credentials.models
    import lms.development.models
    import lms.learning.models
    import lms.people.models
    import lms.platform.models
    import lms.readiness.models  # noqa: F401
