"""What the naive exchange knows: lists, and sums over them."""

from constellation.protocol.messages import (
    AccountOpened,
    AssetIdentity,
    BalanceChanged,
    Code,
    Effect,
    EffectGroup,
    LimitOrder,
    Mode,
    Settings,
    Side,
    SuspenseReason,
    SuspensionReason,
    Withdrawal,
)
from constellation.testing.naive.records import (
    LUMENS,
    NaiveAgent,
    NaiveArmed,
    NaiveHold,
    NaiveOrder,
    NaiveSuspense,
    NaiveTask,
    worth,
)


class NaiveModel:
    """Everything that quanta change.

    Args:
        settings: valid ones.

    Attributes:
        settings: in force.
        version: how often they were changed.
        term: whose members they name.
        mode: how much clients may do.
        mode_reason: why.
        signers: keys and rule of those who sign for the vault and its channels on the ledger.
        balances: stroops by account key and asset id, locked or not.
        routes: routing id by account key.
        nonces: the last one used, by account key and signing key, of which None is the owner's, whoever that is.
        owners: the owner's key by account key, once it was rotated.
        agents: of all accounts.
        parents: parent's key and number by the key of an open sub-account, in the order of their opening.
        locks: bits and the last microsecond, if there is one, by account key.
        orders: everything that rests on a book.
        armed: orders that wait for their trigger.
        holds: that are open.
        due_since: when triggered orders that wait were triggered, by market.
        triggered: how many triggered orders the quantum has executed.
        tasks: everything that the vault's transactions shall do, oldest first.
        suspense: deposits that belong to nobody.
        sequences: last sequence number used on the ledger, by channel, in the order of the settings.
        suspensions: reason by asset id.
        changes: suspensions and resumptions so far, by asset id.
        apex: of the last quantum.
        now_us: time of the quantum that is looked at.
        last_prices: of the last trade, by market.
        cancel_all_at: when all orders of an account are cancelled, by account key.
        cursor: everything up to here on the ledger is accounted for.
        closed_at_s: close time of the cursor's ledger.
        met: resting orders that the quantum, and earlier operations of the same batch, have met.
        cancelled: orders that they have cancelled for their owner.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.version = 0
        self.term = 0
        self.mode, self.mode_reason = Mode.ONLINE, ""
        self.signers = (list(settings.auditors), settings.quorum_rule)
        self.balances: dict[bytes, dict[int, int]] = {settings.fee_account: {}}
        self.routes: dict[bytes, int] = {}
        self.nonces: dict[tuple[bytes, bytes | None], int] = {}
        self.owners: dict[bytes, bytes] = {}
        self.agents: list[NaiveAgent] = []
        self.parents: dict[bytes, tuple[bytes, int]] = {}
        self.locks: dict[bytes, tuple[set[int], int | None]] = {}
        self.orders: list[NaiveOrder] = []
        self.armed: list[NaiveArmed] = []
        self.holds: list[NaiveHold] = []
        self.due_since: dict[int, int] = {}
        self.triggered = 0
        self.tasks: list[NaiveTask] = []
        self.suspense: list[NaiveSuspense] = []
        self.sequences = {channel.account: channel.sequence for channel in settings.channels}
        self.suspensions: dict[int, SuspensionReason] = {}
        self.changes: dict[int, int] = {}
        self.apex = 0
        self.now_us = 0
        self.last_prices: dict[int, int] = {}
        self.cancel_all_at: dict[bytes, int] = {}
        self.cursor = settings.ledger_cursor
        self.closed_at_s = 0
        self.met = self.cancelled = 0
        self._told: dict[bytes, int] = {}
        self._effects: dict[bytes, list[Effect]] = {}
        self._moved: dict[bytes, list[int]] = {}

    # Sums

    def withdrawals(self, owner: bytes) -> list[Withdrawal]:
        """What an account has asked for and not got."""
        return [task.subject for task in self.tasks if task.owner == owner and isinstance(task.subject, Withdrawal)]

    def locked(self, owner: bytes, asset: int) -> int:
        """What the account's orders and withdrawals lock of ``asset``."""
        total = 0
        for order in self.orders:
            if order.owner == owner:
                market = self.settings.markets[order.market]
                if order.side is Side.SELL and market.base == asset:
                    total += order.remaining
                if order.side is Side.BUY and market.quote == asset:
                    total += worth(market, order.remaining, order.price)
        total += sum(hold.amount for hold in self.holds if hold.owner == owner and hold.asset == asset)
        total += sum(self.given_by(item) for item in self.armed if item.owner == owner and self.given(item) == asset)
        return total + sum(item.amount for item in self.withdrawals(owner) if item.asset == asset)

    def given(self, armed: NaiveArmed) -> int:
        """The asset that an armed order gives."""
        market = self.settings.markets[armed.operation.market]
        return market.quote if armed.operation.side is Side.BUY else market.base

    def given_by(self, armed: NaiveArmed) -> int:
        """How much of it an armed order gives at most."""
        operation = armed.operation
        if isinstance(operation, LimitOrder) and operation.side is Side.BUY:
            return worth(self.settings.markets[operation.market], operation.amount, operation.price)
        return operation.amount

    def is_open(self, key: bytes) -> bool:
        """Whether an account exists and has the minimum balance; the fee account needs none."""
        if key == self.settings.fee_account:
            return True
        return self.balances.get(key, {}).get(LUMENS, 0) >= self.settings.minimum_balance

    def listed(self, identity: AssetIdentity) -> int | None:
        """The id of an asset."""
        for number, asset in enumerate(self.settings.assets):
            if asset.identity == identity:
                return number
        return None

    def held(self, asset: int) -> int:
        """What the vault must hold."""
        in_suspense = sum(
            item.amount
            for item in self.suspense
            if self.listed(item.asset) == asset and item.reason is not SuspenseReason.TOTAL_TOO_LARGE
        )
        return sum(balances.get(asset, 0) for balances in self.balances.values()) + in_suspense

    def why_not_enough(self, owner: bytes, asset: int, amount: int) -> Code | None:
        """Why an account cannot spend or lock ``amount``, if it cannot."""
        free = self.balances[owner].get(asset, 0) - self.locked(owner, asset)
        if amount > free:
            return Code.INSUFFICIENT_FUNDS
        if asset == LUMENS and amount > free - self.settings.minimum_balance:
            return Code.BELOW_MINIMUM_BALANCE
        return None

    # Changes

    def open_if_new(self, key: bytes) -> None:
        """Open an account, unless it was opened before."""
        if key not in self.balances:
            self.balances[key] = {}
            self.tell(key, AccountOpened(key))
            self._moved[key] = []

    def move(self, owner: bytes, asset: int, amount: int) -> None:
        """Change a balance, or what is locked of it: its owner will be told, in the order of the first change."""
        self.balances[owner][asset] = self.balances[owner].get(asset, 0) + amount
        moved = self._moved.setdefault(owner, [])
        if asset not in moved:
            moved.append(asset)

    def tell(self, account: bytes, effect: Effect) -> None:
        """Tell an account what happened."""
        self._effects.setdefault(account, []).append(effect)

    def told_to(self, account: bytes) -> list[Effect]:
        """What an account was told in this quantum so far."""
        return self._effects.get(account, [])

    def tell_all(self, effect: Effect) -> None:
        """Tell what happened to the constellation as a whole."""
        self.tell(self.settings.vault, effect)

    def begin(self) -> None:
        """Begin a quantum that is not refused."""
        self.apex += 1
        self._effects = {}
        self._moved = {}
        self.triggered = 0

    def end(self) -> list[EffectGroup]:
        """The effects, each account's with its new balances at the end, numbered without gaps."""
        for owner, assets in self._moved.items():
            for asset in assets:
                self.tell(owner, BalanceChanged(asset, self.balances[owner][asset], self.locked(owner, asset)))
        groups = []
        for account, effects in self._effects.items():
            told = self._told.get(account, 0)
            groups.append(EffectGroup(account, self.apex, told + 1, effects))
            self._told[account] = told + len(effects)
        return groups
