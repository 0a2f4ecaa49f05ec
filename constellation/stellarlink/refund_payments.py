"""What a plan consists of: payments in transactions, what stays unpaid, and the sums that prove it complete."""

from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """How an amount is returned."""

    PAYMENT = "payment"
    CREATE_ACCOUNT = "create_account"
    CLAIMABLE_BALANCE = "claimable_balance"


@dataclass(frozen=True, slots=True)
class Repayment:
    """One operation of a plan."""

    way: Way
    owner: str
    asset: str
    amount: int


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What cannot be paid now, and why. It stays in the vault and is still owed."""

    owner: str
    asset: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class RefundTransaction:
    """One transaction of a plan.

    Attributes:
        channel: its source.
        sequence: its sequence number.
        fee: offered to the ledger.
        repayments: its operations.
        envelope_xdr: base64, unsigned.
        hash: what auditors sign.
    """

    channel: str
    sequence: int
    fee: int
    repayments: tuple[Repayment, ...]
    envelope_xdr: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class AssetSum:
    """The proof for one asset: vault = planned + unpaid + reserve + unexplained.

    Attributes:
        asset: which.
        vault: what the vault held at the plan's ledger.
        planned: what the transactions pay.
        unpaid: what is owed and cannot be paid now.
        reserve: lumens that are owed to nobody.
        unexplained: what is there beside; below zero when less is there than is owed, which only an asset that is set
            aside may have.
    """

    asset: str
    vault: int
    planned: int
    unpaid: int
    reserve: int
    unexplained: int

    @property
    def kept(self) -> int:
        """What the vault holds when everything planned is paid."""
        return self.unpaid + self.reserve + self.unexplained


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """Everything that follows from a state, the ledger and the choices.

    Attributes:
        sums: by asset.
        transactions: in the order of submission.
        unpaid: what stays owed.
    """

    sums: tuple[AssetSum, ...]
    transactions: tuple[RefundTransaction, ...]
    unpaid: tuple[Unpaid, ...]
