"""The whole state of a constellation, and the entries its root commits to."""

from collections import OrderedDict
from enum import IntEnum

from constellation.matching import Market, MatchingEngine
from constellation.protocol.messages import (
    AccountEntry,
    BalanceEntry,
    ChannelEntry,
    CountersEntry,
    OrderEntry,
    PreparedTransaction,
    Settings,
    StateEntry,
    TotalEntry,
    WithdrawalEntry,
)
from constellation.protocol.signing import settings_constellation_id
from constellation.quanta.genesis import validate_settings
from constellation.quanta.state_tree import StateTree
from constellation.vault import (
    AssetRegistry,
    PreparedWithdrawal,
    Suspense,
    Vault,
    WaitingWithdrawal,
    WithdrawalDesk,
)


class EntryKind(IntEnum):
    """Kinds of entries in the state tree, as ``state.x`` numbers them."""

    SETTINGS = 0
    COUNTERS = 1
    ACCOUNT = 2
    ORDER = 3
    WITHDRAWAL = 4
    CHANNEL = 5
    SUSPENSE = 6


EntryKey = tuple[EntryKind, bytes]


def number_key(kind: EntryKind, number: int) -> EntryKey:
    """Key of an entry that a number identifies."""
    return kind, number.to_bytes(8, "big")


class State:
    """Everything that quanta change, built from the settings.

    Args:
        settings: valid ones.

    Raises:
        ValueError: the settings are not valid; the message lists why.

    Attributes:
        apex: of the last quantum; 0 at genesis.
        timestamp: of the last quantum, in microseconds.
        ledger_cursor: everything up to here on the ledger is accounted for.
        ledger_closed_at_s: close time of the cursor's ledger.
        system_effect_number: the last one given in the constellation's own effect group.
        changed: entries whose leaf in the state tree is out of date, in the order in which they became so.
        unsaved: entries, encoded, that the tree has taken in since the last checkpoint; None for those that are gone.
    """

    __slots__ = (
        "apex", "assets", "changed", "constellation", "desk", "engine", "ledger_closed_at_s", "ledger_cursor",
        "settings", "suspense", "system_effect_number", "timestamp", "tree", "unsaved", "vault",
    )  # fmt: skip

    def __init__(self, settings: Settings) -> None:
        problems = validate_settings(settings)
        if problems:
            raise ValueError("invalid settings: " + "; ".join(problems))
        self.settings = settings
        self.constellation = settings_constellation_id(settings)
        self.assets = AssetRegistry(settings.assets)
        self.vault = Vault(self.assets, settings.minimum_balance)
        fee_account = self.vault.open_account(settings.fee_account)
        self.vault.take_touched()
        markets = [Market(number, market) for number, market in enumerate(settings.markets)]
        self.engine = MatchingEngine(self.vault, markets, fee_account, settings.limits.fills)
        self.desk = WithdrawalDesk(settings)
        self.suspense = Suspense()
        self.apex = 0
        self.timestamp = 0
        self.ledger_cursor = settings.ledger_cursor
        self.ledger_closed_at_s = 0
        self.system_effect_number = 0
        self.tree = StateTree()
        self.unsaved: dict[bytes, bytes | None] = {}
        self.changed: OrderedDict[EntryKey, None] = OrderedDict.fromkeys(
            [
                (EntryKind.SETTINGS, b""),
                (EntryKind.ACCOUNT, settings.fee_account),
                *((EntryKind.CHANNEL, channel) for channel in self.desk.channels),
            ]
        )

    def root(self) -> bytes:
        """The state root; costs what changed since the last call and was not folded in since."""
        self.changed[(EntryKind.COUNTERS, b"")] = None
        changed, self.changed = self.changed, OrderedDict()
        for kind, identity in changed:
            self._put(kind, identity)
        return self.tree.root()

    def fold(self, most: int) -> None:
        """Take the ``most`` entries that changed first into the state tree, ahead of the next root.

        The next root is the same whenever this is called, and how often.
        """
        for _ in range(min(most, len(self.changed))):
            kind, identity = next(iter(self.changed))
            del self.changed[kind, identity]
            self._put(kind, identity)
        self.tree.settle()

    def _put(self, kind: EntryKind, identity: bytes) -> None:
        key = bytes([kind]) + identity
        self.unsaved[key] = self.tree.put(key, self.entry(kind, identity))

    def take_unsaved(self) -> dict[bytes, bytes | None]:
        """What a checkpoint must write: entries that changed since the last one; the next one starts empty."""
        unsaved, self.unsaved = self.unsaved, {}
        return unsaved

    def entry(self, kind: EntryKind, identity: bytes) -> StateEntry | None:
        """The entry as the state root commits to it; None when there is none (any more)."""
        match kind:
            case EntryKind.SETTINGS:
                return self.settings
            case EntryKind.COUNTERS:
                return self._counters_entry()
            case EntryKind.ACCOUNT:
                return self.account_entry(identity)
            case EntryKind.ORDER:
                return self.order_entry(int.from_bytes(identity, "big"))
            case EntryKind.WITHDRAWAL:
                return self.withdrawal_entry(int.from_bytes(identity, "big"))
            case EntryKind.CHANNEL:
                return self._channel_entry(identity)
            case EntryKind.SUSPENSE:
                return self.suspense.get(int.from_bytes(identity, "big"))

    def account_entry(self, key: bytes) -> AccountEntry | None:
        """An account with its balances by asset id."""
        account = self.vault.accounts.get(key)
        if account is None:
            return None
        balances = [
            BalanceEntry(asset, account.balances[asset].amount, account.balances[asset].liabilities)
            for asset in sorted(account.balances)
        ]
        return AccountEntry(key, account.nonce, account.effect_number, balances)

    def order_entry(self, order_id: int) -> OrderEntry | None:
        """A resting order."""
        order = self.engine.orders.get(order_id)
        if order is None:
            return None
        return OrderEntry(order.order_id, order.owner, order.market, order.side, order.price, order.remaining)

    def withdrawal_entry(self, withdrawal_id: int) -> WithdrawalEntry | None:
        """An unsettled withdrawal, waiting or prepared."""
        waiting = self.desk.waiting.get(withdrawal_id)
        if waiting is not None:
            return _withdrawal_entry(waiting, None)
        for prepared in self.desk.prepared:
            if prepared.waiting.withdrawal_id == withdrawal_id:
                return _withdrawal_entry(prepared.waiting, prepared)
        return None

    def _channel_entry(self, key: bytes) -> ChannelEntry:
        channel = self.desk.channels[key]
        pending = channel.pending
        return ChannelEntry(key, channel.sequence, None if pending is None else pending.waiting.withdrawal_id)

    def _counters_entry(self) -> CountersEntry:
        totals = [TotalEntry(asset, held) for asset, held in enumerate(self.vault.held)]
        return CountersEntry(
            self.apex,
            self.timestamp,
            self.ledger_cursor,
            self.ledger_closed_at_s,
            self.system_effect_number,
            totals,
        )


def _withdrawal_entry(waiting: WaitingWithdrawal, prepared: PreparedWithdrawal | None) -> WithdrawalEntry:
    transaction = None
    if prepared is not None:
        transaction = PreparedTransaction(
            prepared.channel, prepared.sequence, prepared.max_time_s, prepared.transaction
        )
    return WithdrawalEntry(waiting.withdrawal_id, waiting.account, waiting.operation, transaction)
