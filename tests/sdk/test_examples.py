"""The programs of ``constellation.examples`` do what they say; the market maker has more tests of its own."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_seed
from constellation.sdk import StateProof
from tests.gateway.harness import ANNA, BERT, key
from tests.sdk.stage import Stage, ledger_takes_withdrawals, staged, until

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "constellation" / "examples"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT, open_orders=1_000) as stage:
        (tmp_path / "settings.json").write_text(json.dumps(settings_to_json(stage.alpha.settings)))
        (tmp_path / "anna.seed").write_text(encode_seed(ANNA.seed))
        yield stage


def program(name: str, *arguments: str) -> tuple[str, ...]:
    return sys.executable, "-W", "error", "-m", f"constellation.examples.{name}", *arguments


async def run(name: str, *arguments: str) -> list[str]:
    """What the program prints."""
    process = await asyncio.create_subprocess_exec(
        *program(name, *arguments), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=ROOT
    )
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


async def test_market_maker(stage: Stage, tmp_path: Path) -> None:
    arguments = (
        stage.server.url,
        str(tmp_path / "settings.json"),
        str(tmp_path / "anna.seed"),
        "XLM/USD",
        "0.25",
        "3",
        "7",
    )
    process = await asyncio.create_subprocess_exec(*program("market_maker", *arguments), cwd=ROOT)
    try:
        orders = stage.alpha.machine.state.engine.orders
        await until(lambda: len(orders) == 6 or process.returncode is not None, 30)
        assert sorted((order.price, order.remaining // ONE) for order in orders.values()) == [
            (2470, 7), (2480, 7), (2490, 7), (2510, 7), (2520, 7), (2530, 7),
        ]  # fmt: skip
    finally:
        process.kill()
        await process.wait()
