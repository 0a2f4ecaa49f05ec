"""What happens because its time has come."""

from constellation.protocol.limits import CANCELS_MAX
from constellation.protocol.messages import CancelAllAfter, CancelAllScheduled, Code, OrderCloseReason, TimeCommit
from constellation.testing.naive import orders
from constellation.testing.naive.matching import take_off_book
from constellation.testing.naive.model import NaiveModel


def first_due(model: NaiveModel) -> int | None:
    """The time of what is due first."""
    times = [order.until_us for order in model.orders if order.until_us is not None]
    return min([*times, *model.cancel_all_at.values()], default=None)


def is_due(model: NaiveModel) -> bool:
    """Whether something comes before every request of this time."""
    due = first_due(model)
    return due is not None and due <= model.now_us


def why_refuse(model: NaiveModel, commit: TimeCommit) -> Code | None:
    """The code that a time commit is refused with, if it is."""
    return None if is_due(model) and commit.due == first_due(model) else Code.NOT_DUE


def come(model: NaiveModel) -> None:
    """Do what is due: by time; at the same time orders before accounts, each by its number or key."""
    left = CANCELS_MAX
    while left > 0 and is_due(model):
        due = first_due(model)
        ended = [order for order in model.orders if order.until_us == due]
        if ended:
            take_off_book(model, min(ended, key=lambda order: order.apex), OrderCloseReason.EXPIRED_BY_TIME)
            left -= 1
            continue
        account = min(key for key, time in model.cancel_all_at.items() if time == due)
        own = orders.own_orders(model, account, None)
        for order in own[:left]:
            take_off_book(model, order, OrderCloseReason.CANCELLED_BY_TIMEOUT)
        if len(own) <= left:
            del model.cancel_all_at[account]
            model.tell(account, CancelAllScheduled(None))
        left -= len(own[:left]) + 1


def schedule(model: NaiveModel, account: bytes, operation: CancelAllAfter) -> None:
    """Set or forget the time at which all orders of an account are cancelled."""
    model.cancel_all_at.pop(account, None)
    due = None
    if operation.timeout_s > 0:
        due = model.cancel_all_at[account] = model.now_us + operation.timeout_s * 1_000_000
    model.tell(account, CancelAllScheduled(due))
