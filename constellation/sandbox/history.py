"""History: what happened in each closed ledger, addressed by total order (TOID) and found by account.

A TOID (SEP-35) is one number for a position: the ledger's number, the transaction's place in it and the operation's
place in that. Every list of Horizon is a slice of one of the tapes kept here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from stellar_sdk import xdr

from constellation.sandbox.operations import Effect, Operation
from constellation.sandbox.results import is_successful, operation_results
from constellation.sandbox.tape import Tape
from constellation.sandbox.transactions import Envelope

K = TypeVar("K", int, tuple[int, int])
V = TypeVar("V")


def toid(ledger: int, transaction: int = 0, operation: int = 0) -> int:
    """Returns the total order id of a ledger, a transaction (from 1) or an operation (from 1)."""
    return ledger << 32 | transaction << 12 | operation


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A closed ledger's header and its counts."""

    sequence: int
    hash: str
    previous_hash: str
    header_xdr: str
    closed_at: int
    fee_pool: int
    successful_transactions: int
    failed_transactions: int
    successful_operations: int
    operations: int


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A transaction in a closed ledger."""

    toid: int
    ledger: int
    closed_at: int
    envelope: Envelope
    result: xdr.TransactionResult
    fee_charged: int
    effects: tuple[tuple[Effect, ...], ...]

    @property
    def hash(self) -> str:
        """The hash in hexadecimal."""
        return self.envelope.hash.hex()

    @property
    def is_successful(self) -> bool:
        """Whether all operations were applied."""
        return is_successful(self.result)

    def operations(self) -> list["OperationRecord"]:
        """Returns its operations, in order."""
        count = len(self.envelope.transaction.operations)
        return [OperationRecord(self, index) for index in range(count)]


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """An operation in a closed ledger: a place in its transaction."""

    transaction: TransactionRecord
    index: int

    @property
    def toid(self) -> int:
        """Its position."""
        return self.transaction.toid + self.index + 1

    @property
    def operation(self) -> Operation:
        """The operation itself."""
        return self.transaction.envelope.transaction.operations[self.index]

    @property
    def result(self) -> xdr.OperationResult | None:
        """Its result, or None when the transaction failed."""
        record = self.transaction
        return operation_results(record.result)[self.index] if record.is_successful else None

    def effects(self) -> list["EffectRecord"]:
        """Returns its effects, in order."""
        effects = self.transaction.effects[self.index]
        return [EffectRecord(self, order, effect) for order, effect in enumerate(effects, start=1)]


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """An effect of an operation in a closed ledger."""

    operation: OperationRecord
    order: int
    effect: Effect

    @property
    def token(self) -> tuple[int, int]:
        """Its position: the operation's, and its place there."""
        return self.operation.toid, self.order


class History:
    """All closed ledgers that are still remembered."""

    def __init__(self, ledgers_max: int) -> None:
        self._ledgers_max = ledgers_max
        self._by_hash: dict[str, TransactionRecord] = {}
        self.ledgers: Tape[int, LedgerRecord] = Tape()
        self.transactions: Tape[int, TransactionRecord] = Tape()
        self.operations: Tape[int, OperationRecord] = Tape()
        self.effects: Tape[tuple[int, int], EffectRecord] = Tape()
        self._account_transactions: dict[str, Tape[int, TransactionRecord]] = {}
        self._account_operations: dict[str, Tape[int, OperationRecord]] = {}
        self._account_effects: dict[str, Tape[tuple[int, int], EffectRecord]] = {}

    def append(self, ledger: LedgerRecord, transactions: Iterable[TransactionRecord]) -> None:
        """Adds a closed ledger, and forgets the oldest when there are too many."""
        self.ledgers.append(toid(ledger.sequence), ledger)
        for record in transactions:
            self._append(record)
        if len(self.ledgers) > self._ledgers_max:
            self._forget(toid(self.ledgers.first.sequence + 1))

    def _append(self, record: TransactionRecord) -> None:
        self._by_hash[record.hash] = record
        self._by_hash[record.envelope.transaction.hash.hex()] = record
        self.transactions.append(record.toid, record)
        accounts = dict.fromkeys(record.envelope.participants)
        for operation in record.operations():
            self.operations.append(operation.toid, operation)
            source = operation.operation.source.account_id
            for account_id in dict.fromkeys((source, *operation.operation.participants)):
                self._account_operations.setdefault(account_id, Tape()).append(operation.toid, operation)
            for effect in operation.effects():
                account_id = effect.effect.account_id
                accounts[account_id] = None
                self.effects.append(effect.token, effect)
                self._account_effects.setdefault(account_id, Tape()).append(effect.token, effect)
        for account_id in accounts:
            self._account_transactions.setdefault(account_id, Tape()).append(record.toid, record)

    def _forget(self, before: int) -> None:
        """Forgets everything before a position, and the accounts of which nothing is left."""
        forgotten = self.transactions.trim(before)
        self.ledgers.trim(before)
        self.operations.trim(before)
        self.effects.trim((before, 0))
        for record in forgotten:
            self._by_hash.pop(record.hash, None)
            self._by_hash.pop(record.envelope.transaction.hash.hex(), None)
            concerned = {effect.account_id for effects in record.effects for effect in effects}
            for account_id in concerned.union(record.envelope.participants):
                _trim(self._account_transactions, account_id, before)
                _trim(self._account_operations, account_id, before)
                _trim(self._account_effects, account_id, (before, 0))

    def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """Finds a transaction by its hash, a fee bump by its inner one's, too."""
        return self._by_hash.get(transaction_hash)

    def operation(self, operation_id: int) -> OperationRecord | None:
        """Finds an operation by its TOID."""
        return self.operations.find(operation_id)

    def ledger(self, sequence: int) -> LedgerRecord | None:
        """Finds a ledger by its number."""
        return self.ledgers.find(toid(sequence))

    def account_transactions(self, account_id: str) -> Tape[int, TransactionRecord]:
        """Returns the transactions that concern an account."""
        return self._account_transactions.get(account_id, Tape())

    def account_operations(self, account_id: str) -> Tape[int, OperationRecord]:
        """Returns the operations that concern an account."""
        return self._account_operations.get(account_id, Tape())

    def account_effects(self, account_id: str) -> Tape[tuple[int, int], EffectRecord]:
        """Returns the effects on an account."""
        return self._account_effects.get(account_id, Tape())


def _trim(tapes: dict[str, Tape[K, V]], account_id: str, before: K) -> None:
    tape = tapes.get(account_id)
    if tape is not None:
        tape.trim(before)
        if not tape:
            del tapes[account_id]
