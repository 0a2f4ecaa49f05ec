"""The order book of one market."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from sortedcontainers import SortedDict

from constellation.orderbook.level import Level
from constellation.orderbook.order import Order
from constellation.protocol.messages import Side

_BUY: Final = Side.BUY


class OrderBook:
    """Resting orders by price, then time. Knows nothing of money.

    Both sides keep their levels in one kind of sorted map; the bids' keys are negated prices, so that the best level
    of either side comes first.
    """

    __slots__ = ("_asks", "_best", "_bids", "_by_side")

    def __init__(self) -> None:
        self._bids: SortedDict[int, Level] = SortedDict()
        self._asks: SortedDict[int, Level] = SortedDict()
        self._by_side = [self._bids, self._asks]
        self._best: list[Level | None] = [None, None]

    def add(self, order: Order) -> None:
        """Rest ``order`` behind all others at its price."""
        side = order.side
        levels, key = self._by_side[side], -order.price if side is _BUY else order.price
        level = levels.get(key)
        if level is None:
            level = levels[key] = Level(order.price)
            self._note_level(side, level)
        level.append(order)

    def remove(self, order: Order) -> None:
        """Take a resting ``order`` off the book, with its level when that is empty."""
        level = order.level
        assert level is not None, f"{order} does not rest on this book"
        level.remove(order)
        if level.count == 0:
            side = order.side
            levels = self._by_side[side]
            del levels[-order.price if side is _BUY else order.price]
            if self._best[side] is level:
                self._best[side] = levels.peekitem(0)[1] if levels else None

    def put_back(self, order: Order, level: Level, before: Order | None, after: Order | None) -> None:
        """Undo :meth:`remove`, once everything that came later is undone.

        Args:
            order: that was removed.
            level: where it rested.
            before: it in the queue, if anything was.
            after: it in the queue, if anything was.
        """
        if level.count == 0:
            side = order.side
            self._by_side[side][-order.price if side is _BUY else order.price] = level
            self._note_level(side, level)
        level.put_back(order, before, after)

    def best(self, side: Side) -> Level | None:
        """The best level of ``side``: the highest bid or the lowest ask."""
        return self._best[side]

    def _note_level(self, side: Side, level: Level) -> None:
        """There is a new level; few are the best one, and orders ask for that all the time."""
        best = self._best[side]
        if best is None or (level.price > best.price if side is _BUY else level.price < best.price):
            self._best[side] = level

    def levels(self, side: Side, most: int | None = None) -> Iterator[Level]:
        """Levels of ``side``, best first, at most ``most`` of them."""
        return islice(self._by_side[side].values(), most)

    def is_crossed(self) -> bool:
        """Whether a bid meets an ask: never true between quanta."""
        bid, ask = self.best(Side.BUY), self.best(Side.SELL)
        return bid is not None and ask is not None and bid.price >= ask.price

    def __iter__(self) -> Iterator[Order]:
        for levels in self._by_side:
            for level in levels.values():
                yield from level

    def __len__(self) -> int:
        return sum(level.count for levels in self._by_side for level in levels.values())
