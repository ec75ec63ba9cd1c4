"""The portable pieces of the database floor, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest

from lms.platform.db import db, insert_ignoring_conflict, upsert
from lms.platform.models import JobRequest, Notice
from tests.conftest import NOW

ROW = {"name": "people.refresh-places", "account_id": None, "requested_at": NOW}


def test_inserting_twice_counts_once(database):
    table = JobRequest.__table__
    assert insert_ignoring_conflict(table, [ROW], ("name",)) == 1
    assert insert_ignoring_conflict(table, [ROW, ROW | {"name": "lain"}], ("name",)) == 1
    assert insert_ignoring_conflict(table, [], ("name",)) == 0


def test_an_upsert_with_a_condition_leaves_newer_rows_alone(database):
    table = JobRequest.__table__
    upsert(table, ROW | {"account_id": 5}, conflict_columns=("name",), set_={"account_id": 5})
    upsert(
        table,
        ROW | {"account_id": 3},
        conflict_columns=("name",),
        set_={"account_id": 3},
        where=table.c.account_id < 3,
    )
    assert db.session.query(JobRequest.account_id).scalar() == 5


def test_a_naive_moment_is_refused(database):
    db.session.add(
        Notice(
            person_id=1, dedupe_key="a", kind="b", params={}, url="/",
            created_at=datetime(2026, 1, 1),  # noqa: DTZ001  # this is what must be refused
        )
    )  # fmt: skip
    with pytest.raises(Exception, match="naive"):
        db.session.flush()
    db.session.rollback()
