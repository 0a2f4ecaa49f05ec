"""A chronicler beside real nodes: it follows, is killed and comes back, and is built anew."""

import asyncio
import json
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from constellation.node.sandbox import CHRONICLER, Sandbox
from constellation.protocol.strkey import encode_public_key
from constellation.sdk import Client, Fill, MarketFeed
from tests.node.test_constellation import deposited

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "sandbox", close_interval_s=0.25, chronicler=True)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()


async def settled(sandbox: Sandbox) -> int:
    """Wait until the history has everything that alpha has made final; the apex."""
    async with asyncio.timeout(30):
        while True:
            alpha, chronicler = await sandbox.status("alpha"), await sandbox.status(CHRONICLER)
            if alpha["apex"] == alpha["certified_apex"] == chronicler["apex"]:
                return int(str(alpha["apex"]))
            await asyncio.sleep(0.05)


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", "constellation.node.cli", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, timeout=60, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def digests(*arguments: str) -> dict[str, Any]:
    return dict(json.loads(run("chronicler", "digest", "--json", *arguments)))


async def trade(sandbox: Sandbox, alice: Client, bob: Client, rounds: int) -> None:
    """Orders that rest, fill and are cancelled, and payments."""
    for number in range(rounds):
        ask = await alice.create_order("XLM/USD", "sell", price="0.25", amount="2")
        await bob.create_order("XLM/USD", "buy", price="0.25", amount="1")
        await alice.cancel_order(ask.order_id)
        await alice.pay(bob.address, "XLM", f"0.{number + 1}")


async def test_history_survives_kills_and_equals_one_that_is_built_anew(sandbox: Sandbox, tmp_path: Path) -> None:
    traders = [await sandbox.new_trader("1000") for _ in range(2)]
    async with (
        Client(sandbox.client_url, sandbox.settings, traders[0]) as alice,
        Client(sandbox.client_url, sandbox.settings, traders[1]) as bob,
    ):
        await deposited(sandbox, traders[0], alice, {"XLM": "500"})
        await deposited(sandbox, traders[1], bob, {"XLM": "100", "USD": "200"})
        for _ in range(3):
            trading = asyncio.create_task(trade(sandbox, alice, bob, 5))
            await asyncio.sleep(0.05)
            await sandbox.kill_node(CHRONICLER)
            await sandbox.start_node(CHRONICLER)
            await trading
            await sandbox.ready(CHRONICLER)
    await sandbox.processes.pop("ledger").stop()  # nothing more happens
    apex = await settled(sandbox)
    await sandbox.processes[CHRONICLER].stop()
    history = digests("--config", str(sandbox.directory / "chronicler.toml"))
    assert history["apex"] == apex

    follower = follow_auditor(sandbox, tmp_path / "other")
    await sandbox.start_node(CHRONICLER)
    await sandbox.ready(CHRONICLER)
    assert await settled(sandbox) == apex
    await sandbox.processes[CHRONICLER].stop()
    assert digests("--config", str(follower)) == history

    for node in sandbox.nodes:
        await sandbox.processes[node].stop()
    archive = str(tmp_path / "all.archive")
    run("export", "--config", str(sandbox.directory / "alpha.toml"), "--output", archive)
    output = run("chronicler", "rebuild", "--config", str(follower), "--archive", archive)
    assert f"quantum {apex}" in output
    assert digests("--config", str(follower)) == history


async def test_traders_and_strangers_see_what_has_become_final(sandbox: Sandbox) -> None:
    keys = [await sandbox.new_trader("1000") for _ in range(2)]
    async with (
        Client(sandbox.client_url, sandbox.settings, keys[0]) as alice,
        Client(sandbox.client_url, sandbox.settings, keys[1]) as bob,
        MarketFeed(f"ws://127.0.0.1:{sandbox.ports.feed}/v1/ws") as feed,
    ):
        await deposited(sandbox, keys[0], alice, {"XLM": "500"})
        await deposited(sandbox, keys[1], bob, {"XLM": "100", "USD": "200"})
        ask = await alice.create_order("XLM/USD", "sell", price="0.25", amount="300")
        bid = await bob.create_order("XLM/USD", "buy", price="0.26", amount="120")
        seen = [item.effect async for item in bob.history(kinds=("trade",), proofs=True)]
        assert [(type(effect), getattr(effect, "order_id", None)) for effect in seen] == [(Fill, bid.order_id)]
        [order] = [order async for order in alice.orders()]
        assert (order.order_id, order.filled, order.closed) == (ask.order_id, Decimal(120), None)
        async with asyncio.timeout(20):
            async for book in feed.book("XLM/USD"):
                if [(level.price, level.amount) for level in book.asks] == [(Decimal("0.25"), Decimal(180))]:
                    break
        async with aiohttp.ClientSession() as session:
            base = f"http://127.0.0.1:{sandbox.ports.feed}/v1"
            async with session.get(f"{base}/markets/XLM-USD/trades") as response:
                [trade] = (await response.json())["trades"]
            async with session.get(f"{base}/markets/XLM-USD/ticker") as response:
                ticker = await response.json()
            tomls = []
            for url in (sandbox.feed_url, sandbox.status_url("alpha")):
                async with session.get(f"{url}/.well-known/stellar.toml") as response:
                    tomls.append(tomllib.loads(await response.text()))
        assert tomls[0] == tomls[1]
        assert tomls[0]["ACCOUNTS"][0] == encode_public_key(sandbox.settings.vault)
        assert (trade["price"], trade["amount"], trade["side"]) == ("0.2500", "120.0000000", "buy")
        assert (trade["taker_order"], trade["maker_order"]) == (bid.order_id, ask.order_id)
        assert (ticker["last"], ticker["volume"], ticker["ask_amount"]) == ("0.2500", "120.0000000", "180.0000000")


def follow_auditor(sandbox: Sandbox, directory: Path) -> Path:
    """Let the chronicler begin anew and follow an auditor; its configuration."""
    path = sandbox.directory / "chronicler.toml"
    text = path.read_text().replace(str(sandbox.data_directory(CHRONICLER)), str(directory))
    path.write_text(text.replace(str(sandbox.ports.chronicle[0]), str(sandbox.ports.chronicle[1])))
    return path
