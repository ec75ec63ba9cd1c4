"""What a file of content does wrong: where, and in one plain Indonesian sentence.

Readers return problems in place of raising, so that an author sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding about one line of one file, printed as `file:line: sentence`.

    Lines count from 1. `code` is empty for problems of form and holds the check's code
    (`S02`, `C06`, ...) for findings of the item linter. Problems sort by file and line.
    """

    file: str
    line: int
    message: str
    severity: Severity = "error"
    code: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return True if at least one problem blocks publication; warnings do not."""
    return any(problem.severity == "error" for problem in problems)
