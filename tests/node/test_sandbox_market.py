"""The bots of a sandbox, in a market whose ledger is the test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from stellar_sdk import Asset

from constellation.node import sandbox_market
from constellation.node.sandbox_command import _trade
from constellation.node.sandbox_market import SandboxMarket
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import AssetSettings, Code, CreditAsset, MarketSettings, MarketStatus
from constellation.sdk import KeyPair
from tests.gateway.harness import ISSUER
from tests.sdk.stage import Stage, staged, until

ASSETS = [AssetSettings(None, 1, 0), AssetSettings(CreditAsset("USD", ISSUER.public), 1, 0)]
MARKET = MarketSettings(0, 1, 4, 1, ONE // 1000, ONE // 10, 0, 1000, MarketStatus.MARKET_OPEN, 0)
DOLLAR = Asset("USD", ISSUER.address)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, assets=ASSETS, markets=[MARKET]) as stage:
        yield stage


def sandbox(stage: Stage) -> Any:
    """What the bots use of one."""

    async def new_accounts(keys: Sequence[KeyPair], dollars: str) -> None:
        """Nobody looks at the ledger here."""

    async def deposit(trader: KeyPair, asset: Asset, amount: str) -> None:
        stage.alpha.deposit(trader, int(asset == DOLLAR), int(amount) * ONE)
        stage.settle()

    return SimpleNamespace(
        new_accounts=new_accounts,
        deposit=deposit,
        dollar=DOLLAR,
        client_url=stage.server.url,
        settings=stage.alpha.settings,
    )


async def test_there_is_always_a_book_and_trades_and_the_price_wanders(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_market, "_WANDER_S", 0.03)
    monkeypatch.setattr(sandbox_market, "_TAKE_S", 0.01)
    running = asyncio.create_task(SandboxMarket(sandbox(stage)).run())
    async with stage.exchange(None) as public:
        books = []
        while len(books) < 80:
            book = await public.watch_order_book("XLM/USD")
            if books or len(book.asks) == 12:
                books.append(book)
        traded = await public.fetch_trades("XLM/USD", limit=1_000)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for book in books:
        assert len(book.bids) >= 6
        assert len(book.asks) >= 6
        assert book.bids[0].price < book.asks[0].price
    whole = [book for book in books if (len(book.bids), len(book.asks)) == (12, 12)]
    assert len(whole) > len(books) // 2
    assert min(book.asks[0].price - book.bids[0].price for book in whole) == Decimal("0.0006")
    assert len({level.amount for level in whole[-1].bids + whole[-1].asks}) > 6
    assert len({book.bids[0].price for book in books}) > 3
    assert {trade.side for trade in traded} == {"buy", "sell"}


async def test_what_ends_the_bots_is_told(stage: Stage) -> None:
    told = StringIO()
    telling = asyncio.create_task(_trade(sandbox(stage), Console(file=told, width=200)))
    await until(lambda: len(stage.alpha.machine.state.engine.orders) == 24)
    await stage.server.stop(Code.HALTED, "an operator must look")
    await asyncio.wait_for(telling, 10)
    assert told.getvalue() == "the bots have stopped: HALTED (606): an operator must look\n"
