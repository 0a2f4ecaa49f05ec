"""What happens because its time has come."""

from constellation.protocol.limits import CANCELS_MAX
from constellation.protocol.messages import (
    CancelAllAfter,
    CancelAllScheduled,
    Code,
    HoldOutcome,
    OrderCloseReason,
    TimeCommit,
    WithdrawalOutcome,
)
from constellation.testing.naive import holds, orders, tasks, triggered
from constellation.testing.naive.model import NaiveModel

_Due = tuple[int, int, int | bytes]
_TRIGGERED, _ORDER, _CANCEL_ALL, _HOLD, _APPROVAL = range(5)


def _all_due(model: NaiveModel) -> list[_Due]:
    """Everything that has a time: when, of which kind, and its number or key; the first one comes first."""
    waiting: list[_Due] = [(time, _TRIGGERED, market) for market, time in model.due_since.items()]
    waiting += [(order.until_us, _ORDER, order.apex) for order in model.orders if order.until_us is not None]
    waiting += [(item.says.expires_at, _ORDER, item.apex) for item in model.armed if item.says.expires_at is not None]
    waiting += [(time, _CANCEL_ALL, key) for key, time in model.cancel_all_at.items()]
    waiting += [(hold.until_us, _HOLD, hold.apex) for hold in model.holds]
    waiting += [(task.until_us, _APPROVAL, task.number) for task in model.tasks if task.until_us is not None]
    return sorted(waiting, key=lambda due: (due[0], due[1], due[2:]))


def is_due(model: NaiveModel) -> bool:
    """Whether something comes before every request of this time."""
    return any(due[0] <= model.now_us for due in _all_due(model))


def why_refuse(model: NaiveModel, commit: TimeCommit) -> Code | None:
    """The code that a time commit is refused with, if it is."""
    return None if is_due(model) and commit.due == _all_due(model)[0][0] else Code.NOT_DUE


def come(model: NaiveModel) -> None:
    """Do what is due, the first first, as much of it as one may."""
    left = CANCELS_MAX
    while left > 0 and is_due(model):
        _, kind, what = _all_due(model)[0]
        if isinstance(what, bytes):
            left -= _cancel_all(model, what, left)
            continue
        if kind == _HOLD:
            [hold] = [hold for hold in model.holds if hold.apex == what]
            holds.close(model, hold, HoldOutcome.HOLD_LAPSED, 0)
        elif kind == _APPROVAL:
            tasks.give_back(model, what, WithdrawalOutcome.NOT_APPROVED)
        elif kind == _ORDER:
            orders.close(model, what, OrderCloseReason.EXPIRED_BY_TIME)
        elif not triggered.run_next(model, what):
            return
        left -= 1


def _cancel_all(model: NaiveModel, account: bytes, most: int) -> int:
    own = orders.own_ids(model, account, None)
    for apex in own[:most]:
        orders.close(model, apex, OrderCloseReason.CANCELLED_BY_TIMEOUT)
    if len(own) <= most:
        del model.cancel_all_at[account]
        model.tell(account, CancelAllScheduled(None))
    return len(own[:most]) + 1


def schedule(model: NaiveModel, account: bytes, operation: CancelAllAfter) -> None:
    """Set or forget the time at which all orders of an account are cancelled."""
    model.cancel_all_at.pop(account, None)
    due = None
    if operation.timeout_s > 0:
        due = model.cancel_all_at[account] = model.now_us + operation.timeout_s * 1_000_000
    model.tell(account, CancelAllScheduled(due))
