"""One account and its balances."""

from collections.abc import Mapping


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
        nonce: the last one used.
        effect_number: the last one given.
        balances: by asset id.
        routing_id: deposits that name it are this account's.
    """

    __slots__ = ("_orders", "_withdrawals", "balances", "effect_number", "key", "nonce", "routing_id")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.nonce = 0
        self.effect_number = 0
        self.routing_id: int | None = None
        self.balances: dict[int, Balance] = {}
        self._orders: dict[int, None] | None = None  # most accounts have none: an empty one takes 64 bytes
        self._withdrawals: dict[int, None] | None = None

    @property
    def orders(self) -> Mapping[int, None]:
        """Ids of its resting orders, oldest first (the values are not used)."""
        return {} if self._orders is None else self._orders

    @property
    def withdrawals(self) -> Mapping[int, None]:
        """Ids of its unsettled withdrawals, oldest first (the values are not used)."""
        return {} if self._withdrawals is None else self._withdrawals

    def add_order(self, order_id: int) -> None:
        """Note an order that rests from now on."""
        if self._orders is None:
            self._orders = {}
        self._orders[order_id] = None

    def remove_order(self, order_id: int) -> None:
        """Forget an order that is closed."""
        assert self._orders is not None
        del self._orders[order_id]
        self._orders = self._orders or None

    def sort_orders(self) -> None:
        """Put the orders in the order of their ids, which is that of their age."""
        if self._orders is not None:
            self._orders = dict.fromkeys(sorted(self._orders))

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
