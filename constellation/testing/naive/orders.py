"""Orders: all of them in one list, which is searched and sorted for every fill."""

from copy import deepcopy
from fractions import Fraction
from math import ceil

from constellation.protocol.limits import CANCELS_MAX
from constellation.protocol.messages import (
    CancelAllOrders,
    CancelOrder,
    Code,
    FeeCollected,
    LimitOrder,
    MarketStatus,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    OrderReduced,
    SelfTradePrevention,
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
    says = order.instructions
    post_only = says is not None and says.post_only
    welcome = (MarketStatus.MARKET_OPEN, MarketStatus.MARKET_POST_ONLY) if post_only else (MarketStatus.MARKET_OPEN,)
    if market.status not in welcome:
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
    may_rest = order.time_in_force is TimeInForce.GOOD_TILL_CANCELLED
    if post_only and not may_rest:
        return Code.CONTRADICTORY_ORDER
    name = "" if says is None else says.client_order_id
    if any(not "!" <= letter <= "~" for letter in name):
        return Code.INVALID_CLIENT_ORDER_ID
    own = own_orders(model, owner, None)
    if name and name in [other.name for other in own]:
        return Code.DUPLICATE_CLIENT_ORDER_ID
    if may_rest and len(own) >= model.settings.limits.open_orders:
        return Code.TOO_MANY_OPEN_ORDERS
    given, needed = (market.quote, value) if order.side is Side.BUY else (market.base, order.amount)
    return model.why_not_enough(owner, given, needed) or _why_not_as_said(model, owner, order, post_only)


def _why_not_as_said(model: NaiveModel, owner: bytes, order: LimitOrder, post_only: bool) -> Code | None:
    """Tries it: on a copy of everything."""
    trial = deepcopy(model)
    trial.begin()
    if post_only:
        new = NaiveOrder(trial.apex, owner, order.market, order.side, order.price, order.amount)
        return Code.WOULD_TAKE if any(_meet(new, other) for other in trial.orders) else None
    if order.time_in_force is TimeInForce.FILL_OR_KILL:
        place(trial, owner, order)
        trades = [effect for effect in trial.told_to(owner) if isinstance(effect, Trade) and not effect.maker]
        if sum(trade.amount for trade in trades) != order.amount:
            return Code.WOULD_NOT_FILL
    return None


def own_orders(model: NaiveModel, owner: bytes, market: int | None) -> list[NaiveOrder]:
    """The open orders of an account, the oldest first, of one market or of all."""
    own = [order for order in model.orders if order.owner == owner and market in (None, order.market)]
    return sorted(own, key=lambda order: order.apex)


def find(model: NaiveModel, owner: bytes, operation: CancelOrder) -> NaiveOrder | None:
    """The open order that an account wants to cancel, by its id or its name."""
    for order in own_orders(model, owner, None):
        if operation.order == order.apex or (order.name and operation.order == order.name):
            return order
    return None


def why_refuse_cancelling(model: NaiveModel, owner: bytes, operation: CancelAllOrders) -> Code | None:
    """The code that the cancellation of all orders is refused with, if it is."""
    if operation.market is not None and operation.market >= len(model.settings.markets):
        return Code.UNKNOWN_MARKET
    if model.cancelled == CANCELS_MAX:
        return Code.OVERLOADED
    return None if own_orders(model, owner, operation.market) else Code.ORDER_NOT_FOUND


def place(model: NaiveModel, owner: bytes, operation: LimitOrder) -> None:
    """Match an order; what is left of it may rest."""
    market = model.settings.markets[operation.market]
    order = NaiveOrder(model.apex, owner, operation.market, operation.side, operation.price, operation.amount)
    says, prevention = operation.instructions, SelfTradePrevention.CANCEL_NEWEST
    if says is not None:
        order.name, prevention = says.client_order_id, says.self_trade_prevention
    model.move(owner, market.quote if order.side is Side.BUY else market.base, 0)
    reason = _match(model, order, prevention)
    if reason is None and order.remaining == 0:
        reason = OrderCloseReason.FILLED
    if reason is None and operation.time_in_force is not TimeInForce.GOOD_TILL_CANCELLED:
        reason = OrderCloseReason.NOT_FILLED_AT_ONCE
    if reason is not None:
        model.tell(owner, OrderClosed(order.apex, reason, order.remaining))
        return
    model.orders.append(order)
    model.tell(owner, OrderPlaced(order.apex, order.market, order.side, order.price, order.remaining))


def cancel(model: NaiveModel, order: NaiveOrder) -> None:
    """Take an order off its book for its owner."""
    model.cancelled += 1
    _take_off_book(model, order, OrderCloseReason.CANCELLED)


def _match(model: NaiveModel, order: NaiveOrder, prevention: SelfTradePrevention) -> OrderCloseReason | None:
    """Fill ``order`` as far as it goes; why what is left must not rest, if so."""
    while order.remaining > 0:
        makers = sorted(
            (other for other in model.orders if _meet(order, other)),
            key=lambda other: (other.price if other.side is Side.SELL else -other.price, other.apex),
        )
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
            _take_off_book(model, makers[0], OrderCloseReason.SELF_TRADE)
            if prevention is SelfTradePrevention.CANCEL_BOTH:
                return OrderCloseReason.SELF_TRADE
    return None


def _decrement(model: NaiveModel, order: NaiveOrder, resting: NaiveOrder) -> None:
    """Both are of one account: the smaller one goes, and the larger one loses as much."""
    smaller = min(order.remaining, resting.remaining)
    if resting.remaining == smaller:
        _take_off_book(model, resting, OrderCloseReason.SELF_TRADE)
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
