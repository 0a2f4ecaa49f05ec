"""Replacing an order: with less of itself, which keeps its place, or with a new one, all in one quantum."""

from constellation.matching import ArmedOrder
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Code,
    OrderCloseReason,
    OrderInstructions,
    OrderReplaced,
    ReplaceOrder,
    SelfTradePrevention,
    TimeInForce,
)
from constellation.quanta.cancel_order import own_order
from constellation.quanta.context import Context
from constellation.quanta.order_rules import (
    check_band,
    check_instructions,
    check_lots,
    check_notional,
    check_open_orders,
    check_rests,
    check_worth,
    open_market,
)
from constellation.quanta.request import check_funds
from constellation.vault import Account


def execute_replace_order(context: Context, account: Account, operation: ReplaceOrder) -> None:
    """Reduce the order in place, or put another one into its place.

    Raises:
        Rejection: ORDER_NOT_FOUND, ORDER_CHANGED, or those of a limit order that may rest; CONTRADICTORY_ORDER also
            when the order is so already.
    """
    order = own_order(context.state, account, operation.order)
    if isinstance(order, ArmedOrder):
        raise Rejection(Code.CONTRADICTORY_ORDER, "the order waits for its trigger: cancel it and place another one")
    if operation.instructions is not None and operation.instructions.trigger is not None:
        raise Rejection(Code.CONTRADICTORY_ORDER, "an order on the book cannot wait for a trigger: cancel it")
    if operation.if_remaining is not None and operation.if_remaining != order.remaining:
        raise Rejection(
            Code.ORDER_CHANGED, f"{order.remaining} stroops of the order remain, not {operation.if_remaining}"
        )
    if operation.instructions is None and operation.price == order.price and operation.amount <= order.remaining:
        _reduce(context, account, order, operation.amount)
    else:
        _replace(context, account, order, operation)


def _reduce(context: Context, account: Account, order: Order, amount: int) -> None:
    engine = context.state.engine
    market = engine.markets[order.market]
    check_lots(market, amount)
    check_notional(market, market.quote_amount(amount, order.price))
    if amount == order.remaining:
        raise Rejection(Code.CONTRADICTORY_ORDER, "the order has this price and this amount already")
    engine.reduce(account, order, order.remaining - amount, context.effects)


def _replace(context: Context, account: Account, old: Order, operation: ReplaceOrder) -> None:
    state, side, price, amount = context.state, old.side, operation.price, operation.amount
    engine = state.engine
    instructions = operation.instructions or OrderInstructions(
        False, SelfTradePrevention.CANCEL_NEWEST, old.client_order_id, old.expires_at, None
    )
    market = open_market(state, old.market, post_only=instructions.post_only)
    check_worth(market, price, amount)
    check_band(market, side, price)
    check_instructions(context, account, instructions, may_rest=True, replaces=old.order_id)
    check_open_orders(state, account, len(account.orders) - 1)
    commitment = market.commitment(side, amount, price)
    freed = market.commitment(side, old.remaining, old.price)
    check_funds(state, account, market.gives[side], commitment, freed)
    facts = context.apex, account.key, old.market, side, price, amount
    order = Order(*facts, instructions.client_order_id, instructions.expires_at)
    if instructions.post_only:
        check_rests(market, order)
    engine.cancel(account, old, context.effects, OrderCloseReason.REPLACED_BY_OWNER)
    new = order.order_id, old.order_id, old.market, side, price, amount, order.client_order_id
    context.emit(account.key, OrderReplaced(*new))
    context.met += engine.place(
        account,
        order,
        market,
        TimeInForce.GOOD_TILL_CANCELLED,
        instructions.self_trade_prevention,
        commitment,
        context.effects,
    )
