"""A prepared task on its way to the ledger: what was tried, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from stellar_sdk import TransactionEnvelope

from constellation.protocol.quorum import Members
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.fee_bump import Bid
from constellation.stellarlink.network import SubmitOutcome
from constellation.stellarlink.signatures import SignatureSet
from constellation.vault import PreparedTask, VaultTask


class TaskState(Enum):
    """How far a task's transaction is, as it is shown."""

    SIGNING = "signing"
    """Too few auditors have signed."""

    SUBMITTING = "submitting"
    """It is handed to the ledger."""

    UNKNOWN = "unknown"
    """It may or may not be in a ledger: it is looked for and handed in again."""

    HELD = "held"
    """An earlier transaction of its channel is missing; it waits for that."""

    FEE_TOO_LOW = "fee_too_low"
    """The ledger asks for a higher fee."""

    SETTLED = "settled"
    """A ledger has it; the auditors tell what became of it."""

    STOPPED = "stopped"
    """It is handed in no more; the auditors tell when no ledger can include it."""


class Step(Enum):
    """What is done next."""

    SUBMIT = "submit"
    LOOK_UP = "look_up"
    BID = "bid"
    NOTHING = "nothing"


def kind_name(task: VaultTask) -> str:
    """``withdrawal``, ``refund``, ``claim``, ``trust`` or ``signers``."""
    return task.key[0].name.removesuffix("_TASK").lower()


def task_names(prepared: PreparedTask) -> dict[str, Any]:
    """How a task is told apart in logs and status pages: its kind, number and transaction."""
    return {
        "kind": kind_name(prepared.task),
        "number": prepared.task.key[1],
        "transaction": prepared.transaction.hex(),
    }


@dataclass(slots=True)
class TrackedTask:
    """A task's transaction and everything that is known of it here.

    Attributes:
        prepared: what the core derived.
        envelope: its transaction, unsigned until it is handed in.
        signatures: of auditors.
        state: for people.
        step: what comes next.
        not_before_s: when.
        is_in_flight: the step is under way.
        sent_xdr: what is handed in; None until it is made, and when it must be made anew.
        is_bump: whether that is a fee bump.
        bid: what it offers.
        submissions: how often it was handed in.
        unknown_outcomes: in a row.
        must_read_sequence: the next look also asks for the channel's sequence number.
        doubt: why a look that does not find it ends the submissions.
        last_outcome: of the last submission.
        problem: what somebody should know.
    """

    prepared: PreparedTask
    envelope: TransactionEnvelope
    signatures: SignatureSet
    bid: Bid
    state: TaskState = TaskState.SIGNING
    step: Step = Step.SUBMIT
    not_before_s: float = 0
    is_in_flight: bool = False
    sent_xdr: str | None = None
    is_bump: bool = False
    submissions: int = 0
    unknown_outcomes: int = 0
    must_read_sequence: bool = False
    doubt: str | None = None
    last_outcome: SubmitOutcome | None = None
    problem: str | None = None

    @property
    def hash(self) -> bytes:
        """Names the task here; a fee bump does not change it."""
        return self.prepared.transaction

    def follow(self, signers: Members, auditors: Sequence[bytes]) -> None:
        """Others sign on the ledger, or are auditors, from now on."""
        if not self.signatures.follow(signers, auditors):
            return
        self.sent_xdr = None  # the old signers' bytes are worth nothing any more
        if self.state is TaskState.STOPPED:
            self.state, self.step, self.not_before_s, self.problem = TaskState.UNKNOWN, Step.LOOK_UP, 0, None

    def describe(self) -> dict[str, Any]:
        """For the status page."""
        prepared = self.prepared
        return {
            "kind": kind_name(prepared.task),
            "number": prepared.task.key[1],
            "state": self.state.value,
            "problem": self.problem,
            "transaction": self.hash.hex(),
            "channel": encode_public_key(prepared.channel),
            "sequence": prepared.sequence,
            "max_time": prepared.max_time_s,
            "signatures": len(self.signatures),
            "submissions": self.submissions,
            "last_outcome": None if self.last_outcome is None else str(self.last_outcome),
            "fee_rate_stroops": self.bid.rate,
            "is_fee_bump": self.is_bump,
        }
