import json
from dataclasses import replace
from typing import Any

import pytest

from constellation.chronicler.candles import candles_of
from constellation.chronicler.trades import trades_of
from constellation.marketdata import FeedCode, MarketStart
from constellation.marketdata.book import OpenOrder
from constellation.protocol import limits
from constellation.protocol.messages import MarketStatus, Side
from constellation.testing.world import START_US
from tests.marketdata.flows import Flow
from tests.marketdata.listeners import House, Listener

MARKET = "XLM/USD"


class Place:
    """A flow and a house that follows it."""

    def __init__(self, interval_us: int = 0) -> None:
        self.flow = Flow()
        self.house = House(self.flow.world.settings, interval_us)
        self.price = 10_000

    def rests(self, lots: int = 100, side: Side = Side.BUY) -> None:
        """Somebody places an order that changes the best price."""
        self.price += 1
        self.flow.order(self.flow.traders[0], side, self.price, lots, timestamp=self.house.now_us)
        self.house.hub.take(self.flow.seal())

    def trades(self, lots: int = 100) -> None:
        first, second = self.flow.traders[:2]
        self.flow.order(first, Side.SELL, 50_000, lots, timestamp=self.house.now_us)
        self.flow.order(second, Side.BUY, 50_000, lots, timestamp=self.house.now_us)
        self.house.hub.take(self.flow.seal())


@pytest.fixture
def place() -> Place:
    return Place()


def book_after(listener: Listener) -> dict[str, Any]:
    """The book that follows from all messages; each must follow the one before."""
    book: dict[str, Any] = {}
    for message in listener.take("book"):
        data = message["data"]
        if message["type"] == "snapshot":
            book = {"bids": dict(data["bids"]), "asks": dict(data["asks"])}
        else:
            assert data["previous"] == book["sequence"]
            for side in ("bids", "asks"):
                for price, amount in data[side]:
                    if float(amount):
                        book[side][price] = amount
                    else:
                        del book[side][price]
        book["sequence"] = data["sequence"]
    return book


def test_the_same_bytes_go_to_all(place: Place) -> None:
    first, second = (place.house.subscribed(channel="book", market=MARKET, depth=10) for _ in range(2))
    assert first.frames.pop() is second.frames.pop()
    place.rests()
    assert first.frames[0] is second.frames[0]
    assert json.loads(first.frames[0])["type"] == "update"


def test_a_late_subscriber_goes_on_from_where_the_others_are() -> None:
    place = Place(interval_us=100_000)
    early = place.house.subscribed(channel="book", market=MARKET)
    place.rests()
    place.rests()  # waits for the interval
    late = place.house.subscribed(channel="book", market=MARKET)
    place.house.passes(200_000)
    place.rests()
    place.house.passes(200_000)
    followed = [book_after(listener) for listener in (early, late)]
    assert followed[0] == followed[1]
    assert len(followed[0]["bids"]) == 3


def test_updates_are_paced_and_the_first_one_is_at_once() -> None:
    place = Place(interval_us=100_000)
    listeners = [
        place.house.subscribed(channel=channel, market=MARKET, **more)
        for channel, more in (("book", {}), ("bbo", {}), ("ticker", {}), ("trades", {}))
    ]
    for _ in range(9):
        place.trades()
        place.rests()
        place.house.passes(10_000, 10_000)
    counts = [len([item for item in each.take() if item["type"] == "update"]) for each in listeners]
    assert counts == [1, 1, 1, 9]
    place.house.passes(30_000, 10_000)
    assert [len(each.take()) for each in listeners] == [1, 1, 1, 0]
    place.house.passes(500_000)
    assert [len(each.take()) for each in listeners] == [0, 0, 0, 0]


