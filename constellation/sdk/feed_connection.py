"""One connection to the market data feed, opened again whenever it is lost, with everything that is subscribed to."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from operator import methodcaller
from random import random
from ssl import SSLContext
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed as SocketClosed
from websockets.exceptions import InvalidHandshake, InvalidURI

from constellation.protocol.limits import CLOSE_TIMEOUT_S, HANDSHAKE_TIMEOUT_S, PING_INTERVAL_S, PING_TIMEOUT_S
from constellation.sdk.errors import ConnectionClosed, FeedRefused, SdkError
from constellation.sdk.feed_streams import Stream
from constellation.sdk.feed_views import Json
from constellation.sdk.local_book import OutOfStep

log = logging.getLogger(__name__)

_MESSAGE_MAX_BYTES: Final = 1024 * 1024
_BACKOFF_S: Final = 0.1
_BACKOFF_MAX_S: Final = 5.0
_AGAIN: Final = ("OVERLOADED", "RATE_LIMITED")
_NOT_UNDERSTOOD: Final = (KeyError, IndexError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)


class FeedConnection:
    """Tells streams what the feed says of them.

    Args:
        url: such as ``wss://data.example.org/v1/ws``.
        ssl: for ``wss://``; by default the system's authorities are trusted.
        quiet_s: nothing heard for so long counts as a lost connection.

    Attributes:
        openings: how many connections have opened so far.
    """

    def __init__(self, url: str, ssl: SSLContext | None, quiet_s: float) -> None:
        self._url = url
        self._ssl = ssl
        self._quiet_s = quiet_s
        self.openings = 0
        self._socket: ClientConnection | None = None
        self._streams: dict[Stream[Any], None] = {}
        self._asked: dict[int, Stream[Any]] = {}
        self._last_id = 0
        self._pauses: set[asyncio.TimerHandle] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect; the first attempt is not repeated, later ones are for ever.

        Raises:
            ConnectionClosed: it did not succeed.
        """
        try:
            socket = await self._connect()
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            raise ConnectionClosed(None, f"{self._url} cannot be reached: {error}") from error
        self._runner = asyncio.create_task(self._run(socket))

    async def close(self) -> None:
        """End the connection, and with it every stream."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        self._end(ConnectionClosed(None, "the feed was closed"))

    def add(self, stream: Stream[Any]) -> None:
        """Subscribe, now and on every later connection.

        Raises:
            ConnectionClosed: the feed is not open.
        """
        if self._runner is None or self._runner.done():
            raise ConnectionClosed(None, "the feed is not open")
        self._streams[stream] = None
        self._subscribe(stream)

    def drop(self, stream: Stream[Any]) -> None:
        """The program does not listen any more."""
        self._streams.pop(stream, None)
        if stream.key is None or any(True for _ in self._streams_of(stream.key)):
            return
        self._send({"method": "unsubscribe", "params": stream.params})
        for other in list(self._asked.values()):  # which may be about to get what has just ended
            if other.params["channel"] == stream.params["channel"] and other in self._streams:
                self._subscribe(other)

    # The connection.

    async def _connect(self) -> ClientConnection:
        return await connect(
            self._url,
            ssl=(self._ssl or True) if self._url.startswith("wss://") else None,
            compression=None,
            max_size=_MESSAGE_MAX_BYTES,
            open_timeout=HANDSHAKE_TIMEOUT_S,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
        )

    async def _run(self, socket: ClientConnection) -> None:
        pause_s = _BACKOFF_S
        current: ClientConnection | None = socket
        try:
            while True:
                if current is not None and await self._converse(current):
                    pause_s = _BACKOFF_S
                await asyncio.sleep(pause_s * (0.5 + random() / 2))
                pause_s = min(2 * pause_s, _BACKOFF_MAX_S)
                current = None
                with suppress(OSError, TimeoutError, InvalidHandshake):
                    current = await self._connect()
        except Exception as error:
            log.exception("the feed stopped")
            self._end(ConnectionClosed(None, f"the feed failed: {error!r}"))

    async def _converse(self, socket: ClientConnection) -> bool:
        """Serve one connection; whether anything came of it."""
        self._socket = socket
        self.openings += 1
        heard = False
        try:
            for stream in self._streams:
                self._subscribe(stream)
            while True:
                try:
                    async with asyncio.timeout(self._quiet_s):
                        text = await socket.recv()
                except TimeoutError:
                    if not self._streams:  # nobody asked for anything, so nothing is said
                        continue
                    log.debug("nothing was heard from the feed")
                    return heard
                self._take(json.loads(text))
                heard = True
        except SocketClosed as error:
            log.debug("the connection to the feed ended", extra={"reason": str(error)})
        except _NOT_UNDERSTOOD as error:
            log.warning("the feed said something that is not understood", extra={"reason": repr(error)})
        finally:
            self._socket = None
            self._lose_all()
            socket.transport.abort()
        return heard

    def _lose_all(self) -> None:
        self._asked.clear()
        for pause in self._pauses:
            pause.cancel()
        self._pauses.clear()
        for stream in self._streams:
            stream.key = None
            stream.lose()

    def _end(self, error: SdkError) -> None:
        for stream in self._streams:
            stream.fail(error)

    # Messages.

    def _subscribe(self, stream: Stream[Any]) -> None:
        if self._socket is None or stream not in self._streams:
            return
        self._last_id += 1
        self._asked[self._last_id] = stream
        self._send({"method": "subscribe", "params": stream.params, "id": self._last_id})

    def _send(self, message: Json) -> None:
        """Send in order, without waiting; what cannot be sent is said again on the next connection."""
        socket = self._socket
        if socket is None:
            return

        async def send() -> None:
            with suppress(SocketClosed):
                await socket.send(json.dumps(message))

        task = asyncio.create_task(send())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def _streams_of(self, key: tuple[object, ...]) -> Iterator[Stream[Any]]:
        return (stream for stream in self._streams if stream.key == key)

    def _take(self, message: Json) -> None:
        if "success" in message:
            self._take_answer(message)
        elif message["channel"] == "heartbeat":
            for book in message["data"]["books"]:
                self._tell(_key("book", book["market"], book), methodcaller("heard", book["sequence"]))
        else:
            kind, market, data = message["type"], _market_of(message), message["data"]
            key = _key(message["channel"], market, data)
            self._tell(key, lambda stream: stream.take(kind, market, data))

    def _take_answer(self, message: Json) -> None:
        stream = self._asked.pop(message["id"], None) if message["id"] is not None else None
        if stream is None:
            return
        if message["success"]:
            stream.key = _key(message["result"]["channel"], _market_of(message["result"]), message["result"])
            if stream not in self._streams:  # the program lost interest meanwhile
                self.drop(stream)
        elif message["error"]["code"] in _AGAIN:
            self._again(stream)
        else:
            stream.fail(FeedRefused(str(message["error"]["code"]), str(message["error"]["message"])))

    def _tell(self, key: tuple[object, ...], what: Callable[[Stream[Any]], None]) -> None:
        for stream in self._streams_of(key):
            try:
                what(stream)
            except OutOfStep as error:
                log.info("subscribing again", extra={"reason": str(error)})
                stream.lose()
                self._again(stream)
            stream.wake()

    def _again(self, stream: Stream[Any]) -> None:
        """Ask for a fresh snapshot: at once, and later if that does not help."""
        pause_s = 0.0 if stream.failures == 0 else min(_BACKOFF_S * 2**stream.failures, _BACKOFF_MAX_S)
        stream.failures += 1

        def subscribe() -> None:
            self._pauses.discard(pause)
            self._subscribe(stream)

        pause = asyncio.get_running_loop().call_later(pause_s, subscribe)
        self._pauses.add(pause)


def _market_of(message: Json) -> str:
    """Empty where it is about all markets."""
    return str(message.get("market", ""))


def _key(channel: str, market: str, data: Json) -> tuple[object, ...]:
    """How messages and answers name a subscription."""
    return channel, market, data.get("depth"), data.get("group"), data.get("period")
