"""A machine, its world and a clock, with verbs that read like sentences."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AssetResumption,
    AssetSuspension,
    ChannelTransaction,
    Code,
    Decision,
    Effect,
    LedgerCommit,
    LedgerEvent,
    LimitOrder,
    Operation,
    QuantumBody,
    Settings,
    SettingsChange,
    Side,
    SignedRequestBatch,
    StateEntry,
    SuspensionReason,
    TimeInForce,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import EntryKind, Executed, Machine, State, conservation_errors
from constellation.quanta.state_tree import StateTree
from constellation.testing import World
from constellation.testing.world import ONE, START_US
from constellation.vault import WithdrawalTask

LUMENS, USD, EUR = 0, 1, 2
PLENTY = 1_000_000 * ONE


class Stage:
    """A world with a machine that is watched: what it executes conserves money and is all in the state
    root, what it refuses changes nothing.

    Args:
        options: of the world.
    """

    def __init__(self, **options: int) -> None:
        self.world = World(**options)
        self.machine = self.world.machine()
        self.now = START_US

    def restart(self) -> None:
        """Begin again at genesis, after the world's settings were changed."""
        self.machine = self.world.machine()

    def funded(self, *names: str, amount: int = PLENTY) -> list[KeyPair]:
        return self.world.funded(self.machine, *names, amount=amount)

    def runs(self, who: KeyPair, operation: Operation, **options: int) -> Executed:
        return self.executes(self.request(who, operation, **options))

    def commits(self, *events: LedgerEvent, **options: int) -> Executed:
        return self.executes(self.world.commit(self.machine, list(events), **options))

    def decides(self, decision: Decision) -> Executed:
        """A quorum of auditors decides."""
        return self.executes(self.world.decide(decision, valid_until=self.now, members=self.machine.state.settings))

    def refuses_decision(self, decision: Decision) -> Code:
        return self.refuses_body(self.world.decide(decision, valid_until=self.now))

    @property
    def place(self) -> int:
        """Of the first transaction in the next ledger."""
        return ((self.machine.state.ledger_cursor >> 32) + 1) << 32 | 1 << 12

    def answers(self, *outcomes: bool | None) -> Executed:
        """A ledger closes with the transactions of the channels in their order; None: it is not in it."""
        pending = [channel.pending for channel in self.machine.state.desk.channels.values()]
        events: list[LedgerEvent] = [
            ChannelTransaction(self.place + (n << 12), item.transaction, item.channel, item.sequence, outcome)
            for n, (item, outcome) in enumerate(zip(pending, outcomes, strict=False))
            if item is not None and outcome is not None
        ]
        return self.commits(*events)

    def lapses(self) -> Executed:
        """A ledger closes after the time bounds of all transactions."""
        last = max(item.max_time_s for item in self.machine.state.desk.prepared)
        return self.commits(closed_at_s=last + 1)

    def resumes(self, asset: int) -> Executed:
        return self.decides(AssetResumption(asset, self.machine.state.assets.changes[asset] + 1))

    def suspends(self, asset: int, reason: SuspensionReason = SuspensionReason.SUSPENDED_BY_AUDITORS) -> Executed:
        return self.decides(AssetSuspension(asset, self.machine.state.assets.changes[asset] + 1, reason))

    def changes_settings(self, change: Callable[[Settings], object]) -> Executed:
        return self.decides(self.settings_change(change))

    def settings_change(self, change: Callable[[Settings], object]) -> SettingsChange:
        """The next settings, which differ from those in force by ``change``."""
        settings = deepcopy(self.machine.state.settings)
        change(settings)
        return SettingsChange(self.machine.state.settings_version + 1, settings)

    def runs_batch(
        self, who: KeyPair, *operations: Operation, all_or_nothing: bool = False, **options: int
    ) -> list[Executed]:
        return self.executes_all(self.batch(who, *operations, all_or_nothing=all_or_nothing, **options))

    def refuses_batch(self, who: KeyPair, *operations: Operation, all_or_nothing: bool = True, **options: int) -> Code:
        return self.refuses_body(self.batch(who, *operations, all_or_nothing=all_or_nothing, **options))

    def batch(self, who: KeyPair, *operations: Operation, all_or_nothing: bool, **options: int) -> SignedRequestBatch:
        options.setdefault("valid_until", self.now + 60_000_000)
        options.setdefault("nonce", self._next_nonce(who))
        return self.world.batch(who, operations, all_or_nothing=all_or_nothing, **options)

    def _next_nonce(self, who: KeyPair) -> int:
        account = self.machine.state.vault.accounts.get(who.public)
        return 1 if account is None else account.nonce + 1

    def executes(self, body: QuantumBody) -> Executed:
        (executed,) = self.executes_all(body)
        return executed

    def executes_all(self, body: QuantumBody) -> list[Executed]:
        executed = self.machine.execute_all(self.now, body)
        assert conservation_errors(self.machine.state) == []
        assert self.machine.state.root() == root_from_scratch(self.machine.state)
        return executed

    def refuses(self, who: KeyPair, operation: Operation, **options: int) -> Code:
        """The code that the request is refused with; the account's next request starts from the same nonce."""
        return self.refuses_body(self.request(who, operation, **options))

    def refuses_commit(self, commit: LedgerCommit) -> Code:
        return self.refuses_body(commit)

    def refuses_body(self, body: QuantumBody) -> Code:
        before = picture(self.machine)
        with pytest.raises(Rejection) as caught:
            self.machine.execute_all(self.now, body)
        assert picture(self.machine) == before, "a refused quantum changed something"
        assert str(caught.value).startswith(caught.value.code.name)
        return caught.value.code

    def places(
        self,
        who: KeyPair,
        side: Side,
        amount: int,
        price: int,
        *,
        market: int = 0,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
    ) -> Executed:
        return self.runs(who, LimitOrder(market, side, price, amount, time_in_force, None))

    def balance(self, who: KeyPair, asset: int) -> tuple[int, int]:
        """All of it and what is locked."""
        balance = self.machine.state.vault.accounts[who.public].balances.get(asset)
        return (0, 0) if balance is None else (balance.amount, balance.liabilities)

    def request(self, who: KeyPair, operation: Operation, **options: int) -> QuantumBody:
        options.setdefault("valid_until", self.now + 60_000_000)
        options.setdefault("nonce", self._next_nonce(who))
        return self.world.request(who, operation, **options)