@pytest.mark.parametrize("channel", ["book", "bbo", "ticker", "candles"])
def test_a_slow_subscriber_is_passed_over_and_then_shown_what_has_become(place: Place, channel: str) -> None:
    params = {"channel": channel, "market": MARKET} | ({"period": "1m"} if channel == "candles" else {})
    slow, quick = place.house.subscribed(**params), place.house.subscribed(**params)
    slow.reads = False
    slow.unread = limits.FEED_BUFFER_BYTES + 1
    slow.take()
    for _ in range(20):
        place.rests()
        place.trades()
    place.house.passes(200_000)
    assert slow.take(channel) == []
    assert len(quick.take(channel)) > 20
    slow.read()
    place.house.passes(200_000)
    (shown,) = slow.take(channel)
    assert shown["type"] == "snapshot"
    place.rests()
    place.trades()
    assert all(item["type"] == "update" for item in slow.take(channel))
    assert slow.ended is None
    assert place.house.metrics.conflated.labels(channel)._value.get() == 1


def test_a_slow_subscriber_of_a_book_continues_without_a_gap(place: Place) -> None:
    slow, quick = (place.house.subscribed(channel="book", market=MARKET) for _ in range(2))
    for number in range(60):
        if number % 20 == 5:
            slow.unread = limits.FEED_BUFFER_BYTES + 1
        if number % 20 == 15:
            slow.read()
        place.rests(side=Side.BUY if number % 3 else Side.SELL, lots=number + 20)
        place.house.passes(50_000)
    slow.read()
    place.house.passes(200_000)
    assert book_after(slow) == book_after(quick)


def test_who_cannot_take_trades_is_cut_and_the_others_are_not(place: Place) -> None:
    slow, quick = (place.house.subscribed(channel="trades", market=MARKET) for _ in range(2))
    slow.reads, slow.unread = False, limits.FEED_BUFFER_BYTES + 1
    place.trades()
    assert len(slow.take("trades")) == 2, "the snapshot, and what is under the larger bound"
    slow.unread = limits.FEED_BUFFER_MAX_BYTES + 1
    place.trades()
    assert slow.ended is FeedCode.SLOW_READER
    place.trades()
    assert [len(item["data"]["trades"]) for item in quick.take("trades")] == [0, 1, 1, 1]


def test_who_reads_nothing_for_long_is_cut(place: Place) -> None:
    slow, quick = (place.house.subscribed(channel="book", market=MARKET) for _ in range(2))
    slow.unread = limits.FEED_BUFFER_BYTES + 1
    place.house.passes(25_000_000)
    assert slow.ended is None
    place.house.passes(10_000_000)
    assert (slow.ended, quick.ended) == (FeedCode.SLOW_READER, None)


def test_who_subscribes_to_nothing_is_cut(place: Place) -> None:
    idle, _ = place.house.enter()
    busy = place.house.subscribed(channel="status")
    place.house.passes(65_000_000, 500_000)
    assert (idle.ended, busy.ended) == (FeedCode.TIMED_OUT, None)


def test_the_heart_beats_each_second_and_says_how_far_each_book_is(place: Place) -> None:
    listener = place.house.subscribed(channel="book", market=MARKET, depth=10, group="0.0010")
    place.rests()
    sequence = listener.take("book")[-1]["data"]["sequence"]
    place.house.passes(3_000_000)
    beats = listener.take("heartbeat")
    assert len(beats) in (2, 3)
    assert beats[0]["data"]["books"] == [{"market": MARKET, "depth": 10, "group": "0.0010", "sequence": sequence}]
    assert beats[1]["data"]["timestamp"] - beats[0]["data"]["timestamp"] == 1_000


def test_a_snapshot_of_trades_says_since_when_it_is_complete(place: Place) -> None:
    place.house.subscribed(channel="trades", market=MARKET)
    for _ in range(limits.FEED_RECENT_TRADES_MAX + 5):
        place.trades()
    (shown,) = place.house.subscribed(channel="trades", market=MARKET).take()
    trades, since = shown["data"]["trades"], shown["data"]["since"]
    assert len(trades) == limits.FEED_RECENT_TRADES_MAX
    assert since == trades[0]["apex"] - 2
    assert shown["data"]["sequence"] == trades[-1]["apex"]
    assert trades[-1] == trades[-1] | {"side": "buy", "price": "5.0000", "amount": "0.1000000", "cost": "0.5000000"}
    assert trades[-1]["taker_order"] == trades[-1]["maker_order"] + 1


