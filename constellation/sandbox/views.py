"""What a server shows of a ledger: usually everything, and with a fault less, or what was true some ledgers ago."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from constellation.sandbox.history import EffectRecord, History, LedgerRecord, OperationRecord, TransactionRecord, toid
from constellation.sandbox.ledger import Ledger
from constellation.sandbox.state import State
from constellation.sandbox.tape import Page, Tape

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class View:
    """The ledgers between two numbers, both included, and the state after the last of them.

    Attributes:
        history: Everything the ledger remembers; of it, only what is between the two is shown.
        state: Accounts and claimable balances.
        elder: The oldest ledger shown.
        latest: The newest ledger shown.
    """

    history: History
    state: State
    elder: LedgerRecord
    latest: LedgerRecord

    @property
    def low(self) -> int:
        """The lowest position shown."""
        return toid(self.elder.sequence)

    @property
    def high(self) -> int:
        """The lowest position above all that are shown."""
        return toid(self.latest.sequence + 1)

    @property
    def now(self) -> int:
        """The last position that the latest ledger can have."""
        return self.high - 1

    def ledger(self, sequence: int) -> LedgerRecord | None:
        """Finds a ledger by its number."""
        return self.history.ledger(sequence) if self._shows(toid(sequence)) else None

    def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """Finds a transaction by its hash, a fee bump by its inner one's, too."""
        record = self.history.transaction(transaction_hash)
        return record if record is not None and self._shows(record.toid) else None

    def operation(self, operation_id: int) -> OperationRecord | None:
        """Finds an operation by its TOID."""
        return self.history.operation(operation_id) if self._shows(operation_id) else None

    def read(
        self,
        tape: Tape[int, V],
        page: Page[int],
        *,
        low: int | None = None,
        high: int | None = None,
        keep: Callable[[V], bool] | None = None,
    ) -> list[V]:
        """Reads a page of what is shown of a tape; the arguments are those of `Tape.read`."""
        return tape.read(page, low=self._low(low), high=self._high(high), keep=keep)

    def read_effects(
        self,
        tape: Tape[tuple[int, int], EffectRecord],
        page: Page[tuple[int, int]],
        *,
        low: int | None = None,
        high: int | None = None,
    ) -> list[EffectRecord]:
        """Reads a page of effects, whose tokens begin with their operation's position."""
        return tape.read(page, low=(self._low(low), 0), high=(self._high(high), 0))

    def _low(self, low: int | None) -> int:
        return self.low if low is None else max(low, self.low)

    def _high(self, high: int | None) -> int:
        return self.high if high is None else min(high, self.high)

    def _shows(self, position: int) -> bool:
        return self.low <= position < self.high


class Viewer:
    """Makes views of a ledger, and keeps the last state of the past it computed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._past: tuple[int, int, State] | None = None

    def view(self, *, elder: int | None = None, latest: int | None = None) -> View:
        """Returns a view. Numbers of ledgers that are not remembered are moved to the nearest that are.

        Args:
            elder: The oldest ledger to show, if not all.
            latest: The newest ledger to show, if not all.
        """
        ledgers = self._ledger.history.ledgers
        first, last = ledgers.first.sequence, ledgers.last.sequence
        latest = last if latest is None else min(max(latest, self._ledger.oldest_state), last)
        elder = first if elder is None else min(max(elder, first), latest)
        history = self._ledger.history
        if latest == last and elder == first:
            return View(history, self._ledger.state, ledgers.first, ledgers.last)
        return View(history, self._state_after(latest), _record(history, elder), _record(history, latest))

    def _state_after(self, sequence: int) -> State:
        last = self._ledger.latest.sequence
        if sequence == last:
            return self._ledger.state
        if self._past is None or self._past[:2] != (sequence, last):
            self._past = (sequence, last, self._ledger.state_after(sequence))
        return self._past[2]


def _record(history: History, sequence: int) -> LedgerRecord:
    record = history.ledger(sequence)
    assert record is not None, "every ledger between the first and the last is remembered"
    return record
