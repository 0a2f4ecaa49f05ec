"""Certified histories of a world, and archives of them, honest and forged."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    ArchiveRecord,
    AuditorSignature,
    Batch,
    BatchHeader,
    Certificate,
    Finality,
    LedgerDeposit,
    QuantumBody,
    Settings,
    SignedHeader,
    StateEntry,
)
from constellation.protocol.signing import header_hash, vote_hash
from constellation.protocol.terms import Terms
from constellation.quanta import Executed, Tip, restore_state, seal, signed_batch
from constellation.snapshots import Checkpoint, QuantumLog, StoredBatch
from constellation.snapshots.archive import ArchiveRefuted, ArchiveWriter, Snapshot
from constellation.snapshots.archive_proof import verify_archive
from constellation.snapshots.archive_report import ArchiveProof
from constellation.testing import World, random_quanta
from constellation.testing.world import ONE, START_US, key_of
from tests.quanta.stage import entries_of

Records = list[ArchiveRecord]


@dataclass
class Past:
    """What was true after a batch."""

    apex: int
    root: bytes
    held: list[int]
    entries: list[StateEntry]


class History:
    """A chain of batches as a node stores it: two epochs, every third batch a checkpoint, and one that lacks its
    certificate; the last ones have none either.

    Args:
        count: of the batches with quanta in them.
        quanta: requests that are tried in each.
        uncertified: how many batches at the end.
        newcomers: accounts that do nothing but exist.
    """

    def __init__(self, count: int = 7, quanta: int = 6, uncertified: int = 1, newcomers: int = 0) -> None:
        self.world = World(fills=4, maker_fee_ppm=150, taker_fee_ppm=450)
        self.machine = self.world.machine()
        self.batches: list[Batch] = []
        self.past: dict[int, Past] = {}
        self._tip = Tip.genesis(self.world.settings)
        self._seal([], epoch=1, checkpoint=True)
        traders = [key_of(f"trader {number}") for number in range(4)]
        funding = [self._fund(asset, [key.public for key in traders]) for asset in range(3)]
        if newcomers:
            funding.append(self._fund(0, [key_of(f"newcomer {number}").public for number in range(newcomers)]))
        self._seal(funding, epoch=1)
        flow = random_quanta(self.world, self.machine, traders, 10, count * quanta, with_batches=True)
        for number in range(count):
            if number == count // 2:
                self._seal([], epoch=2, checkpoint=True)
            if executed := [item for _ in range(quanta) for item in self._try(*next(flow))]:
                self._seal(executed, 1 if number < count // 2 else 2, checkpoint=number % 3 == 1)
        self.last_certified = len(self.batches) - uncertified
        self.certificates = {
            number: self.certificate(number) for number in range(1, self.last_certified + 1) if number % 4 != 3
        }
        self.certificates[self.last_certified] = self.certificate(self.last_certified)

    @property
    def settings(self) -> Settings:
        return self.world.settings

    def _fund(self, asset: int, keys: list[bytes]) -> Executed:
        ledger = (self.machine.state.ledger_cursor >> 32) + 1
        identity = self.settings.assets[asset].identity
        deposits = [
            LedgerDeposit((ledger << 32) | (place << 12) | 1, bytes(32), identity, 10_000 * ONE, key, None, None)
            for place, key in enumerate(keys, 1)
        ]
        return self.machine.execute(START_US, self.world.commit(self.machine, list(deposits)))

    def _try(self, timestamp: int, body: QuantumBody) -> list[Executed]:
        try:
            return self.machine.execute_all(timestamp, body)
        except Rejection:
            return []

    def _seal(self, executed: list[Executed], epoch: int, *, checkpoint: bool = False) -> None:
        sealed = seal(self.machine, executed, self._tip, epoch, checkpoint=checkpoint)
        self._tip = sealed.tip
        self.batches.append(signed_batch(sealed, self.world.alpha.sign(sealed.digest)))
        state = self.machine.state
        entries = deepcopy(list(entries_of(state).values())) if checkpoint else []
        self.past[sealed.header.number] = Past(state.apex, state.root(), list(state.vault.held), entries)

    def header(self, number: int) -> BatchHeader:
        return self.batches[number - 1].signed_header.header

    def certificate(self, number: int, signers: int = 2) -> Certificate:
        """Signed by ``signers`` auditors, not always the same."""
        return certify(self.world, self.header(number), signers, skip=number % 2)

    @property
    def checkpoints(self) -> list[int]:
        return [batch.signed_header.header.number for batch in self.batches if batch.signed_header.header.state_root]

    def snapshot(self, number: int, certified_by: int | None = None) -> Snapshot:
        """The state after a batch, certified by its own certificate or by that of a later batch."""
        last = number if certified_by is None else certified_by
        ancestors = [self.header(item) for item in range(number, last)]
        entries = self.past[number].entries
        finality = Finality(self.certificate(last), ancestors)
        return Snapshot(self.batches[number - 1].signed_header, finality, len(entries), entries)

    def records(self, after: int = 0) -> Records:
        """What an archive holds between head and tail."""
        found: Records = []
        for number in range(after + 1, self.last_certified + 1):
            found.append(self.batches[number - 1])
            if number in self.certificates:
                found.append(self.certificates[number])
        return deepcopy(found)

    def log(self, path: Path | None = None, checkpoint: int | None = None) -> QuantumLog:
        """A node's log; its last checkpoint is that of batch ``checkpoint``."""
        log = QuantumLog(path, self.settings)
        for batch in self.batches:
            log.write([StoredBatch(batch, header_hash(self.world.constellation, batch.signed_header.header))])
        log.write(list(self.certificates.values()))
        if checkpoint is not None:
            state = restore_state(self.settings, deepcopy(self.past[checkpoint].entries))
            state.root()
            log.write([Checkpoint(checkpoint, state.take_unsaved(), is_complete=True)])
        return log


def certify(world: World, header: BatchHeader, signers: int = 2, skip: int = 0) -> Certificate:
    digest = vote_hash(world.constellation, header_hash(world.constellation, header))
    auditors = world.auditors[skip : skip + signers]
    return Certificate(header, [AuditorSignature(key.public, key.sign(digest)) for key in auditors])


def lie(world: World, header: BatchHeader) -> SignedHeader:
    """A header that alpha signs, whatever it says."""
    return SignedHeader(header, world.alpha.sign(header_hash(world.constellation, header)))


def write(path: Path, settings: Settings, records: Iterable[ArchiveRecord], snapshot: Snapshot | None = None) -> Path:
    """An archive of any records, with a tail that fits."""
    with path.open("wb") as file:
        writer = ArchiveWriter(file, Terms(settings))
        if snapshot is not None:
            writer.write_snapshot(snapshot)
        for record in records:
            writer.write(record)
        writer.finish()
    return path


def boundaries(data: bytes) -> list[int]:
    """Where the records of an archive begin, and its end."""
    found = [24]
    while found[-1] < len(data):
        found.append(found[-1] + 4 + int.from_bytes(data[found[-1] : found[-1] + 4]))
    return found


def ignore(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def proved(path: Path, expected: bytes | None = None) -> ArchiveProof:
    return verify_archive(path, expected, ignore)


def refuted(path: Path, expected: bytes | None = None) -> ArchiveRefuted:
    with pytest.raises(ArchiveRefuted) as caught:
        proved(path, expected)
    assert caught.value.record is not None
    assert caught.value.offset is not None
    return caught.value
