"""payment: an amount of one asset to an existing account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.addresses import Address, some
from constellation.sandbox.assets import Asset, format_amount
from constellation.sandbox.operations.base import Context, Operation, OperationFailed
from constellation.sandbox.operations.transfers import credit, debit, note_transfer


@dataclass(frozen=True, slots=True)
class Payment(Operation):
    """Pays; the destination is judged before the source, as if it were a path payment."""

    kind = xdr.OperationType.PAYMENT
    is_payment = True

    destination: Address
    asset: Asset
    amount: int

    @property
    def participants(self) -> Sequence[str]:
        """The receiver."""
        return (self.destination.account_id,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "Payment":
        """Reads the operation."""
        op = some(body.payment_op)
        return cls(source, Address.from_xdr(op.destination), Asset.from_xdr(op.asset), op.amount.int64)

    def check(self) -> None:
        """The amount is positive."""
        if self.amount <= 0 or not self.asset.is_valid:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Credits, then debits; lumens to oneself change nothing and need no funds."""
        source, destination = self.source.account_id, self.destination.account_id
        if not (self.asset.is_native and source == destination):
            credit(context.state, destination, self.asset, self.amount)
            debit(context, context.source_account, self.asset, self.amount, prefix="SRC_")
        note_transfer(context, source, destination, self.asset, self.amount)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Asset, both sides, and the amount."""
        return {
            **self.asset.fields(),
            "from": self.source.account_id,
            **self.source.fields("from"),
            "to": self.destination.account_id,
            **self.destination.fields("to"),
            "amount": format_amount(self.amount),
        }
