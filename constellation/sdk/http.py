"""What a client asks of an auditor's HTTP port; unlike a thread's, these requests can be given up at any moment."""

import asyncio
from ssl import SSLContext, create_default_context
from urllib.parse import urlsplit

_ANSWER_MAX_BYTES = 1024 * 1024

FAILURES = (OSError, EOFError, ValueError, AttributeError, RecursionError, asyncio.LimitOverrunError)
"""What an auditor can bring about with its answer, or without one."""


async def exchange(url: str, body: bytes | None = None, ssl: SSLContext | None = None) -> tuple[int, bytes]:
    """Status and body of the answer to a GET, or to a POST of ``body``.

    Args:
        url: ``http://…`` or ``https://…``, with its query if there is one.
        body: to post.
        ssl: for ``https://``; by default the system's authorities are trusted.

    Raises:
        OSError: there is no connection.
        EOFError: it ended within the head.
        ValueError: the address is none, or the answer is no HTTP or too long.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it is no http:// or https:// address")
    context = (ssl or create_default_context()) if parts.scheme == "https" else None
    port = parts.port or (443 if context else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    try:
        host = parts.netloc.rpartition("@")[2]
        # HTTP/1.0: the answer comes as it is, and the connection ends with it.
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        head = f"{'GET' if body is None else 'POST'} {target} HTTP/1.0\r\nHost: {host}\r\n"
        if body is not None:
            head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}\r\n".encode("ascii") + (body or b""))
        answer = await reader.readuntil(b"\r\n\r\n")
        status = answer.split(maxsplit=2)[1:2]
        if not status or not status[0].isdigit():
            raise ValueError(f"it answered {answer[:40]!r}")
        try:
            await reader.readexactly(_ANSWER_MAX_BYTES + 1)
        except asyncio.IncompleteReadError as error:
            return int(status[0]), error.partial
        raise ValueError(f"its answer is longer than {_ANSWER_MAX_BYTES} bytes")
    finally:
        writer.transport.abort()
