"""Deposits: whose money is it that arrived in the vault?

A memo or a muxed id, when there is one, names the account that has registered it as its routing id; without one a
deposit is its sender's. What names nobody, is too small, is not listed, or comes from the asset's own issuer without
naming anybody, goes to suspense. So does what would make the asset's total larger than an amount can be: the ledger
allows that after a clawback, since the total does not shrink with what was clawed back.
"""

from constellation.protocol.messages import (
    AccountOpened,
    DepositCredited,
    LedgerDeposit,
    SuspenseAdded,
    SuspenseEntry,
    SuspenseReason,
)
from constellation.quanta.context import Context
from constellation.quanta.state import EntryKind, State
from constellation.vault import RESERVE_ASSET, counted_asset


def credit(context: Context, deposit: LedgerDeposit, asset: int | None) -> None:
    """Credit a deposit, or keep it in suspense.

    Args:
        context: the running quantum.
        deposit: what the ledger moved into the vault.
        asset: its asset's id; None when it is not listed.
    """
    state = context.state
    owner = _owner(state, deposit)
    reason = _suspense_reason(state, asset, deposit, owner)
    if reason is not None:
        _keep(context, deposit, reason)
        return
    assert asset is not None
    assert owner is not None
    account = state.vault.accounts.get(owner)
    if account is None:
        account = state.vault.open_account(owner)
        context.emit(owner, AccountOpened(owner))
    state.vault.deposit(account, asset, deposit.amount)
    context.emit(owner, DepositCredited(asset, deposit.amount, deposit.transaction, deposit.operation, deposit.source))


def _owner(state: State, deposit: LedgerDeposit) -> bytes | None:
    """Key of the account that the deposit is for; None when it names nobody."""
    memo, muxed_id = deposit.memo, deposit.muxed_id
    if _names_nobody(deposit):
        return deposit.source
    if isinstance(memo, bytes) or (memo is not None and muxed_id is not None and memo != muxed_id):
        return None
    routing_id = memo if muxed_id is None else muxed_id
    assert routing_id is not None
    account = state.vault.routes.get(routing_id)
    return None if account is None else account.key


def _names_nobody(deposit: LedgerDeposit) -> bool:
    return deposit.memo is None and deposit.muxed_id is None


def _suspense_reason(
    state: State, asset: int | None, deposit: LedgerDeposit, owner: bytes | None
) -> SuspenseReason | None:
    if asset is None:
        return SuspenseReason.UNKNOWN_LEDGER_ASSET
    if not state.vault.can_receive_from_ledger(asset, deposit.amount):
        return SuspenseReason.TOTAL_TOO_LARGE
    if deposit.amount < state.assets.minimum_deposit(asset):
        return SuspenseReason.BELOW_MINIMUM_DEPOSIT
    if owner is None:
        return SuspenseReason.UNKNOWN_ROUTING
    if deposit.asset is not None and deposit.source == deposit.asset.issuer and _names_nobody(deposit):
        return SuspenseReason.SENDER_IS_ISSUER
    if state.is_open(owner):
        return None
    opens = asset == RESERVE_ASSET and deposit.amount >= state.settings.minimum_balance
    return None if opens and owner != state.settings.vault else SuspenseReason.ACCOUNT_NOT_OPEN


def _keep(context: Context, deposit: LedgerDeposit, reason: SuspenseReason) -> None:
    state = context.state
    facts = deposit.operation, deposit.asset, deposit.amount, deposit.source, deposit.transaction, reason
    entry = SuspenseEntry(*facts, refunds=0, refund=None)
    asset = counted_asset(entry, state.assets)
    if asset is not None:
        state.vault.held[asset] += entry.amount
    state.suspense.add(entry, asset)
    context.mark_number(EntryKind.SUSPENSE, deposit.operation)
    context.emit_system(SuspenseAdded(*facts))
