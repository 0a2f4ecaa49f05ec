"""The face with ccxt's verbs: every verb against a real alpha, chronicle and feed, and over lost connections."""

import asyncio
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Code, OrderCloseReason
from constellation.sdk import (
    Advice,
    ConnectionClosed,
    Exchange,
    InsufficientFunds,
    InvalidRequest,
    MarketTrade,
    NotFinal,
    OrderNotFound,
    OrderRequest,
    PartlyDone,
    Receipt,
)
from tests.gateway.harness import ANNA, BERT, USD, XLM, Alpha, key
from tests.marketdata.feed import Proxy
from tests.sdk.stage import FAST, Stage, ledger_takes_withdrawals, staged, until

D = Decimal


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT) as stage:
        yield stage


@pytest.fixture
async def anna(stage: Stage) -> AsyncIterator[Exchange]:
    async with stage.exchange(ANNA) as exchange:
        yield exchange


@pytest.fixture
async def bert(stage: Stage) -> AsyncIterator[Exchange]:
    async with stage.exchange(BERT) as exchange:
        yield exchange


async def test_an_order_from_its_placing_to_its_end(anna: Exchange, bert: Exchange) -> None:
    ask = await anna.create_order("XLM/USD", "limit", "sell", "10", "0.25", {"clientOrderId": "a", "postOnly": True})
    assert (ask.status, ask.amount, ask.filled, ask.remaining) == ("open", D(10), D(0), D(10))
    assert (ask.client_order_id, ask.post_only, ask.time_in_force, ask.side) == ("a", True, "GTC", "sell")
    bid = await bert.create_order("XLM/USD", "limit", "buy", D(4), "0.26", {"timeInForce": "IOC"})
    assert (bid.status, bid.filled, bid.remaining, bid.cost) == ("closed", D(4), D(0), D(1))
    assert (bid.average, bid.fee, bid.fee_currency) == (D("0.25"), D("0.004"), "XLM")
    assert [(trade.order, trade.taker_or_maker, trade.price) for trade in bid.trades] == [(bid.id, "taker", D("0.25"))]
    await until(lambda: anna.own.order(int(ask.id)).filled == 4)  # type: ignore[union-attr]
    (open_one,) = await anna.fetch_open_orders("XLM/USD")
    assert (open_one.id, open_one.amount, open_one.filled, open_one.remaining) == (ask.id, D(10), D(4), D(6))
    assert await anna.fetch_order("0", params={"clientOrderId": "a"}) == open_one
    cancelled = await anna.cancel_order(ask.id)
    assert (cancelled.status, cancelled.remaining, cancelled.filled) == ("canceled", D(6), D(4))
    assert cancelled.reason is OrderCloseReason.CANCELLED
    assert await anna.fetch_order(ask.id) == cancelled
    assert await anna.fetch_open_orders() == ()


async def test_market_orders_and_orders_with_a_time(stage: Stage, anna: Exchange, bert: Exchange) -> None:
    until_us = stage.alpha.now_us + 3_600_000_000
    await anna.create_order("XLM/USD", "limit", "sell", "10", "0.25", {"expires_at_us": until_us})
    bought = await bert.create_order("XLM/USD", "market", "buy", "4")
    assert (bought.type, bought.status, bought.filled, bought.price) == ("market", "closed", D(4), None)
    spent = await bert.create_order("XLM/USD", "market", "buy", None, params={"cost": "0.5"})
    assert (spent.filled, spent.cost, spent.amount, spent.remaining) == (D(2), D("0.5"), None, None)
    with pytest.raises(InvalidRequest, match="either an amount of base or a budget"):
        await bert.create_order("XLM/USD", "market", "buy", "1", params={"cost": "0.5"})


