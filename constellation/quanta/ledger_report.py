"""What a report on the ledger must satisfy before it can become part of the state."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AssetIdentity,
    ChannelTransaction,
    ClaimableDeposit,
    Code,
    LedgerDeposit,
    LedgerEvent,
    LedgerReport,
    VaultClawback,
    VaultTransaction,
)
from constellation.quanta.state import State
from constellation.vault import ClaimTask, PreparedTask, RefundTask, WithdrawalTask


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
        place = event_place(event)
        if place <= position:
            raise _contradiction(f"event {place} is not after {position}")
        position = place
        match event:
            case LedgerDeposit() | ClaimableDeposit() | VaultClawback():
                if event.amount <= 0:
                    raise _contradiction(f"event {place} has no positive amount")
                if isinstance(event, LedgerDeposit):
                    _add(state, gains, event.asset, event.amount)
            case ChannelTransaction():
                _check_channel(state, event, gains)
    if report.cursor < position or report.cursor <= report.previous:
        raise _contradiction(f"cursor {report.cursor} is behind its own events or the previous cursor")


def event_place(event: LedgerEvent) -> int:
    """Where on the ledger an event is."""
    return event.transaction_id if isinstance(event, ChannelTransaction | VaultTransaction) else event.operation


def _check_channel(state: State, event: ChannelTransaction, gains: dict[int, int]) -> None:
    if event.channel not in state.desk.channels:
        raise _contradiction("a channel transaction names an account that is no channel")
    done = state.desk.done_by(event.channel, event.transaction)
    if done is None or not event.successful:
        return
    identity, amount = _moved(state, done)
    _add(state, gains, identity, amount)


def _moved(state: State, prepared: PreparedTask) -> tuple[AssetIdentity, int]:
    """What a task brings into the vault, or takes out of it."""
    match prepared.task:
        case WithdrawalTask(operation=operation):
            return state.assets.identity(operation.asset), -operation.amount
        case RefundTask(entry=entry):
            return entry.asset, -entry.amount
        case ClaimTask(deposit=deposit):
            return deposit.asset, deposit.amount
        case _:
            return None, 0


def _add(state: State, gains: dict[int, int], identity: AssetIdentity, amount: int) -> None:
    asset = state.assets.find(identity)
    if asset is None:
        return
    gains[asset] += amount
    if not state.vault.can_receive_from_ledger(asset, gains[asset]):
        raise _contradiction(f"more of asset {asset} arrives than the vault can hold on the ledger")


def _contradiction(message: str) -> Rejection:
    return Rejection(Code.LEDGER_CONTRADICTION, message)
