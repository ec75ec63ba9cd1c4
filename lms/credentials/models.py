"""Tables of credentials: certificates, revocations and the running number."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Json, Key, Model, Moment, Ref


class Certificate(Model):
    """A certificate by its check code. Never changed; holds ids, the name is looked up."""

    __tablename__ = "credentials_certificate"
    __table_args__ = (
        UniqueConstraint("code", name="certificate_code_is_unique"),
        UniqueConstraint("number", name="certificate_number_is_unique"),
        UniqueConstraint("source_ref", name="one_certificate_per_pass"),
        UniqueConstraint("supersedes_id", name="certificate_is_superseded_once"),
        Index("ix_credentials_certificate_person_id", "person_id"),
    )

    id: Mapped[Key]
    code: Mapped[str]
    """16 characters of base32 without 0 O 1 I; shown in groups of four."""
    number: Mapped[str]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    name_id: Mapped[Ref] = mapped_column(ForeignKey("people_person_name.id"))
    """The name as recorded on the day of issue."""
    course_code: Mapped[str]
    course_title: Mapped[str]
    course_version: Mapped[int]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("catalogue_course_version.id"))
    evidence: Mapped[list[Any]] = mapped_column(Json)
    """[{kompetensi, tingkat}], as in the canonical JSON."""
    issuer: Mapped[str]
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    source_ref: Mapped[str]
    """`attempt:<id>`; a re-issue appends the certificate it replaces."""
    attempt_number: Mapped[int]
    sha256: Mapped[str]
    """Of the canonical JSON (RFC 8785)."""
    supersedes_id: Mapped[Ref | None] = mapped_column(ForeignKey("credentials_certificate.id"))
    recorded_at: Mapped[Moment]


class Revocation(Model):
    """A decision that a certificate no longer holds, from a date on, with its kind of reason."""

    __tablename__ = "credentials_revocation"
    __table_args__ = (UniqueConstraint("certificate_id", name="certificate_is_revoked_once"),)

    id: Mapped[Key]
    certificate_id: Mapped[Ref] = mapped_column(ForeignKey("credentials_certificate.id"))
    effective_on: Mapped[date]
    reason_kind: Mapped[str]
    """digantikan, kesalahan-data, pelanggaran."""
    reason: Mapped[str]
    decided_by: Mapped[Ref | None]
    recorded_at: Mapped[Moment]


class NumberCounter(Model):
    """The running number of a year; taken as the last statement of the issuing transaction."""

    __tablename__ = "credentials_number_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
