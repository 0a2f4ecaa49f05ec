"""The chronicler that alpha or an auditor runs beside itself: a process of its own, so that it slows nobody down."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from constellation.node.config import NodeConfig, local_url
from constellation.node.hangups import on_hangup
from constellation.node.logs import log_level

log = logging.getLogger(__name__)

_PAUSE_MIN_S, _PAUSE_MAX_S = 0.5, 30.0
_STEADY_S = 60.0
_END_TIMEOUT_S = 10.0


class ChroniclerProcess:
    """Runs it, again whenever it ends, until it is stopped. It ends by itself when this process does.

    Args:
        config: of the node that it follows.
    """

    def __init__(self, config: NodeConfig) -> None:
        self._plan = _plan(config)
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """End it."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    def _take_log_level(self) -> None:
        """This process has another log level now: so has the chronicler, in this life and later ones."""
        level = log_level()
        self._plan = self._plan.model_copy(update={"log_level": level})
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(f"{level}\n".encode())

    async def _keep_running(self) -> None:
        with on_hangup(self._take_log_level):
            await self._live_again_and_again()

    async def _live_again_and_again(self) -> None:
        loop = asyncio.get_running_loop()
        pause_s = _PAUSE_MIN_S
        while not self._stopping.is_set():
            begin_s = loop.time()
            try:
                status = await self._live()
            except OSError as error:
                status = None
                log.error("the chronicler cannot be started", extra={"reason": str(error)})
            if self._stopping.is_set():
                return
            log.error("the chronicler has ended", extra={"status": status})
            pause_s = _PAUSE_MIN_S if loop.time() - begin_s > _STEADY_S else min(2 * pause_s, _PAUSE_MAX_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._stopping.wait()

    async def _live(self) -> int:
        """One life, from its start to its end; its exit status."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "constellation.node.chronicler_child",
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "NOTIFY_SOCKET": "", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        assert process.stdin is not None
        process.stdin.write(self._plan.model_dump_json().encode() + b"\n")
        self._process = process
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
            process.stdin.close()  # which asks it to end
            async with asyncio.timeout(_END_TIMEOUT_S):
                return await asyncio.shield(ended)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            return await ended
        finally:
            self._process = None
            stopping.cancel()


def history_directory(config: NodeConfig) -> Path:
    """Where a chronicler keeps its history: below the node that runs it, or in a data directory of its own."""
    return config.data_directory / "chronicler" if config.chronicler.run else config.data_directory


def _plan(config: NodeConfig) -> NodeConfig:
    """The chronicler's own configuration: it follows this node, and has a folder of its own."""
    assert config.chronicle_listen is not None
    peer = local_url(config.chronicle_listen)
    section = config.chronicler.model_copy(update={"peers": (peer,), "run": False})
    directory = history_directory(config)
    return config.model_copy(update={"chronicler": section, "data_directory": directory})
