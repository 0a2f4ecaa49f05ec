"""Market order: what it would meet is known before it is placed, so that just that is locked and nothing can fail."""

from constellation.matching import Market
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, MarketAmountUnit, MarketOrder, Side
from constellation.quanta.context import Context
from constellation.quanta.order_rules import PLAIN, check_instructions, check_lots, check_open_orders, open_market
from constellation.quanta.placing import check_market_order, place_market_order
from constellation.quanta.request import check_amount, check_funds
from constellation.quanta.triggered import arm, check_trigger
from constellation.vault import Account


def execute_market_order(context: Context, account: Account, operation: MarketOrder) -> None:
    """Fill the order as far as the book and the market's price band go, or arm it.

    A sell needs what it sells; a buy for a budget needs that; a buy of an amount needs just what it will cost, so that
    it cannot wait for a trigger: nobody knows what it would cost then.

    Raises:
        Rejection: UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET, INVALID_AMOUNT, OFF_LOT, CONTRADICTORY_ORDER,
            INVALID_PRICE, OFF_TICK, WOULD_TRIGGER, INVALID_EXPIRY, INVALID_CLIENT_ORDER_ID, DUPLICATE_CLIENT_ORDER_ID,
            TOO_MANY_OPEN_ORDERS, WOULD_NOT_FILL, BELOW_MINIMUM_NOTIONAL, INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state, side, amount = context.state, operation.side, operation.amount
    instructions = operation.instructions or PLAIN
    trigger = instructions.trigger
    market = open_market(state, operation.market, post_only=False)
    _check_amount(market, operation)
    if trigger is not None:
        check_trigger(context, market, side, trigger)
    check_instructions(context, account, instructions, may_rest=False)
    given = market.gives[side]
    if trigger is not None:
        check_open_orders(state, account, len(account.orders))
        check_funds(state, account, given, amount)
        arm(context, account, operation, instructions, amount)
        return
    found = check_market_order(context, account, market, operation)
    is_amount_to_buy = operation.unit is MarketAmountUnit.BASE_AMOUNT and side is Side.BUY
    check_funds(state, account, given, found.cost if is_amount_to_buy else amount)
    place_market_order(context, account, market, operation, context.apex)


def _check_amount(market: Market, operation: MarketOrder) -> None:
    has_trigger = operation.instructions is not None and operation.instructions.trigger is not None
    if operation.unit is MarketAmountUnit.QUOTE_BUDGET:
        check_amount(operation.amount)
        if operation.side is not Side.BUY:
            raise Rejection(Code.CONTRADICTORY_ORDER, "a budget of quote buys; to sell, say how much of base")
        return
    check_lots(market, operation.amount)
    if has_trigger and operation.side is Side.BUY:
        raise Rejection(
            Code.CONTRADICTORY_ORDER, "what an amount will cost when it is triggered is not known: name a budget"
        )
