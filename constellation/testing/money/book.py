"""What the constellation says it has done with money: everything that its log tells, executed once more."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import Enum

from constellation.protocol.messages import (
    DepositCredited,
    Effect,
    LedgerCommit,
    LedgerEvent,
    SignedRequest,
    SignedRequestBatch,
    SuspenseAdded,
    SuspenseRefunded,
    VaultTaskClosed,
    VaultTaskPrepared,
    VaultTaskType,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
)
from constellation.protocol.settings_json import format_asset
from constellation.quanta import Machine, SealedBatch, Tip, replay
from constellation.snapshots import QuantumLog
from constellation.vault import TaskKey

Money = tuple[str, int]
"""An asset's name and an amount in stroops."""


@dataclass
class Book:
    """All movements of money in one log.

    Attributes:
        machine: with the state at the end.
        accepted: withdrawals by number: what leaves.
        tasks: of every transaction that was prepared, by its hash.
        closed: what transactions came to, by task.
        arrived: what deposits brought, by ledger operation.
        suspended: the same, of those in suspense alone.
        refunded: transactions that sent a deposit back, by ledger operation.
        events: that auditors reported, in order.
        tally: how often what happened.
    """

    machine: Machine
    accepted: dict[int, Money] = field(default_factory=dict)
    tasks: dict[bytes, TaskKey] = field(default_factory=dict)
    closed: dict[TaskKey, list[tuple[WithdrawalOutcome, bytes]]] = field(default_factory=lambda: defaultdict(list))
    arrived: dict[int, list[Money]] = field(default_factory=lambda: defaultdict(list))
    suspended: dict[int, Money] = field(default_factory=dict)
    refunded: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    events: list[LedgerEvent] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def enter(self, sealed: SealedBatch) -> None:
        """Take what a batch did."""
        for executed in sealed.executed:
            body = executed.quantum.body
            if isinstance(body, LedgerCommit):
                self.events += body.report.events
            elif isinstance(body, SignedRequest):
                self.tally[type(body.request.operation).__name__] += 1
            elif isinstance(body, SignedRequestBatch):
                self.tally[f"batched {type(body.request.operations[executed.place]).__name__}"] += 1
            for group in executed.groups:
                for effect in group.effects:
                    self.tally[_name_of(effect)] += 1
                    self._enter(effect)

    def _enter(self, effect: Effect) -> None:
        match effect:
            case WithdrawalAccepted():
                self.accepted[effect.withdrawal] = self._name(effect.asset), effect.amount
            case WithdrawalPrepared():
                self.tasks[effect.transaction] = VaultTaskType.WITHDRAWAL_TASK, effect.withdrawal
            case VaultTaskPrepared():
                self.tasks[effect.transaction] = effect.task, effect.number
            case WithdrawalClosed():
                key = VaultTaskType.WITHDRAWAL_TASK, effect.withdrawal
                self.closed[key].append((effect.outcome, effect.transaction))
            case VaultTaskClosed():
                self.closed[effect.task, effect.number].append((effect.outcome, effect.transaction))
            case DepositCredited():
                self.arrived[effect.operation].append((self._name(effect.asset), effect.amount))
            case SuspenseAdded():
                self.arrived[effect.operation].append((format_asset(effect.asset), effect.amount))
                self.suspended[effect.operation] = format_asset(effect.asset), effect.amount
            case SuspenseRefunded():
                self.refunded[effect.operation].append(effect.transaction)
            case _:
                pass

    def is_paid(self, withdrawal: int) -> bool:
        """Whether a withdrawal was closed as paid."""
        closed = self.closed[VaultTaskType.WITHDRAWAL_TASK, withdrawal]
        return [outcome for outcome, _ in closed] == [WithdrawalOutcome.PAID]

    def _name(self, asset: int) -> str:
        return format_asset(self.machine.state.assets.identity(asset))


def _name_of(effect: Effect) -> str:
    """Its type, with its kind, outcome or reason if it has one."""
    details = [getattr(effect, name, None) for name in ("task", "outcome", "reason")]
    return ":".join([type(effect).__name__, *(item.name for item in details if isinstance(item, Enum))])


def read_book(log: QuantumLog, settings_machine: Machine) -> Book:
    """Execute a log from genesis.

    Args:
        log: with everything since genesis.
        settings_machine: at genesis.
    """
    book, tip = Book(settings_machine), Tip.genesis(settings_machine.state.settings)
    for stored in log.batches(1):
        sealed = replay(book.machine, tip, stored.batch)
        book.enter(sealed)
        tip = sealed.tip
    return book