async def test_an_order_waits_for_its_trigger(stage: Stage, anna: Exchange, bert: Exchange) -> None:
    stop = await anna.create_order("XLM/USD", "market", "sell", "3", params={"stopLossPrice": "0.2"})
    late = {"triggerPrice": "0.3", "triggerDirection": "above", "timeInForce": "FOK"}
    kill = await anna.create_order("XLM/USD", "limit", "buy", "5", "0.3", late)
    assert [(o.status, o.armed, o.trigger, o.trigger_price, o.type) for o in (stop, kill)] == [
        ("open", True, "stop", D("0.2"), "market"), ("open", True, "stop", D("0.3"), "limit"),
    ]  # fmt: skip
    assert (stop.to_ccxt()["triggerPrice"], stop.to_ccxt()["takeProfitPrice"]) == ("0.2000", None)
    assert [(o.id, o.armed, o.remaining) for o in await anna.fetch_open_orders()] == [
        (stop.id, True, D(3)), (kill.id, True, D(5)),
    ]  # fmt: skip
    async with stage.exchange(ANNA) as later:  # knows only what alpha shows now
        assert [(o.id, o.type, o.armed) for o in await later.fetch_open_orders()] == [
            (stop.id, "market", True), (kill.id, "limit", True),
        ]  # fmt: skip
        await bert.create_order("XLM/USD", "limit", "sell", "1", "0.3")
        await anna.create_order("XLM/USD", "market", "buy", "1")
        for exchange in (anna, later):
            await until(lambda one=exchange: one.own.order(int(kill.id)).status != "open")  # type: ignore[misc]
            refused = exchange.own.order(int(kill.id))
            assert refused is not None
            assert (refused.status, refused.armed, refused.reason) == (
                "rejected", False, OrderCloseReason.REFUSED_WHEN_TRIGGERED,
            )  # fmt: skip
    assert (await anna.cancel_order(stop.id)).status == "canceled"


async def test_an_order_is_edited(anna: Exchange, bert: Exchange) -> None:
    first = await anna.create_order("XLM/USD", "limit", "sell", "10", "0.25", {"clientOrderId": "a"})
    less = await anna.edit_order(first.id, "XLM/USD", "limit", "sell", "8", "0.25")
    assert (less.id, less.remaining, less.status) == (first.id, D(8), "open")
    other = await anna.edit_order(None, "XLM/USD", "limit", "sell", "9", "0.26", {"clientOrderId": "a"})
    assert (other.id != first.id, other.remaining, other.price, other.client_order_id) == (True, D(9), D("0.26"), "a")
    old = anna.own.order(int(first.id))
    assert old is not None
    assert (old.status, old.reason) == ("canceled", OrderCloseReason.REPLACED_BY_OWNER)
    assert [order.id for order in await anna.fetch_open_orders()] == [other.id]
    for side, symbol in (("buy", "XLM/USD"), ("sell", "XLM/EUR")):
        with pytest.raises(InvalidRequest, match="cannot be changed"):
            await anna.edit_order(other.id, symbol, "limit", side, "1", "0.3")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="says both"):
        await anna.edit_order(other.id, "XLM/USD", "limit", "sell", "1")


async def test_a_dead_mans_switch(stage: Stage, anna: Exchange) -> None:
    due = await anna.cancel_all_orders_after(30_000)
    assert due == stage.alpha.now_us // 1_000 + 30_000
    assert await anna.cancel_all_orders_after(0) is None
    for wrong in (60, 1_500, -1_000, True):
        with pytest.raises(InvalidRequest, match="whole seconds"):
            await anna.cancel_all_orders_after(wrong)


async def test_a_batch_of_orders_and_of_cancels(anna: Exchange) -> None:
    orders = await anna.create_orders([
        {"symbol": "XLM/USD", "type": "limit", "side": "sell", "amount": "1", "price": "0.3"},
        OrderRequest("XLM/USD", "limit", "sell", "1", "0.4", {"clientOrderId": "b"}),
        OrderRequest("XLM/USD", "limit", "buy", "1000000", "0.2"),
    ])  # fmt: skip
    assert [(order.status, order.refusal) for order in orders] == [
        ("open", None), ("open", None), ("rejected", Code.INSUFFICIENT_FUNDS),
    ]  # fmt: skip
    with pytest.raises(InsufficientFunds):
        await anna.create_orders(
            [OrderRequest("XLM/USD", "limit", "buy", "1000000", "0.2")], params={"allOrNothing": True}
        )
    gone = await anna.cancel_orders([orders[0].id, orders[2].id])
    assert [(order.status, order.refusal) for order in gone] == [
        ("canceled", None), ("rejected", Code.ORDER_NOT_FOUND),
    ]  # fmt: skip
    assert [order.id for order in await anna.cancel_all_orders("XLM/USD")] == [orders[1].id]
    assert await anna.cancel_all_orders() == ()


