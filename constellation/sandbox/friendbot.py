"""Friendbot: ten thousand lumens for everybody who asks, by ordinary transactions of the root account.

Requests are collected and answered once per ledger, with one transaction for up to a hundred of them: the root
account, like any other, has at most one transaction in a ledger.
"""

from typing import TYPE_CHECKING

from stellar_sdk import Account as SdkAccount
from stellar_sdk import CreateAccount, TransactionBuilder

from constellation.sandbox.addresses import some
from constellation.sandbox.assets import format_amount
from constellation.sandbox.limits import (
    FRIENDBOT_STARTING_BALANCE_STROOPS,
    FRIENDBOT_WAITING_MAX,
    OPERATIONS_PER_TRANSACTION_MAX,
)

if TYPE_CHECKING:
    from constellation.sandbox.ledger import Ledger


class Friendbot:
    """Creates accounts on request."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger
        self._waiting: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def request(self, account_id: str) -> bool:
        """Asks for an account, to be created in one of the next ledgers.

        Returns:
            False when it exists, or when too many others wait.
        """
        if self._ledger.state.peek(account_id) is not None or len(self) >= FRIENDBOT_WAITING_MAX:
            return False
        self._waiting[account_id] = None
        return True

    def flush(self) -> None:
        """Submits one transaction that creates the accounts waiting longest."""
        capacity = self._ledger.settings.capacity_operations
        chosen = list(self._waiting)[: min(capacity, OPERATIONS_PER_TRANSACTION_MAX)]
        if chosen:
            self._ledger.submit(self._transaction(chosen))

    def settle(self) -> None:
        """Strikes off the accounts that exist now; the others go on waiting, and are tried again."""
        peek = self._ledger.state.peek
        self._waiting = {account_id: None for account_id in self._waiting if peek(account_id) is None}

    def _transaction(self, accounts: list[str]) -> str:
        root = self._ledger.root_keypair
        source = SdkAccount(root.public_key, some(self._ledger.state.peek(root.public_key)).sequence)
        builder = TransactionBuilder(source, self._ledger.network_passphrase, self._ledger.settings.base_fee_stroops)
        for account_id in accounts:
            builder.append_operation(CreateAccount(account_id, format_amount(FRIENDBOT_STARTING_BALANCE_STROOPS)))
        # No time bound is needed: as long as it waits, the queue takes no other.
        transaction = builder.add_time_bounds(0, 0).build()
        transaction.sign(root)
        return transaction.to_xdr()
