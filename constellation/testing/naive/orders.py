"""Orders: all of them in one list, which is searched and sorted for every fill."""

from copy import deepcopy
from fractions import Fraction
from math import floor

from constellation.protocol.limits import CANCELS_MAX
from constellation.protocol.messages import (
    CancelAllOrders,
    CancelOrder,
    Code,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    MarketSettings,
    MarketStatus,
    OrderCloseReason,
    OrderInstructions,
    OrderReduced,
    OrderReference,
    OrderReplaced,
    ReplaceOrder,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trade,
)
from constellation.testing.naive.matching import fill_and_rest, meet, opposing, take_off_book
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LARGEST, NaiveOrder, worth

_NOTHING = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None)


def why_refuse(model: NaiveModel, owner: bytes, order: LimitOrder) -> Code | None:
    """The code that an order is refused with, if it is."""
    says = order.instructions or _NOTHING
    refusal = _why_not_open(model, order.market, says)
    if refusal is not None:
        return refusal
    market = model.settings.markets[order.market]
    refusal = _why_not_by_rules(model, order)
    if refusal is not None:
        return refusal
    may_rest = order.time_in_force is TimeInForce.GOOD_TILL_CANCELLED
    refusal = _why_not_instructions(model, owner, says, may_rest=may_rest)
    if refusal is not None:
        return refusal
    if may_rest and len(own_orders(model, owner, None)) >= model.settings.limits.open_orders:
        return Code.TOO_MANY_OPEN_ORDERS
    value = worth(market, order.amount, order.price)
    given, needed = (market.quote, value) if order.side is Side.BUY else (market.base, order.amount)
    return model.why_not_enough(owner, given, needed) or _why_not_as_said(model, owner, order, says)


def _why_not_open(model: NaiveModel, number: int, says: OrderInstructions) -> Code | None:
    if number >= len(model.settings.markets):
        return Code.UNKNOWN_MARKET
    market = model.settings.markets[number]
    welcome = (
        (MarketStatus.MARKET_OPEN, MarketStatus.MARKET_POST_ONLY) if says.post_only else (MarketStatus.MARKET_OPEN,)
    )
    if market.status not in welcome:
        return Code.MARKET_NOT_OPEN
    if market.base in model.suspensions or market.quote in model.suspensions:
        return Code.SUSPENDED_ASSET
    return None


def _why_not_by_rules(model: NaiveModel, order: LimitOrder) -> Code | None:
    market = model.settings.markets[order.market]
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
    return None if _in_band(model, order.market, order.side, order.price) else Code.PRICE_OUT_OF_BAND


def _in_band(model: NaiveModel, number: int, side: Side, price: int) -> bool:
    band, last = model.settings.markets[number].price_band_ppm, model.last_prices.get(number)
    if band == 0 or last is None:
        return True
    part = Fraction(band, 1_000_000)
    return price <= last * (1 + part) if side is Side.BUY else price >= last * (1 - part)


def _why_not_instructions(model: NaiveModel, owner: bytes, says: OrderInstructions, *, may_rest: bool) -> Code | None:
    if not may_rest and (says.post_only or says.expires_at is not None):
        return Code.CONTRADICTORY_ORDER
    if says.expires_at is not None and says.expires_at <= model.now_us:
        return Code.INVALID_EXPIRY
    name = says.client_order_id
    if any(not "!" <= letter <= "~" for letter in name):
        return Code.INVALID_CLIENT_ORDER_ID
    taken = [other.name for other in own_orders(model, owner, None)]
    return Code.DUPLICATE_CLIENT_ORDER_ID if name and name in taken else None


def _why_not_as_said(model: NaiveModel, owner: bytes, order: LimitOrder, says: OrderInstructions) -> Code | None:
    """Tries it: on a copy of everything."""
    trial = deepcopy(model)
    trial.begin()
    if says.post_only:
        new = NaiveOrder(trial.apex, owner, order.market, order.side, order.price, order.amount)
        return Code.WOULD_TAKE if any(meet(new, other) for other in trial.orders) else None
    if order.time_in_force is TimeInForce.FILL_OR_KILL:
        place(trial, owner, order)
        trades = [effect for effect in trial.told_to(owner) if isinstance(effect, Trade) and not effect.maker]
        if sum(trade.amount for trade in trades) != order.amount:
            return Code.WOULD_NOT_FILL
    return None


