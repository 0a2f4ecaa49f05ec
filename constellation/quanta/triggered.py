"""Armed orders: what they must satisfy to wait, and how they are executed when their time has come.

A quantum that triggers orders executes them after its own operation, in their order, as many as one may and while the
fills that are left are enough for what an order meets. The rest comes in time commits, before anything else is asked
for. Each order that is executed may trigger more.
"""

from constellation.matching import ArmedOrder, Market, survey
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Code,
    LimitOrder,
    MarketOrder,
    OrderArmed,
    OrderClosed,
    OrderCloseReason,
    OrderInstructions,
    OrderTriggered,
    Side,
    Trigger,
)
from constellation.quanta.context import Context
from constellation.quanta.order_rules import PLAIN, open_market
from constellation.quanta.placing import place_limit_order, place_market_order, survey_market_order
from constellation.vault import Account, DueKind


def check_trigger(context: Context, market: Market, side: Side, trigger: Trigger) -> None:
    """A trigger must be a price of the market that the last price has not got to.

    Raises:
        Rejection: INVALID_PRICE, OFF_TICK or WOULD_TRIGGER.
    """
    if trigger.price <= 0:
        raise Rejection(Code.INVALID_PRICE, f"trigger price {trigger.price} must be positive")
    if trigger.price % market.tick:
        raise Rejection(Code.OFF_TICK, f"trigger price {trigger.price} is no multiple of the tick, {market.tick}")
    if context.state.engine.triggers.would_trigger(market, side, trigger):
        raise Rejection(
            Code.WOULD_TRIGGER, f"the last price, {market.last_price}, is beyond trigger price {trigger.price} already"
        )


def arm(
    context: Context,
    account: Account,
    operation: LimitOrder | MarketOrder,
    instructions: OrderInstructions,
    locked: int,
) -> None:
    """Let an order wait that was checked."""
    trigger = instructions.trigger
    assert trigger is not None
    facts = instructions.client_order_id, instructions.expires_at, locked
    armed = ArmedOrder(context.apex, account.key, operation, trigger, *facts)
    context.state.engine.triggers.arm(account, armed)
    context.emit(account.key, OrderArmed(context.apex, operation.market, operation.side, trigger))


def run_triggered(context: Context) -> None:
    """Execute what the quantum has triggered, as far as there is room."""
    agenda = context.state.vault.agenda
    while agenda.first_due <= context.timestamp:
        _, kind, identity = agenda.first
        if kind is not DueKind.TRIGGERED or not run_next(context, identity):
            return


def run_next(context: Context, market: bytes) -> bool:
    """Execute the triggered order of a market that comes first; whether there was room for it."""
    engine = context.state.engine
    armed = engine.triggers.armed[engine.markets[int.from_bytes(market, "big")].triggers.first]
    if context.triggered == context.state.rules.triggered_max or not _has_room(context, armed):
        return False
    context.triggered += 1
    account = context.state.vault.accounts[armed.owner]
    context.emit(account.key, OrderTriggered(armed.order_id, armed.market, context.triggered))
    engine.triggers.take(account, armed)
    try:
        _place(context, account, armed)
    except Rejection:
        reason = OrderCloseReason.REFUSED_WHEN_TRIGGERED
        context.emit(account.key, OrderClosed(armed.order_id, reason, armed.remaining))
    return True


def _has_room(context: Context, armed: ArmedOrder) -> bool:
    """Whether all fills are left, in a batch those of earlier operations too, or enough for what the order meets."""
    engine, operation = context.state.engine, armed.operation
    market, left = engine.markets[armed.market], engine.fills_max - context.met
    if left == context.state.settings.limits.fills:
        return True
    if isinstance(operation, MarketOrder):
        return not survey_market_order(market, armed.owner, operation, left).is_cut
    prevention = (operation.instructions or PLAIN).self_trade_prevention
    facts = market, armed.owner, operation.side, prevention, left
    return not survey(*facts, limit=operation.price, amount=operation.amount).is_cut


def _place(context: Context, account: Account, armed: ArmedOrder) -> None:
    operation, place = armed.operation, (context.apex, context.triggered)
    instructions = operation.instructions or PLAIN
    market = open_market(context.state, armed.market, post_only=instructions.post_only)
    if isinstance(operation, LimitOrder):
        place_limit_order(context, account, market, operation, armed.order_id, armed.locked, place)
        if armed.order_id in account.orders:
            account.sort_orders()  # its id is older than those of orders that came meanwhile
    else:
        place_market_order(context, account, market, operation, armed.order_id)
