"""Pages of candles: which periods somebody gets who asks for a range."""

from dataclasses import dataclass

from sqlalchemy import Connection

from constellation.chronicler.batch_records import last_timestamp
from constellation.chronicler.candles import MONTH, PERIODS, Candle, next_start_s, period_start_s
from constellation.chronicler.market_history import candles_between, first_start_s

_MS = 1_000
_MS_US = 1_000


@dataclass(slots=True, frozen=True)
class CandleRange:
    """What somebody asks for.

    Attributes:
        market: its id.
        period: its name.
        limit: the most candles.
        start_ms: the first moment at which a period may begin; without it, the last candles of the range are wanted.
        end_ms: before that moment a period must begin; without it, the present one is the last.
    """

    market: int
    period: str
    limit: int
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(slots=True, frozen=True)
class CandlePage:
    """An answer.

    Attributes:
        candles: in the order of time, one for each period since the market's first trade.
        next_s: where the next page begins; None when the range has no more.
        is_final: whether the same question will always have the same answer.
    """

    candles: list[Candle]
    next_s: int | None
    is_final: bool


def candle_page(connection: Connection, wanted: CandleRange, now_us: int) -> CandlePage:
    """The candles of a range, at most ``wanted.limit``.

    Args:
        connection: to the chronicle.
        wanted: the range.
        now_us: periods that begin later have no candle, unless a certified batch is from later.
    """
    period = wanted.period
    closed_ms = last_timestamp(connection) // _MS_US
    last_s = period_start_s(period, max(closed_ms, now_us // _MS_US) // _MS)
    if wanted.end_ms is not None and wanted.end_ms <= last_s * _MS:
        last_s = period_start_s(period, (wanted.end_ms - 1) // _MS)
    begin_s = first_start_s(connection, wanted.market, period)
    if begin_s is None:
        return CandlePage([], None, is_final=False)
    first_s, next_s = _first(wanted, begin_s, last_s), None
    if wanted.start_ms is not None:
        last_wanted_s = _stepped(period, first_s, wanted.limit - 1, last_s)
        if last_wanted_s < last_s:
            last_s, next_s = last_wanted_s, next_start_s(period, last_wanted_s)
    candles = candles_between(connection, wanted.market, period, first_s, last_s)
    is_fixed = next_s is not None or (wanted.end_ms is not None and wanted.end_ms <= closed_ms)
    is_final = bool(candles) and is_fixed and next_start_s(period, last_s) * _MS <= closed_ms
    return CandlePage(candles, next_s, is_final)


def _first(wanted: CandleRange, begin_s: int, last_s: int) -> int:
    """Where the page begins: not before the market's first trade, so that nobody walks through empty decades."""
    period = wanted.period
    if wanted.start_ms is None:
        return max(begin_s, _stepped_back(period, last_s, wanted.limit - 1))
    if wanted.start_ms > last_s * _MS:
        return next_start_s(period, last_s)
    first_s = period_start_s(period, wanted.start_ms // _MS)
    return max(begin_s, first_s if first_s * _MS >= wanted.start_ms else next_start_s(period, first_s))


def _stepped(period: str, start_s: int, steps: int, last_s: int) -> int:
    """The period ``steps`` after another one, or ``last_s`` where that comes first."""
    if period != MONTH:
        return min(start_s + steps * PERIODS[period], last_s)
    for _ in range(steps):
        if start_s >= last_s:
            return last_s
        start_s = next_start_s(period, start_s)
    return start_s


def _stepped_back(period: str, start_s: int, steps: int) -> int:
    if period != MONTH:
        return start_s - steps * PERIODS[period]
    for _ in range(steps):
        start_s = period_start_s(period, start_s - 1)
    return start_s
