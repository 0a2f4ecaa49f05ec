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
    Mode,
    OrderClosed,
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
    Trigger,
)
from constellation.testing.naive.matching import fill_and_rest, meet, opposing, take_off_book
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LARGEST, NaiveArmed, NaiveOrder, worth

_NOTHING = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None)


def why_refuse(model: NaiveModel, owner: bytes, order: LimitOrder) -> Code | None:
    """The code that an order is refused with, if it is."""
    says = order.instructions or _NOTHING
    refusal = why_not_open(model, order.market, says)
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
    is_one_more = may_rest or says.trigger is not None
    if is_one_more and len(own_ids(model, owner, None)) >= model.settings.limits.open_orders:
        return Code.TOO_MANY_OPEN_ORDERS
    value = worth(market, order.amount, order.price)
    given, needed = (market.quote, value) if order.side is Side.BUY else (market.base, order.amount)
    shortage = model.why_not_enough(owner, given, needed)
    if shortage is not None or says.trigger is not None:
        return shortage
    return _why_not_as_said(model, owner, order, says)


def why_not_open(model: NaiveModel, number: int, says: OrderInstructions = _NOTHING) -> Code | None:
    """The code that an order of a market is refused with for the market's state, if it is."""
    if number >= len(model.settings.markets):
        return Code.UNKNOWN_MARKET
    market = model.settings.markets[number]
    welcome = (
        (MarketStatus.MARKET_OPEN, MarketStatus.MARKET_POST_ONLY) if says.post_only else (MarketStatus.MARKET_OPEN,)
    )
    modes = (Mode.ONLINE, Mode.POST_ONLY) if says.post_only else (Mode.ONLINE,)
    if market.status not in welcome or model.mode not in modes:
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
    trigger = (order.instructions or _NOTHING).trigger
    if trigger is not None:
        refusal = _why_not_trigger(model, order, trigger)
        if refusal is not None:
            return refusal
    reference = None if trigger is None else trigger.price
    return None if in_band(model, order.market, order.side, order.price, reference) else Code.PRICE_OUT_OF_BAND


def _why_not_trigger(model: NaiveModel, order: LimitOrder | MarketOrder, trigger: Trigger) -> Code | None:
    market, last = model.settings.markets[order.market], model.last_prices.get(order.market)
    if trigger.price <= 0:
        return Code.INVALID_PRICE
    if trigger.price % market.tick != 0:
        return Code.OFF_TICK
    new = NaiveArmed(0, b"", order)
    if last is not None and new.is_reached(last):
        return Code.WOULD_TRIGGER
    # Others wait to be executed that a trade has triggered which is even further away.
    others = [item for item in model.armed if item.is_triggered and item.operation.market == order.market]
    beside = [item for item in others if item.waits_for_more is new.waits_for_more]
    return Code.WOULD_TRIGGER if any(new.is_reached(price) for item in beside for price in item.reached) else None


def in_band(model: NaiveModel, number: int, side: Side, price: int, reference: int | None = None) -> bool:
    """Whether an order of a side may have, or meet, a price."""
    band, last = model.settings.markets[number].price_band_ppm, reference or model.last_prices.get(number)
    if band == 0 or last is None:
        return True
    part = Fraction(band, 1_000_000)
    return price <= last * (1 + part) if side is Side.BUY else price >= last * (1 - part)


def _why_not_instructions(model: NaiveModel, owner: bytes, says: OrderInstructions, *, may_rest: bool) -> Code | None:
    if says.post_only and not may_rest:
        return Code.CONTRADICTORY_ORDER
    if says.expires_at is not None and not may_rest and says.trigger is None:
        return Code.CONTRADICTORY_ORDER
    if says.expires_at is not None and says.expires_at <= model.now_us:
        return Code.INVALID_EXPIRY
    name = says.client_order_id
    if any(not "!" <= letter <= "~" for letter in name):
        return Code.INVALID_CLIENT_ORDER_ID
    taken = [other.name for other in own_orders(model, owner, None)]
    taken += [other.says.client_order_id for other in model.armed if other.owner == owner]
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


