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
from constellation.sandbox.settings import LedgerSettings
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
    settings: LedgerSettings
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

    def concerned(self) -> list[str]:
        """Returns the accounts and claimable balances it concerns, each once."""
        concerned = dict.fromkeys(self.envelope.participants)
        for operation in self.operations():
            concerned |= dict.fromkeys(operation.concerned())
            concerned |= dict.fromkeys(effect.effect.account_id for effect in operation.effects())
        return list(concerned)


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

    def concerned(self) -> list[str]:
        """Returns the accounts and claimable balances it is listed under, each once."""
        operation = self.operation
        accounts = (operation.source.account_id, *operation.participants)
        return list(dict.fromkeys((*accounts, *operation.claimable_balances(self.result))))

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
        # By account, and by claimable balance.
        self._transactions_of: dict[str, Tape[int, TransactionRecord]] = {}
        self._operations_of: dict[str, Tape[int, OperationRecord]] = {}
        self._effects_of: dict[str, Tape[tuple[int, int], EffectRecord]] = {}

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
        for operation in record.operations():
            self.operations.append(operation.toid, operation)
            for key in operation.concerned():
                self._operations_of.setdefault(key, Tape()).append(operation.toid, operation)
            for effect in operation.effects():
                self.effects.append(effect.token, effect)
                self._effects_of.setdefault(effect.effect.account_id, Tape()).append(effect.token, effect)
        for key in record.concerned():
            self._transactions_of.setdefault(key, Tape()).append(record.toid, record)

    def _forget(self, before: int) -> None:
        """Forgets everything before a position, and the accounts of which nothing is left."""
        forgotten = self.transactions.trim(before)
        self.ledgers.trim(before)
        self.operations.trim(before)
        self.effects.trim((before, 0))
        for record in forgotten:
            self._by_hash.pop(record.hash, None)
            self._by_hash.pop(record.envelope.transaction.hash.hex(), None)
            for key in record.concerned():
                _trim(self._transactions_of, key, before)
                _trim(self._operations_of, key, before)
                _trim(self._effects_of, key, (before, 0))

    def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """Finds a transaction by its hash, a fee bump by its inner one's, too."""
        return self._by_hash.get(transaction_hash)

    def operation(self, operation_id: int) -> OperationRecord | None:
        """Finds an operation by its TOID."""
        return self.operations.find(operation_id)

    def ledger(self, sequence: int) -> LedgerRecord | None:
        """Finds a ledger by its number."""
        return self.ledgers.find(toid(sequence))

    def transactions_of(self, key: str | None) -> Tape[int, TransactionRecord]:
        """Returns the transactions that concern an account or a claimable balance; all of them for None."""
        return self.transactions if key is None else self._transactions_of.get(key, Tape())

    def operations_of(self, key: str | None) -> Tape[int, OperationRecord]:
        """Returns the operations that concern an account or a claimable balance; all of them for None."""
        return self.operations if key is None else self._operations_of.get(key, Tape())

    def effects_of(self, account_id: str | None) -> Tape[tuple[int, int], EffectRecord]:
        """Returns the effects on an account; all of them for None."""
        return self.effects if account_id is None else self._effects_of.get(account_id, Tape())


def _trim(tapes: dict[str, Tape[K, V]], account_id: str, before: K) -> None:
    tape = tapes.get(account_id)
    if tape is not None:
        tape.trim(before)
        if not tape:
            del tapes[account_id]
