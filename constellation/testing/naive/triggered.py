"""Armed orders: they wait in a list, and each trade looks at all of them."""

from constellation.protocol.limits import TRIGGERED_MAX
from constellation.protocol.messages import (
    LimitOrder,
    MarketOrder,
    OrderArmed,
    OrderClosed,
    OrderCloseReason,
    OrderTriggered,
)
from constellation.testing.naive import orders
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import NaiveArmed


def arm(model: NaiveModel, owner: bytes, operation: LimitOrder | MarketOrder) -> None:
    """Let an order wait."""
    armed = NaiveArmed(model.apex, owner, operation)
    model.armed.append(armed)
    model.move(owner, model.given(armed), 0)
    model.tell(owner, OrderArmed(model.apex, operation.market, operation.side, armed.trigger))


def run(model: NaiveModel) -> None:
    """Execute what was triggered now, while there is room."""
    while model.due_since:
        market = min(model.due_since, key=lambda number: (model.due_since[number], number))
        if not run_next(model, market):
            return


def run_next(model: NaiveModel, market: int) -> bool:
    """Execute the triggered order of a market that comes first, if there is room for it."""
    waiting = [item for item in model.armed if item.is_triggered and item.operation.market == market]
    armed = min(
        waiting,
        key=lambda item: (
            not item.waits_for_more,
            item.trigger.price if item.waits_for_more else -item.trigger.price,
            item.apex,
        ),
    )
    if model.triggered == TRIGGERED_MAX or (model.met > 0 and orders.meets_too_many(model, armed)):
        return False
    model.triggered += 1
    model.tell(armed.owner, OrderTriggered(armed.apex, market, model.triggered))
    orders.disarm(model, armed)
    if not orders.is_still_good(model, armed):
        reason = OrderCloseReason.REFUSED_WHEN_TRIGGERED
        model.tell(armed.owner, OrderClosed(armed.apex, reason, orders.left(armed)))
    elif isinstance(armed.operation, LimitOrder):
        orders.place(model, armed.owner, armed.operation, armed.apex)
    else:
        orders.place_market(model, armed.owner, armed.operation, armed.apex)
    return True
