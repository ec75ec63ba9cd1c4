"""Reading a course folder: every fault found at once, each with its file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from lms.catalogue.packages.course import (
    CoursePackage,
    DigComp,
    EvidenceClaim,
    LegalBasis,
    Lesson,
    MediaFile,
    Outcome,
    Reference,
    RubricRow,
    Task,
    media_sizes,
)
from lms.catalogue.packages.course_checks import CourseFile, course_problems, day_of, law_problems
from lms.catalogue.packages.media import MAX_MEDIA_BYTES, NAME, TYPE_BY_SUFFIX, inspect
from lms.kernel.markup import Links, Rendered, render_lesson
from lms.kernel.problems import Problem, has_errors
from lms.kernel.schema import validate
from lms.kernel.schema.codes import STANDARD_CODES, Codes
from lms.kernel.yamlpos import Located, canonical_bytes, load_yaml, read_source, read_yaml

_FRONT: Final = re.compile(r"\A---\n(?P<front>.*?\n)---(?:\n|\Z)(?P<body>.*)\Z", re.DOTALL)
_LESSON_LINK: Final = re.compile(r"\]\((?P<file>[\w.-]+\.md)?#(?P<anchor>[\w-]+)[^)]*\)")


@dataclass(frozen=True, slots=True)
class _LessonFile:
    """A lesson as it was read, before it is known to fit its course."""

    name: str
    path: str
    front: Located
    body: str
    body_line: int
    rendered: Rendered
    source: bytes


def read_course(
    folder: Path, codes: Codes = STANDARD_CODES, *, today: date | None = None
) -> tuple[CoursePackage | None, list[Problem]]:
    """Return the course in a folder, or None when a problem blocks it; problems by file and line.

    Every lesson is rendered once to find its faults; the HTML is not kept. With `today`, a law
    that was compared in the future is an error and one compared over 12 months ago a warning.
    """
    reader = _Reader(folder, codes=codes, today=today)
    course = reader.read()
    problems = sorted(set(reader.problems))
    return (None if has_errors(problems) else course), problems


class _Reader:
    """One reading of one folder."""

    def __init__(self, folder: Path, *, codes: Codes, today: date | None) -> None:
        self.folder = folder
        self.codes = codes
        self.today = today
        self.problems: list[Problem] = []
        self.yaml_path = folder / "course.yaml"
        self.file = self.yaml_path.as_posix()

    def error(self, file: str, line: int, message: str) -> None:
        self.problems.append(Problem(file, line, message))

    def warn(self, file: str, line: int, message: str) -> None:
        self.problems.append(Problem(file, line, message, "warning"))

    def read(self) -> CoursePackage | None:
        """Return the package if its parts could be read at all."""
        located, problems = read_yaml(self.yaml_path)
        self.problems += problems
        if located is None:
            return None
        broken = validate("course", located, file=self.file)
        self.problems += broken
        media = self._media()
        names = sorted(path.name for path in self.folder.glob("*.md"))
        files = [self._lesson(name, names=names, media=media) for name in names]
        lessons = {file.name: file for file in files if file}
        self._check_links(lessons.values())
        if broken:
            return None
        file = CourseFile(located, self.file, self.folder.name, names)
        self.problems += course_problems(file, codes=self.codes, today=self.today)
        return self._package(located, lessons, media)

    # -- media ------------------------------------------------------------------------------

    def _media(self) -> list[MediaFile]:
        folder = self.folder / "media"
        if not folder.is_dir():
            return []
        pictures: list[MediaFile] = []
        for path in sorted(folder.iterdir()):
            picture = _picture(path)
            if isinstance(picture, str):
                self.error(path.as_posix(), 1, picture)
            else:
                pictures.append(picture)
        return pictures

    # -- lessons ----------------------------------------------------------------------------

    def _lesson(
        self, name: str, *, names: Sequence[str], media: Sequence[MediaFile]
    ) -> _LessonFile | None:
        path = self.folder / name
        file = path.as_posix()
        text, problems = read_source(path)
        self.problems += problems
        if text is None:
            return None
        match = _FRONT.match(text)
        if not match:
            message = "Pelajaran harus diawali bagian depan di antara dua baris ---."
            self.error(file, 1, message)
            return None
        front, problems = load_yaml(match["front"], file=file, first_line=2)
        body_line = 1 + text.count("\n", 0, match.start("body"))
        number = int(name[:2]) if name[:2].isdigit() else None
        links = Links(media=media_sizes(media), lessons=names)
        rendered = render_lesson(
            match["body"], lesson_no=number, file=file, first_line=body_line, links=links
        )
        self.problems += [*problems, *rendered.problems]
        if not match["body"].strip():
            self.error(file, body_line, "Pelajaran ini belum berisi teks.")
        if front is None:
            return None
        broken = validate("lesson-front-matter", front, file=file)
        self.problems += broken
        if broken:
            return None
        return _LessonFile(name, file, front, match["body"], body_line, rendered, path.read_bytes())

    def _check_links(self, lessons: Collection[_LessonFile]) -> None:
        """Report links to anchors that no heading bears; missing files are known already."""
        anchors = {lesson.name: set(lesson.rendered.anchors) for lesson in lessons}
        for lesson in lessons:
            for match in _LESSON_LINK.finditer(lesson.body):
                target = match["file"] or lesson.name
                if match["anchor"] not in anchors.get(target, {match["anchor"]}):
                    line = lesson.body_line + lesson.body.count("\n", 0, match.start())
                    message = f'Jangkar "{match["anchor"]}" tidak ada di {target}.'
                    self.error(lesson.path, line, message)

    # -- assembly ---------------------------------------------------------------------------

    def _package(
        self, located: Located, files: dict[str, _LessonFile], media: Sequence[MediaFile]
    ) -> CoursePackage:
        raw = located.value
        laws = tuple(_law(law) for law in raw["dasar_hukum"])
        outcomes = tuple(Outcome(item["kode"], item["teks"]) for item in raw["capaian"])
        lessons = tuple(
            self._fitted(number, files[name], raw=raw, laws=laws)
            for number, name in enumerate(raw["pelajaran"], start=1)
            if name in files
        )
        self._check_use(located, lessons, media)
        return CoursePackage(
            folder=self.folder.as_posix(),
            code=raw["kode"],
            title=raw["judul"],
            summary=raw["ringkasan"].strip(),
            pillar=raw["pilar"],
            stage=raw["jenjang"],
            jp=int(raw["jp"]),
            minutes=int(raw["menit"]),
            valid_months=int(raw["berlaku_bulan"]),
            prerequisites=tuple(raw["prasyarat"]),
            audiences=tuple(raw["sasaran"]),
            outcomes=outcomes,
            evidence=tuple(
                EvidenceClaim(item["kompetensi"], int(item["tingkat"])) for item in raw["bukti"]
            ),
            spbe_fields=tuple(raw["bidang_spbe"]),
            pemdi_groups=tuple(raw["kelompok_pemdi"]),
            digcomp=DigComp(raw["digcomp"]["versi"], tuple(raw["digcomp"]["kode"])),
            legal_bases=laws,
            author=raw["penulis"],
            reviewer=raw["penelaah"],
            lessons=lessons,
            media=tuple(media),
            exam=raw["ujian"],
            raw=raw,
            content_hash=_package_hash(raw, lessons, media),
            lines=located,
        )

    def _fitted(
        self,
        number: int,
        file: _LessonFile,
        *,
        raw: dict[str, Any],
        laws: Sequence[LegalBasis],
    ) -> Lesson:
        """Return the lesson, after checking what its front matter says about the course."""
        front = file.front.value
        outcomes = {item["kode"] for item in raw["capaian"]}
        for index, code in enumerate(front["capaian"]):
            if code not in outcomes:
                line = file.front.line("capaian", index)
                self.error(file.path, line, f'Capaian "{code}" tidak ada di course.yaml.')
        earlier = raw["pelajaran"][: number - 1]
        for index, name in enumerate(front.get("prasyarat", [])):
            if name not in earlier:
                line = file.front.line("prasyarat", index)
                message = f'Prasyarat "{name}" bukan pelajaran yang lebih dahulu di kursus ini.'
                self.error(file.path, line, message)
        task = front.get("tugas")
        return Lesson(
            number=number,
            file=file.name,
            title=front["judul"],
            minutes=int(front["menit"]),
            outcomes=tuple(front["capaian"]),
            references=tuple(_reference(item) for item in front.get("sumber", [])),
            legal_bases=tuple(self._lesson_laws(file, laws)),
            practice=tuple(front.get("latihan", [])),
            cards=tuple(front.get("kartu", [])),
            task=_task(task) if task else None,
            prerequisites=tuple(front.get("prasyarat", [])),
            body=file.body,
            body_line=file.body_line,
            anchors=file.rendered.anchors,
            front=front,
            source=file.source,
            content_hash=hashlib.sha256(file.source).hexdigest(),
            lines=file.front,
        )

    def _lesson_laws(self, file: _LessonFile, laws: Sequence[LegalBasis]) -> Iterator[LegalBasis]:
        by_name = {law.name: law for law in laws}
        for index, entry in enumerate(file.front.value.get("dasar_hukum", [])):
            line = file.front.line("dasar_hukum", index)
            if isinstance(entry, dict):
                self.problems += law_problems(entry, file=file.path, line=line, today=self.today)
                yield _law(entry)
            elif entry in by_name:
                yield by_name[entry]
            else:
                self.error(file.path, line, f'Dasar hukum "{entry}" tidak ada di course.yaml.')

    def _check_use(
        self, located: Located, lessons: Sequence[Lesson], media: Sequence[MediaFile]
    ) -> None:
        """Warn of outcomes no lesson teaches, and of pictures no lesson shows."""
        taught = {code for lesson in lessons for code in lesson.outcomes}
        for index, outcome in enumerate(located.value["capaian"]):
            if outcome["kode"] not in taught:
                line = located.line("capaian", index)
                message = f'Capaian "{outcome["kode"]}" tidak diajarkan pelajaran mana pun.'
                self.warn(self.file, line, message)
        for picture in media:
            if not any(f"media/{picture.name}" in lesson.body for lesson in lessons):
                file = (self.folder / "media" / picture.name).as_posix()
                self.warn(file, 1, "Gambar ini tidak dipakai pelajaran mana pun.")


def _picture(path: Path) -> MediaFile | str:
    """Return a file of `media/` as a picture, or a sentence on why it is none."""
    if path.is_symlink() or not path.is_file():
        return "Folder media/ hanya berisi berkas gambar."
    match = NAME.fullmatch(path.name)
    if not match:
        return "Nama gambar harus huruf kecil dan berakhiran webp, png, jpg, atau svg."
    if path.stat().st_size > MAX_MEDIA_BYTES:
        return "Gambar ini lebih besar dari 2 MB; perkecil dahulu."
    data = path.read_bytes()
    picture = inspect(data)
    if isinstance(picture, str):
        return picture
    if picture.content_type != TYPE_BY_SUFFIX[match[1]]:
        return f"Isi gambar ini {picture.content_type}, tidak sesuai akhiran namanya."
    digest = hashlib.sha256(data).hexdigest()
    size = (picture.width, picture.height)
    return MediaFile(path.name, picture.content_type, *size, data, digest)


def _law(raw: dict[str, Any]) -> LegalBasis:
    return LegalBasis(raw["nama"], raw["status"], day_of(raw["dibandingkan_pada"]), raw["dibaca"])


def _reference(raw: dict[str, Any]) -> Reference:
    return Reference(
        raw["judul"],
        int(raw["tahun"]),
        raw["pengenal"],
        day_of(raw["dibaca_pada"]),
        raw["dipakai_untuk"],
    )


def _task(raw: dict[str, Any]) -> Task:
    rubric = tuple(RubricRow(row["unsur"], int(row["nilai"])) for row in raw["rubrik"])
    return Task(raw["judul"], tuple(raw["langkah"]), rubric)


def _package_hash(
    raw: dict[str, Any], lessons: Sequence[Lesson], media: Sequence[MediaFile]
) -> str:
    """Return SHA-256 over a list of names and hashes, one line each, in package order."""
    rows = [
        ("course.yaml", hashlib.sha256(canonical_bytes(raw)).hexdigest()),
        *((lesson.file, lesson.content_hash) for lesson in lessons),
        *((f"media/{picture.name}", picture.content_hash) for picture in media),
    ]
    text = "".join(f"{digest}  {name}\n" for name, digest in rows)
    return hashlib.sha256(text.encode()).hexdigest()
