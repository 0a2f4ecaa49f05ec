"""Fills: the resting orders are searched and sorted again for each."""

from fractions import Fraction
from math import ceil

from constellation.protocol.messages import (
    FeeCollected,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    OrderReduced,
    SelfTradePrevention,
    Side,
    Trade,
)
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import NaiveOrder, worth


def fill_and_rest(model: NaiveModel, order: NaiveOrder, prevention: SelfTradePrevention, *, may_rest: bool) -> None:
    """Fill ``order`` as far as it goes; what is left rests or is closed."""
    market = model.settings.markets[order.market]
    model.move(order.owner, market.quote if order.side is Side.BUY else market.base, 0)
    reason = _match(model, order, prevention)
    if reason is None and order.remaining == 0:
        reason = OrderCloseReason.FILLED
    if reason is None and not may_rest:
        reason = OrderCloseReason.NOT_FILLED_AT_ONCE
    if reason is not None:
        model.tell(order.owner, OrderClosed(order.apex, reason, order.remaining))
        return
    model.orders.append(order)
    model.tell(order.owner, OrderPlaced(order.apex, order.market, order.side, order.price, order.remaining))


def trade_at_once(model: NaiveModel, order: NaiveOrder) -> None:
    """Fill ``order``, which nobody hears of, whole."""
    market = model.settings.markets[order.market]
    model.move(order.owner, market.quote if order.side is Side.BUY else market.base, 0)
    stopped = _match(model, order, SelfTradePrevention.CANCEL_NEWEST)
    assert stopped is None
    assert order.remaining == 0


def opposing(model: NaiveModel, market: int, side: Side) -> list[NaiveOrder]:
    """What rests on the other side of a market, in the order in which it is met."""
    return sorted(
        (other for other in model.orders if other.market == market and other.side is not side),
        key=lambda other: (other.price if other.side is Side.SELL else -other.price, other.queued),
    )


def meet(order: NaiveOrder, other: NaiveOrder) -> bool:
    """Whether ``order`` can trade with the resting ``other``."""
    if order.market != other.market or order.side is other.side:
        return False
    buy, sell = (order, other) if order.side is Side.BUY else (other, order)
    return buy.price >= sell.price


def take_off_book(model: NaiveModel, order: NaiveOrder, reason: OrderCloseReason) -> None:
    """Close a resting order."""
    market = model.settings.markets[order.market]
    model.orders.remove(order)
    model.move(order.owner, market.quote if order.side is Side.BUY else market.base, 0)
    model.tell(order.owner, OrderClosed(order.apex, reason, order.remaining))


def _match(model: NaiveModel, order: NaiveOrder, prevention: SelfTradePrevention) -> OrderCloseReason | None:
    """Fill ``order`` as far as it goes; why what is left must not rest, if so."""
    while order.remaining > 0:
        makers = [other for other in opposing(model, order.market, order.side) if meet(order, other)]
        if not makers:
            return None
        own = makers[0].owner == order.owner
        if own and prevention is SelfTradePrevention.CANCEL_NEWEST:
            return OrderCloseReason.SELF_TRADE
        if model.met == model.settings.limits.fills:
            return OrderCloseReason.FILL_LIMIT
        model.met += 1
        if not own:
            _trade(model, order, makers[0])
        elif prevention is SelfTradePrevention.DECREMENT:
            _decrement(model, order, makers[0])
            if order.remaining == 0:
                return OrderCloseReason.SELF_TRADE
        else:
            take_off_book(model, makers[0], OrderCloseReason.SELF_TRADE)
            if prevention is SelfTradePrevention.CANCEL_BOTH:
                return OrderCloseReason.SELF_TRADE
    return None


def _decrement(model: NaiveModel, order: NaiveOrder, resting: NaiveOrder) -> None:
    """Both are of one account: the smaller one goes, and the larger one loses as much."""
    smaller = min(order.remaining, resting.remaining)
    if resting.remaining == smaller:
        take_off_book(model, resting, OrderCloseReason.SELF_TRADE)
    else:
        resting.remaining -= smaller
        market = model.settings.markets[resting.market]
        model.move(resting.owner, market.quote if resting.side is Side.BUY else market.base, 0)
        model.tell(resting.owner, OrderReduced(resting.apex, smaller, resting.remaining))
    order.remaining -= smaller
    model.tell(order.owner, OrderReduced(order.apex, smaller, order.remaining))


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
    model.last_prices[taker.market] = maker.price
    for armed in model.armed:
        if armed.operation.market == taker.market and armed.is_reached(maker.price):
            armed.reached.append(maker.price)
            model.due_since.setdefault(taker.market, model.now_us)
    for order, other, fee in ((taker, maker, taker_fee), (maker, taker, maker_fee)):
        is_maker = order is maker
        trade = Trade(order.apex, other.apex, order.market, order.side, is_maker, maker.price, amount, value, fee)
        model.tell(order.owner, trade)
    if maker.remaining == 0:
        take_off_book(model, maker, OrderCloseReason.FILLED)
    for asset, fee in ((takes, taker_fee), (gives, maker_fee)):
        if fee > 0:
            model.move(model.settings.fee_account, asset, fee)
            model.tell(model.settings.fee_account, FeeCollected(asset, fee))
