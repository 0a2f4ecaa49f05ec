"""Reads from the chronicle what a feed begins with, so that it need not follow everything from genesis."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from constellation.chronicler.batch_records import last_timestamp, mode_in_force, suspended_assets
from constellation.chronicler.candles import PERIODS
from constellation.chronicler.chronicle import settings_in_force
from constellation.chronicler.feed_start import minutes_since, resting_orders
from constellation.chronicler.market_history import last_candle, trades_before
from constellation.chronicler.writer import read_cursor
from constellation.marketdata.book import OpenOrder
from constellation.marketdata.data import MarketStart
from constellation.marketdata.ticker import WINDOW_S
from constellation.protocol.limits import FEED_RECENT_TRADES_MAX
from constellation.protocol.messages import Settings

_US: Final = 1_000_000


def read_start(connection: Connection, genesis: Settings) -> tuple[Settings, MarketStart]:
    """The settings in force and everything else, as of the last batch in the chronicle.

    Orders are read while they are taken: make the hub before the transaction ends.

    Args:
        connection: in a transaction that sees one moment.
        genesis: the settings of genesis.
    """
    settings = settings_in_force(connection, genesis)
    timestamp, markets = last_timestamp(connection), range(len(settings.markets))
    since_s = timestamp // _US - WINDOW_S
    last = {
        (market, period): candle
        for market in markets
        for period in PERIODS
        if (candle := last_candle(connection, market, period)) is not None
    }
    return settings, MarketStart(
        sequence=read_cursor(connection).apex,
        timestamp=timestamp,
        orders=_orders(connection),
        minutes={market: minutes_since(connection, market, since_s) for market in markets},
        candles=last,
        trades={market: trades_before(connection, market, FEED_RECENT_TRADES_MAX)[::-1] for market in markets},
        suspended=suspended_assets(connection),
        mode=mode_in_force(connection),
    )


def _orders(connection: Connection) -> Iterator[OpenOrder]:
    for order in resting_orders(connection):
        yield OpenOrder(order.order, order.market, order.side, order.price, order.remaining)
