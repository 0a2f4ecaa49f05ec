"""The candle of the present period, of one market and one kind of period."""

from collections import deque
from dataclasses import replace
from typing import Final

from constellation.chronicler.candles import MONTH, PERIODS, Candle, next_start_s, period_start_s
from constellation.protocol.limits import FEED_CLOSED_CANDLES_MAX

CLOSING_GRACE_S: Final = 2
"""By the clock, a period is closed so long after its end: what is ordered takes a moment until it is certified."""


class LiveCandle:
    """Follows a market's trades through periods of one length.

    Everything follows from the last candle with trades: a period without any carries its close.

    Args:
        period: its name.
        last: the last candle with trades; None when there was no trade.
        time_s: now, in seconds since 1970.
    """

    __slots__ = ("_closed", "_is_changed", "_last", "_open_s", "_period", "before")

    def __init__(self, period: str, last: Candle | None, time_s: int) -> None:
        self._period = period
        self._last = None if last is None else replace(last)
        self._open_s = period_start_s(period, time_s)
        self._closed: deque[Candle] = deque(maxlen=2 * FEED_CLOSED_CANDLES_MAX)
        self._is_changed = False
        self.before: Candle | None = None
        """The last one that was closed here."""

    @property
    def open(self) -> Candle | None:
        """The candle of the present period; None before the first trade."""
        last = self._last
        if last is None or last.start_s == self._open_s:
            return last
        return last.carried_to(self._open_s)

    def take(self, trades: Candle) -> None:
        """Add trades of one period, which is the last one or a later one.

        They may be from before the open period, when they were certified late; that period is then open again, and
        closed anew by the next :meth:`advance`.
        """
        self.advance(trades.start_s)
        self._open_s = trades.start_s
        if self._last is not None and self._last.start_s == trades.start_s:
            self._last.merge(trades)
        else:
            self._last = replace(trades)
        self._is_changed = True

    def advance(self, time_s: int) -> None:
        """Close what has ended before ``time_s``."""
        start_s = period_start_s(self._period, time_s)
        while self._open_s < start_s:
            candle = self.open
            if candle is None:
                self._open_s = start_s
                return
            self.before = replace(candle)
            self._closed.append(self.before)
            self._open_s = max(next_start_s(self._period, self._open_s), self._first_told_s(start_s))
            self._is_changed = True

    def _first_told_s(self, start_s: int) -> int:
        """After a long silence nobody is told of more than the last empty periods."""
        if self._period == MONTH:
            return 0
        return start_s - FEED_CLOSED_CANDLES_MAX * PERIODS[self._period]

    def changes(self) -> list[tuple[Candle, bool]]:
        """What was closed since this was asked last, and the open one if it is different; with whether it is closed."""
        found = [(candle, True) for candle in self._closed]
        candle = self.open
        if self._is_changed and candle is not None:
            found.append((candle, False))
        self._closed.clear()
        self._is_changed = False
        return found
