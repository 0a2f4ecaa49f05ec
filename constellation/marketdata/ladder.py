"""Amounts by price: what a book looks like from outside, in steps of one price unit or of many."""

from itertools import islice
from typing import Final

from sortedcontainers import SortedDict

from constellation.protocol.messages import Side

_BUY: Final = Side.BUY

Level = tuple[int, int]
"""Price in the market's price units, and stroops of base."""


class Ladder:
    """The levels of one market, best first, with prices rounded to multiples of ``step``: bids down, asks up.

    So a level never looks better than the orders in it.

    Args:
        step: price units; 1 leaves prices as they are.
    """

    __slots__ = ("_asks", "_bids", "step")

    def __init__(self, step: int = 1) -> None:
        self.step = step
        self._bids: SortedDict[int, int] = SortedDict()
        self._asks: SortedDict[int, int] = SortedDict()

    def change(self, side: Side, price: int, change: int) -> None:
        """Add ``change`` stroops at ``price``; a level that becomes empty is gone."""
        if side is _BUY:
            levels, key = self._bids, -(price - price % self.step)
        else:
            levels, key = self._asks, price + -price % self.step
        amount = levels.get(key, 0) + change
        assert amount >= 0, f"a level at {price} would have {amount}"
        if amount:
            levels[key] = amount
        else:
            del levels[key]

    def bids(self, depth: int | None = None) -> list[Level]:
        """The highest bids, at most ``depth``."""
        return [(-key, amount) for key, amount in islice(self._bids.items(), depth)]

    def asks(self, depth: int | None = None) -> list[Level]:
        """The lowest asks, at most ``depth``."""
        return list(islice(self._asks.items(), depth))