def entries_of(state: State) -> dict[bytes, StateEntry]:
    """Everything that exists, by its key in the state tree."""
    withdrawals = [task.queued for task in state.desk.tasks if isinstance(task, WithdrawalTask)]
    numbered = {
        EntryKind.ORDER: list(state.engine.orders),
        EntryKind.WITHDRAWAL: withdrawals,
        EntryKind.SUSPENSE: [entry.operation for entry in state.suspense.entries],
        EntryKind.CLAIM: list(state.claims),
        EntryKind.HOLD: list(state.vault.holds),
        EntryKind.ARMED: list(state.engine.triggers.armed),
        EntryKind.MARKET: [market.market_id for market in state.engine.markets if market.last_price],
    }
    keys = [(EntryKind.SETTINGS, b""), (EntryKind.COUNTERS, b"")]
    keys += [(EntryKind.ACCOUNT, key) for key in state.vault.accounts]
    keys += [(EntryKind.CHANNEL, key) for key in state.desk.channels]
    keys += [(kind, number.to_bytes(8, "big")) for kind, numbers in numbered.items() for number in numbers]
    entries = {}
    for kind, identity in keys:
        entry = state.entry(kind, identity)
        assert entry is not None
        entries[bytes([kind]) + identity] = entry
    return entries


def root_from_scratch(state: State) -> bytes:
    """The root over everything that exists, without any memory of what changed."""
    tree = StateTree()
    for key, entry in reversed(entries_of(state).items()):
        tree.put(key, entry)
    return tree.root()


def effects_for(executed: Executed, key: KeyPair | bytes) -> list[Effect]:
    """The account's effects; empty when the quantum had none for it."""
    account = key.public if isinstance(key, KeyPair) else key
    return [effect for group in executed.groups if group.account == account for effect in group.effects]


def accounts_of(machine: Machine) -> dict[bytes, dict[int, tuple[int, int]]]:
    """Balance and liabilities by account and asset."""
    return {
        key: {asset: (balance.amount, balance.liabilities) for asset, balance in account.balances.items()}
        for key, account in machine.state.vault.accounts.items()
    }


def picture(machine: Machine) -> tuple[object, ...]:
    """Everything that can be seen of a machine, and what the next quantum would inherit from a half-done one."""
    state = machine.state
    return (
        state.root(),
        state.apex,
        state.timestamp,
        state.ledger_cursor,
        state.ledger_closed_at_s,
        state.system_effect_number,
        accounts_of(machine),
        [(account.key, account.nonce, account.effect_number) for account in state.vault.accounts.values()],
        [account.keys and account.keys.to_xdr() for account in state.vault.accounts.values()],
        list(state.vault.held),
        sorted((order.order_id, order.remaining) for order in state.engine.orders.values()),
        [[(order.order_id, order.remaining) for order in market.book] for market in state.engine.markets],
        [
            [(level.price, level.amount, level.count) for side in Side for level in market.book.levels(side)]
            for market in state.engine.markets
        ],
        [(list(account.orders), list(account.withdrawals)) for account in state.vault.accounts.values()],
        state.settings,
        state.settings_version,
        dict(state.desk.waiting),
        dict(state.desk.parked),
        dict(state.claims),
        dict(state.trusts),
        dict(state.assets.suspensions),
        list(state.assets.changes),
        {routing_id: account.key for routing_id, account in state.vault.routes.items()},
        [(channel.sequence, channel.pending) for channel in state.desk.channels.values()],
        state.suspense.entries,
        [state.suspense.sum(asset) for asset in range(len(state.assets))],
        dict(state.vault.touched),
        dict(state.engine.changed),
        dict(state.changed),
    )
