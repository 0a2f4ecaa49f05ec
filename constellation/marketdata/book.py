"""Books kept from effects alone: nothing is executed, and of the state only the orders open at the start are needed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from constellation.marketdata.ladder import Ladder
from constellation.protocol.messages import Effect, OrderClosed, OrderPlaced, OrderReduced, Side, Trade
from constellation.quanta import SealedBatch


@dataclass(slots=True)
class OpenOrder:
    """A resting order.

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


class MarketBook:
    """The levels of one market, in every step that somebody looks at."""

    __slots__ = ("_ladders", "levels")

    def __init__(self) -> None:
        self.levels = Ladder()
        self._ladders = {1: self.levels}

    def change(self, side: Side, price: int, change: int) -> None:
        """Add ``change`` stroops at ``price`` to all ladders."""
        for ladder in self._ladders.values():
            ladder.change(side, price, change)

    def ladder(self, step: int) -> Ladder:
        """The book in steps of ``step`` price units, kept from now on."""
        ladder = self._ladders.get(step)
        if ladder is None:
            ladder = self._ladders[step] = Ladder(step)
            for side, levels in ((Side.BUY, self.levels.bids()), (Side.SELL, self.levels.asks())):
                for price, amount in levels:
                    ladder.change(side, price, amount)
        return ladder

    def drop(self, step: int) -> None:
        """Nobody looks at the book in these steps any more."""
        if step != 1:
            self._ladders.pop(step, None)


class Books:
    """The books of all markets.

    Args:
        orders: open at the start.
    """

    def __init__(self, orders: Iterable[OpenOrder] = ()) -> None:
        self._markets: defaultdict[int, MarketBook] = defaultdict(MarketBook)
        self._orders: dict[int, OpenOrder] = {}
        self._changed: dict[int, None] = {}
        for order in orders:
            self._add(OpenOrder(order.order, order.market, order.side, order.price, order.remaining))

    def __getitem__(self, market: int) -> MarketBook:
        return self._markets[market]

    def __len__(self) -> int:
        return len(self._orders)

    def take(self, sealed: SealedBatch) -> dict[int, None]:
        """Follow a batch; the markets whose books have changed."""
        self._changed = {}
        for item in sealed.executed:
            for group in item.groups:
                for effect in group.effects:
                    self._follow(effect)
        return self._changed

    def _follow(self, effect: Effect) -> None:
        if isinstance(effect, OrderPlaced):
            self._add(OpenOrder(effect.order, effect.market, effect.side, effect.price, effect.amount))
        elif isinstance(effect, Trade):
            if effect.maker:
                self._reduce(effect.order, effect.amount)
        elif isinstance(effect, OrderReduced):
            if effect.order in self._orders:  # the others are new and have not rested yet
                self._reduce(effect.order, effect.amount)
        elif isinstance(effect, OrderClosed):
            order = self._orders.get(effect.order)
            if order is not None:  # the others never rested, or their last fill has closed them here
                self._reduce(effect.order, order.remaining)

    def _add(self, order: OpenOrder) -> None:
        self._orders[order.order] = order
        self._change(order, order.remaining)

    def _reduce(self, order_id: int, amount: int) -> None:
        order = self._orders[order_id]
        order.remaining -= amount
        if not order.remaining:
            del self._orders[order_id]
        self._change(order, -amount)

    def _change(self, order: OpenOrder, change: int) -> None:
        self._markets[order.market].change(order.side, order.price, change)
        self._changed[order.market] = None
