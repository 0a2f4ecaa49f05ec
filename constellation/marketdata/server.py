"""An HTTP port for market data: the feed's WebSocket, and whatever routes the caller adds.

A caller's routes answer short questions over connections that may be kept: each connection that is no WebSocket is told
to close after ``FEED_STAY_S / 2`` seconds and cut after ``FEED_STAY_S``, and a body has at most
``FEED_MESSAGE_MAX_BYTES``. ``FeedServer.hub`` has the market data that they may want.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from ssl import SSLContext
from typing import Final
from weakref import WeakKeyDictionary

from aiohttp import web

from constellation.marketdata.endpoint import FeedEndpoint
from constellation.marketdata.hub import MarketHub
from constellation.marketdata.metrics import FeedMetrics
from constellation.protocol.limits import (
    CONNECTS_PER_SECOND,
    FEED_CONNECTIONS_MAX,
    FEED_CONNECTIONS_PER_ADDRESS_MAX,
    FEED_MESSAGE_MAX_BYTES,
    FEED_STAY_S,
    FEED_STRANGERS_MAX,
    FEED_STRANGERS_PER_ADDRESS_MAX,
)
from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.listening import ListeningSocket, listen
from constellation.transport.metrics import DoorMetrics
from constellation.transport.visitor import REFUSAL

log = logging.getLogger(__name__)

TICK_S: Final = 0.01
"""How often the hub looks whether something is due: what a message may be late."""

_KEEPALIVE_S: Final = 15.0
_STRANGER_LIMITS: Final = DoorLimits(
    FEED_STRANGERS_MAX,
    FEED_STRANGERS_PER_ADDRESS_MAX,
    CONNECTS_PER_SECOND,
    FEED_CONNECTIONS_PER_ADDRESS_MAX,
    FEED_STAY_S,
)


class FeedServer:
    """Listens, and ticks the hub.

    Args:
        hub: made with ``frame=text_frame``.
        clock_us: the time now, in microseconds since 1970.
        host: to listen on.
        port: to listen on; 0 lets the system choose.
        metrics: of the feed, those of the hub.
        door_metrics: of the node's ports.
        ssl: for ``wss://`` and ``https://``.
        routes: what else is served.
        connections: WebSockets that are open at once.
        connections_per_address: of them, from one network address.
        door: bounds of those that are no WebSockets yet.
    """

    def __init__(
        self,
        hub: MarketHub,
        clock_us: Callable[[], int],
        host: str,
        port: int,
        *,
        metrics: FeedMetrics | None = None,
        door_metrics: DoorMetrics | None = None,
        ssl: SSLContext | None = None,
        routes: Sequence[web.RouteDef] = (),
        connections: int = FEED_CONNECTIONS_MAX,
        connections_per_address: int = FEED_CONNECTIONS_PER_ADDRESS_MAX,
        door: DoorLimits = _STRANGER_LIMITS,
    ) -> None:
        self.hub = hub
        self._clock_us = clock_us
        self._host = host
        self._port = port
        self._ssl = ssl
        self._doorstep = Doorstep(door, door_metrics or DoorMetrics(), "feed")
        self._listening: ListeningSocket | None = None
        self._endpoint = FeedEndpoint(
            hub,
            clock_us,
            metrics or FeedMetrics(),
            connections=connections,
            connections_per_address=connections_per_address,
            admit=self._admit,
        )
        self._since_s: WeakKeyDictionary[asyncio.Transport, float] = WeakKeyDictionary()
        application = web.Application(client_max_size=FEED_MESSAGE_MAX_BYTES)
        application.add_routes([*self._endpoint.routes(), *routes])
        application.on_response_prepare.append(self._limit_stay)
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=1.0, auto_decompress=False, keepalive_timeout=_KEEPALIVE_S
        )
        self.ticking: asyncio.Task[None] | None = None
        """Ends only with a fault, which whoever runs the server looks for."""

    async def start(self) -> int:
        """Listen; the port."""
        await self._runner.setup()
        self._listening = listen(self._host, self._port, self._doorstep, b"" if self._ssl else REFUSAL)
        await web.SockSite(self._runner, self._listening, ssl_context=self._ssl).start()
        self.ticking = asyncio.create_task(self._tick())
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections, saying why, and stop listening."""
        if self.ticking is not None:
            self.ticking.cancel()
            await asyncio.gather(self.ticking, return_exceptions=True)
        self._endpoint.close()
        await self._runner.cleanup()

    async def _tick(self) -> None:
        try:
            while True:
                await asyncio.sleep(TICK_S)
                self.hub.tick(self._clock_us())
        except Exception:
            log.exception("the feed stopped")
            raise

    def _admit(self, number: int) -> None:
        if self._listening is not None:
            self._listening.admit(number)

    async def _limit_stay(self, request: web.Request, response: web.StreamResponse) -> None:
        """A connection that has asked for long enough ends with an answer, before it is cut in the middle of one."""
        if isinstance(response, web.WebSocketResponse) or request.transport is None:
            return
        now_s = asyncio.get_running_loop().time()
        if now_s - self._since_s.setdefault(request.transport, now_s) > self._doorstep.limits.stay_s / 2:
            response.force_close()
            response.headers["Connection"] = "close"
