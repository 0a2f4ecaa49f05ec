"""Candles: what a market's trades were like in one period of time, UTC.

A week begins on Monday, a month on its first day. A period without trades has a candle too where somebody asks for it:
it is carried from the last close, with no volume (:func:`carried`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from constellation.chronicler.trades import MarketTrade
from constellation.protocol.messages import Side

_US: Final = 1_000_000
_MINUTE_S: Final = 60
_DAY_S: Final = 86_400
_WEEK_S: Final = 7 * _DAY_S
_FIRST_MONDAY_S: Final = 4 * _DAY_S  # 1970-01-05

_SHORTEST: Final = "1m"
MONTH: Final = "1M"

PERIODS: Final[dict[str, int]] = {
    _SHORTEST: _MINUTE_S,
    "5m": 5 * _MINUTE_S,
    "15m": 15 * _MINUTE_S,
    "30m": 30 * _MINUTE_S,
    "1h": 60 * _MINUTE_S,
    "4h": 240 * _MINUTE_S,
    "1d": _DAY_S,
    "1w": _WEEK_S,
    MONTH: 0,
}
"""All periods by name, in the order of their length, in seconds; a month has no fixed one."""


def period_start_s(period: str, time_s: int) -> int:
    """When the period that has the moment ``time_s`` begins, in seconds since 1970."""
    if period == MONTH:
        moment = datetime.fromtimestamp(time_s, UTC)
        return int(datetime(moment.year, moment.month, 1, tzinfo=UTC).timestamp())
    length_s = PERIODS[period]
    origin_s = _FIRST_MONDAY_S if length_s == _WEEK_S else 0
    return time_s - (time_s - origin_s) % length_s


def next_start_s(period: str, start_s: int) -> int:
    """When the period after the one that begins at ``start_s`` begins."""
    if period != MONTH:
        return start_s + PERIODS[period]
    moment = datetime.fromtimestamp(start_s, UTC)
    year, month = (moment.year, moment.month + 1) if moment.month < 12 else (moment.year + 1, 1)
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp())


@dataclass(slots=True)
class Candle:
    """A market's trades in one period.

    Attributes:
        start_s: when the period begins, in seconds since 1970.
        open: price of the first trade.
        high: the highest price.
        low: the lowest price.
        close: price of the last trade.
        volume: stroops of base.
        quote_volume: stroops of quote.
        buy_volume: the part of ``volume`` that takers have bought.
        trades: how many.
    """

    start_s: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    quote_volume: int
    buy_volume: int
    trades: int

    @classmethod
    def of(cls, start_s: int, trade: MarketTrade) -> "Candle":
        """The candle of a period with one trade."""
        price, amount = trade.price, trade.amount
        bought = amount if trade.side is Side.BUY else 0
        return cls(start_s, price, price, price, price, amount, trade.quote_amount, bought, 1)

    def merge(self, later: "Candle") -> None:
        """Add what happened later in the same period."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.quote_volume += later.quote_volume
        self.buy_volume += later.buy_volume
        self.trades += later.trades

    def carried_to(self, start_s: int) -> "Candle":
        """The candle of a later period without trades."""
        return Candle(start_s, self.close, self.close, self.close, self.close, 0, 0, 0, 0)


def candles_of(trades: Iterable[MarketTrade]) -> dict[tuple[int, str], list[Candle]]:
    """The candles that ``trades``, in their order, make: by market and period, each list in the order of time."""
    minutes: dict[int, list[Candle]] = {}
    for trade in trades:
        start_s = period_start_s(_SHORTEST, trade.timestamp // _US)
        _append(minutes.setdefault(trade.market, []), Candle.of(start_s, trade))
    candles: dict[tuple[int, str], list[Candle]] = {}
    for market, own in minutes.items():
        for period in PERIODS:  # each is made of whole minutes
            longer = candles[market, period] = []
            for minute in own:
                _append(longer, replace(minute, start_s=period_start_s(period, minute.start_s)))
    return candles


def _append(candles: list[Candle], new: Candle) -> None:
    if candles and candles[-1].start_s == new.start_s:
        candles[-1].merge(new)
    else:
        candles.append(new)


def carried(period: str, candles: Iterable[Candle], first_s: int, last_s: int) -> Iterator[Candle]:
    """One candle for every period from ``first_s`` to ``last_s``, which are starts of periods.

    Args:
        period: its name.
        candles: the ones with trades, in the order of time; one before ``first_s`` says what to carry at the beginning.
            Periods before a market's first trade have none.
        first_s: when the first wanted period begins.
        last_s: when the last wanted one begins.
    """
    before: Candle | None = None
    own = iter(candles)
    following = next(own, None)
    while following is not None and following.start_s < first_s:
        before, following = following, next(own, None)
    start_s = first_s
    while start_s <= last_s:
        if following is not None and following.start_s == start_s:
            before, following = following, next(own, None)
            yield before
        elif before is not None:
            yield before.carried_to(start_s)
        start_s = next_start_s(period, start_s)
