"""Waivers: warnings an author has accepted, each with its reason (`waivers.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lms.kernel.problems import Problem
from lms.kernel.schema import validate
from lms.kernel.yamlpos import read_yaml


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted warning: of which item, of which check, and why.

    `item` is the bank's code for findings about a whole bank. `line` is where the waiver stands
    in `file`.
    """

    item: str
    code: str
    reason: str
    file: str = ""
    line: int = 1


def read_waivers(folder: Path) -> tuple[tuple[Waiver, ...], list[Problem]]:
    """Return the waivers of a quiz folder; no file means none."""
    path = folder / "waivers.yaml"
    file = path.as_posix()
    if not path.exists():
        return (), []
    located, problems = read_yaml(path)
    if located is None:
        return (), problems
    problems += validate("waivers", located, file=file)
    if problems:
        return (), problems
    waivers = tuple(
        Waiver(row["butir"], row["kode"], row["alasan"], file, located.line(index))
        for index, row in enumerate(located.value)
    )
    return waivers, []
