"""bump_sequence: an account's sequence number moves forward."""

from dataclasses import dataclass
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.addresses import Address, some
from constellation.sandbox.operations.base import Context, Level, Operation, OperationFailed


@dataclass(frozen=True, slots=True)
class BumpSequence(Operation):
    """Raises the sequence number; a lower target changes nothing and succeeds."""

    kind = xdr.OperationType.BUMP_SEQUENCE

    bump_to: int

    @property
    def level(self) -> Level:
        """It takes little weight."""
        return Level.LOW

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "BumpSequence":
        """Reads the operation."""
        return cls(source, some(body.bump_sequence_op).bump_to.sequence_number.int64)

    def check(self) -> None:
        """Sequence numbers are not negative."""
        if self.bump_to < 0:
            raise OperationFailed("BAD_SEQ")

    def apply(self, context: Context) -> dict[str, Any]:
        """Raises the number, and in any case notes when."""
        account = context.source_account
        account.sequence_ledger, account.sequence_time = context.ledger_sequence, context.close_time
        if self.bump_to > account.sequence:
            account.sequence = self.bump_to
            context.effect(account.account_id, "sequence_bumped", new_seq=str(self.bump_to))
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """The target."""
        return {"bump_to": str(self.bump_to)}
