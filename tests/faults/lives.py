"""Lives of nodes within one process: which node runs what, and how one dies as if its power had gone.

A context variable says on whose behalf code runs; tasks and sockets inherit it. To die is: sockets are aborted, what
would come to the disk is refused (an open transaction rolls back), every task is cancelled where it is. The shutdown
code that Python then runs finds neither a network nor a disk, so it is no orderly shutdown.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from socket import socket
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from constellation.snapshots import LogWriter

_REAP_S = 20.0

_current: ContextVar["Life | None"] = ContextVar("life", default=None)


class Dead(asyncio.CancelledError):
    """Raised in the event loop where a dead node would act."""


class DeadDisk(Exception):
    """Raised in a thread where a dead node would write."""


class Life:
    """One run of a node.

    Attributes:
        name: of the node.
        is_dead: whether it was killed.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_dead = False
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._ended = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._transports: list[asyncio.Transport] = []
        self._servers: list[asyncio.Server] = []
        self._writers: list[LogWriter] = []
        self._main: asyncio.Task[None] | None = None

    def begin(self, run: Coroutine[Any, Any, None]) -> None:
        """Run the node."""
        context = copy_context()
        context.run(_current.set, self)
        self._main = self._loop.create_task(run, context=context)

    def writes(self, engine: Engine) -> bool:
        """Whether this is the database that the node writes."""
        return any(writer._log.engine is engine for writer in self._writers)

    def die(self) -> None:
        """End it at once; may be called from any thread, and raises there."""
        self.kill()
        raise Dead(self.name) if threading.get_ident() == self._thread else DeadDisk(self.name)

    def kill(self) -> None:
        """End it at once, from outside; may be called from any thread."""
        self.is_dead = True
        if threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._bury)
        else:
            self._bury()

    def _bury(self) -> None:
        for server in self._servers:
            server.close()
        for transport in self._transports:
            transport.abort()
        for task in self._tasks:
            task.cancel()
        self._ended.set()

    async def death(self) -> None:
        """Wait until it has died."""
        await self._ended.wait()

    async def reap(self) -> None:
        """Wait until nothing of it is left; what failed while it died does not matter."""
        assert self._main is not None
        async with asyncio.timeout(_REAP_S):
            await asyncio.gather(self._main, *self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer._thread.shutdown()
            writer._log.close()

    async def finish(self) -> None:
        """Wait for the end of an orderly shutdown."""
        assert self._main is not None
        async with asyncio.timeout(_REAP_S):
            await self._main

    @property
    def has_failed(self) -> bool:
        """Whether it has ended with an error of its own."""
        return self._main is not None and self._main.done() and self._main.exception() is not None

    async def failure(self) -> BaseException | None:
        """Wait until it ends by itself; the error."""
        assert self._main is not None
        await asyncio.wait([self._main], timeout=_REAP_S)
        return self._main.exception()

    def check(self) -> None:
        """Raise what has ended it, if it was not killed."""
        if not self.is_dead and self._main is not None and self._main.done():
            self._main.result()

    def note(self, kind: str, item: Any) -> None:
        """Take note of something that it has."""
        getattr(self, f"_{kind}").append(item)

    def note_task(self, task: asyncio.Task[Any]) -> None:
        """Take note of a task of its."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def current() -> Life | None:
    """On whose behalf this runs."""
    return _current.get()


class Registry:
    """All lives of a test, and the wraps by which they own what they make.

    Args:
        patch: undone by the test.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._lives: list[Life] = []
        self._made: list[asyncio.Transport] = []
        self.on_commit: Callable[[Life], None] = lambda _life: None
        self._own_tasks_and_sockets(patch)
        self._own_logs(patch)

    def new(self, name: str) -> Life:
        """A node's next life."""
        life = Life(name)
        self._lives = [other for other in self._lives if other.name != name]
        self._lives.append(life)
        return life

    async def cut(self) -> None:
        """End every connection that is left: a node that ends does not know of one that was accepted in that moment."""
        for transport in self._made:
            if not transport.is_closing():
                transport.abort()
        await asyncio.sleep(0)

    @property
    def living(self) -> list[Life]:
        """Those that have not been killed."""
        return [life for life in self._lives if not life.is_dead]

    def writer(self, engine: Engine) -> Life | None:
        """Who writes this database."""
        return next((life for life in self._lives if life.writes(engine)), None)

    def _own_tasks_and_sockets(self, patch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        make_transport, create_server = loop._make_socket_transport, loop.create_server  # type: ignore[attr-defined]

        def make_task(loop: asyncio.AbstractEventLoop, coroutine: Any, context: Any = None) -> asyncio.Task[Any]:
            task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, context=context)
            life = current() if context is None else context.get(_current)
            if life is not None:
                life.note_task(task)
            return task

        def make(sock: socket, *args: Any, server: Any = None, **options: Any) -> Any:
            if server is not None and server._sockets is None:
                sock.close()  # asyncio fails, too, but leaves to the collector what was accepted just before the end
                raise ConnectionAbortedError
            transport = make_transport(sock, *args, server=server, **options)
            self._made.append(transport)
            if (life := current()) is not None:
                life.note("transports", transport)
            return transport

        async def serve(*args: Any, **options: Any) -> Any:
            server = await create_server(*args, **options)
            if (life := current()) is not None:
                life.note("servers", server)
            return server

        loop.set_task_factory(make_task)  # type: ignore[arg-type]
        patch.setattr(loop, "_make_socket_transport", make)
        patch.setattr(loop, "create_server", serve)

    def _own_logs(self, patch: pytest.MonkeyPatch) -> None:
        create = LogWriter.__init__

        def init(writer: LogWriter, *args: Any, **options: Any) -> None:
            create(writer, *args, **options)
            if (life := current()) is not None:
                life.note("writers", writer)

        patch.setattr(LogWriter, "__init__", init)
        event.listen(Engine, "commit", self._commit)

    def _commit(self, connection: Connection) -> None:
        """Before every commit: a dead node does not commit."""
        life = self.writer(connection.engine)
        if life is None:
            return
        self.on_commit(life)
        if life.is_dead:
            raise DeadDisk(life.name)

    def close(self) -> None:
        """Undo what is not undone by the patch."""
        event.remove(Engine, "commit", self._commit)
        asyncio.get_running_loop().set_task_factory(None)
