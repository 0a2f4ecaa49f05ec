"""Fee bumps: alpha pays more for a transaction that is signed already, from an account of its own.

The inner transaction and its signatures stay as they are, so no auditor is asked again, and its hash remains its name.
A bid is a rate, in stroops per operation, as the ledger compares them; the bump itself counts as one operation more.
"""

from dataclasses import dataclass
from typing import Final

from stellar_sdk import FeeBumpTransaction, FeeBumpTransactionEnvelope, TransactionEnvelope

from constellation.protocol.signing import Signer
from constellation.stellarlink.network import FeeStats
from constellation.stellarlink.signatures import decorated

REPLACEMENT_FACTOR: Final = 10
"""stellar-core lets a bump take the place of a pending transaction only for ten times its rate."""

_REFUSED_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Bid:
    """What a task's transaction offers the ledger.

    Attributes:
        rate: stroops per operation.
        is_refused: the ledger asks for more.
        may_be_pending: it may wait in the ledger's queue, where only much more takes its place.
    """

    rate: int
    is_refused: bool
    may_be_pending: bool


class FeeBumper:
    """Wraps signed transactions into others that pay more.

    Args:
        signer: of the account that pays.
        max_stroops: the most for one transaction.
        network_passphrase: of the ledger.
    """

    def __init__(self, signer: Signer, max_stroops: int, network_passphrase: str) -> None:
        self._signer = signer
        self._max_stroops = max_stroops
        self._passphrase = network_passphrase

    @property
    def address(self) -> str:
        """The account that pays."""
        return self._signer.address

    def raise_bid(self, bid: Bid, operations: int, stats: FeeStats) -> int | None:
        """The rate to offer next; None when the cap does not allow one that helps.

        Args:
            bid: what was offered last.
            operations: of the inner transaction.
            stats: what others offer.
        """
        factor = REPLACEMENT_FACTOR if bid.may_be_pending else _REFUSED_FACTOR if bid.is_refused else 1
        least = bid.rate * REPLACEMENT_FACTOR if bid.may_be_pending else bid.rate + 1
        wanted = max(stats.base_fee, stats.max_fee_p95, bid.rate * factor)
        rate = min(wanted, self._max_stroops // (operations + 1))
        return rate if rate >= least else None

    def wrap(self, inner: TransactionEnvelope, rate: int) -> str:
        """The base64 envelope of a bump that offers ``rate`` for ``inner``, which is signed."""
        fee = rate * (len(inner.transaction.operations) + 1)
        envelope = FeeBumpTransactionEnvelope(FeeBumpTransaction(self.address, fee, inner), self._passphrase)
        envelope.signatures = [decorated(self._signer.public, self._signer.sign_transaction(envelope.signature_base()))]
        return envelope.to_xdr()
