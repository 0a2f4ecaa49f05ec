"""Cancels: take an account's own resting orders off their books."""

from itertools import islice

from constellation.matching import ArmedOrder
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import CancelAllOrders, CancelOrder, Code, OrderCloseReason, OrderReference
from constellation.quanta.context import Context
from constellation.quanta.state import State
from constellation.vault import Account


def execute_cancel_order(context: Context, account: Account, operation: CancelOrder) -> None:
    """Cancel.

    Raises:
        Rejection: ORDER_NOT_FOUND: filled, cancelled, never placed or another account's: the answer does not tell;
            OVERLOADED: the batch has cancelled as many as one may already.
    """
    _check_room(context)
    order = own_order(context.state, account, operation.order)
    context.state.engine.close(account, order.order_id, context.effects, OrderCloseReason.CANCELLED)


def own_order(state: State, account: Account, reference: OrderReference) -> Order | ArmedOrder:
    """The account's open order that is called so: on a book, or armed.

    Raises:
        Rejection: ORDER_NOT_FOUND: filled, cancelled, never placed or another account's: the answer does not tell.
    """
    number = account.client_order(reference) if isinstance(reference, str) else reference
    order = None if number is None else state.engine.find(number)
    if order is None or order.owner != account.key:
        raise Rejection(Code.ORDER_NOT_FOUND, f"the account has no open order {reference}")
    return order


def execute_cancel_all_orders(context: Context, account: Account, operation: CancelAllOrders) -> None:
    """Cancel the account's open orders, of one market or of all, the oldest first, as many as one quantum may.

    Raises:
        Rejection: UNKNOWN_MARKET; ORDER_NOT_FOUND: there is none; OVERLOADED: the batch has cancelled as many already.
    """
    engine, market = context.state.engine, operation.market
    if market is not None and market >= len(engine.markets):
        raise Rejection(Code.UNKNOWN_MARKET, f"market {market} is not listed; there are {len(engine.markets)}")
    _check_room(context)
    own = (number for number in account.orders if market is None or engine.market_of(number) == market)
    orders = list(islice(own, engine.cancels_max))
    if not orders:
        raise Rejection(Code.ORDER_NOT_FOUND, "the account has no such open order")
    for number in orders:
        engine.close(account, number, context.effects, OrderCloseReason.CANCELLED)


def _check_room(context: Context) -> None:
    if context.state.engine.cancels_max <= 0:
        raise Rejection(Code.OVERLOADED, "the batch has cancelled as many orders as one may; send the rest in another")
