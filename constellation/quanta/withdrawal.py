"""Withdrawal and closing of an account: lock the money and derive the Stellar transaction that pays it."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CloseAccount,
    Code,
    LedgerDestination,
    Withdrawal,
    WithdrawalAccepted,
)
from constellation.quanta.approvals import needs_approval, withhold
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount, check_asset, check_funds
from constellation.quanta.state import State
from constellation.quanta.suspensions import check_not_suspended
from constellation.quanta.tasks import prepare_tasks, queue_task
from constellation.vault import RESERVE_ASSET, Account, WithdrawalTask


def execute_withdrawal(context: Context, account: Account, operation: Withdrawal) -> None:
    """Accept a withdrawal and prepare its transaction when a channel is free.

    Raises:
        Rejection: INVALID_AMOUNT, UNKNOWN_ASSET, SUSPENDED_ASSET, FORBIDDEN_DESTINATION, INVALID_MEMO,
            TOO_MANY_WITHDRAWALS, INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state = context.state
    check_amount(operation.amount)
    check_asset(state, operation.asset)
    check_not_suspended(state, operation.asset)
    _check_destination(state, operation.destination, operation.asset)
    limit = state.settings.limits.withdrawals
    if len(account.withdrawals) >= limit:
        raise Rejection(Code.TOO_MANY_WITHDRAWALS, f"the account has {limit} unsettled withdrawals, which is the limit")
    check_funds(state, account, operation.asset, operation.amount)
    _accept(context, account, operation)


def execute_close_account(context: Context, account: Account, operation: CloseAccount) -> None:
    """Withdraw all lumens, the minimum balance with them.

    The account keeps its counters, so that nothing it has signed can be executed again when it is opened anew.

    Raises:
        Rejection: SUSPENDED_ASSET, FORBIDDEN_DESTINATION, INVALID_MEMO, ACCOUNT_NOT_EMPTY or INSUFFICIENT_FUNDS.
    """
    state = context.state
    check_not_suspended(state, RESERVE_ASSET)
    _check_destination(state, operation.destination, RESERVE_ASSET)
    if account.orders or account.withdrawals or account.holds:
        raise Rejection(Code.ACCOUNT_NOT_EMPTY, "cancel open orders and wait for withdrawals and holds before closing")
    others = [asset for asset in sorted(account.balances) if asset != RESERVE_ASSET and account.balances[asset].amount]
    if others:
        raise Rejection(Code.ACCOUNT_NOT_EMPTY, f"withdraw all else before closing: there is still asset {others[0]}")
    lumens = account.balances.get(RESERVE_ASSET)
    if lumens is None or not lumens.amount:
        raise Rejection(Code.INSUFFICIENT_FUNDS, "the account has no lumens to withdraw")
    _accept(context, account, Withdrawal(RESERVE_ASSET, lumens.amount, operation.destination))


def _check_destination(state: State, destination: LedgerDestination, asset: int) -> None:
    if destination.account == state.settings.vault or destination.account in state.desk.channels:
        raise Rejection(Code.FORBIDDEN_DESTINATION, "a withdrawal cannot go to the vault or to one of its channels")
    if destination.memo == "":
        raise Rejection(Code.INVALID_MEMO, "an empty text memo is no memo: leave it out")
    if destination.memo is not None and destination.muxed_id is not None:
        raise Rejection(Code.INVALID_MEMO, "a muxed address has its own id: leave out the memo")
    if destination.creates and asset != RESERVE_ASSET:
        raise Rejection(Code.FORBIDDEN_DESTINATION, "only lumens create an account on the ledger")
    if destination.creates and destination.muxed_id is not None:
        raise Rejection(Code.FORBIDDEN_DESTINATION, "a muxed address cannot be created: create its account")


def _accept(context: Context, account: Account, operation: Withdrawal) -> None:
    context.state.vault.lock(account, operation.asset, operation.amount)
    account.add_withdrawal(context.apex)
    context.emit(
        account.key,
        WithdrawalAccepted(context.apex, operation.asset, operation.amount, operation.destination.account),
    )
    task = WithdrawalTask(context.apex, account.key, operation)
    if needs_approval(context.state, operation):
        withhold(context, task)
    queue_task(context, task)
    prepare_tasks(context)
