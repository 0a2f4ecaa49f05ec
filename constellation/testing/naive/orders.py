"""Orders: all of them in one list, which is searched and sorted for every fill."""

from fractions import Fraction
from math import ceil

from constellation.protocol.messages import (
    Code,
    FeeCollected,
    LimitOrder,
    MarketStatus,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    Side,
    TimeInForce,
    Trade,
)
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LARGEST, NaiveOrder, worth


def why_refuse(model: NaiveModel, owner: bytes, order: LimitOrder) -> Code | None:
    """The code that an order is refused with, if it is."""
    if order.market >= len(model.settings.markets):
        return Code.UNKNOWN_MARKET
    market = model.settings.markets[order.market]
    if market.status is not MarketStatus.MARKET_OPEN:
        return Code.MARKET_NOT_OPEN
    if market.base in model.suspensions or market.quote in model.suspensions:
        return Code.SUSPENDED_ASSET
    if order.price <= 0:
        return Code.INVALID_PRICE
    if order.price % market.tick != 0:
        return Code.OFF_TICK
    if order.amount <= 0:
        return Code.INVALID_AMOUNT
    if order.amount % market.lot != 0:
        return Code.OFF_LOT
    value = worth(market, order.amount, order.price)
    if value > LARGEST:
        return Code.AMOUNT_OVERFLOW
    if value < market.minimum_notional:
        return Code.BELOW_MINIMUM_NOTIONAL
    own = [other for other in model.orders if other.owner == owner]
    may_rest = order.time_in_force is TimeInForce.GOOD_TILL_CANCELLED
    if may_rest and len(own) >= model.settings.limits.open_orders:
        return Code.TOO_MANY_OPEN_ORDERS
    if order.side is Side.BUY:
        return model.why_not_enough(owner, market.quote, value)
    return model.why_not_enough(owner, market.base, order.amount)


def place(model: NaiveModel, owner: bytes, operation: LimitOrder) -> None:
    """Match an order; what is left of it may rest."""
    market = model.settings.markets[operation.market]
    order = NaiveOrder(model.apex, owner, operation.market, operation.side, operation.price, operation.amount)
    model.move(owner, market.quote if order.side is Side.BUY else market.base, 0)
    reason = _match(model, order)
    if reason is None and order.remaining == 0:
        reason = OrderCloseReason.FILLED
    if reason is None and operation.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL:
        reason = OrderCloseReason.NOT_FILLED_AT_ONCE
    if reason is not None:
        model.tell(owner, OrderClosed(order.apex, reason, order.remaining))
        return
    model.orders.append(order)
    model.tell(owner, OrderPlaced(order.apex, order.market, order.side, order.price, order.remaining))


def cancel(model: NaiveModel, apex: int) -> None:
    """Take an order off its book for its owner."""
    [order] = [order for order in model.orders if order.apex == apex]
    _take_off_book(model, order, OrderCloseReason.CANCELLED)


def _match(model: NaiveModel, order: NaiveOrder) -> OrderCloseReason | None:
    """Fill ``order`` as far as it goes; why what is left must not rest, if so."""
    fills = 0
    while order.remaining > 0:
        makers = sorted(
            (other for other in model.orders if _meet(order, other)),
            key=lambda other: (other.price if other.side is Side.SELL else -other.price, other.apex),
        )
        if not makers:
            return None
        if makers[0].owner == order.owner:
            return OrderCloseReason.SELF_TRADE
        if model.filled + fills == model.settings.limits.fills:
            return OrderCloseReason.FILL_LIMIT
        _trade(model, order, makers[0])
        fills += 1
    return None


def _trade(model: NaiveModel, taker: NaiveOrder, maker: NaiveOrder) -> None:
    market = model.settings.markets[taker.market]
    amount = min(taker.remaining, maker.remaining)
    value = worth(market, amount, maker.price)
    if taker.side is Side.BUY:
        gives, given, takes, taken = market.quote, value, market.base, amount
    else:
        gives, given, takes, taken = market.base, amount, market.quote, value
    taker_fee = ceil(taken * Fraction(market.taker_fee_ppm, 1_000_000))
    maker_fee = ceil(given * Fraction(market.maker_fee_ppm, 1_000_000))
    model.move(taker.owner, gives, -given)
    model.move(maker.owner, takes, -taken)
    model.move(taker.owner, takes, taken - taker_fee)
    model.move(maker.owner, gives, given - maker_fee)
    taker.remaining -= amount
    maker.remaining -= amount
    for order, other, fee in ((taker, maker, taker_fee), (maker, taker, maker_fee)):
        is_maker = order is maker
        trade = Trade(order.apex, other.apex, order.market, order.side, is_maker, maker.price, amount, value, fee)
        model.tell(order.owner, trade)
    if maker.remaining == 0:
        _take_off_book(model, maker, OrderCloseReason.FILLED)
    for asset, fee in ((takes, taker_fee), (gives, maker_fee)):
        if fee > 0:
            model.move(model.settings.fee_account, asset, fee)
            model.tell(model.settings.fee_account, FeeCollected(asset, fee))


def _take_off_book(model: NaiveModel, order: NaiveOrder, reason: OrderCloseReason) -> None:
    market = model.settings.markets[order.market]
    model.orders.remove(order)
    model.move(order.owner, market.quote if order.side is Side.BUY else market.base, 0)
    model.tell(order.owner, OrderClosed(order.apex, reason, order.remaining))


def _meet(order: NaiveOrder, other: NaiveOrder) -> bool:
    """Whether ``order`` can trade with the resting ``other``."""
    if order.market != other.market or order.side is other.side:
        return False
    buy, sell = (order, other) if order.side is Side.BUY else (other, order)
    return buy.price >= sell.price
