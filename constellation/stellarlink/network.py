"""The one small interface to a Stellar network; whatever can answer these calls can serve a constellation.

:class:`~constellation.stellarlink.horizon.HorizonNetwork` is the implementation for Horizon. Amounts are
int64 stroops, times are whole seconds since 1970 UTC, keys are in Stellar's text form because that is how
networks are asked.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from constellation.protocol.messages import AssetIdentity


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
class LedgerBalance:
    """What an account holds of one asset.

    Attributes:
        asset: its identity; None for lumens.
        amount: in stroops.
        limit: the most it can hold; None for lumens.
        is_authorized: whether the issuer lets it pay and be paid.
        buying: what the account's own offers may still bring in; it counts against the limit.
    """

    asset: AssetIdentity
    amount: int
    limit: int | None
    is_authorized: bool
    buying: int = 0


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account as the ledger has it.

    Attributes:
        address: ``G…``.
        sequence: the last sequence number used.
        balances: one per asset; shares of liquidity pools are left out.
        signers: weight by key; the account's own (master) key is among them, also with weight 0.
        thresholds: low, medium, high.
        data: the account's data entries.
        reserves: how many base reserves it must keep.
    """

    address: str
    sequence: int
    balances: tuple[LedgerBalance, ...]
    signers: dict[str, int]
    thresholds: tuple[int, int, int]
    data: dict[str, bytes]
    reserves: int = 2

    def balance(self, asset: AssetIdentity) -> LedgerBalance | None:
        """What it holds of ``asset``; None without a trust line."""
        return next((balance for balance in self.balances if balance.asset == asset), None)


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A closed ledger.

    Attributes:
        sequence: its number.
        closed_at_s: its close time.
    """

    sequence: int
    closed_at_s: int


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
    """

    records: tuple[TransactionRecord, ...]
    latest_ledger: int | None = None


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
    there is no usable answer, and no other exception.
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
            limit: how many at most. Fewer mean that there are no more: pages must not be cut shorter.
        """
        ...

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        """Hand a signed transaction to the network; every failure is an outcome, never an exception."""
        ...

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """A transaction by its hash (hexadecimal), or None when no ledger has included it so far."""
        ...

    async def fund(self, address: str) -> None:
        """Create an account with test money, on networks that give some (friendbot)."""
        ...
