"""The log of batches: one row a batch, in an SQLite database in WAL mode with synchronous=FULL."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete

from constellation.protocol.messages import Settings
from constellation.snapshots.account_index import drop_after
from constellation.snapshots.base import Install, certified_number, move_base
from constellation.snapshots.batch_rows import StoredBatch
from constellation.snapshots.certificates import highest_certificate
from constellation.snapshots.checkpoints import checkpoint_number
from constellation.snapshots.connections import reading_engine, still_engine, writing_engine
from constellation.snapshots.damage_open import open_tables
from constellation.snapshots.identity import Identity, LogMismatch, identify
from constellation.snapshots.items import Item, Recovered, RolledBack, write_item
from constellation.snapshots.log_view import BatchesPruned, LogView
from constellation.snapshots.tables import batches, metadata

__all__ = ["BatchesPruned", "Item", "LogMismatch", "QuantumLog", "Recovered", "RolledBack", "StoredBatch"]


class QuantumLog(LogView):
    """The log of one node; all calls block.

    Args:
        path: of the database file; None keeps it in memory, for tests.
        settings: of the constellation that the log must belong to.
        read_only: a second connection, beside the node's own, to a file that is in use.
        is_still: a file that nobody writes, and that is not touched.

    Raises:
        LogMismatch: the file belongs to something else.
        DamagedLog: the file is not what a node has written.
        StorageFailure: it cannot be read or written.
    """

    def __init__(
        self, path: Path | None, settings: Settings, *, read_only: bool = False, is_still: bool = False
    ) -> None:
        self._path = path
        if is_still:
            assert path is not None
            engine = still_engine(path)
        else:
            engine = reading_engine(path) if read_only else writing_engine(path)
        try:
            if not read_only and not is_still:
                open_tables(engine, path, metadata)
            with engine.begin() as connection:
                self._identity = identify(connection, settings)
            super().__init__(engine, settings)
        except BaseException:
            engine.dispose()  # whoever sets the file aside must not find it in use
            raise

    @property
    def path(self) -> Path | None:
        """Of the file; None for a log in memory."""
        return self._path

    @property
    def identity(self) -> bytes:
        """32 bytes, drawn at random when the log was created: they tell it from one that was lost."""
        return self._identity.value

    @property
    def is_recovering(self) -> bool:
        """Whether something may have been signed before this log was created that it does not know of."""
        return self._identity.is_recovering

    def write(self, items: Sequence[Item]) -> None:
        """Store all ``items`` in order in one transaction; durable on return."""
        with self._engine.begin() as connection:
            for item in items:
                write_item(connection, self._settings, item)
        if any(isinstance(item, Install) for item in items):
            self._base = self._read_base()
        for item in items:
            if isinstance(item, Recovered):
                self._identity.is_recovering = False
            elif isinstance(item, RolledBack):
                self._identity = Identity(item.name, is_recovering=True)

    def truncate(self, after: int) -> None:
        """Drop the uncertified batches after number ``after``.

        Raises:
            ValueError: one of them, or a later one, is certified.
        """
        with self._engine.begin() as connection:
            certified = certified_number(connection)
            if certified > after:
                raise ValueError(f"batch {certified} is certified: nothing final is ever dropped")
            connection.execute(delete(batches).where(batches.c.number > after))
            drop_after(connection, after)

    def prune(self, base: int, most: int = 64) -> None:
        """Remove batches before ``base``, oldest first and at most ``most``, in one transaction; the base moves on.

        Raises:
            ValueError: the last checkpoint, or the highest certificate, is before ``base``.
        """
        with self._engine.begin() as connection:
            proved = min(checkpoint_number(connection) or 0, highest_certificate(connection))
            if base > proved:
                raise ValueError(f"batch {base} is after batch {proved}: what came before it may still be needed")
            number = min(base, self._base + most)
            if number > self._base:
                move_base(connection, number)
        self._base = max(self._base, number)

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()
