"""Limit order: checks the market's rules, then hands it to the matching engine."""

from typing import Final

from constellation.matching import Market
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    Code,
    LimitOrder,
    MarketStatus,
    OrderInstructions,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount, check_funds
from constellation.quanta.state import State
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import Account

_BUY: Final = Side.BUY
_SELL: Final = Side.SELL
_GOOD_TILL_CANCELLED: Final = TimeInForce.GOOD_TILL_CANCELLED
_FILL_OR_KILL: Final = TimeInForce.FILL_OR_KILL
_PLAIN: Final = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "")


def execute_limit_order(context: Context, account: Account, operation: LimitOrder) -> None:
    """Place the order.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET, INVALID_PRICE, OFF_TICK, INVALID_AMOUNT, OFF_LOT,
            AMOUNT_OVERFLOW, BELOW_MINIMUM_NOTIONAL, CONTRADICTORY_ORDER, INVALID_CLIENT_ORDER_ID,
            DUPLICATE_CLIENT_ORDER_ID, TOO_MANY_OPEN_ORDERS, INSUFFICIENT_FUNDS, BELOW_MINIMUM_BALANCE, WOULD_TAKE or
            WOULD_NOT_FILL.
    """
    state = context.state
    instructions = operation.instructions or _PLAIN
    market = _market(state, operation.market, instructions)
    notional = _notional(market, operation)
    if instructions is not _PLAIN:
        _check_instructions(account, operation, instructions)
    limit = state.settings.limits.open_orders
    if len(account.orders) >= limit and operation.time_in_force is _GOOD_TILL_CANCELLED:
        raise Rejection(
            Code.TOO_MANY_OPEN_ORDERS,
            f"the account has {len(account.orders)} open orders; the limit is {limit}",
        )
    side = operation.side
    commitment = notional if side is _BUY else operation.amount
    check_funds(state, account, market.gives[side], commitment)
    facts = context.apex, account.key, operation.market, side, operation.price, operation.amount
    order = Order(*facts, instructions.client_order_id)
    prevention = instructions.self_trade_prevention
    if instructions.post_only:
        _check_rests(market, order)
    if operation.time_in_force is _FILL_OR_KILL and not state.engine.fills_whole(order, market, prevention):
        raise Rejection(
            Code.WOULD_NOT_FILL, "the order cannot be filled whole at once, and is not to be filled in part"
        )
    time_in_force, effects = operation.time_in_force, context.effects
    context.met = state.engine.place(account, order, market, time_in_force, prevention, commitment, effects)


def _market(state: State, number: int, instructions: OrderInstructions) -> Market:
    """The market, which must be open to such an order."""
    markets = state.engine.markets
    if number >= len(markets):
        raise Rejection(Code.UNKNOWN_MARKET, f"market {number} is not listed; there are {len(markets)}")
    market = markets[number]
    status = market.settings.status
    if not market.is_open and not (status is MarketStatus.MARKET_POST_ONLY and instructions.post_only):
        raise Rejection(Code.MARKET_NOT_OPEN, f"market {number} is {status.name}")
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


def _check_instructions(account: Account, operation: LimitOrder, instructions: OrderInstructions) -> None:
    """Check what an order says beyond the plain one."""
    if instructions.post_only and operation.time_in_force is not _GOOD_TILL_CANCELLED:
        raise Rejection(
            Code.CONTRADICTORY_ORDER,
            f"a post-only order rests: it cannot be {operation.time_in_force.name}",
        )
    name = instructions.client_order_id
    if not name:
        return
    if not (name.isascii() and name.isprintable()) or " " in name:
        raise Rejection(Code.INVALID_CLIENT_ORDER_ID, "a client order id has visible ASCII characters alone")
    order_id = account.client_order(name)
    if order_id is not None:
        raise Rejection(Code.DUPLICATE_CLIENT_ORDER_ID, f"open order {order_id} has this client order id")


def _check_rests(market: Market, order: Order) -> None:
    """Check that an order would meet nothing on the book, whoever's it is."""
    level = market.book.best(_SELL if order.side is _BUY else _BUY)
    if level is not None and (level.price <= order.price if order.side is _BUY else level.price >= order.price):
        raise Rejection(Code.WOULD_TAKE, f"the order would be filled at once, at {level.price}; it is post-only")
