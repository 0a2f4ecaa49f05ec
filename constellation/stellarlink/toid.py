"""Places on the ledger as one number (SEP-35): ledger << 32 | transaction's place << 12 | operation's place.

Transactions count from 1 in their ledger, operations from 1 in their transaction; place 0 is the ledger or
transaction itself. A cursor is such a number with the meaning "everything up to and including this place is
accounted for".
"""

from typing import Final

LEDGER_END: Final = 0xFFFF_FFFF
"""Low bits of the last place in a ledger."""

TRANSACTION_END: Final = 0xFFF
"""Low bits of the last place in a transaction."""

TOID_MAX: Final = 2**63 - 1
"""Horizon keeps these numbers in a signed 64-bit column."""


def ledger_of(toid: int) -> int:
    """The sequence number of the ledger that holds the place."""
    return toid >> 32


def ledger_end(sequence: int) -> int:
    """The cursor that accounts for the whole ledger."""
    return sequence << 32 | LEDGER_END


def transaction_end(toid: int) -> int:
    """The cursor that accounts for the whole transaction of the place."""
    return toid | TRANSACTION_END


def whole_ledgers(cursor: int) -> int:
    """The sequence number of the last ledger that ``cursor`` accounts for as a whole."""
    return (cursor + 1 >> 32) - 1
