"""Whether a task's transaction may be signed: the core derived it, and the ledger lets it do its work. No I/O."""

from collections.abc import Iterable

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import AssetIdentity, LedgerSigners, Settings
from constellation.protocol.settings_json import format_asset
from constellation.quanta import State
from constellation.stellarlink.ledger_account import LedgerAccount
from constellation.stellarlink.vault_check import lock_problems
from constellation.vault import ClaimTask, PreparedTask, RefundTask, TrustTask, WithdrawalTask
from constellation.vault.transactions import task_envelope


def derivation_problem(settings: Settings, prepared: PreparedTask) -> str | None:
    """Why the transaction is not one to sign, whatever the ledger says; None when it is.

    A transaction without a time bound could be held back and paid after its task was given up.
    """
    envelope = task_envelope(settings, prepared)
    if envelope.hash() != prepared.transaction:
        return "its transaction is not the one that follows from the task"
    preconditions = envelope.transaction.preconditions
    bounds = None if preconditions is None else preconditions.time_bounds
    if bounds is None or bounds.max_time <= 0:
        return "its transaction has no time bound"
    return None


def possible_signers(state: State) -> list[LedgerSigners]:
    """Who may sign on the ledger: it may have taken those already that it was asked to take."""
    change = state.signers_change
    return [state.signers] if change is None else [state.signers, change.after]


def _lock_problems(signers: LedgerSigners, vault: LedgerAccount, channel: LedgerAccount) -> list[str]:
    return [*lock_problems("the vault", vault, signers), *lock_problems("the channel", channel, signers)]


def ledger_problems(
    state: State,
    prepared: PreparedTask,
    vault: LedgerAccount | None,
    channel: LedgerAccount | None,
    base_reserve: int,
) -> list[str]:
    """Everything on the ledger that keeps ``prepared`` from doing its work safely, one sentence each.

    Args:
        state: that the task is of.
        prepared: the task.
        vault: as the ledger has it.
        channel: that the task is on, as the ledger has it.
        base_reserve: of the latest ledger, in stroops.
    """
    if vault is None or channel is None:
        return [f"the {'vault' if vault is None else 'channel'} is not on the ledger"]
    return [
        *min((_lock_problems(signers, vault, channel) for signers in possible_signers(state)), key=len),
        *_vault_problems(state.settings, prepared, vault, base_reserve),
    ]


def _vault_problems(
    settings: Settings, prepared: PreparedTask, vault: LedgerAccount, base_reserve: int
) -> Iterable[str]:
    match prepared.task:
        case WithdrawalTask(operation=operation):
            yield from _cannot_pay(vault, settings.assets[operation.asset].identity, operation.amount, base_reserve)
        case RefundTask(entry=entry):
            yield from _cannot_pay(vault, entry.asset, entry.amount, base_reserve)
        case ClaimTask(deposit=deposit):
            yield from _cannot_hold(vault, deposit.asset, deposit.amount)
        case TrustTask(identity=identity):
            if vault.balance(identity) is None:
                yield from _cannot_pay(vault, None, base_reserve, base_reserve)


def _cannot_pay(vault: LedgerAccount, asset: AssetIdentity, amount: int, base_reserve: int) -> Iterable[str]:
    line = vault.balance(asset)
    if line is None or not line.is_authorized:
        yield f"the vault cannot move {format_asset(asset)}: it has no authorized trust line"
        return
    available = line.amount - line.selling - (vault.reserves * base_reserve if asset is None else 0)
    if available < amount:
        yield (
            f"the vault can pay {format_amount(max(0, available))} of {format_asset(asset)}, "
            f"{format_amount(amount)} is needed"
        )


def _cannot_hold(vault: LedgerAccount, asset: AssetIdentity, amount: int) -> Iterable[str]:
    line = vault.balance(asset)
    if line is None or not line.is_authorized:
        yield f"the vault cannot hold {format_asset(asset)}: it has no authorized trust line"
    elif amount > line.room:
        yield f"the vault's trust line for {format_asset(asset)} is full"
