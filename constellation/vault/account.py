"""One account and its balances."""

from collections.abc import Mapping

from constellation.protocol.messages import AccountKeys, AccountLock


class Balance:
    """What an account has of one asset.

    Attributes:
        amount: all of it, in stroops.
        liabilities: the part that open orders and unsettled withdrawals lock.
    """

    __slots__ = ("amount", "liabilities")

    def __init__(self, amount: int = 0, liabilities: int = 0) -> None:
        self.amount = amount
        self.liabilities = liabilities

    def reset(self, amount: int, liabilities: int) -> None:
        """Bring back what it was."""
        self.amount = amount
        self.liabilities = liabilities


class Account:
    """An account: its key, counters and balances. Only :class:`~constellation.vault.vault.Vault` moves its money.

    Attributes:
        key: Ed25519 public key, 32 bytes.
        nonce: the last one that its owner used.
        effect_number: the last one given.
        balances: by asset id.
        routing_id: deposits that name it are this account's.
        cancel_all_at: when all its orders are cancelled, in microseconds; None for never.
        keys: who else may sign for it, its lock and its family; None where there is none of it, as mostly.
    """

    __slots__ = (
        "_client_orders", "_holds", "_orders", "_withdrawals", "balances", "cancel_all_at", "effect_number", "key",
        "keys", "nonce", "routing_id",
    )  # fmt: skip

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.nonce = 0
        self.effect_number = 0
        self.routing_id: int | None = None
        self.cancel_all_at: int | None = None
        self.keys: AccountKeys | None = None
        self.balances: dict[int, Balance] = {}
        self._orders: dict[int, None] | None = None  # most accounts have none: an empty one takes 64 bytes
        self._withdrawals: dict[int, None] | None = None
        self._holds: dict[int, None] | None = None
        self._client_orders: dict[str, int] | None = None

    @property
    def lock(self) -> AccountLock | None:
        """What the owner has locked, also where its end has passed."""
        return None if self.keys is None else self.keys.lock

    def keys_to_change(self) -> AccountKeys:
        """Its keys, where something of them is about to change."""
        if self.keys is None:
            self.keys = AccountKeys(None, None, [], None, [])
        return self.keys

    @property
    def orders(self) -> Mapping[int, None]:
        """Ids of its resting orders, oldest first (the values are not used)."""
        return {} if self._orders is None else self._orders

    @property
    def withdrawals(self) -> Mapping[int, None]:
        """Ids of its unsettled withdrawals, oldest first (the values are not used)."""
        return {} if self._withdrawals is None else self._withdrawals

    @property
    def holds(self) -> Mapping[int, None]:
        """Ids of the open holds that it has opened, oldest first (the values are not used)."""
        return {} if self._holds is None else self._holds

    def add_hold(self, hold_id: int) -> None:
        """Note a hold that is open."""
        self._holds = {**self.holds, hold_id: None}

    def remove_hold(self, hold_id: int) -> None:
        """Forget a hold that is closed."""
        self._holds = {number: None for number in self.holds if number != hold_id} or None

    def restore_holds(self, holds: Mapping[int, None]) -> None:
        """Bring back which holds were open."""
        self._holds = dict(holds) or None

    def client_order(self, client_order_id: str) -> int | None:
        """Id of the resting order that the account calls by this name."""
        return None if self._client_orders is None else self._client_orders.get(client_order_id)

    def add_order(self, order_id: int, client_order_id: str = "") -> None:
        """Note an order that rests from now on."""
        if self._orders is None:
            self._orders = {}
        self._orders[order_id] = None
        if client_order_id:
            if self._client_orders is None:
                self._client_orders = {}
            assert client_order_id not in self._client_orders, "two open orders have one name"
            self._client_orders[client_order_id] = order_id

    def remove_order(self, order_id: int, client_order_id: str = "") -> None:
        """Forget an order that is closed."""
        assert self._orders is not None
        del self._orders[order_id]
        self._orders = self._orders or None
        if client_order_id:
            assert self._client_orders is not None
            del self._client_orders[client_order_id]
            self._client_orders = self._client_orders or None

    def sort_orders(self) -> None:
        """Put the orders in the order of their ids, which is that of their age."""
        if self._orders is not None:
            self._orders = dict.fromkeys(sorted(self._orders))
        if self._client_orders is not None:
            self._client_orders = dict(sorted(self._client_orders.items(), key=lambda item: item[1]))

    def add_withdrawal(self, withdrawal_id: int) -> None:
        """Note a withdrawal that is not settled."""
        if self._withdrawals is None:
            self._withdrawals = {}
        self._withdrawals[withdrawal_id] = None

    def remove_withdrawal(self, withdrawal_id: int) -> None:
        """Forget a withdrawal that is settled."""
        assert self._withdrawals is not None
        del self._withdrawals[withdrawal_id]
        self._withdrawals = self._withdrawals or None
