"""An HTTP server without sockets: what comes in, in which pieces, and what goes out."""

import asyncio
import json
import logging
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from fuzzing.choices import Choices
from fuzzing.edits import edit_json

_STEPS = 40
"""Turns of the loop that a request may take; nothing in it waits for anything else."""

_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "M-SEARCH")
_HEADERS = (
    "Accept: text/event-stream", "Accept: text/html", "Accept: ,;,", "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/json; charset=utf-99",
    "Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: 99999999999", "Content-Encoding: gzip",
    "Expect: 100-continue", "Expect: x", "Connection: Upgrade", "Upgrade: websocket", "Host: [::", "Host: a:99999",
    "Host: \xff", "Host: b/c?d#e@f", "Host:", "Last-Event-ID: now", "Cookie: a=b; $x", "Range: bytes=0-",
    "X-Forwarded-For: 1", "Access-Control-Request-Headers: a\tb",
)  # fmt: skip


class _Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def writelines(self, list_of_data: Any) -> None:
        for data in list_of_data:
            self.written += data

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name == "peername" else default

    def pause_reading(self) -> None:
        """Nobody sends more than is given."""

    def resume_reading(self) -> None:
        """See above."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is room for everything."""


class _Failures(logging.Handler):
    """Keeps the exceptions that a server only logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        is_refused = record.name == "aiohttp.server" and isinstance(
            error, HttpProcessingError | web.RequestPayloadError
        )
        if error is not None and not is_refused:
            self.found.append(error)


_FAILURES = _Failures()
for _name in ("aiohttp.server", "constellation.sandbox"):
    logging.getLogger(_name).addHandler(_FAILURES)
    logging.getLogger(_name).propagate = False


async def exchange(server: web.Server, pieces: Sequence[bytes]) -> bytes:
    """What the server answers to a connection that sends these pieces and then ends.

    Raises:
        BaseException: whatever a handler did not expect; the answer was 500 then.
    """
    _FAILURES.found.clear()
    protocol, transport = server(), _Transport()
    protocol.connection_made(transport)
    for piece in pieces:
        if not transport.is_closed:
            protocol.data_received(piece)
        for _ in range(_STEPS):
            await asyncio.sleep(0)
    protocol.connection_lost(None)
    for _ in range(_STEPS):
        await asyncio.sleep(0)
    if _FAILURES.found:
        raise _FAILURES.found[0]
    return bytes(transport.written)


def request(choices: Choices, paths: Sequence[str], bodies: Sequence[tuple[str, str, object]]) -> bytes:
    """A request, from valid ones or from nowhere.

    Args:
        choices: which, and what is changed in it.
        paths: that there are.
        bodies: method, path and document of requests that carry one.
    """
    match choices.below(4):
        case 0:
            return choices.piece() + b"\r\n\r\n"
        case 1:
            method, path, document = choices.of(bodies)
            changed = edit_json(choices, json.loads(json.dumps(document)))
            body = json.dumps(changed).encode() if choices.below(8) else b"[" * 50_000
            return _head(choices, method, path, [f"Content-Length: {len(body)}"]) + body
        case 2:
            body = b"tx=" + choices.piece() + choices.of([b"", b"&tx=1", b"\xff", b"%ff%", b"&addr=x"])
            kind = "Content-Type: application/x-www-form-urlencoded"
            return _head(choices, "POST", choices.of(paths), [kind, f"Content-Length: {len(body)}"]) + body
        case _:
            return _head(choices, choices.of(_METHODS), choices.of(paths), [])


def _head(choices: Choices, method: str, path: str, headers: list[str]) -> bytes:
    place = choices.below(len(path) + 1) if choices.flag() else len(path)
    added = choices.of(
        ["", "", "?cursor=now&limit=1", "?limit=0", "?order=desc", "?cursor=%ff", "?join=transactions", "/"]
    )
    target = path[:place] + added + choices.piece().decode("latin-1").replace(" ", "%20") + path[place:]
    chosen = [choices.of(_HEADERS) for _ in range(choices.below(3))]
    host = [] if any(item.startswith("Host") for item in chosen) else ["Host: h"]
    lines = [f"{method} {target} HTTP/1.1", *host, *headers, *chosen]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"


def cut(choices: Choices, data: bytes) -> list[bytes]:
    """``data`` in up to four pieces."""
    places = sorted({0, len(data), *(choices.number(2) % (len(data) + 1) for _ in range(choices.below(4)))})
    return [data[start:end] for start, end in pairwise(places)]