def place(model: NaiveModel, owner: bytes, operation: LimitOrder, apex: int = 0) -> None:
    """Match an order; what is left of it may rest. One that was triggered has another apex."""
    says = operation.instructions or _NOTHING
    facts = owner, operation.market, operation.side, operation.price, operation.amount
    order = NaiveOrder(apex or model.apex, *facts, queued=(model.apex, model.triggered))
    order.name, order.until_us = says.client_order_id, says.expires_at
    may_rest = operation.time_in_force is TimeInForce.GOOD_TILL_CANCELLED
    fill_and_rest(model, order, says.self_trade_prevention, may_rest=may_rest)


# Market orders


def why_refuse_market(model: NaiveModel, owner: bytes, order: MarketOrder) -> Code | None:
    """The code that a market order is refused with, if it is."""
    says = order.instructions or _NOTHING
    refusal = why_not_open(model, order.market, _NOTHING)
    if refusal is not None:
        return refusal
    market = model.settings.markets[order.market]
    if order.amount <= 0:
        return Code.INVALID_AMOUNT
    if order.unit is MarketAmountUnit.BASE_AMOUNT and order.amount % market.lot != 0:
        return Code.OFF_LOT
    if order.unit is MarketAmountUnit.QUOTE_BUDGET and order.side is Side.SELL:
        return Code.CONTRADICTORY_ORDER
    if says.trigger is not None:
        if order.unit is MarketAmountUnit.BASE_AMOUNT and order.side is Side.BUY:
            return Code.CONTRADICTORY_ORDER
        refusal = _why_not_trigger(model, order, says.trigger)
        if refusal is not None:
            return refusal
    refusal = _why_not_instructions(model, owner, says, may_rest=False)
    if refusal is not None:
        return refusal
    given = market.quote if order.side is Side.BUY else market.base
    if says.trigger is not None:
        if len(own_ids(model, owner, None)) >= model.settings.limits.open_orders:
            return Code.TOO_MANY_OPEN_ORDERS
        return model.why_not_enough(owner, given, order.amount)
    refusal = why_not_now(model, owner, order)
    if refusal is not None:
        return refusal
    needed = order.amount
    if order.side is Side.BUY and order.unit is MarketAmountUnit.BASE_AMOUNT:
        fills = _fills(model, _meets(model, owner, order))
        needed = sum(worth(market, amount, other.price) for other, amount in fills if other.owner != owner)
    return model.why_not_enough(owner, given, needed)


def why_not_now(model: NaiveModel, owner: bytes, order: MarketOrder) -> Code | None:
    """The code that a market order is refused with for what is on the book, if it is."""
    market = model.settings.markets[order.market]
    met = _meets(model, owner, order)
    if not met:
        return Code.WOULD_NOT_FILL
    taken = [(other, amount) for other, amount in met if amount]
    if sum(worth(market, amount, other.price) for other, amount in taken) < market.minimum_notional:
        return Code.BELOW_MINIMUM_NOTIONAL
    return None


def place_market(model: NaiveModel, owner: bytes, operation: MarketOrder, apex: int = 0) -> None:
    """Fill a market order at once. One that was triggered has another apex."""
    says = operation.instructions or _NOTHING
    met = _meets(model, owner, operation)
    amount = operation.amount
    if operation.unit is MarketAmountUnit.QUOTE_BUDGET:
        amount = sum(part for _, part in met)
    order = NaiveOrder(apex or model.apex, owner, operation.market, operation.side, met[-1][0].price, amount)
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
        if not in_band(model, order.market, order.side, other.price):
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


# Triggered orders


def meets_too_many(model: NaiveModel, armed: NaiveArmed) -> bool:
    """Whether a triggered order would meet more than the quantum may still meet: tried on a copy without that limit."""
    trial = deepcopy(model)
    trial.settings.limits.fills, trial.met = 10**9, 0
    if isinstance(armed.operation, LimitOrder):
        place(trial, armed.owner, armed.operation)
    else:
        stops_before_own = armed.says.self_trade_prevention is SelfTradePrevention.CANCEL_NEWEST
        met = _meets(trial, armed.owner, armed.operation)
        trial.met = len([other for other, _ in met if not (stops_before_own and other.owner == armed.owner)])
    return trial.met > model.settings.limits.fills - model.met


