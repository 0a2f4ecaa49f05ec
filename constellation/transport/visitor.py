"""A WebSocket connection that costs its sender what it costs alpha.

The library parses everything that a socket has at once, answers every ping, and waits for the rest of a message for
ever. Here a connection is read in small pieces, the others in between; it is not read while it has sent too much for
the moment, or does not read what it was sent; and a message must be complete within a time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

from constellation.protocol.messages import Code
from constellation.transport.addresses import source_of
from constellation.transport.listening import ListeningSocket
from constellation.transport.metrics import DoorMetrics
from constellation.transport.pace import Pace
from constellation.transport.valve import Reason, Valve

REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

_FILLERS = (Opcode.CONT, Opcode.PING, Opcode.PONG)
_PIECE_BYTES = 2048
_FRAMES_AT_ONCE = 16
_BYTES_PER_FRAME = 4096
_PAUSE_MIN_S = 0.02
_FILLERS_PER_SECOND = 10.0
_FILLERS_BURST = 64
_STALL_S = 30.0
_STALL_MIN_BYTES = 32 * 1024


def _nothing() -> None:
    """Nobody is left to stop."""


def _say_nothing(_code: Code, _reason: str) -> None:
    """Nobody is left to be told."""


@dataclass(slots=True, frozen=True)
class Manners:
    """What is expected of the connections of one port.

    Attributes:
        message_timeout_s: from the first byte of a message to its last.
        per_second: frames of one connection in the long run, pings and fragments, too.
        burst: at once.
        of_address: the same for all connections of a network address together.
    """

    message_timeout_s: float
    per_second: float
    burst: int
    of_address: Pace


class Visitor(ServerConnection):
    """A connection whose peer may be anybody.

    Args:
        listening: where it was accepted.
        manners: that are expected.
        metrics: of the port.
        port: its name there.
        args: of the WebSocket library.
        options: of the WebSocket library.

    Attributes:
        complain: told when the connection must be closed, and why; by default it is cut.
    """

    def __init__(
        self,
        listening: ListeningSocket,
        manners: Manners,
        metrics: DoorMetrics,
        port: str,
        *args: Any,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.complain: Callable[[Code, str], None] = self._cut
        self._listening = listening
        self._manners = manners
        self._pace = Pace(manners.per_second, manners.burst)
        self._fillers = Pace(_FILLERS_PER_SECOND, _FILLERS_BURST)
        self._slowed = metrics.slowed.labels(port)
        self._source = ""
        self._backlog = bytearray()
        self._frames = 0
        self._turn: asyncio.Handle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._message: asyncio.TimerHandle | None = None
        self._messages = 0

    def _cut(self, _code: Code, _reason: str) -> None:
        self.transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TCP has accepted it, and TLS is done."""
        super().connection_made(transport)
        self._valve = Valve(self.transport)
        self.recv_messages.pause = lambda: self._valve.shut(Reason.QUEUE)
        self.recv_messages.resume = lambda: self._reopen(Reason.QUEUE)
        self._source = source_of(transport.get_extra_info("peername"))
        self._number = transport.get_extra_info("socket").fileno()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        for timer in (self._turn, self._stall, self._message):
            if timer is not None:
                timer.cancel()
        self._backlog.clear()
        super().connection_lost(exc)
        # What ended connections hold of themselves would wait for a full collection, which is rare.
        self.recv_messages.pause = self.recv_messages.resume = _nothing
        self.complain = _say_nothing
        self._turn = self._stall = self._message = None

    def data_received(self, data: bytes) -> None:
        """Bytes have come: take what may be taken now."""
        self._backlog += data
        if self._turn is None and self._may_take:
            self._take()

    def eof_received(self) -> None:
        """No more will come; who ends like this, without a closing, does not mind what was not read."""
        self._backlog.clear()
        super().eof_received()

    def pause_writing(self) -> None:
        """The peer does not read: what it sends is not read either, and nothing piles up that answers it."""
        super().pause_writing()
        self._valve.shut(Reason.WRITING)
        self._watch_stall(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """It reads again."""
        if self._stall is not None:
            self._stall.cancel()
        super().resume_writing()
        self._reopen(Reason.WRITING)

    def process_event(self, event: Frame | Request | Response) -> None:
        """Count what was parsed."""
        self._frames += 1
        if isinstance(event, Frame):
            if event.fin and event.opcode in DATA_OPCODES:
                self._messages += 1
            if (event.opcode in _FILLERS or not event.fin) and self.protocol.state is State.OPEN:
                self._count_filler()
        super().process_event(event)

    def _count_filler(self) -> None:
        """Few peers have reason to send pings or pieces of messages, and nobody many: they cost what requests cost."""
        if not self._fillers.admits("", self.loop.time()) and not self._valve.is_shut_for(Reason.ENDING):
            self._valve.shut(Reason.ENDING)
            self._backlog.clear()
            self.complain(Code.RATE_LIMITED, "too many pings, or pieces of messages")

    # Turns.

    @property
    def _may_take(self) -> bool:
        return not self._valve.is_shut_for(Reason.QUEUE, Reason.WRITING, Reason.ENDING)

    def _reopen(self, reason: Reason) -> None:
        self._valve.open(reason)
        if self._backlog and self._turn is None and self._may_take:
            self._turn = self.loop.call_soon(self._go_on)

    def _take(self) -> None:
        """Parse some frames; the rest is taken when others have had their turn, and when it is paid for."""
        self._frames = size = 0
        while self._backlog and self._frames < _FRAMES_AT_ONCE:
            piece = bytes(self._backlog[:_PIECE_BYTES])
            del self._backlog[:_PIECE_BYTES]
            size += len(piece)
            super().data_received(piece)
        self._watch_message()
        wait_s = self._charge(self._frames + size // _BYTES_PER_FRAME)
        if wait_s:
            self._slowed.inc()
            self._turn = self.loop.call_later(wait_s, self._go_on)
        elif self._backlog and self._may_take:
            self._turn = self.loop.call_soon(self._go_on)
        if wait_s or self._backlog:
            self._valve.shut(Reason.TURN)
        else:
            self._valve.open(Reason.TURN)

    def _charge(self, frames: int) -> float:
        """The seconds to wait until what has come is paid for; short waits are put off."""
        now_s = self.loop.time()
        own_s = self._pace.charge("", frames, now_s)
        wait_s = max(own_s, self._manners.of_address.charge(self._source, frames, now_s))
        return wait_s if wait_s >= _PAUSE_MIN_S else 0.0

    def _go_on(self) -> None:
        self._turn = None
        if not self._backlog:
            self._valve.open(Reason.TURN)
        elif self._may_take:
            self._take()

    # Deadlines.

    def _watch_message(self) -> None:
        if self._message is None and self._is_in_message:
            self._begin_message()
        elif self._message is not None and not self._is_in_message:
            self._message.cancel()
            self._message = None

    @property
    def _is_in_message(self) -> bool:
        """Whether the rest of a message is missing; what has come of it is with the library."""
        if self.protocol.state is not State.OPEN:
            return False
        return self.protocol.current_size is not None or bool(self.protocol.reader.buffer) or not self._frames

    def _begin_message(self) -> None:
        self._message = self.loop.call_later(self._manners.message_timeout_s, self._end_message, self._messages)

    def _end_message(self, messages: int) -> None:
        """Time is up, if it is still the message that it began with, and alpha did read."""
        self._message = None
        if messages != self._messages or not self._valve.is_open:
            self._begin_message()
        else:
            self.complain(Code.TIMED_OUT, f"a message took more than {self._manners.message_timeout_s} seconds")

    def _watch_stall(self, size: int) -> None:
        self._stall = self.loop.call_later(_STALL_S, self._look_at_stall, size)

    def _look_at_stall(self, size: int) -> None:
        """Close what reads next to nothing; whoever reads slowly may go on."""
        now = self.transport.get_write_buffer_size()
        if size - now < _STALL_MIN_BYTES:
            self.complain(Code.SLOW_READER, f"almost nothing was read within {_STALL_S} seconds")
        else:
            self._watch_stall(now)

    # What the server calls.

    def admit(self, message_max_bytes: int) -> None:
        """It has proven who it is: it is no stranger any more, and may send larger messages."""
        if not self.transport.is_closing():  # else its descriptor may be another connection's
            self._listening.admit(self._number)
        self.protocol.max_message_size = message_max_bytes  # the library reads it anew for every frame

    def charge(self, frames: int) -> None:
        """Let what has come cost as much as so many frames more."""
        self._charge(frames)
