"""Matching with price-time priority, straight on the vault's balances.

Rules (design, section 6): a fill happens at the maker's price; both sides' money was locked before and is only
spent from the lock, so nothing can fail half-way; fees come out of what a side receives. Self-trade prevention: where
an order would meet an order of its own account, one of them is cancelled, or both, or both are reduced by the smaller
one, as the new order says. A quantum meets at most ``fills`` resting orders; an order that would meet more is cancelled
there, because its rest would cross the book.
"""

from collections import defaultdict
from typing import Final

from constellation.matching.armed_order import ArmedOrder
from constellation.matching.market import Market, fee_of
from constellation.matching.surveying import survey
from constellation.matching.triggers import Triggers
from constellation.orderbook import Order
from constellation.protocol.messages import (
    Effect,
    FeeCollected,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    OrderReduced,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trade,
)
from constellation.vault import Account, DueKind, Vault, due_item

Emit = defaultdict[bytes, list[Effect]]
"""The effects of the running quantum by account key, in the order of their first effect."""

_BUY: Final = Side.BUY
_SELL: Final = Side.SELL
_GOOD_TILL_CANCELLED: Final = TimeInForce.GOOD_TILL_CANCELLED
_CANCEL_NEWEST: Final = SelfTradePrevention.CANCEL_NEWEST
_CANCEL_OLDEST: Final = SelfTradePrevention.CANCEL_OLDEST
_CANCEL_BOTH: Final = SelfTradePrevention.CANCEL_BOTH


