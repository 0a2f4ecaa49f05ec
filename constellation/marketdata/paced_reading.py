"""Reads a connection no faster than an honest peer sends: what is read is parsed, and that costs this side.

aiohttp parses every frame that a socket has, however tiny, and shows only whole messages; so bytes are counted, before
it sees them.
"""

import asyncio
from typing import Any, Final

from constellation.protocol.limits import FEED_BYTES_BURST, FEED_BYTES_PER_SECOND
from constellation.transport.pace import Pace

_PIECE_BYTES: Final = 2048


class PacedReading(asyncio.Protocol):
    """Stands between a transport and its protocol.

    Args:
        transport: of an open connection.
        inner: its protocol until now.
    """

    def __init__(self, transport: asyncio.Transport, inner: asyncio.Protocol) -> None:
        self._transport = transport
        self._inner = inner
        self._pace = Pace(FEED_BYTES_PER_SECOND, FEED_BYTES_BURST)
        self._resume: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Hand it on, and read on later if there was too much."""
        self._inner.data_received(data)
        loop = asyncio.get_running_loop()
        wait_s = self._pace.charge("", len(data), loop.time())
        if wait_s > 0 and self._resume is None:
            self._transport.pause_reading()
            self._resume = loop.call_later(wait_s, self._read_on)

    def _read_on(self) -> None:
        self._resume = None
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def eof_received(self) -> bool | None:
        """Hand it on."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Hand it on."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Hand it on."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand it on."""
        if self._resume is not None:
            self._resume.cancel()
        self._inner.connection_lost(exc)


def pace_reading(transport: Any) -> None:
    """Read from ``transport`` in small pieces and at a bounded pace from now on."""
    transport.max_size = _PIECE_BYTES  # of one piece; others have their turn before the next
    transport.set_protocol(PacedReading(transport, transport.get_protocol()))
