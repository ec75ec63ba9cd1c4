"""The database: one engine, portable types, and transactions that only the edge ends.

SQLite is the embedded default (WAL, `synchronous=FULL`: what was acknowledged survives a power
cut), PostgreSQL the server. Where their dialects differ, a function here says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """The base of all tables; its metadata names every constraint alike."""

    metadata = metadata


db: Final = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC moment: `timestamptz` on PostgreSQL, text in UTC on SQLite.

    Binding a naive datetime raises ValueError, since nobody could say which hour it means.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC; SQLite gets it without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to a UTC column")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Give every moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON document kept as text: byte-stable on both databases, never queried inside."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Write compact JSON with sorted keys."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Read the document back."""
        return None if value is None else json.loads(value)


_BIG = BigInteger().with_variant(Integer(), "sqlite")
Key = Annotated[int, mapped_column(_BIG, primary_key=True)]
"""A surrogate key; 64 bits on PostgreSQL, SQLite's rowid otherwise."""
Ref = Annotated[int, mapped_column(_BIG)]
Moment = Annotated[datetime, mapped_column(UTCDateTime)]

_write_intent: ContextVar[bool] = ContextVar("write_intent", default=True)


def set_write_intent(*, writes: bool) -> None:
    """Say whether the transactions begun from here on mean to write.

    On SQLite a writer must take the lock when it begins: a transaction that reads first and
    writes later fails at once with "database is locked" when another has written between.
    Jobs and commands write by default; the web edge tells per request.
    """
    _write_intent.set(writes)


def end_transaction_before_slow_work() -> None:
    """Release what was read, so that slow work (a password hash) holds no lock.

    Nothing may have been written yet: it would be lost.
    """
    db.session.rollback()


def session() -> Session:
    """Return the session of this request, job item or command, for typed use."""
    return db.session  # type: ignore[return-value]  # a scoped proxy of Session


def install_listeners(engine: Engine) -> None:
    """Set SQLite's pragmas and explicit BEGIN on an engine; other databases need nothing."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "cache_size=-16000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _write_intent.get() else "BEGIN")


def insert_ignoring_conflict(
    table: Table, rows: Iterable[Mapping[str, Any]], conflict_columns: tuple[str, ...]
) -> int:
    """Insert the rows that do not collide on the named unique columns; return how many went in."""
    rows = list(rows)
    if not rows:
        return 0
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(table)
        .on_conflict_do_nothing(index_elements=conflict_columns)
        .execution_options(preserve_rowcount=True)  # else psycopg tells -1
    )
    done = 0
    for row in rows:
        done += db.session.execute(statement, row).rowcount  # type: ignore[attr-defined]  # a cursor result
    return done


def upsert(
    table: Table,
    values: Mapping[str, Any],
    *,
    conflict_columns: tuple[str, ...],
    set_: Mapping[str, Any],
    where: Any = None,
) -> None:
    """Insert one row, or update the named columns of the row it collides with.

    `set_` may hold column expressions; `where` limits the update (a newer sequence number, say).
    """
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=list(conflict_columns), set_=dict(set_), where=where
        )
    )
