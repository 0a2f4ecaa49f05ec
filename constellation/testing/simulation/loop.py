"""An event loop whose time is virtual: it jumps to the next timer whenever nothing is left to do.

What runs in it is the code that runs in production. Its order is that of the calls, and nothing depends on where an
object lies in memory: tasks and futures, which asyncio keeps in sets, are numbered.
"""

import asyncio
import heapq
import socket
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from itertools import count
from typing import Any

from constellation.testing.simulation.hosts import PROCESS
from constellation.testing.simulation.network import Address, Listening, Network, Server, Transport

_RESOLUTION_S = 1e-6


class Deadlock(AssertionError):
    """Nobody will ever do anything again."""


def _is_admitted(context: Context, run: Callable[[], None]) -> bool:
    process = context.get(PROCESS)
    return process is None or process.admit(run)


class _Handle(asyncio.Handle):
    """A callback that is not called when its process does not run."""

    __slots__ = ()

    def _run(self) -> None:
        if not self.cancelled() and _is_admitted(self._context, self._run):  # type: ignore[attr-defined]
            super()._run()


class _TimerHandle(asyncio.TimerHandle):
    __slots__ = ()

    def _run(self) -> None:
        if not self.cancelled() and _is_admitted(self._context, self._run):  # type: ignore[attr-defined]
            super()._run()


class _Future(asyncio.Future[Any]):
    _numbers = count()

    def __init__(self, *, loop: asyncio.AbstractEventLoop) -> None:
        self._number = next(self._numbers)
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self._number


class _Task(asyncio.Task[Any]):
    _numbers = count()

    def __init__(self, work: Generator[Any, None, Any] | Coroutine[Any, Any, Any], **options: Any) -> None:
        self._number = next(self._numbers)
        super().__init__(work, **options)

    def __hash__(self) -> int:
        return self._number


class _Clock:
    """In the place of a selector: nothing comes from outside, so to wait is to move the time."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Deadlock("no timer is left")
        self.now_s += max(0.0, timeout)
        return []

    def close(self) -> None:
        """There is nothing to close."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs all processes of a simulation.

    Args:
        network: that connects them.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network
        self._selector = _Clock()
        self._clock_resolution = _RESOLUTION_S
        self._tasks: list[_Task] = []  # a task that was killed must not be freed: that would run its ``finally`` blocks
        self._dialled: dict[socket.socket, Address] = {}
        self.slow_callback_duration = float("inf")

    def time(self) -> float:
        """Seconds since the simulation began."""
        return self._selector.now_s

    # --- what BaseEventLoop leaves to its subclasses ------------------------------------------------------------

    def _process_events(self, event_list: list[Any]) -> None:
        assert not event_list

    def _write_to_self(self) -> None:
        """Nobody sleeps."""

    # --- callbacks that belong to processes ---------------------------------------------------------------------

    def _call_soon(self, callback: Callable[..., object], args: Any, context: Context | None) -> asyncio.Handle:
        handle = _Handle(callback, args, self, context)
        self._ready.append(handle)  # type: ignore[attr-defined]
        return handle

    def call_at(  # type: ignore[override]  # no types of the arguments one by one
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """See :class:`asyncio.AbstractEventLoop`."""
        timer = _TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        """See :class:`asyncio.AbstractEventLoop`."""
        return _Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, Any] | Coroutine[Any, Any, Any],
        *,
        name: object = None,
        context: Context | None = None,
        **_options: Any,
    ) -> asyncio.Task[Any]:
        """See :class:`asyncio.AbstractEventLoop`."""
        task = _Task(coro, loop=self, name=name, context=context)
        self._tasks.append(task)
        return task

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Callable[..., object], *args: Any
    ) -> None:
        """Nobody sends signals: processes are stopped and killed from outside."""

    def remove_signal_handler(self, sig: int) -> bool:
        """There is none."""
        return False

    # --- the network --------------------------------------------------------------------------------------------

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Reach ``address``; the socket only stands for the way to it."""
        target = (str(address[0]), int(address[1]))
        await self._network.reach(PROCESS.get(), target)
        self._dialled[sock] = target

    async def create_connection(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.Protocol],
        host: str | None = None,
        port: int | None = None,
        *,
        sock: socket.socket | None = None,
        **_options: Any,
    ) -> tuple[Transport, asyncio.Protocol]:
        """See :class:`asyncio.AbstractEventLoop`."""
        process = PROCESS.get()
        if sock is not None:
            target = self._dialled.pop(sock)
            sock.close()
        else:
            target = (str(host), int(port or 0))
            await self._network.reach(process, target)
        return self._network.connect(process, target, protocol_factory)

    async def create_server(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.Protocol],
        host: str | None = None,
        port: int | None = None,
        *,
        sock: Listening | None = None,
        **_options: Any,
    ) -> Server:
        """See :class:`asyncio.AbstractEventLoop`."""
        address = (str(host), int(port or 0)) if sock is None else sock.address
        return self._network.listen(PROCESS.get(), address, protocol_factory, sock)
