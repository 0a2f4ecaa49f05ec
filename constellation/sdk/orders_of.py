"""Orders as :class:`constellation.sdk.OrderState`, from a receipt, from the account, or from the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from constellation.protocol.messages import (
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    Operation,
    OrderCloseReason,
    OrderInstructions,
    ReplaceOrder,
    SelfTradePrevention,
    SignedRequestBatch,
)
from constellation.sdk.effects import Effect, Fill, OrderArmed, OrderClosed, OrderReduced, OrderReplaced, side_name
from constellation.sdk.history import TIMES_IN_FORCE, PastOrder
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import amount
from constellation.sdk.receipts import Receipt
from constellation.sdk.unified import OrderState, OrderStatus, OwnTrade
from constellation.sdk.views import ArmedOrder, OpenOrder

_PLAIN: Final = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None)


@dataclass(slots=True, frozen=True)
class Spec:
    """What was asked for; None where it is not said, or not known."""

    symbol: str
    type: str
    side: str
    time_in_force: str
    post_only: bool | None = False
    price: Decimal | None = None
    amount: Decimal | None = None
    budget: Decimal | None = None
    client_order_id: str | None = None
    trigger: str | None = None
    trigger_price: Decimal | None = None


def spec_of(catalogue: Catalogue, receipt: Receipt) -> Spec | None:
    """What a receipt's operation asks for, if it is an order, or puts one into the place of another.

    Raises:
        IndexError: its market is not listed.
    """
    operation = operation_of(receipt)
    match operation:
        case LimitOrder():
            market, said = catalogue.markets[operation.market], operation.instructions or _PLAIN
            return Spec(
                market.name,
                "limit",
                side_name(operation.side),
                TIMES_IN_FORCE[operation.time_in_force],
                said.post_only,
                market.price(operation.price),
                amount(operation.amount),
                client_order_id=said.client_order_id or None,
                trigger=None if said.trigger is None else said.trigger.kind.name.lower(),
                trigger_price=None if said.trigger is None else market.price(said.trigger.price),
            )
        case MarketOrder():
            market, said = catalogue.markets[operation.market], operation.instructions or _PLAIN
            has_budget = operation.unit is MarketAmountUnit.QUOTE_BUDGET
            return Spec(
                market.name,
                "market",
                side_name(operation.side),
                "IOC",
                amount=None if has_budget else amount(operation.amount),
                budget=amount(operation.amount) if has_budget else None,
                client_order_id=said.client_order_id or None,
                trigger=None if said.trigger is None else said.trigger.kind.name.lower(),
                trigger_price=None if said.trigger is None else market.price(said.trigger.price),
            )
        case ReplaceOrder():
            said = operation.instructions or _PLAIN
            replaced = next((effect for effect in receipt.effects if isinstance(effect, OrderReplaced)), None)
            return None if replaced is None else replacement_spec(replaced, post_only=said.post_only)
        case _:
            return None


def replacement_spec(effect: OrderReplaced, *, post_only: bool | None = None) -> Spec:
    """What an order is that took the place of another one."""
    facts = effect.price, effect.amount, None, effect.client_order_id
    return Spec(effect.market, "limit", effect.side, "GTC", post_only, *facts)


def operation_of(receipt: Receipt) -> Operation:
    """What the receipt is for."""
    if isinstance(receipt.request, SignedRequestBatch):
        return receipt.request.request.operations[receipt.place]
    return receipt.request.request.operation


def received_asset(catalogue: Catalogue, symbol: str, side: str) -> str:
    """The asset that an order receives, of which its fees are."""
    market = catalogue.market(symbol)
    return market.base if side == "buy" else market.quote


def own_trade(catalogue: Catalogue, fill: Fill, apex: int, number: int, timestamp: int) -> OwnTrade:
    """A fill as a trade; ``number`` is the effect's."""
    return OwnTrade(
        f"{apex}-{number}",
        str(fill.order_id),
        fill.market,
        fill.side,
        "maker" if fill.maker else "taker",
        fill.price,
        fill.amount,
        fill.quote_amount,
        fill.fee,
        received_asset(catalogue, fill.market, fill.side),
        timestamp,
    )


