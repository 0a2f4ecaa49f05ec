"""Looks at the live books: levels in steps of price that nobody else may be looking at."""

from collections.abc import Iterable

from constellation.marketdata.data import MarketData
from constellation.marketdata.ladder import Level
from constellation.marketdata.listing import ListedMarket
from constellation.marketdata.view import BookContent, checksum


def book_now(data: MarketData, market: ListedMarket, depth: int, group: int) -> BookContent:
    """A market's book as it is.

    Args:
        data: of all markets.
        market: whose.
        depth: levels of each side, at most.
        group: ticks from one level to the next.
    """
    levels = data.books[market.number].levels
    step = group * market.tick
    bids, asks = levels.bids(depth * group), levels.asks(depth * group)  # no step has more levels than ticks
    if group > 1:
        bids = _grouped(((price - price % step, amount) for price, amount in bids), depth)
        asks = _grouped(((price + -price % step, amount) for price, amount in asks), depth)
    return BookContent(data.sequence, None, data.timestamp, checksum(bids, asks), bids, asks)


def _grouped(levels: Iterable[Level], depth: int) -> list[Level]:
    """Neighbours of one price as one."""
    found: list[Level] = []
    for price, amount in levels:
        if found and found[-1][0] == price:
            found[-1] = price, found[-1][1] + amount
        elif len(found) == depth:
            break
        else:
            found.append((price, amount))
    return found
