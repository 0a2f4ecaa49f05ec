"""What a feed of market data begins with; read in one transaction, with the cursor, it is all of one batch."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from constellation.chronicler import tables
from constellation.chronicler.candle_rows import candle_of
from constellation.chronicler.candles import Candle
from constellation.protocol.messages import Side

_READ_AT_ONCE = 1_000
_orders = tables.orders.c
_candles = tables.candles.c


@dataclass(slots=True)
class RestingOrder:
    """An order in a book.

    Attributes:
        order: its id.
        market: its market.
        side: buy or sell.
        price: in the market's price units.
        remaining: stroops of base.
    """

    order: int
    market: int
    side: Side
    price: int
    remaining: int


def resting_orders(connection: Connection) -> Iterator[RestingOrder]:
    """All orders in all books, by market in the order of their ids; few of them are in memory at a time."""
    remaining_now = _orders.amount - _orders.filled - _orders.reduced
    query = select(_orders.id, _orders.market, _orders.side, _orders.price, remaining_now)
    query = query.where(_orders.close_reason.is_(None), _orders.armed == 0).order_by(_orders.market, _orders.id)
    for number, market, side, price, remaining in connection.execution_options(yield_per=_READ_AT_ONCE).execute(query):
        yield RestingOrder(number, market, Side(side), price, remaining)


def minutes_since(connection: Connection, market: int, since_s: int) -> list[Candle]:
    """The minutes with trades that begin at ``since_s`` or later; the caller bounds how many that can be."""
    of_market = (_candles.market == market, _candles.period == "1m", _candles.start_s >= since_s)
    query = select(tables.candles).where(*of_market).order_by(_candles.start_s)
    return [candle_of(row) for row in connection.execute(query)]
