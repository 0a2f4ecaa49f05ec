"""Gives notices to a program."""

import asyncio
import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from constellation.node.notices.delivery import DeliveryFailed
from constellation.node.notices.kinds import Severity
from constellation.node.notices.notice import Notice

_INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
"""Of the environment; the rest of the node's is nobody's business."""


class Command:
    """A program that takes a notice as JSON on its standard input, and ends with 0 when it has.

    What it prints goes nowhere: it might be a secret.

    Args:
        name: for logs and metrics.
        least: severity of what it is given.
        command: the program and its arguments.
    """

    def __init__(self, name: str, least: Severity, command: Sequence[str]) -> None:
        self.name = name
        self.least = least
        self._command = command

    async def deliver(self, notice: Notice) -> None:
        """Run it; it ends, with all that it has started in its session, when the attempt is ended.

        Raises:
            DeliveryFailed: it cannot be run, or ended with something else than 0.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env={name: os.environ[name] for name in _INHERITED if name in os.environ},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise DeliveryFailed(f"the program cannot be run: {error.strerror}") from None
        try:
            await process.communicate(json.dumps(notice.to_json()).encode() + b"\n")
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode:
            raise DeliveryFailed(f"the program ended with {process.returncode}")