def own_trades(catalogue: Catalogue, event_effects: Sequence[Effect], first: int, apex: int, at: int) -> list[OwnTrade]:
    """The trades among the effects of a quantum, whose numbers begin with ``first``."""
    numbered = enumerate(event_effects, first)
    return [own_trade(catalogue, effect, apex, number, at) for number, effect in numbered if isinstance(effect, Fill)]


def placed_order(catalogue: Catalogue, receipt: Receipt) -> OrderState:
    """The order that a receipt is for, as its own quantum has left it."""
    spec = spec_of(catalogue, receipt)
    assert spec is not None
    own = receipt.apex
    found = own_trades(catalogue, receipt.effects, receipt.first_number, own, receipt.timestamp)
    trades = tuple(trade for trade in found if trade.order == str(own))
    filled = sum((trade.amount for trade in trades), Decimal(0))
    reduced = sum((e.amount for e in receipt.effects if isinstance(e, OrderReduced) and e.order_id == own), Decimal(0))
    closed = next((e for e in receipt.effects if isinstance(e, OrderClosed) and e.order_id == own), None)
    rests = None if spec.amount is None else spec.amount - filled - reduced
    remaining = rests if closed is None or spec.amount is None else closed.remaining
    reason = None if closed is None else closed.reason
    return OrderState(
        str(own),
        spec.client_order_id,
        spec.symbol,
        spec.type,
        spec.side,
        spec.time_in_force,
        spec.post_only,
        spec.price,
        spec.amount,
        filled,
        remaining,
        sum((trade.cost for trade in trades), Decimal(0)),
        sum((trade.fee for trade in trades), Decimal(0)),
        received_asset(catalogue, spec.symbol, spec.side),
        "rejected" if receipt.refusal is not None else status_of(reason),
        reason,
        receipt.refusal,
        receipt.timestamp,
        receipt.timestamp,
        spec.budget,
        spec.trigger,
        spec.trigger_price,
        any(isinstance(effect, OrderArmed) and effect.order_id == own for effect in receipt.effects),
        trades,
        receipt,
    )


def status_of(reason: OrderCloseReason | None) -> OrderStatus:
    """The status of an order that was closed for this reason, or is open."""
    if reason is None:
        return "open"
    if reason is OrderCloseReason.EXPIRED_BY_TIME:
        return "expired"
    if reason is OrderCloseReason.REFUSED_WHEN_TRIGGERED:
        return "rejected"
    return "closed" if reason is OrderCloseReason.FILLED else "canceled"


def open_order(order: OpenOrder) -> OrderState:
    """An order of the account; what was filled of it is not known."""
    return OrderState(
        str(order.order_id),
        order.client_order_id,
        order.market,
        "limit",
        order.side,
        price=order.price,
        remaining=order.remaining,
    )


def armed_order(catalogue: Catalogue, order: ArmedOrder) -> OrderState:
    """An order of the account that waits for its trigger; when it was placed is not known."""
    return OrderState(
        str(order.order_id),
        order.client_order_id,
        order.market,
        "market" if order.price is None else "limit",
        order.side,
        price=order.price,
        amount=order.amount,
        filled=Decimal(0),
        remaining=order.amount,
        cost=Decimal(0),
        fee=Decimal(0),
        fee_currency=received_asset(catalogue, order.market, order.side),
        budget=order.budget,
        trigger=order.trigger,
        trigger_price=order.trigger_price,
        armed=True,
    )


def past_order(catalogue: Catalogue, order: PastOrder) -> OrderState:
    """An order of the history."""
    return OrderState(
        str(order.order_id),
        order.client_order_id,
        order.market,
        order.kind,
        order.side,
        order.time_in_force,
        None,
        order.price,
        order.amount,
        order.filled,
        None if order.amount is None else order.amount - order.filled - order.reduced,
        order.filled_quote,
        order.fee,
        received_asset(catalogue, order.market, order.side),
        status_of(order.closed),
        order.closed,
        None,
        order.placed_at,
        order.updated_at,
        order.budget,
        order.trigger,
        order.trigger_price,
        order.armed,
    )