class MatchingEngine:
    """Places and cancels orders.

    Args:
        vault: whose balances are locked and spent.
        markets: by id.
        fee_account: the account that fees are credited to.
        fills_max: resting orders that one quantum may meet.
        cancels_max: orders that one quantum may cancel for their owner.

    Attributes:
        fills_max: resting orders that one quantum may meet.
        cancels_max: orders that one quantum may cancel for their owner.
        orders: every resting order by id.
        changed: orders that the running quantum placed, filled or closed, by id; None for those that left the book.
        triggers: the armed orders.
    """

    __slots__ = ("_fee_account", "_vault", "cancels_max", "changed", "fills_max", "markets", "orders", "triggers")

    def __init__(
        self, vault: Vault, markets: list[Market], fee_account: Account, fills_max: int, cancels_max: int
    ) -> None:
        self._vault = vault
        self._fee_account = fee_account
        self.fills_max = fills_max
        self.cancels_max = cancels_max
        self.markets = markets
        self.orders: dict[int, Order] = {}
        self.changed: dict[int, Order | None] = {}
        self.triggers = Triggers(vault, markets)

    def place(
        self,
        taker: Account,
        order: Order,
        market: Market,
        time_in_force: TimeInForce,
        prevention: SelfTradePrevention,
        commitment: int,
        effects: Emit,
    ) -> int:
        """Lock the money of ``order``, fill it as far as it goes, rest or cancel what is left.

        The caller has checked the market's rules and that the money is available.

        Args:
            taker: whose order it is.
            order: a new one.
            market: its market.
            time_in_force: whether it may rest.
            prevention: what happens where it meets an order of its own account.
            commitment: what it locks: as :meth:`Market.commitment` says, or what is known to be enough.
            effects: of the quantum.

        Returns:
            How many resting orders it has met.
        """
        vault = self._vault
        given = market.gives[order.side]
        vault.lock(taker, given, commitment)
        met, spent, reason = self._fill(taker, order, market, prevention, effects)
        remaining = order.remaining
        if reason is None:
            if not remaining:
                reason = OrderCloseReason.FILLED
            elif time_in_force is not _GOOD_TILL_CANCELLED:
                reason = OrderCloseReason.NOT_FILLED_AT_ONCE
        if reason is None:
            self._rest(taker, order, market, effects)
            if not met:
                return met
        kept = market.commitment(order.side, remaining, order.price) if reason is None else 0
        if commitment - spent != kept:
            vault.unlock(taker, given, commitment - spent - kept)
        if reason is not None:
            effects[taker.key].append(OrderClosed(order.order_id, reason, remaining))
        return met

    def convert(self, taker: Account, order: Order, market: Market, commitment: int, effects: Emit) -> int:
        """Fill what is known to be filled whole at once, for just so much: it is no order that its owner hears of.

        Args:
            taker: whose money it is.
            order: what a survey has found.
            market: its market.
            commitment: what it costs.
            effects: of the quantum.

        Returns:
            How many resting orders it has met.
        """
        self._vault.lock(taker, market.gives[order.side], commitment)
        met, spent, _ = self._fill(taker, order, market, _CANCEL_NEWEST, effects)
        assert (order.remaining, spent) == (0, commitment), "the survey was wrong"
        return met

    def cancel(
        self,
        account: Account,
        order: Order,
        effects: Emit,
        reason: OrderCloseReason,
    ) -> None:
        """Take a resting order off its book and free its money."""
        market = self.markets[order.market]
        self._take_off(account, order, market)
        locked = market.commitment(order.side, order.remaining, order.price)
        self._vault.unlock(account, market.gives[order.side], locked)
        effects[account.key].append(OrderClosed(order.order_id, reason, order.remaining))

    def find(self, order_id: int) -> Order | ArmedOrder | None:
        """An open order, on a book or armed."""
        return self.orders.get(order_id) or self.triggers.armed.get(order_id)

    def market_of(self, order_id: int) -> int:
        """The market of an open order."""
        order = self.find(order_id)
        assert order is not None
        return order.market

    def close(self, account: Account, order_id: int, effects: Emit, reason: OrderCloseReason) -> None:
        """Close an open order, on a book or armed, and free its money."""
        order = self.orders.get(order_id)
        if order is not None:
            self.cancel(account, order, effects, reason)
            return
        armed = self.triggers.armed[order_id]
        self.triggers.take(account, armed)
        effects[account.key].append(OrderClosed(order_id, reason, armed.remaining))

    def fills_whole(self, order: Order, market: Market, prevention: SelfTradePrevention) -> bool:
        """Whether a new order would be filled whole at once; nothing is changed."""
        facts = market, order.owner, order.side, prevention, self.fills_max
        return survey(*facts, limit=order.price, amount=order.remaining).traded == order.remaining

    def take_changed(self) -> dict[int, Order | None]:
        """What the quantum did to resting orders; the next quantum starts empty."""
        changed, self.changed = self.changed, {}
        return changed

    def take_moved(self) -> dict[int, None]:
        """The markets whose prices the quantum has changed; the next quantum starts empty."""
        moved, self.triggers.moved = self.triggers.moved, {}
        return moved

    def _fill(
        self, taker: Account, order: Order, market: Market, prevention: SelfTradePrevention, effects: Emit
    ) -> tuple[int, int, OrderCloseReason | None]:
        """Fill against the book; how many orders it met, what was spent of the lock, why the rest must not go on."""
        book = market.book
        buying = order.side is _BUY
        opposite = _SELL if buying else _BUY
        met = spent = 0
        while order.remaining:
            level = book.best(opposite)
            if level is None or (level.price > order.price if buying else level.price < order.price):
                break
            maker_order = level.first
            assert maker_order is not None
            is_own = maker_order.owner == order.owner
            if is_own and prevention is _CANCEL_NEWEST:
                return met, spent, OrderCloseReason.SELF_TRADE
            if met == self.fills_max:
                return met, spent, OrderCloseReason.FILL_LIMIT
            met += 1
            if not is_own:
                spent += self._trade(taker, order, maker_order, market, effects)
            elif self._prevent(taker, order, maker_order, prevention, effects):
                return met, spent, OrderCloseReason.SELF_TRADE
        return met, spent, None

    def _prevent(
        self, account: Account, order: Order, resting: Order, prevention: SelfTradePrevention, effects: Emit
    ) -> bool:
        """Deal with a resting order of the same account; whether the new one ends there."""
        if prevention is _CANCEL_OLDEST or prevention is _CANCEL_BOTH:
            self.cancel(account, resting, effects, OrderCloseReason.SELF_TRADE)
            return prevention is _CANCEL_BOTH
        amount = min(order.remaining, resting.remaining)
        if amount == resting.remaining:
            self.cancel(account, resting, effects, OrderCloseReason.SELF_TRADE)
        else:
            self.reduce(account, resting, amount, effects)
        order.remaining -= amount
        effects[account.key].append(OrderReduced(order.order_id, amount, order.remaining))
        return not order.remaining

    def reduce(self, account: Account, order: Order, amount: int, effects: Emit) -> None:
        """Take ``amount``, which is less than all, off a resting order, which keeps its place, and free its money."""
        market = self.markets[order.market]
        self._vault.unlock(account, market.gives[order.side], market.commitment(order.side, amount, order.price))
        self._shorten(order, amount)
        effects[account.key].append(OrderReduced(order.order_id, amount, order.remaining))

    def _trade(self, taker: Account, order: Order, maker_order: Order, market: Market, effects: Emit) -> int:
        """One fill at the maker's price; what the taker gave."""
        vault = self._vault
        maker = vault.accounts[maker_order.owner]
        price = maker_order.price
        amount = min(order.remaining, maker_order.remaining)
        quote_amount = amount * price // market.scale
        taker_gives, taker_takes = (quote_amount, amount) if order.side is _BUY else (amount, quote_amount)
        given, taken = market.gives[order.side], market.takes[order.side]
        taker_fee = fee_of(taker_takes, market.taker_fee_ppm)
        maker_fee = fee_of(taker_gives, market.maker_fee_ppm)
        vault.spend(taker, given, taker_gives)
        vault.spend(maker, taken, taker_takes)
        vault.credit(taker, taken, taker_takes - taker_fee)
        vault.credit(maker, given, taker_gives - maker_fee)
        order.remaining -= amount
        if price != market.last_price:
            self._move_price(market, price)
        effects[taker.key].append(
            Trade(
                order.order_id, maker_order.order_id, market.market_id, order.side, False,
                price, amount, quote_amount, taker_fee,
            )
        )  # fmt: skip
        effects[maker.key].append(
            Trade(
                maker_order.order_id, order.order_id, market.market_id, maker_order.side, True,
                price, amount, quote_amount, maker_fee,
            )
        )  # fmt: skip
        self._fill_maker(maker, maker_order, amount, market, effects)
        if taker_fee:
            self._collect(taken, taker_fee, effects)
        if maker_fee:
            self._collect(given, maker_fee, effects)
        return taker_gives

    def _fill_maker(self, maker: Account, order: Order, amount: int, market: Market, effects: Emit) -> None:
        """Take a fill off a resting order, which leaves the book when nothing remains."""
        self._shorten(order, amount)
        if order.remaining:
            return
        self._take_off(maker, order, market)
        effects[maker.key].append(OrderClosed(order.order_id, OrderCloseReason.FILLED, 0))

    def _shorten(self, order: Order, amount: int) -> None:
        """Take ``amount`` off what remains of a resting order."""
        level, journal = order.level, self._vault.journal
        assert level is not None
        if journal is not None:
            journal.note(level.fill, order, -amount)
        level.fill(order, amount)
        self.changed[order.order_id] = order

    def _move_price(self, market: Market, price: int) -> None:
        """The last trade had another price than the one before."""
        journal = self._vault.journal
        if journal is not None:
            journal.note(setattr, market, "last_price", market.last_price)
        market.last_price = price
        self.triggers.moved[market.market_id] = None
        self.triggers.note_price(market.market_id, price)

    def _collect(self, asset: int, fee: int, effects: Emit) -> None:
        self._vault.credit(self._fee_account, asset, fee)
        effects[self._fee_account.key].append(FeeCollected(asset, fee))

    def _rest(self, owner: Account, order: Order, market: Market, effects: Emit) -> None:
        journal = self._vault.journal
        if journal is not None:
            journal.note(owner.remove_order, order.order_id, order.client_order_id)
            journal.note(self.orders.__delitem__, order.order_id)
            journal.note(market.book.remove, order)
            if order.expires_at is not None:
                journal.note(self._vault.agenda.remove, *due_item(order.expires_at, DueKind.ORDER, order.order_id))
        market.book.add(order)
        self.orders[order.order_id] = self.changed[order.order_id] = order
        owner.add_order(order.order_id, order.client_order_id)
        if order.expires_at is not None:
            self._vault.agenda.add(*due_item(order.expires_at, DueKind.ORDER, order.order_id))
        placed = OrderPlaced(order.order_id, market.market_id, order.side, order.price, order.remaining)
        effects[owner.key].append(placed)

    def _take_off(self, owner: Account, order: Order, market: Market) -> None:
        """Take a resting order off its book, and forget it."""
        journal = self._vault.journal
        if journal is not None:
            journal.note(market.book.put_back, order, order.level, order.before, order.after)
            journal.note(self.orders.__setitem__, order.order_id, order)
            journal.note_order_lost(owner, order.order_id, order.client_order_id)
            if order.expires_at is not None:
                journal.note(self._vault.agenda.add, *due_item(order.expires_at, DueKind.ORDER, order.order_id))
        market.book.remove(order)
        del self.orders[order.order_id]
        owner.remove_order(order.order_id, order.client_order_id)
        if order.expires_at is not None:
            self._vault.agenda.remove(*due_item(order.expires_at, DueKind.ORDER, order.order_id))
        self.changed[order.order_id] = None
