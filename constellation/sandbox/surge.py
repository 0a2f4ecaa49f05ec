"""Surge pricing: which pending transactions a full ledger takes, and what they pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from constellation.sandbox.settings import LedgerSettings
from constellation.sandbox.transactions import Envelope


@dataclass(frozen=True, slots=True)
class Selection:
    """What goes into a ledger.

    Attributes:
        included: The transactions, in the order of their arrival.
        base_fee: What each pays for an operation, unless it has bid less.
    """

    included: list[Envelope]
    base_fee: int


def fee_rate(envelope: Envelope) -> Fraction:
    """Returns what a transaction bids for an operation."""
    return Fraction(envelope.max_fee, envelope.fee_units)


def select(pending: Sequence[Envelope], settings: LedgerSettings) -> Selection:
    """Takes the transactions with the highest bids. If not all fit, everybody pays the lowest bid that was taken."""
    room = settings.capacity_operations
    if sum(envelope.fee_units for envelope in pending) <= room:
        return Selection(list(pending), settings.base_fee_stroops)
    chosen: dict[bytes, Envelope] = {}
    for envelope in sorted(pending, key=fee_rate, reverse=True):
        if envelope.fee_units <= room:
            room -= envelope.fee_units
            chosen[envelope.hash] = envelope
    included = [envelope for envelope in pending if envelope.hash in chosen]
    bids = (-(-envelope.max_fee // envelope.fee_units) for envelope in included)
    return Selection(included, min(bids, default=settings.base_fee_stroops))
