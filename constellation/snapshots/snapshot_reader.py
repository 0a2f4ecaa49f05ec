"""Copies the last certified checkpoint out of a log that is being written, without holding anybody up.

The copy is read in one transaction of a connection of its own, so that checkpoints written meanwhile do not disturb it,
and by a thread that rests longer than it works: whoever orders quanta in the same process keeps most of its time. While
the transaction is open, the write-ahead log cannot be reused: so it has a deadline, and nothing waits for a slow peer.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection

from constellation.protocol.limits import SNAPSHOT_COPY_TIMEOUT_S
from constellation.snapshots.checkpoints import read_entries
from constellation.snapshots.connections import moment, reading_engine
from constellation.snapshots.finality import last_checkpoint
from constellation.snapshots.log import QuantumLog
from constellation.snapshots.snapshot_copy import SnapshotCopy

_REST: Final = 3.0  # times as long as the work before it
_REST_MIN_S: Final = 0.0005


class SnapshotTimeout(Exception):
    """Reading took so long that the transaction had to end."""


def copy_snapshot(
    log: QuantumLog,
    timeout_s: float = SNAPSHOT_COPY_TIMEOUT_S,
    rest: Callable[[float], None] = time.sleep,
) -> SnapshotCopy:
    """A copy of the last certified checkpoint; the caller closes it.

    Blocks, for a log in a file in any thread; a log in memory has one connection, which must not be in use elsewhere.

    Args:
        log: of a running node.
        timeout_s: until when everything must be read.
        rest: waits for some seconds.

    Raises:
        NothingCertified: there is nothing yet that could be proved.
        SnapshotTimeout: it took too long.
        DamagedLog: something cannot be read.
        StorageFailure: the log cannot be read.
        OSError: the copy cannot be written.
    """
    deadline = time.monotonic() + timeout_s
    with _reading(log) as connection:
        copy = SnapshotCopy(last_checkpoint(connection, log.constellation), log.path.parent if log.path else None)
        try:
            worked_since = time.monotonic()
            for _ in copy.fill(read_entries(connection)):
                now = time.monotonic()
                if now > deadline:
                    raise SnapshotTimeout(f"the snapshot could not be read within {timeout_s:g} s")
                rest(max((now - worked_since) * _REST, _REST_MIN_S))
                worked_since = time.monotonic()
        except BaseException:
            copy.close()
            raise
    return copy


@contextmanager
def _reading(log: QuantumLog) -> Iterator[Connection]:
    """A connection on which everything is read as it was at one moment."""
    if log.path is None:
        with log.engine.connect() as connection:
            yield connection
        return
    engine = reading_engine(log.path)
    try:
        with moment(engine) as connection:
            yield connection
    finally:
        engine.dispose()
