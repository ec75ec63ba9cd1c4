"""Running all checks over a bank, and setting aside the warnings that are waived."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from lms.assessment.lint import cues, structure, whole, wording
from lms.assessment.lint.structure import CourseFacts
from lms.assessment.lint.view import Finding, View
from lms.assessment.packages import Bank, Item, Waiver
from lms.kernel.problems import Problem

ITEM_CHECKS: Final[tuple[Callable[[View], Iterator[Finding]], ...]] = (
    *(structure.s01, structure.s02, structure.s03, structure.s04),
    *(cues.c01, cues.c04, cues.c05, cues.c06, cues.c07, cues.c08, cues.c09, cues.c10),
    *(cues.c11, cues.c12),
    *(wording.p01, wording.p02, wording.p03, wording.p04, wording.p05, wording.p06, wording.p07),
    *(wording.r01, wording.r02),
    structure.b03,
)
BANK_CHECKS: Final[tuple[Callable[[Sequence[View]], Iterator[Finding]], ...]] = (
    *(whole.repeated_ids, whole.c02, whole.c03, whole.d01, whole.d02, whole.b02),
)
CODES: Final = (
    *(f"S0{n}" for n in range(1, 6)),
    *(f"C{n:02d}" for n in range(1, 13)),
    *(f"P0{n}" for n in range(1, 8)),
    *("R01", "R02", "D01", "D02", "B02", "B03"),
)
"""Every code a finding may bear; B01 and Q01 to Q03 need forms and answers, and live elsewhere."""


def lint_item(
    item: Item, *, course: CourseFacts | None = None, today: date | None = None
) -> list[Finding]:
    """Return what is wrong with one item by itself."""
    view = View(item)
    found = [finding for check in ITEM_CHECKS for finding in check(view)]
    return [*found, *structure.s05(view, course, today)]


def lint_bank(
    bank: Bank,
    *,
    course: CourseFacts | None = None,
    waivers: Sequence[Waiver] = (),
    today: date | None = None,
) -> list[Problem]:
    """Return all findings about a bank by line, without the warnings that are waived.

    `course` (the course package) lets S05 look material and laws up; without it only their form
    is checked, and without `today` no law is too old. A waiver that names an error, or that no
    longer matches anything, is reported itself, so that the list stays true.
    """
    views = [View(item) for item in bank.items]
    found = [f for item in bank.items for f in lint_item(item, course=course, today=today)]
    found += [finding for check in BANK_CHECKS for finding in check(views)]
    waived = {(waiver.item, waiver.code) for waiver in waivers}
    kept = [
        finding
        for finding in found
        if finding.severity == "error" or (finding.item_id or bank.code, finding.code) not in waived
    ]
    lines = {item.id: item for item in bank.items}
    problems = {_problem(finding, bank=bank, items=lines) for finding in kept}
    return sorted(problems | set(_waiver_problems(waivers, found, bank=bank)))


def _problem(finding: Finding, *, bank: Bank, items: dict[str, Item]) -> Problem:
    item = items.get(finding.item_id)
    line = item.line_of(*finding.path) if item else 1
    return Problem(bank.file, line, finding.message, finding.severity, finding.code)


def _waiver_problems(
    waivers: Sequence[Waiver], found: Sequence[Finding], *, bank: Bank
) -> Iterator[Problem]:
    severities: dict[tuple[str, str], set[str]] = {}
    for finding in found:
        key = (finding.item_id or bank.code, finding.code)
        severities.setdefault(key, set()).add(finding.severity)
    for waiver in waivers:
        met = severities.get((waiver.item, waiver.code))
        where = (waiver.file or bank.file, waiver.line)
        if met is None:
            message = f"Pengecualian {waiver.code} untuk {waiver.item} tidak diperlukan lagi."
            yield Problem(*where, message, "warning", waiver.code)
        elif met == {"error"}:
            message = (
                f"{waiver.code} pada {waiver.item} adalah kesalahan; tidak dapat dikecualikan."
            )
            yield Problem(*where, message, "error", waiver.code)
