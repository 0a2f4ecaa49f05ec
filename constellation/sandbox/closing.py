"""Closing a ledger: everything that is computed before anything changes."""

from dataclasses import dataclass

from constellation.sandbox.admission import Moment
from constellation.sandbox.application import apply_transaction, charge_fee
from constellation.sandbox.conversions import Conversions
from constellation.sandbox.headers import close_header
from constellation.sandbox.history import LedgerRecord, TransactionRecord, toid
from constellation.sandbox.settings import LedgerSettings
from constellation.sandbox.state import State
from constellation.sandbox.surge import Selection


@dataclass(frozen=True, slots=True)
class Closing:
    """A ledger that is about to be closed. Together with the ledgers before it, `selection` and `record` say it all.

    Attributes:
        selection: What goes into it.
        conversions: The rates by which it was applied.
        layer: The state after it, over the state before.
        record: Its header and counts.
        transactions: Its transactions with their results.
    """

    selection: Selection
    conversions: Conversions
    layer: State
    record: LedgerRecord
    transactions: tuple[TransactionRecord, ...]


def prepare_closing(
    state: State,
    previous: LedgerRecord,
    close_time: int,
    selection: Selection,
    conversions: Conversions,
    settings: LedgerSettings,
) -> Closing:
    """Applies transactions to a layer over the state.

    Args:
        state: The state after the ledger before; not changed.
        previous: The ledger before. Its settings rule this one.
        close_time: When this one is closed.
        selection: What goes into it.
        conversions: Rates for path payments.
        settings: The settings in its header, which rule the ledger after it.
    """
    moment = Moment(previous.sequence + 1, close_time, previous.settings)
    layer = State(state)
    transactions = _apply(layer, moment, selection, conversions)
    fee_pool = previous.fee_pool + sum(record.fee_charged for record in transactions)
    record = close_header(moment.ledger_sequence, previous.hash, close_time, fee_pool, settings, transactions)
    return Closing(selection, conversions, layer, record, transactions)


def _apply(
    layer: State, moment: Moment, selection: Selection, conversions: Conversions
) -> tuple[TransactionRecord, ...]:
    """Takes all fees, then applies the transactions in the order of their arrival."""
    envelopes = selection.included
    fees = [envelope.charged_fee(selection.base_fee) for envelope in envelopes]
    for envelope, fee in zip(envelopes, fees, strict=True):
        charge_fee(layer, envelope, fee)
    records = []
    for index, (envelope, fee) in enumerate(zip(envelopes, fees, strict=True), start=1):
        applied = apply_transaction(layer, moment, envelope, fee, conversions)
        record = TransactionRecord(
            toid=toid(moment.ledger_sequence, index),
            ledger=moment.ledger_sequence,
            closed_at=moment.close_time,
            envelope=envelope,
            result=applied.result,
            fee_charged=fee,
            effects=applied.effects,
        )
        records.append(record)
    return tuple(records)
