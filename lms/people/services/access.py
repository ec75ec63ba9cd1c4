"""Noting who looked at whose data."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert

from lms.people.models import AccessLog
from lms.platform.db import db


def log_access(
    *,
    account_id: int,
    page: str,
    now: datetime,
    person_id: int | None = None,
    purpose: str = "",
    filter_text: str = "",
    rows: int = 1,
) -> None:
    """Note one look: at a person, or at a list with its filter and number of rows.

    Source: docs/semantics.md section 9.
    """
    db.session.execute(
        insert(AccessLog),
        [
            {
                "at": now,
                "account_id": account_id,
                "person_id": person_id,
                "page": page,
                "purpose": purpose,
                "filter": filter_text,
                "rows": rows,
            }
        ],
    )


def log_export(
    *,
    account_id: int,
    page: str,
    now: datetime,
    person_ids: Collection[int],
    purpose: str,
    filter_text: str,
) -> None:
    """Note a list that was taken away: once with its filter, and once for each person in it."""
    log_access(
        account_id=account_id,
        page=page,
        now=now,
        purpose=purpose,
        filter_text=filter_text,
        rows=len(person_ids),
    )
    if person_ids:
        db.session.execute(
            insert(AccessLog),
            [
                {
                    "at": now,
                    "account_id": account_id,
                    "person_id": person_id,
                    "page": page,
                    "purpose": purpose,
                    "filter": "",
                    "rows": 1,
                }
                for person_id in person_ids
            ],
        )
