import asyncio
import ssl
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from constellation.protocol.amounts import format_amount, from_units
from constellation.protocol.messages import Side
from constellation.sdk.errors import ConnectionClosed, FeedRefused
from constellation.sdk.feed_views import MarketTrade, TradeGap
from constellation.sdk.local_book import FeedBook, FeedLevel, LocalBook
from constellation.sdk.market_feed import MarketFeed
from tests.marketdata.feed import Feed, Proxy, until
from tests.marketdata.flows import Flow, engine_levels, naive_view
from tests.node.certificates import Authority

MARKET = "XLM/USD"
Lines = tuple[tuple[FeedLevel, ...], tuple[FeedLevel, ...]]


class Expected:
    """What every view of the first market must be after every batch, from the engine's own book."""

    def __init__(self, flow: Flow, depth: int, step: int) -> None:
        self._flow, self._depth, self._step = flow, depth, step
        self.by_sequence: dict[int, Lines] = {}

    def note(self, sequence: int) -> None:
        bids, asks = naive_view(engine_levels(self._flow.machine, 0), self._step, self._depth)
        self.by_sequence[sequence] = self._lines(bids), self._lines(asks)

    @property
    def last(self) -> Lines:
        return list(self.by_sequence.values())[-1]

    def _lines(self, levels: list[tuple[int, int]]) -> tuple[FeedLevel, ...]:
        return tuple(
            FeedLevel(Decimal(from_units(price, 4)), Decimal(format_amount(amount))) for price, amount in levels
        )