def test_a_candle_is_closed_by_the_clock_and_the_next_one_is_empty(place: Place) -> None:
    listener = place.house.subscribed(channel="candles", market=MARKET, period="1m")
    place.trades()
    place.house.passes(63_000_000, 500_000)
    told = [(item["trades"], item["closed"]) for each in listener.take("candles") for item in each["data"]["candles"]]
    assert told == [(1, False), (1, True), (0, False)]


def test_a_ticker_moves_when_only_time_passes(place: Place) -> None:
    listener = place.house.subscribed(channel="ticker", market=MARKET)
    place.trades()
    assert listener.take("ticker")[-1]["data"]["trades"] == 1
    place.house.now_us += 86_400_000_000
    place.house.passes(2_000_000)
    (moved,) = listener.take("ticker")
    assert (moved["data"]["trades"], moved["data"]["last"], moved["data"]["volume"]) == (0, "5.0000", "0.0000000")


def test_status_of_markets(place: Place) -> None:
    listener = place.house.subscribed(channel="status")
    (shown,) = listener.take("status")
    assert [item["status"] for item in shown["data"]["markets"]] == ["open", "open"]
    settings = place.flow.world.settings
    settings.markets[1].status = MarketStatus.MARKET_HALTED
    place.house.hub.settings_changed(settings)
    (update,) = listener.take("status")
    assert update["data"]["markets"] == [{"market": "EUR/USD", "status": "halted"}]
    place.rests()
    place.house.passes(1_100_000)
    assert listener.take("status")[-1]["data"]["sequence"] == place.flow.machine.state.apex


def test_decisions_in_batches_change_the_status(place: Place) -> None:
    seen = set()
    listener = place.house.subscribed(channel="status")
    for sealed in place.flow.random(77, 1_500):
        place.house.hub.take(sealed)
        state = place.flow.machine.state
        for market in place.house.hub.data.listing.markets:
            suspended = {market.base, market.quote} & set(state.assets.suspensions)
            assert (place.house.hub.data.status(market) == "suspended") == bool(suspended)
            assert market.status is state.settings.markets[market.number].status
        seen |= {item["status"] for message in listener.take() for item in message["data"]["markets"]}
    assert "suspended" in seen
    assert len(seen) > 1