def place(model: NaiveModel, owner: bytes, operation: LimitOrder) -> None:
    """Match an order; what is left of it may rest."""
    says = operation.instructions or _NOTHING
    order = NaiveOrder(model.apex, owner, operation.market, operation.side, operation.price, operation.amount)
    order.name, order.until_us = says.client_order_id, says.expires_at
    may_rest = operation.time_in_force is TimeInForce.GOOD_TILL_CANCELLED
    fill_and_rest(model, order, says.self_trade_prevention, may_rest=may_rest)


# Market orders


def why_refuse_market(model: NaiveModel, owner: bytes, order: MarketOrder) -> Code | None:
    """The code that a market order is refused with, if it is."""
    says = order.instructions or _NOTHING
    refusal = _why_not_open(model, order.market, _NOTHING)
    if refusal is not None:
        return refusal
    market = model.settings.markets[order.market]
    if order.amount <= 0:
        return Code.INVALID_AMOUNT
    if order.unit is MarketAmountUnit.BASE_AMOUNT and order.amount % market.lot != 0:
        return Code.OFF_LOT
    if order.unit is MarketAmountUnit.QUOTE_BUDGET and order.side is Side.SELL:
        return Code.CONTRADICTORY_ORDER
    refusal = _why_not_instructions(model, owner, says, may_rest=False)
    if refusal is not None:
        return refusal
    met = _meets(model, owner, order)
    if not met:
        return Code.WOULD_NOT_FILL
    taken = [(other, amount) for other, amount in met if amount]
    if sum(worth(market, amount, other.price) for other, amount in taken) < market.minimum_notional:
        return Code.BELOW_MINIMUM_NOTIONAL
    if order.side is Side.SELL:
        return model.why_not_enough(owner, market.base, order.amount)
    if order.unit is MarketAmountUnit.QUOTE_BUDGET:
        return model.why_not_enough(owner, market.quote, order.amount)
    bought = [(other, amount) for other, amount in _fills(model, met) if other.owner != owner]
    return model.why_not_enough(
        owner, market.quote, sum(worth(market, amount, other.price) for other, amount in bought)
    )


def place_market(model: NaiveModel, owner: bytes, operation: MarketOrder) -> None:
    """Fill a market order at once."""
    says = operation.instructions or _NOTHING
    met = _meets(model, owner, operation)
    amount = operation.amount
    if operation.unit is MarketAmountUnit.QUOTE_BUDGET:
        amount = sum(part for _, part in met)
    order = NaiveOrder(model.apex, owner, operation.market, operation.side, met[-1][0].price, amount)
    fill_and_rest(model, order, says.self_trade_prevention, may_rest=False)


def _fills(model: NaiveModel, met: list[tuple[NaiveOrder, int]]) -> list[tuple[NaiveOrder, int]]:
    """Without the order behind the last one that the quantum may meet."""
    return met[: model.settings.limits.fills - model.met]


def _meets(model: NaiveModel, owner: bytes, order: MarketOrder) -> list[tuple[NaiveOrder, int]]:
    """The resting orders that a market order comes to, in their order, each with how much of the new one it takes.

    An own order that is cancelled, so that the new one goes on, takes nothing. The last one may stop it: it is an own
    one, or one more than the quantum may meet.
    """
    market = model.settings.markets[order.market]
    prevention = (order.instructions or _NOTHING).self_trade_prevention
    wanted, budget = Fraction(order.amount), Fraction(order.amount)
    has_budget = order.unit is MarketAmountUnit.QUOTE_BUDGET
    met: list[tuple[NaiveOrder, int]] = []
    for other in opposing(model, order.market, order.side):
        if not _in_band(model, order.market, order.side, other.price):
            break
        if has_budget:
            wanted = Fraction(_whole_lots(market, budget, other.price))
        part = min(int(wanted), other.remaining)
        if part == 0:
            break
        is_last = model.met + len(met) == model.settings.limits.fills
        if other.owner == owner and prevention is SelfTradePrevention.CANCEL_OLDEST and not is_last:
            met.append((other, 0))
            continue
        met.append((other, part))
        wanted -= part
        budget -= worth(market, part, other.price)
        stops = other.owner == owner and prevention is not SelfTradePrevention.DECREMENT
        if is_last or stops:
            break
    return met


