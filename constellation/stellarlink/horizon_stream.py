"""Server-sent events as Horizon writes them, read as hints: what counts is that something came, not what it says.

The data of an event is never used: whatever a stream loses, repeats or garbles makes a poll earlier or later, no more.
"""

from collections.abc import AsyncGenerator
from typing import Final

import aiohttp

from constellation.stellarlink.errors import MalformedAnswer, NetworkUnavailable

LINE_MAX_BYTES: Final = 64 * 1024
"""Longest line of a stream; a ledger takes about two kilobytes."""

STREAM_MAX_BYTES: Final = 4 * 1024 * 1024
"""Longest stream: Horizon ends one after a minute, or after 200 ledgers."""

SILENCE_MAX_S: Final = 30.0
"""A stream that says nothing for so long is given up: a ledger closes about every five seconds."""

STREAM_MAX_S: Final = 300.0
"""Longest time that one connection is read, whatever it says."""

_CONNECT_TIMEOUT_S: Final = 10.0
_MESSAGE: Final = "message"

STREAM_TIMEOUT: Final = aiohttp.ClientTimeout(
    total=STREAM_MAX_S, sock_connect=_CONNECT_TIMEOUT_S, sock_read=SILENCE_MAX_S
)


class EventParser:
    """Splits a stream into events, without I/O and in bounded memory."""

    def __init__(self) -> None:
        self._line = b""
        self._name = ""
        self._has_data = False

    def feed(self, chunk: bytes) -> list[str]:
        """The names of the events that ``chunk`` completes; one without a name is a ``message``.

        Raises:
            MalformedAnswer: a line is too long.
        """
        events: list[str] = []
        *lines, rest = (self._line + chunk).split(b"\n")
        self._line = rest
        if max(map(len, (*lines, rest))) > LINE_MAX_BYTES:
            raise MalformedAnswer(f"a line of more than {LINE_MAX_BYTES} bytes in an event stream")
        for line in lines:
            self._end_line(line.removesuffix(b"\r"), events)
        return events

    def _end_line(self, line: bytes, events: list[str]) -> None:
        if not line:
            if self._has_data:
                events.append(self._name or _MESSAGE)
            self._name, self._has_data = "", False
            return
        field, _, value = line.partition(b":")
        if field == b"event":
            self._name = value.strip()[:64].decode("ascii", "replace")
        elif field == b"data":
            self._has_data = True


async def read_events(response: aiohttp.ClientResponse) -> AsyncGenerator[None, None]:
    """Yields for every record that a stream brings, until it ends.

    Raises:
        NetworkUnavailable: the server reported an error on the stream.
        MalformedAnswer: this is no event stream, or one without bounds.
    """
    if response.content_type != "text/event-stream":
        raise MalformedAnswer(f"a stream of type {response.content_type!r:.80}")
    parser, received = EventParser(), 0
    async for chunk in response.content.iter_any():
        received += len(chunk)
        if received > STREAM_MAX_BYTES:
            raise MalformedAnswer(f"an event stream of more than {STREAM_MAX_BYTES} bytes")
        for name in parser.feed(chunk):
            if name == "close":
                return
            if name == "error":
                raise NetworkUnavailable("the server reports an error on the event stream")
            if name == _MESSAGE:
                yield
