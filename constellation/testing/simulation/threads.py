"""Worker threads of a simulation: work is done at once, when its time has come, and takes as long as the disk says."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any, Final

from constellation.testing.simulation.hosts import PROCESS, Process

DELAY_S: Final = 0.0005
"""What a disk takes for a piece of work when it is well."""


class Disk:
    """What a machine's disk does to the work of the threads that use it.

    Args:
        random: decides.

    Attributes:
        delay_s: how long a piece of work takes, on average.
        before: called before a piece of work; may raise in its place.
        after: called after it; may raise in place of its result.
        file: that grows when something is written, if there is one.
        unsafe: what was written to it since the work that nobody was told about began: (file, length before). A power
            failure may leave any part of it.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self.mend()
        self.file: Path | None = None
        self.unsafe: tuple[Path, int] | None = None

    def mend(self) -> None:
        """It is well: neither slow nor failing."""
        self.delay_s = DELAY_S
        self.before: Callable[[], None] = nothing
        self.after: Callable[[], None] = nothing

    def begin(self) -> None:
        """A piece of work begins."""
        if self.file is not None and self.file.exists() and self.unsafe is None:
            self.unsafe = self.file, self.file.stat().st_size

    def draw_s(self) -> tuple[float, float]:
        """When a piece of work is done, and when whoever waits for it is told, after its begin."""
        whole_s = self.delay_s * self._random.choice((0.5, 1.0, 1.0, 1.5, 4.0))
        return whole_s * self._random.random(), whole_s


def nothing() -> None:
    """Nothing goes wrong."""


class _Thread:
    """The one worker of an executor."""

    def __init__(self, process: Process, disk: Disk) -> None:
        self._context = process.context
        self._disk = disk
        self._free_s = 0.0
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        loop = asyncio.get_running_loop()
        begin_s = max(loop.time(), self._free_s)
        done_s, told_s = self._disk.draw_s()
        self._free_s = begin_s + told_s
        self._waiting.append((future, work))
        loop.call_at(begin_s + done_s, self._work, future, begin_s + told_s, context=self._context)
        return future

    def _work(self, future: Future[Any], told_s: float) -> None:
        if self._waiting and self._waiting[0][0] is future:
            _, work = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                self._disk.begin()
                tell = self._outcome(future, work)
                asyncio.get_running_loop().call_at(told_s, self._tell, tell, context=self._context)

    def _tell(self, tell: Callable[[], None]) -> None:
        self._disk.unsafe = None
        tell()

    def _outcome(self, future: Future[Any], work: Callable[[], Any]) -> Callable[[], None]:
        try:
            self._disk.before()
            result = work()
            self._disk.after()
        except BaseException as error:
            failure = error
            return lambda: future.set_exception(failure)
        return lambda: future.set_result(result)

    def finish(self, *, cancels: bool) -> None:
        """Do what is left now."""
        while self._waiting:
            future, work = self._waiting.popleft()
            if cancels:
                future.cancel()
            elif future.set_running_or_notify_cancel():
                self._outcome(future, work)()


def install(disk_of: Callable[[Process], Disk]) -> None:
    """Let every thread pool work in the simulation.

    Args:
        disk_of: the disk of a process's machine.
    """
    threads: dict[tuple[ThreadPoolExecutor, Process], _Thread] = {}  # the loop's own executor serves all processes

    def submit(self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        process = PROCESS.get()
        thread = threads.get((self, process))
        if thread is None:
            thread = threads[self, process] = _Thread(process, disk_of(process))
        return thread.submit(lambda: function(*args, **options))

    def shutdown(self: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False) -> None:
        thread = threads.pop((self, PROCESS.get()), None)
        if thread is not None and (wait or cancel_futures):
            thread.finish(cancels=cancel_futures)

    ThreadPoolExecutor.submit = submit  # type: ignore[method-assign, assignment]
    ThreadPoolExecutor.shutdown = shutdown  # type: ignore[method-assign, assignment]
