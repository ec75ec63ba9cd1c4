"""What happens to the database while a mail server takes its time, and what failures may say."""

from __future__ import annotations

import smtplib
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from lms.app.logs import without_values
from lms.platform import maintenance
from lms.platform.db import db
from lms.platform.models import OutboxRow
from lms.platform.outbox.services import enqueue, register_sender, send_row
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def waiting(database, frozen):
    row_id = enqueue(kind="uji", dedupe_key="lambat", payload={})
    db.session.commit()
    frozen(LATER)
    return row_id


def test_no_lock_is_held_while_the_mail_server_is_talked_to(app, waiting):
    written = []

    def write_elsewhere():
        with app.app_context():
            connection = db.engine.connect()
            connection.exec_driver_sql(
                "PRAGMA busy_timeout=100"
                if db.engine.dialect.name == "sqlite"
                else "SET lock_timeout = '100ms'"
            )
            connection.commit()
            connection.execute(
                text("UPDATE platform_outbox SET last_error = 'dari luar' WHERE id = :id"),
                {"id": waiting},
            )
            connection.commit()
            if db.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout=5000")
                connection.rollback()
            connection.close()
            written.append(True)

    def deliver():
        other = threading.Thread(target=write_elsewhere)
        other.start()
        other.join()

    register_sender("uji", lambda _row: deliver)
    assert maintenance.send_outbox() == (1, 0)
    assert written == [True]
    db.session.expire_all()
    row = db.session.get(OutboxRow, waiting)
    assert (row.state, row.attempts) == ("terkirim", 1)


def test_a_message_on_its_way_is_not_taken_by_another_process(waiting):
    sent = []

    def sender(row):
        def deliver():
            sent.append(row.id)
            # Another process comes by while this one still talks to the server.
            assert send_row(waiting, now=LATER + timedelta(minutes=1))

        return deliver

    register_sender("uji", sender)
    maintenance.send_outbox()
    assert sent == [waiting]


def test_a_message_whose_process_died_is_tried_again(waiting):
    def die(_row):
        raise KeyboardInterrupt

    register_sender("uji", lambda row: lambda: die(row))
    with pytest.raises(KeyboardInterrupt):
        maintenance.send_outbox()
    db.session.rollback()
    register_sender("uji", lambda _row: None)
    send_row(waiting, now=LATER + timedelta(minutes=11))
    assert db.session.get(OutboxRow, waiting).state == "terkirim"


def test_a_failure_names_nobody(waiting):
    def refuse(_row):
        raise smtplib.SMTPRecipientsRefused(
            {"ratri@contoh.go.id": (550, b"5.1.1 <ratri@contoh.go.id> unknown")}
        )

    register_sender("uji", refuse)
    assert maintenance.send_outbox() == (0, 1)
    row = db.session.get(OutboxRow, waiting)
    assert "ratri" not in row.last_error
    assert "550" in row.last_error


def test_logged_failures_of_the_database_hold_no_values(app, database):
    assert db.engine.hide_parameters
    told = (
        'duplicate key value violates unique constraint "account_email_is_unique"\n'
        "DETAIL:  Key (email)=(ratri@contoh.go.id) already exists.\n[SQL: UPDATE platform_account]"
    )
    event = without_values(None, "error", {"exception": [{"exc_value": told}]})
    kept = event["exception"][0]["exc_value"]
    assert "ratri" not in kept
    assert "account_email_is_unique" in kept
    assert "[SQL: UPDATE" in kept
