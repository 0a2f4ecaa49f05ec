"""The synchronous face: the same verbs as the asynchronous one, in scripts and threads, and a clean end."""

import asyncio
import inspect
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_seed
from constellation.sdk import ConnectionClosed, Exchange, InsufficientFunds, SyncExchange
from tests.gateway.harness import ANNA, BERT
from tests.sdk.stage import FAST, Stage, staged

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys, threading
from constellation.sdk import KeyPair, SyncExchange

exchange = SyncExchange(sys.argv[1], sys.argv[2], KeyPair.from_text(sys.argv[3]))
exchange.open()
print(exchange.fetch_balance()["USD"].total, threading.active_count())
"""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT) as stage:
        yield stage


def own_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "constellation-sdk"]


def public(kind: type) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}


def test_both_faces_have_the_same_verbs_with_the_same_arguments() -> None:
    found, expected = public(SyncExchange), public(Exchange)
    assert set(found) == set(expected) | {"run"}
    for name, verb in expected.items():
        if isinstance(verb, property):
            assert isinstance(found[name], property)
            continue
        ours, theirs = inspect.signature(found[name]), inspect.signature(verb)
        assert ours.parameters == theirs.parameters, name
        assert ours.return_annotation == theirs.return_annotation or inspect.isasyncgenfunction(verb), name
        assert not inspect.iscoroutinefunction(found[name])
        assert name == "close" or inspect.getdoc(found[name]) == inspect.getdoc(verb)
    assert inspect.signature(SyncExchange).parameters == inspect.signature(Exchange).parameters


def test_it_is_what_the_tool_writes() -> None:
    command = [sys.executable, str(ROOT / "tools" / "sync_face.py"), "--check"]
    assert subprocess.run(command, timeout=60, check=False).returncode == 0


async def test_a_thread_trades(stage: Stage) -> None:
    def trade() -> list[Any]:
        with SyncExchange(
            stage.server.url, stage.alpha.settings, ANNA, feed_url=stage.feed_url, options=FAST
        ) as exchange:
            order = exchange.create_order("XLM/USD", "limit", "sell", "1", "0.25", {"wait": "final"})
            assert order.receipt is not None
            auditors = exchange.run(order.receipt.final()).auditors
            with pytest.raises(InsufficientFunds):
                exchange.transfer("USD", "1000000", BERT.address)
            found = [order.id, len(auditors), exchange.watch_order_book("XLM/USD").asks[0].amount]
            found += [deposit.currency for deposit in exchange.iter_ledger("USD")]
            next(exchange.iter_ledger())  # and the rest is never asked for
        exchange.close()
        with pytest.raises(ConnectionClosed):
            exchange.fetch_balance()
        assert not own_threads()
        return found

    order_id, auditors, amount, *ledger = await asyncio.to_thread(trade)
    assert (auditors, amount, ledger) == (2, Decimal(1), ["USD"])
    assert int(order_id) in stage.alpha.machine.state.engine.orders


async def test_several_threads_share_one(stage: Stage) -> None:
    with_exchange = SyncExchange(stage.server.url, stage.alpha.settings, ANNA, options=FAST)
    await asyncio.to_thread(with_exchange.open)
    jobs = [asyncio.to_thread(with_exchange.transfer, "USD", str(n), BERT.address) for n in range(1, 11)]
    assert [transfer.amount for transfer in await asyncio.gather(*jobs)] == [Decimal(n) for n in range(1, 11)]
    waiting = asyncio.create_task(asyncio.to_thread(with_exchange.watch_my_trades))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(with_exchange.close)
    with pytest.raises(ConnectionClosed):
        await waiting


async def test_a_script_that_forgets_to_close_ends_all_the_same(stage: Stage, tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(settings_to_json(stage.alpha.settings)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-X", "dev", "-c", SCRIPT, stage.server.url, str(settings),
        encode_seed(ANNA.seed), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, output.decode().split(), errors.decode()) == (0, ["1000.0000000", "2"], "")


async def test_an_exchange_that_nobody_holds_any_more_ends(stage: Stage) -> None:
    def forget() -> None:
        exchange = SyncExchange(stage.server.url, stage.alpha.settings, ANNA, options=FAST)
        exchange.open()

    await asyncio.to_thread(forget)
    assert not own_threads()


async def test_its_own_thread_cannot_wait_for_itself(stage: Stage) -> None:
    def nest() -> None:
        with SyncExchange(stage.server.url, stage.alpha.settings, ANNA, options=FAST) as exchange:

            async def inside() -> None:
                exchange.fetch_balance()

            with pytest.raises(RuntimeError, match="asynchronous one"):
                exchange.run(inside())

    await asyncio.to_thread(nest)
