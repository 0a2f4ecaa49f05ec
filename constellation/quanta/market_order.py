"""Market order: what it would meet is known before it is placed, so that just that is locked and nothing can fail."""

from constellation.matching import Market, Survey, survey
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, MarketAmountUnit, MarketOrder, Side, TimeInForce
from constellation.quanta.context import Context
from constellation.quanta.order_rules import PLAIN, check_instructions, check_lots, check_notional, open_market
from constellation.quanta.request import check_amount, check_funds
from constellation.vault import Account


def execute_market_order(context: Context, account: Account, operation: MarketOrder) -> None:
    """Fill the order as far as the book and the market's price band go.

    A sell needs what it sells; a buy of an amount needs just what it will cost; a buy for a budget needs that.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET, INVALID_AMOUNT, OFF_LOT, CONTRADICTORY_ORDER,
            INVALID_CLIENT_ORDER_ID, DUPLICATE_CLIENT_ORDER_ID, WOULD_NOT_FILL, BELOW_MINIMUM_NOTIONAL,
            INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state, side, amount = context.state, operation.side, operation.amount
    instructions = operation.instructions or PLAIN
    market = open_market(state, operation.market, post_only=False)
    has_budget = _check_amount(market, operation)
    check_instructions(context, account, instructions, may_rest=False)
    found = _survey(context, account, market, operation)
    if not found.worst_price:
        raise Rejection(Code.WOULD_NOT_FILL, "nothing rests on the other side that the order could meet")
    check_notional(market, found.value)
    needed = amount if has_budget or side is Side.SELL else found.cost
    check_funds(state, account, market.gives[side], needed)
    wanted = found.amount if has_budget else amount
    order = Order(context.apex, account.key, operation.market, side, found.worst_price, wanted)
    context.met = state.engine.place(
        account,
        order,
        market,
        TimeInForce.IMMEDIATE_OR_CANCEL,
        instructions.self_trade_prevention,
        found.cost if side is Side.BUY else amount,
        context.effects,
    )


def _check_amount(market: Market, operation: MarketOrder) -> bool:
    """Check the amount; whether it is a budget."""
    if operation.unit is MarketAmountUnit.BASE_AMOUNT:
        check_lots(market, operation.amount)
        return False
    check_amount(operation.amount)
    if operation.side is not Side.BUY:
        raise Rejection(Code.CONTRADICTORY_ORDER, "a budget of quote buys; to sell, say how much of base")
    return True


def _survey(context: Context, account: Account, market: Market, operation: MarketOrder) -> Survey:
    instructions = operation.instructions or PLAIN
    has_budget = operation.unit is MarketAmountUnit.QUOTE_BUDGET
    return survey(
        market,
        account.key,
        operation.side,
        instructions.self_trade_prevention,
        context.state.engine.fills_max,
        limit=market.limit_of_band(operation.side),
        amount=None if has_budget else operation.amount,
        budget=operation.amount if has_budget else None,
    )
