"""Makes a log of an archive again, in a temporary file: it is verified and replayed like any other."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from constellation.node.config import ConfigurationError
from constellation.node.refund_source import opened_log
from constellation.protocol.messages import (
    ArchiveEntries,
    ArchiveHead,
    ArchiveRecord,
    ArchiveSnapshot,
    Batch,
    Certificate,
    Code,
    Settings,
    StateEntry,
    encode_state_entry,
)
from constellation.protocol.signing import header_hash, settings_constellation_id, settings_hash
from constellation.quanta.state_restore import entry_key
from constellation.quanta.state_tree import entry_path
from constellation.snapshots import Install, QuantumLog, StoredBatch
from constellation.snapshots.archive import ArchiveReader, UnusableArchive
from constellation.stellarlink.refund_model import RefundRefused

_CHUNK = 64  # records that are stored together


@contextmanager
def archive_as_log(archive: Path, settings: Settings) -> Iterator[Path]:
    """The log that an archive was made of.

    Raises:
        RefundRefused: the archive is another constellation's, or its records make no log.
        ArchiveRefuted: it is damaged.
        ConfigurationError: it is no archive.
    """
    with tempfile.TemporaryDirectory(prefix="constellation-refund-") as directory:
        path = Path(directory) / "log.sqlite"
        with archive.open("rb") as file, opened_log(path, settings) as log:
            loading = _Loading(log, settings)
            for record in _records(file):
                loading.take(record)
            loading.finish()
        yield path


def _records(file: IO[bytes]) -> Iterator[ArchiveRecord]:
    try:
        yield from ArchiveReader(file).records()
    except UnusableArchive as error:
        raise ConfigurationError(f"--archive: {error}") from None


class _Loading:
    """A log that is being filled."""

    def __init__(self, log: QuantumLog, settings: Settings) -> None:
        self._log = log
        self._settings = settings
        self._constellation = settings_constellation_id(settings)
        self._items: list[StoredBatch | Certificate] = []
        self._snapshot: Install | None = None
        self._missing = 0

    def take(self, record: ArchiveRecord) -> None:
        match record:
            case ArchiveHead():
                if settings_hash(record.settings) != settings_hash(self._settings):
                    raise RefundRefused("the archive has other settings than this node", Code.WRONG_CONSTELLATION)
                self._log.write(record.appointments)
            case ArchiveSnapshot():
                self._snapshot = Install(record.checkpoint, record.finality, {})
                self._missing = record.entries
            case ArchiveEntries():
                self._take_entries(record)
            case Batch():
                digest = header_hash(self._constellation, record.signed_header.header)
                self._items.append(StoredBatch(record, digest))
            case Certificate():
                self._items.append(record)
        if len(self._items) >= _CHUNK:
            self.finish()

    def _take_entries(self, record: ArchiveEntries) -> None:
        if self._snapshot is None or len(record.entries) > self._missing:
            raise RefundRefused("the archive has entries of no snapshot", Code.MALFORMED)
        self._snapshot.entries.update(map(_encoded, record.entries))
        self._missing -= len(record.entries)
        if self._missing == 0:
            try:
                self._log.write([self._snapshot])
            except ValueError as error:
                raise RefundRefused(f"the archive's snapshot: {error}", Code.BROKEN_CHAIN) from None

    def finish(self) -> None:
        """Store what is waiting."""
        self._log.write(self._items)
        self._items = []


def _encoded(entry: StateEntry) -> tuple[bytes, bytes]:
    return entry_path(entry_key(entry)), encode_state_entry(entry)
