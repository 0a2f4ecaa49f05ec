"""A signer's socket: a Unix socket that only the node's user may talk to; each question has one answer, in order."""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from constellation.node.signer_desk import SignerDesk
from constellation.protocol.messages import MAX_SIGNED_BYTES

log = logging.getLogger(__name__)

LENGTH: Final = struct.Struct(">I")
FRAME_MAX_BYTES: Final = MAX_SIGNED_BYTES + 1024
"""What is signed, and what is around it."""

CONNECTIONS_MAX: Final = 64
"""A node has one, and each of its gateway workers."""

_FRAME_TIMEOUT_S = 5.0
_CREDENTIALS = struct.Struct("3i")  # process, user, group


class SignerService:
    """Serves a desk until it is stopped.

    Args:
        desk: answers.
        path: of the socket.
        users: their processes may ask; all others are turned away.
        on_failure: told when the desk cannot go on.
    """

    def __init__(
        self, desk: SignerDesk, path: Path, users: Collection[int], on_failure: Callable[[BaseException], None]
    ) -> None:
        self._desk = desk
        self._path = path
        self._users = users
        self._on_failure = on_failure
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the socket is in use, or cannot be made.
        """
        _remove_dead_socket(self._path)
        before = os.umask(0o177 if self._users == {os.getuid()} else 0o111)
        try:
            self._server = await asyncio.start_unix_server(self._connected, self._path)
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Close the socket and every connection; an answer that was begun is finished."""
        if self._server is None:
            return
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        with suppress(OSError):
            self._path.unlink()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            user = _user_of(writer.get_extra_info("socket"))
            if user not in self._users or len(self._connections) > CONNECTIONS_MAX:
                log.error("turned away", extra={"user": user, "connections": len(self._connections)})
                return
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
            log.debug("connection ended")
        except asyncio.CancelledError:
            log.debug("connection closed")
        except Exception as error:
            self._on_failure(error)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            if length > FRAME_MAX_BYTES:
                log.error("turned away: a message is too long", extra={"bytes": length})
                return
            async with asyncio.timeout(_FRAME_TIMEOUT_S):
                question = await reader.readexactly(length)
            answer = self._desk.answer(question)
            writer.write(LENGTH.pack(len(answer)) + answer)
            async with asyncio.timeout(_FRAME_TIMEOUT_S):
                await writer.drain()


def _user_of(connection: socket.socket) -> int:
    """The user of the process at the other end, as the system says."""
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(found)[1])


def _remove_dead_socket(path: Path) -> None:
    """Remove what a signer has left that did not end well."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(f"{path} is in use: another signer listens there")
