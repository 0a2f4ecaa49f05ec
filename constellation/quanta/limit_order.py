"""Limit order: checks the market's rules, then hands it to the matching engine."""

from constellation.matching import Market
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import Code, LimitOrder, MarketStatus, TimeInForce
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount, check_funds
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import Account


def execute_limit_order(context: Context, account: Account, operation: LimitOrder) -> None:
    """Place the order.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET, INVALID_PRICE, OFF_TICK, INVALID_AMOUNT, OFF_LOT,
            AMOUNT_OVERFLOW, BELOW_MINIMUM_NOTIONAL, TOO_MANY_OPEN_ORDERS, INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state = context.state
    market = _market(context, operation)
    _check_rules(market, operation)
    limit = state.settings.limits.open_orders
    if operation.time_in_force is TimeInForce.GOOD_TILL_CANCELLED and len(account.orders) >= limit:
        raise Rejection(
            Code.TOO_MANY_OPEN_ORDERS,
            f"the account has {len(account.orders)} open orders; the limit is {limit}",
        )
    commitment = market.commitment(operation.side, operation.amount, operation.price)
    check_funds(state, account, market.gives[operation.side], commitment)
    order = Order(context.apex, account.key, operation.market, operation.side, operation.price, operation.amount)
    state.engine.place(account, order, market, operation.time_in_force, context.effects)


def _market(context: Context, operation: LimitOrder) -> Market:
    markets = context.state.engine.markets
    if operation.market >= len(markets):
        raise Rejection(Code.UNKNOWN_MARKET, f"market {operation.market} is not listed; there are {len(markets)}")
    market = markets[operation.market]
    if market.settings.status is not MarketStatus.MARKET_OPEN:
        raise Rejection(Code.MARKET_NOT_OPEN, f"market {operation.market} is {market.settings.status.name}")
    check_not_suspended(context.state, market.base)
    check_not_suspended(context.state, market.quote)
    return market


def _check_rules(market: Market, operation: LimitOrder) -> None:
    rules = market.settings
    if operation.price <= 0:
        raise Rejection(Code.INVALID_PRICE, f"price {operation.price} must be positive")
    if operation.price % rules.tick:
        raise Rejection(Code.OFF_TICK, f"price {operation.price} is no multiple of the tick, {rules.tick}")
    check_amount(operation.amount)
    if operation.amount % rules.lot:
        raise Rejection(Code.OFF_LOT, f"amount {operation.amount} is no multiple of the lot, {rules.lot}")
    notional = market.quote_amount(operation.amount, operation.price)
    if notional > INT64_MAX:
        raise Rejection(Code.AMOUNT_OVERFLOW, f"amount x price = {notional} stroops of quote is out of range")
    if notional < rules.minimum_notional:
        raise Rejection(
            Code.BELOW_MINIMUM_NOTIONAL,
            f"the order is worth {notional} stroops of quote; the minimum is {rules.minimum_notional}",
        )
