"""History and market data in JavaScript, against a chronicler and a feed behind sockets: what Python's SDK shows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.messages import AccountOpened, ClientMessage, HistoryPage, Mode, ModeCommit
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_seed
from constellation.sdk import Client, MarketFeed
from tests.gateway.harness import ANNA, BERT
from tests.marketdata.feed import Proxy
from tests.sdk.stage import FAST, Stage, staged
from tests.web.driver import Big, Driver, SdkFailed, driver
from tests.web.proxy import proxy

pytestmark = pytest.mark.timeout(240)

MARKET = "XLM/USD"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT) as found:
        yield found


@pytest.fixture
async def node(stage: Stage) -> AsyncIterator[Driver]:
    async with driver() as found:
        settings = settings_to_json(stage.alpha.settings)
        options = {"url": stage.server.url, "settings": settings, "backoffMs": 5}
        await found.call("connect", "anna", options, encode_seed(ANNA.seed))
        await found.call("connect", "bert", options, encode_seed(BERT.seed))
        yield found


async def trade(node: Driver, price: str, amount: str = "2") -> None:
    order = {"market": MARKET, "price": price, "amount": amount}
    await node.client("createOrder", {**order, "side": "sell"})
    await node.client("createOrder", {**order, "side": "buy"}, name="bert")


async def test_history_is_read_and_proven(stage: Stage, node: Driver) -> None:
    for price in ("0.25", "0.26", "0.27"):
        await trade(node, price)
    await node.client("pay", {"destination": BERT.address, "asset": "XLM", "amount": "1", "memo": "x"})
    async with Client(stage.server.url, stage.alpha.settings, ANNA, FAST) as python:
        expected = [item async for item in python.history()]
        items = await node.call("all", "anna", "history", {})
        assert [(item["number"], item["apex"], item["kind"]) for item in items] == [
            (item.number, item.apex, item.kind) for item in expected
        ]
        page = await node.client("historyPage", {"kinds": ["trade"], "newestFirst": True, "limit": 2, "proofs": True})
        assert [item["effect"]["price"] for item in page["items"]] == ["0.2700", "0.2600"]
        assert page["more"]
        assert all(len(item["proof"]["auditors"]) >= 2 for item in page["items"])
        rest = await node.client("historyPage", {"kinds": ["trade"], "newestFirst": True, "after": page["cursor"]})
        assert [item["effect"]["price"] for item in rest["items"]] == ["0.2500"]
        orders = await node.call("all", "anna", "orders", {"market": MARKET})
        known = [order async for order in python.orders(market=MARKET)]
        assert [(order["orderId"], order["filled"], order["closed"]) for order in orders] == [
            (order.order_id, f"{order.filled:.7f}", None if order.closed is None else order.closed.name.lower())
            for order in known
        ]
    with pytest.raises(SdkFailed, match="no cursor of these pages"):
        await node.client("ordersPage", {"after": page["cursor"]})


async def test_the_book_is_kept_over_lost_connections(stage: Stage, node: Driver) -> None:
    port = int(stage.feed_url.split(":")[2].split("/")[0])
    async with Proxy(port) as between, MarketFeed(stage.feed_url) as feed:
        await node.call("feed", "data", between.url)
        for price in ("0.2", "0.21"):
            await node.client("createOrder", {"market": MARKET, "side": "buy", "price": price, "amount": "5"})
        books = feed.book(MARKET, depth=10)
        here, there = await node.call("next", "data", "book", MARKET, {"depth": 10}), await anext(books)
        for _ in range(2):
            await same_book(node, here, there, books)
            between.cut()
            await trade(node, "0.24", "1")
            await node.client("createOrder", {"market": MARKET, "side": "sell", "price": "0.3", "amount": "4"})
            here, there = await node.call("next", "data", "book", MARKET, {"depth": 10}), await anext(books)
        await books.aclose()


async def test_whether_markets_take_orders_is_told(stage: Stage, node: Driver) -> None:
    async with Proxy(int(stage.feed_url.split(":")[2].split("/")[0])) as between:
        await node.call("feed", "data", between.url)
        statuses = await node.call("next", "data", "statuses")
        assert statuses == {MARKET: "open", "XLM/EUR": "open", "EUR/USD": "halted"}
        for mode, status in ((Mode.CANCEL_ONLY, "cancel_only"), (Mode.MAINTENANCE, "halted"), (Mode.ONLINE, "open")):
            between.cut()
            stage.alpha.execute(ModeCommit(mode, ""))
            stage.settle()
            told = await node.call("next", "data", "statuses")
            assert told == {MARKET: status, "XLM/EUR": status, "EUR/USD": "halted"}


async def test_a_feed_that_falls_silent_is_left(stage: Stage, node: Driver) -> None:
    async with Proxy(int(stage.feed_url.split(":")[2].split("/")[0])) as between:
        await node.call("feed", "data", between.url, 300)
        waiting = asyncio.create_task(node.call("next", "data", "trades", MARKET))
        await asyncio.sleep(0.1)
        between.is_silent = True
        async with asyncio.timeout(20):
            while between.accepted < 2:
                await asyncio.sleep(0.02)
            between.is_silent = False
            between.cut()
            while await node.call("connections", "data") < 2:
                await asyncio.sleep(0.02)
        await trade(node, "0.25")
        assert (await waiting)["price"] == "0.2500"
        await node.call("closeFeed", "data")
        with pytest.raises(SdkFailed, match="the feed was closed"):
            await node.call("next", "data", "trades", MARKET)


async def same_book(node: Driver, here: Any, there: Any, books: AsyncIterator[Any]) -> None:
    """Both come to the same book, whoever is behind."""
    async with asyncio.timeout(20):
        while here["sequence"] != there.sequence:
            if here["sequence"] < there.sequence:
                here = await node.call("next", "data", "book", MARKET, {"depth": 10})
            else:
                there = await anext(books)
    for side in ("bids", "asks"):
        assert [(line["price"], line["amount"]) for line in here[side]] == [
            (f"{line.price:.4f}", f"{line.amount:.7f}") for line in getattr(there, side)
        ]


async def test_trades_tickers_and_candles(stage: Stage, node: Driver) -> None:
    await node.call("feed", "data", stage.feed_url)
    first = asyncio.create_task(node.call("next", "data", "trades", MARKET))
    best = asyncio.create_task(node.call("next", "data", "best", MARKET))
    await best
    await asyncio.sleep(0.2)
    await trade(node, "0.25", "3")
    await trade(node, "0.26", "1")
    assert ((await first)["price"], (await first)["amount"], (await first)["side"]) == ("0.2500", "3.0000000", "buy")
    assert (await node.call("next", "data", "trades", MARKET))["price"] == "0.2600"
    ticker = await node.call("next", "data", "ticker", MARKET)
    assert (ticker["last"], ticker["trades"]) == ("0.2600", 2)
    candle = await node.call("next", "data", "candles", MARKET, "1m")
    assert (candle["open"], candle["close"], candle["volume"]) == ("0.2500", "0.2600", "4.0000000")
    with pytest.raises(SdkFailed) as caught:
        await node.call("next", "data", "ticker", "XLM/NIX")
    assert caught.value.error["code"] == "UNKNOWN_MARKET"
    page = await node.call("read", stage.feed_url, "trades", MARKET, 1)
    assert page["trades"][0]["price"] == "0.2600"
    assert (await node.call("read", stage.feed_url, "book", MARKET, 10))["bids"] == []
    assert (await node.call("read", stage.feed_url, "candles", MARKET, "1m"))[-1]["close"] == "0.2600"
    assert (await node.call("read", stage.feed_url, "tickers"))[0]["market"] == MARKET


async def test_a_loop_can_be_left_while_it_waits(stage: Stage, node: Driver) -> None:
    await node.call("feed", "data", stage.feed_url)
    waiting = asyncio.create_task(node.call("next", "data", "trades", MARKET))
    events = asyncio.create_task(node.call("next", "anna", "events"))
    await asyncio.sleep(0.2)
    await node.call("leave", "data", "trades", MARKET)
    await node.call("leave", "anna", "events")
    assert await waiting is None
    assert await events is None
    async with asyncio.timeout(5):
        while stage.followers("trades"):
            await asyncio.sleep(0.02)


def other_amount(page: HistoryPage) -> HistoryPage:
    (item,) = page.items
    effect: Any = item.effect
    return replace(page, items=[replace(item, effect=replace(effect, amount=effect.amount + 1))])


def uncertified(page: HistoryPage) -> HistoryPage:
    (proof,) = page.proofs
    certificate = replace(proof.finality.certificate, signatures=[])
    return replace(page, proofs=[replace(proof, finality=replace(proof.finality, certificate=certificate))])


PAGES: dict[str, tuple[Callable[[HistoryPage], HistoryPage], str]] = {
    "other amount": (other_amount, "is not what its proof shows"),
    "no proof": (lambda page: replace(page, proofs=[]), "has no proof"),
    "certificate": (uncertified, "0 auditors signed"),
    "too many": (lambda page: replace(page, items=page.items * 2), "2 items were shown, and 1 asked for"),
    "another kind": (
        lambda page: replace(page, items=[replace(page.items[0], effect=AccountOpened(ANNA.public))]),
        "is of another kind",
    ),
    "stale": (lambda page: replace(page, apex=1), "it goes up to quantum 1"),
    "endless": (lambda page: replace(page, more=True, cursor=None), "its end is before its last item"),
}


async def test_changed_pages_of_history_are_refused(stage: Stage, node: Driver) -> None:
    await node.client("pay", {"destination": BERT.address, "asset": "XLM", "amount": "1"})
    settings = settings_to_json(stage.alpha.settings)
    for change, expected in PAGES.values():

        def spoil(message: ClientMessage, change: Callable[[HistoryPage], HistoryPage] = change) -> ClientMessage:
            return change(message) if isinstance(message, HistoryPage) else message

        async with proxy(stage.server.url, spoil) as url:
            await node.call("connect", "spoiled", {"url": url, "settings": settings}, encode_seed(ANNA.seed))
            question = {"kinds": ["payment_sent"], "limit": 1, "proofs": True, "minApex": Big(2)}
            with pytest.raises(SdkFailed, match=expected) as caught:
                await node.client("historyPage", question, name="spoiled")
            assert caught.value.name == "VerificationFailed"
