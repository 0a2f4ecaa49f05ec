"""What alpha's herald tells alpha: what auditors have brought about, and what is wanted from the log."""

from dataclasses import dataclass

from constellation.herald.transfer import ReceivedSnapshot
from constellation.protocol.messages import Batch, Certificate, SignedProposal, SignedRequest, WithdrawalSignature
from constellation.quanta import Tip


@dataclass(slots=True, frozen=True)
class Adopt:
    """The best tip is chosen.

    Where ``source`` is set, alpha's log must be cut after ``keep`` and the batches up to ``tip`` are on their way from
    that auditor; otherwise alpha's own log ends best. Then it must still lead through ``best``, the best promised tip;
    where it has another batch there, alpha calls :meth:`.AlphaHerald.adopt_promised`: it was the only one to store the
    first batch of an epoch that no quorum knows.
    """

    tip: Tip
    keep: int
    source: bytes | None
    best: Tip


@dataclass(slots=True, frozen=True)
class Fetched:
    """A batch that alpha lacked; replay and store it."""

    batch: Batch


@dataclass(slots=True, frozen=True)
class StartStream:
    """An auditor needs to know where its stream starts.

    Answer with :meth:`.AlphaHerald.start_stream`, or with :meth:`.AlphaHerald.begin_snapshot` if it is too far behind.
    """

    auditor: bytes
    tip: Tip
    certified: int


@dataclass(slots=True, frozen=True)
class Certified:
    """A quorum has signed a header."""

    certificate: Certificate


@dataclass(slots=True, frozen=True)
class LedgerReported:
    """An auditor reported something about the ledger."""


@dataclass(slots=True, frozen=True)
class WithdrawalSigned:
    """An auditor signed the transaction of a withdrawal."""

    auditor: bytes
    signature: WithdrawalSignature


@dataclass(slots=True, frozen=True)
class Proposed:
    """An auditor's node proposes something."""

    signed: SignedProposal


@dataclass(slots=True, frozen=True)
class RequestForwarded:
    """An auditor passes on what an account has asked for; its signature is not checked."""

    auditor: bytes
    signed: SignedRequest


@dataclass(slots=True, frozen=True)
class AuditorFaulty:
    """An auditor sent something that an honest one never sends, or refuses a batch."""

    auditor: bytes
    reason: str


@dataclass(slots=True, frozen=True)
class AuditorForgetful:
    """An auditor has promised less than it has signed: its log is an old copy. It was shown batch ``number``."""

    auditor: bytes
    number: int


@dataclass(slots=True, frozen=True)
class SnapshotFetched:
    """The state after a checkpoint, in place of the batches before it, which nobody sends; install it."""

    snapshot: ReceivedSnapshot


AlphaEvent = (
    Adopt
    | Fetched
    | SnapshotFetched
    | StartStream
    | Certified
    | LedgerReported
    | WithdrawalSigned
    | Proposed
    | RequestForwarded
    | AuditorFaulty
    | AuditorForgetful
)
