"""The armed orders of one market, and those of them that a trade has triggered."""

from sortedcontainers import SortedList

from constellation.matching.armed_order import ArmedOrder


class MarketTriggers:
    """The armed orders of one market, and how far the price went while triggered ones were not executed.

    Attributes:
        highest: orders are triggered up to here; 0 for none.
        lowest: orders are triggered down to here; 0 for none.
        due: since when triggered orders wait, in microseconds; 0 while none do.
    """

    __slots__ = ("_falling", "_rising", "due", "highest", "lowest")

    def __init__(self) -> None:
        self._rising: SortedList[tuple[int, int]] = SortedList()
        self._falling: SortedList[tuple[int, int]] = SortedList()
        self.highest = self.lowest = self.due = 0

    def add(self, armed: ArmedOrder) -> None:
        """Let an order wait."""
        if armed.rises:
            self._rising.add((armed.price, armed.order_id))
        else:
            self._falling.add((-armed.price, armed.order_id))

    def remove(self, armed: ArmedOrder) -> None:
        """Let it wait no longer."""
        if armed.rises:
            self._rising.remove((armed.price, armed.order_id))
        else:
            self._falling.remove((-armed.price, armed.order_id))

    def is_up(self, price: int) -> bool:
        """Whether a trade at ``price`` triggers an order that waits for a higher price."""
        return bool(self._rising) and self._rising[0][0] <= price

    def is_down(self, price: int) -> bool:
        """Whether a trade at ``price`` triggers an order that waits for a lower price."""
        return bool(self._falling) and -self._falling[0][0] >= price

    @property
    def first(self) -> int:
        """Id of the triggered order that comes first; there must be one."""
        waiting = self._rising if self.highest else self._falling
        order_id: int = waiting[0][1]
        return order_id

    def restore(self, highest: int, lowest: int, due: int) -> None:
        """Bring back how far the price went."""
        self.highest, self.lowest, self.due = highest, lowest, due

    def __len__(self) -> int:
        return len(self._rising) + len(self._falling)