async def test_the_account(stage: Stage, anna: Exchange, bert: Exchange) -> None:
    balance = await anna.fetch_balance()
    assert (balance["USD"].total, balance["XLM"].available) == (D(1000), D(999))
    sent = await anna.transfer("USD", "1.5", BERT.address)
    assert (sent.currency, sent.amount, sent.to_account) == ("USD", D("1.5"), BERT.address)
    asked = await anna.withdraw("XLM", "3", key("elsewhere").address, "thanks")
    assert (asked.status, asked.currency, asked.amount) == ("pending", "XLM", D(3))
    (withdrawal,) = await anna.fetch_withdrawals()
    assert (withdrawal.id, withdrawal.status, withdrawal.address_to) == (asked.id, "pending", key("elsewhere").address)
    assert withdrawal.txid is not None
    assert {deposit.currency for deposit in await anna.fetch_deposits()} == {"XLM", "USD", "EUR"}
    assert [deposit.amount for deposit in await anna.fetch_deposits("USD")] == [D(1000)]
    assert [(entry.type, entry.direction, entry.amount) for entry in await bert.fetch_ledger("USD")] == [
        ("deposit", "in", D(1000)), ("transfer", "in", D("1.5")),
    ]  # fmt: skip


async def test_the_past(stage: Stage, anna: Exchange, bert: Exchange) -> None:
    stage.alpha.now_us += 1_000_000
    since = stage.alpha.now_us // 1_000
    ask = await anna.create_order("XLM/USD", "limit", "sell", "10", "0.25")
    for amount in ("1", "2", "3"):
        await bert.create_order("XLM/USD", "limit", "buy", amount, "0.25")
    trades = await bert.fetch_my_trades("XLM/USD")
    assert [trade.amount for trade in trades] == [D(1), D(2), D(3)]
    assert [trade.amount for trade in await bert.fetch_my_trades(limit=2)] == [D(2), D(3)]
    assert [trade.amount for trade in await bert.fetch_my_trades(since=since, limit=2)] == [D(1), D(2)]
    assert await bert.fetch_my_trades(since=since + 1_000) == ()
    assert tuple([trade async for trade in bert.iter_my_trades()]) == trades
    assert [order.status for order in await bert.fetch_closed_orders()] == ["closed"] * 3
    assert [order.id for order in await anna.fetch_orders()] == [ask.id]
    assert [order.filled async for order in bert.iter_orders()] == [D(1), D(2), D(3)]
    async with stage.exchange(ANNA) as later:  # knows only what alpha shows now
        assert later.own.order(int(ask.id)).amount is None  # type: ignore[union-attr]
        assert (await later.fetch_order(ask.id)).filled == D(6)
        with pytest.raises(OrderNotFound) as none:
            await later.fetch_order("999999")
        assert none.value.nothing_happened
    entries = [(e.type, e.direction, e.currency, e.amount) for e in await bert.fetch_ledger(since=since, limit=3)]
    assert entries == [
        ("trade", "out", "USD", D("0.25")), ("trade", "in", "XLM", D(1)), ("fee", "out", "XLM", D("0.001")),
    ]  # fmt: skip


