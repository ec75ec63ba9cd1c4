"""What `course.yaml` must say beyond its schema: known codes, real files, two people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from lms.catalogue.packages.course import LEGAL_REVIEW_MONTHS
from lms.kernel.dates import add_months
from lms.kernel.problems import Problem, Severity
from lms.kernel.schema.codes import Codes
from lms.kernel.yamlpos import Located

JP_MINUTES: Final = 45
"""One JP; a package whose minutes say otherwise gets a warning, since the setting may differ."""


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A `course.yaml` that has passed its schema, and the folder it stands in."""

    located: Located
    file: str
    folder: str
    lesson_files: Sequence[str]

    @property
    def raw(self) -> dict[str, Any]:
        """Return the parsed file."""
        value: dict[str, Any] = self.located.value
        return value

    def problem(self, message: str, *path: str | int, severity: Severity = "error") -> Problem:
        """Return a problem at a key of the file."""
        return Problem(self.file, self.located.line(*path), message, severity)


def course_problems(course: CourseFile, *, codes: Codes, today: date | None) -> Iterator[Problem]:
    """Yield everything that is wrong with the file itself, in no particular order."""
    yield from _identity(course)
    yield from _known_codes(course, codes)
    yield from _claims(course, codes)
    yield from _digcomp(course, codes)
    yield from _outcomes(course)
    yield from _lesson_list(course)
    for index, law in enumerate(course.raw["dasar_hukum"]):
        line = course.located.line("dasar_hukum", index)
        yield from law_problems(law, file=course.file, line=line, today=today)


def _identity(course: CourseFile) -> Iterator[Problem]:
    raw = course.raw
    if raw["kode"] != course.folder:
        message = f'Kode "{raw["kode"]}" tidak sama dengan nama folder "{course.folder}".'
        yield course.problem(message, "kode")
    if raw["kode"] in raw["prasyarat"]:
        message = "Kursus tidak dapat menjadi prasyarat dirinya sendiri."
        yield course.problem(message, "prasyarat")
    if raw["menit"] != raw["jp"] * JP_MINUTES:
        message = f"{raw['menit']} menit tidak sama dengan {raw['jp']} JP x {JP_MINUTES} menit."
        yield course.problem(message, "menit", severity="warning")
    if raw["penulis"] == raw["penelaah"]:
        yield course.problem("Penelaah harus orang lain daripada penulis.", "penelaah")


def _known_codes(course: CourseFile, codes: Codes) -> Iterator[Problem]:
    raw = course.raw
    for index, claim in enumerate(raw["bukti"]):
        path = ("bukti", index, "kompetensi")
        yield from _known(course, claim["kompetensi"], codes.competences, *path)
    for name, allowed in (("bidang_spbe", codes.fields), ("kelompok_pemdi", codes.pemdi_groups)):
        for index, code in enumerate(raw[name]):
            yield from _known(course, code, allowed, name, index)


def _known(
    course: CourseFile, code: str, allowed: Collection[str], *path: str | int
) -> Iterator[Problem]:
    if code not in allowed:
        message = f'Kode "{code}" tidak dikenal; yang boleh: {", ".join(sorted(allowed))}.'
        yield course.problem(message, *path)


def _claims(course: CourseFile, codes: Codes) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, claim in enumerate(course.raw["bukti"]):
        code = claim["kompetensi"]
        if code in seen:
            message = f'Kompetensi "{code}" sudah tercantum dalam bukti.'
            yield course.problem(message, "bukti", index)
        seen.add(code)
        if code in codes.fields and code not in course.raw["bidang_spbe"]:
            message = f'Bidang "{code}" ada dalam bukti, jadi harus ada dalam bidang_spbe.'
            yield course.problem(message, "bukti", index)


def _digcomp(course: CourseFile, codes: Codes) -> Iterator[Problem]:
    digcomp = course.raw["digcomp"]
    allowed = codes.digcomp.get(digcomp["versi"])
    if allowed is None:
        message = f'Versi DigComp "{digcomp["versi"]}" tidak dikenal.'
        yield course.problem(message, "digcomp", "versi")
        return
    for index, code in enumerate(digcomp["kode"]):
        if code not in allowed:
            message = f'Kode DigComp "{code}" tidak dikenal.'
            yield course.problem(message, "digcomp", "kode", index)


def _outcomes(course: CourseFile) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, outcome in enumerate(course.raw["capaian"]):
        if outcome["kode"] in seen:
            message = f'Capaian "{outcome["kode"]}" ditulis dua kali.'
            yield course.problem(message, "capaian", index)
        seen.add(outcome["kode"])


def _lesson_list(course: CourseFile) -> Iterator[Problem]:
    listed = course.raw["pelajaran"]
    for index, name in enumerate(listed):
        if name not in course.lesson_files:
            message = f'Berkas pelajaran "{name}" tidak ada.'
            yield course.problem(message, "pelajaran", index)
        if not name.startswith(f"{index + 1:02d}-"):
            message = f'"{name}" ada di urutan {index + 1}; namanya harus diawali {index + 1:02d}-.'
            yield course.problem(message, "pelajaran", index)
    for name in course.lesson_files:
        if name not in listed:
            message = f'"{name}" ada di folder, tetapi tidak didaftar.'
            yield course.problem(message, "pelajaran")


def law_problems(
    law: Mapping[str, Any], *, file: str, line: int, today: date | None
) -> Iterator[Problem]:
    """Yield a date of comparison that lies ahead (error) or over twelve months back (warning).

    Without `today` nothing is known about either.
    """
    if today is None:
        return
    compared_on = day_of(law["dibandingkan_pada"])
    if compared_on > today:
        yield Problem(file, line, f"Tanggal {compared_on.isoformat()} belum tiba.")
    elif today > add_months(compared_on, LEGAL_REVIEW_MONTHS):
        message = f"Dasar hukum ini dibandingkan {compared_on.isoformat()}, perlu ditinjau."
        yield Problem(file, line, message, "warning")


def day_of(value: date | str) -> date:
    """Return a date that YAML has read, or that was quoted as YYYY-MM-DD."""
    return value if isinstance(value, date) else date.fromisoformat(value)
