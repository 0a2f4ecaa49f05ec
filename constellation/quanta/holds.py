"""Holds: money that an account reserves for another one, which may take it until the hold lapses."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CaptureHold,
    Code,
    HoldClosed,
    HoldOpened,
    HoldOutcome,
    OpenHold,
    PaymentReceived,
    PaymentSent,
    ReleaseHold,
)
from constellation.protocol.strkey import encode_public_key
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount, check_asset, check_funds
from constellation.quanta.state import EntryKind, State
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import Account, Hold


def execute_open_hold(context: Context, account: Account, operation: OpenHold) -> None:
    """Lock money for another account.

    Raises:
        Rejection: INVALID_AMOUNT, UNKNOWN_ASSET, SUSPENDED_ASSET, SELF_PAYMENT, UNKNOWN_DESTINATION, INVALID_EXPIRY,
            TOO_MANY_HOLDS, INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state, asset, amount, expires_at = context.state, operation.asset, operation.amount, operation.expires_at
    check_amount(amount)
    check_asset(state, asset)
    check_not_suspended(state, asset)
    if operation.beneficiary == account.key:
        raise Rejection(Code.SELF_PAYMENT, "a hold needs two different accounts")
    if not state.is_open(operation.beneficiary):
        raise Rejection(Code.UNKNOWN_DESTINATION, f"{encode_public_key(operation.beneficiary)} has no open account")
    if expires_at <= context.timestamp:
        raise Rejection(
            Code.INVALID_EXPIRY, f"expires_at {expires_at} is not ahead of sequenced time, {context.timestamp}"
        )
    if len(account.holds) >= state.rules.holds_max:
        raise Rejection(Code.TOO_MANY_HOLDS, f"the account has {state.rules.holds_max} open holds, which is the limit")
    check_funds(state, account, asset, amount)
    hold = Hold(context.apex, account.key, operation.beneficiary, asset, amount, expires_at)
    state.vault.open_hold(account, hold)
    context.mark_number(EntryKind.HOLD, hold.hold_id)
    for key in (hold.owner, hold.beneficiary):
        context.emit(key, HoldOpened(hold.hold_id, hold.owner, hold.beneficiary, asset, amount, expires_at))


def execute_capture_hold(context: Context, account: Account, operation: CaptureHold) -> None:
    """Take money of a hold, all or a part; what is left of it is free again.

    Raises:
        Rejection: HOLD_NOT_FOUND: there is none, or it is not for this account: the answer does not tell;
            INVALID_AMOUNT or SUSPENDED_ASSET.
    """
    state = context.state
    hold = _hold_for(state, account, operation.hold)
    check_amount(operation.amount)
    if operation.amount > hold.amount:
        raise Rejection(Code.INVALID_AMOUNT, f"the hold is of {hold.amount} stroops, less than {operation.amount}")
    check_not_suspended(state, hold.asset)
    close_hold(context, hold, HoldOutcome.HOLD_CAPTURED, operation.amount)
    owner = state.vault.accounts[hold.owner]
    state.vault.debit(owner, hold.asset, operation.amount)
    state.vault.credit(account, hold.asset, operation.amount)
    context.emit(owner.key, PaymentSent(account.key, hold.asset, operation.amount))
    context.emit(account.key, PaymentReceived(owner.key, hold.asset, operation.amount))


def execute_release_hold(context: Context, account: Account, operation: ReleaseHold) -> None:
    """Give up a hold: its owner has the money free again.

    Raises:
        Rejection: HOLD_NOT_FOUND.
    """
    close_hold(context, _hold_for(context.state, account, operation.hold), HoldOutcome.HOLD_RELEASED, 0)


def close_hold(context: Context, hold: Hold, outcome: HoldOutcome, captured: int) -> None:
    """End a hold and free its money."""
    vault = context.state.vault
    vault.close_hold(vault.accounts[hold.owner], hold)
    context.mark_number(EntryKind.HOLD, hold.hold_id)
    for key in (hold.owner, hold.beneficiary):
        context.emit(key, HoldClosed(hold.hold_id, hold.asset, outcome, captured))


def _hold_for(state: State, account: Account, hold_id: int) -> Hold:
    hold = state.vault.holds.get(hold_id)
    if hold is None or hold.beneficiary != account.key:
        raise Rejection(Code.HOLD_NOT_FOUND, f"there is no hold {hold_id} for this account")
    return hold
