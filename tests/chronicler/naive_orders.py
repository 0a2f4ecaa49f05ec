"""What the quantum of an order says of it, by plain questions."""

from dataclasses import dataclass

from constellation.protocol.messages import (
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    OrderArmed,
    OrderClosed,
    OrderKind,
    OrderPlaced,
    OrderReplaced,
    ReplaceOrder,
    Side,
    SignedRequest,
    SignedRequestBatch,
    TimeInForce,
    Trade,
    Trigger,
)
from constellation.quanta import Executed


@dataclass
class Placed:
    """An order as it was asked for."""

    author: bytes
    market: int
    side: Side
    kind: OrderKind
    time_in_force: TimeInForce
    price: int
    amount: int
    budget: int
    name: str
    trigger: Trigger | None = None


def placed_by(executed: Executed) -> Placed | None:
    """The order that a quantum has brought into being, if it has."""
    body = executed.quantum.body
    if isinstance(body, SignedRequest):
        operation, author = body.request.operation, body.request.account
    elif isinstance(body, SignedRequestBatch):
        operation, author = body.request.operations[executed.place], body.request.account
    else:
        return None
    apex = executed.leaf.apex
    effects = [effect for group in executed.groups for effect in group.effects]
    if not any(
        isinstance(item, OrderArmed | OrderPlaced | OrderClosed | Trade) and item.order == apex for item in effects
    ):
        return None
    if isinstance(operation, ReplaceOrder):
        [new] = [effect for effect in effects if isinstance(effect, OrderReplaced)]
        terms = TimeInForce.GOOD_TILL_CANCELLED, new.price, new.amount, 0, new.client_order_id
        return Placed(author, new.market, new.side, OrderKind.LIMIT_KIND, *terms)
    if not isinstance(operation, LimitOrder | MarketOrder):
        return None
    name = "" if operation.instructions is None else operation.instructions.client_order_id
    trigger = None if operation.instructions is None else operation.instructions.trigger
    if isinstance(operation, LimitOrder):
        terms = operation.time_in_force, operation.price, operation.amount, 0, name, trigger
        return Placed(author, operation.market, operation.side, OrderKind.LIMIT_KIND, *terms)
    amount = operation.amount if operation.unit is MarketAmountUnit.BASE_AMOUNT else 0
    terms = TimeInForce.IMMEDIATE_OR_CANCEL, 0, amount, operation.amount - amount, name, trigger
    return Placed(author, operation.market, operation.side, OrderKind.MARKET_KIND, *terms)
