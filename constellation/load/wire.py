"""A WebSocket that costs its client little: what is sent within one turn of the event loop leaves in one piece."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Final, Self

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from constellation.protocol import limits
from constellation.sdk import ConnectionClosed

_OPEN_TIMEOUT_S: Final = 10.0


class Wire(asyncio.Protocol):
    """One connection.

    Args:
        url: of alpha's gateway.
        on_frame: is given every binary message.
        on_end: is called once when the connection has ended.
    """

    def __init__(self, url: str, on_frame: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._protocol = ClientProtocol(parse_uri(url), max_size=limits.CLIENT_REPLY_MAX_BYTES)
        self._on_frame = on_frame
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended = asyncio.Event()
        self._transport: asyncio.Transport
        self._is_flushing = False

    @classmethod
    async def open(cls, url: str, on_frame: Callable[[bytes], None], on_end: Callable[[], None]) -> Self:
        """An open connection; the arguments are those of the class.

        Raises:
            ConnectionClosed: there is none.
        """
        wire = cls(url, on_frame, on_end)
        uri = parse_uri(url)
        context = ssl.create_default_context() if uri.secure else None
        try:
            async with asyncio.timeout(_OPEN_TIMEOUT_S):
                await wire._loop.create_connection(lambda: wire, uri.host, uri.port, ssl=context)
                await wire._opened
        except (OSError, TimeoutError, InvalidHandshake) as error:
            raise ConnectionClosed(None, f"no connection to {url}: {error}") from None
        return wire

    def send(self, data: bytes) -> None:
        """Send a binary message, together with what else is sent in this turn; nothing after the end."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_binary(data)
            if not self._is_flushing:
                self._is_flushing = True
                self._loop.call_soon(self._flush)

    async def close(self) -> None:
        """Close in good order."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1000)
            self._flush()
        try:
            async with asyncio.timeout(limits.CLOSE_TIMEOUT_S):
                await self._ended.wait()
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def _flush(self) -> None:
        self._is_flushing = False
        if data := b"".join(self._protocol.data_to_send()):
            self._transport.write(data)

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See :class:`asyncio.Protocol`."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                if event.opcode is Opcode.BINARY:
                    self._on_frame(bytes(event.data))
            elif isinstance(event, Response) and not self._opened.done():
                self._answered()
        self._flush()
        if self._protocol.close_expected():
            self._transport.close()

    def _answered(self) -> None:
        error = self._protocol.handshake_exc
        if error is None:
            self._opened.set_result(None)
        else:
            self._opened.set_exception(InvalidHandshake(str(error)))

    def eof_received(self) -> None:
        """See :class:`asyncio.Protocol`."""
        self._protocol.receive_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._ended.set()
        if not self._opened.done():
            self._opened.set_exception(exc or ConnectionResetError("it was closed at once"))
        self._on_end()
