"""Limit order: checks the market's rules, then hands it to the matching engine."""

from typing import Final

from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, LimitOrder, Side, TimeInForce
from constellation.quanta.context import Context
from constellation.quanta.order_rules import (
    PLAIN,
    check_band,
    check_instructions,
    check_open_orders,
    check_rests,
    check_worth,
    open_market,
)
from constellation.quanta.request import check_funds
from constellation.vault import Account

_BUY: Final = Side.BUY
_GOOD_TILL_CANCELLED: Final = TimeInForce.GOOD_TILL_CANCELLED
_FILL_OR_KILL: Final = TimeInForce.FILL_OR_KILL


def execute_limit_order(context: Context, account: Account, operation: LimitOrder) -> None:
    """Place the order.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET, INVALID_PRICE, OFF_TICK, INVALID_AMOUNT, OFF_LOT,
            AMOUNT_OVERFLOW, BELOW_MINIMUM_NOTIONAL, PRICE_OUT_OF_BAND, CONTRADICTORY_ORDER, INVALID_EXPIRY,
            INVALID_CLIENT_ORDER_ID, DUPLICATE_CLIENT_ORDER_ID, TOO_MANY_OPEN_ORDERS, INSUFFICIENT_FUNDS,
            BELOW_MINIMUM_BALANCE, WOULD_TAKE or WOULD_NOT_FILL.
    """
    state, side, time_in_force = context.state, operation.side, operation.time_in_force
    instructions = operation.instructions or PLAIN
    market = open_market(state, operation.market, post_only=instructions.post_only)
    notional = check_worth(market, operation.price, operation.amount)
    if market.price_band_ppm:
        check_band(market, side, operation.price)
    may_rest = time_in_force is _GOOD_TILL_CANCELLED
    if instructions is not PLAIN:
        check_instructions(context, account, instructions, may_rest=may_rest)
    if may_rest:
        check_open_orders(state, account, len(account.orders))
    commitment = notional if side is _BUY else operation.amount
    check_funds(state, account, market.gives[side], commitment)
    facts = context.apex, account.key, operation.market, side, operation.price, operation.amount
    order = Order(*facts, instructions.client_order_id, instructions.expires_at)
    prevention = instructions.self_trade_prevention
    if instructions.post_only:
        check_rests(market, order)
    if time_in_force is _FILL_OR_KILL and not state.engine.fills_whole(order, market, prevention):
        raise Rejection(
            Code.WOULD_NOT_FILL, "the order cannot be filled whole at once, and is not to be filled in part"
        )
    effects = context.effects
    context.met = state.engine.place(account, order, market, time_in_force, prevention, commitment, effects)
