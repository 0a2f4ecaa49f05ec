"""Machines of a simulation and the programs that run on them.

A :class:`Process` can be stopped and continued, or killed: nothing of it runs any more then, no ``finally`` either.
What network and disk still do with what it had asked for is their business.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from enum import Enum, auto
from pathlib import Path
from typing import Any

PROCESS: ContextVar["Process"] = ContextVar("PROCESS")
"""Whose code is running; everything that it starts inherits it."""


class ProcessState(Enum):
    """What a process may do."""

    RUNNING = auto()
    STOPPED = auto()
    ENDED = auto()


class Host:
    """A machine: it has an address, a clock and a disk, and outlives its programs.

    Args:
        name: unique.
        address: an IPv4 address.
        directory: what is on its disk.

    Attributes:
        clock_offset_us: how far its clock is ahead of the true time.
        is_powered: without power it does not even refuse connections.
        process: the program that runs on it, or ran last.
        lives: how many there were.
        on_end: told when a process has ended, killed or by itself: its connections are the system's now.
    """

    def __init__(self, name: str, address: str, directory: Path) -> None:
        self.name = name
        self.address = address
        self.directory = directory
        self.clock_offset_us = 0
        self.is_powered = True
        self.process: Process | None = None
        self.lives = 0
        self.on_end: Callable[[Process], None] = lambda _: None

    @property
    def is_running(self) -> bool:
        """Whether a program runs on it, stopped or not."""
        return self.process is not None and not self.process.has_ended

    def start(self, program: Callable[[], Coroutine[Any, Any, None]]) -> "Process":
        """Run ``program`` on this machine."""
        assert not self.is_running, f"something runs on {self.name} already"
        self.is_powered = True
        self.lives += 1
        self.process = Process(self)
        self.process.run(program)
        return self.process

    def __repr__(self) -> str:
        return f"<Host {self.name}>"


class Process:
    """One life of a program.

    Args:
        host: on which it runs.

    Attributes:
        state: whether its code runs.
        context: of everything that it does.
        main: its outcome, when it ends by itself.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.state = ProcessState.RUNNING
        self.context: Context = copy_context()
        self.context.run(PROCESS.set, self)
        self.main: asyncio.Task[None] | None = None
        self._held: list[Callable[[], None]] = []

    def run(self, program: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin."""
        self.main = asyncio.get_running_loop().create_task(program(), context=self.context)
        self.main.add_done_callback(self._finished, context=self.context)

    def _finished(self, main: asyncio.Task[None]) -> None:
        self.end()
        if not main.cancelled():
            main.exception()  # it was seen: whoever started the program looks at it

    @property
    def has_ended(self) -> bool:
        """Whether it was killed, or ended by itself."""
        return self.state is ProcessState.ENDED or (self.main is not None and self.main.done())

    @property
    def error(self) -> BaseException | None:
        """Why it ended by itself, if it did not end well."""
        if self.main is None or not self.main.done() or self.main.cancelled():
            return None
        return self.main.exception()

    def stop(self) -> None:
        """As SIGSTOP does."""
        if self.state is ProcessState.RUNNING:
            self.state = ProcessState.STOPPED

    def resume(self) -> None:
        """As SIGCONT does: what was due meanwhile happens now."""
        if self.state is ProcessState.STOPPED:
            self.state = ProcessState.RUNNING
            held, self._held = self._held, []
            loop = asyncio.get_running_loop()
            for callback in held:
                loop.call_soon(callback, context=Context())

    def end(self) -> None:
        """As SIGKILL does: none of its code runs any more."""
        self.state = ProcessState.ENDED
        self._held.clear()
        self.host.on_end(self)

    def admit(self, callback: Callable[[], None]) -> bool:
        """Whether something of this process may run now; ``callback`` is called later when it is only stopped."""
        if self.state is ProcessState.STOPPED:
            self._held.append(callback)
        return self.state is ProcessState.RUNNING
