"""Tables of people and organisation. History is start-dated rows: a correction is a new row."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.platform.db import Key, Model, Moment, Ref, UTCDateTime


class Unit(Model):
    """A node of the organisation; what can change about it is in `UnitVersion`."""

    __tablename__ = "people_unit"
    __table_args__ = (UniqueConstraint("code", name="unit_code_is_unique"),)

    id: Mapped[Key]
    code: Mapped[str]
    """Upper case, stable: DISDUKCAPIL, KEC-01, DISDUKCAPIL-01."""


class UnitVersion(Model):
    """Name, kind and place of a unit from a date on.

    The newest recorded row with the latest `starts_on` not after a date holds on that date;
    `is_open` False from a date means that the unit was closed then.
    """

    __tablename__ = "people_unit_version"
    __table_args__ = (
        UniqueConstraint("unit_id", "starts_on", "recorded_at", name="unit_version_is_unique"),
        Index("ix_people_unit_version_parent_id", "parent_id"),
    )

    id: Mapped[Key]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("people_unit.id"))
    parent_id: Mapped[Ref | None] = mapped_column(ForeignKey("people_unit.id"))
    name: Mapped[str]
    kind: Mapped[str]
    """`opd` for a unit in which persons count; pemda, bidang, subbag, uptd, sekolah, puskesmas, kelurahan."""
    group: Mapped[str]
    """Order of the heat map: sekretariat, inspektorat, badan, dinas, satpol_pp, rsud, kecamatan."""
    is_open: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date]
    recorded_at: Mapped[Moment]


class Person(Model):
    """A person. The only table that holds identity; erasing it here erases it everywhere."""

    __tablename__ = "people_person"
    __table_args__ = (
        UniqueConstraint("account_id", name="one_account_per_person"),
        Index("ix_people_person_sort_name", "sort_name"),
    )

    id: Mapped[Key]
    account_id: Mapped[Ref | None] = mapped_column(ForeignKey("platform_account.id"))
    name: Mapped[str]
    """Without titles, as in the staff list; None of the ledgers repeats it."""
    title_before: Mapped[str] = mapped_column(default="")
    title_after: Mapped[str] = mapped_column(default="")
    sort_name: Mapped[str]
    """Lower case, for search and order."""
    email: Mapped[str | None]
    employment: Mapped[str]
    """PNS, PPPK, or empty for somebody outside the staff list."""
    rank: Mapped[str] = mapped_column(default="")
    """Golongan: III/c, IX."""
    created_at: Mapped[Moment]


class PersonName(Model):
    """The full name with titles from a moment on: a certificate keeps the name of its day."""

    __tablename__ = "people_person_name"
    __table_args__ = (Index("ix_people_person_name_person_id", "person_id", "recorded_at"),)

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    full_name: Mapped[str]
    recorded_at: Mapped[Moment]


class PersonNip(Model):
    """A number and the time it was in force; former numbers still find the person."""

    __tablename__ = "people_person_nip"
    __table_args__ = (
        UniqueConstraint("nip", name="nip_belongs_to_one_person"),
        UniqueConstraint("current_of", name="one_nip_in_force_per_person"),
        Index("ix_people_person_nip_person_id", "person_id"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    nip: Mapped[str]
    """18 digits without spaces."""
    current_of: Mapped[Ref | None]
    """The person's id while this number is in force, else None: the unique key does the rest."""
    starts_on: Mapped[date]
    recorded_at: Mapped[Moment]


class LegalStanding(Model):
    """Reference rows of kedudukan hukum; which of them count as aktif is a column, not code."""

    __tablename__ = "people_legal_standing"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    counts_as_active: Mapped[bool]
    source: Mapped[str]
    source_version: Mapped[str]
    valid_from: Mapped[date]