async def test_the_newest_of_the_ledger_are_the_end_of_all(stage: Stage, anna: Exchange, bert: Exchange) -> None:
    for number in range(2):
        await anna.withdraw("XLM", str(1 + number), key("elsewhere").address)
        await anna.transfer("USD", "1.5", BERT.address)
        await anna.create_order("XLM/USD", "limit", "sell", "2", "0.25")
        await bert.create_order("XLM/USD", "limit", "buy", "2", "0.25")
        stage.alpha.now_us += 1_000
        ledger_takes_withdrawals(stage.alpha)
        stage.settle()
    every = [entry async for entry in anna.iter_ledger()]
    assert {entry.type for entry in every} == {"deposit", "withdrawal", "transfer", "trade"}
    assert [entry.amount for entry in every if entry.type == "withdrawal"] == [D(1), D(2)]
    for limit in range(1, len(every) + 2):
        assert await anna.fetch_ledger(limit=limit) == tuple(every[-limit:])
    of_lumens = [entry for entry in every if entry.currency == "XLM"]
    assert await anna.fetch_ledger("XLM", limit=3) == tuple(of_lumens[-3:])
    assert await anna.fetch_ledger("XLM") == tuple(of_lumens)


async def test_markets(stage: Stage, anna: Exchange, bert: Exchange) -> None:
    await anna.create_order("XLM/USD", "limit", "sell", "10", "0.25")
    await bert.create_order("XLM/USD", "limit", "buy", "4", "0.25")
    await bert.create_order("XLM/USD", "limit", "buy", "4", "0.2")
    async with stage.exchange(None) as public:
        assert list(await public.load_markets()) == ["XLM/USD", "EUR/USD", "XLM/EUR"]
        for exchange in (public, anna):
            book = await exchange.fetch_order_book("XLM/USD")
            assert [(line.price, line.amount) for line in book.bids] == [(D("0.2"), D(4))]
            assert [(line.price, line.amount) for line in book.asks] == [(D("0.25"), D(6))]
        (trade,) = await public.fetch_trades("XLM/USD")
        assert (trade.side, trade.amount, trade.cost) == ("buy", D(4), D(1))
        assert await public.fetch_trades("XLM/USD", since=0) == (trade,)
        assert [found.id async for found in public.iter_trades("XLM/USD")] == [trade.id]
        assert await public.fetch_trades("XLM/USD", since=stage.alpha.now_us // 1_000 + 1) == ()
        ticker = await public.fetch_ticker("XLM/USD")
        assert (ticker.last, ticker.bid, ticker.ask) == (D("0.25"), D("0.2"), D("0.25"))
        assert await public.fetch_tickers(["XLM/USD"]) == {"XLM/USD": ticker}
        (candle,) = await public.fetch_ohlcv("XLM/USD", since=0)
        assert (candle.open, candle.volume, candle.trades) == (D("0.25"), D(4), 1)
        assert await public.fetch_time() == stage.alpha.now_us // 1_000
        assert (await public.fetch_status()).status == "ok"
        with pytest.raises(InvalidRequest, match="needs an account"):
            await public.fetch_balance()
    assert (await anna.fetch_status()).status == "ok"


async def test_what_is_watched_goes_on_over_lost_connections(stage: Stage, bert: Exchange) -> None:
    async with Proxy(stage.server.port) as trading, Proxy(urlsplit(stage.feed_url).port or 0) as feed:
        anna = Exchange(f"ws://127.0.0.1:{trading.port}", stage.alpha.settings, ANNA, feed_url=feed.url, options=FAST)
        async with anna:
            await anna.create_order("XLM/USD", "limit", "sell", "10", "0.25")
            assert [order.remaining for order in await anna.watch_orders("XLM/USD")] == [D(10)]
            book = await anna.watch_order_book("XLM/USD", 10)
            while not book.asks:
                book = await anna.watch_order_book("XLM/USD", 10)
            assert book.asks[0].amount == D(10)
            public = asyncio.create_task(anna.watch_trades("XLM/USD"))
            await until(lambda: stage.followers("trades") == 1)
            for _ in range(3):
                trading.cut()
                feed.cut()
                await bert.create_order("XLM/USD", "limit", "buy", "1", "0.25")
            trades: list[Decimal] = []
            while len(trades) < 3:
                trades += [trade.amount for trade in await anna.watch_my_trades("XLM/USD")]
            assert trades == [D(1)] * 3
            while (await anna.watch_orders())[0].filled != 3:
                pass
            while (await anna.watch_balance())["USD"].total != D("1000.75"):
                pass
            while (await anna.watch_order_book("XLM/USD", 10)).asks[0].amount != 7:
                pass
            assert isinstance((await public)[0], MarketTrade)
            assert anna.client.reconnects >= 1
            assert (await anna.fetch_balance())["USD"].total == D("1000.75")


async def test_more_streams(stage: Stage, anna: Exchange, bert: Exchange) -> None:
    waiting = asyncio.create_task(anna.watch_my_trades("XLM/EUR"))
    ticker = await anna.watch_ticker("XLM/USD")
    assert ticker.last is None
    await bert.create_order("XLM/USD", "limit", "sell", "1", "0.25")
    await anna.create_order("XLM/USD", "limit", "buy", "1", "0.25")
    while (await anna.watch_ticker("XLM/USD")).last is None:
        pass
    candles = await anna.watch_ohlcv("XLM/USD", "1m")
    assert candles[-1].close == D("0.25")
    assert not waiting.done(), "a trade of another market"
    waiting.cancel()
    (trade,) = await anna.watch_my_trades()
    assert (trade.side, trade.taker_or_maker) == ("buy", "taker"), "own requests' trades are told, too"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anna.watch_my_trades(), 0.01)
    await anna.close()
    with pytest.raises(ConnectionClosed):
        await anna.watch_my_trades()


