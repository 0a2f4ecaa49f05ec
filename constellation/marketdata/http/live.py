"""Looks at the live books: levels in steps of price that nobody else may be looking at."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from constellation.marketdata.data import MarketData
from constellation.marketdata.http.kept import Kept
from constellation.marketdata.ladder import Level
from constellation.marketdata.listing import ListedMarket
from constellation.marketdata.view import BookContent, checksum
from constellation.protocol.limits import BOOK_DEPTH_MAX, GROUPED_BOOKS_KEPT_MAX


class BookLooks:
    """Books as they are, or in steps as they were within the last second: many levels go into few.

    Args:
        data: of all markets.
        time_s: the time now, of a clock that is never set.
    """

    def __init__(self, data: MarketData, time_s: Callable[[], float]) -> None:
        self._data = data
        self._grouped: Kept[tuple[int, int], BookContent] = Kept(GROUPED_BOOKS_KEPT_MAX, time_s)

    def look(self, market: ListedMarket, depth: int, group: int) -> BookContent:
        """The best levels of a market.

        Args:
            market: whose.
            depth: levels of each side, at most.
            group: ticks from one level to the next.
        """
        if group == 1:
            levels = self._data.books[market.number].levels
            return self._content(levels.bids(depth), levels.asks(depth))
        key = market.number, group
        whole = self._grouped.get(key) or self._grouped.put(key, self._group(market, group))
        bids, asks = whole.bids[:depth], whole.asks[:depth]
        return replace(whole, bids=bids, asks=asks, checksum=checksum(bids, asks))

    def _content(self, bids: list[Level], asks: list[Level]) -> BookContent:
        return BookContent(self._data.sequence, None, self._data.timestamp, checksum(bids, asks), bids, asks)

    def _group(self, market: ListedMarket, group: int) -> BookContent:
        levels, step = self._data.books[market.number].levels, group * market.tick
        most = BOOK_DEPTH_MAX * group  # a step has no more levels than ticks
        bids = _merged((price - price % step, amount) for price, amount in levels.bids(most))
        asks = _merged((price + -price % step, amount) for price, amount in levels.asks(most))
        return self._content(bids, asks)


def _merged(levels: Iterable[Level]) -> list[Level]:
    """Neighbours of one price as one."""
    found: list[Level] = []
    last, sum_ = None, 0
    for price, amount in levels:
        if price == last:
            sum_ += amount
            continue
        if last is not None:
            found.append((last, sum_))
            if len(found) == BOOK_DEPTH_MAX:
                return found
        last, sum_ = price, amount
    return found if last is None else [*found, (last, sum_)]