class Follower:
    """A program that follows one view, and checks every book that it gets."""

    def __init__(self, feed: MarketFeed, expected: Expected, depth: int, group: str | None) -> None:
        self._books = feed.book(MARKET, depth=depth, group=group)
        self._expected = expected
        self.book: FeedBook | None = None
        self.seen = 0
        self.task = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        async for book in self._books:
            assert (book.bids, book.asks) == self._expected.by_sequence[book.sequence]
            self.book = book
            self.seen += 1

    @property
    def is_there(self) -> bool:
        assert not self.task.done(), self.task.result()
        return self.book is not None and (self.book.bids, self.book.asks) == self._expected.last

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.mark.parametrize("cuts", [False, True])
async def test_a_book_kept_through_sockets_is_the_engines_after_every_update(
    cuts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow, random = Flow(), Random(5)
    views = [(25, None, 1), (10, "0.0005", 5), (10, "0.1000", 1000)]
    expected = [Expected(flow, depth, step) for depth, _, step in views]
    checked = 0
    apply = LocalBook._apply

    def apply_and_check(self: LocalBook, data: dict[str, Any]) -> None:
        nonlocal checked
        apply(self, data)
        book = self.book()
        view = next(
            number
            for number, (depth, group, _) in enumerate(views)
            if (depth, group or "0.0001") == (data["depth"], data["group"])
        )
        assert (book.bids, book.asks) == expected[view].by_sequence[book.sequence]
        checked += 1

    monkeypatch.setattr(LocalBook, "_apply", apply_and_check)
    for each in expected:
        each.note(0)
    async with Feed(flow.world.settings) as feed, Proxy(feed.port) as proxy, MarketFeed(proxy.url) as client:
        followers = [
            Follower(client, each, depth, group) for each, (depth, group, _) in zip(expected, views, strict=True)
        ]
        for sealed in flow.random(31, 600):
            for each in expected:
                each.note(sealed.header.last_apex)
            feed.hub.take(sealed)
            if cuts and random.random() < 0.02:
                proxy.cut()
            await asyncio.sleep(0.002)
        await until(lambda: all(follower.is_there for follower in followers))
        assert checked > 100
        assert client.connections > 1 if cuts else client.connections == 1
        for follower in followers:
            await follower.stop()


async def test_a_lost_update_or_a_wrong_checksum_brings_a_fresh_snapshot_and_nothing_else_suffers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flow = Flow()
    expected = Expected(flow, 25, 1)
    expected.note(0)
    update, spoiled = LocalBook.update, 0

    def spoil(self: LocalBook, data: dict[str, Any]) -> bool:
        nonlocal spoiled
        if self.sequence is not None and spoiled < 20:
            spoiled += 1
            if spoiled in (5, 6):
                data = data | {"previous": 1}
            if spoiled == 10:
                data = data | {"checksum": 1}
            if spoiled == 15:
                return False
        return update(self, data)

    monkeypatch.setattr(LocalBook, "update", spoil)
    async with Feed(flow.world.settings) as feed, MarketFeed(feed.url) as client:
        follower = Follower(client, expected, 25, None)
        trades = asyncio.create_task(collect(client, 10_000))
        await until(lambda: feed.count("subscriptions", channel="trades") == 1)
        for sealed in flow.random(33, 500):
            expected.note(sealed.header.last_apex)
            feed.hub.take(sealed)
            await asyncio.sleep(0.002)
        await until(lambda: follower.is_there)
        assert spoiled == 20
        assert client.connections == 1
        assert feed.count("refused", code="MALFORMED") == 0
        await follower.stop()
        trades.cancel()
        await asyncio.gather(trades, return_exceptions=True)


async def collect(client: MarketFeed, most: int, found: list[Any] | None = None) -> list[Any]:
    items: list[Any] = [] if found is None else found
    async for item in client.trades(MARKET):
        items.append(item)
        if len(items) >= most:
            break
    return items


def cross(flow: Flow, lots: int = 100) -> None:
    first, second = flow.traders[:2]
    flow.order(first, Side.SELL, 10_000, lots)
    flow.order(second, Side.BUY, 10_000, lots)


async def test_every_trade_comes_once_and_in_order_through_cut_connections() -> None:
    flow, random = Flow(), Random(6)
    found: list[MarketTrade | TradeGap] = []
    async with Feed(flow.world.settings) as feed, Proxy(feed.port) as proxy, MarketFeed(proxy.url) as client:
        task = asyncio.create_task(collect(client, 120, found))
        await until(lambda: feed.count("subscriptions", channel="trades") == 1)
        for number in range(120):
            cross(flow, number + 100)
            feed.hub.take(flow.seal())
            if random.random() < 0.05:
                proxy.cut()
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.002)
        await asyncio.wait_for(task, 10)
        assert client.connections > 1
    assert [trade.amount for trade in found if isinstance(trade, MarketTrade)] == [
        Decimal(number + 100) / 1000 for number in range(120)
    ]
    first = found[0]
    assert isinstance(first, MarketTrade)
    assert (first.side, first.price, first.cost) == ("buy", Decimal(1), first.amount)
    assert (first.taker_order, first.id) == (first.apex, f"{first.apex}-0")


async def test_trades_that_the_feed_does_not_remember_are_a_gap() -> None:
    flow = Flow()
    found: list[MarketTrade | TradeGap] = []
    async with Feed(flow.world.settings) as feed, Proxy(feed.port) as proxy, MarketFeed(proxy.url) as client:
        task = asyncio.create_task(collect(client, 102, found))
        await until(lambda: feed.count("subscriptions", channel="trades") == 1)
        cross(flow)
        feed.hub.take(flow.seal())
        await until(lambda: len(found) == 1)
        proxy.is_silent = True
        proxy.cut()
        for _ in range(130):
            cross(flow)
            feed.hub.take(flow.seal())
        proxy.is_silent = False
        proxy.cut()
        await asyncio.wait_for(task, 10)
    first, gap, *others = found
    assert isinstance(first, MarketTrade)
    assert isinstance(gap, TradeGap)
    assert all(isinstance(trade, MarketTrade) and trade.apex > gap.until for trade in others)
    assert (gap.after, len(others)) == (first.apex, 100)


