"""Gateway workers' processes: started, ended, and started ahead of the time at which there is something to do for them.

A worker takes a second or two to load its modules. One that has its seat already has done so when alpha opens its
gateway.
"""

import asyncio
import logging
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from constellation.transport.listening import sharing

log = logging.getLogger(__name__)

_LOAD_TIMEOUT_S: Final = 30.0
_EXIT_TIMEOUT_S: Final = 1.0


async def start_worker(*descriptors: int) -> Process:
    """A worker's process.

    Args:
        descriptors: its end of the channel, the socket to listen on, and perhaps one that it closes when it has loaded.
    """
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # it gets alpha's own path, and nothing of wherever alpha was started
        "-m",
        "constellation.node.gateway_worker",
        *map(str, descriptors),
        stdin=DEVNULL,
        pass_fds=descriptors,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


async def end_worker(process: Process) -> int:
    """Wait for a process whose channel has ended, not for ever; its exit status."""
    try:
        async with asyncio.timeout(_EXIT_TIMEOUT_S):
            return await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        return await process.wait()


@dataclass(frozen=True, slots=True)
class Seat:
    """A worker that waits to be told what to do.

    Attributes:
        process: of it.
        channel: alpha's end.
        listening: that it will listen on; not bound yet.
        loading: a pipe that ends when it has loaded its modules, or died.
    """

    process: Process
    channel: socket.socket
    listening: socket.socket
    loading: int

    @classmethod
    async def take(cls, host: str) -> "Seat":
        """Start one, for a port of ``host``."""
        channel, others = socket.socketpair()
        listening, (loading, loaded) = sharing(host), os.pipe()
        try:
            process = await start_worker(others.fileno(), listening.fileno(), loaded)
        except BaseException:
            os.close(loading)
            channel.close()
            listening.close()
            raise
        finally:
            others.close()
            os.close(loaded)
        return cls(process, channel, listening, loading)

    async def loaded(self) -> None:
        """Wait until it has nothing more to load, not for ever."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.loading, ended.set)
        try:
            async with asyncio.timeout(_LOAD_TIMEOUT_S):
                await ended.wait()
        except TimeoutError:
            log.warning("a gateway worker takes long to load", extra={"process": self.process.pid})
        finally:
            loop.remove_reader(self.loading)

    def leave(self) -> tuple[Process, socket.socket]:
        """What is needed of it when it begins to work."""
        os.close(self.loading)
        return self.process, self.channel


@asynccontextmanager
async def seats(host: str, count: int) -> AsyncIterator[list[Seat]]:
    """So many workers, as long as the block takes; whoever gives one something to do removes it from the list."""
    taken: list[Seat] = []
    try:
        for _ in range(count):
            taken.append(await Seat.take(host))
        yield taken
    finally:
        for seat in taken:
            process, channel = seat.leave()
            channel.close()
            seat.listening.close()
            await end_worker(process)
