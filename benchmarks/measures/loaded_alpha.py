"""Alpha's sequencer and log under a steady load, without its network."""

import asyncio
import gc
import time
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from benchmarks.exchange import NO_SIGNATURE, account_key, certificate, machine_with_accounts
from constellation.node.sequencer import SealedWork, Sequencer
from constellation.protocol.messages import Payment, Request, SignedRequest
from constellation.quanta import Executed, Tip, batch_effects, seal, signed_batch
from constellation.snapshots import CheckpointKeeper, LogWriter, QuantumLog, StoredBatch
from constellation.testing import World
from constellation.testing.world import ONE, START_US

WINDOW_QUANTA = 1_000
"""Quanta between two checkpoints, as alpha's configuration has it by default."""

_FEED_INTERVAL_S = 0.005
_FEED_QUANTA = 10
_TICK_S = 0.001
_NEVER = 1 << 60
_TIMEOUT_S = 120.0


@dataclass(slots=True)
class Pause:
    """The longest pauses of an event loop in some time.

    Attributes:
        cpu_s: CPU of the loop's thread between two looks at a timer: its own work alone.
        wall_s: how much later than asked a timer fired: also waiting for the interpreter and for other processes.
    """

    cpu_s: float = 0.0
    wall_s: float = 0.0


class LoadedAlpha:
    """Payments between accounts drawn at random; every batch is certified as soon as it is stored.

    Args:
        accounts: how many; all are in the log's checkpoint.
        log: an empty one.

    Attributes:
        machine: executes.
        tip: of the chain.
        keeper: of checkpoints that are not certified yet.
        collection_s: the longest garbage collection of the last run.
    """

    world: ClassVar[World] = World()

    def __init__(self, accounts: int, log: QuantumLog) -> None:
        self.machine = machine_with_accounts(self.world, accounts)
        self.keeper = CheckpointKeeper(restored=False)
        self._accounts = accounts
        self._random = Random(1)
        self._nonces: dict[int, int] = {}
        self._writer = LogWriter(log)
        self._work = asyncio.Event()
        self._pauses: list[Pause] = []
        self.collection_s = self._collecting_since = 0.0
        self._begin_us = time.monotonic_ns() // 1000
        opener = seal(self.machine, [], Tip.genesis(self.world.settings), 1, checkpoint=True)
        self.tip = opener.tip
        self.keeper.note(opener)
        complete = self.keeper.take(opener.header.number)
        assert complete is not None
        batch = signed_batch(opener, self.world.alpha.sign(opener.digest))
        log.write([StoredBatch(batch, opener.digest), certificate(self.world, opener), complete])

    def _clock_us(self) -> int:
        return START_US + time.monotonic_ns() // 1000 - self._begin_us

    def _request(self) -> SignedRequest:
        payer, payee = self._random.sample(range(self._accounts), 2)
        nonce = self._nonces[payer] = self._nonces.get(payer, 0) + 1
        payment = Payment(account_key(payee), 1, ONE)
        return SignedRequest(
            Request(account_key(payer), None, nonce, self._clock_us() + 60_000_000, payment), NO_SIGNATURE
        )

    def execute(self, count: int) -> list[Executed]:
        """Execute payments outside of any sequencer."""
        return [self.machine.execute(self._clock_us(), self._request()) for _ in range(count)]

    async def run(self, windows: int, *, checkpoints: bool) -> list[Pause]:
        """Feed the sequencer; the longest pauses of the event loop within each ``WINDOW_QUANTA``."""
        interval = WINDOW_QUANTA if checkpoints else _NEVER
        self._sequencer: Sequencer[None] = Sequencer(
            self.machine, self.tip, self.tip.epoch + 1, self.world.alpha, self._clock_us, interval, _NEVER
        )
        self._pauses, self.collection_s = [Pause()], 0.0
        gc.callbacks.append(self._on_collection)
        ticking = asyncio.create_task(self._tick())
        committing = asyncio.create_task(self._commit())
        async with asyncio.timeout(_TIMEOUT_S):
            await self._feed(windows)
        for task in (ticking, committing):
            task.cancel()
        await asyncio.gather(ticking, committing, return_exceptions=True)
        gc.callbacks.remove(self._on_collection)
        return self._pauses

    def _on_collection(self, phase: str, _: dict[str, int]) -> None:
        now = time.perf_counter()
        if phase == "start":
            self._collecting_since = now
        else:
            self.collection_s = max(self.collection_s, now - self._collecting_since)

    async def _feed(self, windows: int) -> None:
        for window in range(windows):
            if window:
                self._pauses.append(Pause())
            for _ in range(WINDOW_QUANTA // _FEED_QUANTA):
                for _ in range(_FEED_QUANTA):
                    self._sequencer.execute(self._request(), None)
                self._work.set()
                await asyncio.sleep(_FEED_INTERVAL_S)

    async def _tick(self) -> None:
        while True:
            asked_s, used_s = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_TICK_S)
            pause = self._pauses[-1]
            pause.wall_s = max(pause.wall_s, time.perf_counter() - asked_s - _TICK_S)
            pause.cpu_s = max(pause.cpu_s, time.thread_time() - used_s)

    async def _commit(self) -> None:
        """As alpha does it: what was executed during one commit is the next."""
        while True:
            await self._work.wait()
            self._work.clear()
            while (work := self._sequencer.take()) is not None:
                await self._store(work)

    async def _store(self, work: SealedWork[None]) -> None:
        work.sign()
        sealed = work.sealed
        self.tip = sealed.tip
        self.keeper.note(sealed)
        await self._writer.store(StoredBatch(work.batch, sealed.digest, batch_effects(sealed)))
        self._writer.store(certificate(self.world, sealed))
        checkpoint = self.keeper.take(sealed.header.number)
        if checkpoint is not None:
            self._writer.store(checkpoint)

    async def close(self) -> None:
        """Finish what waits for the disk and close the log."""
        await self._writer.close()
