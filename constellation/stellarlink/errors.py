"""What can go wrong between this node and the Stellar network.

::

    StellarLinkError                      base; a ConstellationError, so it carries a stable code
    ├── NetworkUnavailable   NOT_READY              no usable answer: try again later (RETRY)
    │   └── MalformedAnswer  MALFORMED              an answer that is not what Horizon documents
    ├── NetworkMismatch      WRONG_CONSTELLATION    another Stellar network answers: never retried
    ├── HistoryGap           LEDGER_CONTRADICTION   ledgers are missing: history too short, or with holes
    ├── LedgerContradiction  LEDGER_CONTRADICTION   two answers about the ledger exclude each other
    ├── UndecodableTransaction  MALFORMED           a transaction of the vault that this version cannot read
    └── BootstrapError       NOT_READY              the vault could not be created, and why

An error here stops this node from reporting on the ledger until it is gone; it never stops the constellation,
because the other auditors read the ledger through servers of their own.
"""

from constellation.protocol.errors import ConstellationError
from constellation.protocol.messages import Code


class StellarLinkError(ConstellationError):
    """Base of everything that goes wrong between this node and the Stellar network."""


class NetworkUnavailable(StellarLinkError):
    """The network gave no usable answer; the same question may be answered later.

    Args:
        message: what was asked and what happened.
        retry_after_s: how long the server wants to be left alone, if it said so.
        code: overridden by subclasses.
    """

    def __init__(self, message: str, retry_after_s: float | None = None, *, code: Code = Code.NOT_READY) -> None:
        super().__init__(code, message)
        self.retry_after_s = retry_after_s


class MalformedAnswer(NetworkUnavailable):
    """The network's answer is not what its interface documents; another try may meet a healthier server."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code=Code.MALFORMED)


class NetworkMismatch(StellarLinkError):
    """The server belongs to another Stellar network than the constellation."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            Code.WRONG_CONSTELLATION,
            f"the constellation lives on network {expected!r}, the server on {found!r}",
        )


class HistoryGap(StellarLinkError):
    """The server cannot show every ledger after the one that is accounted for.

    Args:
        expected: the sequence number of the ledger that should come next.
        found: the one that the server offers instead.
    """

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            Code.LEDGER_CONTRADICTION,
            f"ledger {expected} is needed next, the server goes on with {found}: use one with more history",
        )
        self.expected = expected
        self.found = found


class LedgerContradiction(StellarLinkError):
    """Two answers about the ledger exclude each other."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.LEDGER_CONTRADICTION, message)


class UndecodableTransaction(StellarLinkError):
    """A transaction that may concern the vault cannot be read; it is never skipped.

    Args:
        transaction_hash: of the transaction as the ledger included it, hexadecimal.
        reason: what does not fit.
    """

    def __init__(self, transaction_hash: str, reason: str) -> None:
        super().__init__(Code.MALFORMED, f"transaction {transaction_hash} cannot be read: {reason}")
        self.transaction_hash = transaction_hash


class BootstrapError(StellarLinkError):
    """The vault could not be created; nothing that was done is hidden by the message."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.NOT_READY, message)
