"""The feed's WebSocket, as a route of an aiohttp application."""

import asyncio
import socket as sockets
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from constellation.marketdata.errors import FeedCode
from constellation.marketdata.hub import MarketHub
from constellation.marketdata.json_session import JsonSession
from constellation.marketdata.metrics import FeedMetrics
from constellation.marketdata.paced_reading import pace_reading
from constellation.protocol.limits import (
    CLOSE_TIMEOUT_S,
    FEED_CONNECTIONS_MAX,
    FEED_CONNECTIONS_PER_ADDRESS_MAX,
    FEED_FRAME_MAX_BYTES,
    FEED_SOCKET_BUFFER_BYTES,
)
from constellation.transport.addresses import count_off, source_of
from constellation.transport.turns import Turns

PATH: Final = "/v1/ws"

_PING_S: Final = 30.0
_CLOSE_CODES: Final = {
    FeedCode.SHUTTING_DOWN: WSCloseCode.GOING_AWAY,
    FeedCode.SLOW_READER: WSCloseCode.TRY_AGAIN_LATER,
    FeedCode.TIMED_OUT: WSCloseCode.OK,
}
_REASON_MAX_BYTES: Final = 123  # of a close frame


class SocketSubscriber:
    """A subscriber behind a WebSocket. Frames are written straight to its transport: they are the same for many.

    That is sound because nothing is compressed or fragmented: every write is a whole frame, aiohttp's own, too.

    Args:
        socket: open.
        transport: under it.
        on_cut: told when the connection is ended from this side, once.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        on_cut: Callable[["SocketSubscriber", FeedCode], None],
    ) -> None:
        self.waiting_bytes: Callable[[], int] = transport.get_write_buffer_size
        self.write: Callable[[bytes], None] = transport.write
        self.is_cut = False
        self._socket = socket
        self._transport = transport
        self._on_cut = on_cut
        self._closing: asyncio.Task[None] | None = None

    def cut(self, code: FeedCode, message: str) -> None:
        """End the connection, saying why; a peer that does not read is not waited for."""
        if self.is_cut:
            return
        self.is_cut = True
        self._on_cut(self, code)
        reason = f"{code.value}: {message}".encode()[:_REASON_MAX_BYTES]
        self._closing = asyncio.create_task(self._close(_CLOSE_CODES.get(code, WSCloseCode.POLICY_VIOLATION), reason))

    async def _close(self, code: int, reason: bytes) -> None:
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._transport.abort)
        with suppress(ConnectionError):
            await self._socket.close(code=code, message=reason)


class FeedEndpoint:
    """Serves ``/v1/ws``.

    Args:
        hub: made with ``frame=text_frame``.
        clock_us: the time now, in microseconds since 1970.
        metrics: counts.
        connections: open at once.
        connections_per_address: of them, from one network address.
        admit: told the descriptor of a connection that has become a WebSocket.
    """

    def __init__(
        self,
        hub: MarketHub,
        clock_us: Callable[[], int],
        metrics: FeedMetrics,
        *,
        connections: int = FEED_CONNECTIONS_MAX,
        connections_per_address: int = FEED_CONNECTIONS_PER_ADDRESS_MAX,
        admit: Callable[[int], None] = lambda number: None,
    ) -> None:
        self._hub = hub
        self._clock_us = clock_us
        self._metrics = metrics
        self._connections_max = connections
        self._per_address_max = connections_per_address
        self._admit = admit
        self._sources: Counter[str] = Counter()
        self._subscribers: dict[SocketSubscriber, None] = {}

    def routes(self) -> list[web.RouteDef]:
        """For an aiohttp application."""
        return [web.get(PATH, self._serve)]

    def close(self) -> None:
        """End all connections."""
        for subscriber in list(self._subscribers):
            subscriber.cut(FeedCode.SHUTTING_DOWN, "this feed is ending; others have the same data")

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is None:
            raise web.HTTPBadRequest
        source = source_of(transport.get_extra_info("peername"))
        if len(self._subscribers) >= self._connections_max or self._sources[source] >= self._per_address_max:
            code = FeedCode.TOO_MANY_CONNECTIONS
            self._metrics.refused.labels(code.value).inc()
            error = {"code": code.value, "message": "no more connections just now, or from your address"}
            return web.json_response({"success": False, "error": error}, status=503)
        socket = web.WebSocketResponse(
            timeout=CLOSE_TIMEOUT_S,
            autoping=False,
            heartbeat=_PING_S,
            compress=False,
            max_msg_size=FEED_FRAME_MAX_BYTES,
        )
        subscriber = SocketSubscriber(socket, transport, self._on_cut)
        self._sources[source] += 1
        self._subscribers[subscriber] = None
        try:
            await socket.prepare(request)
            self._prepare(transport)
            await self._converse(socket, subscriber)
        finally:
            self._hub.disconnect(subscriber)
            del self._subscribers[subscriber]
            count_off(self._sources, source)
        return socket

    def _prepare(self, transport: asyncio.Transport) -> None:
        pace_reading(transport)
        plain = transport.get_extra_info("socket")
        if plain is not None and plain.fileno() >= 0:
            plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, FEED_SOCKET_BUFFER_BYTES)
            self._admit(plain.fileno())

    async def _converse(self, socket: web.WebSocketResponse, subscriber: SocketSubscriber) -> None:
        session = JsonSession(self._hub, subscriber, self._clock_us, self._metrics)
        turns = Turns()
        async for message in socket:
            if subscriber.is_cut:
                break
            if message.type is WSMsgType.TEXT:
                session.receive(message.data)
            elif message.type is WSMsgType.BINARY:
                session.receive_other()
            elif session.receive_control() and message.type is WSMsgType.PING:
                await socket.pong(message.data)
            await turns.taken()

    def _on_cut(self, subscriber: SocketSubscriber, code: FeedCode) -> None:
        self._metrics.cut.labels(code.value).inc()
        self._hub.disconnect(subscriber)
