"""Tables of the catalogue: courses, their immutable versions and lessons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Json, Key, Model, Moment, Ref


class Course(Model):
    """A course by its code; everything that can change is in its versions."""

    __tablename__ = "catalogue_course"
    __table_args__ = (UniqueConstraint("code", name="course_code_is_unique"),)

    id: Mapped[Key]
    code: Mapped[str]
    current_version_id: Mapped[Ref | None]
    """The published version that new learners get."""


class CourseVersion(Model):
    """What was published at one moment. Never changed: a new text is a new version."""

    __tablename__ = "catalogue_course_version"
    __table_args__ = (
        UniqueConstraint("course_id", "number", name="course_version_number_is_unique"),
        UniqueConstraint("course_id", "content_hash", name="course_content_is_versioned_once"),
    )

    id: Mapped[Key]
    course_id: Mapped[Ref] = mapped_column(ForeignKey("catalogue_course.id"))
    number: Mapped[int]
    content_hash: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    pillar: Mapped[str | None]
    stage: Mapped[str]
    credit_hours: Mapped[int]
    """JP."""
    minutes: Mapped[int]
    valid_months: Mapped[int]
    exam_code: Mapped[str]
    """Code of the quiz that ends the course; resolved in `learning`."""
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    """The rest of course.yaml: capaian, bukti, tags, legal bases, authors, prerequisites."""
    search_text: Mapped[str] = mapped_column(default="")
    """Case-folded title, summary, outcomes and lesson titles: what the catalogue searches in."""
    change_note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[Moment]


class CourseTag(Model):
    """A code that a course version touches: coverage for filters and reports, never evidence."""

    __tablename__ = "catalogue_course_tag"
    __table_args__ = (
        CheckConstraint("kind IN ('bidang', 'pemdi', 'digcomp')", name="course_tag_kind_is_known"),
    )

    version_id: Mapped[Ref] = mapped_column(
        ForeignKey("catalogue_course_version.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)


class Lesson(Model):
    """A lesson of one course version, rendered and sanitised once."""

    __tablename__ = "catalogue_lesson"
    __table_args__ = (
        UniqueConstraint("version_id", "number", name="lesson_number_is_unique"),
        Index("ix_catalogue_lesson_version_id", "version_id"),
    )

    id: Mapped[Key]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("catalogue_course_version.id"))
    number: Mapped[int]
    """1, 2, 3 ... in the order of course.yaml."""
    file: Mapped[str]
    title: Mapped[str]
    minutes: Mapped[int]
    markdown: Mapped[str]
    html: Mapped[str]
    """Sanitised; contacts are still slots, filled at request."""
    render_key: Mapped[str]
    """Hash of source and renderer version: equal keys need no new rendering."""
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    """Front matter and outline: capaian, sumber, dasar_hukum, latihan, kartu, tugas, prasyarat, outline."""


class Media(Model):
    """A picture of a course version; the bytes lie in storage under their hash."""

    __tablename__ = "catalogue_media"
    __table_args__ = (UniqueConstraint("version_id", "name", name="media_name_is_unique"),)

    id: Mapped[Key]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("catalogue_course_version.id"))
    name: Mapped[str]
    sha256: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