def _whole_lots(market: MarketSettings, budget: Fraction, price: int) -> int:
    lots = floor(budget / (market.lot * Fraction(price, 10**market.price_decimals)))
    return lots * market.lot


# Open orders


def own_orders(model: NaiveModel, owner: bytes, market: int | None) -> list[NaiveOrder]:
    """The open orders of an account, the oldest first, of one market or of all."""
    own = [order for order in model.orders if order.owner == owner and market in (None, order.market)]
    return sorted(own, key=lambda order: order.apex)


def find(model: NaiveModel, owner: bytes, reference: OrderReference) -> NaiveOrder | None:
    """The open order that an account calls so, by its id or its name."""
    for order in own_orders(model, owner, None):
        if reference == order.apex or (order.name and reference == order.name):
            return order
    return None


def why_refuse_cancelling(model: NaiveModel, owner: bytes, operation: CancelOrder | CancelAllOrders) -> Code | None:
    """The code that a cancellation is refused with, if it is."""
    if isinstance(operation, CancelOrder):
        return Code.ORDER_NOT_FOUND if find(model, owner, operation.order) is None else None
    if operation.market is not None and operation.market >= len(model.settings.markets):
        return Code.UNKNOWN_MARKET
    if model.cancelled == CANCELS_MAX:
        return Code.OVERLOADED
    return None if own_orders(model, owner, operation.market) else Code.ORDER_NOT_FOUND


def cancel(model: NaiveModel, order: NaiveOrder) -> None:
    """Take an order off its book for its owner."""
    model.cancelled += 1
    take_off_book(model, order, OrderCloseReason.CANCELLED)


# Replacing


def why_refuse_replacing(model: NaiveModel, owner: bytes, operation: ReplaceOrder) -> Code | None:
    """The code that a replacement is refused with, if it is."""
    old = find(model, owner, operation.order)
    if old is None:
        return Code.ORDER_NOT_FOUND
    if operation.if_remaining not in (None, old.remaining):
        return Code.ORDER_CHANGED
    market = model.settings.markets[old.market]
    if _is_less_of_the_same(old, operation):
        if operation.amount <= 0:
            return Code.INVALID_AMOUNT
        if operation.amount % market.lot != 0:
            return Code.OFF_LOT
        if worth(market, operation.amount, old.price) < market.minimum_notional:
            return Code.BELOW_MINIMUM_NOTIONAL
        return Code.CONTRADICTORY_ORDER if operation.amount == old.remaining else None
    without = deepcopy(model)
    without.orders = [order for order in without.orders if order.apex != old.apex]
    return why_refuse(without, owner, _new_order(old, operation))


def _is_less_of_the_same(old: NaiveOrder, operation: ReplaceOrder) -> bool:
    same = operation.instructions is None and operation.price == old.price
    return same and operation.amount <= old.remaining


def _new_order(old: NaiveOrder, operation: ReplaceOrder) -> LimitOrder:
    kept = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, old.name, old.until_us)
    says = operation.instructions or kept
    facts = old.market, old.side, operation.price, operation.amount
    return LimitOrder(*facts, TimeInForce.GOOD_TILL_CANCELLED, says)


def replace(model: NaiveModel, owner: bytes, operation: ReplaceOrder) -> None:
    """Reduce an order, or put another one into its place."""
    old = find(model, owner, operation.order)
    assert old is not None
    if _is_less_of_the_same(old, operation):
        market, taken = model.settings.markets[old.market], old.remaining - operation.amount
        old.remaining = operation.amount
        model.move(owner, market.quote if old.side is Side.BUY else market.base, 0)
        model.tell(owner, OrderReduced(old.apex, taken, old.remaining))
        return
    new = _new_order(old, operation)
    assert new.instructions is not None
    take_off_book(model, old, OrderCloseReason.REPLACED_BY_OWNER)
    facts = model.apex, old.apex, new.market, new.side, new.price, new.amount
    model.tell(owner, OrderReplaced(*facts, new.instructions.client_order_id))
    place(model, owner, new)
