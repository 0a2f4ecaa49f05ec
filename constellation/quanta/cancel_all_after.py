"""Cancel-all-after, the dead man's switch: all orders go when their owner has not been heard of for a while."""

from typing import Final

from constellation.protocol.messages import CancelAllAfter, CancelAllScheduled
from constellation.quanta.context import Context
from constellation.vault import Account

_MICROSECONDS: Final = 1_000_000


def execute_cancel_all_after(context: Context, account: Account, operation: CancelAllAfter) -> None:
    """Set the time at which all orders are cancelled, in place of the one that was set before; or take it back."""
    due = context.timestamp + operation.timeout_s * _MICROSECONDS if operation.timeout_s else None
    context.state.vault.schedule_cancel_all(account, due)
    context.emit(account.key, CancelAllScheduled(due))
