"""What an auditor's replica wants done: to send, to store, to compare, to cut."""

from dataclasses import dataclass

from constellation.herald.transfer import ReceivedSnapshot
from constellation.protocol.messages import Batch, BatchHeader, Certificate, ClusterMessage, SignedPromise
from constellation.quanta import SealedBatch


@dataclass(slots=True, frozen=True)
class Send:
    """Send a message to alpha."""

    message: ClusterMessage


@dataclass(slots=True, frozen=True)
class CastVote:
    """Sign a vote for the header, which has this hash and is durable here, and send it to alpha."""

    header: BatchHeader
    digest: bytes


@dataclass(slots=True, frozen=True)
class StorePromise:
    """Store the promise; when it is durable, send it."""

    promise: SignedPromise


@dataclass(slots=True, frozen=True)
class StoreBatch:
    """Store the batch; when it is durable, call :meth:`.Replica.stored`."""

    batch: Batch
    sealed: SealedBatch


@dataclass(slots=True, frozen=True)
class Finalized:
    """Store the certificate; everything up to its batch is final."""

    certificate: Certificate


@dataclass(slots=True, frozen=True)
class Recover:
    """Store that the log is complete; when it is durable, call :meth:`.Replica.recovered`."""


@dataclass(slots=True, frozen=True)
class BeginRecovery:
    """Store that the log lacks what was signed, under a new name; when durable, call :meth:`.Replica.rolled_back`."""

    forgotten: int


@dataclass(slots=True, frozen=True)
class Rewind:
    """Cut the log after ``number``, restore the state, then call :meth:`.Replica.rewound`."""

    number: int


@dataclass(slots=True, frozen=True)
class CheckChain:
    """Compare the log's header ``number`` with ``digest``; if they differ, alpha broke the promises.

    What is before the log's base need not be compared: the base is final, and with it everything that leads to it.
    """

    number: int
    digest: bytes


@dataclass(slots=True, frozen=True)
class ServeBatches:
    """Send the stored batches from ``first`` to ``last`` to alpha, which lacks them."""

    first: int
    last: int


@dataclass(slots=True, frozen=True)
class InstallSnapshot:
    """Replace the log's whole content by the snapshot, restore the state, then call :meth:`.Replica.installed`."""

    snapshot: ReceivedSnapshot


Action = (
    InstallSnapshot
    | Send
    | CastVote
    | StorePromise
    | StoreBatch
    | Finalized
    | Recover
    | BeginRecovery
    | Rewind
    | CheckChain
    | ServeBatches
)