def test_views_are_there_while_somebody_listens(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.marketdata.hub.FEED_GROUPED_VIEWS_MAX", 2)
    hub = place.house.hub
    listener, session = place.house.enter()
    for group in ("0.0002", "0.0005", "0.0010"):
        place.house.subscribe(session, channel="book", market=MARKET, group=group)
    place.house.subscribe(session, channel="book", market=MARKET)
    answers = [item for item in listener.take() if "success" in item]
    assert [item["success"] for item in answers] == [True, True, False, True]
    assert answers[2]["error"]["code"] == "OVERLOADED"
    assert len(hub.data.books[0]._ladders) == 3
    hub.disconnect(listener)
    assert len(hub.data.books[0]._ladders) == 1
    assert not hub._topics
    assert not hub._of_market
    assert not hub._dirty
    place.rests()
    place.house.passes(2_000_000)
    assert not hub._pulse._rota
    assert listener.frames == []


def test_unsubscribe_ends_one_thing_alone(place: Place) -> None:
    listener, session = place.house.enter()
    place.house.subscribe(session, channel="bbo", market=MARKET)
    place.house.subscribe(session, channel="trades", market=MARKET)
    params = {"channel": "bbo", "market": MARKET}
    session.receive(json.dumps({"method": "unsubscribe", "params": params, "id": "x"}))
    assert listener.take()[-1] == {"id": "x", "method": "unsubscribe", "success": True, "result": params}
    place.trades()
    assert [item["channel"] for item in listener.take()] == ["trades"]
    session.receive(json.dumps({"method": "unsubscribe", "params": params, "id": "y"}))
    assert listener.take()[-1]["error"]["code"] == "NOT_SUBSCRIBED"


def test_a_feed_begins_where_its_start_says() -> None:
    flow = Flow()
    known = [trade for sealed in flow.random(41, 500) for trade in trades_of(sealed) if trade.market == 0]
    orders = [
        OpenOrder(order.order_id, order.market, order.side, order.price, order.remaining)
        for order in flow.machine.state.engine.orders.values()
    ]
    candles = candles_of(known)
    start = MarketStart(
        flow.machine.state.apex,
        flow.machine.state.timestamp,
        orders,
        {0: candles[0, "1m"]},
        {key: items[-1] for key, items in candles.items()},
        {0: known[-100:]},
    )
    house = House(flow.world.settings, start=start)
    house.now_us = max(START_US, flow.machine.state.timestamp)
    (ticker,) = house.subscribed(channel="ticker", market=MARKET).take()
    assert ticker["data"]["trades"] == len(known)
    (trades,) = house.subscribed(channel="trades", market=MARKET).take()
    assert [item["id"] for item in trades["data"]["trades"]] == [trade.trade_id for trade in known[-100:]]
    (candle,) = house.subscribed(channel="candles", market=MARKET, period="1d").take()
    assert candle["data"]["candles"][-1]["trades"] == candles[0, "1d"][-1].trades
    (book,) = house.subscribed(channel="book", market=MARKET, depth=1000).take()
    assert book["data"]["sequence"] == flow.machine.state.apex
    assert len(book["data"]["bids"]) == len(list(flow.machine.state.engine.markets[0].book.levels(Side.BUY)))


@pytest.mark.parametrize("channel", ["bbo", "ticker"])
def test_who_joins_between_two_updates_is_shown_what_the_others_were(channel: str) -> None:
    place = Place(interval_us=100_000)
    house, flow = place.house, place.flow
    place.rests()
    house.passes(1_000_000)
    old = house.subscribed(channel=channel, market=MARKET)
    house.passes(200_000)
    place.rests()
    house.passes(20_000)
    shown = old.take(channel)[-1]["data"]["bid"]
    place.rests()  # a better bid, which is not told yet
    new = house.subscribed(channel=channel, market=MARKET)
    assert new.take(channel)[-1]["data"]["bid"] == shown
    flow.order(flow.traders[1], Side.SELL, place.price, 100, timestamp=house.now_us)  # and taken away again
    house.hub.take(flow.seal())
    house.passes(5_000_000)
    [(best, _)] = house.hub.data.books[0].levels.bids(1)
    late = house.subscribed(channel=channel, market=MARKET).take(channel)[-1]
    for told in (shown, late["data"]["bid"], *[message["data"]["bid"] for message in new.take(channel)]):
        assert told == house.hub.data.listing.markets[0].price(best)


def test_who_knows_a_market_by_an_old_name_is_told(place: Place) -> None:
    """Another asset with the same code is listed: the code alone names none of them any more."""
    house, settings = place.house, place.flow.world.settings
    place.rests()
    book, status = house.subscribed(channel="book", market=MARKET), house.subscribed(channel="status")
    dollar = settings.assets[settings.markets[0].quote]
    assert dollar.identity is not None
    twin = replace(dollar, identity=replace(dollar.identity, issuer=bytes([7]) * 32))
    house.hub.settings_changed(replace(settings, assets=[*settings.assets, twin]))
    assert (book.ended, status.ended) == (FeedCode.UNKNOWN_MARKET, None)
    again = house.subscribed(channel="book", market=house.hub.data.listing.markets[0].name)
    assert again.take("book")
