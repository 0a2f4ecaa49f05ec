"""The whole state of a constellation, and the entries its root commits to."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import IntEnum
from itertools import islice
from typing import Final

from constellation.matching import Market, MatchingEngine
from constellation.protocol.messages import (
    AccountEntry,
    AccountKeys,
    ArmedEntry,
    BalanceEntry,
    ChannelEntry,
    ClaimEntry,
    CountersEntry,
    HoldEntry,
    LedgerSigners,
    MarketEntry,
    Mode,
    ModeInForce,
    OrderEntry,
    PreparedTransaction,
    Settings,
    SignersChange,
    StateEntry,
    SuspenseEntry,
    TaskEntry,
    TotalEntry,
    TriggeredAt,
    VaultTaskType,
    WithdrawalEntry,
)
from constellation.protocol.signing import settings_constellation_id
from constellation.quanta.genesis import validate_settings
from constellation.quanta.rules import RULES, Rules
from constellation.quanta.state_tree import StateTree
from constellation.vault import (
    Account,
    AssetRegistry,
    ClaimTask,
    PreparedTask,
    RefundTask,
    SignersTask,
    Suspense,
    TaskDesk,
    TaskKey,
    TrustTask,
    Vault,
    VaultTask,
    WithdrawalTask,
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
    CLAIM = 7
    MARKET = 8
    ARMED = 9
    HOLD = 10


EntryKey = bytes
"""The kind of an entry in one byte, and its identity: what its path in the state tree is the hash of."""

_KINDS: Final = tuple(EntryKind)
_PREFIXES: Final = tuple(bytes([kind]) for kind in EntryKind)


def identity_key(kind: EntryKind, identity: bytes) -> EntryKey:
    """Key of an entry of ``kind``."""
    return _PREFIXES[kind] + identity


def number_key(kind: EntryKind, number: int) -> EntryKey:
    """Key of an entry that a number identifies."""
    return _PREFIXES[kind] + number.to_bytes(8, "big")


def task_entry_key(task: VaultTask) -> EntryKey:
    """The entry that shows how far a task is."""
    match task:
        case WithdrawalTask():
            return number_key(EntryKind.WITHDRAWAL, task.queued)
        case RefundTask():
            return number_key(EntryKind.SUSPENSE, task.entry.operation)
        case ClaimTask():
            return number_key(EntryKind.CLAIM, task.deposit.operation)
        case TrustTask() | SignersTask():
            return identity_key(EntryKind.COUNTERS, b"")


class State:
    """Everything that quanta change, built from the settings.

    Args:
        settings: valid ones.

    Raises:
        ValueError: the settings are not valid; the message lists why.

    Attributes:
        settings: in force.
        settings_version: how often they were changed.
        term: whose members the settings name.
        mode: how much clients may do.
        signers: who signs for the vault and its channels on the ledger.
        signers_change: their change to the auditors in force, if it is on its way.
        claims: claimable balances that the vault wants, by the operation that created them.
        trusts: trust lines on their way, by asset id.
        apex: of the last quantum; 0 at genesis.
        timestamp: of the last quantum, in microseconds.
        ledger_cursor: everything up to here on the ledger is accounted for.
        ledger_closed_at_s: close time of the cursor's ledger.
        system_effect_number: the last one given in the constellation's own effect group.
        changed: entries whose leaf in the state tree is out of date, in the order in which they became so.
        unsaved: entries, encoded, that the tree has taken in since the last checkpoint; None for those that are gone.
    """

    __slots__ = (
        "apex", "assets", "changed", "claims", "constellation", "desk", "engine", "ledger_closed_at_s",
        "ledger_cursor", "mode", "settings", "settings_version", "signers", "signers_change", "suspense",
        "system_effect_number", "term", "timestamp", "tree", "trusts", "unsaved", "vault",
    )  # fmt: skip

    def __init__(self, settings: Settings) -> None:
        problems = validate_settings(settings)
        if problems:
            raise ValueError("invalid settings: " + "; ".join(problems))
        self.settings = settings
        self.settings_version = 0
        self.term = 0
        self.mode = ModeInForce(Mode.ONLINE, "", 0)
        self.signers = LedgerSigners(settings.auditors, settings.quorum_rule)
        self.signers_change: SignersTask | None = None
        self.constellation = settings_constellation_id(settings)
        self.assets = AssetRegistry(settings.assets)
        self.vault = Vault(self.assets, settings.minimum_balance)
        fee_account = self.vault.open_account(settings.fee_account)
        self.vault.take_touched()
        markets = [Market(number, market) for number, market in enumerate(settings.markets)]
        self.engine = MatchingEngine(self.vault, markets, fee_account, settings.limits.fills, self.rules.cancels_max)
        self.desk = TaskDesk(settings, self.assets)
        self.suspense = Suspense()
        self.claims: dict[int, ClaimTask] = {}
        self.trusts: dict[int, TrustTask] = {}
        self.apex = 0
        self.timestamp = 0
        self.ledger_cursor = settings.ledger_cursor
        self.ledger_closed_at_s = 0
        self.system_effect_number = 0
        self.tree = StateTree()
        self.unsaved: dict[bytes, bytes | None] = {}
        self.changed: dict[EntryKey, None] = dict.fromkeys(
            [
                identity_key(EntryKind.SETTINGS, b""),
                identity_key(EntryKind.ACCOUNT, settings.fee_account),
                *(identity_key(EntryKind.CHANNEL, channel) for channel in self.desk.channels),
            ]
        )

    @property
    def rules(self) -> Rules:
        """Those in force."""
        return RULES[self.settings.rules]

    def is_open(self, key: bytes) -> bool:
        """Whether there is an account that can receive anything."""
        account = self.vault.accounts.get(key)
        return account is not None and self.is_active(account)

    def is_active(self, account: Account) -> bool:
        """Whether ``account`` can receive anything; the fee account always can."""
        return self.vault.has_minimum(account) or account.key == self.settings.fee_account

    def root(self) -> bytes:
        """The state root; costs what changed since the last call and was not folded in since."""
        self.changed[identity_key(EntryKind.COUNTERS, b"")] = None
        changed, self.changed = self.changed, {}
        for key in changed:
            self._put(key)
        return self.tree.root()

    def fold(self, most: int) -> None:
        """Take the ``most`` entries that changed first into the state tree, ahead of the next root.

        The next root is the same whenever this is called, and how often.
        """
        for key in list(islice(self.changed, max(most, 0))):
            del self.changed[key]
            self._put(key)
        self.tree.settle()

    def _put(self, key: EntryKey) -> None:
        self.unsaved[key] = self.tree.put(key, self.entry(_KINDS[key[0]], key[1:]))

    def take_unsaved(self) -> dict[bytes, bytes | None]:
        """What a checkpoint must write: entries that changed since the last one; the next one starts empty."""
        unsaved, self.unsaved = self.unsaved, {}
        return unsaved

    def entry(self, kind: EntryKind, identity: bytes) -> StateEntry | None:
        """The entry as the state root commits to it; None when there is none (any more)."""
        return _ENTRIES[kind](self, identity)

    def account_entry(self, key: bytes) -> AccountEntry | None:
        """An account with its balances by asset id."""
        account = self.vault.accounts.get(key)
        if account is None:
            return None
        balances = [
            BalanceEntry(asset, balance.amount, balance.liabilities)
            for asset, balance in sorted(account.balances.items())
        ]
        facts = account.nonce, account.effect_number, account.routing_id, account.cancel_all_at
        return AccountEntry(key, *facts, copied_keys(account.keys), balances)

    def order_entry(self, order_id: int) -> OrderEntry | None:
        """A resting order."""
        order = self.engine.orders.get(order_id)
        if order is None:
            return None
        facts = order.order_id, order.owner, order.market, order.side, order.price, order.remaining
        triggered = None if order.triggered is None else TriggeredAt(*order.triggered)
        return OrderEntry(*facts, order.client_order_id, order.expires_at, triggered)

    def armed_entry(self, order_id: int) -> ArmedEntry | None:
        """An order that waits for its trigger."""
        armed = self.engine.triggers.armed.get(order_id)
        return None if armed is None else ArmedEntry(order_id, armed.owner, armed.operation)

    def hold_entry(self, hold_id: int) -> HoldEntry | None:
        """An open hold."""
        hold = self.vault.holds.get(hold_id)
        if hold is None:
            return None
        return HoldEntry(hold_id, hold.owner, hold.beneficiary, hold.asset, hold.amount, hold.expires_at)

    def _market_entry(self, market_id: int) -> MarketEntry | None:
        """A market that had a trade."""
        market = self.engine.markets[market_id]
        if not market.last_price:
            return None
        triggers = market.triggers
        return MarketEntry(market_id, market.last_price, triggers.highest, triggers.lowest, triggers.due)

    def withdrawal_entry(self, withdrawal_id: int) -> WithdrawalEntry | None:
        """An unsettled withdrawal, waiting or prepared."""
        found = self.desk.find((VaultTaskType.WITHDRAWAL_TASK, withdrawal_id))
        if found is None:
            return None
        task, prepared = found
        assert isinstance(task, WithdrawalTask)
        facts = withdrawal_id, task.account, task.operation, task.approve_until
        return WithdrawalEntry(*facts, _transaction(prepared))

    def _suspense_entry(self, operation: int) -> SuspenseEntry | None:
        entry = self.suspense.get(operation)
        if entry is None:
            return None
        refund = self._task_entry((VaultTaskType.REFUND_TASK, operation))
        facts = entry.operation, entry.asset, entry.amount, entry.source, entry.transaction, entry.reason
        return SuspenseEntry(*facts, entry.refunds, refund)

    def _claim_entry(self, operation: int) -> ClaimEntry | None:
        claim = self.claims.get(operation)
        task = self._task_entry((VaultTaskType.CLAIM_TASK, operation))
        return None if claim is None or task is None else ClaimEntry(claim.deposit, task)

    def _signers_change_entry(self) -> SignersChange | None:
        change = self.signers_change
        if change is None:
            return None
        task = self._task_entry(change.key)
        assert task is not None
        return SignersChange(change.term, change.after, task)

    def _task_entry(self, key: TaskKey) -> TaskEntry | None:
        found = self.desk.find(key)
        return None if found is None else TaskEntry(found[0].queued, _transaction(found[1]))

    def _channel_entry(self, key: bytes) -> ChannelEntry:
        channel = self.desk.channels[key]
        pending = channel.pending
        return ChannelEntry(key, channel.sequence, None if pending is None else pending.transaction)

    def _counters_entry(self) -> CountersEntry:
        totals = [
            TotalEntry(
                asset,
                held,
                self.assets.changes[asset],
                self.assets.suspensions.get(asset),
                self._task_entry((VaultTaskType.TRUST_TASK, asset)) if asset in self.trusts else None,
            )
            for asset, held in enumerate(self.vault.held)
        ]
        return CountersEntry(
            self.apex,
            self.timestamp,
            self.ledger_cursor,
            self.ledger_closed_at_s,
            self.system_effect_number,
            self.settings_version,
            self.term,
            self.mode,
            self.signers,
            self._signers_change_entry(),
            totals,
        )


def copied_keys(keys: AccountKeys | None) -> AccountKeys | None:
    """A copy of what can still change; None where nothing differs from an account that never had any."""
    if keys is None or not (keys.owner or keys.lock or keys.agents or keys.sub_accounts):
        return None
    agents = [replace(agent) for agent in keys.agents]
    return AccountKeys(keys.owner, keys.lock, agents, keys.parent, keys.sub_accounts)


def _transaction(prepared: PreparedTask | None) -> PreparedTransaction | None:
    if prepared is None:
        return None
    return PreparedTransaction(
        prepared.channel, prepared.sequence, prepared.fee, prepared.max_time_s, prepared.transaction
    )


_ENTRIES: Final[Mapping[EntryKind, Callable[[State, bytes], StateEntry | None]]] = {
    EntryKind.SETTINGS: lambda state, _: state.settings,
    EntryKind.COUNTERS: lambda state, _: state._counters_entry(),
    EntryKind.ACCOUNT: State.account_entry,
    EntryKind.ORDER: lambda state, identity: state.order_entry(int.from_bytes(identity, "big")),
    EntryKind.WITHDRAWAL: lambda state, identity: state.withdrawal_entry(int.from_bytes(identity, "big")),
    EntryKind.CHANNEL: State._channel_entry,
    EntryKind.SUSPENSE: lambda state, identity: state._suspense_entry(int.from_bytes(identity, "big")),
    EntryKind.CLAIM: lambda state, identity: state._claim_entry(int.from_bytes(identity, "big")),
    EntryKind.ARMED: lambda state, identity: state.armed_entry(int.from_bytes(identity, "big")),
    EntryKind.HOLD: lambda state, identity: state.hold_entry(int.from_bytes(identity, "big")),
    EntryKind.MARKET: lambda state, identity: state._market_entry(int.from_bytes(identity, "big")),
}
