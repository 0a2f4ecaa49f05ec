"""A feed that really listens, for tests of both of its sides, and a proxy that cuts."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from constellation.marketdata import FeedMetrics, FeedServer, MarketHub, MarketStart, text_frame
from constellation.protocol.messages import Settings


def clock_us() -> int:
    return time.time_ns() // 1_000


class Feed:
    """A hub behind a server on the loopback.

    Attributes:
        hub: that is served.
        metrics: of it.
        url: of its WebSocket.
    """

    def __init__(
        self, settings: Settings, interval_us: int = 0, start: MarketStart | None = None, **options: Any
    ) -> None:
        self.metrics = FeedMetrics()
        self.hub = MarketHub(settings, clock_us, start, interval_us=interval_us, frame=text_frame, metrics=self.metrics)
        self._server = FeedServer(self.hub, clock_us, "127.0.0.1", 0, metrics=self.metrics, **options)
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/ws"

    async def __aenter__(self) -> "Feed":
        self.port = await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop()

    def count(self, name: str, **labels: str) -> float:
        """A metric's value."""
        metric = getattr(self.metrics, name)
        return float((metric.labels(**labels) if labels else metric)._value.get())


@asynccontextmanager
async def raw(feed: Feed) -> AsyncIterator[ClientWebSocketResponse]:
    """A WebSocket without the SDK."""
    async with ClientSession() as session, session.ws_connect(feed.url) as socket:
        yield socket


async def ask(socket: ClientWebSocketResponse, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message; its answer."""
    await socket.send_json(message)
    while True:
        answer: dict[str, Any] = await socket.receive_json(timeout=5)
        if "success" in answer and answer["id"] == message.get("id"):
            return answer


async def until(condition: Any, seconds: float = 10.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


class Proxy:
    """Hands bytes on between clients and a port, until it cuts or falls silent."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.is_silent = False
        self.port = 0
        self.accepted = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/ws"

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.sleep(0)

    def cut(self) -> None:
        """End all connections, in the middle of whatever they carry."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        own = {writer, far_writer}
        self._writers |= own
        try:
            await asyncio.gather(self._hand_on(reader, far_writer), self._hand_on(far_reader, writer))
        finally:
            self._writers -= own
            for each in own:
                each.transport.abort()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(4096):
                if not self.is_silent:
                    writer.write(data)
        writer.transport.abort()
