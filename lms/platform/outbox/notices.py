"""Reading and marking in-app notices. The words of each kind come from one table when it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from lms.platform.db import db
from lms.platform.models import Notice
from lms.platform.paging import PER_PAGE, Page

Words = Callable[[Mapping[str, Any]], str]
_words: dict[str, Words] = {}


def register_words(kind: str, words: Words) -> None:
    """Say which sentence a kind of notice is, from its parameters."""
    _words[kind] = words


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in words."""

    id: int
    text: str
    url: str
    created_at: datetime
    read_at: datetime | None


def list_notices(*, person_id: int, page: int) -> Page[NoticeRow]:
    """Return the notices of a person, newest first."""
    total = db.session.execute(
        select(func.count()).where(Notice.person_id == person_id)
    ).scalar_one()
    rows = db.session.execute(
        select(Notice.id, Notice.kind, Notice.params, Notice.url, Notice.created_at, Notice.read_at)
        .where(Notice.person_id == person_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    found = [
        NoticeRow(row.id, _words[row.kind](row.params), row.url, row.created_at, row.read_at)
        for row in rows
    ]
    return Page(found, page, total)


def mark_all_read(*, person_id: int, now: datetime) -> None:
    """Mark every unread notice of a person as read."""
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .values(read_at=now)
    )
