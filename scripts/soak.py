"""`make soak`: the long proofs in full numbers, on both databases.

Runs the tests marked `soak` and all property tests with TITIAN_SOAK=1 and appends a row per proof
and database to docs/soak.md. Property tests that do not choose their own number take ten times
their examples. Rows of pure rules are gathered per module.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/soak.md"
TIMES = 10
"""How much longer a property test runs that says nothing itself."""
PURE = "none"
_GOOD, _BAD = "passed", "**failed**"


@dataclass(slots=True)
class Row:
    """A line of the table."""

    name: str
    database: str
    number: int = 0
    passed: bool = True
    skipped: bool = False
    seconds: float = 0.0

    @property
    def result(self) -> str:
        """What came out, in a word."""
        if not self.passed:
            return _BAD
        return "skipped" if self.skipped else _GOOD

    def line(self, day: str) -> str:
        """Return the row as Markdown."""
        number = f"{self.number:,}"
        minutes = f"{self.seconds / 60:.1f}"
        return f"| {day} | {self.name} | {number} | {self.database} | {self.result} | {minutes} |\n"


class Proofs:
    """A pytest plugin: chooses the long proofs, gives them their numbers and notes what came out."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}
        self._row_of: dict[str, Row] = {}
        self._numbers: dict[str, int] = {}

    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Keep marked tests and property tests; give the latter their examples."""
        kept, left = [], []
        for item in items:
            is_property = hasattr(item.obj, "hypothesis")
            (kept if is_property or item.get_closest_marker("soak") else left).append(item)
        items[:] = kept
        config.hook.pytest_deselected(items=left)
        scaled: set[int] = set()
        for item in kept:
            database = getattr(item, "callspec", None)
            kind = database.params.get("database_kind", PURE) if database else PURE
            self._numbers[item.nodeid] = self._examples(item, scaled, pure=kind == PURE)
            name = self._name(item, pure=kind == PURE)
            self._row_of[item.nodeid] = self.rows.setdefault((name, kind), Row(name, kind))

    @staticmethod
    def _name(item: Any, *, pure: bool) -> str:
        path = Path(item.path).relative_to(ROOT)
        if pure and not item.get_closest_marker("soak"):
            return f"properties of {path}"
        sentence = item.originalname.removeprefix("test_").replace("_", " ")
        return f"{sentence} ({path})"

    @staticmethod
    def _examples(item: Any, scaled: set[int], *, pure: bool) -> int:
        """Return how many examples the test takes, raised unless it chose the number itself."""
        if not hasattr(item.obj, "hypothesis"):
            return 1
        from hypothesis import settings

        test = getattr(item.obj, "__func__", item.obj)
        chosen = getattr(test, "_hypothesis_internal_use_settings", None) or settings()
        if id(test) not in scaled and not _chooses_itself(item.module):
            scaled.add(id(test))
            times = TIMES if pure else TIMES // 2
            chosen = settings(chosen, max_examples=chosen.max_examples * times, deadline=None)
            test._hypothesis_internal_use_settings = chosen  # noqa: SLF001  # the one way to raise it
        return int(chosen.max_examples)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note time and outcome of each phase."""
        row = self._row_of.get(report.nodeid)
        if row is None:
            return
        row.seconds += report.duration
        row.passed = row.passed and not report.failed
        if report.skipped:
            row.skipped = True
        elif report.when == "call":
            told = dict(report.user_properties).get("number")
            row.number += int(told) if told is not None else self._numbers[report.nodeid]


def _chooses_itself(module: ModuleType) -> bool:
    return hasattr(module, "SOAK") or hasattr(module, "examples")


def main() -> int:
    """Return pytest's exit code: 0 when every proof held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("-k", dest="words", default="", help="only proofs with these words")
    parser.add_argument("--no-write", dest="write", action="store_false")
    parser.add_argument("paths", nargs="*", default=["tests"])
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["TITIAN_SOAK"] = "1"
    import pytest

    proofs = Proofs()
    started = time.monotonic()
    arguments = [*options.paths, "-q", "--database", options.database]
    code = int(pytest.main([*arguments, "-k", options.words], plugins=[proofs]))
    ran = [row for row in proofs.rows.values() if row.seconds]
    lines = rows_of(ran, f"{datetime.now().astimezone():%Y-%m-%d %H:%M}")
    print("".join(lines), end="")
    print(f"{len(ran)} bukti dalam {(time.monotonic() - started) / 60:.1f} menit", file=sys.stderr)
    if options.write and ran:
        with PAGE.open("a", encoding="utf-8") as page:
            page.writelines(lines)
    return code


def rows_of(rows: list[Row], day: str) -> list[str]:
    """Return the lines, by proof, SQLite before PostgreSQL."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    order = {"sqlite": 0, "postgresql": 1}
    return [
        row.line(day)
        for name in sorted(by_name)
        for row in sorted(by_name[name], key=lambda row: order.get(row.database, 2))
    ]


if __name__ == "__main__":
    raise SystemExit(main())
