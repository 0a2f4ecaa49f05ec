"""Ledger commit: what a quorum of auditors saw on the Stellar ledger becomes part of the state.

A report covers the ledger from the committed cursor to a later one without a gap, so nothing can be counted twice
or left out. A transaction of the vault that no ledger included lapses only when a ledger has closed after its time
bound (design, section 8).

=====================================  ==============================================================================
on the ledger                          what becomes of it
=====================================  ==============================================================================
deposit                                credited, or kept in suspense (:mod:`constellation.quanta.deposits`)
claimable balance                      claimed by a transaction of the vault, then a deposit; ignored when unlisted,
                                       below the minimum deposit, or when too many are to be claimed already
transaction of a channel               settles the task that it does; one that nobody asked for suspends every asset
other transaction of the vault         suspends every asset
clawback, authorization withdrawn      suspends the asset
=====================================  ==============================================================================
"""

from constellation.protocol.errors import Rejection, VerificationError
from constellation.protocol.limits import CLAIMS_MAX
from constellation.protocol.messages import (
    ChannelTransaction,
    ClaimableDeposit,
    ClaimIgnored,
    LedgerAdvanced,
    LedgerCommit,
    LedgerDeposit,
    SuspensionReason,
    UnknownChannelTransaction,
    UnknownVaultTransaction,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
    WithdrawalOutcome,
)
from constellation.protocol.quorum import check_quorum
from constellation.protocol.signing import Purpose, signing_hash
from constellation.quanta.context import Context
from constellation.quanta.deposits import credit
from constellation.quanta.ledger_report import check_report
from constellation.quanta.state import EntryKind
from constellation.quanta.suspensions import suspend
from constellation.quanta.tasks import close_task, prepare_tasks, queue_task
from constellation.vault import ClaimTask

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
                credit(context, event, state.assets.find(event.asset))
            case ChannelTransaction():
                _settle(context, event)
            case ClaimableDeposit():
                _claim(context, event)
            case VaultClawback():
                _suspend(context, state.assets.find(event.asset), SuspensionReason.CLAWED_BACK)
            case VaultAuthorization(authorized=False):
                _suspend(context, state.assets.find(event.asset), SuspensionReason.NOT_AUTHORIZED)
            case VaultTransaction():
                context.emit_system(UnknownVaultTransaction(event.transaction))
                _suspend_all(context)
    if report.cursor & _LEDGER_END == _LEDGER_END:
        for prepared in state.desk.lapse(report.closed_at_s):
            close_task(context, prepared, WithdrawalOutcome.LAPSED)
    state.ledger_cursor = report.cursor
    state.ledger_closed_at_s = report.closed_at_s
    context.emit_system(LedgerAdvanced(report.cursor, report.closed_at_s))
    prepare_tasks(context)


def _settle(context: Context, event: ChannelTransaction) -> None:
    prepared = context.state.desk.settle(event.channel, event.sequence, event.transaction)
    context.mark(EntryKind.CHANNEL, event.channel)
    if prepared is None:
        context.emit_system(UnknownChannelTransaction(event.transaction, event.channel, event.sequence))
        if event.successful:
            _suspend_all(context)
        return
    outcome = WithdrawalOutcome.PAID if event.successful else WithdrawalOutcome.FAILED
    close_task(context, prepared, outcome)


def _claim(context: Context, event: ClaimableDeposit) -> None:
    state = context.state
    asset = state.assets.find(event.asset)
    is_worth_it = asset is not None and event.amount >= state.assets.minimum_deposit(asset)
    if not is_worth_it or len(state.claims) >= CLAIMS_MAX:
        context.emit_system(ClaimIgnored(event.operation, event.balance, event.asset, event.amount, event.source))
        return
    task = state.claims[event.operation] = ClaimTask(context.apex, event, asset)
    queue_task(context, task)


def _suspend(context: Context, asset: int | None, reason: SuspensionReason) -> None:
    if asset is not None:
        suspend(context, asset, reason)


def _suspend_all(context: Context) -> None:
    for asset in range(len(context.state.assets)):
        suspend(context, asset, SuspensionReason.UNKNOWN_VAULT_TRANSACTION)
