"""Publishing courses. A published version never changes; a changed text is a new version."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, select

from lms.catalogue.models import Course, CourseTag, CourseVersion, Lesson, Media
from lms.catalogue.packages import CoursePackage, media_sizes
from lms.catalogue.packages import Lesson as PackageLesson
from lms.kernel.markup import RENDERER_VERSION, Links, headings, render_lesson
from lms.kernel.yamlpos import plain
from lms.platform.audit.services import record
from lms.platform.db import db

MEDIA_SUFFIX: Final[Mapping[str, str]] = {
    "image/webp": "webp",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
}
"""The endings under which media are kept and served, by type."""

_OWN_COLUMNS: Final = frozenset(
    ("kode", "judul", "ringkasan", "pilar", "jenjang", "jp", "menit", "berlaku_bulan", "ujian")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What publishing came to. `is_new` False: these files were published before."""

    course_code: str
    version_id: int
    number: int
    is_new: bool
    is_current_again: bool
    """An earlier content came back and stands under its old number."""
    lessons_rendered: int


def publish_course_version(
    *,
    package: CoursePackage,
    media_dir: Path,
    now: datetime,
    change_note: str = "",
    actor_account_id: int | None = None,
) -> Published:
    """Publish the course as its files say it; once per content, whoever asks how often.

    Content that was published earlier becomes current again under its old number. Lessons whose
    renderer has changed since are rendered anew in place: their words stay the same. Media are
    written under their hash before the rows that name them; a file without a row does no harm.
    """
    course = _course(package.code)
    known = db.session.execute(
        select(CourseVersion).where(
            CourseVersion.course_id == course.id,
            CourseVersion.content_hash == package.content_hash,
        )
    ).scalar_one_or_none()
    _store_media(package, media_dir)
    if known is not None:
        rendered = _render_again(package, known.id)
        comes_back = course.current_version_id != known.id
        if comes_back:
            course.current_version_id = known.id
            _note(package, known.number, actor_account_id)
        db.session.flush()
        return Published(
            course_code=package.code,
            version_id=known.id,
            number=known.number,
            is_new=False,
            is_current_again=comes_back,
            lessons_rendered=rendered,
        )
    number = (
        1
        + db.session.execute(
            select(func.coalesce(func.max(CourseVersion.number), 0)).where(
                CourseVersion.course_id == course.id
            )
        ).scalar_one()
    )
    version = CourseVersion(
        course_id=course.id,
        number=number,
        content_hash=package.content_hash,
        title=package.title,
        summary=package.summary,
        pillar=package.pillar,
        stage=package.stage,
        credit_hours=package.jp,
        minutes=package.minutes,
        valid_months=package.valid_months,
        exam_code=package.exam,
        data={
            key: value for key, value in plain(dict(package.raw)).items() if key not in _OWN_COLUMNS
        },
        search_text=_search_text(package),
        change_note=change_note,
        published_at=now,
    )
    db.session.add(version)
    db.session.flush()
    _insert_parts(package, version.id)
    course.current_version_id = version.id
    _note(package, number, actor_account_id)
    db.session.flush()
    return Published(
        course_code=package.code,
        version_id=version.id,
        number=number,
        is_new=True,
        is_current_again=False,
        lessons_rendered=len(package.lessons),
    )


def _course(code: str) -> Course:
    course = db.session.execute(select(Course).where(Course.code == code)).scalar_one_or_none()
    if course is None:
        course = Course(code=code)
        db.session.add(course)
        db.session.flush()
    return course


def _note(package: CoursePackage, number: int, actor_account_id: int | None) -> None:
    record(
        action="course.published",
        object_kind="course",
        object_id=package.code,
        actor_account_id=actor_account_id,
        version=number,
        content_hash=package.content_hash,
    )


def _search_text(package: CoursePackage) -> str:
    parts = (
        package.code,
        package.title,
        package.summary,
        *(outcome.text for outcome in package.outcomes),
        *(lesson.title for lesson in package.lessons),
    )
    return " ".join(" ".join(parts).casefold().split())


