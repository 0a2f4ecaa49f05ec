"""Runs nodes as child processes of this one."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from constellation.node.config import ENVIRONMENT_PREFIX

_STOP_TIMEOUT_S = 10.0

LogLine = Callable[[str, str], None]
"""Called with the name of a process and a line that it logged."""


class ChildFailed(Exception):
    """A child process ended although nobody asked it to."""


class ChildProcess:
    """One node: its log goes to a file and to a callback; it ends with its parent.

    The child's standard input is a pipe that only this process holds: should this process die, the child reads the
    end of its input and stops.

    Args:
        name: for people.
        arguments: of the ``constellation`` command.
        log_path: where its log is appended.
        on_line: is shown every line of its log.
        directory: where it works; by default where this process does.
    """

    def __init__(
        self,
        name: str,
        arguments: list[str],
        log_path: Path,
        on_line: LogLine | None = None,
        directory: Path | None = None,
    ) -> None:
        self.name = name
        self._arguments = arguments
        self._log_path = log_path
        self._on_line = on_line
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process."""
        command = [sys.executable, "-m", "constellation.node.cli", *self._arguments, "--stop-on-eof"]
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._directory,
            env=_environment(),
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._copy_log())

    async def _copy_log(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._log_path.open("ab") as file:
            while line := await _read_line(self._process.stdout):
                file.write(line)
                file.flush()
                if self._on_line is not None:
                    self._on_line(self.name, line.decode(errors="replace").rstrip())

    @property
    def process_id(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and before."""
        return None if self._process is None else self._process.returncode

    def check(self) -> None:
        """Raise ChildFailed, with the end of its log, if it has ended and its log is complete."""
        if self.exit_code is not None and self._reader is not None and self._reader.done():
            tail = self._log_path.read_text(errors="replace").splitlines()[-8:]
            raise ChildFailed(f"{self.name} ended with exit code {self.exit_code}:\n" + "\n".join(tail))

    def kill(self) -> None:
        """End it at once, as a power failure would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def wait(self) -> int:
        """Wait until it ends; its exit code."""
        assert self._process is not None
        assert self._reader is not None
        code = await self._process.wait()
        await self._reader
        return code

    async def stop(self) -> int:
        """Ask it to end, and insist after a while; its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                return await self.wait()
        except TimeoutError:
            self.kill()
            return await self.wait()


def _environment() -> dict[str, str]:
    """This process's environment without the operator's own settings: they would win over each node's file."""
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(ENVIRONMENT_PREFIX)}
    return {**inherited, "PYTHONUNBUFFERED": "1"}


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """The next line, or what fits the stream's buffer of one that is longer; empty at the end."""
    try:
        return await stream.readuntil()
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await stream.readexactly(error.consumed)
