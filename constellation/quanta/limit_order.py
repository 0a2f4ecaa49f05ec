"""Limit order: checks the market's rules, then hands it to the matching engine."""

from typing import Final

from constellation.matching import Market
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import Code, LimitOrder, Side, TimeInForce
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount, check_funds
from constellation.quanta.state import State
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import Account

_BUY: Final = Side.BUY
_GOOD_TILL_CANCELLED: Final = TimeInForce.GOOD_TILL_CANCELLED


def execute_limit_order(context: Context, account: Account, operation: LimitOrder) -> None:
    """Place the order.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET, INVALID_PRICE, OFF_TICK, INVALID_AMOUNT, OFF_LOT,
            AMOUNT_OVERFLOW, BELOW_MINIMUM_NOTIONAL, TOO_MANY_OPEN_ORDERS, INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state = context.state
    market = _market(state, operation.market)
    notional = _notional(market, operation)
    limit = state.settings.limits.open_orders
    if len(account.orders) >= limit and operation.time_in_force is _GOOD_TILL_CANCELLED:
        raise Rejection(
            Code.TOO_MANY_OPEN_ORDERS,
            f"the account has {len(account.orders)} open orders; the limit is {limit}",
        )
    side = operation.side
    commitment = notional if side is _BUY else operation.amount
    check_funds(state, account, market.gives[side], commitment)
    order = Order(context.apex, account.key, operation.market, side, operation.price, operation.amount)
    state.engine.place(account, order, market, operation.time_in_force, commitment, context.effects)


def _market(state: State, number: int) -> Market:
    """The market, which must be open."""
    markets = state.engine.markets
    if number >= len(markets):
        raise Rejection(Code.UNKNOWN_MARKET, f"market {number} is not listed; there are {len(markets)}")
    market = markets[number]
    if not market.is_open:
        raise Rejection(Code.MARKET_NOT_OPEN, f"market {number} is {market.settings.status.name}")
    if state.assets.suspensions:
        check_not_suspended(state, market.base)
        check_not_suspended(state, market.quote)
    return market


def _notional(market: Market, operation: LimitOrder) -> int:
    """What the order is worth in stroops of quote, once it keeps the market's rules."""
    price, amount = operation.price, operation.amount
    if price <= 0:
        raise Rejection(Code.INVALID_PRICE, f"price {price} must be positive")
    if price % market.tick:
        raise Rejection(Code.OFF_TICK, f"price {price} is no multiple of the tick, {market.tick}")
    check_amount(amount)
    if amount % market.lot:
        raise Rejection(Code.OFF_LOT, f"amount {amount} is no multiple of the lot, {market.lot}")
    notional = amount * price // market.scale
    if notional > INT64_MAX:
        raise Rejection(Code.AMOUNT_OVERFLOW, f"amount x price = {notional} stroops of quote is out of range")
    if notional < market.minimum_notional:
        raise Rejection(
            Code.BELOW_MINIMUM_NOTIONAL,
            f"the order is worth {notional} stroops of quote; the minimum is {market.minimum_notional}",
        )
    return notional
