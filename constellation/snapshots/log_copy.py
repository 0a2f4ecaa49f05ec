"""Copies of a log: each is of one moment, and says of itself that it is a copy.

A copy that is put in the log's place has forgotten what its node has signed since. So it is marked when it is made, and
again when it is put in place: its owner must recover before it counts (:mod:`constellation.herald.recovery`), whoever
put it there, and however. The second mark gives it another name: one copy may be used twice.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from constellation.protocol.messages import Settings
from constellation.snapshots.damage import StorageFailure
from constellation.snapshots.damage_open import check_all_pages
from constellation.snapshots.identity import new_name
from constellation.snapshots.log import QuantumLog, RolledBack

_STEP_PAGES = 1024


def copy_database(source: Path, target: Path, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
    """Copy a log, or another database, as it is at this moment, while others go on writing it.

    The whole copy is one read transaction: SQLite begins again with every write otherwise, and would come to no end. It
    is read-only, so that nothing is moved out of the write-ahead log, whose damage the node's start must find.

    Args:
        source: the file.
        target: of the copy; no file is there yet.
        progress: told how many pages are copied, and of how many.

    Raises:
        StorageFailure: it cannot be read, or the copy not be written.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    place = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(place, uri=True, isolation_level=None)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from now on it sees this moment
            reading.backup(
                writing, pages=_STEP_PAGES, progress=lambda _status, left, total: progress(total - left, total)
            )
    except sqlite3.Error as error:
        raise StorageFailure(f"{source} cannot be copied: {error}") from error


def mark_copy(path: Path, settings: Settings, look: Callable[[QuantumLog], None] = lambda _: None) -> None:
    """Store in a copy that its owner must recover, under another name; durable on return, and one file again.

    It is opened as a node's start opens it, and all its pages are looked at before.

    Args:
        path: of the copy.
        settings: of the constellation that it must belong to.
        look: is shown the log.

    Raises:
        LogMismatch: it belongs to something else.
        DamagedLog: it is not what a node has written.
        StorageFailure: it cannot be written.
    """
    log = QuantumLog(path, settings)
    try:
        with log.engine.connect() as connection:
            check_all_pages(connection)
        log.write([RolledBack(new_name())])
        look(log)
    finally:
        log.close()
