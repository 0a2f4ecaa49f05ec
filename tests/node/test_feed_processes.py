"""A chronicler that publishes, and a feed server that follows through NATS, as processes; each is killed once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from constellation.node.processes import ChildProcess
from constellation.node.sandbox import CHRONICLER, Sandbox
from constellation.sdk import Client
from tests.chronicler.streams import NatsServer, free_port
from tests.node.test_chronicler_processes import digests, settled, trade
from tests.node.test_constellation import deposited

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]


class Feed:
    """A feed server of a sandbox, with a directory of its own."""

    def __init__(self, sandbox: Sandbox, server: NatsServer, directory: Path) -> None:
        self._sandbox = sandbox
        self._directory = directory
        self._url = f"http://127.0.0.1:{(port := free_port())}"
        directory.mkdir()
        self.config = directory / "feed.toml"
        self.config.write_text(f"""\
settings_file = "{sandbox.settings_path}"
data_directory = "{directory / "data"}"
[chronicler]
nats_url = "{server.url}"
listen = "127.0.0.1:{free_port()}"
http_listen = "127.0.0.1:{port}"
feed_listen = "127.0.0.1:{free_port()}"
""")

    async def start(self) -> None:
        self.process = ChildProcess("feed", ["feed", "--config", str(self.config)], self._directory / "feed.log", None)
        await self.process.start()

    async def status(self) -> dict[str, object]:
        async with aiohttp.ClientSession() as session, session.get(f"{self._url}/status") as response:
            return dict(await response.json())

    async def reached(self, apex: int) -> dict[str, object]:
        async with asyncio.timeout(30):
            while True:
                self.process.check()
                try:
                    status = await self.status()
                    if status["ready"] and int(str(status["apex"])) >= apex:
                        return status
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    await server.ready()
    yield server
    server.kill()


@pytest.fixture
async def sandbox(tmp_path: Path, server: NatsServer) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "sandbox", close_interval_s=0.25, chronicler=True)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()


async def test_a_feed_server_comes_to_the_same_history(sandbox: Sandbox, server: NatsServer, tmp_path: Path) -> None:
    config = sandbox.directory / f"{CHRONICLER}.toml"
    config.write_text(config.read_text() + f'nats_url = "{server.url}"\nnats_publish = true\n')
    await sandbox.processes[CHRONICLER].stop()
    await sandbox.start_node(CHRONICLER)
    feed = Feed(sandbox, server, tmp_path / "feed")
    await feed.start()
    try:
        await exercise(sandbox, server, feed)
        apex = await settled(sandbox)
        status = await feed.reached(apex)
        assert (status["role"], status["lag_batches"]) == ("feed", 0)
        assert await feed.process.stop() == 0
    finally:
        if feed.process.is_running:
            feed.process.kill()
            await feed.process.wait()
    await sandbox.processes[CHRONICLER].stop()
    assert digests("--config", str(feed.config)) == digests("--config", str(config))


async def exercise(sandbox: Sandbox, server: NatsServer, feed: Feed) -> None:
    """Trade while everything between is killed, one after the other."""
    traders = [await sandbox.new_trader("1000") for _ in range(2)]
    async with (
        Client(sandbox.client_url, sandbox.settings, traders[0]) as alice,
        Client(sandbox.client_url, sandbox.settings, traders[1]) as bob,
    ):
        await deposited(sandbox, traders[0], alice, {"XLM": "500"})
        await deposited(sandbox, traders[1], bob, {"XLM": "100", "USD": "200"})
        for victim in ("chronicler", "feed", "nats"):
            trading = asyncio.create_task(trade(sandbox, alice, bob, 5))
            await asyncio.sleep(0.05)
            if victim == "chronicler":
                await sandbox.kill_node(CHRONICLER)
                await sandbox.start_node(CHRONICLER)
            elif victim == "feed":
                feed.process.kill()
                await feed.process.wait()
                await feed.start()
            else:
                server.kill()
                await degraded(sandbox)
                server.start()
                await server.ready()
            await trading
            await sandbox.ready(CHRONICLER)
    await sandbox.processes.pop("ledger").stop()  # nothing more happens


async def degraded(sandbox: Sandbox) -> None:
    """A chronicler that cannot publish says so, and is ready."""
    async with asyncio.timeout(20):
        while True:
            status = await sandbox.status(CHRONICLER)
            if status["ready"] and status["degraded"]:
                assert "nothing is published to NATS" in str(status["reasons"])
                return
            await asyncio.sleep(0.1)
