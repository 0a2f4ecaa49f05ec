"""What auditors saw on the ledger."""

import re

from constellation.protocol.limits import CLAIMS_MAX
from constellation.protocol.messages import (
    ChannelTransaction,
    ClaimableDeposit,
    ClaimIgnored,
    Code,
    LedgerAdvanced,
    LedgerCommit,
    LedgerDeposit,
    LedgerEvent,
    LedgerReport,
    SuspensionReason,
    UnknownChannelTransaction,
    UnknownVaultTransaction,
    VaultAuthorization,
    VaultClawback,
    VaultTaskType,
    VaultTransaction,
    WithdrawalOutcome,
)
from constellation.testing.naive.deposits import deposit
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LARGEST, NaiveTask
from constellation.testing.naive.signatures import LEDGER_REPORT, why_refuse_signatures
from constellation.testing.naive.tasks import carried_by, close, suspend, use_free_channels

_END_OF_LEDGER = 2**32 - 1


def why_refuse(model: NaiveModel, commit: LedgerCommit) -> Code | None:
    """The code that a report is refused with, if it is."""
    if not _fits(model, commit.report):
        return Code.LEDGER_CONTRADICTION
    return why_refuse_signatures(model.settings, LEDGER_REPORT, commit.report.to_xdr(), commit.signatures)


def _fits(model: NaiveModel, report: LedgerReport) -> bool:
    """Whether ``report`` goes on where the last one ended, in order, with nothing impossible in it."""
    if report.previous != model.cursor or report.closed_at_s < model.closed_at_s:
        return False
    places = [
        event.transaction_id if isinstance(event, ChannelTransaction | VaultTransaction) else event.operation
        for event in report.events
    ]
    if [report.previous, *places] != sorted({report.previous, *places}):
        return False
    if report.cursor < max(report.previous + 1, *places, 0):
        return False
    return all(_is_possible(model, event) for event in report.events)


def _is_possible(model: NaiveModel, event: LedgerEvent) -> bool:
    if isinstance(event, ChannelTransaction):
        return event.channel in model.sequences and 0 <= event.sequence < LARGEST
    if isinstance(event, VaultTransaction):
        return True
    if event.asset is not None and not re.fullmatch("[0-9A-Za-z]{1,12}", event.asset.code):
        return False
    return isinstance(event, VaultAuthorization) or event.amount > 0


def apply(model: NaiveModel, report: LedgerReport) -> None:
    """What the ledger did becomes true here."""
    for event in report.events:
        _apply_event(model, event)
    if report.cursor % 2**32 == _END_OF_LEDGER:
        for task in [carried_by(model, channel) for channel in model.sequences]:
            if task is not None and task.transaction is not None and task.transaction.max_time_s < report.closed_at_s:
                close(model, task, WithdrawalOutcome.LAPSED)
    model.cursor, model.closed_at_s = report.cursor, report.closed_at_s
    model.tell_all(LedgerAdvanced(report.cursor, report.closed_at_s))
    use_free_channels(model)


def _apply_event(model: NaiveModel, event: LedgerEvent) -> None:
    everything = range(len(model.settings.assets))
    match event:
        case LedgerDeposit():
            deposit(model, event)
        case ChannelTransaction():
            model.sequences[event.channel] = event.sequence
            task = carried_by(model, event.channel)
            if task is not None and task.transaction is not None and task.transaction.digest == event.transaction:
                close(model, task, WithdrawalOutcome.PAID if event.successful else WithdrawalOutcome.FAILED)
                return
            model.tell_all(UnknownChannelTransaction(event.transaction, event.channel, event.sequence))
            if event.successful:
                _suspend(model, list(everything), SuspensionReason.UNKNOWN_VAULT_TRANSACTION)
        case ClaimableDeposit():
            asset = model.listed(event.asset)
            claims = [task for task in model.tasks if task.kind is VaultTaskType.CLAIM_TASK]
            is_worth_it = asset is not None and event.amount >= model.settings.assets[asset].minimum_deposit
            if is_worth_it and len(claims) < CLAIMS_MAX:
                model.tasks.append(NaiveTask(VaultTaskType.CLAIM_TASK, event.operation, model.apex, event))
                return
            facts = event.operation, event.balance, event.asset, event.amount, event.source
            model.tell_all(ClaimIgnored(*facts))
        case VaultClawback():
            _suspend(model, [model.listed(event.asset)], SuspensionReason.CLAWED_BACK)
        case VaultAuthorization():
            if not event.authorized:
                _suspend(model, [model.listed(event.asset)], SuspensionReason.NOT_AUTHORIZED)
        case VaultTransaction():
            model.tell_all(UnknownVaultTransaction(event.transaction))
            _suspend(model, list(everything), SuspensionReason.UNKNOWN_VAULT_TRANSACTION)


def _suspend(model: NaiveModel, assets: list[int] | list[int | None], reason: SuspensionReason) -> None:
    for asset in assets:
        if asset is not None:
            suspend(model, asset, reason)
