"""Withdrawal: locks the money and derives the Stellar transaction that pays it; settles what the ledger did with it."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Code,
    Withdrawal,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
)
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount, check_asset, check_funds
from constellation.quanta.state import EntryKind
from constellation.vault import Account, PreparedWithdrawal, WaitingWithdrawal

_MICROSECONDS = 1_000_000


def execute_withdrawal(context: Context, account: Account, operation: Withdrawal) -> None:
    """Accept a withdrawal and prepare its transaction when a channel is free.

    Raises:
        Rejection: INVALID_AMOUNT, UNKNOWN_ASSET, FORBIDDEN_DESTINATION, INVALID_MEMO, TOO_MANY_WITHDRAWALS,
            INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state = context.state
    check_amount(operation.amount)
    check_asset(state, operation.asset)
    if operation.destination == state.settings.vault or operation.destination in state.desk.channels:
        raise Rejection(Code.FORBIDDEN_DESTINATION, "a withdrawal cannot go to the vault or to one of its channels")
    if operation.memo == "":
        raise Rejection(Code.INVALID_MEMO, "an empty text memo is no memo: leave it out")
    limit = state.settings.limits.withdrawals
    if len(account.withdrawals) >= limit:
        raise Rejection(Code.TOO_MANY_WITHDRAWALS, f"the account has {limit} unsettled withdrawals, which is the limit")
    check_funds(state, account, operation.asset, operation.amount)
    state.vault.lock(account, operation.asset, operation.amount)
    account.withdrawals[context.apex] = None
    state.desk.accept(WaitingWithdrawal(context.apex, account.key, operation))
    context.mark_number(EntryKind.WITHDRAWAL, context.apex)
    context.emit(
        account.key,
        WithdrawalAccepted(context.apex, operation.asset, operation.amount, operation.destination),
    )
    prepare_withdrawals(context)


def prepare_withdrawals(context: Context) -> None:
    """Give waiting withdrawals to free channels."""
    for prepared in context.state.desk.prepare(context.timestamp // _MICROSECONDS):
        withdrawal_id = prepared.waiting.withdrawal_id
        context.mark_number(EntryKind.WITHDRAWAL, withdrawal_id)
        context.mark(EntryKind.CHANNEL, prepared.channel)
        context.emit(
            prepared.waiting.account,
            WithdrawalPrepared(
                withdrawal_id, prepared.channel, prepared.sequence, prepared.max_time_s, prepared.transaction
            ),
        )


def close_withdrawal(context: Context, prepared: PreparedWithdrawal, outcome: WithdrawalOutcome) -> None:
    """Take the money off the account, or free it, as the ledger decided."""
    vault, waiting = context.state.vault, prepared.waiting
    account = vault.accounts[waiting.account]
    settle = vault.pay_out if outcome is WithdrawalOutcome.PAID else vault.unlock
    settle(account, waiting.operation.asset, waiting.operation.amount)
    del account.withdrawals[waiting.withdrawal_id]
    context.mark_number(EntryKind.WITHDRAWAL, waiting.withdrawal_id)
    context.mark(EntryKind.CHANNEL, prepared.channel)
    context.emit(account.key, WithdrawalClosed(waiting.withdrawal_id, outcome, prepared.transaction))