def is_still_good(model: NaiveModel, armed: NaiveArmed) -> bool:
    """Whether a triggered order may be executed now."""
    operation, says = armed.operation, armed.says
    if why_not_open(model, operation.market, says) is not None:
        return False
    if isinstance(operation, LimitOrder):
        return _why_not_as_said(model, armed.owner, operation, says) is None
    return why_not_now(model, armed.owner, operation) is None


# Open orders


def own_orders(model: NaiveModel, owner: bytes, market: int | None) -> list[NaiveOrder]:
    """The open orders of an account, the oldest first, of one market or of all."""
    own = [order for order in model.orders if order.owner == owner and market in (None, order.market)]
    return sorted(own, key=lambda order: order.apex)


def own_ids(model: NaiveModel, owner: bytes, market: int | None) -> list[int]:
    """The ids of all open orders of an account, armed ones among them, the oldest first."""
    armed = [item for item in model.armed if item.owner == owner and market in (None, item.operation.market)]
    return sorted([item.apex for item in armed] + [order.apex for order in own_orders(model, owner, market)])


def find(model: NaiveModel, owner: bytes, reference: OrderReference) -> NaiveOrder | NaiveArmed | None:
    """The open order that an account calls so, by its id or its name."""
    for order in own_orders(model, owner, None):
        if reference == order.apex or (order.name and reference == order.name):
            return order
    for armed in model.armed:
        if armed.owner == owner and reference in (armed.apex, armed.says.client_order_id or None):
            return armed
    return None


def why_refuse_cancelling(model: NaiveModel, owner: bytes, operation: CancelOrder | CancelAllOrders) -> Code | None:
    """The code that a cancellation is refused with, if it is."""
    market = operation.market if isinstance(operation, CancelAllOrders) else None
    if market is not None and market >= len(model.settings.markets):
        return Code.UNKNOWN_MARKET
    if model.cancelled == CANCELS_MAX:
        return Code.OVERLOADED
    if isinstance(operation, CancelOrder):
        return Code.ORDER_NOT_FOUND if find(model, owner, operation.order) is None else None
    return None if own_ids(model, owner, market) else Code.ORDER_NOT_FOUND


def close(model: NaiveModel, apex: int, reason: OrderCloseReason) -> None:
    """Close an open order, armed or not."""
    for order in model.orders:
        if order.apex == apex:
            take_off_book(model, order, reason)
            return
    [armed] = [item for item in model.armed if item.apex == apex]
    disarm(model, armed)
    model.tell(armed.owner, OrderClosed(apex, reason, left(armed)))


def disarm(model: NaiveModel, armed: NaiveArmed) -> None:
    """An order waits no longer; perhaps no other one of its market is triggered."""
    model.armed.remove(armed)
    model.move(armed.owner, model.given(armed), 0)
    market = armed.operation.market
    if not any(item.is_triggered and item.operation.market == market for item in model.armed):
        model.due_since.pop(market, None)


def left(armed: NaiveArmed) -> int:
    """What is not filled of an armed order, in base."""
    operation = armed.operation
    has_budget = isinstance(operation, MarketOrder) and operation.unit is MarketAmountUnit.QUOTE_BUDGET
    return 0 if has_budget else operation.amount


# Replacing


def why_refuse_replacing(model: NaiveModel, owner: bytes, operation: ReplaceOrder) -> Code | None:
    """The code that a replacement is refused with, if it is."""
    old = find(model, owner, operation.order)
    if old is None:
        return Code.ORDER_NOT_FOUND
    if isinstance(old, NaiveArmed) or (operation.instructions is not None and operation.instructions.trigger):
        return Code.CONTRADICTORY_ORDER
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
    kept = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, old.name, old.until_us, None)
    says = operation.instructions or kept
    facts = old.market, old.side, operation.price, operation.amount
    return LimitOrder(*facts, TimeInForce.GOOD_TILL_CANCELLED, says)


def replace(model: NaiveModel, owner: bytes, operation: ReplaceOrder) -> None:
    """Reduce an order, or put another one into its place."""
    old = find(model, owner, operation.order)
    assert isinstance(old, NaiveOrder)
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