async def test_a_silent_connection_counts_as_dead() -> None:
    flow = Flow()
    async with (
        Feed(flow.world.settings) as feed,
        Proxy(feed.port) as proxy,
        MarketFeed(proxy.url, quiet_s=1.5) as client,
    ):
        expected = Expected(flow, 25, 1)
        expected.note(0)
        follower = Follower(client, expected, 25, None)
        await until(lambda: follower.seen == 1)
        await asyncio.sleep(1.8)
        assert client.connections == 1, "the heart beats"
        proxy.is_silent = True
        await until(lambda: proxy.accepted > 1)
        proxy.is_silent = False
        proxy.cut()
        await until(lambda: follower.seen >= 2)
        await follower.stop()


async def test_tickers_best_prices_and_candles() -> None:
    flow = Flow()
    async with Feed(flow.world.settings) as feed, MarketFeed(feed.url) as client:
        flow.order(flow.traders[2], Side.BUY, 9_000, 500, timestamp=feed.hub._clock_us())
        cross(flow)
        flow.order(flow.traders[2], Side.SELL, 11_000, 500)
        feed.hub.take(flow.seal())
        ticker = await anext(client.ticker(MARKET))
        assert (ticker.last, ticker.trades, ticker.bid, ticker.ask) == (1, 1, Decimal("0.9"), Decimal("1.1"))
        assert (ticker.vwap, ticker.change_percent, ticker.volume) == (1, 0, Decimal("0.1"))
        best = await anext(client.best(MARKET))
        assert (best.bid, best.ask_amount) == (Decimal("0.9"), Decimal("0.5"))
        candle = await anext(client.candles(MARKET, "1h"))
        assert (candle.open, candle.close, candle.trades, candle.closed) == (1, 1, 1, False)
        assert candle.start.minute == candle.start.second == 0


async def test_what_is_refused_is_told_to_its_loop_alone() -> None:
    flow = Flow()
    async with Feed(flow.world.settings) as feed, MarketFeed(feed.url) as client:
        with pytest.raises(FeedRefused) as refusal:
            await anext(client.book("XLM/NOTHING"))
        assert refusal.value.code == "UNKNOWN_MARKET"
        with pytest.raises(FeedRefused, match="INVALID_PERIOD"):
            await anext(client.candles(MARKET, "2m"))
        book = await anext(client.book(MARKET))
        assert (book.bids, book.asks, client.connections) == ((), (), 1)


async def test_two_loops_over_one_view_and_the_end_of_one() -> None:
    flow = Flow()
    async with Feed(flow.world.settings) as feed, MarketFeed(feed.url) as client:
        first, second = client.book(MARKET), client.book(MARKET, group="0.0001")
        await anext(first)
        await anext(second)
        await first.aclose()
        flow.order(flow.traders[0], Side.BUY, 9_000, 500)
        feed.hub.take(flow.seal())
        assert len((await asyncio.wait_for(anext(second), 5)).bids) == 1
        await second.aclose()
        await until(lambda: feed.count("subscriptions", channel="book") == 0)


async def test_a_closed_feed_ends_its_loops() -> None:
    flow = Flow()
    async with Feed(flow.world.settings) as feed:
        async with MarketFeed(feed.url) as client:
            waiting = asyncio.create_task(collect(client, 1))
            await until(lambda: feed.count("subscriptions", channel="trades") == 1)
        with pytest.raises(ConnectionClosed):
            await waiting
        with pytest.raises(ConnectionClosed):
            await anext(client.ticker(MARKET))
    with pytest.raises(ConnectionClosed):
        await MarketFeed(feed.url).open()


async def test_a_book_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = tmp_path / "feed.pem", tmp_path / "feed.key"
    authority.issue(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(authority.file))
    flow = Flow()
    expected = Expected(flow, 100, 1)
    expected.note(0)
    async with Feed(flow.world.settings, ssl=context) as feed:
        url = feed.url.replace("ws://127.0.0.1", "wss://localhost")
        async with MarketFeed(url, ssl=trusting) as client:
            follower = Follower(client, expected, 100, None)
            for sealed in flow.random(33, 200):
                expected.note(sealed.header.last_apex)
                feed.hub.take(sealed)
                await asyncio.sleep(0.002)
            await until(lambda: follower.is_there)
            await follower.stop()
        with pytest.raises(ConnectionClosed):
            await MarketFeed(url).open()