class Placement(Model):
    """Where a person works from a date on; `unit_id` None means the person left.

    One at a time by construction: a row holds until the next `starts_on`. Of two rows with the
    same start the newest recorded holds; `supersedes_id` takes another row back.
    """

    __tablename__ = "people_placement"
    __table_args__ = (
        UniqueConstraint("person_id", "starts_on", "recorded_at", name="one_placement_at_a_time"),
        UniqueConstraint("supersedes_id", name="placement_is_superseded_once"),
        Index("ix_people_placement_unit_id", "unit_id", "starts_on"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("people_unit.id"))
    post_kind: Mapped[str] = mapped_column(default="")
    """Code of jenis jabatan: 1 struktural, 2 fungsional tertentu, 4 pelaksana."""
    post_code: Mapped[str] = mapped_column(default="")
    post_name: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    recorded_at: Mapped[Moment]
    supersedes_id: Mapped[Ref | None] = mapped_column(ForeignKey("people_placement.id"))


class Standing(Model):
    """The legal standing of a person from a date on."""

    __tablename__ = "people_standing"
    __table_args__ = (
        UniqueConstraint("person_id", "starts_on", "recorded_at", name="one_standing_at_a_time"),
        UniqueConstraint("supersedes_id", name="standing_is_superseded_once"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    code: Mapped[str] = mapped_column(ForeignKey("people_legal_standing.code"))
    starts_on: Mapped[date]
    recorded_at: Mapped[Moment]
    supersedes_id: Mapped[Ref | None] = mapped_column(ForeignKey("people_standing.id"))


class CurrentPlace(Model):
    """Where each person is today, derived from the dated facts so that lists need no history.

    Kept by the services in the same transaction, and each night for facts that begin today.
    """

    __tablename__ = "people_current_place"
    __table_args__ = (
        Index("ix_people_current_place_unit_id", "unit_id"),
        Index("ix_people_current_place_opd_id", "opd_id", "is_active"),
    )

    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("people_unit.id"))
    opd_id: Mapped[Ref | None] = mapped_column(ForeignKey("people_unit.id"))
    post_name: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool]


class Headship(Model):
    """Who leads a unit in a period: definitif, Plt or Plh. Several are possible; none is counted."""

    __tablename__ = "people_headship"
    __table_args__ = (
        CheckConstraint("kind IN ('definitif', 'plt', 'plh')", name="headship_kind_is_known"),
        Index("ix_people_headship_unit_id", "unit_id"),
        Index("ix_people_headship_person_id", "person_id"),
    )

    id: Mapped[Key]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("people_unit.id"))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    kind: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """First day on which it no longer holds."""
    recorded_at: Mapped[Moment]


class RoleGrant(Model):
    """A role given to an account over a unit's subtree (None: the whole government), with dates."""

    __tablename__ = "people_role_grant"
    __table_args__ = (Index("ix_people_role_grant_account_id", "account_id"),)

    id: Mapped[Key]
    account_id: Mapped[Ref] = mapped_column(ForeignKey("platform_account.id"))
    role: Mapped[str]
    unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("people_unit.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by: Mapped[Ref | None]
    reason: Mapped[str]
    recorded_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class IctAssignment(Model):
    """The SDM TIK register: in which of the six fields a person counts, and why."""

    __tablename__ = "people_ict_assignment"
    __table_args__ = (Index("ix_people_ict_assignment_person_id", "person_id"),)

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("people_person.id"))
    field: Mapped[str]
    basis: Mapped[str]
    """jabatan, pendidikan or penugasan."""
    letter_number: Mapped[str] = mapped_column(default="")
    letter_date: Mapped[date | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_at: Mapped[Moment]


class AccessLog(Model):
    """Who opened whose page or exported whose row, and why; the person can read it."""

    __tablename__ = "people_access_log"
    __table_args__ = (Index("ix_people_access_log_person_id", "person_id", "at"),)

    id: Mapped[Key]
    at: Mapped[Moment]
    account_id: Mapped[Ref]
    person_id: Mapped[Ref | None]
    """None for a list; then `filter` says what was listed."""
    page: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    filter: Mapped[str] = mapped_column(default="")
    rows: Mapped[int] = mapped_column(default=1)
