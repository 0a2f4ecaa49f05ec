"""The state of the ledger as nested, discardable layers.

Closing a ledger opens a layer over the state, each transaction one over that, each operation one more. A layer
hands out private copies; `commit` moves what changed into the layer below, and a layer that is simply dropped
leaves no trace. That is all there is to atomicity here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from constellation.sandbox.accounts import Account, ClaimableBalance
from constellation.sandbox.addresses import some

T = TypeVar("T", Account, ClaimableBalance)


@dataclass(frozen=True, slots=True)
class Originals:
    """Entries as they were before a ledger changed them; None where there was nothing. They lead back in time."""

    accounts: dict[str, Account | None]
    claimable_balances: dict[str, ClaimableBalance | None]


class State:
    """One layer of accounts and claimable balances; the lowest layer is the state itself."""

    def __init__(self, below: "State | None" = None) -> None:
        self._below = below
        self._accounts: dict[str, Account | None] = {}
        self._claimable_balances: dict[str, ClaimableBalance | None] = {}

    def peek(self, account_id: str) -> Account | None:
        """Returns an account that the caller must not change, or None."""
        if account_id in self._accounts:
            return self._accounts[account_id]
        return None if self._below is None else self._below.peek(account_id)

    def account(self, account_id: str) -> Account | None:
        """Returns this layer's own copy of an account, free to be changed, or None."""
        if account_id not in self._accounts:
            assert self._below is not None, "the lowest layer is changed by commits only"
            found = self._below.peek(account_id)
            self._accounts[account_id] = None if found is None else found.copy()
        return self._accounts[account_id]

    def put_account(self, account: Account) -> None:
        """Adds an account."""
        self._accounts[account.account_id] = account

    def remove_account(self, account_id: str) -> None:
        """Removes an account."""
        self._accounts[account_id] = None

    def claimable_balance(self, balance_id: str) -> ClaimableBalance | None:
        """Returns a claimable balance, or None."""
        if balance_id in self._claimable_balances:
            return self._claimable_balances[balance_id]
        return None if self._below is None else self._below.claimable_balance(balance_id)

    def put_claimable_balance(self, balance: ClaimableBalance) -> None:
        """Adds a claimable balance."""
        self._claimable_balances[balance.balance_id] = balance

    def remove_claimable_balance(self, balance_id: str) -> None:
        """Removes a claimable balance."""
        self._claimable_balances[balance_id] = None

    def originals(self) -> "Originals":
        """Returns the entries below this layer that its changes are about to replace."""
        below = some(self._below)
        return Originals(
            {account_id: below.peek(account_id) for account_id in self._accounts},
            {balance_id: below.claimable_balance(balance_id) for balance_id in self._claimable_balances},
        )

    def with_originals(self, newest_first: Iterable["Originals"]) -> "State":
        """Returns the lowest layer as it was before some commits; entries are shared, since they never change."""
        past = State()
        past._accounts = self._accounts.copy()
        past._claimable_balances = self._claimable_balances.copy()
        for originals in newest_first:
            for account_id, account in originals.accounts.items():
                _move(past._accounts, account_id, account, is_lowest=True)
            for balance_id, balance in originals.claimable_balances.items():
                _move(past._claimable_balances, balance_id, balance, is_lowest=True)
        return past

    def commit(self, ledger_sequence: int) -> None:
        """Moves this layer's changes into the layer below and stamps them with the ledger's number."""
        below = self._below
        assert below is not None, "there is nothing below the state itself"
        for account_id, account in self._accounts.items():
            _stamp(account, below.peek(account_id), ledger_sequence)
            _move(below._accounts, account_id, account, is_lowest=below._below is None)
        for balance_id, balance in self._claimable_balances.items():
            _move(below._claimable_balances, balance_id, balance, is_lowest=below._below is None)

    def accounts(self) -> list[Account]:
        """Returns all accounts of the lowest layer, by address."""
        assert self._below is None
        return [account for _, account in sorted(self._accounts.items()) if account is not None]

    def claimable_balances(self) -> list[ClaimableBalance]:
        """Returns all claimable balances of the lowest layer, oldest first."""
        assert self._below is None
        return [balance for balance in self._claimable_balances.values() if balance is not None]


def _move(entries: dict[str, T | None], key: str, entry: T | None, *, is_lowest: bool) -> None:
    # Upper layers remember removals to hide what is below them; the lowest has nothing to hide.
    if entry is None and is_lowest:
        entries.pop(key, None)
    else:
        entries[key] = entry


def _stamp(account: Account | None, before: Account | None, ledger_sequence: int) -> None:
    if account is None or account == before:
        return
    account.last_modified_ledger = ledger_sequence
    for asset, line in account.trust_lines.items():
        if before is None or before.trust_lines.get(asset) != line:
            account.trust_lines[asset] = replace(line, last_modified_ledger=ledger_sequence)
