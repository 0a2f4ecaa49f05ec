"""Alpha's gateway workers: processes that share the clients' port, decode, check signatures, and speak for the hub.

Alpha listens on the port once for each worker and hands the socket on, so that connections that come while a worker is
being replaced wait for the next one. A worker that dies loses its connections and nothing else: requests that it has
handed over are executed, and clients that come back get their answers.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress

from prometheus_client import CollectorRegistry, Counter, Gauge

from constellation.gateway import GatewayConfig, Hub, WorkerLink
from constellation.node.hangups import on_hangup
from constellation.node.logs import log_level
from constellation.node.summed_metrics import SummedRegistry
from constellation.node.worker_plan import WorkerPlan
from constellation.node.worker_seats import Seat, end_worker, start_worker
from constellation.protocol.errors import clip
from constellation.protocol.limits import CLOSE_TIMEOUT_S, WORKER_CHANNEL_MAX_BYTES
from constellation.protocol.messages import (
    Code,
    HubMessage,
    LogLevelChanged,
    SessionsClosed,
    WorkerFigures,
    decode_worker_message,
    encode_hub_message,
)
from constellation.transport.channel import Channel
from constellation.transport.listening import share, sharing

log = logging.getLogger(__name__)

_START_TIMEOUT_S = 30.0
_END_TIMEOUT_S = CLOSE_TIMEOUT_S + 1.0  # to say goodbye to its clients
_PAUSE_MIN_S, _PAUSE_MAX_S = 0.2, 10.0
_STEADY_S = 30.0
_SILENCE_S = 5.0  # a worker says something every second
_SILENCES = 3


class GatewayWorkers:
    """All of them.

    Args:
        hub: what they stand before.
        count: how many.
        host: to listen on.
        port: the same; 0 lets the system choose.
        plan: for the worker with that name and these limits.
        limits: of all workers together.
        registry: of alpha; shows what they report.
        seats: workers that have been started already; emptied.
    """

    def __init__(
        self,
        hub: Hub,
        count: int,
        host: str,
        port: int,
        plan: Callable[[str, GatewayConfig], WorkerPlan],
        limits: GatewayConfig,
        registry: SummedRegistry,
        seats: list[Seat] | None = None,
    ) -> None:
        self._seats = seats or []
        self._host = host
        self._port = port
        self._sockets: list[socket.socket] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._hangups = ExitStack()
        metrics = WorkerMetrics(registry)
        share_of_one = limits.share(count, hub.limits.requests_per_second)
        self._workers = [
            _Worker(number, hub, plan(f"gateway worker {number}", share_of_one), registry, metrics)
            for number in range(1, count + 1)
        ]

    async def start(self) -> int:
        """Start all workers and wait until clients can connect to each; the port.

        Raises:
            OSError: the port is not to be had.
            TimeoutError: a worker does not start.
        """
        for worker in self._workers:
            worker.seat = self._seats.pop() if self._seats else None
        self._sockets = [
            sharing(self._host) if worker.seat is None else worker.seat.listening for worker in self._workers
        ]
        port = share(self._host, self._port, self._sockets)
        self._hangups.enter_context(on_hangup(self._take_log_level))
        for worker, listening in zip(self._workers, self._sockets, strict=True):
            self._tasks.append(asyncio.create_task(worker.keep_running(listening)))
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                for worker in self._workers:
                    await worker.ready.wait()
        except TimeoutError:
            await self.stop()
            raise TimeoutError(f"a gateway worker has not started within {_START_TIMEOUT_S:.0f} s") from None
        return port

    async def stop(self, code: Code = Code.SHUTTING_DOWN, message: str = "alpha is shutting down") -> None:
        """Have all clients told why, and end the workers."""
        self._hangups.close()
        for worker in self._workers:
            worker.stop(code, message)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listening in self._sockets:
            listening.close()
        self._tasks, self._sockets = [], []

    def _take_log_level(self) -> None:
        """This process has another log level now: so have the workers."""
        for worker in self._workers:
            worker.take_log_level(log_level())


class WorkerMetrics:
    """What an operator sees of the processes themselves.

    Args:
        registry: of alpha.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.running = Gauge("constellation_gateway_workers", "Gateway workers that are running.", registry=registry)
        self.lost = Counter(
            "constellation_gateway_workers_lost", "Gateway workers that ended unasked.", registry=registry
        )


