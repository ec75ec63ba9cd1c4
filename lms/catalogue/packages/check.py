"""What a course, its item bank and its quizzes must say alike.

Assessment is a sibling of this package, so banks and quizzes are known here only by the few
attributes that are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from lms.catalogue.packages.course import CoursePackage, Lesson
from lms.kernel.problems import Problem

MIN_EVIDENCE_ITEMS: Final = 8
"""Fewer items than this of a competence in a form are no evidence for it (docs/semantics.md 2)."""


class ItemLike(Protocol):
    """An item, as far as a course looks at it."""

    @property
    def id(self) -> str:
        """Return the identifier, `AMN-101-1-001`."""

    @property
    def use(self) -> str:
        """Return the `guna` code."""

    @property
    def lesson(self) -> int | None:
        """Return the lesson number, None for placement."""

    @property
    def outcome(self) -> str | None:
        """Return the outcome code, None for placement."""

    @property
    def material(self) -> str | None:
        """Return `file.md#anchor`, None for placement."""

    @property
    def competences(self) -> tuple[str, ...]:
        """Return pillar, field and indicator codes."""

    def line_of(self, *path: str | int) -> int:
        """Return the line of a field of the item."""


class BankLike(Protocol):
    """An item bank, as far as a course looks at it."""

    @property
    def course(self) -> str | None:
        """Return the course code, None if it belongs to none."""

    @property
    def file(self) -> str:
        """Return the path, for problems."""

    @property
    def items(self) -> Sequence[ItemLike]:
        """Return the items, in order."""


class FormLike(Protocol):
    """A fixed form of a quiz."""

    @property
    def code(self) -> str:
        """Return the code."""

    @property
    def items(self) -> tuple[str, ...]:
        """Return the items, in order."""


class QuizLike(Protocol):
    """A quiz, as far as a course looks at it."""

    @property
    def code(self) -> str:
        """Return the code."""

    @property
    def course(self) -> str | None:
        """Return the course code, None if it belongs to none."""

    @property
    def use(self) -> str:
        """Return the `guna` code."""

    @property
    def minutes(self) -> int:
        """Return the time allowed."""

    @property
    def forms(self) -> Sequence[FormLike]:
        """Return the fixed forms; none when drawn at random."""

    @property
    def file(self) -> str:
        """Return the path, for problems."""

    def line_of(self, *path: str | int) -> int:
        """Return the line of a field of the quiz."""


def cross_check(
    course: CoursePackage, bank: BankLike, quizzes: Sequence[QuizLike]
) -> list[Problem]:
    """Return where course, bank and quizzes contradict each other, by file and line."""
    found = [
        *_bank_problems(course, bank),
        *_lesson_problems(course, bank),
        *_exam_problems(course, bank, quizzes),
    ]
    return sorted(set(found))


def _bank_problems(course: CoursePackage, bank: BankLike) -> Iterator[Problem]:
    if bank.course != course.code:
        yield Problem(bank.file, 1, f'Bank ini milik "{bank.course}", bukan "{course.code}".')
    outcomes = {outcome.code for outcome in course.outcomes}
    anchors = course.anchors
    by_number = {lesson.number: lesson for lesson in course.lessons}
    listed = {id_ for lesson in course.lessons for id_ in (*lesson.practice, *lesson.cards)}
    for item in bank.items:
        lesson = by_number.get(item.lesson or 0)
        if lesson is None:
            message = f"{item.id}: pelajaran {item.lesson} tidak ada di kursus {course.code}."
            yield Problem(bank.file, item.line_of("pelajaran"), message)
        elif item.outcome not in lesson.outcomes:
            where = lesson.file if item.outcome in outcomes else "course.yaml"
            message = f'{item.id}: capaian "{item.outcome}" tidak tercantum di {where}.'
            yield Problem(bank.file, item.line_of("capaian"), message)
        file, _, anchor = (item.material or "").partition("#")
        if file not in anchors:
            message = f'{item.id}: berkas materi "{file}" tidak ada di kursus {course.code}.'
            yield Problem(bank.file, item.line_of("materi"), message)
        elif anchor not in anchors[file]:
            message = f'{item.id}: jangkar "{anchor}" tidak ada di {file}.'
            yield Problem(bank.file, item.line_of("materi"), message)
        if item.use in {"latihan", "kartu"} and item.id not in listed:
            message = f"{item.id}: butir {item.use} ini tidak dicantumkan pelajaran mana pun."
            yield Problem(bank.file, item.line_of("guna"), message, "warning")


def _lesson_problems(course: CoursePackage, bank: BankLike) -> Iterator[Problem]:
    items = {item.id: item for item in bank.items}
    for lesson in course.lessons:
        for use, ids in (("latihan", lesson.practice), ("kartu", lesson.cards)):
            for index, id_ in enumerate(ids):
                if message := _misplaced(lesson, items.get(id_), id_=id_, use=use):
                    file = f"{course.folder}/{lesson.file}"
                    yield Problem(file, lesson.lines.line(use, index), message)


def _misplaced(lesson: Lesson, item: ItemLike | None, *, id_: str, use: str) -> str | None:
    """Return why an item cannot stand in a lesson's list, or None if it can."""
    if item is None:
        return f'Butir "{id_}" tidak ada di bank.'
    if item.use != use:
        return f'Butir "{id_}" berguna untuk {item.use}, bukan {use}.'
    if item.lesson != lesson.number:
        return f'Butir "{id_}" milik pelajaran {item.lesson}, bukan pelajaran {lesson.number}.'
    return None


def _exam_problems(
    course: CoursePackage, bank: BankLike, quizzes: Sequence[QuizLike]
) -> Iterator[Problem]:
    exam = next((quiz for quiz in quizzes if quiz.code == course.exam), None)
    line = course.lines.line("ujian")
    if exam is None:
        yield Problem(course.file, line, f'Kuis "{course.exam}" tidak ada di folder quizzes.')
        return
    if exam.course != course.code or exam.use != "ujian":
        message = f'Kuis "{exam.code}" bukan ujian kursus {course.code}.'
        yield Problem(exam.file, exam.line_of("kursus"), message)
    minutes = sum(lesson.minutes for lesson in course.lessons) + exam.minutes
    if minutes != course.minutes:
        message = (
            f"Pelajaran dan ujian berjumlah {minutes} menit, "
            f"sedangkan course.yaml menyebut {course.minutes}."
        )
        yield Problem(course.file, course.lines.line("menit"), message, "warning")
    yield from _evidence_problems(course, bank, exam)


def _evidence_problems(course: CoursePackage, bank: BankLike, exam: QuizLike) -> Iterator[Problem]:
    """Yield each competence a pass would prove by too few items of a form.

    An item of an indicator (`aman.3`) counts for its pillar.
    """
    tags = {item.id: {tag.partition(".")[0] for tag in item.competences} for item in bank.items}
    for index, claim in enumerate(course.evidence):
        for form in exam.forms:
            count = sum(claim.competence in tags.get(id_, ()) for id_ in form.items)
            if count < MIN_EVIDENCE_ITEMS:
                message = (
                    f'Bukti "{claim.competence}" perlu {MIN_EVIDENCE_ITEMS} butir di tiap bentuk; '
                    f"bentuk {form.code} hanya memuat {count}."
                )
                yield Problem(course.file, course.lines.line("bukti", index), message)
