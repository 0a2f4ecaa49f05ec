"""One price level: a queue in time priority."""

from collections.abc import Iterator

from constellation.orderbook.order import Order


class Level:
    """All orders of one side at one price, first come first served.

    A doubly linked list, not a dict: deleting the first key of a dict over and over makes finding the next one slow.

    Attributes:
        price: in the market's price units.
        amount: sum of what remains of the orders, in stroops of base.
        count: number of orders.
        first: the order that is next to be filled.
    """

    __slots__ = ("amount", "count", "first", "last", "price")

    def __init__(self, price: int) -> None:
        self.price = price
        self.amount = 0
        self.count = 0
        self.first: Order | None = None
        self.last: Order | None = None

    def append(self, order: Order) -> None:
        """Queue ``order`` behind all others."""
        order.level = self
        order.before = self.last
        if self.last is None:
            self.first = order
        else:
            self.last.after = order
        self.last = order
        self.amount += order.remaining
        self.count += 1

    def remove(self, order: Order) -> None:
        """Take ``order`` out of the queue."""
        before, after = order.before, order.after
        if before is None:
            self.first = after
        else:
            before.after = after
        if after is None:
            self.last = before
        else:
            after.before = before
        order.level = order.before = order.after = None
        self.amount -= order.remaining
        self.count -= 1

    def put_back(self, order: Order, before: Order | None, after: Order | None) -> None:
        """Queue ``order`` again where :meth:`remove` took it from, between its neighbours of then."""
        order.level, order.before, order.after = self, before, after
        if before is None:
            self.first = order
        else:
            before.after = order
        if after is None:
            self.last = order
        else:
            after.before = order
        self.amount += order.remaining
        self.count += 1

    def fill(self, order: Order, amount: int) -> None:
        """Take ``amount`` off ``order``, which stays in the queue."""
        order.remaining -= amount
        self.amount -= amount

    def __iter__(self) -> Iterator[Order]:
        order = self.first
        while order is not None:
            yield order
            order = order.after
