"""What the chronicle says of markets, against a plain recomputation from the chain."""

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event

from constellation.chronicler.batch_records import (
    SettingsVersion,
    find_batch,
    find_settings,
    last_settings_version,
    last_timestamp,
    suspended_assets,
)
from constellation.chronicler.candle_pages import CandleRange, candle_page
from constellation.chronicler.candles import PERIODS, Candle, next_start_s, period_start_s
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import moment, open_engine, sqlite_url
from constellation.chronicler.feed_start import minutes_since, resting_orders
from constellation.chronicler.market_history import TradeId, trades_after, trades_before
from constellation.chronicler.trades import MarketTrade, trades_of
from constellation.protocol.messages import GovernanceCommit, SettingsChange
from tests.chronicler.chain import Chain
from tests.chronicler.test_writer import fill


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain(batches=30, quanta=30)


@pytest.fixture(scope="module")
def engine(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = sqlite_url(tmp_path_factory.mktemp("chronicle") / "c.sqlite")
    written = open_chronicle(url, chain.world.settings)
    fill(written, chain)
    written.dispose()
    reading = open_engine(url, read_only=True)
    yield reading
    reading.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with moment(engine) as connection:
        yield connection


@cache
def all_trades(chain: Chain, market: int) -> list[MarketTrade]:
    return [trade for link in chain.links for trade in trades_of(link.sealed) if trade.market == market]


def id_of(trade: MarketTrade) -> TradeId:
    return TradeId(trade.apex, trade.place)


@pytest.mark.parametrize("market", [0, 1])
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_of_trades_meet_in_both_directions(chain: Chain, connection: Connection, market: int, limit: int) -> None:
    expected = all_trades(chain, market)
    assert len(expected) > 20
    forward: list[MarketTrade] = []
    cursor = TradeId(0, 0)
    while (page := trades_after(connection, market, limit, cursor)) and len(forward) <= len(expected):
        forward += page
        cursor = id_of(page[-1])
    assert forward == expected
    page = trades_before(connection, market, limit)
    backward: list[MarketTrade] = []
    while page and len(backward) <= len(expected):
        backward += page
        page = trades_before(connection, market, limit, id_of(page[-1]))
    assert backward == expected[::-1]


@settings(deadline=None, max_examples=60)
@given(apex=st.integers(0, 1500), place=st.integers(0, 7), limit=st.integers(1, 50))
def test_any_id_divides_the_trades(chain: Chain, engine: Engine, apex: int, place: int, limit: int) -> None:
    expected, cursor = all_trades(chain, 0), TradeId(apex, place)
    with moment(engine) as connection:
        assert trades_after(connection, 0, limit, cursor) == [t for t in expected if id_of(t) > cursor][:limit]
        assert trades_before(connection, 0, limit, cursor) == [t for t in expected if id_of(t) < cursor][::-1][:limit]


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**31 - 1))
def test_ids_are_read_as_they_are_written(apex: int, place: int) -> None:
    assert TradeId.parse(f"{apex}-{place}") == (apex, place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1-",
        "-1",
        "1-2-3",
        "01-1",
        "1-01",
        "+1-1",
        "1 -1",
        "1-1\n",
        "\u0661-1",
        "9223372036854775808-0",
        "1-2147483648",
    ],
)
def test_other_texts_are_no_ids(text: str) -> None:
    with pytest.raises(ValueError, match="id"):
        TradeId.parse(text)


