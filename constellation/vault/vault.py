"""Balances inside the constellation, and the only functions that change them."""

from constellation.protocol.limits import INT64_MAX
from constellation.vault.account import Account, Balance
from constellation.vault.agenda import Agenda, DueKind, due_item
from constellation.vault.assets import RESERVE_ASSET, AssetRegistry
from constellation.vault.hold import Hold
from constellation.vault.journal import Journal


class Vault:
    """All accounts and what the vault must hold for them.

    Moving money never fails half-way: callers check :meth:`available` first, the methods assert it. Every asset's
    total fits an int64, because callers ask :meth:`can_receive_from_ledger` first, hence every balance does.

    Args:
        assets: the listed assets.
        minimum_balance: of the reserve asset, in stroops; it cannot be spent or locked.

    Attributes:
        accounts: by key.
        routes: accounts by their routing id.
        held: per asset id, what the vault must hold: all balances and what is in suspense.
        touched: balances that the running quantum changed, with the account's key and the asset id of each.
        holds: open ones, by id.
        agenda: what falls due by sequenced time.
        journal: notes how to undo what payments, orders and cancels change, while there is one.
    """

    __slots__ = ("accounts", "agenda", "assets", "held", "holds", "journal", "minimum_balance", "routes", "touched")

    def __init__(self, assets: AssetRegistry, minimum_balance: int) -> None:
        self.assets = assets
        self.minimum_balance = minimum_balance
        self.accounts: dict[bytes, Account] = {}
        self.routes: dict[int, Account] = {}
        self.held = [0] * len(assets)
        self.touched: dict[Balance, tuple[bytes, int]] = {}
        self.holds: dict[int, Hold] = {}
        self.agenda = Agenda()
        self.journal: Journal | None = None

    def open_account(self, key: bytes) -> Account:
        """A new account without money."""
        assert key not in self.accounts
        if self.journal is not None:
            self.journal.note(self.accounts.__delitem__, key)
        account = self.accounts[key] = Account(key)
        return account

    def has_minimum(self, account: Account) -> bool:
        """Whether ``account`` has the minimum balance; one that was closed has not."""
        balance = account.balances.get(RESERVE_ASSET)
        return balance is not None and balance.amount >= self.minimum_balance

    def route(self, account: Account, routing_id: int) -> None:
        """Deposits that name ``routing_id`` are ``account``'s from now on."""
        account.routing_id = routing_id
        self.routes[routing_id] = account

    def schedule_cancel_all(self, account: Account, due: int | None) -> None:
        """All orders of ``account`` are cancelled at this time, and not at another one; None for never."""
        if self.journal is not None:
            self.journal.note(self.schedule_cancel_all, account, account.cancel_all_at)
        if account.cancel_all_at is not None:
            self.agenda.remove(account.cancel_all_at, DueKind.CANCEL_ALL, account.key)
        if due is not None:
            self.agenda.add(due, DueKind.CANCEL_ALL, account.key)
        account.cancel_all_at = due

    def open_hold(self, account: Account, hold: Hold) -> None:
        """Lock available money of ``account`` for a hold."""
        if self.journal is not None:
            self.journal.note(account.restore_holds, account.holds)
            self.journal.note(self._forget_hold, hold)
        self.lock(account, hold.asset, hold.amount)
        self.keep_hold(hold)
        account.add_hold(hold.hold_id)

    def close_hold(self, account: Account, hold: Hold) -> None:
        """Free the money of a hold, which ends."""
        if self.journal is not None:
            self.journal.note(account.restore_holds, account.holds)
            self.journal.note(self.keep_hold, hold)
        self.unlock(account, hold.asset, hold.amount)
        self._forget_hold(hold)
        account.remove_hold(hold.hold_id)

    def keep_hold(self, hold: Hold) -> None:
        """Note an open hold, and when it lapses."""
        self.holds[hold.hold_id] = hold
        self.agenda.add(*due_item(hold.expires_at, DueKind.HOLD, hold.hold_id))

    def _forget_hold(self, hold: Hold) -> None:
        del self.holds[hold.hold_id]
        self.agenda.remove(*due_item(hold.expires_at, DueKind.HOLD, hold.hold_id))

    def available(self, account: Account, asset: int, freed: int = 0) -> int:
        """What ``account`` can spend or lock of ``asset``: neither liabilities nor the minimum balance.

        Args:
            account: whose.
            asset: its id.
            freed: liabilities that will be freed before.
        """
        balance = account.balances.get(asset)
        if balance is None:
            return 0
        free = balance.amount - balance.liabilities + freed
        if asset == RESERVE_ASSET:
            free -= self.minimum_balance
        return free if free > 0 else 0

    def can_receive_from_ledger(self, asset: int, amount: int) -> bool:
        """Whether a deposit keeps the total of ``asset`` in the range of int64."""
        return self.held[asset] + amount <= INT64_MAX

    def deposit(self, account: Account, asset: int, amount: int) -> None:
        """Credit money that arrived in the vault."""
        self.held[asset] += amount
        self.credit(account, asset, amount)

    def pay_out(self, account: Account, asset: int, amount: int) -> None:
        """Take locked money that left the vault off ``account``."""
        self.held[asset] -= amount
        self.spend(account, asset, amount)

    def credit(self, account: Account, asset: int, amount: int) -> None:
        """Add ``amount`` to the balance."""
        balance = account.balances.get(asset) or self._open_balance(account, asset)
        self.touched[balance] = account.key, asset
        if self.journal is not None:
            self.journal.note(balance.reset, balance.amount, balance.liabilities)
        balance.amount += amount

    def _open_balance(self, account: Account, asset: int) -> Balance:
        if self.journal is not None:
            self.journal.note(account.balances.__delitem__, asset)
        balance = account.balances[asset] = Balance()
        return balance

    def debit(self, account: Account, asset: int, amount: int) -> None:
        """Take available money off the balance."""
        balance = account.balances[asset]
        self.touched[balance] = account.key, asset
        if self.journal is not None:
            self.journal.note(balance.reset, balance.amount, balance.liabilities)
        balance.amount -= amount
        assert balance.amount >= balance.liabilities, "money was spent that is not available"

    def lock(self, account: Account, asset: int, amount: int) -> None:
        """Lock available money; it may be none, of an asset that the account never had."""
        balance = account.balances.get(asset) or self._open_balance(account, asset)
        self.touched[balance] = account.key, asset
        if self.journal is not None:
            self.journal.note(balance.reset, balance.amount, balance.liabilities)
        balance.liabilities += amount
        assert balance.amount >= balance.liabilities, "money was locked that is not available"

    def unlock(self, account: Account, asset: int, amount: int) -> None:
        """Free locked money."""
        balance = account.balances[asset]
        self.touched[balance] = account.key, asset
        if self.journal is not None:
            self.journal.note(balance.reset, balance.amount, balance.liabilities)
        balance.liabilities -= amount
        assert balance.liabilities >= 0, "money was freed that was not locked"

    def spend(self, account: Account, asset: int, amount: int) -> None:
        """Take locked money off the balance."""
        balance = account.balances[asset]
        self.touched[balance] = account.key, asset
        if self.journal is not None:
            self.journal.note(balance.reset, balance.amount, balance.liabilities)
        balance.liabilities -= amount
        balance.amount -= amount
        assert balance.liabilities >= 0, "money was spent that was not locked"

    def take_touched(self) -> dict[Balance, tuple[bytes, int]]:
        """What the quantum touched, in the order of the first touch; the next quantum starts empty."""
        touched, self.touched = self.touched, {}
        return touched
