"""Real nodes whose receivers of notices hang, fail, drip and die: whoever can hear is told, and no trader notices."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from constellation.node.exit_codes import ExitCode
from constellation.protocol.messages import Code
from constellation.sdk import Client, ClientOptions, ExchangeError
from constellation.snapshots.directory import LOG_FILE
from tests.node.notices.test_channels import listening
from tests.node.test_constellation import deposited
from tests.node.test_damage_processes import damage
from tests.node.test_tls_processes import SecureSandbox

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("processes")]

_WAIT_S = 30.0
_BAD = ("hanging", "failing", "dripping", "dead")
SECRET = "hunter2hunter2"


class TellingSandbox(SecureSandbox):
    """Alpha and an auditor tell a program that writes it down, and alpha tells some that cannot be told."""

    def __init__(self, directory: Path, ports: dict[str, int]) -> None:
        super().__init__(directory)
        self.authority.issue(self.certificate, self.key, days=5)
        self._ports = ports
        self._program = directory / "write_down.py"
        self._program.write_text("import sys\nopen(sys.argv[1], 'a').write(sys.stdin.read())\n")

    def told(self, node: str) -> list[tuple[str, str]]:
        """What and change of everything that a node's program was given."""
        path = self.directory / f"{node}.notices"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(notice["what"], notice["change"]) for notice in map(json.loads, lines)]

    def _config(self, node: str, http_port: int) -> str:
        text = super()._config(node, http_port)
        words = json.dumps([sys.executable, "-I", str(self._program), str(self.directory / f"{node}.notices")])
        sections = [f'[[notices.commands]]\nname = "written"\ncommand = {words}']
        if node == "alpha":
            sections += [
                f'[[notices.webhooks]]\nname = "{name}"\nurl = "http://127.0.0.1:{port}/{SECRET}"'
                for name, port in self._ports.items()
            ]
            hang = json.dumps([sys.executable, "-I", "-c", "import time; time.sleep(300)"])
            sections.append(f'[[notices.commands]]\nname = "stuck"\ncommand = {hang}')
        return "\n".join([text, *sections]) + "\n"

    async def until_told(self, node: str, what: str) -> None:
        async with asyncio.timeout(_WAIT_S):
            while (what, "begun") not in self.told(node):
                await asyncio.sleep(0.1)

    async def metric(self, name: str, receiver: str) -> float:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.status_url('alpha')}/metrics") as response,
        ):
            (value,) = re.findall(
                rf'^{name}{{receiver="{receiver}"[^}}]*}} (\S+)$', await response.text(), re.MULTILINE
            )
            return float(value)

    async def end(self, node: str) -> int:
        os.kill(self.processes[node].process_id, signal.SIGTERM)
        async with asyncio.timeout(_WAIT_S):
            return await self.processes[node].wait()


async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def fail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.5)


@pytest.fixture
async def telling(tmp_path: Path) -> AsyncIterator[TellingSandbox]:
    async with AsyncExitStack() as stack:
        handlers = zip(_BAD, (hang, fail, drip, hang), strict=True)
        ports = {name: await stack.enter_async_context(listening(handler)) for name, handler in handlers}
        async with listening(hang) as port:
            ports["dead"] = port
        sandbox = TellingSandbox(tmp_path, ports)
        try:
            await sandbox.start(lambda _text: None)
            yield sandbox
        finally:
            await sandbox.stop()


async def test_receivers_that_cannot_be_told_change_nothing_for_traders(telling: TellingSandbox) -> None:
    await telling.until_told("alpha", "certificate_expiring")
    trader = await telling.new_trader("1000")
    options = ClientOptions(ca_file=telling.authority.file)
    async with await Client.connect(telling.client_url, telling.settings, trader, options) as client:
        await deposited(telling, trader, client, {"XLM": "500"})
        slowest_s = 0.0
        for _ in range(150):
            begun = time.monotonic()
            order = await client.create_order("XLM/USD", "sell", "0.3", "1", "IOC")
            slowest_s = max(slowest_s, time.monotonic() - begun)
        await order.final(timeout=20)
        assert slowest_s < 2
        for receiver in (*_BAD, "stuck"):
            assert await telling.metric("constellation_notices_waiting", receiver) == 1
            assert await telling.metric("constellation_notice_failures_total", receiver) >= 1 or receiver in (
                "hanging", "dripping", "stuck"
            )  # fmt: skip
        await check_a_low_disk(telling, client)
    assert telling.told("alpha").count(("certificate_expiring", "begun")) == 1, "kept over a restart"
    await check_the_end(telling)
    for log in (telling.directory / "logs").iterdir():
        assert SECRET not in log.read_text()


async def check_a_low_disk(telling: TellingSandbox, client: Client) -> None:
    """An auditor leaves; alpha refuses, and serves reads; both tell it."""
    for node in ("auditor-1", "alpha"):
        config = telling.directory / f"{node}.toml"
        original = config.read_text()
        assert await telling.end(node) == 0
        config.write_text(f"minimum_free_bytes = {2**62}\n{original}")
        await telling.start_node(node)
        await telling.until_told(node, "disk_low")
        if node == "alpha":
            async with asyncio.timeout(_WAIT_S):
                while (await telling.status("alpha"))["state"] != "ready":
                    await asyncio.sleep(0.1)
            with pytest.raises(ExchangeError) as refused:
                await client.create_order("XLM/USD", "sell", "0.3", "1", "IOC")
            assert refused.value.code is Code.STORAGE
            assert "XLM" in (await client.account()).balances
        else:
            status = await telling.status(node)
            assert (status["state"], status["reasons"]) == ("connecting", ["the disk is nearly full"])
            await (await client.create_order("XLM/USD", "sell", "0.3", "1", "IOC")).final(timeout=20)
        assert await telling.end(node) == 0
        config.write_text(original)
        await telling.start_node(node)
        await telling.ready(node)


async def check_the_end(telling: TellingSandbox) -> None:
    """Alpha halts on a damaged log, says so before it ends, and says it once."""
    assert await telling.end("alpha") == 0
    damage(telling.data_directory("alpha") / LOG_FILE)
    for _ in range(2):
        await telling.start_node("alpha")
        async with asyncio.timeout(_WAIT_S):
            assert await telling.processes["alpha"].wait() == ExitCode.STORAGE
        assert telling.told("alpha").count(("halted", "begun")) == 1
