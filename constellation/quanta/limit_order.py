"""Limit order: checks the market's rules, then places it, or lets it wait for its trigger."""

from typing import Final

from constellation.protocol.messages import LimitOrder, Side, TimeInForce
from constellation.quanta.context import Context
from constellation.quanta.order_rules import (
    PLAIN,
    check_band,
    check_instructions,
    check_open_orders,
    check_worth,
    open_market,
)
from constellation.quanta.placing import place_limit_order
from constellation.quanta.request import check_funds
from constellation.quanta.triggered import arm, check_trigger
from constellation.vault import Account

_BUY: Final = Side.BUY
_GOOD_TILL_CANCELLED: Final = TimeInForce.GOOD_TILL_CANCELLED


def execute_limit_order(context: Context, account: Account, operation: LimitOrder) -> None:
    """Place the order, or arm it.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET, INVALID_PRICE, OFF_TICK, INVALID_AMOUNT, OFF_LOT,
            AMOUNT_OVERFLOW, BELOW_MINIMUM_NOTIONAL, WOULD_TRIGGER, PRICE_OUT_OF_BAND, CONTRADICTORY_ORDER,
            INVALID_EXPIRY, INVALID_CLIENT_ORDER_ID, DUPLICATE_CLIENT_ORDER_ID, TOO_MANY_OPEN_ORDERS,
            INSUFFICIENT_FUNDS, BELOW_MINIMUM_BALANCE, WOULD_TAKE or WOULD_NOT_FILL.
    """
    state, side = context.state, operation.side
    instructions = operation.instructions or PLAIN
    trigger = instructions.trigger
    market = open_market(state, operation.market, post_only=instructions.post_only)
    notional = check_worth(market, operation.price, operation.amount)
    if trigger is not None:
        check_trigger(context, market, side, trigger)
    if market.price_band_ppm:
        check_band(market, side, operation.price, None if trigger is None else trigger.price)
    may_rest = operation.time_in_force is _GOOD_TILL_CANCELLED
    if instructions is not PLAIN:
        check_instructions(context, account, instructions, may_rest=may_rest)
    if may_rest or trigger is not None:
        check_open_orders(state, account, len(account.orders))
    commitment = notional if side is _BUY else operation.amount
    check_funds(state, account, market.gives[side], commitment)
    if trigger is None:
        place_limit_order(context, account, market, operation, context.apex, commitment)
    else:
        arm(context, account, operation, instructions, commitment)
