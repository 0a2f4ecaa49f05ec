"""The transaction queue: what has been admitted and waits for the next ledger.

Like stellar-core, it holds one transaction per source account. A second one is asked to try again later, unless it
is a fee bump with the same sequence number and a fee rate ten times as high.
"""

from dataclasses import dataclass
from enum import Enum

from stellar_sdk import xdr

from constellation.sandbox.addresses import some
from constellation.sandbox.admission import Moment, admission_failure
from constellation.sandbox.limits import FEE_BUMP_REPLACEMENT_FACTOR, QUEUE_TRANSACTIONS_MAX
from constellation.sandbox.results import Code, transaction_result
from constellation.sandbox.state import State
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


class TransactionQueue:
    """Pending transactions, in the order of their arrival."""

    def __init__(self) -> None:
        self._by_source: dict[str, Envelope] = {}

    def __len__(self) -> int:
        return len(self._by_source)

    def add(self, state: State, moment: Moment, envelope: Envelope) -> Submission:
        """Admits a transaction, or says why not."""
        transaction_hash = envelope.hash.hex()
        pending = self._by_source.get(envelope.transaction.source.account_id)
        if pending is not None:
            obstacle = _obstacle(pending, envelope)
            if obstacle is not None:
                return obstacle
        elif len(self) >= QUEUE_TRANSACTIONS_MAX:
            return Submission(SubmissionStatus.TRY_AGAIN_LATER, transaction_hash)
        error = admission_failure(state, moment, envelope)
        if error is None and not self._can_pay(state, envelope, pending):
            error = transaction_result(0, Code.txINSUFFICIENT_BALANCE)
        if error is not None:
            return Submission(SubmissionStatus.ERROR, transaction_hash, error)
        self._by_source[envelope.transaction.source.account_id] = envelope
        return Submission(SubmissionStatus.PENDING, transaction_hash)

    def _can_pay(self, state: State, envelope: Envelope, replaced: Envelope | None) -> bool:
        """Whether the fee account can pay this fee together with those it already owes for pending ones."""
        account_id = envelope.fee_account
        owed = sum(
            each.max_fee for each in self._by_source.values() if each.fee_account == account_id and each is not replaced
        )
        return some(state.peek(account_id)).available >= owed + envelope.max_fee

    def drain(self) -> list[Envelope]:
        """Takes everything out."""
        envelopes = list(self._by_source.values())
        self._by_source.clear()
        return envelopes


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
