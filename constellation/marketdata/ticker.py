"""A market's last 24 hours: the 1,440 minutes up to and including the present one."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from constellation.chronicler.candles import Candle, period_start_s

WINDOW_S: Final = 86_400
_MINUTE: Final = "1m"
_MINUTE_S: Final = 60
_US: Final = 1_000_000
_HUNDREDTHS: Final = 10_000  # of a percent, in one


@dataclass(slots=True, frozen=True)
class Ticker:
    """What a market's last 24 hours were like; without trades in them, prices are the last one before.

    Attributes:
        open: price of the first trade.
        high: the highest price.
        low: the lowest price.
        last: price of the last trade ever; None, like all prices, where there was none.
        volume: stroops of base.
        quote_volume: stroops of quote.
        vwap: price per base on the average, rounded down to a price unit; None without trades in the window.
        trades: how many.
    """

    open: int | None
    high: int | None
    low: int | None
    last: int | None
    volume: int
    quote_volume: int
    vwap: int | None
    trades: int

    @property
    def change(self) -> int | None:
        """From ``open`` to ``last``, in price units."""
        return None if self.last is None or self.open is None else self.last - self.open

    @property
    def change_percent(self) -> str | None:
        """The change as a percentage of ``open``, with two decimals, rounded towards zero."""
        if self.open is None or self.change is None:
            return None
        hundredths = abs(self.change) * _HUNDREDTHS // self.open
        sign = "-" if self.change < 0 and hundredths else ""
        return f"{sign}{hundredths // 100}.{hundredths % 100:02}"


class _Extreme:
    """The highest of values in a sliding window, each found in constant time on the average.

    Who is not higher than what came later can never be the highest again.
    """

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: deque[tuple[int, int]] = deque()

    def add(self, start_s: int, value: int) -> None:
        while self._values and self._values[-1][1] <= value:
            self._values.pop()
        self._values.append((start_s, value))

    def drop_before(self, start_s: int) -> None:
        while self._values and self._values[0][0] < start_s:
            self._values.popleft()

    @property
    def highest(self) -> int:
        return self._values[0][1]


class TickerWindow:
    """Keeps one market's minutes.

    Args:
        scale: price units in one: 10 to the power of the market's price decimals.
        minutes: candles of one minute with trades of the last 24 hours, in the order of time.
        last: price of the last trade ever; needed only when ``minutes`` is empty.
    """

    __slots__ = ("_highest", "_last", "_lowest", "_minutes", "_quote_volume", "_scale", "_trades", "_volume")

    def __init__(self, scale: int, minutes: Iterable[Candle] = (), last: int | None = None) -> None:
        self._scale = scale
        self._last = last
        self._minutes: deque[Candle] = deque()
        self._highest = _Extreme()
        self._lowest = _Extreme()
        self._volume = self._quote_volume = self._trades = 0
        for minute in minutes:
            self.take(minute)

    def take(self, minute: Candle) -> None:
        """Add trades of one minute; minutes come in the order of time, one may come in parts."""
        start_s = minute.start_s
        if self._minutes and self._minutes[-1].start_s == start_s:
            self._minutes[-1].merge(minute)
        else:
            self._drop_before(start_s + _MINUTE_S - WINDOW_S)
            self._minutes.append(replace(minute))
        self._highest.add(start_s, minute.high)
        self._lowest.add(start_s, -minute.low)
        self._volume += minute.volume
        self._quote_volume += minute.quote_volume
        self._trades += minute.trades
        self._last = minute.close

    def ticker(self, now_us: int) -> Ticker:
        """The 24 hours that end with the minute of ``now_us``; what is before them is forgotten."""
        self._drop_before(period_start_s(_MINUTE, now_us // _US) + _MINUTE_S - WINDOW_S)
        last = self._last
        if not self._minutes:
            return Ticker(last, last, last, last, 0, 0, None, 0)
        return Ticker(
            self._minutes[0].open,
            self._highest.highest,
            -self._lowest.highest,
            last,
            self._volume,
            self._quote_volume,
            self._quote_volume * self._scale // self._volume,
            self._trades,
        )

    def _drop_before(self, start_s: int) -> None:
        while self._minutes and self._minutes[0].start_s < start_s:
            gone = self._minutes.popleft()
            self._volume -= gone.volume
            self._quote_volume -= gone.quote_volume
            self._trades -= gone.trades
        self._highest.drop_before(start_s)
        self._lowest.drop_before(start_s)
