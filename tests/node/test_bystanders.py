"""Whatever hangs, dies or fills up beside the nodes while traders trade: they notice nothing, and its operator is told.

Receivers of notices, an observer's extension, scrapers of metrics, and the disks, for which a module stands in that
each node loads as an extension: the node is told by a file how much is free.
"""

import asyncio
import json
import os
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import pytest
from stellar_sdk import Asset

from constellation.node.keys import new_key_pair
from constellation.node.sandbox import CHRONICLER, Sandbox
from constellation.protocol.messages import Code
from constellation.sdk import Client, ExchangeError
from constellation.testing.rest import at_rest
from tests.node.extensions.installing import install
from tests.node.notices.test_channels import listening

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

_WAIT_S = 30.0
_SPELL_S = 1.5  # of each trouble, at least
_PACE_S = 0.01
_SLOWEST_S = 2.0
_SLOWER = 4  # than in peace, the median answer may be; the machine has other things to do, too
_SLOWER_S = 0.2
_TRADERS = 3
_PLENTY, _MINIMUM = 10**12, 10**9
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing throws away what was not read

MODULE = """
import shutil, time
from pathlib import Path
from types import SimpleNamespace
from constellation.extensions import Extension

PLACE = Path({place!r})
shutil.disk_usage = lambda path: SimpleNamespace(free=int((PLACE / Path(path).name).read_text()))

class Observer:
    def certified(self, batch):
        if (PLACE / "observers").read_text() == "wild":
            {act}

def make(options):
    return Extension(api_version=1, observer=Observer())
"""


