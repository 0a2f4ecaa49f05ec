"""Tasks for the vault's channels: queued by quanta, settled by what the ledger did."""

from constellation.protocol.messages import (
    ClaimableDeposit,
    LedgerDeposit,
    SuspenseRefunded,
    VaultTaskClosed,
    VaultTaskPrepared,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
)
from constellation.quanta.context import Context
from constellation.quanta.deposits import credit
from constellation.quanta.signers import close_signers
from constellation.quanta.state import EntryKind, task_entry_key
from constellation.quanta.suspensions import resume
from constellation.vault import (
    ClaimTask,
    PreparedTask,
    RefundTask,
    SignersTask,
    TrustTask,
    VaultTask,
    WithdrawalTask,
    counted_asset,
)

_MICROSECONDS = 1_000_000


def _mark(context: Context, task: VaultTask) -> None:
    context.state.changed[task_entry_key(task)] = None


def queue_task(context: Context, task: VaultTask) -> None:
    """Queue ``task`` for a channel."""
    context.state.desk.accept(task)
    _mark(context, task)


def prepare_tasks(context: Context) -> None:
    """Give waiting tasks to free channels."""
    for prepared in context.state.desk.prepare(context.timestamp // _MICROSECONDS):
        task = prepared.task
        _mark(context, task)
        context.mark(EntryKind.CHANNEL, prepared.channel)
        terms = prepared.channel, prepared.sequence, prepared.max_time_s, prepared.transaction
        if isinstance(task, WithdrawalTask):
            context.emit(task.account, WithdrawalPrepared(task.queued, *terms))
        else:
            kind, number = task.key
            context.emit_system(VaultTaskPrepared(kind, number, *terms))


def close_task(context: Context, prepared: PreparedTask, outcome: WithdrawalOutcome) -> None:
    """Do what the ledger decided about a task's transaction."""
    task, is_done = prepared.task, outcome is WithdrawalOutcome.PAID
    _mark(context, task)
    context.mark(EntryKind.CHANNEL, prepared.channel)
    match task:
        case WithdrawalTask():
            _close_withdrawal(context, task, prepared.transaction, outcome)
            return
        case RefundTask():
            _close_refund(context, task, prepared.transaction, is_done=is_done)
        case ClaimTask():
            _close_claim(context, task, outcome)
        case TrustTask():
            del context.state.trusts[task.number]
            if is_done:
                resume(context, task.number)  # nothing else ends the suspension while the trust line is on its way
        case SignersTask():
            close_signers(context, task, is_done=is_done)
    context.emit_system(VaultTaskClosed(*task.key, outcome, prepared.transaction))


def _close_withdrawal(context: Context, task: WithdrawalTask, transaction: bytes, outcome: WithdrawalOutcome) -> None:
    """Take the money off the account, or free it."""
    vault, operation = context.state.vault, task.operation
    account = vault.accounts[task.account]
    settle = vault.pay_out if outcome is WithdrawalOutcome.PAID else vault.unlock
    settle(account, operation.asset, operation.amount)
    account.remove_withdrawal(task.queued)
    context.emit(account.key, WithdrawalClosed(task.queued, outcome, transaction))


def _close_refund(context: Context, task: RefundTask, transaction: bytes, *, is_done: bool) -> None:
    state, entry = context.state, task.entry
    entry.refunds += 1
    if not is_done:
        return
    asset = counted_asset(entry, state.assets)
    state.suspense.remove(entry.operation, asset)
    if asset is not None:
        state.vault.held[asset] -= entry.amount
    context.emit_system(SuspenseRefunded(entry.operation, transaction))


def _close_claim(context: Context, task: ClaimTask, outcome: WithdrawalOutcome) -> None:
    """Credit what was claimed. What the ledger refused is gone; what only came too late is tried again."""
    state = context.state
    if outcome is WithdrawalOutcome.LAPSED:
        task.queued = context.apex
        queue_task(context, task)
        return
    del state.claims[task.deposit.operation]
    if outcome is WithdrawalOutcome.PAID:
        credit(context, deposit_of_claim(task.deposit), task.asset)


def deposit_of_claim(claim: ClaimableDeposit) -> LedgerDeposit:
    """A claimed balance is a deposit of whoever made it."""
    return LedgerDeposit(claim.operation, claim.transaction, claim.asset, claim.amount, claim.source, claim.memo, None)
