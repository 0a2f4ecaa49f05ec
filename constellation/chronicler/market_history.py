"""What was traded in a market: its trades, page by page in both directions, and its candles.

Every query walks an index from where the page begins, and reads no more rows than the page has.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select, tuple_

from constellation.chronicler import tables
from constellation.chronicler.candle_rows import candle_of
from constellation.chronicler.candles import Candle, carried
from constellation.chronicler.trades import MarketTrade
from constellation.protocol.limits import INT64_MAX, TRADE_PLACE_MAX
from constellation.protocol.messages import Side

TRADE_ID_PATTERN = "(0|[1-9][0-9]{0,18})-(0|[1-9][0-9]{0,9})"
_TRADE_ID = re.compile(TRADE_ID_PATTERN)

_trades = tables.trades.c
_candles = tables.candles.c
_taker, _maker = tables.accounts.alias("taker_account"), tables.accounts.alias("maker_account")


class TradeId(NamedTuple):
    """The name of a trade, and a place in the order of all trades, whether or not there is a trade of that name.

    Attributes:
        apex: of the quantum that made it.
        place: among the fills of that quantum, from 0.
    """

    apex: int
    place: int

    @classmethod
    def parse(cls, text: str) -> "TradeId":
        """The id in a text such as ``"1204-0"``.

        Raises:
            ValueError: it is no id.
        """
        match = _TRADE_ID.fullmatch(text)
        if match is None:
            raise ValueError("a trade's id looks like 1204-0")
        apex, place = int(match[1]), int(match[2])
        if apex > INT64_MAX or place > TRADE_PLACE_MAX:
            raise ValueError("no trade has an id as large as this")
        return cls(apex, place)


def trades_before(connection: Connection, market: int, limit: int, before: TradeId | None = None) -> list[MarketTrade]:
    """The last ``limit`` trades of a market, or those before an id; the newest first."""
    query = _trades_query(market, limit).order_by(_trades.apex.desc(), _trades.place.desc())
    if before is not None:
        query = query.where(tuple_(_trades.apex, _trades.place) < tuple_(*before))
    return _read_trades(connection, query)


def trades_after(connection: Connection, market: int, limit: int, after: TradeId) -> list[MarketTrade]:
    """The first ``limit`` trades of a market after an id; the oldest first."""
    query = _trades_query(market, limit).order_by(_trades.apex, _trades.place)
    return _read_trades(connection, query.where(tuple_(_trades.apex, _trades.place) > tuple_(*after)))


def _trades_query(market: int, limit: int) -> Select[Any]:
    return (
        select(tables.trades, _taker.c.key.label("taker_key"), _maker.c.key.label("maker_key"))
        .join(_taker, _taker.c.id == _trades.taker)
        .join(_maker, _maker.c.id == _trades.maker)
        .where(_trades.market == market)
        .limit(limit)
    )


def _read_trades(connection: Connection, query: Select[Any]) -> list[MarketTrade]:
    return [
        MarketTrade(
            row.apex,
            row.place,
            row.market,
            row.timestamp,
            Side(row.side),
            row.price,
            row.amount,
            row.quote_amount,
            row.taker_order,
            row.maker_order,
            row.taker_key,
            row.maker_key,
            row.taker_fee,
            row.maker_fee,
        )
        for row in connection.execute(query)
    ]


def candles_between(connection: Connection, market: int, period: str, first_s: int, last_s: int) -> list[Candle]:
    """One candle for every period from ``first_s`` to ``last_s``, which are starts of periods.

    A period without trades is carried from the last close, which may be from before ``first_s``; before the market's
    first trade there are none. The caller bounds how many periods that are.
    """
    before = last_candle(connection, market, period, first_s)
    query = _candles_query(market, period).where(_candles.start_s.between(first_s, last_s)).order_by(_candles.start_s)
    known: Sequence[Candle] = [candle_of(row) for row in connection.execute(query)]
    return list(carried(period, known if before is None else [before, *known], first_s, last_s))


def last_candle(connection: Connection, market: int, period: str, before_s: int | None = None) -> Candle | None:
    """The last candle with trades, of all or of those that begin before ``before_s``."""
    query = _candles_query(market, period).order_by(_candles.start_s.desc()).limit(1)
    row = connection.execute(query if before_s is None else query.where(_candles.start_s < before_s)).first()
    return None if row is None else candle_of(row)


def first_start_s(connection: Connection, market: int, period: str) -> int | None:
    """When the period of a market's first trade begins; None before it."""
    query = select(_candles.start_s).where(_candles.market == market, _candles.period == period)
    return connection.execute(query.order_by(_candles.start_s).limit(1)).scalar()


def _candles_query(market: int, period: str) -> Select[Any]:
    return select(tables.candles).where(_candles.market == market, _candles.period == period)
