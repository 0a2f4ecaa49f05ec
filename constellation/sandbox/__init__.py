"""A Horizon-compatible Stellar ledger for offline runs and tests.

`Ledger` is the ledger itself: pure, synchronous, driven by whoever calls `close`. `LedgerServer` puts it behind the
HTTP interface that Stellar's SDKs speak.
"""

from constellation.sandbox.assets import Asset
from constellation.sandbox.conversions import Conversion
from constellation.sandbox.journal import Journal, JournalError, Recovery
from constellation.sandbox.ledger import ClosedLedger, Ledger
from constellation.sandbox.queue import Submission, SubmissionStatus
from constellation.sandbox.server import LedgerServer
from constellation.sandbox.settings import LedgerSettings
from constellation.sandbox.transactions import MalformedEnvelopeError

__all__ = [
    "Asset",
    "ClosedLedger",
    "Conversion",
    "Journal",
    "JournalError",
    "Ledger",
    "LedgerServer",
    "LedgerSettings",
    "MalformedEnvelopeError",
    "Recovery",
    "Submission",
    "SubmissionStatus",
]
