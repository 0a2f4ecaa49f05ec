"""The one small interface to a Stellar network; whatever can answer these calls can serve a constellation.

:class:`~constellation.stellarlink.horizon.HorizonNetwork` is the implementation for Horizon, and nothing outside the
modules ``horizon*`` knows of it: a backend for Stellar RPC is another class with these methods
(``getNetwork`` and ``getHealth``, ``getLedgerEntries``, ``getLedgers``, ``getTransactions``, ``sendTransaction``,
``getTransaction``, ``getFeeStats``) beside it. Places on the ledger (:mod:`constellation.stellarlink.toid`) are the
same numbers in both. Several servers are one network again in a :class:`~constellation.stellarlink.pool.NetworkPool`.

Amounts are int64 stroops, times are whole seconds since 1970 UTC, keys are in Stellar's text form because that is how
networks are asked.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from constellation.stellarlink.ledger_account import AccountFlags, LedgerAccount, LedgerBalance

__all__ = [
    "AccountFlags",
    "FeeStats",
    "LedgerAccount",
    "LedgerBalance",
    "LedgerRecord",
    "NetworkInfo",
    "StellarNetwork",
    "SubmitOutcome",
    "SubmitStatus",
    "TransactionPage",
    "TransactionRecord",
]


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """Which network answers and how far it is.

    Attributes:
        passphrase: the network's name; hashes of transactions depend on it.
        latest_ledger: the last ledger whose history can be read.
        latest_closed_at_s: its close time.
        oldest_ledger: the first ledger whose history can be read.
        base_fee: the least fee per operation, in stroops.
        base_reserve: what each entry of an account locks, in stroops.
    """

    passphrase: str
    latest_ledger: int
    latest_closed_at_s: int
    oldest_ledger: int
    base_fee: int
    base_reserve: int


@dataclass(frozen=True, slots=True)
class FeeStats:
    """What transactions offer and pay at present, in stroops per operation.

    Attributes:
        last_ledger: the ledger up to which this is true.
        base_fee: what the last ledger asked for at least.
        max_fee_p95: 95 of 100 recent transactions offered no more.
    """

    last_ledger: int
    base_fee: int
    max_fee_p95: int


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A closed ledger.

    Attributes:
        sequence: its number.
        closed_at_s: its close time.
        hash: hexadecimal; None where the network does not tell it.
        previous_hash: of the ledger before; None where the network does not tell it.
    """

    sequence: int
    closed_at_s: int
    hash: str | None = None
    previous_hash: str | None = None


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A transaction that a ledger included, successful or not.

    Attributes:
        toid: its place (see :mod:`constellation.stellarlink.toid`).
        hash: as the ledger included it, hexadecimal; of a fee bump, the outer hash.
        ledger: the ledger's number.
        successful: whether its operations took effect.
        source: the source account; of a fee bump, the inner transaction's.
        sequence: the source account's sequence number that it used.
        envelope_xdr: base64.
        result_xdr: base64.
    """

    toid: int
    hash: str
    ledger: int
    successful: bool
    source: str
    sequence: int
    envelope_xdr: str
    result_xdr: str


@dataclass(frozen=True, slots=True)
class TransactionPage:
    """Transactions of one account, and how much of the ledger the page accounts for.

    Attributes:
        records: ascending by place.
        latest_ledger: the ledger that the server's data had reached when it looked; None if it did not say.
            It matters behind a load balancer, where the server that lists transactions may be behind the one
            that lists ledgers.
        is_cut: whether there may be more although the page is not full; then it must be asked for.
    """

    records: tuple[TransactionRecord, ...]
    latest_ledger: int | None = None
    is_cut: bool = False


class SubmitStatus(Enum):
    """What is known after a submission."""

    INCLUDED = "included"
    """A ledger included the transaction and applied it."""

    FAILED = "failed"
    """The transaction was judged and its operations did not take effect."""

    REJECTED = "rejected"
    """The network did not take the transaction; the same bytes may be taken later, as long as they are valid.
    """

    UNKNOWN = "unknown"
    """A time-out, a lost connection, an overloaded server: it may or may not be included."""


@dataclass(frozen=True, slots=True)
class SubmitOutcome:
    """The answer to a submission.

    Attributes:
        status: what is known.
        transaction_code: such as ``tx_bad_seq``, when the network gave one.
        operation_codes: such as ``op_no_trust``, one per operation.
        detail: for people.
        retry_after_s: how long the server wants to be left alone, if it said so.
    """

    status: SubmitStatus
    transaction_code: str | None = None
    operation_codes: tuple[str, ...] = ()
    detail: str = ""
    retry_after_s: float | None = None

    def __str__(self) -> str:
        codes = " ".join(filter(None, [self.transaction_code, *self.operation_codes]))
        return " ".join(filter(None, [self.status.value, codes, self.detail]))


class StellarNetwork(Protocol):
    """A Stellar network.

    Every call but :meth:`submit` raises :class:`~constellation.stellarlink.errors.NetworkUnavailable` when
    there is no usable answer, and no other exception. Every call ends in bounded time. A server may answer anything:
    what it says is parsed as untrusted, and compared by whoever asked.
    """

    async def network(self) -> NetworkInfo:
        """Which network this is and how far it is."""
        ...

    async def account(self, address: str) -> LedgerAccount | None:
        """An account, or None when the ledger has none with this address."""
        ...

    async def ledgers(self, after_sequence: int, limit: int) -> list[LedgerRecord]:
        """Closed ledgers after ``after_sequence``, ascending, at most ``limit``."""
        ...

    async def transactions(self, address: str, cursor: int, limit: int) -> TransactionPage:
        """Transactions after ``cursor`` that an account takes part in, failed ones included.

        Args:
            address: ``G…``.
            cursor: a place on the ledger.
            limit: how many at most. Fewer mean that there are no more, unless the page says that it is cut.
        """
        ...

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        """Hand a signed transaction to the network; every failure is an outcome, never an exception."""
        ...

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """A transaction by its hash (hexadecimal), or None when no ledger has included it so far."""
        ...

    async def fee_stats(self) -> FeeStats:
        """What transactions offer and pay at present."""
        ...

    def closings(self) -> AsyncGenerator[None, None]:
        """Yields when a ledger has probably just closed: a hint to look, never more.

        It may end or raise at any time, and a backend that has no such thing just ends.
        """
        ...

    async def fund(self, address: str) -> None:
        """Create an account with test money, on networks that give some (friendbot)."""
        ...
