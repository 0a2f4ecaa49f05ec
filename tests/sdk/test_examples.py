"""The programs in ``examples/`` do what they say, as they are written."""

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from constellation.protocol.amounts import DECIMALS
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_seed
from constellation.sdk import Exchange, KeyPair, StateProof
from tests.gateway.harness import ANNA, BERT, key
from tests.sdk.stage import Stage, ledger_takes_withdrawals, staged, until

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT, open_orders=1_000) as stage:
        (tmp_path / "settings.json").write_text(json.dumps(settings_to_json(stage.alpha.settings)))
        (tmp_path / "anna.seed").write_text(encode_seed(ANNA.seed))
        yield stage


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def run(name: str, *arguments: str) -> list[str]:
    """What the program prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py"), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, errors.decode()) == (0, "")
    return output.decode().splitlines()


def test_the_readme_shows_the_first_trade() -> None:
    program = (EXAMPLES / "first_trade.py").read_text()
    assert len(program.splitlines()) <= 20
    assert f"<!-- example -->\n```python\n{program}```" in (ROOT / "README.md").read_text()


async def test_first_trade(stage: Stage, tmp_path: Path) -> None:
    seeds = [encode_seed(trader.seed) for trader in (ANNA, BERT)]
    printed = await run("first_trade", stage.server.url, str(tmp_path / "settings.json"), *seeds)
    assert printed[0] == "closed at 0.25 for 10.0000000 USD; fee 0.0400000 XLM"
    assert printed[1].startswith("verified: quantum 8 is final in batch")
    assert "'XLM': '1038.9600000'" in printed[2]


async def test_verify_balance(stage: Stage, tmp_path: Path) -> None:
    stage.alpha.deposit(ANNA, 0, 1)
    stage.alpha.settle(checkpoint=True)
    proof = tmp_path / "balance.proof"
    paths = str(tmp_path / "settings.json"), str(tmp_path / "anna.seed"), str(proof)
    printed = await run("verify_balance", stage.server.url, *paths)
    assert "XLM 1000.0000001" in printed
    assert printed[-1].startswith("the file proves the same in batch")
    assert StateProof.from_xdr(proof.read_bytes())


async def test_book_copy(stage: Stage, tmp_path: Path) -> None:
    async with stage.exchange(ANNA) as anna:
        await anna.create_order("XLM/USD", "limit", "sell", "3", "0.25")
    printed = await run("book_copy", stage.feed_url, str(tmp_path / "settings.json"), "XLM/USD", "1")
    assert printed == [f"as of {stage.alpha.machine.state.apex}: 0 bids, best nobody; 1 asks, best 3.0000000 at 0.2500"]


async def test_withdraw(stage: Stage, tmp_path: Path) -> None:
    paths = str(tmp_path / "settings.json"), str(tmp_path / "anna.seed")
    running = asyncio.create_task(run("withdraw", stage.server.url, *paths, "XLM", "50", key("elsewhere").address))
    await until(lambda: stage.alpha.certified == len(stage.alpha.sealed) and stage.alpha.machine.state.apex > 6)
    ledger_takes_withdrawals(stage.alpha)
    stage.settle()
    first, second = await running
    assert first.endswith("of 50.0000000 XLM is final; the ledger is next")
    assert second.startswith("ok by transaction ")


def engine_orders(stage: Stage, owner: KeyPair) -> set[tuple[str, str, Decimal, Decimal]]:
    state = stage.alpha.machine.state
    found = [state.engine.orders[number] for number in state.vault.accounts[owner.public].orders]
    scale = Decimal(10) ** state.settings.markets[0].price_decimals
    one = Decimal(10) ** DECIMALS
    return {(str(o.order_id), o.side.name.lower(), Decimal(o.price) / scale, Decimal(o.remaining) / one) for o in found}


def seen_orders(maker: Any) -> set[tuple[str, str, Decimal, Decimal]]:
    return {(order.id, order.side, order.price, order.remaining) for order in maker.live.values()}


async def test_a_market_maker_with_a_thousand_orders_is_restarted_in_the_middle(stage: Stage) -> None:
    example = load("market_maker")

    async def quote(exchange: Exchange, enough: int) -> Any:
        """A maker and its task, when it has so many orders."""
        maker = example.MarketMaker(exchange, "XLM/USD", "0.6", 500, "1")
        task = asyncio.create_task(maker.run())
        await until(lambda: len(maker.live) >= enough or task.done(), 30)
        return maker, task

    async def stop(exchange: Exchange, task: "asyncio.Task[None]") -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await exchange.close()

    async with stage.exchange(BERT) as bert:
        first = stage.exchange(ANNA)
        await first.open()
        _, task = await quote(first, 300)
        taken = asyncio.create_task(bert.create_order("XLM/USD", "limit", "buy", "3", "0.9"))
        await stop(first, task)  # while it asks for more, and is traded with
        assert (await taken).filled == 3
        second = stage.exchange(ANNA)
        await second.open()
        maker, task = await quote(second, 1_000)
        assert len(engine_orders(stage, ANNA)) == 1_000
        for side, price in (("buy", "0.603"), ("sell", "0.597"), ("buy", "0.604"), ("sell", "0.59")):
            assert (await bert.create_order("XLM/USD", "limit", side, "5", price, {"timeInForce": "IOC"})).trades  # type: ignore[arg-type]
        await stage.server.stop()  # and alpha is restarted, too
        stage.alpha.restart()
        await stage.server.start()
        await bert.create_order("XLM/USD", "limit", "buy", "2", "0.602")
        await until(lambda: len(maker.live) == 1_000 and seen_orders(maker) == engine_orders(stage, ANNA), 30)
        names = [order.client_order_id for order in maker.live.values()]
        assert len(set(names)) == 1_000
        sides = [order.side for order in maker.live.values()]
        assert (sides.count("buy"), sides.count("sell")) == (500, 500)
        account = stage.alpha.machine.state.vault.accounts[ANNA.public]
        assert (await second.watch_balance())["USD"].total * 10**DECIMALS == account.balances[1].amount
        await stop(second, task)
