"""account_merge: all lumens to another account, and the end of this one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from stellar_sdk import xdr

from constellation.sandbox.accounts import AUTH_IMMUTABLE, Account, starting_sequence
from constellation.sandbox.addresses import Address, some
from constellation.sandbox.assets import NATIVE
from constellation.sandbox.operations.base import Context, Level, Operation, OperationFailed
from constellation.sandbox.operations.transfers import note_balance


@dataclass(frozen=True, slots=True)
class AccountMerge(Operation):
    """Merges the source into the destination. Only the result tells the amount."""

    kind = xdr.OperationType.ACCOUNT_MERGE
    is_payment = True
    placeholder: ClassVar[dict[str, Any]] = {"source_account_balance": xdr.Int64(0)}

    destination: Address

    @property
    def level(self) -> Level:
        """It takes the highest weight."""
        return Level.HIGH

    @property
    def participants(self) -> Sequence[str]:
        """The receiver."""
        return (self.destination.account_id,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "AccountMerge":
        """Reads the operation."""
        return cls(source, Address.from_xdr(some(body.destination)))

    def check(self) -> None:
        """An account does not merge into itself."""
        if self.destination.account_id == self.source.account_id:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Moves the whole balance and removes the account."""
        destination = context.state.account(self.destination.account_id)
        if destination is None:
            raise OperationFailed("NO_ACCOUNT")
        source = context.source_account
        _check_can_merge(source, context.ledger_sequence)
        if not destination.can_receive(source.balance):
            raise OperationFailed("DEST_FULL")
        destination.balance += source.balance
        context.state.remove_account(source.account_id)
        note_balance(context, source.account_id, "account_debited", NATIVE, source.balance)
        note_balance(context, destination.account_id, "account_credited", NATIVE, source.balance)
        context.effect(source.account_id, "account_removed")
        return {"source_account_balance": xdr.Int64(source.balance)}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Both accounts, and no amount: that is Horizon's way."""
        return {
            "account": self.source.account_id,
            **self.source.fields("account"),
            "into": self.destination.account_id,
            **self.destination.fields("into"),
        }


def _check_can_merge(source: Account, ledger_sequence: int) -> None:
    if source.flags & AUTH_IMMUTABLE:
        raise OperationFailed("IMMUTABLE_SET")
    if source.trust_lines or source.data:
        raise OperationFailed("HAS_SUB_ENTRIES")
    # Otherwise the account could be created again with a lower sequence number, and old transactions replayed.
    if source.sequence >= starting_sequence(ledger_sequence):
        raise OperationFailed("SEQNUM_TOO_FAR")
    if source.num_sponsoring:
        raise OperationFailed("IS_SPONSOR")
