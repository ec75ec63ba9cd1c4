"""Item banks as values: `quizzes/<KODE>/bank.yaml`.

An item keeps its raw fields as they were written and validated; what a kind of item means is
settled by the rules, not here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from lms.kernel.markup import render_exhibit
from lms.kernel.problems import Problem, has_errors
from lms.kernel.schema import validate
from lms.kernel.schema.codes import STANDARD_CODES, Codes
from lms.kernel.yamlpos import Located, YamlPath, canonical_bytes, plain, read_yaml

PLACEMENT: Final = "PENEMPATAN"
"""The folder whose bank belongs to no course."""

Use = Literal["ujian", "latihan", "kartu", "penempatan"]
Kind = Literal["PG", "MR", "UR", "JD", "AN", "IS", "SJT", "HS"]


@dataclass(frozen=True, slots=True)
class Item:
    """One item in one version. `raw` is the validated mapping, dates as YYYY-MM-DD.

    `prior_b` is the experts' difficulty in logits and `prior_raters` how many judged it (0 = a
    proposal). `lesson`, `outcome` and `material` are None for placement items. `content_hash` is
    SHA-256 over the canonical form of `raw`.
    """

    id: str
    version: int
    use: Use
    lesson: int | None
    outcome: str | None
    level: str
    kind: Kind
    prior_b: float
    prior_raters: int
    competences: tuple[str, ...]
    enemies: tuple[str, ...]
    keeps_order: bool
    material: str | None
    author: str
    reviewer: str
    raw: Mapping[str, Any] = field(repr=False, hash=False)
    content_hash: str
    lines: Mapping[YamlPath, int] = field(repr=False, compare=False, default_factory=dict)

    def line_of(self, *path: str | int) -> int:
        """Return the file's line of a field, or of its nearest known ancestor."""
        return Located(None, self.lines).line(*path)


@dataclass(frozen=True, slots=True)
class Bank:
    """The items of one course (or of placement, where `course` is None), in file order."""

    course: str | None
    items: tuple[Item, ...]
    file: str
    content_hash: str

    @property
    def code(self) -> str:
        """Return the bank's code: the course's, or PENEMPATAN."""
        return self.course or PLACEMENT

    def find_item(self, item_id: str) -> Item | None:
        """Return the item with this id, or None."""
        return next((item for item in self.items if item.id == item_id), None)


def item_from_raw(raw: Mapping[str, Any], lines: Mapping[YamlPath, int] | None = None) -> Item:
    """Return an item from fields that already have passed the schema.

    Raises:
        KeyError: a field that every item needs is missing.
    """
    value = plain(dict(raw))
    return Item(
        id=value["id"],
        version=int(value["versi"]),
        use=value["guna"],
        lesson=value.get("pelajaran"),
        outcome=value.get("capaian"),
        level=value["level"],
        kind=value["jenis"],
        prior_b=float(value["b_ahli"]),
        prior_raters=int(value["b_penilai"]),
        competences=tuple(value["kompetensi"]),
        enemies=tuple(value.get("musuh", ())),
        keeps_order=bool(value.get("tetap", False)),
        material=value.get("materi"),
        author=value["penulis"],
        reviewer=value["penelaah"],
        raw=value,
        content_hash=hashlib.sha256(canonical_bytes(value)).hexdigest(),
        lines=lines or {},
    )


def read_bank(
    path: Path, codes: Codes = STANDARD_CODES, *, keep_sound: bool = False
) -> tuple[Bank | None, list[Problem]]:
    """Return the bank in a file, or None when a problem blocks it; problems by file and line.

    With `keep_sound` True the items without errors come back even if others have some, so that
    an author sees the linter's findings too; such a bank must not be published.
    """
    file = path.as_posix()
    located, problems = read_yaml(path)
    if located is None:
        return None, problems
    problems += validate("bank", located, file=file)
    if _shapeless(located):
        return None, sorted(set(problems))
    course = located.value.get("kursus")
    problems += _place_problems(located, file=file, folder=path.parent.name)
    broken = _broken_items(located, problems)
    items: list[Item] = []
    for index, raw in enumerate(located.value["butir"]):
        if index not in broken:
            item = item_from_raw(raw, located.within("butir", index).lines)
            problems += _item_problems(item, course=course, codes=codes, file=file)
            items.append(item)
    problems += _identity_problems(items, file=file)
    problems = sorted(set(problems))
    if has_errors(problems) and not keep_sound:
        return None, problems
    digest = hashlib.sha256(canonical_bytes(located.value)).hexdigest()
    return Bank(course, tuple(items), file, digest), problems


def _shapeless(located: Located) -> bool:
    """Return True if there is no list of items to look into."""
    value = located.value
    return not isinstance(value, dict) or not isinstance(value.get("butir"), list)


def _broken_items(located: Located, problems: list[Problem]) -> set[int]:
    """Return the indexes of items on whose lines the schema found an error."""
    count = len(located.value["butir"])
    starts = [located.line("butir", index) for index in range(count)]
    lines = {problem.line for problem in problems if problem.severity == "error"}
    return {
        index
        for index, start in enumerate(starts)
        if any(start <= line and (index + 1 == count or line < starts[index + 1]) for line in lines)
    }


def _place_problems(located: Located, *, file: str, folder: str) -> Iterator[Problem]:
    course = located.value.get("kursus")
    if folder != (course or PLACEMENT):
        message = f'Bank "{course or PLACEMENT}" berada di folder "{folder}".'
        yield Problem(file, located.line("kursus"), message)


def _item_problems(item: Item, *, course: str | None, codes: Codes, file: str) -> Iterator[Problem]:
    if course and not item.id.startswith(f"{course}-{item.lesson}-"):
        message = f'Pengenal "{item.id}" harus diawali "{course}-{item.lesson}-".'
        yield Problem(file, item.line_of("id"), message)
    if item.author == item.reviewer:
        message = f"{item.id}: penelaah harus orang lain daripada penulis."
        yield Problem(file, item.line_of("penelaah"), message)
    allowed = codes.item_tags if course else codes.pillars
    for index, code in enumerate(item.competences):
        if code not in allowed:
            message = f'{item.id}: kode kompetensi "{code}" tidak dikenal.'
            yield Problem(file, item.line_of("kompetensi", index), message)
    yield from _tie_problems(item, file=file)
    if exhibit := item.raw.get("peraga"):
        # The text of a YAML block begins on the line below its key.
        first = item.line_of("peraga") + (1 if "\n" in exhibit else 0)
        yield from render_exhibit(exhibit, file=file, first_line=first).problems


def _tie_problems(item: Item, *, file: str) -> Iterator[Problem]:
    """Yield ties of an ordering item that name no option, or one option twice."""
    size = len(item.raw.get("pilihan", ()))
    seen: set[int] = set()
    for index, tie in enumerate(item.raw.get("setara", ())):
        if any(number > size for number in tie) or seen & set(tie):
            message = f"{item.id}: setara menunjuk pilihan yang tidak ada atau dua kali."
            yield Problem(file, item.line_of("setara", index), message)
        seen |= set(tie)


def _identity_problems(items: list[Item], *, file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for item in items:
        line = item.line_of("id")
        if item.id in first:
            message = f'Pengenal "{item.id}" sudah dipakai di baris {first[item.id]}.'
            yield Problem(file, line, message)
        first.setdefault(item.id, line)
    for item in items:
        for index, enemy in enumerate(item.enemies):
            if enemy not in first or enemy == item.id:
                message = f'{item.id}: musuh "{enemy}" tidak ada di bank ini.'
                yield Problem(file, item.line_of("musuh", index), message)
