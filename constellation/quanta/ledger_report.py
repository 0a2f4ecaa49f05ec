"""What a report on the ledger must satisfy before it can become part of the state."""

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    ChannelTransaction,
    Code,
    LedgerEvent,
    LedgerReport,
    VaultAuthorization,
    VaultTransaction,
)
from constellation.quanta.genesis import is_asset_code
from constellation.quanta.state import State


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
    for event in report.events:
        place = event_place(event)
        if place <= position:
            raise _contradiction(f"event {place} is not after {position}")
        position = place
        _check_event(state, place, event)
    if report.cursor < position or report.cursor <= report.previous:
        raise _contradiction(f"cursor {report.cursor} is behind its own events or the previous cursor")


def event_place(event: LedgerEvent) -> int:
    """Where on the ledger an event is."""
    return event.transaction_id if isinstance(event, ChannelTransaction | VaultTransaction) else event.operation


def _check_event(state: State, place: int, event: LedgerEvent) -> None:
    if isinstance(event, VaultTransaction):
        return
    if isinstance(event, ChannelTransaction):
        if event.channel not in state.desk.channels:
            raise _contradiction("a channel transaction names an account that is no channel")
        if not 0 <= event.sequence < INT64_MAX:
            raise _contradiction(f"event {place} leaves its channel no next sequence number")
        return
    if event.asset is not None and not is_asset_code(event.asset.code):
        raise _contradiction(f"event {place} names an asset that no ledger can have")
    if not isinstance(event, VaultAuthorization) and event.amount <= 0:
        raise _contradiction(f"event {place} has no positive amount")


def _contradiction(message: str) -> Rejection:
    return Rejection(Code.LEDGER_CONTRADICTION, message)
