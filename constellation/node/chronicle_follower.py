"""A chronicler's work: take the chronicle from a source, verify it, write it, and tell who waits for it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy.exc import DBAPIError

from constellation.chronicler.intake import ChronicleRefused, FinalBatch, Intake
from constellation.chronicler.writer import ChronicleWriter
from constellation.node.chronicle_source import ChronicleSource, Received, SourceFailed
from constellation.protocol.limits import CHRONICLE_TRANSACTION_QUANTA
from constellation.protocol.messages import decode_chronicle_item
from constellation.protocol.xdr import MalformedMessage

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_PAUSE_MIN_S, _PAUSE_MAX_S = 0.1, 10.0


class FollowerMetrics:
    """What an operator sees of it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.batch = Gauge("constellation_chronicler_batch", "The last batch in the history.", registry=registry)
        self.apex = Gauge("constellation_chronicler_apex", "The last quantum in the history.", registry=registry)
        self.lag = Gauge(
            "constellation_chronicler_lag_batches", "Final batches that are not in the history yet.", registry=registry
        )
        self.rows = Counter("constellation_chronicler_rows", "Rows that were written.", registry=registry)
        self.failures = Counter(
            "constellation_chronicler_failures", "Times that it had to pause, by cause.", ["cause"], registry=registry
        )


class Follower:
    """Follows one source after another.

    Args:
        source: of the chronicle.
        intake: where the chronicle in the database ends.
        writer: of the database.
        thread: for what blocks; one thread alone.
        metrics: shown to the operator.
        tell: is given what was written, batch by batch, in order.

    Attributes:
        apex: the last quantum in the history.
        number: the last batch.
        problem: why it does not get on, if so.
    """

    def __init__(
        self,
        source: ChronicleSource,
        intake: Intake,
        writer: ChronicleWriter,
        thread: ThreadPoolExecutor,
        metrics: FollowerMetrics,
        tell: Callable[[Sequence[FinalBatch]], None],
    ) -> None:
        self._source = source
        self._intake = intake
        self._writer = writer
        self._thread = thread
        self._metrics = metrics
        self._tell = tell
        self._moved = asyncio.Event()
        self._term = intake.terms.term
        self._unwritten: list[FinalBatch] = []
        self._certified = self.number = intake.number
        self.apex = intake.apex
        self.problem: str | None = "nobody was asked yet"

    @property
    def lag_batches(self) -> int:
        """Final batches that are not in the history yet, as far as the source has said."""
        return max(0, self._certified - self.number)

    async def reached(self, apex: int) -> None:
        """Wait until everything up to a quantum is in the history."""
        while self.apex < apex:
            await self._moved.wait()

    async def run(self) -> None:
        """Follow until cancelled; what fails is tried again, the pauses get longer.

        Raises:
            Gap: somebody else has changed the database under it.
        """
        pause_s = _PAUSE_MIN_S
        while True:
            try:
                await self._step()
            except (SourceFailed, ChronicleRefused, MalformedMessage, DBAPIError) as error:
                self._note(error)
                self._intake.restart()  # the thread rests
                if isinstance(error, ChronicleRefused | MalformedMessage):
                    self._source.turn()
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, _PAUSE_MAX_S)
            else:
                self.problem = None
                pause_s = _PAUSE_MIN_S

    def _note(self, error: Exception) -> None:
        causes = {SourceFailed: "source", DBAPIError: "database"}
        cause = next((name for kind, name in causes.items() if isinstance(error, kind)), "refused")
        self._metrics.failures.labels(cause).inc()
        reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        if reason != self.problem:
            log.warning("the history does not get on", extra={"cause": cause, "reason": reason})
        self.problem = reason

    async def _step(self) -> None:
        if not self._unwritten:  # what a failure has left is written before more is taken
            await self._receive()
        while self._unwritten:
            piece = self._next_piece()
            rows = await self._run(self._writer.write, piece)
            del self._unwritten[: len(piece)]
            self._metrics.rows.inc(rows)
            self.number, self.apex = piece[-1].number, piece[-1].sealed.header.last_apex
            self._tell(piece)
            self._tell_waiting()

    async def _receive(self) -> None:
        """Take what the source has; one that does not get the history on may be told nothing, or may lie."""
        loop, before = asyncio.get_running_loop(), self._intake.number
        begin_s = loop.time()
        received = await self._source.read(before, self._intake.terms.term)
        self._certified = received.certified
        await self._run(self._take, received)
        if self._intake.number == before:
            self._source.turn()
            await asyncio.sleep(max(0.0, begin_s + _PAUSE_MIN_S - loop.time()))

    def _tell_waiting(self) -> None:
        self._metrics.batch.set(self.number)
        self._metrics.apex.set(self.apex)
        self._metrics.lag.set(self.lag_batches)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def _take(self, received: Received) -> None:
        """Verify, and keep what is certain."""
        for data in received.items:
            self._unwritten += self._intake.take(decode_chronicle_item(data))
            self._appoint()

    def _next_piece(self) -> list[FinalBatch]:
        """The batches of the next transaction."""
        quanta = 0
        for place, final in enumerate(self._unwritten, 1):
            quanta += len(final.sealed.executed)
            if quanta >= CHRONICLE_TRANSACTION_QUANTA:
                return self._unwritten[:place]
        return self._unwritten[:]

    def _appoint(self) -> None:
        """Keep new appointments before batches that need them."""
        if self._intake.terms.term > self._term:
            self._writer.appoint(self._intake.terms.appointments[self._term :])
            self._term = self._intake.terms.term

    async def _run(self, call: Callable[..., _T], *arguments: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)