async def test_a_watch_that_is_cancelled_in_the_instant_of_news_loses_nothing(anna: Exchange) -> None:
    def told(receipt: Receipt) -> None:
        anna.own.take(receipt)
        waiting.cancel()

    waiting = asyncio.create_task(anna.watch_orders())
    await asyncio.sleep(0)
    anna.client.observe(told)
    order = await anna.create_order("XLM/USD", "limit", "sell", "1", "0.25")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    (seen,) = await anna.watch_orders()
    assert seen.id == order.id


async def test_waiting_for_the_auditors(stage: Stage, anna: Exchange) -> None:
    order = await anna.create_order("XLM/USD", "limit", "sell", "1", "0.25", {"wait": "final"})
    assert order.receipt is not None
    proof = await order.receipt.final(timeout=0)
    assert len(proof.auditors) == 2
    stage.server.automatic = False
    stage.alpha.on_submit = lambda: asyncio.get_running_loop().call_soon(stage.alpha.acknowledge) and None
    task = asyncio.create_task(anna.transfer("USD", "1", BERT.address, {"wait": "final"}))
    await until(lambda: stage.alpha.sealed[-1][0].header.last_apex > int(order.id))
    await asyncio.sleep(0.05)
    assert not task.done()
    await anna.close()
    with pytest.raises(NotFinal) as pending:
        await task
    assert not pending.value.nothing_happened, "it is acknowledged"
    assert pending.value.receipt is not None


