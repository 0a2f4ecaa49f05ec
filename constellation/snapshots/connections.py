"""Connections to a log's database: the one of the writer, and those that only read beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event

from constellation.snapshots.damage import name_errors


def writing_engine(path: Path | None) -> Engine:
    """One connection that reads and writes, in any thread; None keeps the database in memory, for tests."""
    return _engine(path, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


def reading_engine(path: Path | None) -> Engine:
    """One connection that only reads, in any thread, a file that may be in use."""
    return _engine(path, "PRAGMA query_only=ON")


def still_engine(path: Path) -> Engine:
    """One connection that only reads a file that nobody writes; it makes no file beside it, not even for a moment."""
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    return _engine(URL.create("sqlite", database=path.absolute().as_uri(), query=query), "PRAGMA query_only=ON")


def _engine(path: Path | URL | None, *pragmas: str) -> Engine:
    engine = create_engine(
        path if isinstance(path, URL) else f"sqlite:///{path}" if path else "sqlite://",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
    )

    def set_pragmas(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    event.listen(engine, "connect", set_pragmas)
    name_errors(engine)
    return engine


@contextmanager
def moment(engine: Engine) -> Iterator[Connection]:
    """A connection in a read transaction: what is written meanwhile is not seen."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.rollback()
