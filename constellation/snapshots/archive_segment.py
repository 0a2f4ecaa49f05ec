"""History in pieces: archives of which each begins with the state in which the one before it ends.

The state after a checkpoint is kept as an archive without batches when it is still at hand; later it becomes the
beginning of the piece that follows. So every piece proves itself, and nothing is replayed to make one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from constellation.protocol.messages import ArchiveEntries, ArchiveSnapshot, SnapshotEntries, StateEntry
from constellation.protocol.terms import Terms
from constellation.snapshots.archive import ArchiveReader, ArchiveWriter, Snapshot, UnusableArchive, new_file
from constellation.snapshots.archive_export import export_log
from constellation.snapshots.log import QuantumLog
from constellation.snapshots.snapshot_copy import SnapshotCopy

_STATE, _BATCHES, _SUFFIX = "state", "batches", ".archive"


def state_path(directory: Path, number: int) -> Path:
    """Where the state after batch ``number`` is kept."""
    return directory / f"{_STATE}-{number:012}{_SUFFIX}"


def batches_path(directory: Path, first: int, last: int) -> Path:
    """Where the batches from ``first`` to ``last`` are kept."""
    return directory / f"{_BATCHES}-{first:012}-{last:012}{_SUFFIX}"


def kept_states(directory: Path) -> list[int]:
    """Numbers of the batches after which the state is kept, ascending."""
    names = (path.name.removesuffix(_SUFFIX).partition("-")[2] for path in directory.glob(f"{_STATE}-*{_SUFFIX}"))
    return sorted(int(name) for name in names if name.isdecimal())


def keep_state(directory: Path, terms: Terms, copy: SnapshotCopy) -> Path:
    """Write the state in ``copy`` as the beginning of a piece.

    Raises:
        OSError: it cannot be written.
    """
    path = state_path(directory, copy.checkpoint.number)
    with new_file(path) as file:
        writer = ArchiveWriter(file, terms)
        checkpoint = copy.checkpoint
        writer.write_snapshot(Snapshot(checkpoint.signed_header, checkpoint.finality, copy.count, _entries(copy)))
        writer.finish()
    return path


def _entries(copy: SnapshotCopy) -> Iterator[StateEntry]:
    position = 0
    while (chunk := copy.chunk(position)) is not None:
        count, entries, position = chunk
        yield from SnapshotEntries.from_xdr(count.to_bytes(4, "big") + entries).entries


def write_segment(log: QuantumLog, directory: Path, end: int, progress: Callable[[int, int], None]) -> Path:
    """Write what follows the log's base up to the kept state after batch ``end``.

    The piece goes on to the batch whose certificate proves that state, so that it is proved itself.

    Args:
        log: of which everything after its base is there.
        directory: with the kept state after ``end``, and after the base unless that is genesis.
        end: the batch.
        progress: told how many batches are written, and of how many.

    Raises:
        UnusableArchive: a kept state cannot be read.
        OSError: it cannot be read, or the piece not be written.
        DamagedLog: the log is damaged.
    """
    with state_path(directory, end).open("rb") as file:
        last = _begin(ArchiveReader(file))[0].finality.certificate.header.number
    path = batches_path(directory, log.first, end)
    if log.base == 0:
        export_log(log, path, progress, None, last)
        return path
    with state_path(directory, log.base).open("rb") as file:
        head, rest = _begin(ArchiveReader(file))
        export_log(log, path, progress, Snapshot(head.checkpoint, head.finality, head.entries, rest), last)
    return path


def _begin(reader: ArchiveReader) -> tuple[ArchiveSnapshot, Iterator[StateEntry]]:
    records = reader.records()
    next(records)
    snapshot = next(records, None)
    if not isinstance(snapshot, ArchiveSnapshot):
        raise UnusableArchive("a kept state does not begin like one")
    return snapshot, (entry for record in records if isinstance(record, ArchiveEntries) for entry in record.entries)
