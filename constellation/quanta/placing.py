"""Placing an order whose rules and money were checked: what the book decides, and then the matching engine."""

from typing import Final

from constellation.matching import Market, Survey, survey
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, LimitOrder, MarketAmountUnit, MarketOrder, Side, TimeInForce
from constellation.quanta.context import Context
from constellation.quanta.order_rules import PLAIN, check_notional, check_rests
from constellation.vault import Account

_FILL_OR_KILL: Final = TimeInForce.FILL_OR_KILL


def place_limit_order(
    context: Context,
    account: Account,
    market: Market,
    operation: LimitOrder,
    order_id: int,
    commitment: int,
    triggered: tuple[int, int] | None = None,
) -> None:
    """Place the order.

    Args:
        context: of the quantum.
        account: whose order it is.
        market: its market.
        operation: what it says.
        order_id: its id.
        commitment: what it locks.
        triggered: apex and place of its execution, if it has waited.

    Raises:
        Rejection: WOULD_TAKE or WOULD_NOT_FILL; nothing has changed.
    """
    engine, side, time_in_force = context.state.engine, operation.side, operation.time_in_force
    instructions = operation.instructions or PLAIN
    facts = order_id, account.key, operation.market, side, operation.price, operation.amount
    order = Order(*facts, instructions.client_order_id, instructions.expires_at, triggered)
    prevention = instructions.self_trade_prevention
    if instructions.post_only:
        check_rests(market, order)
    if time_in_force is _FILL_OR_KILL and not engine.fills_whole(order, market, prevention):
        raise Rejection(
            Code.WOULD_NOT_FILL, "the order cannot be filled whole at once, and is not to be filled in part"
        )
    context.met += engine.place(account, order, market, time_in_force, prevention, commitment, context.effects)


def survey_market_order(market: Market, owner: bytes, operation: MarketOrder, meets_max: int) -> Survey:
    """What a market order meets of ``meets_max`` resting orders at most."""
    has_budget = operation.unit is MarketAmountUnit.QUOTE_BUDGET
    return survey(
        market,
        owner,
        operation.side,
        (operation.instructions or PLAIN).self_trade_prevention,
        meets_max,
        limit=market.limit_of_band(operation.side),
        amount=None if has_budget else operation.amount,
        budget=operation.amount if has_budget else None,
    )


def check_market_order(context: Context, account: Account, market: Market, operation: MarketOrder) -> Survey:
    """What a market order meets, which must be worth it.

    Raises:
        Rejection: WOULD_NOT_FILL or BELOW_MINIMUM_NOTIONAL.
    """
    found = survey_market_order(market, account.key, operation, context.state.engine.fills_max)
    if not found.worst_price:
        raise Rejection(Code.WOULD_NOT_FILL, "nothing rests on the other side that the order could meet")
    check_notional(market, found.value)
    return found


def place_market_order(
    context: Context, account: Account, market: Market, operation: MarketOrder, order_id: int
) -> None:
    """Fill the order as far as the book and the market's price band go; just what it costs is locked.

    Raises:
        Rejection: WOULD_NOT_FILL or BELOW_MINIMUM_NOTIONAL; nothing has changed.
    """
    found = check_market_order(context, account, market, operation)
    amount = found.amount if operation.unit is MarketAmountUnit.QUOTE_BUDGET else operation.amount
    order = Order(order_id, account.key, operation.market, operation.side, found.worst_price, amount)
    context.met += context.state.engine.place(
        account,
        order,
        market,
        TimeInForce.IMMEDIATE_OR_CANCEL,
        (operation.instructions or PLAIN).self_trade_prevention,
        found.cost if operation.side is Side.BUY else amount,
        context.effects,
    )
