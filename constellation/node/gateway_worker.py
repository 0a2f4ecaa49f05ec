"""A gateway worker: a process of its own with some of alpha's clients, their handshakes, limits and signatures.

Alpha starts it with two descriptors, the channel to alpha and a socket that listens on the clients' port. It ends when
alpha says so or the channel ends; what it knows is in its sessions, and nothing is lost with it but they.
"""

import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
from dataclasses import replace

from prometheus_client import CollectorRegistry

from constellation.gateway import Front, GatewayMetrics, GatewayServer
from constellation.node.clock import clock_us
from constellation.node.descriptors import connections_allowed
from constellation.node.interpreter import collect_rarely, leave_at_once, short_pauses, take_for_permanent
from constellation.node.logs import configure_logging, set_log_level
from constellation.node.summed_metrics import samples_of
from constellation.node.tls import ServerCertificate
from constellation.node.worker_plan import WorkerPlan
from constellation.protocol.limits import WORKER_CHANNEL_MAX_BYTES
from constellation.protocol.messages import (
    Code,
    LogLevelChanged,
    RequestRate,
    SessionsClosed,
    WorkerFigures,
    WorkerMessage,
    decode_hub_message,
    encode_worker_message,
)
from constellation.transport.channel import Channel
from constellation.transport.metrics import DoorMetrics

log = logging.getLogger(__name__)

_REPORT_INTERVAL_S = 1.0
_GONE = SessionsClosed(Code.HALTED, "alpha has ended; connect again in a moment")


class GatewayWorker:
    """One worker.

    Args:
        channel_fileno: a connected stream socket, whose other end is alpha's.
        listening_fileno: a socket that listens on the clients' port.
    """

    def __init__(self, channel_fileno: int, listening_fileno: int) -> None:
        self._channel_fileno = channel_fileno
        self._listening_fileno = listening_fileno
        self._channel = Channel(self._receive, self._channel_ended, WORKER_CHANNEL_MAX_BYTES, WORKER_CHANNEL_MAX_BYTES)
        self._plan: asyncio.Future[WorkerPlan] = asyncio.get_running_loop().create_future()
        self._end: asyncio.Future[SessionsClosed] = asyncio.get_running_loop().create_future()
        self._front: Front | None = None

    def _receive(self, frame: bytes) -> None:
        if not self._plan.done():
            self._plan.set_result(WorkerPlan.model_validate_json(frame))
            return
        message = decode_hub_message(frame)
        if isinstance(message, SessionsClosed):
            self._finish(message)
        elif isinstance(message, LogLevelChanged):
            set_log_level(message.level)
        elif self._front is not None:
            self._front.receive(message)

    def _channel_ended(self, error: Exception | None) -> None:
        if error is not None:
            log.error("the channel to alpha broke", extra={"reason": f"{type(error).__name__}: {error}"})
        self._finish(_GONE)
        self._plan.cancel()

    def _finish(self, reason: SessionsClosed) -> None:
        if not self._end.done():
            self._end.set_result(reason)

    def _send(self, message: WorkerMessage) -> None:
        self._channel.send(encode_worker_message(message))

    async def run(self) -> None:
        """Serve until alpha ends it, or ends."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self._channel, sock=socket.socket(fileno=self._channel_fileno))
        try:
            plan = await self._plan
        except asyncio.CancelledError:
            if self._end.done():  # alpha has ended before there was anything to do
                return
            raise
        configure_logging(plan.log_level, plan.log_format, plan.name)
        registry = CollectorRegistry()
        tls = _certificate(plan)
        self._front = Front(
            plan.signer(),
            plan.constellation,
            self._send,
            clock_us,
            secrets.token_bytes,
            replace(plan.limits, connections=connections_allowed(plan.limits.connections)),
            GatewayMetrics(registry),
            RequestRate(plan.requests_per_second, plan.burst),
        )
        self._front.appointments = plan.signed_appointments()
        server = GatewayServer(
            self._front,
            "",
            0,
            None if tls is None else tls.context,
            DoorMetrics(registry),
            fileno=self._listening_fileno,
            room=self._channel.room,
        )
        await server.start()
        take_for_permanent()
        with short_pauses():
            await self._serve(server, registry, tls)

    async def _serve(self, server: GatewayServer, registry: CollectorRegistry, tls: ServerCertificate | None) -> None:
        work = [self._report(registry), collect_rarely(), *(() if tls is None else (tls.watch(),))]
        tasks = [asyncio.create_task(item) for item in work]
        try:
            reason = await self._end
            await server.stop(reason.code, reason.message)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._channel.close()

    async def _report(self, registry: CollectorRegistry) -> None:
        while True:
            self._send(WorkerFigures(samples_of(registry)))
            await asyncio.sleep(_REPORT_INTERVAL_S)


def _certificate(plan: WorkerPlan) -> ServerCertificate | None:
    """With a registry of its own: alpha shows the same files' state."""
    if plan.tls_certificate_file is None or plan.tls_key_file is None:
        return None
    return ServerCertificate(plan.tls_certificate_file, plan.tls_key_file, CollectorRegistry())


async def _main(channel_fileno: int, listening_fileno: int) -> None:
    await GatewayWorker(channel_fileno, listening_fileno).run()


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # alpha is asked, and tells its workers
        signal.signal(number, signal.SIG_IGN)
    channel, listening, *loading = map(int, sys.argv[1:])
    for descriptor in loading:  # alpha waits for its end
        os.close(descriptor)
    asyncio.run(_main(channel, listening))
    leave_at_once()
