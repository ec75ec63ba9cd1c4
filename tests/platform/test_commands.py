"""What a command says, as a stranger at the server meets it: a sentence and the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("changes", "arguments", "code", "words"),
    [
        ({"LMS_TYPO": "1"}, ["audit", "verify"], 2, "tidak dikenal: LMS_TYPO"),
        ({"LMS_MAIL_URL": "ftp://x"}, ["audit", "verify"], 2, "LMS_MAIL_URL harus"),
        ({"LMS_DATABASE_URL": "sqlite:////tidak/ada/x.db"}, ["audit", "verify"], 3, "Basis data"),
        ({}, ["audit", "verify"], 3, "db upgrade"),  # not migrated
        (
            {"LMS_ENV": "production", "LMS_SECRET_KEY": "k" * 40},
            ["demo", "seed"],
            2,
            "ditolak pada LMS_ENV=production",
        ),
    ],
)
def test_a_command_that_cannot_says_so_in_a_sentence(tmp_path, changes, arguments, code, words):
    env = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env={**env, "LMS_DATA_DIR": str(tmp_path), **changes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert words in done.stderr
