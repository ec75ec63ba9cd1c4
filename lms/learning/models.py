"""Tables of learning: enrolments, progress per lesson, practice answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Json, Key, Model, Moment, Ref, UTCDateTime


class Enrolment(Model):
    """A person in a course, on the version that was current when they began."""

    __tablename__ = "learning_enrolment"
    __table_args__ = (
        UniqueConstraint("person_id", "course_code", name="one_enrolment_per_person_and_course"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    course_code: Mapped[str]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("catalogue_course_version.id"))
    enrolled_at: Mapped[Moment]
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the exam was passed."""


class LessonProgress(Model):
    """How far a person is in one lesson; active time is counted by the server."""

    __tablename__ = "learning_lesson_progress"

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("learning_enrolment.id"), primary_key=True)
    lesson_number: Mapped[int] = mapped_column(primary_key=True)
    opened_at: Mapped[Moment]
    last_request_at: Mapped[Moment]
    active_seconds: Mapped[int] = mapped_column(default=0)
    """Sum of gaps between requests, each capped at 10 minutes; the cap at the nominal minutes is
    applied when it is read."""
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PracticeAnswer(Model):
    """An answer to a practice item; the last one per item is what the page shows."""

    __tablename__ = "learning_practice_answer"
    __table_args__ = (
        Index("ix_learning_practice_answer_enrolment_id", "enrolment_id", "lesson_number"),
    )

    id: Mapped[Key]
    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("learning_enrolment.id"))
    lesson_number: Mapped[int]
    position: Mapped[int]
    """k of /kursus/<kode>/<n>/latihan/<k>, 1-based."""
    item_version_id: Mapped[Ref] = mapped_column(ForeignKey("assessment_item_version.id"))
    response: Mapped[Any | None] = mapped_column(Json)
    credit: Mapped[str]
    """Exact fraction as text."""
    answered_at: Mapped[Moment]
