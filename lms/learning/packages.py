"""Content folders as values: courses, banks and quizzes together, with every problem.

A folder of content holds `courses/<KODE>/` and `quizzes/<KODE>/`. Several folders may be read at
once; where two have the same code, the later one stands, so that a private bank replaces the one
shipped for practice. Reads files, writes nothing, knows neither database nor clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from lms.assessment.lint import lint_bank
from lms.assessment.packages import (
    PLACEMENT,
    Bank,
    Quiz,
    check_quiz,
    read_bank,
    read_quizzes,
    read_waivers,
)
from lms.catalogue.packages import CoursePackage, cross_check, read_course
from lms.kernel.problems import Problem, has_errors

_COURSES: Final = "courses"
_QUIZZES: Final = "quizzes"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFolders:
    """Which folders of content to read: by code, courses and quizzes apart."""

    courses: Mapping[str, Path] = field(default_factory=dict)
    quizzes: Mapping[str, Path] = field(default_factory=dict)
    has_quizzes: bool = True
    """False: nobody gave a folder of quizzes, so that a course is looked at by itself."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to read."""
        return not self.courses and not self.quizzes


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was read. With an error among the problems it must not be published."""

    courses: tuple[CoursePackage, ...]
    banks: tuple[Bank, ...]
    quizzes: tuple[Quiz, ...]
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether it may be published; warnings do not forbid it."""
        return not has_errors(self.problems)


def folders_in(roots: Iterable[Path]) -> ContentFolders:
    """Return the folders below content roots; a later root's folder replaces one of that code."""
    courses: dict[str, Path] = {}
    quizzes: dict[str, Path] = {}
    for root in roots:
        courses |= _children(root / _COURSES)
        quizzes |= _children(root / _QUIZZES)
    return ContentFolders(courses=courses, quizzes=quizzes)


def folders_at(path: Path) -> ContentFolders:
    """Return the folders that a path given by an author means; empty when it means none.

    It may be a content root, its `courses` or `quizzes`, the folder of one course or of its
    quizzes, or a file inside one of them.
    """
    path = path.resolve()
    if path.is_file():
        path = path.parent.parent if path.parent.name == "media" else path.parent
    if (path / _COURSES).is_dir() or (path / _QUIZZES).is_dir():
        return folders_in([path])
    if path.name in (_COURSES, _QUIZZES):
        return folders_in([path.parent])
    is_course = (path / "course.yaml").exists() or any(path.glob("[0-9][0-9]-*.md"))
    is_quiz = (path / "bank.yaml").exists() or any(path.glob("*.quiz.yaml"))
    if not is_course and not is_quiz:
        return ContentFolders()
    root = path.parent.parent
    course = path if is_course else root / _COURSES / path.name
    quiz = path if is_quiz else root / _QUIZZES / path.name
    return ContentFolders(
        courses={path.name: course} if course.is_dir() else {},
        quizzes={path.name: quiz} if quiz.is_dir() else {},
        has_quizzes=is_quiz or (root / _QUIZZES).is_dir(),
    )


def _children(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    return {
        child.name: child
        for child in sorted(folder.iterdir())
        if child.is_dir() and not child.name.startswith(".")
    }


def read_content(folders: ContentFolders, *, today: date) -> Content:
    """Return everything in the folders, and every problem by file and line.

    Courses, banks and quizzes are checked by themselves, against each other, and the items by the
    linter; a laws' comparison in the future is an error, one over 12 months old a warning.
    """
    problems: list[Problem] = []
    courses: dict[str, CoursePackage] = {}
    for code, folder in sorted(folders.courses.items()):
        course, found = read_course(folder, today=today)
        problems += found
        if course is not None:
            courses[code] = course
    banks: dict[str, Bank] = {}
    quizzes: list[Quiz] = []
    for code, folder in sorted(folders.quizzes.items()):
        bank, own, found = _read_quiz_folder(folder, courses.get(code), today=today)
        problems += found
        quizzes += own
        if bank is not None:
            banks[code] = bank
        if code != PLACEMENT and code not in folders.courses:
            problems.append(
                Problem(folder.as_posix(), 1, f'Kursus "{code}" tidak ada di folder courses.')
            )
    if folders.has_quizzes:
        for code, course in courses.items():
            problems += _together(course, banks.get(code), quizzes, folders)
    problems += _same_codes(quizzes)
    return Content(
        courses=tuple(courses.values()),
        banks=tuple(banks.values()),
        quizzes=tuple(quizzes),
        problems=tuple(sorted(set(problems))),
    )


def _read_quiz_folder(
    folder: Path, course: CoursePackage | None, *, today: date
) -> tuple[Bank | None, Sequence[Quiz], list[Problem]]:
    path = folder / "bank.yaml"
    if not path.exists():
        return None, (), [Problem(path.as_posix(), 1, "Bank soal ini tidak ada.")]
    bank, problems = read_bank(path, keep_sound=True)
    quizzes, found = read_quizzes(folder)
    problems = [*problems, *found]
    if bank is None:
        return None, quizzes, problems
    waivers, found = read_waivers(folder)
    problems += found
    problems += lint_bank(bank, course=course, waivers=waivers, today=today)
    for quiz in quizzes:
        problems += check_quiz(quiz, bank)
    return bank, quizzes, problems


def _together(
    course: CoursePackage, bank: Bank | None, quizzes: Sequence[Quiz], folders: ContentFolders
) -> Iterator[Problem]:
    if bank is not None:
        yield from cross_check(course, bank, quizzes)
    elif course.code not in folders.quizzes:
        message = f'Folder soal "quizzes/{course.code}" tidak ada.'
        yield Problem(course.file, course.lines.line("ujian"), message)


def _same_codes(quizzes: Sequence[Quiz]) -> Iterator[Problem]:
    first: dict[str, Quiz] = {}
    for quiz in quizzes:
        if quiz.code in first:
            message = f'Kode kuis "{quiz.code}" sudah dipakai {first[quiz.code].file}.'
            yield Problem(quiz.file, quiz.line_of("kode"), message)
        first.setdefault(quiz.code, quiz)
