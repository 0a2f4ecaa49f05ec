"""What the account's own orders, trades and balances have become, from receipts and events in any order.

Receipts of this client and events of everything else come on different ways. So nothing here depends on their order:
fills add up, a closing is for good, and a balance is the one with the highest number.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, TypeVar

from constellation.protocol.messages import OrderCloseReason
from constellation.sdk.effects import (
    BalanceChanged,
    Fill,
    OrderArmed,
    OrderClosed,
    OrderPlaced,
    OrderReduced,
    OrderReplaced,
    OrderTriggered,
)
from constellation.sdk.errors import EventsMissed, SdkError
from constellation.sdk.markets import Catalogue
from constellation.sdk.orders_of import Spec, own_trade, received_asset, replacement_spec, spec_of, status_of
from constellation.sdk.past_of import follow_withdrawal, open_withdrawal
from constellation.sdk.receipts import Event, Receipt
from constellation.sdk.tracker import Gap
from constellation.sdk.unified import Balances, OrderState, OwnTrade, Transaction
from constellation.sdk.verifier import drop_oldest
from constellation.sdk.views import Account, ArmedOrder, Balance, OpenOrder

WAITING_MAX: Final = 10_000
"""Trades, and changed orders, that wait for the program; past it the oldest are left out, which is told."""

_CLOSED_MAX: Final = 1_000  # orders that are remembered after they were closed
_TRADES_MAX: Final = 100  # of one order, with it
_ZERO: Final = Decimal(0)
_T = TypeVar("_T")
_RESERVE_ASSET: Final = "XLM"


@dataclass(slots=True)
class _Known:
    """What is known of one order."""

    order_id: int
    spec: Spec | None = None
    symbol: str | None = None
    type: str | None = None
    side: str | None = None
    price: Decimal | None = None
    client_order_id: str | None = None
    rested: Decimal | None = None  # when it was first seen here, if its placing was not
    is_whole: bool = False  # everything that was filled of it is known
    budget: Decimal | None = None
    trigger: str | None = None
    trigger_price: Decimal | None = None
    was_triggered: bool = False
    filled: Decimal = _ZERO
    reduced: Decimal = _ZERO
    cost: Decimal = _ZERO
    fee: Decimal = _ZERO
    closed: OrderCloseReason | None = None
    left: Decimal | None = None
    placed_at: int | None = None
    updated_at: int | None = None
    receipt: Receipt | None = None
    trades: deque[OwnTrade] = field(default_factory=lambda: deque(maxlen=_TRADES_MAX))

    @property
    def is_armed(self) -> bool:
        """Whether it waits for its trigger, which nothing makes undone that came before, or comes after."""
        return self.trigger is not None and not self.was_triggered and self.closed is None

    def take_spec(self, spec: Spec) -> None:
        """This is what was asked for; all that happens to it is told after it."""
        self.spec, self.is_whole = spec, True
        self.symbol, self.type, self.side, self.price = spec.symbol, spec.type, spec.side, spec.price
        self.client_order_id, self.budget = spec.client_order_id, spec.budget
        self.trigger, self.trigger_price = spec.trigger, spec.trigger_price


def _seen(order: OpenOrder) -> _Known:
    """An order on the book; what was filled of it before is not known."""
    known = _Known(order.order_id, None, order.market, "limit", order.side, order.price)
    known.client_order_id, known.rested = order.client_order_id, order.remaining
    return known


def _seen_waiting(order: ArmedOrder) -> _Known:
    """An order that waits, so that nothing was filled of it."""
    known = _Known(order.order_id, None, order.market, "market" if order.price is None else "limit", order.side)
    known.price, known.client_order_id = order.price, order.client_order_id
    known.rested, known.budget, known.is_whole = order.amount, order.budget, True
    known.trigger, known.trigger_price = order.trigger, order.trigger_price
    return known


class OwnState:
    """Orders, trades and balances of one account.

    Args:
        catalogue: assets and markets by name.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._seed_number = 0
        self._orders: dict[int, _Known] = {}
        self._closed: deque[int] = deque()
        self._changed: dict[int, None] = {}
        self._trades: deque[tuple[int, OwnTrade]] = deque()
        self._withdrawals: dict[int, Transaction] = {}
        self._changed_withdrawals: dict[int, None] = {}
        self._balances: dict[str, tuple[int, Balance]] = {}
        self._balances_at: int | None = None
        self._is_new = False
        self._missed: EventsMissed | None = None
        self._error: SdkError | None = None
        self._waiters: set[asyncio.Future[None]] = set()

    # What comes in.

    def seed(self, account: Account) -> None:
        """The account as it is: what happened before is not told of orders and balances."""
        self._seed_number = account.effect_number
        self._orders = {order.order_id: _seen(order) for order in account.orders}
        self._orders |= {order.order_id: _seen_waiting(order) for order in account.armed}
        self._closed.clear()
        self._withdrawals = {item.withdrawal_id: open_withdrawal(item) for item in account.withdrawals}
        self._balances = {name: (account.effect_number, balance) for name, balance in account.balances.items()}
        self._is_new = True
        self._wake()

    def take(self, event: Event) -> None:
        """Something happened, by this client's request or not."""
        if isinstance(event, Receipt):
            self._take_spec(event)
        own = {item.order_id for item in event.effects if isinstance(item, OrderPlaced | OrderClosed)}
        for number, effect in enumerate(event.effects, event.first_number):
            if isinstance(effect, Fill):
                trade = own_trade(self._catalogue, effect, event.apex, number, event.timestamp)
                self._tell_trade(number, trade)
                if effect.order_id != event.apex or effect.order_id in own:  # a payment on a path is no order
                    self._take_fill(effect, trade, number)
            elif number <= self._seed_number:
                continue
            elif isinstance(effect, OrderArmed):
                self._take_armed(effect, event)
            elif isinstance(effect, OrderTriggered):
                self._know(effect.order_id, event.timestamp).was_triggered = True
            elif isinstance(effect, OrderPlaced):
                self._take_placed(effect, event)
            elif isinstance(effect, OrderReplaced):
                self._take_replaced(effect, event)
            elif isinstance(effect, OrderReduced):
                self._know(effect.order_id, event.timestamp).reduced += effect.amount
            elif isinstance(effect, OrderClosed):
                self._take_closed(effect, event)
            elif isinstance(effect, BalanceChanged):
                self._take_balance(effect, number, event.timestamp)
            elif (changed := follow_withdrawal(self._withdrawals, effect, event.timestamp)) is not None:
                self._take_withdrawal(changed)
        self._wake()

    def miss(self, gap: Gap) -> None:
        """Alpha does not keep what happened then."""
        self._missed = EventsMissed(gap.first, gap.last)
        self._wake()

    def fail(self, error: SdkError) -> None:
        """Nothing will come any more."""
        self._error = error
        self._wake()

    def _know(self, order_id: int, timestamp: int) -> _Known:
        known = self._orders.setdefault(order_id, _Known(order_id))
        known.updated_at = max(timestamp, known.updated_at or 0)
        self._changed[order_id] = None
        drop_oldest(self._changed, WAITING_MAX)
        return known

    def _take_spec(self, receipt: Receipt) -> None:
        spec = spec_of(self._catalogue, receipt)
        if spec is None or receipt.refusal is not None or receipt.last_number <= self._seed_number:
            return
        known = self._know(receipt.apex, receipt.timestamp)
        known.receipt, known.placed_at = receipt, receipt.timestamp
        known.take_spec(spec)

    def _take_fill(self, effect: Fill, trade: OwnTrade, number: int) -> None:
        if number <= self._seed_number:
            return
        known = self._know(effect.order_id, trade.timestamp)
        known.symbol, known.side = effect.market, effect.side
        known.filled += effect.amount
        known.cost += effect.quote_amount
        known.fee += effect.fee
        known.trades.append(trade)

    def _take_armed(self, effect: OrderArmed, event: Event) -> None:
        known = self._know(effect.order_id, event.timestamp)
        known.symbol, known.side, known.placed_at, known.is_whole = effect.market, effect.side, event.timestamp, True
        known.trigger, known.trigger_price = effect.trigger, effect.trigger_price

    def _take_placed(self, effect: OrderPlaced, event: Event) -> None:
        known = self._know(effect.order_id, event.timestamp)
        known.symbol, known.type, known.side, known.price = effect.market, "limit", effect.side, effect.price
        if not known.was_triggered:
            known.placed_at, known.is_whole = event.timestamp, True
        if known.spec is None and known.rested is None:  # by another client; its fills are in the same quantum
            at_once = (
                e.amount for e in event.effects if isinstance(e, Fill | OrderReduced) and e.order_id == effect.order_id
            )
            known.rested = effect.amount + sum(at_once, _ZERO)

    def _take_replaced(self, effect: OrderReplaced, event: Event) -> None:
        known = self._know(effect.order_id, event.timestamp)
        known.placed_at = event.timestamp
        if known.spec is None:  # by another client
            known.take_spec(replacement_spec(effect))

    def _take_closed(self, effect: OrderClosed, event: Event) -> None:
        known = self._know(effect.order_id, event.timestamp)
        known.closed, known.left = effect.reason, effect.remaining
        self._closed.append(effect.order_id)
        if len(self._closed) > _CLOSED_MAX:
            self._orders.pop(self._closed.popleft(), None)

    def _take_withdrawal(self, withdrawal_id: int) -> None:
        self._changed_withdrawals[withdrawal_id] = None
        if len(self._changed_withdrawals) > _CLOSED_MAX:
            oldest = next(iter(self._changed_withdrawals))
            del self._changed_withdrawals[oldest]
            self._withdrawals.pop(oldest, None)

    def _take_balance(self, effect: BalanceChanged, number: int, timestamp: int) -> None:
        if number <= self._balances.get(effect.asset, (0, None))[0]:
            return
        free = effect.total - effect.locked
        if effect.asset == _RESERVE_ASSET:
            free = max(_ZERO, free - self._catalogue.minimum_balance)
        self._balances[effect.asset] = number, Balance(effect.asset, effect.total, effect.locked, free)
        self._balances_at = max(timestamp, self._balances_at or 0)
        self._is_new = True

    def _tell_trade(self, number: int, trade: OwnTrade) -> None:
        self._trades.append((number, trade))
        if len(self._trades) > WAITING_MAX:
            lost, _ = self._trades.popleft()
            self._missed = EventsMissed(self._missed.first if self._missed else lost, lost)

    # What goes out.

    def order(self, order_id: int) -> OrderState | None:
        """An order that is open, or was closed not long ago."""
        known = self._orders.get(order_id)
        return None if known is None else self._state(known)

    def open_order(self, name: str) -> OrderState | None:
        """The open order with this client order id."""
        named = (item for item in self._orders.values() if item.client_order_id == name and item.closed is None)
        known = next(named, None)
        return None if known is None else self._state(known)

    def balances(self) -> Balances:
        """All of them."""
        return Balances({name: balance for name, (_, balance) in self._balances.items()}, self._balances_at)

    async def changed_orders(self, symbol: str | None) -> tuple[OrderState, ...]:
        """The orders that have changed since they were last asked for, each as it is now."""
        return await self._wait(lambda: self._pop_orders(symbol))

    async def new_trades(self, symbol: str | None) -> tuple[OwnTrade, ...]:
        """The trades since they were last asked for, each once.

        Raises:
            EventsMissed: the program was too slow; told once.
        """
        return await self._wait(lambda: self._pop_trades(symbol))

    async def changed_withdrawals(self) -> tuple[Transaction, ...]:
        """The withdrawals that have changed since they were last asked for, each as it is now."""
        return await self._wait(self._pop_withdrawals)

    async def new_balances(self) -> Balances:
        """The balances when they are others than were last handed out."""
        return await self._wait(self._pop_balances)

    def _pop_orders(self, symbol: str | None) -> tuple[OrderState, ...]:
        found = [number for number in self._changed if number in self._orders and self._is_of(number, symbol)]
        for number in found:
            del self._changed[number]
        return tuple(self._state(self._orders[number]) for number in found)

    def _is_of(self, order_id: int, symbol: str | None) -> bool:
        return symbol is None or self._orders[order_id].symbol == symbol

    def _pop_trades(self, symbol: str | None) -> tuple[OwnTrade, ...]:
        if self._missed is not None:
            missed, self._missed = self._missed, None
            raise missed
        found = tuple(trade for _, trade in self._trades if symbol is None or trade.symbol == symbol)
        self._trades = deque(item for item in self._trades if symbol is not None and item[1].symbol != symbol)
        return found

    def _pop_withdrawals(self) -> tuple[Transaction, ...]:
        found = tuple(self._withdrawals[number] for number in self._changed_withdrawals if number in self._withdrawals)
        self._changed_withdrawals.clear()
        for withdrawal in found:
            if withdrawal.status != "pending":
                del self._withdrawals[int(withdrawal.id)]
        return found

    def _pop_balances(self) -> Balances | None:
        if not self._is_new:
            return None
        self._is_new = False
        return self.balances()

    async def _wait(self, pop: Callable[[], _T | None]) -> _T:
        while True:
            found = pop()
            if found:
                return found
            if self._error is not None:
                raise self._error
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            try:
                await waiter
            finally:
                self._waiters.discard(waiter)

    def _wake(self) -> None:
        for waiter in list(self._waiters):
            if not waiter.done():
                waiter.set_result(None)

    def _state(self, known: _Known) -> OrderState:
        spec = known.spec
        asked = known.rested if spec is None else spec.amount
        left = known.left if asked is None or known.left is not None else asked - known.filled - known.reduced
        fee_currency = None
        if known.symbol is not None and known.side is not None:
            fee_currency = received_asset(self._catalogue, known.symbol, known.side)
        state = OrderState(
            str(known.order_id), known.client_order_id, known.symbol, known.type, known.side, price=known.price,
            remaining=left, fee_currency=fee_currency, status=status_of(known.closed), reason=known.closed,
            timestamp=known.placed_at, updated_at=known.updated_at, budget=known.budget, trigger=known.trigger,
            trigger_price=known.trigger_price, armed=known.is_armed, trades=tuple(known.trades), receipt=known.receipt,
        )  # fmt: skip
        if spec is not None:
            state = replace(state, time_in_force=spec.time_in_force, post_only=spec.post_only)
        if known.is_whole:
            state = replace(state, amount=asked, filled=known.filled, cost=known.cost, fee=known.fee)
        return state
