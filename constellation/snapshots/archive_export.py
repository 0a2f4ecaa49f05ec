"""Copies the certified part of a node's log into an archive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from constellation.protocol.messages import (
    Batch,
    Certificate,
    StateEntry,
    decode_state_entry,
)
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots.archive import ArchiveWriter, Snapshot, new_file
from constellation.snapshots.damage import DamagedLog
from constellation.snapshots.finality import NothingCertified as NothingCertified
from constellation.snapshots.finality import last_checkpoint
from constellation.snapshots.log import QuantumLog

_CHUNK = 256


@dataclass(slots=True)
class Exported:
    """What was written.

    Attributes:
        first: number of the first batch.
        last: number of the last one; ``first - 1`` when there are none behind a snapshot.
        certificates: how many.
    """

    first: int
    last: int
    certificates: int


def export_log(
    log: QuantumLog,
    path: Path,
    progress: Callable[[int, int], None],
    snapshot: Snapshot | None = None,
    last: int | None = None,
) -> Exported:
    """Write the batches of ``log`` up to its highest certificate, and their certificates, to a new file.

    What is copied is not replayed here: whoever gets the archive verifies it, and so should the one who made it.

    Args:
        log: of a stopped node, or in memory.
        path: of the archive.
        progress: told how many batches are written, and of how many.
        snapshot: to start behind; without it the archive starts at genesis.
        last: the last batch, which must have a certificate of its own; None ends with the highest certificate.

    Raises:
        NothingCertified: there is no certificate yet.
        DamagedLog: the log is damaged; the message names the batch.
        FileExistsError: there is something at ``path``.
    """
    before = 0 if snapshot is None else snapshot.checkpoint.header.number
    last = log.certified() if last is None else last
    if last < max(before, 1):
        raise NothingCertified("the log has no certified batch: there is nothing to prove yet")
    first = before + 1
    certificates = 0
    with new_file(path) as file:
        writer = ArchiveWriter(file, log.terms())
        if snapshot is not None:
            writer.write_snapshot(snapshot)
        for batch, certificate in _certified(log, first, last):
            writer.write(batch)
            if certificate is not None:
                writer.write(certificate)
                certificates += 1
            progress(batch.signed_header.header.number - before, last - before)
        writer.finish()
    return Exported(first, last, certificates)


def last_snapshot(log: QuantumLog) -> Snapshot:
    """The last checkpoint in ``log`` with the first certificate that covers it.

    Raises:
        NothingCertified: there is none yet.
        DamagedLog: the log is damaged; the message names the batch.
    """
    found = log.checkpoint()
    if found is None:
        raise NothingCertified("the log has no checkpoint yet: export from genesis")
    stored, entries = found
    header = stored.batch.signed_header.header
    with log.engine.connect() as connection:
        finality = last_checkpoint(connection, log.constellation).finality
    decoded = (_decode_entry(header.number, xdr) for xdr in entries.values())
    return Snapshot(stored.batch.signed_header, finality, len(entries), decoded)


def _decode_entry(number: int, xdr: bytes) -> StateEntry:
    try:
        return decode_state_entry(xdr)
    except MalformedMessage as error:
        raise DamagedLog(f"an entry of the checkpoint after batch {number} is damaged: {error}") from None


def _certified(log: QuantumLog, first: int, last: int) -> Iterator[tuple[Batch, Certificate | None]]:
    """The batches in order with their own certificates; none may be missing."""
    if first > last:
        return
    certificates: dict[int, Certificate] = {}
    for number, stored in enumerate(log.batches(first, last), first):
        if (number - first) % _CHUNK == 0:
            certificates = log.certificates(number, number + _CHUNK - 1)
        yield stored.batch, certificates.get(number)
