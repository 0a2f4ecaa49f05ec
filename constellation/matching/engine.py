"""Matching with price-time priority, straight on the vault's balances.

Rules (design, section 6): a fill happens at the maker's price; both sides' money was locked before and is only
spent from the lock, so nothing can fail half-way; fees come out of what a side receives. Self-trade prevention: an
order that would meet an order of its own account is cancelled there ("cancel newest"). A quantum makes at most
``fills`` fills; an order that would make more is cancelled there, because its rest would cross the book.
"""

from collections import defaultdict
from typing import Final

from constellation.matching.market import Market, fee_of
from constellation.orderbook import Order
from constellation.protocol.messages import (
    Effect,
    FeeCollected,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    Side,
    TimeInForce,
    Trade,
)
from constellation.vault import Account, Vault

Emit = defaultdict[bytes, list[Effect]]
"""The effects of the running quantum by account key, in the order of their first effect."""

_BUY: Final = Side.BUY
_SELL: Final = Side.SELL
_GOOD_TILL_CANCELLED: Final = TimeInForce.GOOD_TILL_CANCELLED


class MatchingEngine:
    """Places and cancels orders.

    Args:
        vault: whose balances are locked and spent.
        markets: by id.
        fee_account: the account that fees are credited to.
        fills_max: fills of one quantum.

    Attributes:
        fills_max: fills of one quantum.
        orders: every resting order by id.
        changed: orders that the running quantum placed, filled or closed, by id; None for those that left the book.
    """

    __slots__ = ("_fee_account", "_vault", "changed", "fills_max", "markets", "orders")

    def __init__(self, vault: Vault, markets: list[Market], fee_account: Account, fills_max: int) -> None:
        self._vault = vault
        self._fee_account = fee_account
        self.fills_max = fills_max
        self.markets = markets
        self.orders: dict[int, Order] = {}
        self.changed: dict[int, Order | None] = {}

    def place(
        self,
        taker: Account,
        order: Order,
        market: Market,
        time_in_force: TimeInForce,
        commitment: int,
        effects: Emit,
    ) -> None:
        """Lock the money of ``order``, fill it as far as it goes, rest or cancel what is left.

        The caller has checked the market's rules and that the money is available.

        Args:
            taker: whose order it is.
            order: a new one.
            market: its market.
            time_in_force: whether it may rest.
            commitment: what it locks, as :meth:`Market.commitment` says.
            effects: of the quantum.
        """
        vault = self._vault
        given = market.gives[order.side]
        vault.lock(taker, given, commitment)
        spent, reason = self._fill(taker, order, market, effects)
        remaining = order.remaining
        if reason is None:
            if not remaining:
                reason = OrderCloseReason.FILLED
            elif time_in_force is not _GOOD_TILL_CANCELLED:
                reason = OrderCloseReason.NOT_FILLED_AT_ONCE
        if reason is None:
            self._rest(taker, order, market, effects)
            if not spent:
                return
        kept = market.commitment(order.side, remaining, order.price) if reason is None else 0
        if commitment - spent != kept:
            vault.unlock(taker, given, commitment - spent - kept)
        if reason is not None:
            effects[taker.key].append(OrderClosed(order.order_id, reason, remaining))

    def cancel(self, account: Account, order: Order, effects: Emit) -> None:
        """Take a resting order off its book and free its money."""
        market = self.markets[order.market]
        self._take_off(account, order, market)
        locked = market.commitment(order.side, order.remaining, order.price)
        self._vault.unlock(account, market.gives[order.side], locked)
        effects[account.key].append(OrderClosed(order.order_id, OrderCloseReason.CANCELLED, order.remaining))

    def take_changed(self) -> dict[int, Order | None]:
        """What the quantum did to resting orders; the next quantum starts empty."""
        changed, self.changed = self.changed, {}
        return changed

    def _fill(self, taker: Account, order: Order, market: Market, effects: Emit) -> tuple[int, OrderCloseReason | None]:
        """Fill against the book; what was spent of the lock, and why the rest must not go on, if so."""
        book = market.book
        buying = order.side is _BUY
        opposite = _SELL if buying else _BUY
        spent = fills = 0
        while order.remaining:
            level = book.best(opposite)
            if level is None or (level.price > order.price if buying else level.price < order.price):
                break
            maker_order = level.first
            assert maker_order is not None
            if maker_order.owner == order.owner:
                return spent, OrderCloseReason.SELF_TRADE
            if fills == self.fills_max:
                return spent, OrderCloseReason.FILL_LIMIT
            spent += self._trade(taker, order, maker_order, market, effects)
            fills += 1
        return spent, None

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
        self._reduce(maker, maker_order, amount, market, effects)
        if taker_fee:
            self._collect(taken, taker_fee, effects)
        if maker_fee:
            self._collect(given, maker_fee, effects)
        return taker_gives

    def _reduce(self, maker: Account, order: Order, amount: int, market: Market, effects: Emit) -> None:
        """Take a fill off a resting order, which leaves the book when nothing remains."""
        level, journal = order.level, self._vault.journal
        assert level is not None
        if journal is not None:
            journal.note(level.fill, order, -amount)
        level.fill(order, amount)
        if order.remaining:
            self.changed[order.order_id] = order
            return
        self._take_off(maker, order, market)
        effects[maker.key].append(OrderClosed(order.order_id, OrderCloseReason.FILLED, 0))

    def _collect(self, asset: int, fee: int, effects: Emit) -> None:
        self._vault.credit(self._fee_account, asset, fee)
        effects[self._fee_account.key].append(FeeCollected(asset, fee))

    def _rest(self, owner: Account, order: Order, market: Market, effects: Emit) -> None:
        journal = self._vault.journal
        if journal is not None:
            journal.note(owner.remove_order, order.order_id)
            journal.note(self.orders.__delitem__, order.order_id)
            journal.note(market.book.remove, order)
        market.book.add(order)
        self.orders[order.order_id] = self.changed[order.order_id] = order
        owner.add_order(order.order_id)
        placed = OrderPlaced(order.order_id, market.market_id, order.side, order.price, order.remaining)
        effects[owner.key].append(placed)

    def _take_off(self, owner: Account, order: Order, market: Market) -> None:
        """Take a resting order off its book, and forget it."""
        journal = self._vault.journal
        if journal is not None:
            journal.note(market.book.put_back, order, order.level, order.before, order.after)
            journal.note(self.orders.__setitem__, order.order_id, order)
            journal.note_order_lost(owner, order.order_id)
        market.book.remove(order)
        del self.orders[order.order_id]
        owner.remove_order(order.order_id)
        self.changed[order.order_id] = None
