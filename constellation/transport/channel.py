"""Messages between two processes of one machine, over a stream socket: each with its length in front.

What is sent in one turn of the event loop goes out with one system call. What is received is handed on in small
portions, so that a busy channel leaves the loop its turns.
"""

import asyncio
from collections.abc import Callable
from struct import Struct

_LENGTH = Struct(">I")
_FRAMES_PER_TURN = 32
_WRITE_HIGH_BYTES = 1024 * 1024


class ChannelBroken(Exception):
    """What came is no message, or is too long."""


class Channel(asyncio.Protocol):
    """One end.

    Args:
        on_frame: takes each message; what it raises ends the channel.
        on_end: called once with the reason, or None at the end of the stream.
        frame_max_bytes: of one message.
        waiting_max_bytes: that the other side has not read; past it the channel ends.
    """

    def __init__(
        self,
        on_frame: Callable[[bytes], None],
        on_end: Callable[[Exception | None], None],
        frame_max_bytes: int,
        waiting_max_bytes: int,
    ) -> None:
        self._on_frame = on_frame
        self._on_end = on_end
        self._frame_max_bytes = frame_max_bytes
        self._waiting_max_bytes = waiting_max_bytes
        self._transport: asyncio.Transport | None = None
        self._outgoing: list[bytes] = []
        self._received = bytearray()
        self._is_taking = False
        self._has_room = asyncio.Event()
        self._has_room.set()

    # What its owner calls.

    def send(self, frame: bytes) -> None:
        """Send a message; one that cannot arrive is dropped."""
        if self._transport is None or self._transport.is_closing():
            return
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self.flush)
        self._outgoing += (_LENGTH.pack(len(frame)), frame)

    def flush(self) -> None:
        """Hand what was sent to the system."""
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is None or self._transport.is_closing() or not outgoing:
            return
        self._transport.write(b"".join(outgoing))
        waiting = self._transport.get_write_buffer_size()
        if waiting > self._waiting_max_bytes:
            self._end(ChannelBroken(f"{waiting} bytes wait for the other process to read them"))

    async def room(self) -> None:
        """Wait until the other side has read most of what was sent."""
        await self._has_room.wait()

    def close(self) -> None:
        """Send what is left, and end."""
        self.flush()
        if self._transport is not None:
            self._transport.close()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The channel is open."""
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=_WRITE_HIGH_BYTES)
        self._transport = transport

    def pause_writing(self) -> None:
        """The other side is slow."""
        self._has_room.clear()

    def resume_writing(self) -> None:
        """It has read."""
        self._has_room.set()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._received += data
        if not self._is_taking:
            self._take()

    def _take(self) -> None:
        """Hand on some messages; the rest later."""
        self._is_taking = False
        if self._transport is None:
            return
        start = 0
        try:
            for _ in range(_FRAMES_PER_TURN):
                frame = self._frame(start)
                if frame is None:
                    break
                start += _LENGTH.size + len(frame)
                self._on_frame(frame)
        except Exception as error:  # a fault of one of the two programs; the owner starts a new one
            self._end(error)
            return
        del self._received[:start]
        if self._frame(0) is None:
            self._transport.resume_reading()
        else:
            self._is_taking = True
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._take)

    def _frame(self, start: int) -> bytes | None:
        if len(self._received) < start + _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._received, start)
        if length > self._frame_max_bytes:
            raise ChannelBroken(f"a message of {length} bytes; the most is {self._frame_max_bytes}")
        end = start + _LENGTH.size + length
        return bytes(self._received[start + _LENGTH.size : end]) if len(self._received) >= end else None

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self._finish(exc)

    def _end(self, error: Exception) -> None:
        transport = self._transport
        self._finish(error)
        if transport is not None:
            transport.abort()

    def _finish(self, error: Exception | None) -> None:
        if self._transport is None:
            return
        self._transport = None
        self._has_room.set()
        self._on_end(error)
