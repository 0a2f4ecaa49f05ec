"""One account and its balances."""


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


class Account:
    """An account: its key, counters and balances. Only :class:`~constellation.vault.vault.Vault` moves its money.

    Attributes:
        key: Ed25519 public key, 32 bytes.
        nonce: the last one used.
        effect_number: the last one given.
        balances: by asset id.
        routing_id: deposits that name it are this account's.
        orders: ids of its resting orders, oldest first (the values are not used).
        withdrawals: ids of its unsettled withdrawals, oldest first (the values are not used).
    """

    __slots__ = ("balances", "effect_number", "key", "nonce", "orders", "routing_id", "withdrawals")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.nonce = 0
        self.effect_number = 0
        self.routing_id: int | None = None
        self.balances: dict[int, Balance] = {}
        self.orders: dict[int, None] = {}
        self.withdrawals: dict[int, None] = {}
