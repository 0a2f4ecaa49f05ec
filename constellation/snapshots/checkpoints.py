"""Checkpoints: the state's entries as rows, brought up to date by what changed.

A checkpoint is taken when a batch whose header carries the state root is sealed or replayed, because the changed
entries are encoded for the root anyway. It is written when that batch is certified: rows never show a state that could
be dropped again. Restoring compares the root of the rows with the header, so a damaged row is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from constellation.quanta import SealedBatch

metadata = MetaData()
"""All tables of a node's log."""

about = Table("about", metadata, Column("name", String, primary_key=True), Column("value", LargeBinary, nullable=False))
_entries = Table(
    "entries", metadata, Column("key", LargeBinary, primary_key=True), Column("entry", LargeBinary, nullable=False)
)
_CHECKPOINT = "checkpoint"


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
            number, entries = self._waiting.pop(0)
            if checkpoint is None:
                checkpoint = Checkpoint(number, {}, self._is_complete)
                self._is_complete = False
            checkpoint.number = number
            checkpoint.entries.update(entries)
        return checkpoint


def write_checkpoint(connection: Connection, checkpoint: Checkpoint) -> None:
    """Bring the rows and their cursor up to date, within the caller's transaction."""
    if checkpoint.is_complete:
        connection.execute(delete(_entries))
    gone = [{"gone": key} for key, entry in checkpoint.entries.items() if entry is None]
    rows = [{"key": key, "entry": entry} for key, entry in checkpoint.entries.items() if entry is not None]
    if gone:
        connection.execute(delete(_entries).where(_entries.c.key == bindparam("gone")), gone)
    if rows:
        statement = upsert(_entries)
        changed = {"entry": statement.excluded.entry}
        connection.execute(statement.on_conflict_do_update(index_elements=[_entries.c.key], set_=changed), rows)
    cursor = upsert(about).values(name=_CHECKPOINT, value=checkpoint.number.to_bytes(8, "big"))
    connection.execute(
        cursor.on_conflict_do_update(index_elements=[about.c.name], set_={"value": cursor.excluded.value})
    )


def checkpoint_number(connection: Connection) -> int | None:
    """The batch after which the rows show the state; None without a checkpoint."""
    value = connection.execute(select(about.c.value).where(about.c.name == _CHECKPOINT)).scalar()
    return None if value is None else int.from_bytes(value, "big")


def read_entries(connection: Connection) -> Iterator[tuple[bytes, bytes]]:
    """Keys and encoded entries, in no particular order."""
    rows = connection.execution_options(yield_per=1000).execute(select(_entries.c.key, _entries.c.entry))
    yield from ((row.key, row.entry) for row in rows)
