"""Armed orders: they wait until their market's last price gets to their trigger.

An order that waits for a higher price is triggered by a trade at its price or above, one that waits for a lower one by
a trade at its price or below. What a trade triggers is not moved anywhere: the market notes how high and how low the
price was while triggered orders were not executed yet, and the next one is the first of those that it reached. So a
trade that triggers very many costs no more than one that triggers none, and a market with triggered orders is due
(:mod:`constellation.vault.agenda`) until all of them are executed.

They come in this order: those that wait for a higher price first, the lowest trigger first; then those that wait for a
lower one, the highest first; at one price the oldest first.
"""

from constellation.matching.armed_order import ArmedOrder, rises
from constellation.matching.market import Market
from constellation.protocol.messages import Side, Trigger
from constellation.vault import Account, DueKind, Vault, due_item


class Triggers:
    """All armed orders.

    Args:
        vault: whose balances they lock.
        markets: by id.

    Attributes:
        armed: by order id.
        changed: ids of orders that the running quantum armed, executed or closed.
        moved: ids of markets whose marks the running quantum has changed.
        timestamp: of the running quantum.
    """

    __slots__ = ("_markets", "_vault", "armed", "changed", "moved", "timestamp")

    def __init__(self, vault: Vault, markets: list[Market]) -> None:
        self._vault = vault
        self._markets = markets
        self.armed: dict[int, ArmedOrder] = {}
        self.changed: dict[int, None] = {}
        self.moved: dict[int, None] = {}
        self.timestamp = 0

    def would_trigger(self, market: Market, side: Side, trigger: Trigger) -> bool:
        """Whether an order would not have to wait: the last price is there already, or has just been."""
        book = market.triggers
        if rises(side, trigger.kind):
            return trigger.price <= max(market.last_price, book.highest)
        lowest = min(price for price in (market.last_price, book.lowest) if price) if market.last_price else 0
        return trigger.price >= lowest > 0

    def arm(self, account: Account, armed: ArmedOrder) -> None:
        """Lock what the order will give, and let it wait."""
        vault, journal = self._vault, self._vault.journal
        if journal is not None:
            journal.note(account.remove_order, armed.order_id, armed.client_order_id)
            journal.note(self._forget, armed)
        vault.lock(account, self._given(armed), armed.locked)
        self.keep(armed)
        account.add_order(armed.order_id, armed.client_order_id)
        self.changed[armed.order_id] = None

    def take(self, account: Account, armed: ArmedOrder) -> None:
        """Free what the order has locked, and let it wait no longer."""
        vault, journal = self._vault, self._vault.journal
        if journal is not None:
            journal.note_order_lost(account, armed.order_id, armed.client_order_id)
            journal.note(self.keep, armed)
        vault.unlock(account, self._given(armed), armed.locked)
        self._forget(armed)
        account.remove_order(armed.order_id, armed.client_order_id)
        self.changed[armed.order_id] = None
        self._settle(armed.market)

    def keep(self, armed: ArmedOrder) -> None:
        """Note an order that waits, with the time at which it is closed."""
        self.armed[armed.order_id] = armed
        self._markets[armed.market].triggers.add(armed)
        if armed.expires_at is not None:
            self._vault.agenda.add(*due_item(armed.expires_at, DueKind.ORDER, armed.order_id))

    def _forget(self, armed: ArmedOrder) -> None:
        del self.armed[armed.order_id]
        self._markets[armed.market].triggers.remove(armed)
        if armed.expires_at is not None:
            self._vault.agenda.remove(*due_item(armed.expires_at, DueKind.ORDER, armed.order_id))

    def take_changed(self) -> dict[int, None]:
        """The orders that the quantum armed, executed or closed; the next quantum starts empty."""
        changed, self.changed = self.changed, {}
        return changed

    def note_price(self, market_id: int, price: int) -> None:
        """There was a trade at another price than the last one."""
        book = self._markets[market_id].triggers
        up, down = book.is_up(price), book.is_down(price)
        if up or down:
            highest = max(book.highest, price) if up else book.highest
            lowest = min(book.lowest or price, price) if down else book.lowest
            self._mark(market_id, highest, lowest, book.due or self.timestamp)

    def _settle(self, market_id: int) -> None:
        """An order waits no longer: perhaps it was the last one that was triggered."""
        book = self._markets[market_id].triggers
        highest = book.highest if book.is_up(book.highest) else 0
        lowest = book.lowest if book.lowest and book.is_down(book.lowest) else 0
        self._mark(market_id, highest, lowest, book.due if highest or lowest else 0)

    def _mark(self, market_id: int, highest: int, lowest: int, due: int) -> None:
        """Note how far the price went while there are triggered orders."""
        book, agenda, journal = self._markets[market_id].triggers, self._vault.agenda, self._vault.journal
        if (highest, lowest, due) == (book.highest, book.lowest, book.due):
            return
        if journal is not None:
            journal.note(book.restore, book.highest, book.lowest, book.due)
            if due != book.due:
                journal.note(
                    agenda.remove if due else agenda.add, *due_item(due or book.due, DueKind.TRIGGERED, market_id)
                )
        if due != book.due:
            change = agenda.add if due else agenda.remove
            change(*due_item(due or book.due, DueKind.TRIGGERED, market_id))
        book.restore(highest, lowest, due)
        self.moved[market_id] = None

    def _given(self, armed: ArmedOrder) -> int:
        return self._markets[armed.market].gives[armed.operation.side]
