"""Quizzes as values: `quizzes/<KODE>/*.quiz.yaml`, and whether the bank can fill them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lms.assessment.packages.bank import PLACEMENT, Bank, Item
from lms.kernel.problems import Problem, has_errors
from lms.kernel.schema import validate
from lms.kernel.schema.codes import STANDARD_CODES, Codes
from lms.kernel.yamlpos import Located, YamlPath, canonical_bytes, plain, read_yaml


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a quiz may be taken: at most `maximum` in `window_days`, `wait_days` apart.

    None means no limit.
    """

    maximum: int | None
    window_days: int | None
    wait_days: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the blueprint: so many items of a lesson (or competence), level and kind."""

    count: int
    lesson: int | None = None
    competence: str | None = None
    level: str | None = None
    kind: str | None = None

    def takes(self, item: Item) -> bool:
        """Return True if the item may fill a place of this cell."""
        return (
            self.lesson in {None, item.lesson}
            and self.level in {None, item.level}
            and self.kind in {None, item.kind}
            and (self.competence is None or self.competence in item.competences)
        )


@dataclass(frozen=True, slots=True)
class Minimum:
    """At least so many items of a kind in every form."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A pass mark in items right, where it comes from, and who agreed to it."""

    right: int
    source: Literal["usulan", "angoff"]
    panel: str | None
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A fixed form: its items, its reserves, and its own pass mark if it has one."""

    code: str
    items: tuple[str, ...]
    reserves: tuple[str, ...]
    cut: Cut | None


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz as its file says it. `content_hash` is SHA-256 over the canonical form of `raw`."""

    code: str
    course: str | None
    use: Literal["ujian", "latihan", "penempatan"]
    minutes: int
    attempts: Attempts
    grading: Literal["utuh", "parsial"]
    mode: Literal["acak", "bentuk"]
    cells: tuple[Cell, ...]
    minimums: tuple[Minimum, ...]
    forms: tuple[Form, ...]
    cut: Cut | None
    shows: Literal["ringkas", "skor", "lengkap"]
    shuffles_items: bool
    shuffles_options: bool
    raw: Mapping[str, Any] = field(repr=False, hash=False)
    content_hash: str
    file: str
    lines: Mapping[YamlPath, int] = field(repr=False, compare=False, default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many items one taker gets."""
        return sum(cell.count for cell in self.cells)

    def cut_of(self, form: Form) -> Cut | None:
        """Return the form's pass mark; its own wins over the quiz's."""
        return form.cut or self.cut

    def line_of(self, *path: str | int) -> int:
        """Return the file's line of a field, or of its nearest known ancestor."""
        return Located(None, self.lines).line(*path)


def read_quizzes(
    folder: Path, codes: Codes = STANDARD_CODES
) -> tuple[tuple[Quiz, ...], list[Problem]]:
    """Return the sound quizzes of a folder, sorted by code, and all problems.

    A quiz with an error is left out; its problem says why. Two files with one code are an error
    of the second.
    """
    quizzes: dict[str, Quiz] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.quiz.yaml")):
        quiz, found = _read_quiz(path, codes)
        problems += found
        if quiz and quiz.code in quizzes:
            message = f'Kode kuis "{quiz.code}" sudah dipakai {quizzes[quiz.code].file}.'
            problems.append(Problem(quiz.file, quiz.line_of("kode"), message))
        elif quiz:
            quizzes[quiz.code] = quiz
    return tuple(quizzes[code] for code in sorted(quizzes)), sorted(set(problems))


def _read_quiz(path: Path, codes: Codes) -> tuple[Quiz | None, list[Problem]]:
    file = path.as_posix()
    located, problems = read_yaml(path)
    if located is None:
        return None, problems
    problems += validate("quiz", located, file=file)
    if has_errors(problems):
        return None, problems
    quiz = _quiz(plain(located.value), file=file, lines=located.lines)
    problems += _quiz_problems(quiz, codes=codes, folder=path.parent.name)
    return (None if has_errors(problems) else quiz), problems


def _cut(raw: Mapping[str, Any] | None) -> Cut | None:
    if raw is None:
        return None
    return Cut(int(raw["benar"]), raw["sumber"], raw.get("panel"), tuple(raw["disetujui"]))


def _quiz(raw: Mapping[str, Any], *, file: str, lines: Mapping[YamlPath, int]) -> Quiz:
    limits = raw["percobaan"]
    return Quiz(
        code=raw["kode"],
        course=raw.get("kursus"),
        use=raw["guna"],
        minutes=int(raw["menit"]),
        attempts=Attempts(limits["maks"], limits["jendela_hari"], limits["jeda_hari"]),
        grading=raw["penilaian"],
        mode=raw["mode"],
        cells=tuple(
            Cell(
                int(cell["jumlah"]),
                cell.get("pelajaran"),
                cell.get("kompetensi"),
                cell.get("level"),
                cell.get("jenis"),
            )
            for cell in raw["sel"]
        ),
        minimums=tuple(Minimum(row["jenis"], int(row["jumlah"])) for row in raw.get("minimal", ())),
        forms=tuple(
            Form(row["kode"], tuple(row["butir"]), tuple(row["cadangan"]), _cut(row.get("batas")))
            for row in raw.get("bentuk", ())
        ),
        cut=_cut(raw.get("batas")),
        shows=raw["tampil"],
        shuffles_items=raw["acak"]["urutan"],
        shuffles_options=raw["acak"]["pilihan"],
        raw=raw,
        content_hash=hashlib.sha256(canonical_bytes(raw)).hexdigest(),
        file=file,
        lines=lines,
    )


def _quiz_problems(quiz: Quiz, *, codes: Codes, folder: str) -> Iterator[Problem]:
    if folder != (quiz.course or PLACEMENT):
        message = f'Kuis milik "{quiz.course or PLACEMENT}" berada di folder "{folder}".'
        yield Problem(quiz.file, quiz.line_of("kursus"), message)
    for index, cell in enumerate(quiz.cells):
        line = quiz.line_of("sel", index)
        if (cell.lesson is None) == (cell.competence is None):
            message = "Tiap sel menyebut pelajaran atau kompetensi, salah satu saja."
            yield Problem(quiz.file, line, message)
        elif cell.competence and cell.competence not in codes.competences:
            message = f'Kompetensi "{cell.competence}" tidak dikenal.'
            yield Problem(quiz.file, line, message)
    seen: set[str] = set()
    for index, form in enumerate(quiz.forms):
        line = quiz.line_of("bentuk", index)
        if form.code in seen:
            yield Problem(quiz.file, line, f'Bentuk "{form.code}" ditulis dua kali.')
        seen.add(form.code)
        yield from _cut_problems(quiz, form, line=line)
    if quiz.use == "ujian" and quiz.shows == "lengkap":
        message = "Kunci dan alasan ujian tidak pernah ditampilkan; pakai ringkas atau skor."
        yield Problem(quiz.file, quiz.line_of("tampil"), message)


def _cut_problems(quiz: Quiz, form: Form, *, line: int) -> Iterator[Problem]:
    cut = quiz.cut_of(form)
    if cut is None and quiz.use == "ujian":
        yield Problem(quiz.file, line, f'Bentuk "{form.code}" belum mempunyai batas lulus.')
    if cut and cut.right > len(form.items):
        message = f'Batas {cut.right} lebih besar dari isi bentuk "{form.code}".'
        yield Problem(quiz.file, line, message)


def check_quiz(quiz: Quiz, bank: Bank) -> list[Problem]:
    """Return why the bank cannot fill the quiz's forms as its blueprint asks.

    Checks every form: items exist, have the quiz's use, stand in one place only, fill the cells
    exactly and meet the minimums; enemies never share a form (code D02), reserves included,
    since a reserve may have to replace an item. Reserves belong to one form.
    """
    items = {item.id: item for item in bank.items}
    problems: list[Problem] = []
    reserved: dict[str, str] = {}
    for index, form in enumerate(quiz.forms):
        problems += _members(quiz, index, form, items=items)
        problems += _blueprint(quiz, index, form, items=items)
        problems += _enemies(quiz, index, form, items=items)
        for place, id_ in enumerate(form.reserves):
            line = quiz.line_of("bentuk", index, "cadangan", place)
            if id_ in reserved:
                message = f'Cadangan "{id_}" sudah dipakai bentuk {reserved[id_]}.'
                problems.append(Problem(quiz.file, line, message))
            reserved.setdefault(id_, form.code)
    return sorted(set(problems))


def _members(quiz: Quiz, index: int, form: Form, *, items: Mapping[str, Item]) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, ids in (("butir", form.items), ("cadangan", form.reserves)):
        for place, id_ in enumerate(ids):
            line = quiz.line_of("bentuk", index, key, place)
            item = items.get(id_)
            if item is None:
                yield Problem(quiz.file, line, f'Butir "{id_}" tidak ada di bank.')
            elif item.use != quiz.use:
                message = f'Butir "{id_}" berguna untuk {item.use}, bukan {quiz.use}.'
                yield Problem(quiz.file, line, message)
            if id_ in seen:
                message = f'Butir "{id_}" tercantum dua kali di bentuk {form.code}.'
                yield Problem(quiz.file, line, message)
            seen.add(id_)


def _blueprint(
    quiz: Quiz, index: int, form: Form, *, items: Mapping[str, Item]
) -> Iterator[Problem]:
    line = quiz.line_of("bentuk", index)
    members = [items[id_] for id_ in form.items if id_ in items]
    places = [cell for cell in quiz.cells for _ in range(cell.count)]
    if len(form.items) != len(places):
        message = f"Bentuk {form.code} berisi {len(form.items)} butir, cetak biru {len(places)}."
        yield Problem(quiz.file, line, message)
    elif len(members) == len(places) and not _fills(members, places):
        message = f"Butir bentuk {form.code} tidak mengisi semua sel cetak biru."
        yield Problem(quiz.file, line, message)
    kinds = Counter(item.kind for item in members)
    for minimum in quiz.minimums:
        count = sum(n for kind, n in kinds.items() if kind == minimum.kind)
        if count < minimum.count:
            message = (
                f"Bentuk {form.code} memuat {count} butir {minimum.kind}, "
                f"sedikitnya {minimum.count}."
            )
            yield Problem(quiz.file, line, message)


def _fills(items: Sequence[Item], places: Sequence[Cell]) -> bool:
    """Return True if every item can have a place of its own (augmenting paths)."""
    holder: dict[int, int] = {}

    def seat(item: int, tried: set[int]) -> bool:
        for place, cell in enumerate(places):
            if place in tried or not cell.takes(items[item]):
                continue
            tried.add(place)
            if place not in holder or seat(holder[place], tried):
                holder[place] = item
                return True
        return False

    return all(seat(item, set()) for item in range(len(items)))


def _enemies(quiz: Quiz, index: int, form: Form, *, items: Mapping[str, Item]) -> Iterator[Problem]:
    members = [items[id_] for id_ in (*form.items, *form.reserves) if id_ in items]
    here = {item.id for item in members}
    reported: set[frozenset[str]] = set()
    for item in members:
        for enemy in item.enemies:
            pair = frozenset({item.id, enemy})
            if enemy in here and pair not in reported:
                reported.add(pair)
                message = f"Bentuk {form.code} memuat butir bermusuhan {item.id} dan {enemy}."
                yield Problem(quiz.file, quiz.line_of("bentuk", index), message, code="D02")
