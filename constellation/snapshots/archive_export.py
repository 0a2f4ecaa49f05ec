"""Copies the certified part of a node's log into an archive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from constellation.protocol.errors import Divergence
from constellation.protocol.messages import (
    MAX_ANCESTORS,
    Batch,
    Certificate,
    Code,
    Finality,
    Settings,
    StateEntry,
    decode_state_entry,
)
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots.archive import ArchiveWriter, Snapshot, new_file
from constellation.snapshots.log import QuantumLog

_CHUNK = 256


class NothingCertified(Exception):
    """The log has nothing that an archive could prove."""


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
    settings: Settings,
    path: Path,
    progress: Callable[[int, int], None],
    snapshot: Snapshot | None = None,
) -> Exported:
    """Write the batches of ``log`` up to its highest certificate, and their certificates, to a new file.

    What is copied is not replayed here: whoever gets the archive verifies it, and so should the one who made it.

    Args:
        log: of a stopped node, or in memory.
        settings: of the constellation.
        path: of the archive.
        progress: told how many batches are written, and of how many.
        snapshot: to start behind; without it the archive starts at genesis.

    Raises:
        NothingCertified: there is no certificate yet.
        Divergence: the log is damaged; the message names the batch.
        FileExistsError: there is something at ``path``.
    """
    highest = log.certificate()
    before = 0 if snapshot is None else snapshot.checkpoint.header.number
    if highest is None or highest.header.number < before:
        raise NothingCertified("the log has no certified batch: there is nothing to prove yet")
    first, last = before + 1, highest.header.number
    certificates = 0
    with new_file(path) as file:
        writer = ArchiveWriter(file, settings)
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
        Divergence: the log is damaged; the message names the batch.
    """
    found = log.checkpoint()
    if found is None:
        raise NothingCertified("the log has no checkpoint yet: export from genesis")
    stored, entries = found
    header = stored.batch.signed_header.header
    certificates = log.certificates(header.number, header.number + MAX_ANCESTORS)
    if not certificates:
        raise NothingCertified(f"no certificate covers the checkpoint after batch {header.number}")
    number = min(certificates)
    between = [item.batch.signed_header.header for item in log.batches(header.number, number - 1)]
    finality = Finality(certificates[number], between)
    decoded = (_decode_entry(header.number, xdr) for xdr in entries.values())
    return Snapshot(stored.batch.signed_header, finality, len(entries), decoded)


def _decode_entry(number: int, xdr: bytes) -> StateEntry:
    try:
        return decode_state_entry(xdr)
    except MalformedMessage as error:
        message = f"an entry of the checkpoint after batch {number} is damaged: {error}"
        raise Divergence(Code.STATE_ROOT_MISMATCH, message) from None


def _certified(log: QuantumLog, first: int, last: int) -> Iterator[tuple[Batch, Certificate | None]]:
    """The batches in order with their own certificates; none may be missing."""
    if first > last:
        return
    certificates: dict[int, Certificate] = {}
    for number, stored in enumerate(log.batches(first, last), first):
        if stored.batch.signed_header.header.number != number:
            break
        if (number - first) % _CHUNK == 0:
            certificates = log.certificates(number, number + _CHUNK - 1)
        yield stored.batch, certificates.get(number)
        if number == last:
            return
    raise Divergence(Code.BROKEN_CHAIN, f"the log does not have all batches from {first} to {last}")
