"""The transaction queue: what has been admitted and waits for a ledger with room for it.

Like stellar-core, it holds one transaction per source account. A second one is asked to try again later, unless it
is a fee bump with the same sequence number and a fee rate ten times as high. What has waited for too long, or was
outbid while the queue was full, is given up and not taken again for a while.
"""

from collections import deque
from collections.abc import Container
from dataclasses import dataclass
from enum import Enum

from stellar_sdk import xdr

from constellation.sandbox.addresses import some
from constellation.sandbox.admission import Moment, admission_failure
from constellation.sandbox.limits import BAN_LEDGERS, FEE_BUMP_REPLACEMENT_FACTOR, QUEUE_LEDGERS_MAX
from constellation.sandbox.results import Code, transaction_result
from constellation.sandbox.state import State
from constellation.sandbox.surge import fee_rate
from constellation.sandbox.transactions import Envelope


class SubmissionStatus(Enum):
    """What the ledger says to a submitted transaction, in the words of stellar-core."""

    PENDING = "PENDING"
    DUPLICATE = "DUPLICATE"
    TRY_AGAIN_LATER = "TRY_AGAIN_LATER"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to a submission.

    Attributes:
        status: What became of it.
        hash: The transaction's hash, in hexadecimal.
        error: The result that explains an ERROR, otherwise None.
    """

    status: SubmissionStatus
    hash: str
    error: xdr.TransactionResult | None = None


@dataclass(slots=True)
class _Pending:
    """A transaction that waits, and for how many ledgers it has."""

    envelope: Envelope
    age: int = 0


class TransactionQueue:
    """Pending transactions, in the order of their arrival."""

    def __init__(self) -> None:
        self._by_source: dict[str, _Pending] = {}
        self._evicted: list[Envelope] = []
        self._banned: deque[set[bytes]] = deque([set()], maxlen=BAN_LEDGERS)

    def __len__(self) -> int:
        return len(self._by_source)

    def envelopes(self) -> list[Envelope]:
        """Returns what waits."""
        return [pending.envelope for pending in self._by_source.values()]

    def invalid(self, state: State, moment: Moment) -> set[bytes]:
        """Returns the hashes of those that can no longer be in any ledger."""
        invalid: set[bytes] = set()
        owed: dict[str, int] = {}
        for envelope in self.envelopes():
            if admission_failure(state, moment, envelope) is not None:
                invalid.add(envelope.hash)
                continue
            # Each can be paid by itself; together they may be too much by now.
            total = owed.get(envelope.fee_account, 0) + envelope.max_fee
            if _available(state, moment, envelope) < total:
                invalid.add(envelope.hash)
            else:
                owed[envelope.fee_account] = total
        return invalid

    def add(self, state: State, moment: Moment, envelope: Envelope) -> Submission:
        """Admits a transaction, or says why not."""
        name, source = envelope.hash.hex(), envelope.transaction.source.account_id
        if any(envelope.hash in banned for banned in self._banned):
            return Submission(SubmissionStatus.TRY_AGAIN_LATER, name)
        pending = self._by_source.get(source)
        if pending is not None and (obstacle := _obstacle(pending.envelope, envelope)) is not None:
            return obstacle
        replaced = None if pending is None else pending.envelope
        error = admission_failure(state, moment, envelope)
        if error is None and not self._can_pay(state, moment, envelope, replaced):
            error = transaction_result(0, Code.txINSUFFICIENT_BALANCE)
        if error is None:
            error = self._make_room(envelope, replaced, moment.settings.capacity_operations * QUEUE_LEDGERS_MAX)
        if error is not None:
            return Submission(SubmissionStatus.ERROR, name, error)
        # Whoever replaces a transaction takes over its place, and the time it has waited.
        self._by_source[source] = _Pending(envelope, 0 if pending is None else pending.age)
        return Submission(SubmissionStatus.PENDING, name)

    def _can_pay(self, state: State, moment: Moment, envelope: Envelope, replaced: Envelope | None) -> bool:
        """Whether the fee account can pay this fee together with those it already owes for pending ones."""
        account_id = envelope.fee_account
        owed = sum(each.max_fee for each in self.envelopes() if each.fee_account == account_id and each is not replaced)
        return _available(state, moment, envelope) >= owed + envelope.max_fee

    def _make_room(
        self, envelope: Envelope, replaced: Envelope | None, operations_max: int
    ) -> xdr.TransactionResult | None:
        """Evicts those who bid less until the transaction fits; returns the error that says how much it would take."""
        others = [each for each in self.envelopes() if each is not replaced]
        excess = sum(each.fee_units for each in others) + envelope.fee_units - operations_max
        if excess <= 0:
            return None
        evicted: list[Envelope] = []
        for cheapest in sorted(others, key=fee_rate):
            if excess <= 0:
                break
            if fee_rate(cheapest) >= fee_rate(envelope):
                needed = cheapest.max_fee * envelope.fee_units // cheapest.fee_units + 1
                return transaction_result(needed, Code.txINSUFFICIENT_FEE)
            excess -= cheapest.fee_units
            evicted.append(cheapest)
        for each in evicted:
            del self._by_source[each.transaction.source.account_id]
            self._banned[-1].add(each.hash)
        self._evicted += evicted
        return None

    def settle(self, included: Container[bytes], invalid: Container[bytes]) -> list[Envelope]:
        """Ends a ledger's turn: takes out what is in it, and what is given up.

        Args:
            included: Hashes of the transactions in the ledger.
            invalid: Hashes of those that can no longer be in any.

        Returns:
            The transactions that were given up since the last ledger.
        """
        given_up, self._evicted = self._evicted, []
        self._banned.append(set())
        for source, pending in list(self._by_source.items()):
            pending.age += 1
            name = pending.envelope.hash
            is_hopeless = name in invalid or pending.age >= QUEUE_LEDGERS_MAX
            if name not in included and not is_hopeless:
                continue
            del self._by_source[source]
            if name not in included:
                given_up.append(pending.envelope)
                self._banned[-1].add(name)
        return given_up


def _available(state: State, moment: Moment, envelope: Envelope) -> int:
    return some(state.peek(envelope.fee_account)).available(moment.settings.base_reserve_stroops)


def _obstacle(pending: Envelope, envelope: Envelope) -> Submission | None:
    """Returns the answer when the pending transaction of the same source stands in the way."""
    name = envelope.hash.hex()
    if pending.hash == envelope.hash:
        return Submission(SubmissionStatus.DUPLICATE, name)
    if envelope.transaction.sequence < pending.transaction.sequence:
        return Submission(SubmissionStatus.ERROR, name, transaction_result(0, Code.txBAD_SEQ))
    is_replacement = envelope.transaction.sequence == pending.transaction.sequence
    if envelope.fee_bump is None or not is_replacement:
        return Submission(SubmissionStatus.TRY_AGAIN_LATER, name)
    needed = -(-pending.max_fee * FEE_BUMP_REPLACEMENT_FACTOR * envelope.fee_units // pending.fee_units)
    if envelope.max_fee < needed:
        return Submission(SubmissionStatus.ERROR, name, transaction_result(needed, Code.txINSUFFICIENT_FEE))
    return None
