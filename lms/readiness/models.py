"""Tables of readiness: dated signed changes, bases over them, and frozen snapshots."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Json, Key, Model, Moment, Ref


class Tally(Model):
    """A signed change of N, A, C, M of a unit and competence, effective on a date. Never changed.

    The figure for (as_of, known_at) is the sum of rows with effective_on <= as_of and
    recorded_at <= known_at.
    """

    __tablename__ = "readiness_tally"
    __table_args__ = (
        Index("ix_readiness_tally_recorded_at", "recorded_at"),
        Index("ix_readiness_tally_effective_on", "effective_on", "recorded_at"),
        Index("ix_readiness_tally_unit_id", "unit_id", "competence", "effective_on"),
    )

    id: Mapped[Key]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("people_unit.id"))
    competence: Mapped[str]
    requirement_version_id: Mapped[Ref]
    """The requirement that made N; 0 for the headcount rows (competence `*`), whose N is active staff."""
    effective_on: Mapped[date]
    d_n: Mapped[int]
    d_a: Mapped[int]
    d_c: Mapped[int]
    d_m: Mapped[int]
    cause: Mapped[str]
    """`evidence:<id>`, `placement:<id>`, `rebuild`."""
    recorded_at: Mapped[Moment]


class TallyBase(Model):
    """A sum taken of all rows inside both its limits, so that reading need not start at the beginning."""

    __tablename__ = "readiness_tally_base"
    __table_args__ = (
        UniqueConstraint("effective_until", "recorded_until", name="base_is_taken_once"),
    )

    id: Mapped[Key]
    effective_until: Mapped[date]
    recorded_until: Mapped[Moment]
    taken_at: Mapped[Moment]


class TallyBaseRow(Model):
    """One unit and competence of a base."""

    __tablename__ = "readiness_tally_base_row"

    base_id: Mapped[Ref] = mapped_column(ForeignKey("readiness_tally_base.id"), primary_key=True)
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("people_unit.id"), primary_key=True)
    competence: Mapped[str] = mapped_column(primary_key=True)
    requirement_version_id: Mapped[Ref] = mapped_column(primary_key=True)
    n: Mapped[int]
    a: Mapped[int]
    c: Mapped[int]
    m: Mapped[int]


class Snapshot(Model):
    """A report that never changes: counts, versions, and one hash over the sorted person rows."""

    __tablename__ = "readiness_snapshot"
    __table_args__ = (UniqueConstraint("as_of", "known_at", name="snapshot_is_taken_once"),)

    id: Mapped[Key]
    as_of: Mapped[date]
    known_at: Mapped[Moment]
    taken_at: Mapped[Moment]
    formula_version: Mapped[str]
    counts: Mapped[list[Any]] = mapped_column(Json)
    """[[unit code, competence, n, a, c, m], ...] sorted."""
    person_rows_sha256: Mapped[str]
