"""Items from the command line: what the linter sees."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.assessment.lint import lint_bank
from lms.assessment.packages import read_bank, read_waivers
from lms.kernel.problems import Problem, has_errors
from lms.platform import clock

_FOUND_ERRORS: Final = 1
_USAGE: Final = 2
_BANK: Final = "bank.yaml"


@click.group()
def items() -> None:
    """Test items: check how they are written."""


@items.command("lint")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Peringatan pun menjadi kegagalan.")
@click.option("--json", "as_json", is_flag=True, help="Temuan sebagai JSON.")
@with_appcontext
def lint(path: Path | None, *, strict: bool, as_json: bool) -> None:
    """Lint item banks: of all content folders, or of a bank or folder at PATH.

    Prints every finding as file:line: sentence [code]; waived warnings are left out. What needs
    the course beside its bank (does the material exist, are the laws looked at lately) is
    `content check`'s to say.
    """
    files = _banks_at(path) if path else _banks_in(current_app.config["TITIAN"].content_dirs)
    if not files:
        print("Tidak ada bank soal di sana.", file=sys.stderr)
        raise SystemExit(_USAGE)
    findings, count = [], 0
    for file in files:
        found, items_read = _lint(file)
        findings += found
        count += items_read
    _report(findings, as_json=as_json)
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    print(
        f"{len(files)} bank soal, {count} butir: {errors} kesalahan, {warnings} peringatan.",
        file=sys.stderr,
    )
    if has_errors(findings) or (strict and warnings):
        raise SystemExit(_FOUND_ERRORS)


def _banks_at(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob(_BANK))


def _banks_in(folders: Iterable[Path]) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.glob(f"quizzes/*/{_BANK}"))]


def _lint(file: Path) -> tuple[list[Problem], int]:
    """Return the findings of one bank, its form included, and how many items could be read."""
    bank, problems = read_bank(file, keep_sound=True)
    waivers, more = read_waivers(file.parent)
    problems += more
    if bank is None:
        return problems, 0
    problems += lint_bank(bank, waivers=waivers, today=clock.today())
    return sorted(set(problems)), len(bank.items)


def _report(findings: Iterable[Problem], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
        return
    here = Path.cwd().as_posix() + "/"
    for finding in findings:
        code = f" [{finding.code}]" if finding.code else ""
        mark = " (peringatan)" if finding.severity == "warning" else ""
        print(f"{str(finding).removeprefix(here)}{code}{mark}")
