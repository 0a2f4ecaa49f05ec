"""clawback and clawback_claimable_balance: an issuer takes its asset back and destroys it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.accounts import CLAWBACK_ENABLED
from constellation.sandbox.addresses import Address, some
from constellation.sandbox.assets import Asset, format_amount
from constellation.sandbox.operations.base import Context, Operation, OperationFailed
from constellation.sandbox.operations.claimable_balances import remove_claimable_balance
from constellation.sandbox.operations.transfers import note_balance


@dataclass(frozen=True, slots=True)
class Clawback(Operation):
    """Takes from a holder whose trust line allows it, authorized or not."""

    kind = xdr.OperationType.CLAWBACK

    asset: Asset
    holder: Address
    amount: int

    @property
    def participants(self) -> Sequence[str]:
        """The holder."""
        return (self.holder.account_id,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "Clawback":
        """Reads the operation."""
        op = some(body.clawback_op)
        return cls(source, Asset.from_xdr(op.asset), Address.from_xdr(op.from_), op.amount.int64)

    def check(self) -> None:
        """Only the issuer does it, to others."""
        is_issuer = self.source.account_id == self.asset.issuer and self.asset.is_valid
        if not is_issuer or self.amount <= 0 or self.holder.account_id == self.source.account_id:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Takes the amount away."""
        holder = context.state.account(self.holder.account_id)
        line = None if holder is None else holder.trust_lines.get(self.asset)
        if holder is None or line is None:
            raise OperationFailed("NO_TRUST")
        if not line.flags & CLAWBACK_ENABLED:
            raise OperationFailed("NOT_CLAWBACK_ENABLED")
        if line.balance < self.amount:
            raise OperationFailed("UNDERFUNDED")
        holder.trust_lines[self.asset] = replace(line, balance=line.balance - self.amount)
        note_balance(context, self.source.account_id, "account_credited", self.asset, self.amount)
        note_balance(context, holder.account_id, "account_debited", self.asset, self.amount)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Asset, holder and amount."""
        return {
            **self.asset.fields(),
            "from": self.holder.account_id,
            **self.holder.fields("from"),
            "amount": format_amount(self.amount),
        }


@dataclass(frozen=True, slots=True)
class ClawbackClaimableBalance(Operation):
    """Takes a whole claimable balance of an asset that allows it."""

    kind = xdr.OperationType.CLAWBACK_CLAIMABLE_BALANCE

    balance_id: str

    def claimable_balances(self, _result: xdr.OperationResult | None) -> Sequence[str]:
        """The one that is taken."""
        return (self.balance_id,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "ClawbackClaimableBalance":
        """Reads the operation."""
        return cls(source, some(body.clawback_claimable_balance_op).balance_id.to_xdr_bytes().hex())

    def check(self) -> None:
        """Any identifier will do."""

    def apply(self, context: Context) -> dict[str, Any]:
        """Removes the balance and frees its creator's reserve."""
        balance = context.state.claimable_balance(self.balance_id)
        if balance is None:
            raise OperationFailed("DOES_NOT_EXIST")
        if balance.asset.is_native or balance.asset.issuer != self.source.account_id:
            raise OperationFailed("NOT_ISSUER")
        if not balance.is_clawback_enabled:
            raise OperationFailed("NOT_CLAWBACK_ENABLED")
        remove_claimable_balance(context, balance)
        context.effect(self.source.account_id, "claimable_balance_clawed_back", balance_id=self.balance_id)
        note_balance(context, self.source.account_id, "account_credited", balance.asset, balance.amount)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """The balance; asset and amount are in the effects."""
        return {"balance_id": self.balance_id}
