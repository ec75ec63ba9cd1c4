"""Content from the command line: check it, load it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.kernel.errors import DomainError
from lms.kernel.problems import Problem
from lms.learning import services
from lms.learning.packages import Content, ContentFolders, folders_at, folders_in, read_content
from lms.platform import clock
from lms.platform.db import db
from lms.platform.web.errors import refusal_sentence

_FOUND_ERRORS = 1
_USAGE = 2
_COULD_NOT = 3


@click.group()
def content() -> None:
    """Courses, item banks and quizzes in files."""


@content.command("check")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Peringatan pun menjadi kegagalan.")
@with_appcontext
def check(path: Path | None, *, strict: bool) -> None:
    """Check content; prints every finding as file:line: sentence."""
    found = _read(path)
    _print_problems(found.problems)
    errors = sum(problem.severity == "error" for problem in found.problems)
    warnings = len(found.problems) - errors
    print(
        f"{len(found.courses)} kursus, {len(found.banks)} bank soal, {len(found.quizzes)} kuis: "
        f"{errors} kesalahan, {warnings} peringatan.",
        file=sys.stderr,
    )
    if errors or (strict and warnings):
        raise SystemExit(_FOUND_ERRORS)


@content.command("load")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tunjukkan perubahannya, jangan simpan.")
@with_appcontext
def load(path: Path | None, *, dry_run: bool) -> None:
    """Publish what changed in the content folders; all of it or nothing."""
    found = _read(path)
    if not found.is_sound:
        _print_problems(problem for problem in found.problems if problem.severity == "error")
        print("Tidak ada yang dimuat: perbaiki kesalahan di atas dulu.", file=sys.stderr)
        raise SystemExit(_FOUND_ERRORS)
    try:
        report = services.load_content(
            content=found,
            media_dir=current_app.config["TITIAN"].data_dir / "media",
            now=clock.now(),
        )
    except DomainError as refusal:
        db.session.rollback()
        print(refusal_sentence(refusal))
        raise SystemExit(_FOUND_ERRORS) from refusal
    except OSError as problem:
        db.session.rollback()
        print(f"Berkas media tidak dapat ditulis: {problem}", file=sys.stderr)
        raise SystemExit(_COULD_NOT) from problem
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    for line in report.lines():
        print(line)
    if not report.changed:
        print("Tidak ada yang berubah.")
    elif dry_run:
        print("Uji coba saja: tidak ada yang disimpan.", file=sys.stderr)


def _read(path: Path | None) -> Content:
    folders: ContentFolders
    if path is None:
        folders = folders_in(current_app.config["TITIAN"].content_dirs)
    else:
        folders = folders_at(path)
        if folders.is_empty:
            print(f"Tidak ada kursus atau bank soal di {path}.", file=sys.stderr)
            raise SystemExit(_USAGE)
    return read_content(folders, today=clock.today())


def _print_problems(problems: Iterable[Problem]) -> None:
    here = Path.cwd().as_posix() + "/"
    for problem in problems:
        code = f" [{problem.code}]" if problem.code else ""
        mark = " (peringatan)" if problem.severity == "warning" else ""
        print(f"{str(problem).removeprefix(here)}{code}{mark}")
