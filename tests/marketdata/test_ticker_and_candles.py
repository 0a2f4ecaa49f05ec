from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.chronicler.candles import PERIODS, Candle, candles_of, carried, period_start_s
from constellation.chronicler.trades import MarketTrade
from constellation.marketdata.live_candles import LiveCandle
from constellation.marketdata.ticker import Ticker, TickerWindow
from constellation.protocol.messages import Side

SCALE = 10_000
DAY_S = 86_400
START_S = 1_800_000_000

Trades = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 59, 60, 61, 600, 3_600, 3_900, 40_000, DAY_S - 60, DAY_S, 40 * DAY_S]),
        st.integers(1, 50),
        st.integers(1, 9),
        st.sampled_from(Side),
    ),
    max_size=25,
)


def trades_from(steps: list[tuple[int, int, int, Side]]) -> list[MarketTrade]:
    found, time_s = [], START_S
    for number, (step_s, price, lots, side) in enumerate(steps, 1):
        time_s += step_s
        amount = lots * SCALE
        found.append(
            MarketTrade(
                number, 0, 0, time_s * 1_000_000 + number, side, price, amount, lots * price, 1, 2, b"", b"", 0, 0
            )
        )
    return found


def naive_ticker(trades: list[MarketTrade], now_s: int) -> Ticker:
    first_s = now_s // 60 * 60 - 1_439 * 60
    window = [trade for trade in trades if trade.timestamp // 1_000_000 >= first_s]
    last = trades[-1].price if trades else None
    if not window:
        return Ticker(last, last, last, last, 0, 0, None, 0)
    volume, quote = sum(trade.amount for trade in window), sum(trade.quote_amount for trade in window)
    prices = [trade.price for trade in window]
    return Ticker(prices[0], max(prices), min(prices), prices[-1], volume, quote, quote * SCALE // volume, len(window))


@settings(max_examples=200, deadline=None)
@given(Trades, st.lists(st.integers(0, 2 * DAY_S), max_size=4), st.integers(0, 25))
def test_a_ticker_is_what_a_plain_recomputation_says(
    steps: list[tuple[int, int, int, Side]], waits: list[int], known: int
) -> None:
    trades = trades_from(steps)
    before, after = trades[:known], trades[known:]
    minutes = candles_of(before).get((0, "1m"), [])
    last = minutes[-1].close if minutes else None
    window = TickerWindow(SCALE, minutes, last)
    now_s = before[-1].timestamp // 1_000_000 if before else START_S
    assert window.ticker(now_s * 1_000_000) == naive_ticker(before, now_s)
    for place, trade in enumerate(after, 1):
        for minute in candles_of([trade])[0, "1m"]:
            window.take(minute)
        now_s = max(now_s, trade.timestamp // 1_000_000)
        assert window.ticker(now_s * 1_000_000) == naive_ticker(before + after[:place], now_s)
    for wait_s in waits:
        now_s += wait_s
        assert window.ticker(now_s * 1_000_000) == naive_ticker(trades, now_s)


def test_a_change_is_written_with_two_decimals() -> None:
    def percent(first: int, last: int) -> str | None:
        return Ticker(first, last, first, last, 0, 0, None, 2).change_percent

    assert [percent(100, 103), percent(300, 299), percent(30_000, 29_999), percent(1, 21)] == [
        "3.00", "-0.33", "0.00", "2000.00",
    ]  # fmt: skip
    assert Ticker(None, None, None, None, 0, 0, None, 0).change_percent is None


@settings(max_examples=150, deadline=None)
@given(Trades, st.sampled_from(list(PERIODS)), st.integers(0, 3 * DAY_S), st.integers(0, 25))
def test_live_candles_are_those_of_the_trades(
    steps: list[tuple[int, int, int, Side]], period: str, wait_s: int, known: int
) -> None:
    trades = trades_from(steps)
    before = candles_of(trades[:known]).get((0, period), [])
    now_s = trades[:known][-1].timestamp // 1_000_000 if trades[:known] else START_S
    live = LiveCandle(period, before[-1] if before else None, now_s)
    live.changes()
    told: dict[int, tuple[Candle, bool]] = {}
    for trade in trades[known:]:
        for candle in candles_of([trade])[0, period]:
            live.take(candle)
        told |= {candle.start_s: (candle, closed) for candle, closed in live.changes()}
    end_s = max(now_s, trades[-1].timestamp // 1_000_000 if trades else 0) + wait_s
    live.advance(end_s)
    told |= {candle.start_s: (candle, closed) for candle, closed in live.changes()}
    last_s = period_start_s(period, end_s)
    expected = {
        candle.start_s: candle
        for candle in carried(period, candles_of(trades).get((0, period), []), period_start_s(period, START_S), last_s)
    }
    assert all(expected[start_s] == candle for start_s, (candle, _) in told.items())
    assert all(closed == (start_s < last_s) for start_s, (_, closed) in told.items())
    with_trades = {candle.start_s for candle in candles_of(trades[known:]).get((0, period), [])}
    assert with_trades <= told.keys(), "no candle with trades is left out, however long the silence"
    assert live.open == expected.get(last_s)


def test_trades_that_come_after_their_period_was_closed_by_the_clock_correct_it() -> None:
    first, late = trades_from([(0, 10, 1, Side.BUY), (30, 20, 1, Side.BUY)])
    live = LiveCandle("1m", None, START_S)
    live.take(candles_of([first])[0, "1m"][0])
    live.advance(START_S + 61)
    assert [(candle.close, closed) for candle, closed in live.changes()] == [(10, True), (10, False)]
    live.take(candles_of([late])[0, "1m"][0])
    live.advance(START_S + 61)
    told = [(candle.start_s - START_S, candle.close, closed) for candle, closed in live.changes()]
    assert told == [(0, 20, True), (60, 20, False)]
