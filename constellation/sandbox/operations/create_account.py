"""create_account: a new account with a starting balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stellar_sdk import xdr

from constellation.sandbox.accounts import Account, starting_sequence
from constellation.sandbox.addresses import Address, account_id_from_xdr, some
from constellation.sandbox.assets import NATIVE, format_amount
from constellation.sandbox.operations.base import Context, Operation, OperationFailed
from constellation.sandbox.operations.transfers import debit, note_balance


@dataclass(frozen=True, slots=True)
class CreateAccount(Operation):
    """Creates an account; its sequence numbers start at the ledger's number times 2^32."""

    kind = xdr.OperationType.CREATE_ACCOUNT
    is_payment = True

    destination: str
    starting_balance: int

    @property
    def participants(self) -> Sequence[str]:
        """The new account."""
        return (self.destination,)

    @classmethod
    def decode(cls, source: Address, body: xdr.OperationBody) -> "CreateAccount":
        """Reads the operation."""
        op = some(body.create_account_op)
        return cls(source, account_id_from_xdr(op.destination), op.starting_balance.int64)

    def check(self) -> None:
        """The balance may be zero (for sponsored accounts), never negative."""
        if self.starting_balance < 0 or self.destination == self.source.account_id:
            raise OperationFailed("MALFORMED")

    def apply(self, context: Context) -> dict[str, Any]:
        """Creates the account with the funder's lumens."""
        if context.state.peek(self.destination) is not None:
            raise OperationFailed("ALREADY_EXIST")
        account = Account(
            account_id=self.destination,
            balance=self.starting_balance,
            sequence=starting_sequence(context.ledger_sequence),
        )
        if account.available(context.base_reserve) < 0:
            raise OperationFailed("LOW_RESERVE")
        debit(context, context.source_account, NATIVE, self.starting_balance)
        context.state.put_account(account)
        amount = format_amount(self.starting_balance)
        context.effect(self.destination, "account_created", starting_balance=amount)
        note_balance(context, self.source.account_id, "account_debited", NATIVE, self.starting_balance)
        context.effect(self.destination, "signer_created", weight=1, public_key=self.destination, key="")
        return {}

    def describe(self, result: xdr.OperationResult | None) -> dict[str, object]:
        """Funder, account and starting balance."""
        return {
            "starting_balance": format_amount(self.starting_balance),
            "funder": self.source.account_id,
            **self.source.fields("funder"),
            "account": self.destination,
        }
