"""What orders of every kind must satisfy before anything is changed."""

from typing import Final

from constellation.matching import Market
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import Code, MarketStatus, OrderInstructions, SelfTradePrevention, Side
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount
from constellation.quanta.state import State
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import Account

_BUY: Final = Side.BUY
_SELL: Final = Side.SELL

PLAIN: Final = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None)
"""What an order says that says nothing."""


def open_market(state: State, number: int, *, post_only: bool) -> Market:
    """The market, which must be open to such an order.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN or SUSPENDED_ASSET.
    """
    markets = state.engine.markets
    if number >= len(markets):
        raise Rejection(Code.UNKNOWN_MARKET, f"market {number} is not listed; there are {len(markets)}")
    market = markets[number]
    if not market.is_open and not (post_only and market.status is MarketStatus.MARKET_POST_ONLY):
        raise Rejection(Code.MARKET_NOT_OPEN, f"market {number} is {market.status.name}")
    if state.assets.suspensions:
        check_not_suspended(state, market.base)
        check_not_suspended(state, market.quote)
    return market


def check_worth(market: Market, price: int, amount: int) -> int:
    """What an order is worth in stroops of quote, once it keeps the market's rules.

    Raises:
        Rejection: INVALID_PRICE, OFF_TICK, INVALID_AMOUNT, OFF_LOT, AMOUNT_OVERFLOW or BELOW_MINIMUM_NOTIONAL.
    """
    if price <= 0:
        raise Rejection(Code.INVALID_PRICE, f"price {price} must be positive")
    if price % market.tick:
        raise Rejection(Code.OFF_TICK, f"price {price} is no multiple of the tick, {market.tick}")
    check_lots(market, amount)
    notional = amount * price // market.scale
    if notional > INT64_MAX:
        raise Rejection(Code.AMOUNT_OVERFLOW, f"amount x price = {notional} stroops of quote is out of range")
    check_notional(market, notional)
    return notional


def check_lots(market: Market, amount: int) -> None:
    """An amount of base must be positive, in whole lots.

    Raises:
        Rejection: INVALID_AMOUNT or OFF_LOT.
    """
    check_amount(amount)
    if amount % market.lot:
        raise Rejection(Code.OFF_LOT, f"amount {amount} is no multiple of the lot, {market.lot}")


def check_notional(market: Market, notional: int) -> None:
    """An order must be worth as much as the market asks for.

    Raises:
        Rejection: BELOW_MINIMUM_NOTIONAL.
    """
    if notional < market.minimum_notional:
        raise Rejection(
            Code.BELOW_MINIMUM_NOTIONAL,
            f"the order is worth {notional} stroops of quote; the minimum is {market.minimum_notional}",
        )


def check_band(market: Market, side: Side, price: int, reference: int | None = None) -> None:
    """A price must not be too far beyond the last trade, or beyond the trigger of an order that waits for it.

    Raises:
        Rejection: PRICE_OUT_OF_BAND.
    """
    limit = market.limit_of_band(side, reference)
    if limit is not None and (price > limit if side is _BUY else price < limit):
        raise Rejection(
            Code.PRICE_OUT_OF_BAND,
            f"price {price} is beyond {limit}: the last trade, or the trigger, is at {reference or market.last_price}, "
            f"the band is {market.price_band_ppm} millionths",
        )


def check_instructions(
    context: Context,
    account: Account,
    instructions: OrderInstructions,
    *,
    may_rest: bool,
    replaces: int | None = None,
) -> None:
    """Check what an order says beyond the plain one.

    Args:
        context: of the quantum.
        account: whose order it is.
        instructions: what it says.
        may_rest: whether what is not filled at once may rest.
        replaces: the open order that it replaces, whose name is free.

    Raises:
        Rejection: CONTRADICTORY_ORDER, INVALID_EXPIRY, INVALID_CLIENT_ORDER_ID or DUPLICATE_CLIENT_ORDER_ID.
    """
    expires_at = instructions.expires_at
    waits = may_rest or instructions.trigger is not None
    if (instructions.post_only and not may_rest) or (expires_at is not None and not waits):
        raise Rejection(
            Code.CONTRADICTORY_ORDER, "an order that never rests can neither be post-only nor, unarmed, expire"
        )
    if expires_at is not None and expires_at <= context.timestamp:
        raise Rejection(
            Code.INVALID_EXPIRY, f"expires_at {expires_at} is not ahead of sequenced time, {context.timestamp}"
        )
    name = instructions.client_order_id
    if not name:
        return
    if not (name.isascii() and name.isprintable()) or " " in name:
        raise Rejection(Code.INVALID_CLIENT_ORDER_ID, "a client order id has visible ASCII characters alone")
    order_id = account.client_order(name)
    if order_id is not None and order_id != replaces:
        raise Rejection(Code.DUPLICATE_CLIENT_ORDER_ID, f"open order {order_id} has this client order id")


def check_open_orders(state: State, account: Account, count: int) -> None:
    """An account that has ``count`` open orders must be able to have one more.

    Raises:
        Rejection: TOO_MANY_OPEN_ORDERS.
    """
    limit = state.settings.limits.open_orders
    if count >= limit:
        raise Rejection(Code.TOO_MANY_OPEN_ORDERS, f"the account has {count} open orders; the limit is {limit}")


def check_rests(market: Market, order: Order) -> None:
    """An order must meet nothing on the book, whoever's it is.

    Raises:
        Rejection: WOULD_TAKE.
    """
    level = market.book.best(_SELL if order.side is _BUY else _BUY)
    if level is not None and (level.price <= order.price if order.side is _BUY else level.price >= order.price):
        raise Rejection(Code.WOULD_TAKE, f"the order would be filled at once, at {level.price}; it is post-only")
