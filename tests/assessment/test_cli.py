"""`items lint` from the command line: findings and exit codes."""

from __future__ import annotations

import json

import pytest
import yaml

from tests import factories


@pytest.fixture
def bank_file(tmp_path):
    """Writes a bank of the given items and returns its path."""

    def write(rows):
        folder = tmp_path / "quizzes" / "CTH-101"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "bank.yaml"
        file.write_text(yaml.safe_dump({"kursus": "CTH-101", "butir": rows}, sort_keys=False))
        return file

    return write


def run(app, *args):
    return app.test_cli_runner().invoke(args=["items", "lint", *map(str, args)])


@pytest.mark.usefixtures("database")
class TestLint:
    def test_an_error_is_named_with_its_line_and_gives_1(self, app, bank_file):
        row = factories.exam_items()[0]
        row["pilihan"].append({"teks": "Semua benar", "rasional": "Gabungan."})
        file = bank_file([row])
        answer = run(app, file)
        assert answer.exit_code == 1
        assert f"{file}:" in answer.stdout
        assert "[C" in answer.stdout or "[P" in answer.stdout or "[S" in answer.stdout

    def test_findings_come_as_json_when_asked(self, app, bank_file):
        file = bank_file(factories.exam_items()[:1])
        answer = run(app, file.parent.parent, "--json")
        found = json.loads(answer.stdout)
        assert all({"file", "line", "message", "severity", "code"} <= set(row) for row in found)

    def test_a_folder_without_banks_is_a_slip_of_usage(self, app, tmp_path):
        assert run(app, tmp_path).exit_code == 2

    def test_the_shipped_banks_have_no_errors(self, app):
        assert run(app).exit_code == 0
