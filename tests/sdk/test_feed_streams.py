"""Streams without a connection: what a program gets that is late, and what it gets of a feed that errs."""

import asyncio
from collections.abc import Iterable
from typing import Any
from zlib import crc32

import pytest

from constellation.sdk.errors import ConnectionClosed
from constellation.sdk.feed_streams import BookStream, CandleStream, NewestStream, StatusStream, TradeStream
from constellation.sdk.feed_views import BestPrices, MarketTrade, best_of
from constellation.sdk.local_book import LocalBook, OutOfStep

TIME = "2027-01-15T08:00:00.000001Z"


def trades(sequence: int, apexes: Iterable[int], **where: int) -> dict[str, Any]:
    listed = [
        {"id": f"{apex}-0", "side": "buy", "price": "1.0", "amount": "2.0", "cost": "2.0", "taker_order": apex,
         "maker_order": 1, "apex": apex, "time": TIME}
        for apex in apexes
    ]  # fmt: skip
    return {"sequence": sequence, **where, "trades": listed}


def taken(stream: TradeStream) -> list[int | tuple[int, int]]:
    found: list[int | tuple[int, int]] = []
    while (item := stream._pop()) is not None:
        found.append(item.apex if isinstance(item, MarketTrade) else (item.after, item.until))
    return found


def test_the_first_snapshot_is_the_past_and_a_later_one_fills_what_was_missed() -> None:
    stream = TradeStream({})
    stream.take("update", "M", trades(5, [5], previous=4))
    stream.take("snapshot", "M", trades(10, [3, 9], since=0))
    stream.take("update", "M", trades(12, [11, 12], previous=10))
    stream.lose()
    stream.take("update", "M", trades(20, [20], previous=18))
    stream.take("snapshot", "M", trades(21, [11, 12, 15, 20], since=9))
    assert taken(stream) == [11, 12, 15, 20]
    stream.lose()
    stream.take("snapshot", "M", trades(40, [38, 39], since=37))
    assert taken(stream) == [(21, 37), 38, 39]


def test_a_feed_that_is_behind_the_one_before_repeats_nothing() -> None:
    stream = TradeStream({})
    stream.take("snapshot", "M", trades(10, [], since=10))
    stream.take("update", "M", trades(20, [15, 20], previous=10))
    stream.lose()
    stream.take("snapshot", "M", trades(16, [15], since=0))
    stream.take("update", "M", trades(22, [20, 21], previous=16))
    assert taken(stream) == [15, 20, 21]


def test_missed_trades_are_noticed() -> None:
    stream = TradeStream({})
    stream.take("snapshot", "M", trades(10, [], since=0))
    with pytest.raises(OutOfStep):
        stream.take("update", "M", trades(20, [15], previous=11))


def test_a_program_that_is_late_loses_the_oldest_trades_and_is_told_so() -> None:
    stream = TradeStream({}, most=4)
    stream.take("snapshot", "M", trades(10, [], since=0))
    stream.take("update", "M", trades(20, range(11, 21), previous=10))
    assert taken(stream) == [(10, 17), 18, 19, 20]
    stream.take("update", "M", trades(30, [30], previous=20))
    stream.lose()
    stream.take("snapshot", "M", trades(50, [41, 45], since=40))
    assert taken(stream) == [30, (30, 40), 41, 45]


def candle(place: int, close: str, closed: bool) -> dict[str, Any]:
    names = ("open", "high", "low", "volume", "quote_volume", "buy_volume")
    time = f"2027-01-15T08:{place:02}:00.000000Z"
    return dict.fromkeys(names, "1.0") | {"close": close, "trades": 1, "closed": closed, "time": time}


async def test_candles_are_closed_once_each_and_the_open_one_is_the_newest() -> None:
    stream = CandleStream({})
    for item in (candle(1, "1", False), candle(1, "2", False), candle(1, "3", True), candle(2, "4", False)):
        stream.take("update", "M", {"period": "1m", "candles": [item]})
    first, second = await stream.next(), await stream.next()
    assert [(int(each.close), each.closed) for each in (first, second)] == [(3, True), (4, False)]


async def test_of_best_prices_the_newest_is_kept() -> None:
    stream: NewestStream[BestPrices] = NewestStream({}, best_of)
    for sequence in (1, 2):
        stream.take("update", "M", {"sequence": sequence, "time": TIME, "bid": None, "bid_amount": None,
                                    "ask": "1.5", "ask_amount": "2"})  # fmt: skip
    assert (await stream.next()).sequence == 2
    stream.fail(ConnectionClosed(None, "it ended"))
    with pytest.raises(ConnectionClosed):
        await stream.next()


async def test_statuses_are_told_of_all_markets_when_one_is_different() -> None:
    stream = StatusStream({})

    def say(kind: str, **statuses: str) -> None:
        stream.take(kind, "", {"markets": [{"market": name, "status": status} for name, status in statuses.items()]})

    say("snapshot", A="open", B="open")
    assert await stream.next() == {"A": "open", "B": "open"}
    say("update", B="suspended")
    say("update", A="halted")
    say("update")
    assert await stream.next() == {"A": "halted", "B": "suspended"}
    say("snapshot", A="halted", B="suspended")  # of a later connection, in which nothing is different
    say("update")
    waiting = asyncio.ensure_future(stream.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    say("snapshot", A="open")
    stream.wake()
    assert await waiting == {"A": "open"}


def content(text: str, **more: Any) -> dict[str, Any]:
    return {"time": TIME, "checksum": crc32(text.encode()), "bids": [], "asks": []} | more


def test_a_book_that_errs_is_noticed() -> None:
    book = LocalBook("M")
    good = content("12:34|15:6", sequence=1, bids=[["1.2", "3.4"]], asks=[["1.5", "0.6"]])
    assert not book.update(good | {"previous": 0}), "nothing is taken before the snapshot"
    book.show(good)
    assert book.checksum == good["checksum"]
    for wrong in (
        content("12:34|15:6", sequence=3, previous=2),
        content("12:34", sequence=2, previous=1),
        content("12:34|15:6", sequence=2, previous=1, bids=[["1.1", "0.0"]]),
    ):
        with pytest.raises(OutOfStep):
            book.update(wrong)
    with pytest.raises(ValueError, match="no amount"):
        book.update(content("", sequence=2, previous=1, bids=[["-1.1", "1"]]))


async def test_a_heartbeat_shows_that_the_last_update_is_missing() -> None:
    stream = BookStream({"market": "M"})
    stream.heard(7)
    stream.take("snapshot", "M", content("", sequence=7))
    stream.heard(7)
    with pytest.raises(OutOfStep):
        stream.heard(8)
    stream.lose()
    stream.heard(8)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.next(), 0.01)