class _Worker:
    """One of them, through all its lives."""

    def __init__(
        self, number: int, hub: Hub, plan: WorkerPlan, registry: SummedRegistry, metrics: WorkerMetrics
    ) -> None:
        self.ready = asyncio.Event()
        self.seat: Seat | None = None
        self._number = number
        self._hub = hub
        self._plan = plan
        self._registry = registry
        self._metrics = metrics
        self._channel: Channel | None = None
        self._link: WorkerLink | None = None
        self._ended = asyncio.Event()
        self._has_spoken = self._has_started = False
        self._stopping: SessionsClosed | None = None
        self._stopped = asyncio.Event()

    def take_log_level(self, level: str) -> None:
        """Have it log what is of this level, or of a higher one, in this life and in later ones."""
        self._plan = self._plan.model_copy(update={"log_level": level})
        self._send(LogLevelChanged(level))

    def stop(self, code: Code, message: str) -> None:
        """Let it end, and start it no more."""
        self._stopping = SessionsClosed(code, clip(message))
        self._stopped.set()
        self.ready.set()  # nobody need wait for it any more
        asyncio.get_running_loop().call_later(_END_TIMEOUT_S, self._ended.set)
        if self._channel is not None:
            self._send(self._stopping)

    async def keep_running(self, listening: socket.socket) -> None:
        """Run it, again whenever it ends, until it is stopped."""
        loop = asyncio.get_running_loop()
        pause_s = _PAUSE_MIN_S
        while not self._stopped.is_set():
            begin_s = loop.time()
            try:
                status = await self._live(listening)
            except Exception:  # whatever it is: alpha goes on, and so must its workers
                status = None
                log.exception("a gateway worker cannot be started", extra={"worker": self._number})
            if self._stopped.is_set():
                return
            self._metrics.lost.inc()
            log.error("a gateway worker has ended", extra={"worker": self._number, "status": status})
            pause_s = _PAUSE_MIN_S if loop.time() - begin_s > _STEADY_S else min(2 * pause_s, _PAUSE_MAX_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._stopped.wait()

    async def _live(self, listening: socket.socket) -> int | None:
        """One life, from its start to its end; its exit status."""
        process, own = await self._start(listening)
        self._ended.clear()
        self._has_started = False
        channel = Channel(self._receive, self._channel_ended, WORKER_CHANNEL_MAX_BYTES, WORKER_CHANNEL_MAX_BYTES)
        try:
            await asyncio.get_running_loop().create_connection(lambda: channel, sock=own)
            channel.send(self._plan.model_dump_json().encode())
            self._channel, self._link = channel, self._hub.attach(self._send)
            self._metrics.running.inc()
            if self._stopping is not None:
                self._send(self._stopping)
            await self._until_ended()
        finally:
            self._detach()
            channel.close()
            status = await end_worker(process)
        return status

    async def _start(self, listening: socket.socket) -> tuple[asyncio.subprocess.Process, socket.socket]:
        """A process, and the channel to it."""
        if self.seat is not None:
            seat, self.seat = self.seat, None
            return seat.leave()
        own, others = socket.socketpair()
        with others:
            try:
                return await start_worker(others.fileno(), listening.fileno()), own
            except BaseException:
                own.close()
                raise

    async def _until_ended(self) -> None:
        """Wait until the channel ends, or nothing has come for so long that the worker must hang.

        Several times in a row: whatever has stopped alpha itself must not cost it its workers.
        """
        silences = 0
        while silences < self._patience and not self._ended.is_set():
            self._has_spoken = False
            with suppress(TimeoutError):
                async with asyncio.timeout(_SILENCE_S):
                    await self._ended.wait()
            silences = 0 if self._has_spoken else silences + 1
        if not self._ended.is_set():
            log.error("a gateway worker hangs", extra={"worker": self._number})

    @property
    def _patience(self) -> int:
        """How many silences in a row are too many."""
        return _SILENCES if self._has_started else round(_START_TIMEOUT_S / _SILENCE_S)

    def _send(self, message: HubMessage) -> None:
        if self._channel is not None:
            self._channel.send(encode_hub_message(message))

    def _receive(self, frame: bytes) -> None:
        message = decode_worker_message(frame)
        self._has_spoken = True
        if isinstance(message, WorkerFigures):
            self._registry.report(self._number, message.samples)
            self._has_started = True
            self.ready.set()
        elif self._link is not None:
            self._link.receive(message)

    def _channel_ended(self, error: Exception | None) -> None:
        if error is not None:
            log.error(
                "the channel to a gateway worker broke",
                extra={"worker": self._number, "reason": f"{type(error).__name__}: {error}"},
            )
        self._ended.set()

    def _detach(self) -> None:
        if self._link is not None:
            self._link.end()
            self._metrics.running.dec()
        self._link = self._channel = None
        self._registry.ended(self._number)
