"""Checkpoints: the state's entries as rows, brought up to date by what changed.

A checkpoint is taken when a batch whose header carries the state root is sealed or replayed, because the changed
entries are encoded for the root anyway. It is written when that batch is certified: rows never show a state that could
be dropped again. Restoring compares the root of the rows with the header, so a damaged row is found.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select

from constellation.quanta import SealedBatch
from constellation.quanta.state_tree import entry_path
from constellation.snapshots.damage import seal
from constellation.snapshots.tables import ENTRY_PLACE, entries, put_number, read_number

_CHECKPOINT = "checkpoint"
_CHUNK_ROWS: Final = 128

# As text for the driver: a checkpoint has thousands of rows, and most of the time would be spent on preparing each.
_PUT: Final = "INSERT INTO entries (path, entry) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET entry = excluded.entry"
_REMOVE: Final = "DELETE FROM entries WHERE path = ?"


@dataclass(slots=True)
class Checkpoint:
    """Entries that bring the rows to the state after a batch.

    Attributes:
        number: of the batch.
        entries: encoded, by key; None for those that are gone.
        is_complete: these are all entries; older rows are worth nothing.
    """

    number: int
    entries: dict[bytes, bytes | None]
    is_complete: bool


class CheckpointKeeper:
    """Holds checkpoints back until their batch is certified.

    Args:
        restored: whether the state was restored from the rows; otherwise the first checkpoint replaces them all.
    """

    def __init__(self, *, restored: bool) -> None:
        self._is_complete = not restored
        self._waiting: list[tuple[int, dict[bytes, bytes | None]]] = []

    def note(self, sealed: SealedBatch) -> None:
        """Take note of a sealed or replayed batch, in order."""
        if sealed.entries is not None:
            self._waiting.append((sealed.header.number, sealed.entries))

    def take(self, certified: int) -> Checkpoint | None:
        """What can be written now that all batches up to ``certified`` are final; None when there is nothing."""
        checkpoint = None
        while self._waiting and self._waiting[0][0] <= certified:
            number, changed = self._waiting.pop(0)
            if checkpoint is None:
                checkpoint = Checkpoint(number, {}, self._is_complete)
                self._is_complete = False
            checkpoint.number = number
            checkpoint.entries.update(changed)
        return checkpoint


def write_checkpoint(connection: Connection, checkpoint: Checkpoint) -> None:
    """Bring the rows and their cursor up to date, within the caller's transaction."""
    if checkpoint.is_complete:
        connection.execute(delete(entries))
    for chunk in _chunks(checkpoint):
        gone = [(path,) for path, entry in chunk if entry is None]
        rows = [(path, seal(ENTRY_PLACE, entry)) for path, entry in chunk if entry is not None]
        if gone:
            connection.exec_driver_sql(_REMOVE, gone)
        if rows:
            connection.exec_driver_sql(_PUT, rows)
        time.sleep(0)  # lets go of the interpreter, which an event loop beside this thread may wait for
    note_checkpoint(connection, checkpoint.number)


def _chunks(checkpoint: Checkpoint) -> Iterator[list[tuple[bytes, bytes | None]]]:
    """Paths and entries in the order of the table, which finds its pages faster so."""
    changes = sorted((entry_path(key), key) for key in checkpoint.entries)
    for first in range(0, len(changes), _CHUNK_ROWS):
        yield [(path, checkpoint.entries[key]) for path, key in changes[first : first + _CHUNK_ROWS]]


def note_checkpoint(connection: Connection, number: int) -> None:
    """Note that the rows show the state after batch ``number``, within the caller's transaction."""
    put_number(connection, _CHECKPOINT, number)


def checkpoint_number(connection: Connection) -> int | None:
    """The batch after which the rows show the state; None without a checkpoint."""
    return read_number(connection, _CHECKPOINT)


def read_entries(connection: Connection) -> Iterator[tuple[bytes, bytes]]:
    """Paths and encoded entries, in the order of the paths."""
    query = select(entries.c.path, entries.c.entry).order_by(entries.c.path)
    rows = connection.execution_options(yield_per=256).execute(query)
    yield from ((row.path, row.entry) for row in rows)
