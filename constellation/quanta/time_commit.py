"""Time commit: what falls due by sequenced time happens in a quantum of its own.

No request is executed while something is due at its time (:class:`~constellation.quanta.machine.Machine` sees to it),
so that nothing happens later than its time, and a request that is refused has changed nothing. One time commit closes
as many orders as one quantum may, and executes as many triggered ones; where more are due, another one follows.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CancelAllScheduled,
    Code,
    HoldOutcome,
    OrderCloseReason,
    TimeCommit,
    WithdrawalOutcome,
)
from constellation.quanta.approvals import refuse_withdrawal
from constellation.quanta.context import Context
from constellation.quanta.holds import close_hold
from constellation.quanta.triggered import run_next
from constellation.vault import DueKind


def execute_time_commit(context: Context, commit: TimeCommit) -> None:
    """Do what is due, the first first.

    Raises:
        Rejection: NOT_DUE.
    """
    agenda = context.state.vault.agenda
    if commit.due != agenda.first_due or commit.due > context.timestamp:
        raise Rejection(Code.NOT_DUE, f"{commit.due} is not due first at {context.timestamp}; {agenda.first_due} is")
    left = context.state.rules.cancels_max
    while left > 0 and agenda.first_due <= context.timestamp:
        _, kind, identity = agenda.first
        done = _DO[kind](context, identity, left)
        if not done:
            return
        left -= done


def _run_triggered(context: Context, identity: bytes, most: int) -> int:
    return 1 if run_next(context, identity) else 0


def _expire_order(context: Context, identity: bytes, most: int) -> int:
    engine, number = context.state.engine, int.from_bytes(identity, "big")
    order = engine.find(number)
    assert order is not None
    owner = context.state.vault.accounts[order.owner]
    engine.close(owner, number, context.effects, OrderCloseReason.EXPIRED_BY_TIME)
    return 1


def _lapse(context: Context, identity: bytes, most: int) -> int:
    hold = context.state.vault.holds[int.from_bytes(identity, "big")]
    close_hold(context, hold, HoldOutcome.HOLD_LAPSED, 0)
    return 1


def _refuse_withdrawal(context: Context, identity: bytes, most: int) -> int:
    refuse_withdrawal(context, int.from_bytes(identity, "big"), WithdrawalOutcome.NOT_APPROVED)
    return 1


def _cancel_all(context: Context, identity: bytes, most: int) -> int:
    """Cancel ``most`` orders of an account at most; what is left is still due."""
    engine, vault = context.state.engine, context.state.vault
    account = vault.accounts[identity]
    orders = list(islice(account.orders, most))
    for number in orders:
        engine.close(account, number, context.effects, OrderCloseReason.CANCELLED_BY_TIMEOUT)
    if not account.orders:
        vault.schedule_cancel_all(account, None)
        context.emit(account.key, CancelAllScheduled(None))
    return len(orders) + 1


# Each does what is due for an identity, by as many orders as are left, and says how many it was; 0: there is no room.
_DO: Final[Mapping[DueKind, Callable[[Context, bytes, int], int]]] = {
    DueKind.TRIGGERED: _run_triggered,
    DueKind.ORDER: _expire_order,
    DueKind.CANCEL_ALL: _cancel_all,
    DueKind.HOLD: _lapse,
    DueKind.APPROVAL: _refuse_withdrawal,
}
