"""What only the vault's transactions can do, from the wish to its end."""

from constellation.protocol.messages import (
    AssetResumed,
    AssetSuspended,
    ClaimableDeposit,
    LedgerDeposit,
    QuorumRule,
    SuspenseRefunded,
    SuspensionReason,
    VaultTaskClosed,
    VaultTaskPrepared,
    VaultTaskType,
    Withdrawal,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
    WithdrawalWithheld,
)
from constellation.testing.naive.deposits import deposit
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LARGEST, NaiveSigners, NaiveSuspense, NaiveTask, NaiveTransaction
from constellation.testing.naive.transactions import transaction_hash

_OPERATIONS_MAX = 100


def withdraw(model: NaiveModel, owner: bytes, operation: Withdrawal) -> None:
    """Lock the money of a withdrawal and wish for its transaction."""
    task = NaiveTask(VaultTaskType.WITHDRAWAL_TASK, model.apex, model.apex, operation, owner)
    model.tasks.append(task)
    model.move(owner, operation.asset, 0)
    model.tell(owner, WithdrawalAccepted(model.apex, operation.asset, operation.amount, operation.destination.account))
    free_up_to = model.settings.assets[operation.asset].approval_above or LARGEST
    if operation.amount > free_up_to:
        task.until_us = model.now_us + model.settings.approval_lifetime_s * 1_000_000
        model.tell(owner, WithdrawalWithheld(model.apex, task.until_us))
    use_free_channels(model)


def use_free_channels(model: NaiveModel) -> None:
    """Each free channel takes the oldest task that can be done.

    Claims come after all others, and never take the last of several channels.
    """
    is_claim = VaultTaskType.CLAIM_TASK
    for channel, sequence in model.sequences.items():
        carried = [task.kind is is_claim for task in model.tasks if task.transaction is not None]
        may_claim = sum(carried) + 1 < len(model.sequences) or len(model.sequences) == 1
        waiting = [
            task
            for task in model.tasks
            if task.transaction is None
            and task.until_us is None
            and not _is_suspended(model, task)
            and (may_claim or task.kind is not is_claim)
        ]
        if not waiting or carried_by(model, channel) is not None:
            continue
        task = min(waiting, key=lambda task: (task.kind is is_claim, task.apex, task.kind, task.number))
        max_time_s = model.now_us // 1_000_000 + model.settings.withdrawal_lifetime_s
        digest = transaction_hash(model.settings, task.subject, task.kind, channel, sequence, max_time_s)
        task.transaction = NaiveTransaction(channel, sequence + 1, max_time_s, digest)
        if task.kind is VaultTaskType.WITHDRAWAL_TASK:
            model.tell(task.owner, WithdrawalPrepared(task.number, channel, sequence + 1, max_time_s, digest))
        else:
            model.tell_all(VaultTaskPrepared(task.kind, task.number, channel, sequence + 1, max_time_s, digest))


def _is_suspended(model: NaiveModel, task: NaiveTask) -> bool:
    match task.subject:
        case Withdrawal(asset=asset):
            return asset in model.suspensions
        case NaiveSuspense(asset=identity):
            return model.listed(identity) in model.suspensions
        case ClaimableDeposit(asset=identity):
            return model.listed(identity) in model.suspensions
        case _:
            return False


def carried_by(model: NaiveModel, channel: bytes) -> NaiveTask | None:
    """The task whose transaction a channel carries."""
    for task in model.tasks:
        if task.transaction is not None and task.transaction.channel == channel:
            return task
    return None


def withheld(model: NaiveModel, number: int) -> NaiveTask | None:
    """A withdrawal that nobody has approved yet and somebody must."""
    for task in model.tasks:
        if task.kind is VaultTaskType.WITHDRAWAL_TASK and task.number == number and task.until_us is not None:
            return task
    return None


def give_back(model: NaiveModel, number: int, outcome: WithdrawalOutcome) -> None:
    """A withdrawal is not approved."""
    task = withheld(model, number)
    assert task is not None
    assert isinstance(task.subject, Withdrawal)
    model.tasks.remove(task)
    model.move(task.owner, task.subject.asset, 0)
    model.tell(task.owner, WithdrawalClosed(number, outcome, bytes(32)))


def close(model: NaiveModel, task: NaiveTask, outcome: WithdrawalOutcome) -> None:
    """The ledger has decided about a task's transaction."""
    assert task.transaction is not None
    digest, is_paid = task.transaction.digest, outcome is WithdrawalOutcome.PAID
    model.tasks.remove(task)
    subject = task.subject
    if isinstance(subject, Withdrawal):
        model.move(task.owner, subject.asset, -subject.amount if is_paid else 0)
        model.tell(task.owner, WithdrawalClosed(task.number, outcome, digest))
        return
    if isinstance(subject, NaiveSuspense):
        subject.refunds += 1
        if is_paid:
            model.suspense.remove(subject)
            model.tell_all(SuspenseRefunded(subject.operation, digest))
    elif isinstance(subject, ClaimableDeposit):
        if is_paid:
            deposit(model, _as_deposit(subject))
        elif outcome is WithdrawalOutcome.LAPSED:
            model.tasks.append(NaiveTask(task.kind, task.number, model.apex, subject))
    elif isinstance(subject, NaiveSigners):
        if is_paid:
            model.signers = subject.after
        ask_for_signers(model)
    elif is_paid:
        resume(model, task.number)
    model.tell_all(VaultTaskClosed(task.kind, task.number, outcome, digest))


def ask_for_signers(model: NaiveModel) -> None:
    """Until the ledger has the auditors in force as signers, it is asked for them."""
    wanted = _next_signers(model)
    if model.signers != wanted:
        change = NaiveSigners(model.signers, wanted)
        model.tasks.append(NaiveTask(VaultTaskType.SIGNERS_TASK, model.term, model.apex, change))


def _next_signers(model: NaiveModel) -> tuple[list[bytes], QuorumRule]:
    """The auditors in force, or what one transaction can change towards them: one comes, one goes, in turns."""
    signers, rule = list(model.signers[0]), model.signers[1]
    going = [key for key in signers if key not in model.settings.auditors]
    coming = [key for key in model.settings.auditors if key not in signers]
    most = _OPERATIONS_MAX // (1 + len(model.sequences)) - 1
    if len(going) + len(coming) <= most:
        return model.settings.auditors, model.settings.quorum_rule
    for turn in range(most):
        if coming and (turn % 2 == 0 or not going):
            signers.append(coming.pop(0))
        else:
            signers.remove(going.pop(0))
    return signers, rule


def _as_deposit(claim: ClaimableDeposit) -> LedgerDeposit:
    return LedgerDeposit(
        operation=claim.operation,
        transaction=claim.transaction,
        asset=claim.asset,
        amount=claim.amount,
        source=claim.source,
        memo=claim.memo,
        muxed_id=None,
    )


def suspend(model: NaiveModel, asset: int, reason: SuspensionReason) -> None:
    """Suspend an asset that is not suspended."""
    if asset not in model.suspensions:
        model.suspensions[asset] = reason
        model.changes[asset] = model.changes.get(asset, 0) + 1
        model.tell_all(AssetSuspended(asset, reason))


def resume(model: NaiveModel, asset: int) -> None:
    """Resume a suspended asset."""
    del model.suspensions[asset]
    model.changes[asset] += 1
    model.tell_all(AssetResumed(asset))
