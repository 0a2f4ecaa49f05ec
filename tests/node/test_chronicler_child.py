"""The chronicler that alpha runs beside itself: it follows, comes back when it is killed, and ends with alpha."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from constellation.node.sandbox import CHRONICLER, Sandbox
from tests.node.test_chronicler_processes import digests

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("processes"),
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="children are looked for in /proc"),
]


class SandboxWithChild(Sandbox):
    """Its alpha runs a chronicler."""

    def _config(self, node: str, number: int) -> str:
        text = super()._config(node, number)
        section = f"""\
chronicle_listen = "127.0.0.1:{self.ports.chronicle[0]}"
[chronicler]
run = true
listen = "127.0.0.1:{self.ports.chronicler}"
http_listen = "127.0.0.1:{self.ports.chronicler_http}"
[alpha]
"""
        return text.replace("[alpha]\n", section)


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    sandbox = SandboxWithChild(tmp_path / "sandbox", close_interval_s=0.25)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()


def chroniclers(directory: Path) -> list[int]:
    """Processes with this sandbox's chronicler as their program: those whose files are in its folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            is_one = b"constellation.node.chronicler_child" in (path / "cmdline").read_bytes()
            files = [os.readlink(file) for file in (path / "fd").iterdir()] if is_one else []
        except OSError:
            continue
        if any(file.startswith(str(directory)) for file in files):
            found.append(int(path.name))
    return found


async def until(what: Callable[[], bool], patience_s: float = 30.0) -> None:
    async with asyncio.timeout(patience_s):
        while not what():
            await asyncio.sleep(0.05)


async def follows(sandbox: Sandbox) -> int:
    """Wait until its history has what is final now; the apex."""
    wanted = max(1, int(str((await sandbox.status("alpha"))["certified_apex"])))  # ledgers become quanta soon
    async with asyncio.timeout(60):
        while True:
            try:
                apex = int(str((await sandbox.status(CHRONICLER))["apex"]))
            except OSError:
                apex = -1
            if apex >= wanted:
                return apex
            await asyncio.sleep(0.1)


async def test_it_follows_comes_back_and_ends_with_alpha(sandbox: Sandbox) -> None:
    directory = sandbox.data_directory("alpha")
    first = await follows(sandbox)
    (child,) = chroniclers(directory)

    os.kill(child, signal.SIGKILL)
    await until(lambda: chroniclers(directory) not in ([], [child]))
    assert await follows(sandbox) >= first
    (child,) = chroniclers(directory)

    await sandbox.kill_node("alpha")
    await until(lambda: not chroniclers(directory))

    await sandbox.start_node("alpha")
    await sandbox.ready("alpha")
    last = await follows(sandbox)
    await sandbox.processes["alpha"].stop()
    assert chroniclers(directory) == []
    database = f"sqlite:///{directory / 'chronicler' / 'chronicle.sqlite'}"
    written = digests("--config", str(sandbox.directory / "alpha.toml"), "--database-url", database)
    assert written["apex"] >= last
