"""What can go wrong between this node and the Stellar network.

::

    StellarLinkError                      base; a ConstellationError, so it carries a stable code
    ├── NetworkUnavailable   NOT_READY              no usable answer: try again later (RETRY)
    │   ├── MalformedAnswer  MALFORMED              an answer that is not what the network's interface documents
    │   ├── RateLimited      NOT_READY              the server wants to be asked less often
    │   ├── HistoryGone      NOT_READY              the server has removed what it was asked for
    │   ├── ServerBehind     NOT_READY              the server has not got as far as the constellation
    │   └── ServerStalled    NOT_READY              the server answers, and its newest ledger is old
    ├── NetworkMismatch      WRONG_CONSTELLATION    another Stellar network answers: never used
    ├── HistoryGap           LEDGER_CONTRADICTION   ledgers are missing: history too short, or with holes
    ├── LedgerContradiction  LEDGER_CONTRADICTION   two answers about the ledger exclude each other
    │   └── LedgerReset      LEDGER_CONTRADICTION   this is not the ledger that was accounted for
    ├── UndecodableTransaction  MALFORMED           a transaction of the vault that this version cannot read
    └── BootstrapError       NOT_READY              the vault could not be created, and why

An error here stops this node from reporting on the ledger until it is gone; it never stops the constellation,
because the other auditors read the ledger through servers of their own.
"""

from typing import ClassVar

from constellation.protocol.errors import ConstellationError
from constellation.protocol.messages import Code


class StellarLinkError(ConstellationError):
    """Base of everything that goes wrong between this node and the Stellar network.

    Attributes:
        kind: one word for counting.
    """

    kind: ClassVar[str] = "other"


class NetworkUnavailable(StellarLinkError):
    """The network gave no usable answer; the same question may be answered later.

    Args:
        message: what was asked and what happened.
        retry_after_s: how long the server wants to be left alone, if it said so.
        code: overridden by subclasses.
    """

    kind = "unavailable"

    def __init__(self, message: str, retry_after_s: float | None = None, *, code: Code = Code.NOT_READY) -> None:
        super().__init__(code, message)
        self.retry_after_s = retry_after_s


class MalformedAnswer(NetworkUnavailable):
    """The network's answer is not what its interface documents; another try may meet a healthier server."""

    kind = "malformed"

    def __init__(self, message: str) -> None:
        super().__init__(message, code=Code.MALFORMED)


class RateLimited(NetworkUnavailable):
    """The server was asked too often."""

    kind = "rate_limited"


class HistoryGone(NetworkUnavailable):
    """The server has removed the history that it was asked for."""

    kind = "history"


class ServerBehind(NetworkUnavailable):
    """The server has not got as far as the ledger that the constellation accounts for: it lags, and catches up."""

    kind = "behind"

    def __init__(self, found: int, accounted: int) -> None:
        super().__init__(f"the server is at ledger {found}, {accounted} is accounted for: it lags behind")


class ServerStalled(NetworkUnavailable):
    """The server answers, and its newest ledger is too old."""

    kind = "stalled"


class NetworkMismatch(StellarLinkError):
    """The server belongs to another Stellar network than the constellation."""

    kind = "wrong_network"

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

    kind = "history"

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            Code.LEDGER_CONTRADICTION,
            f"ledger {expected} is needed next, the server goes on with {found}: use one with more history",
        )
        self.expected = expected
        self.found = found


class LedgerContradiction(StellarLinkError):
    """Two answers about the ledger exclude each other."""

    kind = "contradiction"

    def __init__(self, message: str) -> None:
        super().__init__(Code.LEDGER_CONTRADICTION, message)


class LedgerReset(LedgerContradiction):
    """The server shows a ledger that cannot be the one that was accounted for."""

    kind = "reset"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason}: the network was reset, or the server shows another ledger. This constellation belongs to the "
            "ledger before; after a reset it cannot go on and must be created anew"
        )


class UndecodableTransaction(StellarLinkError):
    """A transaction that may concern the vault cannot be read; it is never skipped.

    Args:
        transaction_hash: of the transaction as the ledger included it, hexadecimal.
        reason: what does not fit.
    """

    kind = "undecodable"

    def __init__(self, transaction_hash: str, reason: str) -> None:
        super().__init__(Code.MALFORMED, f"transaction {transaction_hash} cannot be read: {reason}")
        self.transaction_hash = transaction_hash


class BootstrapError(StellarLinkError):
    """The vault could not be created; nothing that was done is hidden by the message."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.NOT_READY, message)
