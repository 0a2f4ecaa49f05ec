"""A running node's log and what follows from it: checkpoints, restored states, and the node's end when it fails."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from constellation.herald.transfer import ReceivedSnapshot
from constellation.node.chain_metrics import ChainMetrics
from constellation.node.clock import clock_us
from constellation.node.storage import OpenedLog
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Batch, Certificate, Code, Settings, SignedPromise
from constellation.protocol.terms import Terms
from constellation.quanta import SealedBatch, batch_effects
from constellation.snapshots import (
    BatchesPruned,
    Install,
    LogWriter,
    QuantumLog,
    Recovered,
    Restored,
    RolledBack,
    Standing,
    StorageFailure,
    StoredBatch,
    new_name,
    restore,
)
from constellation.snapshots.outline import pack_outline
from constellation.snapshots.retention import Retention

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_CHUNK_BATCHES = 64


class NodeLog:
    """The log of a running node; a failed write or a damaged row ends the node.

    Args:
        opened: the log and what it holds.
        settings: of the constellation.
        failure: of the node.
        observe: is shown every batch that is appended.
        metrics: of the node's chain.
        keeps_effects: whether it keeps what the quanta did: alpha does, for its answers, and whoever feeds chroniclers.

    Attributes:
        on_certificate: is called whenever a certificate has been stored.
    """

    def __init__(
        self,
        opened: OpenedLog,
        settings: Settings,
        failure: NodeFailure,
        observe: Callable[[SealedBatch], None] = lambda _: None,
        metrics: ChainMetrics | None = None,
        *,
        keeps_effects: bool = True,
    ) -> None:
        self._quantum_log = opened.log
        self._writer = LogWriter(opened.log)
        self._keeper = opened.restored.keeper
        self._settings = settings
        self._failure = failure
        self._observe = observe
        self._metrics = metrics or ChainMetrics()
        self._keeps_effects = keeps_effects
        self.on_certificate: Callable[[], None] = lambda: None

    def append(self, sealed: SealedBatch, batch: Batch) -> asyncio.Future[None]:
        """Store a sealed or replayed batch, which follows the last one; the future is done when it is durable."""
        self._keeper.note(sealed)
        self._observe(sealed)
        stored = StoredBatch(batch, sealed.digest)
        if self._keeps_effects:
            stored.effects, stored.outline = batch_effects(sealed), pack_outline(sealed)
        begin_us = clock_us()
        durable = self._writer.store(stored)
        durable.add_done_callback(lambda _: self._metrics.commit.observe(max(0, clock_us() - begin_us) / 1_000_000))
        self._metrics.quanta.inc(len(sealed.executed))
        return durable

    async def promise(self, signed: SignedPromise) -> None:
        """Store a promise; durable on return.

        Raises:
            StorageFailure: it is not known whether it is stored.
        """
        await self._writer.store(signed)

    async def recovered(self) -> None:
        """Store that the log is complete; durable on return.

        Raises:
            StorageFailure: it is not known whether it is stored.
        """
        await self._writer.store(Recovered())

    async def rolled_back(self) -> bytes:
        """Store that the log is an old copy; its new name, durable on return.

        Raises:
            StorageFailure: it is not known whether it is stored.
        """
        name = new_name()
        await self._writer.store(RolledBack(name))
        return name

    async def follow(self, terms: Terms) -> None:
        """Store the appointments; durable on return.

        Raises:
            StorageFailure: it is not known whether they are stored.
        """
        for appointment in terms.appointments:
            await self._writer.store(appointment)

    def certify(self, certificate: Certificate) -> None:
        """Store a certificate, and the checkpoints that it makes final, in the background."""
        stored = self._writer.store(certificate)
        stored.add_done_callback(self._failure.watch)
        stored.add_done_callback(lambda _: self.on_certificate())
        checkpoint = self._keeper.take(certificate.header.number)
        if checkpoint is not None:
            self._writer.store(checkpoint).add_done_callback(self._failure.watch)

    @property
    def first(self) -> int:
        """Number of the first batch that is still there."""
        return self._quantum_log.first

    async def checkpoint(self) -> int:
        """Number of the batch of the last checkpoint; 0 when there is none."""
        return await self._read(lambda quantum_log: quantum_log.checkpoint_number())

    async def standing(self) -> Standing:
        """How far the log is, durably."""
        return await self._read(lambda quantum_log: quantum_log.standing())

    async def base_for(self, retention: Retention) -> int:
        """The batch at which the log may begin."""
        return await self._read(retention.base)

    async def prune(self, base: int) -> None:
        """Remove some of the batches before ``base``, which :meth:`base_for` has named."""
        await self._read(lambda quantum_log: quantum_log.prune(base))

    async def install(self, snapshot: ReceivedSnapshot) -> Restored:
        """Replace everything by a verified snapshot; its state, when that is durable.

        Raises:
            StorageFailure: it is not known whether it is stored.
        """
        log.info("installing a snapshot", extra={"batch": snapshot.tip.number, "entries": len(snapshot.entries)})
        await self._writer.store(Install(snapshot.checkpoint, snapshot.finality, snapshot.entries))
        return await self.restore()

    async def passes(self, number: int, digest: bytes) -> bool:
        """Whether the chain passes through a header, as far as the log can tell."""
        return await self._read(lambda quantum_log: quantum_log.passes(number, digest))

    async def digest(self, number: int) -> bytes | None:
        """Hash of header ``number``; None when the log has no such batch."""
        return await self._read(lambda quantum_log: quantum_log.digest(number))

    async def batches(self, first: int, last: int | None = None) -> list[Batch]:
        """A chunk of the stored batches from ``first`` on, none after ``last``.

        Raises:
            ProtocolViolation: they have been pruned; whoever asked must connect again and will get a snapshot.
        """
        end = first + _CHUNK_BATCHES - 1
        end = end if last is None else min(end, last)
        try:
            return await self._read(lambda quantum_log: [item.batch for item in quantum_log.batches(first, end)])
        except BatchesPruned as error:
            raise ProtocolViolation(Code.SLOW_READER, f"{error}; connect again") from error

    async def certificates(self, first: int) -> list[Certificate]:
        """The certificates of the batches from ``first`` on, ascending."""
        return await self._read(lambda quantum_log: list(quantum_log.certificates(first).values()))

    async def restore(self) -> Restored:
        """The state at the end of the log."""
        return self._keep(await self._read(lambda quantum_log: restore(quantum_log, self._settings)))

    async def cut(self, after: int) -> Restored:
        """Drop the uncertified batches after number ``after``; the state at the end of what is left."""

        def cut(quantum_log: QuantumLog) -> Restored:
            quantum_log.truncate(after)
            return restore(quantum_log, self._settings)

        return self._keep(await self._read(cut))

    def _keep(self, restored: Restored) -> Restored:
        self._keeper = restored.keeper
        return restored

    async def _read(self, call: Callable[[QuantumLog], _T]) -> _T:
        """What ``call`` finds after everything that was queued before.

        Raises:
            StorageFailure: the log cannot be read, is damaged, or an earlier write went wrong.
            Divergence: what is in it contradicts itself.
        """
        try:
            return await self._writer.read(call)
        except SQLAlchemyError as error:
            failure = StorageFailure(f"the log cannot be read: {error}")
            self._failure.set(failure)
            raise failure from error
        except BatchesPruned:  # somebody is too far behind: no failure of this node
            raise
        except Exception as error:
            self._failure.set(error)
            raise

    async def close(self) -> None:
        """Finish what was queued and close the log."""
        await self._writer.close()
