"""Opens a chronicle's database: an SQLite file, or PostgreSQL by URL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from constellation.protocol.limits import CHRONICLE_CACHE_KIB

_PRIMARY: Final = 0xFF  # SQLite's extended codes keep the primary one in the lowest byte
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})


_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""How long a PostgreSQL server may be away before that is an error, in seconds, the last one in milliseconds."""


class UnusableDatabase(Exception):
    """The database cannot be opened, or has something else in it; the message says what."""


def sqlite_url(path: Path) -> str:
    """The URL of a chronicle in a file."""
    return f"sqlite:///{path}"


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql://…``.

    Args:
        url: of the database; a password belongs into the file that PostgreSQL's own settings name, not here.
        read_only: every transaction only reads, and sees one moment.

    Raises:
        UnusableDatabase: it is another kind of database, or its driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnusableDatabase(
            "the database's URL cannot be read; sqlite:///… and postgresql://… can be used"
        ) from None
    match parsed.get_backend_name():
        case "sqlite":
            engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 30})
            event.listen(engine, "connect", _reading_pragmas if read_only else _writing_pragmas)
            event.listen(engine, "begin", _begin if read_only else _begin_immediate)
            return engine
        case "postgresql":
            isolation = "REPEATABLE READ" if read_only else "READ COMMITTED"
            try:
                return create_engine(
                    parsed.set(drivername="postgresql+psycopg"),
                    isolation_level=isolation,
                    pool_pre_ping=True,
                    connect_args=_PATIENCE,
                )
            except ModuleNotFoundError:
                raise UnusableDatabase(
                    'PostgreSQL needs another package: pip install "constellation[postgres]"'
                ) from None
    raise UnusableDatabase(f"{parsed.get_backend_name()} cannot be used; sqlite:///… and postgresql://… can")


def _writing_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, DDL in them included
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")  # what a power failure takes from the end comes again
    connection.execute(f"PRAGMA cache_size=-{CHRONICLE_CACHE_KIB}")


def _reading_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only=ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def moment(engine: Engine) -> Iterator[Connection]:
    """A connection in a read transaction: what is written meanwhile is not seen."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def is_damage(error: DBAPIError) -> bool:
    """Whether an SQLite file is not what was written."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in _DAMAGE


def set_aside(url: URL) -> Path:
    """Rename an SQLite file, with what belongs to it; its new name."""
    assert url.database is not None
    path = Path(url.database)
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(aside.with_name(aside.name + suffix))
    return aside
