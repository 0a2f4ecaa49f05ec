"""Ledger commit: what a quorum of auditors saw on the Stellar ledger becomes part of the state.

A report covers the ledger from the committed cursor to a later one without a gap, so nothing can be counted twice
or left out. A deposit that cannot be attributed goes to suspense. A withdrawal's transaction that no ledger
included lapses only when a ledger has closed after its time bound (design, section 8).
"""

from constellation.protocol.errors import Rejection, VerificationError
from constellation.protocol.messages import (
    AccountOpened,
    ChannelTransaction,
    Code,
    DepositCredited,
    LedgerAdvanced,
    LedgerCommit,
    LedgerDeposit,
    LedgerReport,
    SuspenseAdded,
    SuspenseEntry,
    SuspenseReason,
    UnknownChannelTransaction,
    WithdrawalOutcome,
)
from constellation.protocol.quorum import check_quorum
from constellation.protocol.signing import Purpose, signing_hash
from constellation.quanta.context import Context
from constellation.quanta.state import EntryKind, State
from constellation.quanta.withdrawal import close_withdrawal, prepare_withdrawals
from constellation.vault import RESERVE_ASSET

_LEDGER_END = 0xFFFF_FFFF


def execute_ledger_commit(context: Context, commit: LedgerCommit) -> None:
    """Apply a report that a quorum of auditors signed.

    Raises:
        Rejection: the report does not continue the cursor, is not well-formed or lacks signatures.
    """
    state, report = context.state, commit.report
    check_report(state, report)
    digest = signing_hash(Purpose.LEDGER_REPORT, state.constellation, report.to_xdr())
    try:
        check_quorum(state.settings, digest, commit.signatures)
    except VerificationError as error:
        raise Rejection(error.code, error.message) from None
    for event in report.events:
        match event:
            case LedgerDeposit():
                _credit(context, event)
            case ChannelTransaction():
                _settle(context, event)
    if report.cursor & _LEDGER_END == _LEDGER_END:
        for prepared in state.desk.lapse(report.closed_at_s):
            close_withdrawal(context, prepared, WithdrawalOutcome.LAPSED)
    state.ledger_cursor = report.cursor
    state.ledger_closed_at_s = report.closed_at_s
    context.emit_system(LedgerAdvanced(report.cursor, report.closed_at_s))
    prepare_withdrawals(context)


def check_report(state: State, report: LedgerReport) -> None:
    """Check that ``report`` continues the ledger from the committed cursor and is well-formed.

    Raises:
        Rejection: LEDGER_CONTRADICTION, naming what does not fit.
    """
    if report.previous != state.ledger_cursor:
        raise _contradiction(f"the report continues cursor {report.previous}, the state is at {state.ledger_cursor}")
    if report.closed_at_s < state.ledger_closed_at_s:
        raise _contradiction(f"close time {report.closed_at_s} is before that of an earlier ledger")
    position = report.previous
    gains = dict.fromkeys(range(len(state.assets)), 0)
    for event in report.events:
        place = event.operation if isinstance(event, LedgerDeposit) else event.transaction_id
        if place <= position:
            raise _contradiction(f"event {place} is not after {position}")
        position = place
        if isinstance(event, LedgerDeposit):
            _check_deposit(state, event, gains)
            continue
        if event.channel not in state.desk.channels:
            raise _contradiction("a channel transaction names an account that is no channel")
        paid = state.desk.paid_by(event.channel, event.transaction)
        if paid is not None and event.successful:
            gains[paid.waiting.operation.asset] -= paid.waiting.operation.amount
    if report.cursor < position or report.cursor <= report.previous:
        raise _contradiction(f"cursor {report.cursor} is behind its own events or the previous cursor")


def _check_deposit(state: State, event: LedgerDeposit, gains: dict[int, int]) -> None:
    if event.amount <= 0:
        raise _contradiction(f"deposit {event.operation} has no positive amount")
    asset = state.assets.find(event.asset)
    if asset is not None:
        gains[asset] += event.amount
        if not state.vault.can_receive_from_ledger(asset, gains[asset]):
            raise _contradiction(f"deposit {event.operation} is more than the vault can hold on the ledger")


def _contradiction(message: str) -> Rejection:
    return Rejection(Code.LEDGER_CONTRADICTION, message)


def _credit(context: Context, event: LedgerDeposit) -> None:
    state = context.state
    asset = state.assets.find(event.asset)
    reason = _suspense_reason(state, asset, event)
    if reason is not None:
        _suspend(context, event, asset, reason)
        return
    assert asset is not None
    account = state.vault.accounts.get(event.source)
    if account is None:
        account = state.vault.open_account(event.source)
        context.emit(account.key, AccountOpened(account.key))
    state.vault.deposit(account, asset, event.amount)
    context.emit(account.key, DepositCredited(asset, event.amount, event.transaction, event.operation))


def _suspense_reason(state: State, asset: int | None, event: LedgerDeposit) -> SuspenseReason | None:
    if asset is None:
        return SuspenseReason.UNKNOWN_LEDGER_ASSET
    if event.amount < state.assets.minimum_deposit(asset):
        return SuspenseReason.BELOW_MINIMUM_DEPOSIT
    if event.source in state.vault.accounts:
        return None
    opens = asset == RESERVE_ASSET and event.amount >= state.settings.minimum_balance
    return None if opens and event.source != state.settings.vault else SuspenseReason.ACCOUNT_NOT_OPEN


def _suspend(context: Context, event: LedgerDeposit, asset: int | None, reason: SuspenseReason) -> None:
    state = context.state
    if asset is not None:
        state.vault.held[asset] += event.amount
    entry = SuspenseEntry(event.operation, event.asset, event.amount, event.source, event.transaction)
    state.suspense.add(entry, asset)
    context.mark_number(EntryKind.SUSPENSE, event.operation)
    context.emit_system(
        SuspenseAdded(event.operation, event.asset, event.amount, event.source, event.transaction, reason)
    )


def _settle(context: Context, event: ChannelTransaction) -> None:
    prepared = context.state.desk.settle(event.channel, event.sequence, event.transaction)
    context.mark(EntryKind.CHANNEL, event.channel)
    if prepared is None:
        context.emit_system(UnknownChannelTransaction(event.transaction, event.channel, event.sequence))
        return
    outcome = WithdrawalOutcome.PAID if event.successful else WithdrawalOutcome.FAILED
    close_withdrawal(context, prepared, outcome)