def naive_candles(trades: list[MarketTrade], period: str, until_s: int) -> list[Candle]:
    """Every period since the first trade, one by one."""
    candles: list[Candle] = []
    if not trades:
        return candles
    start_s, close = period_start_s(period, trades[0].timestamp // 1_000_000), 0
    while start_s <= until_s:
        end_s = next_start_s(period, start_s)
        own = [trade for trade in trades if start_s <= trade.timestamp // 1_000_000 < end_s]
        if own:
            prices = [trade.price for trade in own]
            close = prices[-1]
            bought = sum(trade.amount for trade in own if trade.side == 0)
            volume, quote = sum(trade.amount for trade in own), sum(trade.quote_amount for trade in own)
            candle = Candle(start_s, prices[0], max(prices), min(prices), close, volume, quote, bought, len(own))
        else:
            candle = Candle(start_s, close, close, close, close, 0, 0, 0, 0)
        candles.append(candle)
        start_s = end_s
    return candles


@cache
def every_candle(chain: Chain, period: str) -> list[Candle]:
    """Of the first market, until two hours after the last batch."""
    until_s = chain.links[-1].sealed.header.timestamp // 1_000_000 + 7_200
    return naive_candles(all_trades(chain, 0), period, period_start_s(period, until_s))


@st.composite
def moments_ms(draw: st.DrawFn) -> int:
    """Around the beginning of a minute, after some other one."""
    minute = draw(st.integers(-1, 1) | st.integers(-3, 60))
    return minute * 60_000 + draw(st.sampled_from([0, 0, -1, 1, 30_000]))


@settings(deadline=None, max_examples=300)
@given(
    period=st.sampled_from(["1m", "1m", *PERIODS]),
    limit=st.integers(1, 3) | st.integers(1, 40),
    start=st.none() | st.tuples(st.booleans(), moments_ms()),
    end=st.none() | st.tuples(st.booleans(), moments_ms()),
    later_ms=moments_ms(),
)
def test_any_range_of_candles(
    chain: Chain,
    engine: Engine,
    period: str,
    limit: int,
    start: tuple[bool, int] | None,
    end: tuple[bool, int] | None,
    later_ms: int,
) -> None:
    """Ranges begin and end near the first batch or near the last one, for which the flag stands."""
    trades, last_us = all_trades(chain, 0), chain.links[-1].sealed.header.timestamp
    anchors_ms = [time_us // 60_000_000 * 60_000 for time_us in (trades[0].timestamp, last_us)]
    start_ms = None if start is None else anchors_ms[start[0]] + start[1]
    end_ms = None if end is None else anchors_ms[end[0]] + end[1]
    now_us = last_us + later_ms * 1000
    with moment(engine) as connection:
        page = candle_page(connection, CandleRange(0, period, limit, start_ms, end_ms), now_us)
    present_s = period_start_s(period, max(now_us, last_us) // 1_000_000)
    wanted = [
        candle
        for candle in every_candle(chain, period)
        if candle.start_s <= present_s
        and (start_ms is None or candle.start_s * 1000 >= start_ms)
        and (end_ms is None or candle.start_s * 1000 < end_ms)
    ]
    assert page.candles == (wanted[-limit:] if start_ms is None else wanted[:limit])
    if start_ms is not None and len(wanted) > limit:
        assert page.next_s == wanted[limit].start_s
    else:
        assert page.next_s is None
    is_fixed = page.next_s is not None or (end_ms is not None and end_ms * 1000 <= last_us)
    is_over = page.candles and next_start_s(period, page.candles[-1].start_s) * 1_000_000 <= last_us
    assert page.is_final == bool(is_fixed and is_over)


def test_weeks_and_months_are_paged(chain: Chain, connection: Connection) -> None:
    """Long after the last trade, every period carries it."""
    trades = all_trades(chain, 0)
    now_us = trades[-1].timestamp + 3 * 366 * 86_400_000_000
    for period in ("1w", "1M", "1d"):
        expected = naive_candles(trades, period, period_start_s(period, now_us // 1_000_000))
        found: list[Candle] = []
        next_ms: int | None = 0
        while next_ms is not None:
            page = candle_page(connection, CandleRange(0, period, 10, next_ms), now_us)
            found += page.candles
            next_ms = None if page.next_s is None else page.next_s * 1000
        assert found == expected
        last = candle_page(connection, CandleRange(0, period, 10), now_us)
        assert last.candles == expected[-10:]


@pytest.mark.parametrize("period", PERIODS)
def test_nothing_is_before_the_first_trade(connection: Connection, period: str) -> None:
    for end_ms in (0, 1, 86_400_000):
        page = candle_page(connection, CandleRange(0, period, 1000, None, end_ms), 2**50)
        assert (page.candles, page.next_s, page.is_final) == ([], None, False)
    late = candle_page(connection, CandleRange(0, period, 1000, 2**53 - 1, 2**53 - 1), 2**50)
    assert (late.candles, late.next_s) == ([], None)


def test_a_market_without_trades_has_no_candles(connection: Connection) -> None:
    page = candle_page(connection, CandleRange(7, "1m", 10, 0, 10**15), 10**15)
    assert (page.candles, page.next_s, page.is_final) == ([], None, False)


def test_resting_orders_are_those_of_the_engine(chain: Chain, connection: Connection) -> None:
    found = {order.order: order for order in resting_orders(connection)}
    for number, market in enumerate(chain.machine.state.engine.markets):
        own = {order.order_id: order for order in market.book}
        assert own.keys() == {key for key, order in found.items() if order.market == number}
        for key, order in own.items():
            assert (found[key].side, found[key].price, found[key].remaining) == (
                order.side,
                order.price,
                order.remaining,
            )


def test_batches(chain: Chain, connection: Connection) -> None:
    certified_by = 0
    for link in reversed(chain.links):
        header = link.sealed.header
        if link.item.certificate is not None:
            certified_by = header.number
        record = find_batch(connection, header.number)
        assert record is not None
        assert (record.header, record.digest) == (header, link.sealed.digest)
        assert (record.quanta, record.certified_by) == (len(link.sealed.executed), certified_by)
        assert record.effects == sum(len(g.effects) for e in link.sealed.executed for g in e.groups)
        assert record.signers == [key.public for key in chain.world.auditors[:2]]
    assert find_batch(connection, 0) is None
    assert find_batch(connection, len(chain.links) + 1) is None
    assert last_timestamp(connection) == chain.links[-1].sealed.header.timestamp


def test_settings_of_every_version(chain: Chain, connection: Connection) -> None:
    changes = [
        (item.leaf.apex, item.leaf.timestamp, item.quantum.body.proposal.decision.settings)
        for link in chain.links
        for item in link.sealed.executed
        if isinstance(item.quantum.body, GovernanceCommit)
        and isinstance(item.quantum.body.proposal.decision, SettingsChange)
    ]
    assert len(changes) > 1
    expected = [(None, None, chain.world.settings), *changes]
    assert last_settings_version(connection) == len(changes)
    for version, (apex, timestamp, content) in enumerate(expected):
        found = find_settings(connection, chain.world.settings, version)
        assert found == SettingsVersion(version, apex, timestamp, content)
    assert find_settings(connection, chain.world.settings, len(expected)) is None


def test_suspended_assets_are_those_of_the_machine(chain: Chain, connection: Connection) -> None:
    suspended = chain.machine.state.assets.suspensions
    assert {asset: found.reason for asset, found in suspended_assets(connection).items()} == suspended


def test_queries_walk_indices(engine: Engine) -> None:
    statements: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cu, text, values, *_: statements.append((text, values)))
    with moment(engine) as connection:
        statements.clear()
        trades_before(connection, 0, 10)
        trades_before(connection, 0, 10, TradeId(500, 1))
        trades_after(connection, 0, 10, TradeId(500, 1))
        candle_page(connection, CandleRange(0, "1m", 10, 0), 0)
        candle_page(connection, CandleRange(0, "1h", 10), 0)
        minutes_since(connection, 0, 0)
        list(resting_orders(connection))
        find_batch(connection, 3)
        last_timestamp(connection)
        last_settings_version(connection)
        for text, values in list(statements):
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]  # type: ignore[arg-type]
            assert not any("TEMP B-TREE" in step for step in plan), (text, plan)
            assert all("SEARCH" in step or "USING INDEX orders_open" in step or "batches" in step for step in plan), (
                text,
                plan,
            )
