"""What every kind of operation has in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from stellar_sdk import xdr

from constellation.sandbox.accounts import Account
from constellation.sandbox.addresses import Address, some
from constellation.sandbox.conversions import Conversions
from constellation.sandbox.limits import SUBENTRIES_MAX
from constellation.sandbox.results import operation_result
from constellation.sandbox.state import State


class Level(Enum):
    """How much signature weight an operation takes: which of the account's thresholds."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    def threshold(self, account: Account) -> int:
        """Returns the weight the account asks for at this level."""
        if self is Level.LOW:
            return account.low_threshold
        return account.medium_threshold if self is Level.MEDIUM else account.high_threshold


class OperationFailed(Exception):
    """An operation's rules were not met.

    Attributes:
        suffix: The result code's name without the prefix of the operation's type, like `NO_TRUST`.
        details: What the result carries beside the code.
    """

    def __init__(self, suffix: str, **details: Any) -> None:
        super().__init__(suffix)
        self.suffix = suffix
        self.details = details


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence of an operation for one account, as Horizon lists it."""

    account_id: str
    type: str
    details: dict[str, object]


@dataclass(slots=True)
class Context:
    """Where and when an operation is applied, and the effects it had."""

    state: State
    ledger_sequence: int
    close_time: int
    base_reserve: int
    conversions: Conversions
    source: Address
    transaction_source: str
    transaction_sequence: int
    operation_index: int
    effects: list[Effect] = field(default_factory=list)

    @property
    def source_account(self) -> Account:
        """The operation's source, which is known to exist."""
        return some(self.state.account(self.source.account_id))

    def effect(self, account_id: str, kind: str, **details: object) -> None:
        """Notes an effect."""
        self.effects.append(Effect(account_id, kind, details))


@dataclass(frozen=True, slots=True)
class Operation(ABC):
    """One operation of a transaction. Each kind is a subclass in a file of its own.

    Attributes:
        source: The account on whose behalf it runs: its own source, or else the transaction's.
    """

    kind: ClassVar[xdr.OperationType]
    is_supported: ClassVar[bool] = True
    is_payment: ClassVar[bool] = False
    """Whether Horizon lists it under /payments."""
    placeholder: ClassVar[dict[str, Any]] = {}
    """What a success carries when the operation was never reached."""

    source: Address

    @property
    def level(self) -> Level:
        """The signature weight it takes."""
        return Level.MEDIUM

    @property
    def participants(self) -> Sequence[str]:
        """The accounts it concerns beside its source."""
        return ()

    def claimable_balances(self, _result: xdr.OperationResult | None) -> Sequence[str]:
        """Returns the identifiers of the claimable balances it concerns; the result is None when it failed."""
        return ()

    @classmethod
    @abstractmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "Operation":
        """Reads the operation; whether it makes sense is for `check` to say."""

    @abstractmethod
    def check(self) -> None:
        """Raises OperationFailed unless the operation is well formed, whatever the state of the ledger."""

    @abstractmethod
    def apply(self, context: Context) -> dict[str, Any]:
        """Changes the state, or raises OperationFailed.

        Returns:
            What the result carries beside the success code.
        """

    @abstractmethod
    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Returns the JSON fields of this kind; the result is None when the transaction failed."""

    def unreached_result(self) -> xdr.OperationResult:
        """Returns the result the ledger gives to operations it did not come to: a success without content."""
        if not self.is_supported:
            return operation_result(self.kind, "opNOT_SUPPORTED")
        return operation_result(self.kind, "SUCCESS", **self.placeholder)


def reserve_subentry(context: Context, account: Account) -> None:
    """Makes sure that the account can carry one subentry more.

    Raises:
        OperationFailed: when it has too many, or not enough lumens for the higher reserve.
    """
    if account.subentry_count >= SUBENTRIES_MAX:
        raise OperationFailed("opTOO_MANY_SUBENTRIES")
    reserve(context, account, entries=1)


def reserve(context: Context, account: Account, *, entries: int) -> None:
    """Makes sure that the account has the reserve for more entries.

    Raises:
        OperationFailed: when it has not.
    """
    if account.available(context.base_reserve) < entries * context.base_reserve:
        raise OperationFailed("LOW_RESERVE")
