"""create_claimable_balance and claim_claimable_balance: money set aside until somebody takes it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from stellar_sdk import xdr

from constellation.sandbox.accounts import AUTH_CLAWBACK_ENABLED, CLAWBACK_ENABLED, ClaimableBalance, Claimant
from constellation.sandbox.addresses import Address, account_id_from_xdr, account_id_to_xdr, some
from constellation.sandbox.assets import Asset, format_amount
from constellation.sandbox.operations.base import Context, Level, Operation, OperationFailed, reserve
from constellation.sandbox.operations.predicates import (
    describe_predicate,
    is_met,
    is_predicate_valid,
    with_absolute_times,
)
from constellation.sandbox.operations.transfers import credit, debit, note_balance
from constellation.sandbox.results import operation_value

_CLAIMANTS_MAX = 10


@dataclass(frozen=True, slots=True)
class CreateClaimableBalance(Operation):
    """Sets an amount aside. The creator's reserve grows by one entry per claimant until it is claimed."""

    kind = xdr.OperationType.CREATE_CLAIMABLE_BALANCE
    placeholder: ClassVar[dict[str, Any]] = {
        "balance_id": xdr.ClaimableBalanceID(
            xdr.ClaimableBalanceIDType.CLAIMABLE_BALANCE_ID_TYPE_V0, xdr.Hash(bytes(32))
        )
    }

    asset: Asset
    amount: int
    claimants: tuple[Claimant, ...]

    @property
    def participants(self) -> Sequence[str]:
        """The claimants."""
        return tuple(claimant.account_id for claimant in self.claimants)

    def claimable_balances(self, result: xdr.OperationResult | None) -> Sequence[str]:
        """The new one, which only the result names."""
        return () if result is None else (operation_value(result).balance_id.to_xdr_bytes().hex(),)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "CreateClaimableBalance":
        """Reads the operation."""
        op = some(body.create_claimable_balance_op)
        claimants = tuple(
            Claimant(account_id_from_xdr(some(each.v0).destination), some(each.v0).predicate) for each in op.claimants
        )
        return cls(source, Asset.from_xdr(op.asset), op.amount.int64, claimants)

    def check(self) -> None:
        """The amount is positive; the claimants are one to ten different accounts."""
        is_count_valid = 0 < len(set(self.participants)) == len(self.claimants) <= _CLAIMANTS_MAX
        if self.amount <= 0 or not self.asset.is_valid or not is_count_valid:
            raise OperationFailed("MALFORMED")
        if not all(is_predicate_valid(claimant.predicate) for claimant in self.claimants):
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Debits the creator and files the balance under the hash of its origin."""
        account = context.source_account
        debit(context, account, self.asset, self.amount)
        reserve(context, account, entries=len(self.claimants))
        account.num_sponsoring += len(self.claimants)
        balance_id = _balance_id(context)
        balance = ClaimableBalance(
            balance_id=balance_id.to_xdr_bytes().hex(),
            asset=self.asset,
            amount=self.amount,
            sponsor=account.account_id,
            claimants=tuple(
                Claimant(each.account_id, with_absolute_times(each.predicate, context.close_time))
                for each in self.claimants
            ),
            is_clawback_enabled=self._is_clawback_enabled(context),
            last_modified_ledger=context.ledger_sequence,
        )
        context.state.put_claimable_balance(balance)
        self._note_effects(context, balance)
        return {"balance_id": balance_id}

    def _is_clawback_enabled(self, context: Context) -> bool:
        account = context.source_account
        if account.account_id == self.asset.issuer:
            return bool(account.flags & AUTH_CLAWBACK_ENABLED)
        line = account.trust_lines.get(self.asset)
        return line is not None and bool(line.flags & CLAWBACK_ENABLED)

    def _note_effects(self, context: Context, balance: ClaimableBalance) -> None:
        details = {
            "balance_id": balance.balance_id,
            "amount": format_amount(self.amount),
            "asset": str(self.asset),
        }
        context.effect(balance.sponsor, "claimable_balance_created", **details)
        for claimant in balance.claimants:
            context.effect(
                claimant.account_id,
                "claimable_balance_claimant_created",
                predicate=describe_predicate(claimant.predicate),
                **details,
            )
        note_balance(context, balance.sponsor, "account_debited", self.asset, self.amount)

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Asset, amount and claimants."""
        return {
            "asset": str(self.asset),
            "amount": format_amount(self.amount),
            "claimants": [
                {"destination": each.account_id, "predicate": describe_predicate(each.predicate)}
                for each in self.claimants
            ],
        }


@dataclass(frozen=True, slots=True)
class ClaimClaimableBalance(Operation):
    """Takes a whole claimable balance."""

    kind = xdr.OperationType.CLAIM_CLAIMABLE_BALANCE

    balance_id: str

    @property
    def level(self) -> Level:
        """Receiving takes little weight."""
        return Level.LOW

    def claimable_balances(self, _result: xdr.OperationResult | None) -> Sequence[str]:
        """The one that is claimed."""
        return (self.balance_id,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "ClaimClaimableBalance":
        """Reads the operation."""
        return cls(source, some(body.claim_claimable_balance_op).balance_id.to_xdr_bytes().hex())

    def check(self) -> None:
        """Any identifier will do."""

    def apply(self, context: Context) -> dict[str, Any]:
        """Credits the claimant and frees the creator's reserve."""
        balance = context.state.claimable_balance(self.balance_id)
        if balance is None:
            raise OperationFailed("DOES_NOT_EXIST")
        account_id = self.source.account_id
        claimant = next((each for each in balance.claimants if each.account_id == account_id), None)
        if claimant is None or not is_met(claimant.predicate, context.close_time):
            raise OperationFailed("CANNOT_CLAIM")
        credit(context.state, account_id, balance.asset, balance.amount)
        remove_claimable_balance(context, balance)
        details = {
            "balance_id": self.balance_id,
            "amount": format_amount(balance.amount),
            "asset": str(balance.asset),
        }
        context.effect(account_id, "claimable_balance_claimed", **details)
        note_balance(context, account_id, "account_credited", balance.asset, balance.amount)
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """The balance and who took it; asset and amount are in the effects."""
        return {
            "balance_id": self.balance_id,
            "claimant": self.source.account_id,
            **self.source.fields("claimant"),
        }


def remove_claimable_balance(context: Context, balance: ClaimableBalance) -> None:
    """Removes a balance and frees its creator's reserve."""
    # A sponsor cannot merge away while it sponsors.
    some(context.state.account(balance.sponsor)).num_sponsoring -= len(balance.claimants)
    context.state.remove_claimable_balance(balance.balance_id)


def _balance_id(context: Context) -> xdr.ClaimableBalanceID:
    """Returns the identifier: the hash of the transaction's source and sequence number and the operation's index."""
    preimage = xdr.HashIDPreimage(
        xdr.EnvelopeType.ENVELOPE_TYPE_OP_ID,
        operation_id=xdr.HashIDPreimageOperationID(
            account_id_to_xdr(context.transaction_source),
            xdr.SequenceNumber(xdr.Int64(context.transaction_sequence)),
            xdr.Uint32(context.operation_index),
        ),
    )
    digest = hashlib.sha256(preimage.to_xdr_bytes()).digest()
    return xdr.ClaimableBalanceID(xdr.ClaimableBalanceIDType.CLAIMABLE_BALANCE_ID_TYPE_V0, xdr.Hash(digest))
