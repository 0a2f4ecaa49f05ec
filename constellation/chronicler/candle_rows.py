"""The candles in the database: how trades are added, and how they are read."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from constellation.chronicler.candles import Candle, candles_of
from constellation.chronicler.tables import candles
from constellation.chronicler.trades import MarketTrade

_VALUES = ("open", "high", "low", "close", "volume", "quote_volume", "buy_volume", "trades")


def write_candles(connection: Connection, trades: Sequence[MarketTrade]) -> int:
    """Add trades, which follow those in the database, to the candles; how many candles are new."""
    new, changed = [], []
    for (market, period), own in candles_of(trades).items():
        first = find_candle(connection, market, period, own[0].start_s)
        if first is not None:
            first.merge(own[0])
            changed.append(_values(market, period, first))
            del own[0]
        new += [_values(market, period, candle) for candle in own]
    if changed:
        connection.execute(_UPDATE, [{f"key_{name}": value for name, value in row.items()} | row for row in changed])
    if new:
        connection.execute(insert(candles), new)
    return len(new)


def find_candle(connection: Connection, market: int, period: str, start_s: int) -> Candle | None:
    """The candle of a period; None when nothing was traded in it."""
    columns = candles.c
    query = select(candles).where(columns.market == market, columns.period == period, columns.start_s == start_s)
    row = connection.execute(query).first()
    return None if row is None else candle_of(row)


def candle_of(row: "Row[*tuple[int | str, ...]]") -> Candle:
    """The candle in a row."""
    return Candle(row.start_s, *(getattr(row, name) for name in _VALUES))


def _values(market: int, period: str, candle: Candle) -> dict[str, int | str]:
    key: dict[str, int | str] = {"market": market, "period": period, "start_s": candle.start_s}
    return key | {name: getattr(candle, name) for name in _VALUES}


_UPDATE = (
    update(candles)
    .where(*(candles.c[name] == bindparam(f"key_{name}") for name in ("market", "period", "start_s")))
    .values({name: bindparam(name) for name in _VALUES})
)
