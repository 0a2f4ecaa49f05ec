"""Approvals: a withdrawal above its asset's amount waits until a quorum of the auditors' operators has decided.

It has no channel and no transaction while it waits, so that others go on. Nobody decides in time: it is refused.
"""

from constellation.protocol.messages import (
    VaultTaskType,
    Withdrawal,
    WithdrawalApproved,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalWithheld,
)
from constellation.quanta.context import Context
from constellation.quanta.state import EntryKind, State
from constellation.quanta.tasks import queue_task
from constellation.vault import DueKind, WithdrawalTask, due_item

_NO_TRANSACTION = bytes(32)
_MICROSECONDS = 1_000_000


def needs_approval(state: State, operation: Withdrawal) -> bool:
    """Whether a withdrawal is so large that it must be approved."""
    above = state.settings.assets[operation.asset].approval_above
    return 0 < above < operation.amount


def withhold(context: Context, task: WithdrawalTask) -> None:
    """Let a new withdrawal wait for an approval once it is queued."""
    task.approve_until = context.timestamp + context.state.settings.approval_lifetime_s * _MICROSECONDS
    context.state.vault.agenda.add(*due_item(task.approve_until, DueKind.APPROVAL, task.queued))
    context.emit(task.account, WithdrawalWithheld(task.queued, task.approve_until))


def find_withheld(state: State, withdrawal: int) -> WithdrawalTask | None:
    """A withdrawal that waits for an approval."""
    return state.desk.withheld.get((VaultTaskType.WITHDRAWAL_TASK, withdrawal))


def approve_withdrawal(context: Context, withdrawal: int) -> None:
    """Queue a withdrawal that waited, where its number puts it."""
    task = _release(context, withdrawal)
    queue_task(context, task)
    context.emit(task.account, WithdrawalApproved(withdrawal))


def refuse_withdrawal(context: Context, withdrawal: int, outcome: WithdrawalOutcome) -> None:
    """Free the money of a withdrawal that waited."""
    task, vault = _release(context, withdrawal), context.state.vault
    account = vault.accounts[task.account]
    vault.unlock(account, task.operation.asset, task.operation.amount)
    account.remove_withdrawal(withdrawal)
    context.mark_number(EntryKind.WITHDRAWAL, withdrawal)
    context.emit(account.key, WithdrawalClosed(withdrawal, outcome, _NO_TRANSACTION))


def _release(context: Context, withdrawal: int) -> WithdrawalTask:
    """Take a withdrawal from those that wait for an approval."""
    task = context.state.desk.withheld.pop((VaultTaskType.WITHDRAWAL_TASK, withdrawal))
    assert task.approve_until is not None
    context.state.vault.agenda.remove(*due_item(task.approve_until, DueKind.APPROVAL, withdrawal))
    task.approve_until = None
    return task