async def test_what_cannot_be_is_refused_before_anything_is_sent(stage: Stage, anna: Exchange) -> None:
    before = stage.alpha.machine.state.apex
    for arguments, words in (
        (("XLM/USD", "limit", "buy", 1.5, "0.25"), r"not float.*round_price and round_amount"),
        (("XLM/USD", "limit", "buy", "1", 0.25), r"not float.*round_price and round_amount"),
        (("XLM/USD", "limit", "buy", "1.5", "0.25"), "multiple of the lot"),
        (("XLM/USD", "market", "buy", "1", "0.25"), "has no price"),
        (("XLM/USD", "stop", "buy", "1", "0.25"), "type is limit, market, not 'stop'"),
        (("XLM/USD", "limit", "buy", "1"), "needs a price"),
        (("XLM/USD", "limit", "buy", "1", "0.25", {"timeinforce": "IOC"}), "'timeinforce' is not known"),
        (("XLM/USD", "limit", "buy", "1", "0.25", {"postOnly": True, "post_only": True}), "given twice"),
        (("XLM/USD", "limit", "buy", "1", "0.25", {"wait": "never"}), "acknowledged or final"),
        (("NO/USD", "limit", "buy", "1", "0.25"), "'NO' is not listed"),
        (("XLM/USD", "limit", "buy", "1", "0.25", {"triggerPrice": "1"}), "needs a triggerDirection"),
        (("XLM/USD", "limit", "buy", "1", "0.25", {"stopLossPrice": None}), "would not wait"),
        (("XLM/USD", "limit", "buy", "1", "0.25", {"stopLossPrice": "1", "triggerPrice": "1"}), "waits for one price"),
        (("XLM/USD", "limit", "buy", "1", "0.25", {"triggerDirection": "above"}), "there is no triggerPrice"),
        (("XLM/USD", "market", "buy", "1", None, {"stopLossPrice": "1"}), "needs a cost"),
        (("XLM/USD", "market", "buy", "1", None, {"expires_at_us": 1}), "no expires_at_us"),
    ):
        with pytest.raises(InvalidRequest, match=words) as refused:
            await anna.create_order(*arguments)  # type: ignore[arg-type]
        assert refused.value.nothing_happened
        assert refused.value.advice is Advice.NEVER
    for wrong in (
        anna.fetch_my_trades(limit=0),
        anna.fetch_my_trades(since=1.5),  # type: ignore[arg-type]
        anna.cancel_order("x"),
        anna.cancel_order(),
        anna.watch_order_book("XLM/USD", 7),
        anna.watch_ohlcv("XLM/USD", "7m"),
    ):
        with pytest.raises(InvalidRequest):
            await wrong
    assert stage.alpha.machine.state.apex == before
    market = anna.market("XLM/USD")
    assert (market.round_price("0.12345"), market.round_price("0.12345", "up")) == (D("0.123"), D("0.124"))
    assert (market.round_amount("1.5"), market.round_amount("1.5", "up")) == (D(1), D(2))
    assert market.round_amount("2", "up") == 2
    with pytest.raises(InvalidRequest, match="down or up"):
        market.round_amount("2", "nearest")  # type: ignore[arg-type]


@pytest.mark.parametrize("ahead_s", [10**9, -299])
async def test_a_wrong_clock_here_does_not_matter_unless_it_is_far_behind(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, ahead_s: int
) -> None:
    local_s = stage.alpha.now_us / 1e6 + ahead_s
    monkeypatch.setattr(time, "time", lambda: local_s)
    monkeypatch.setattr(time, "time_ns", lambda: round(local_s * 1e9))
    async with stage.exchange(ANNA) as exchange:
        assert abs(await exchange.fetch_time() - stage.alpha.now_us // 1_000) < 1_000
        sent = await exchange.transfer("USD", "1", BERT.address)
        assert sent.receipt is not None
        request = sent.receipt.request.request
        assert stage.alpha.now_us <= request.valid_until <= stage.alpha.now_us + 31_000_000


async def test_cancelling_all_says_what_was_done_when_it_stops(
    stage: Stage, anna: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("constellation.sdk.exchange_verbs.orders._CANCELLED_AT_ONCE", 1)
    await anna.create_order("XLM/USD", "limit", "sell", "1", "0.25")
    once = anna.client.cancel_all_orders

    async def fail_the_second_time(symbol: str | None = None) -> object:
        monkeypatch.setattr(anna.client, "cancel_all_orders", refuse)
        return await once(symbol)

    async def refuse(symbol: str | None = None) -> object:
        raise InsufficientFunds(Code.INSUFFICIENT_FUNDS, "no")

    monkeypatch.setattr(anna.client, "cancel_all_orders", fail_the_second_time)
    with pytest.raises(PartlyDone) as stopped:
        await anna.cancel_all_orders()
    assert not stopped.value.nothing_happened
    assert len(stopped.value.receipts) == 1


async def test_deposits_are_told_as_balances(stage: Stage, anna: Exchange) -> None:
    await anna.watch_balance()
    stage.alpha.deposit(ANNA, USD, 5 * ONE)
    stage.settle()
    assert (await anna.watch_balance())["USD"].available == D(1005)
    assert XLM == 0
    assert Alpha is type(stage.alpha)
