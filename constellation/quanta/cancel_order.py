"""Cancel: takes an account's own resting order off its book."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import CancelOrder, Code
from constellation.quanta.context import Context
from constellation.vault import Account


def execute_cancel_order(context: Context, account: Account, operation: CancelOrder) -> None:
    """Cancel.

    Raises:
        Rejection: ORDER_NOT_FOUND: filled, cancelled, never placed or another account's: the answer does not tell.
    """
    order = context.state.engine.orders.get(operation.order)
    if order is None or order.owner != account.key:
        raise Rejection(Code.ORDER_NOT_FOUND, f"the account has no open order {operation.order}")
    context.state.engine.cancel(account, order, context.effects)
