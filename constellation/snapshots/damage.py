"""What a disk can do to a log, by name: writes that fail, and content that is not what was written.

SQLite finds what contradicts its own format, not a changed byte in a value. So every value is **sealed**: stored with
a checksum over its place and content, which is compared whenever it is read. The checksum is against accidents; whoever
can write the file can make it fit. What was signed is proved by signatures.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.types import UserDefinedType

CHECKSUM_BYTES = 8
_PRIMARY = 0xFF  # SQLite's extended codes keep the primary one in the lowest byte
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})


class StorageFailure(Exception):
    """A write or fsync failed: what is on the disk is not known any more, the node must halt (never retry-and-hope)."""


class DamagedLog(StorageFailure):
    """The log is not what was written: the disk, or something else on this machine, has changed it."""


def seal(place: str, value: bytes) -> bytes:
    """``value`` as it is stored at ``place``."""
    return value + _checksum(place, value)


def unseal(place: str, stored: object) -> bytes:
    """The value that was stored at ``place``.

    Raises:
        DamagedLog: it was changed since, or belongs somewhere else.
    """
    if not isinstance(stored, bytes):  # a changed type in a record: SQLite has no opinion about it
        raise DamagedLog(f"{place}: a value has the type {type(stored).__name__}")
    value = stored[:-CHECKSUM_BYTES]
    if stored[-CHECKSUM_BYTES:] != _checksum(place, value):
        raise DamagedLog(f"{place}: a value does not fit its checksum")
    return value


def _checksum(place: str, value: bytes) -> bytes:
    return blake2b(value, digest_size=CHECKSUM_BYTES, key=place.encode()).digest()


class Blob(UserDefinedType[bytes]):
    """A column of bytes that are checked elsewhere; what is read is never made bytes of something else."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type in SQL."""
        return "BLOB"


class Sealed(UserDefinedType[bytes]):
    """A column of sealed values.

    Args:
        place: names table and column.
        optional: whether rows may lack it.
    """

    cache_ok = True

    def __init__(self, place: str, optional: bool = False) -> None:
        self.place = place
        self.optional = optional

    def get_col_spec(self, **_: Any) -> str:
        """The type in SQL."""
        return "BLOB"

    def bind_processor(self, dialect: Any) -> Callable[[bytes | None], bytes | None]:
        """Seal what is written."""
        return lambda value: None if value is None else seal(self.place, value)

    def result_processor(self, dialect: Any, coltype: object) -> Callable[[object], bytes | None]:
        """Check what is read."""
        return lambda stored: None if stored is None and self.optional else unseal(self.place, stored)


def name_errors(engine: Engine) -> None:
    """Let every error of the database come out of ``engine`` as StorageFailure or DamagedLog."""
    event.listen(engine, "handle_error", _name_error)


def _name_error(context: ExceptionContext) -> None:
    error = context.original_exception
    if isinstance(error, sqlite3.Error):
        raise named(error) from error


def named(error: sqlite3.Error) -> StorageFailure:
    """What an error of the database means."""
    code = getattr(error, "sqlite_errorcode", None)  # none: text that is not UTF-8 was found by Python, not by SQLite
    if (code is None and isinstance(error, sqlite3.OperationalError)) or (code or 0) & _PRIMARY in _DAMAGE:
        return DamagedLog(f"the log is damaged: {error}")
    return StorageFailure(f"the log failed: {error}")


@contextmanager
def damage_in(what: Callable[[], str]) -> Iterator[None]:
    """Say in the message of damage that is found in the block what it is about."""
    try:
        yield
    except DamagedLog as error:
        raise DamagedLog(f"{what()} in the log is damaged: {error}") from error