class Neighbourhood(Sandbox):
    """A sandbox with everything that an operator may put beside its nodes."""

    def __init__(self, directory: Path, webhook: int) -> None:
        super().__init__(directory / "sandbox", close_interval_s=0.25, chronicler=True)
        self._webhook = webhook
        self._write_down = directory / "write_down.py"
        self._write_down.write_text("import sys\nopen(sys.argv[1], 'a').write(sys.stdin.read() + '\\n')\n")
        self.place = directory / "place"
        self.place.mkdir()
        self.let_observers_be("tame")
        for node in ("alpha", "auditor-1", "auditor-2", "auditor-3", CHRONICLER):
            self.leave_free(node, _PLENTY)

    def let_observers_be(self, mood: str) -> None:
        """From now on they are ``tame``, or ``wild``: one raises at every batch, the other one hangs at the first."""
        (self.place / "observers").write_text(mood)

    def leave_free(self, node: str, free_bytes: int) -> None:
        """From now on so much is free on a node's disk."""
        new = self.place / f"{node}.new"
        new.write_text(str(free_bytes))
        new.rename(self.place / node)

    def _config(self, node: str, number: int) -> str:
        words = json.dumps([sys.executable, "-I", str(self._write_down), str(self._told(node))])
        return (
            f'minimum_free_bytes = {_MINIMUM}\n{super()._config(node, number)}[extensions]\non = ["raising"]\n'
            f'[[notices.commands]]\nname = "written"\ncommand = {words}\n'
            f'[[notices.webhooks]]\nname = "hook"\nurl = "http://127.0.0.1:{self._webhook}/"\n'
        )

    def _chronicler_config(self) -> str:
        return super()._chronicler_config() + '[extensions]\non = ["raising", "hanging"]\n'

    def _told(self, node: str) -> Path:
        return self.directory / f"{node}.notices"

    async def until_told(self, node: str, what: str, change: str) -> None:
        """Until the program of a node's operator was given a notice."""

        def is_told() -> bool:
            lines = self._told(node).read_text().splitlines() if self._told(node).exists() else []
            return any((notice["what"], notice["change"]) == (what, change) for notice in map(json.loads, lines))

        await until(is_told)

    async def observers(self) -> dict[str, str]:
        """The chronicler's observers, and how they are."""
        found = (await self.status(CHRONICLER))["extensions"]
        assert isinstance(found, list)
        return {item["name"]: item["state"] for item in found}

    async def metric(self, node: str, name: str) -> float:
        """The sum over all labels."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.status_url(node)}/metrics") as response:
            lines = (await response.text()).splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_WAIT_S):
        while not condition():
            await asyncio.sleep(0.05)


@dataclass
class Traders:
    """They trade without a pause, and note how long each answer takes and every refusal.

    Attributes:
        clients: one for each.
        took_s: how long answers took, in the present spell.
        refused: codes, in the present spell.
        calm_s: the median answer in peace.
    """

    clients: list[Client]
    took_s: list[float] = field(default_factory=list)
    refused: list[Code] = field(default_factory=list)
    calm_s: float = 0.0

    async def trade(self, client: Client) -> None:
        while True:
            try:
                await self._round(client)
            except ExchangeError as error:
                self.refused.append(error.code)
            await asyncio.sleep(_PACE_S)

    async def _round(self, client: Client) -> None:
        resting = await self._timed(client.create_order("XLM/USD", "sell", "0.4", "10"))
        await self._timed(client.create_order("XLM/USD", "buy", "0.4", "0.25", "IOC"))
        other = self.clients[self.clients.index(client) - 1]
        await self._timed(client.pay(other.address, "XLM", "0.0000001"))
        await self._timed(client.cancel_order(resting.order_id))

    async def _timed(self, answer: Awaitable[Any]) -> Any:
        begun_s = time.monotonic()
        receipt = await answer
        self.took_s.append(time.monotonic() - begun_s)
        return receipt

    @asynccontextmanager
    async def undisturbed(self) -> AsyncIterator[None]:
        """Whatever the body does, and for a moment after it: answers come as in peace, and nobody is refused."""
        self.took_s.clear()
        self.refused.clear()
        begun_s = time.monotonic()
        yield
        await asyncio.sleep(max(0.0, begun_s + _SPELL_S - time.monotonic()))
        took_s = list(self.took_s)
        assert self.refused == []
        assert len(took_s) > 15
        assert max(took_s) < _SLOWEST_S
        assert self.calm_s == 0 or median(took_s) < _SLOWER * self.calm_s + _SLOWER_S
        assert [client.reconnects for client in self.clients] == [0] * len(self.clients)


@dataclass
class Webhook:
    """A receiver of notices that does what the test says, and hangs at first."""

    answers: bool = False
    calls: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.calls += 1
        await until(lambda: self.answers)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()


@pytest.fixture
async def street(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Neighbourhood, Traders, Webhook, Callable[[], Awaitable[None]]]]:
    """A neighbourhood with traders that trade, its webhook, and how to let that die."""
    webhook, stack = Webhook(), AsyncExitStack()
    port = await stack.enter_async_context(listening(webhook.serve))
    sandbox = Neighbourhood(tmp_path, port)
    packages = tmp_path / "packages"
    for name, act in (("raising", "raise RuntimeError"), ("hanging", "time.sleep(3600)")):
        install(packages, monkeypatch, name, MODULE.format(place=str(sandbox.place), act=act))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(packages), os.environ.get("PYTHONPATH", ""))))
    try:
        await sandbox.start(lambda _text: None)
        async with AsyncExitStack() as clients:
            keys = [new_key_pair() for _ in range(_TRADERS)]
            await sandbox.new_accounts(keys, "1000")
            traders = Traders(
                [await clients.enter_async_context(Client(sandbox.client_url, sandbox.settings, key)) for key in keys]
            )
            amounts = [(Asset.native(), "500"), (sandbox.dollar, "500")]
            await sandbox.wallet.deposit(keys, sandbox.vault_address, amounts)
            async with asyncio.timeout(_WAIT_S):
                for client in traders.clients:
                    while len((await client.account()).balances) < len(amounts):
                        await asyncio.sleep(0.05)
            trading = [asyncio.create_task(traders.trade(client)) for client in traders.clients]
            yield sandbox, traders, webhook, stack.aclose
            for task in trading:
                assert not task.done(), task
                task.cancel()
            await asyncio.gather(*trading, return_exceptions=True)
            await at_rest(sandbox)
    finally:
        await stack.aclose()
        codes = await sandbox.stop()
    assert codes == dict.fromkeys(codes, 0)


async def test_what_hangs_dies_or_fills_up_beside_the_nodes_changes_nothing_for_traders(
    street: tuple[Neighbourhood, Traders, Webhook, Callable[[], Awaitable[None]]],
) -> None:
    sandbox, traders, webhook, kill_webhook = street
    async with traders.undisturbed():
        pass
    traders.calm_s = median(traders.took_s)

    async with traders.undisturbed():  # the webhook hangs; others are told all the same
        await check_an_auditors_disk(sandbox, traders)
        assert webhook.calls > 0
    async with traders.undisturbed():  # it dies
        await kill_webhook()
        async with asyncio.timeout(_WAIT_S):
            while not await sandbox.metric("auditor-1", "constellation_notice_failures_total"):
                await asyncio.sleep(0.1)
    await check_observers(sandbox, traders)
    for node in ("alpha", "auditor-2"):
        await check_scrapers(sandbox, traders, node)
    await check_alphas_disk(sandbox, traders)
    async with traders.undisturbed():
        pass
    for log in (sandbox.directory / "logs").glob("*.log"):
        assert log.stem == CHRONICLER or "Traceback" not in log.read_text(), log


async def check_an_auditors_disk(sandbox: Neighbourhood, traders: Traders) -> None:
    """The auditor leaves, tells it, and comes back; what is ordered meanwhile becomes final without it."""
    node = sandbox.auditors[0]
    sandbox.leave_free(node, _MINIMUM - 1)
    await sandbox.until_told(node, "disk_low", "begun")
    status = await sandbox.status(node)
    assert (status["state"], status["reasons"]) == ("connecting", ["the disk is nearly full"])
    proof = await (await traders.clients[0].pay(traders.clients[1].address, "XLM", "1")).final(timeout=20)
    assert sandbox.keys[node].address not in proof.auditors
    sandbox.leave_free(node, _PLENTY)
    await sandbox.ready(node)


async def check_observers(sandbox: Neighbourhood, traders: Traders) -> None:
    """The chronicler says that it is degraded, and goes on writing; the one that hangs does not keep it from ending."""
    async with traders.undisturbed():
        sandbox.let_observers_be("wild")
        async with asyncio.timeout(_WAIT_S):
            while await sandbox.observers() != {"raising": "off", "hanging": "on"}:
                await asyncio.sleep(0.1)
    assert (await sandbox.status(CHRONICLER))["degraded"]
    apex = (await sandbox.status("alpha"))["apex"]
    async with asyncio.timeout(_WAIT_S):
        while (await sandbox.status(CHRONICLER))["apex"] < apex:  # type: ignore[operator]
            await asyncio.sleep(0.1)


async def check_scrapers(sandbox: Neighbourhood, traders: Traders, node: str) -> None:
    """Scrapers that say nothing, read nothing, read slowly, die in the middle of an answer, ask without a pause."""
    port = int(sandbox.status_url(node).rpartition(":")[2])
    async with traders.undisturbed():
        with ExitStack() as stack:
            for number in range(60):
                scraper = stack.enter_context(scraping(port))
                if number % 3:
                    ask(scraper)
            await asyncio.sleep(_SPELL_S)
    async with traders.undisturbed():
        for _ in range(3):
            with ExitStack() as stack:
                dying = [stack.enter_context(scraping(port)) for _ in range(20)]
                for scraper in dying:
                    ask(scraper)
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.2)
    async with traders.undisturbed():
        await asyncio.gather(*(read_slowly(port) for _ in range(10)), *(ask_without_a_pause(port) for _ in range(3)))
    async with asyncio.timeout(_WAIT_S):
        await sandbox.ready(node)
        while not await sandbox.metric(node, "constellation_connections_refused_total"):
            await asyncio.sleep(0.1)


def scraping(port: int) -> socket.socket:
    """A connection with room for little of an answer; closing it throws away the rest."""
    scraper = socket.socket()
    scraper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    scraper.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    scraper.setblocking(False)
    scraper.connect_ex(("127.0.0.1", port))
    return scraper


def ask(scraper: socket.socket) -> None:
    with suppress(OSError):  # it was refused
        scraper.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")


async def read_slowly(port: int) -> None:
    loop, end_s = asyncio.get_running_loop(), time.monotonic() + _SPELL_S
    with scraping(port) as scraper, suppress(OSError):
        await asyncio.sleep(0.1)
        ask(scraper)
        while time.monotonic() < end_s:
            await loop.sock_recv(scraper, 16)
            await asyncio.sleep(0.05)


async def ask_without_a_pause(port: int) -> None:
    end_s = time.monotonic() + _SPELL_S
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < end_s:
            try:
                async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
                    await response.read()
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)


async def check_alphas_disk(sandbox: Neighbourhood, traders: Traders) -> None:
    """Alpha refuses everything with one code before it has executed it, answers questions, and goes on by itself."""
    client = traders.clients[0]
    order = await client.create_order("XLM/USD", "sell", "0.5", "1")
    sandbox.leave_free("alpha", _MINIMUM - 1)
    await sandbox.until_told("alpha", "disk_low", "begun")
    await until(lambda: len(traders.refused) > 10)
    assert set(traders.refused) == {Code.STORAGE}
    for request in (client.cancel_order(order.order_id), client.withdraw("USD", "1", client.address)):
        with pytest.raises(ExchangeError) as refused:
            await request
        assert refused.value.code is Code.STORAGE
    assert order.order_id in {item.order_id for item in (await client.account()).orders}
    assert not (await sandbox.status("alpha"))["ready"]
    sandbox.leave_free("alpha", _PLENTY)
    await sandbox.ready("alpha")
    await client.cancel_order(order.order_id)
    async with traders.undisturbed():
        pass