def _insert_parts(package: CoursePackage, version_id: int) -> None:
    db.session.execute(
        insert(Lesson), [_lesson_row(package, lesson, version_id) for lesson in package.lessons]
    )
    tags = {
        *(("bidang", code) for code in package.spbe_fields),
        *(("pemdi", code) for code in package.pemdi_groups),
        *(("digcomp", f"{package.digcomp.version}/{code}") for code in package.digcomp.codes),
    }
    if tags:
        db.session.execute(
            insert(CourseTag),
            [{"version_id": version_id, "kind": kind, "code": code} for kind, code in sorted(tags)],
        )
    if package.media:
        db.session.execute(
            insert(Media),
            [
                {
                    "version_id": version_id,
                    "name": item.name,
                    "sha256": item.content_hash,
                    "media_type": item.content_type,
                    "size_bytes": len(item.data),
                }
                for item in package.media
            ],
        )


# ------------------------------------------------------------------ rendering


def _render_key(lesson: PackageLesson, number: int) -> str:
    text = f"{RENDERER_VERSION}\n{number}\n{lesson.content_hash}"
    return hashlib.sha256(text.encode()).hexdigest()


def links_of(package: CoursePackage) -> Links:
    """Return where the relative links of a course's texts lead on this site; items use them too."""
    number_of = {lesson.file: lesson.number for lesson in package.lessons}
    address_of = {
        item.name: f"/media/{item.content_hash}.{MEDIA_SUFFIX[item.content_type]}"
        for item in package.media
    }

    def lesson_url(file: str, anchor: str) -> str:
        place = f"/kursus/{package.code}/{number_of[file]}" if file in number_of else ""
        return f"{place}#{anchor}" if anchor else place

    return Links(
        media=media_sizes(package.media),
        lessons=frozenset(number_of),
        media_url=lambda name: address_of.get(name, name),
        lesson_url=lesson_url,
    )


def _rendered(package: CoursePackage, lesson: PackageLesson) -> tuple[str, list[Any]]:
    """Return the lesson's HTML with addresses of this site, and its outline."""
    html = render_lesson(
        lesson.body,
        lesson_no=lesson.number,
        file=lesson.file,
        first_line=lesson.body_line,
        links=links_of(package),
    ).html
    return html, [[heading.level, heading.id, heading.text] for heading in headings(html)]


def _lesson_row(package: CoursePackage, lesson: PackageLesson, version_id: int) -> dict[str, Any]:
    html, outline = _rendered(package, lesson)
    front = plain(dict(lesson.front))
    data = {key: value for key, value in front.items() if key not in ("judul", "menit")}
    data["dasar_hukum"] = [
        {
            "nama": law.name,
            "status": law.status,
            "dibandingkan_pada": law.compared_on.isoformat(),
            "dibaca": law.read_from,
        }
        for law in lesson.legal_bases
    ]
    data["outline"] = outline
    return {
        "version_id": version_id,
        "number": lesson.number,
        "file": lesson.file,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "markdown": lesson.body,
        "html": html,
        "render_key": _render_key(lesson, lesson.number),
        "data": data,
    }


def _render_again(package: CoursePackage, version_id: int) -> int:
    """Render the lessons that another renderer version rendered; return how many."""
    stored = {
        row.number: row
        for row in db.session.scalars(select(Lesson).where(Lesson.version_id == version_id))
    }
    done = 0
    for lesson in package.lessons:
        row, key = stored[lesson.number], _render_key(lesson, lesson.number)
        if row.render_key != key:
            html, outline = _rendered(package, lesson)
            row.html, row.render_key = html, key
            row.data = {**row.data, "outline": outline}
            done += 1
    return done


# ---------------------------------------------------------------------- media


def _store_media(package: CoursePackage, media_dir: Path) -> None:
    """Write each picture under its hash; a file of that name already holds these bytes."""
    for item in package.media:
        media_dir.mkdir(parents=True, exist_ok=True)
        path = media_dir / f"{item.content_hash}.{MEDIA_SUFFIX[item.content_type]}"
        if path.exists():
            continue
        # Written aside and renamed, so that no reader ever meets half a picture.
        draft = path.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(item.data)
        draft.replace(path)
