"""Make a migration from the difference between models and a freshly migrated database.

`make migration m="what changes"`. The number follows the last one, and migrations/HEAD is set, so
that two branches with a migration each clash in git and not in production.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from flask_migrate import revision, upgrade  # noqa: E402

from config import read_settings  # noqa: E402
from lms.app import create_app  # noqa: E402


def main(message: str) -> None:
    """Write the migration and the head file."""
    versions = sorted((ROOT / "migrations/versions").glob("[0-9]*.py"))
    number = f"{len(versions) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"LMS_DATA_DIR": folder})
        app = create_app(replace(settings, database_url=f"sqlite:///{folder}/new.db"))
        with app.app_context():
            upgrade()
            revision(message=message, autogenerate=True, rev_id=number)
    (ROOT / "migrations/HEAD").write_text(number + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():  # noqa: PLR2004  # program and message
        raise SystemExit('Pakai: make migration m="apa yang berubah"')
    main(sys.argv[1].strip())
