"""An auditor's side of the cluster, without I/O: promise, follow, verify, store, then sign.

On one connection::

    PROPOSAL ──▶ OPENING ──▶ START ──▶ FOLLOWING
                             │   ▲
                             ▼   │
                            LOADING

    PROPOSAL    alpha proposes an epoch; the auditor promises it (stored first), naming its tip
    OPENING     alpha opens the epoch with a quorum's promises; the auditor checks them. Or alpha shows that this log is
                an old copy, and the auditor promises again, as one that recovers
    START       alpha says where its stream begins
    LOADING     the log ends too far back for that: alpha sends a snapshot first, which replaces the whole log
    FOLLOWING   batches come, are verified and replayed, stored, then signed; certificates make them final

A batch that contradicts the rules or the auditor's own result raises Divergence: the auditor signs nothing more.

How a tail that is not on the chain is dropped: :mod:`constellation.herald.replacement`. When an auditor whose log is
new may sign: :mod:`constellation.herald.recovery`. How it learns that its log is an old copy:
:mod:`constellation.herald.rollback`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from constellation.herald.actions import (
    Action,
    BeginRecovery,
    CastVote,
    CheckChain,
    InstallSnapshot,
    Recover,
    Send,
    ServeBatches,
    StorePromise,
)
from constellation.herald.opened_epoch import OpenedEpoch
from constellation.herald.own_chain import OwnChain
from constellation.herald.own_promise import OwnPromise
from constellation.herald.promises import check_opening
from constellation.herald.recovery import Recovery
from constellation.herald.rollback import check_forgotten
from constellation.herald.stream import Stream
from constellation.herald.transfer import ReceivedSnapshot, SnapshotReceiver
from constellation.herald.verdicts import sign_verdict
from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.messages import (
    Batch,
    BatchRequest,
    Certificate,
    ClusterMessage,
    Code,
    EpochOpening,
    EpochProposal,
    Finality,
    ForgottenVote,
    SignedHeader,
    SignedPromise,
    SignedVerdict,
    SnapshotEntries,
    SnapshotHead,
    StreamStart,
)
from constellation.protocol.signing import Signer
from constellation.protocol.terms import Terms
from constellation.quanta import CheckSignatures, Machine, SealedBatch, Tip, check_client_signatures


class LinkState(Enum):
    """What the auditor expects from alpha next."""

    PROPOSAL = "connecting"
    OPENING = "promised"
    START = "opening"
    LOADING = "loading a snapshot"
    FOLLOWING = "following"


@dataclass(slots=True, frozen=True)
class Kept:
    """What an auditor's log says of the auditor.

    Attributes:
        log: the log's own random name.
        is_recovering: the log is new, or an old copy; what was signed before may be forgotten.
        certificate: the highest one.
        promise: the last one.
        base: where the log begins, which is final; None is genesis.
        proof: what proved the base, where the log's own certificates do not.
    """

    log: bytes
    is_recovering: bool
    certificate: Certificate | None
    promise: SignedPromise | None
    base: Tip | None = None
    proof: Finality | None = None


class Replica:
    """One auditor's copy of the constellation and its relation with alpha.

    Args:
        terms: as far as they are known; a new appointment is assigned to :attr:`terms` between two connections.
        signer: the auditor's.
        machine: with the state after ``tip``.
        tip: the end of the auditor's log.
        kept: what else is in it.

    Attributes:
        terms: who is alpha.
        state: what is expected from alpha next.
    """

    def __init__(
        self,
        terms: Terms,
        signer: Signer,
        machine: Machine,
        tip: Tip,
        kept: Kept,
        check_signatures: CheckSignatures = check_client_signatures,
    ) -> None:
        self.terms = terms
        self.state = LinkState.PROPOSAL
        self._signer = signer
        self._constellation = machine.state.constellation
        proof = None if kept.proof is None else kept.proof.certificate
        base = kept.base or Tip.genesis(terms.settings)
        self._chain = OwnChain(machine, tip, base, kept.certificate, proof, check_signatures)
        self._promise = OwnPromise(signer, kept.log, kept.promise)
        self._recovery = Recovery(signer.public, kept.log, is_recovering=kept.is_recovering)
        self._opened: OpenedEpoch | None = None
        self._receiver: SnapshotReceiver | None = None
        self._stream: Stream | None = None

    @property
    def machine(self) -> Machine:
        """The replayed state."""
        return self._chain.machine

    @property
    def tip(self) -> Tip:
        """The last batch that was replayed."""
        return self._chain.tip

    @property
    def certificate(self) -> Certificate | None:
        """The highest one known."""
        return self._chain.certificate

    @property
    def certified(self) -> int:
        """Number of the highest batch that is known to be final."""
        return self._chain.certified

    @property
    def epoch(self) -> int:
        """The last epoch promised."""
        return self._promise.epoch

    @property
    def is_recovering(self) -> bool:
        """Whether its promises do not count yet."""
        return self._recovery.is_recovering

    def resume(self, sealed: SealedBatch, batch: Batch) -> None:
        """Take note of a stored batch at start-up, in order: it may need this auditor's vote again."""
        self._chain.resume(sealed, batch.signed_header)

    def link_up(self) -> None:
        """A new connection to alpha is open and proven; all stores of the old one are done."""
        self.state = LinkState.PROPOSAL
        self._opened = self._receiver = self._stream = None

    def receive(self, message: ClusterMessage, now_us: int) -> Iterable[Action]:
        """Take a message of alpha; the caller does each action before it asks for the next one.

        Args:
            message: decoded.
            now_us: the auditor's own clock, only used to refuse a batch from the future.

        Raises:
            ProtocolViolation: the connection must be closed.
            Divergence: the auditor must stop; see :meth:`verdict`.
        """
        match self.state, message:
            case LinkState.FOLLOWING, Batch() if self._stream is not None:
                return self._stream.take_batch(message, now_us)
            case LinkState.FOLLOWING, Certificate() if self._stream is not None:
                return [*self._stream.take_certificate(message), *self._try_to_recover()]
            case LinkState.PROPOSAL | LinkState.OPENING, EpochProposal():
                return [self._take_proposal(message.epoch)]
            case LinkState.OPENING, ForgottenVote() if not self.is_recovering:
                check_forgotten(self.terms.settings, self._signer.public, self.tip, message)
                return [BeginRecovery(message.header.number)]
            case LinkState.OPENING, EpochOpening():
                return self._take_opening(message)
            case LinkState.OPENING, BatchRequest():
                return [self._serve(message)]
            case LinkState.START, StreamStart() if self._opened is not None:
                return self._take_start(message, self._opened)
            case LinkState.START, SnapshotHead() if self._opened is not None:
                return self._take_snapshot_head(message, self._opened)
            case LinkState.LOADING, SnapshotEntries() if self._receiver is not None:
                snapshot = self._receiver.receive(message)
                return [] if snapshot is None else [InstallSnapshot(snapshot)]
        raise ProtocolViolation(
            Code.UNEXPECTED_MESSAGE, f"{type(message).__name__} does not fit the state {self.state.name}"
        )

    def _serve(self, request: BatchRequest) -> ServeBatches:
        if not 1 <= request.first <= request.last <= self.tip.number:
            raise ProtocolViolation(
                Code.UNEXPECTED_MESSAGE,
                f"batches {request.first} to {request.last} were requested, there are 1 to {self.tip.number}",
            )
        return ServeBatches(request.first, request.last)

    def _take_proposal(self, epoch: int) -> Send | StorePromise:
        later = self._promise.later_than(epoch)
        if later is not None:
            return Send(later)
        action = self._promise_epoch(epoch)
        self.state = LinkState.OPENING
        return action

    def _promise_epoch(self, epoch: int) -> StorePromise:
        return StorePromise(self._promise.give(self.terms, epoch, self._chain, is_recovering=self.is_recovering))

    def _take_opening(self, opening: EpochOpening) -> list[Action]:
        if opening.epoch != self.epoch:
            raise ProtocolViolation(Code.WRONG_EPOCH, f"epoch {opening.epoch} was opened, {self.epoch} was promised")
        self._opened = OpenedEpoch(opening, check_opening(self.terms, opening))
        self.state = LinkState.START
        return []

    def _take_snapshot_head(self, head: SnapshotHead, opened: OpenedEpoch) -> list[Action]:
        """A quorum has certified the snapshot's batch, and it is not behind this auditor's tip.

        So everything up to it is final: what this auditor has stored and signed there without knowing whether it is
        final may go, because it is either on the chain to that batch, or will never be certified. The same holds for
        what the epoch was opened on; what is after the snapshot is compared when it comes, as always.
        """
        header = head.checkpoint.header
        if not opened.fits(header):
            raise ProtocolViolation(
                Code.WRONG_EPOCH, f"a snapshot of batch {header.number} has epoch {header.epoch}, open is {self.epoch}"
            )
        self._receiver = SnapshotReceiver(self.terms, head, self.tip.number)
        self.state = LinkState.LOADING
        return []

    def installed(self, machine: Machine, snapshot: ReceivedSnapshot) -> None:
        """The log has nothing but the snapshot, durably; ``machine`` has its state."""
        self._receiver = None
        self._chain.install(machine, snapshot)
        self.state = LinkState.START

    def _take_start(self, start: StreamStart, opened: OpenedEpoch) -> list[Action]:
        self._stream = Stream(self.terms, self._chain, opened, start.number)
        self.state = LinkState.FOLLOWING
        self._recovery.stream_starts(self.terms.members_of(opened.epoch), opened, start.tip)
        checks = [CheckChain(place, digest) for place, digest in opened.points.items() if place < start.number]
        return [*checks, *self._votes(), *self._try_to_recover()]

    def rewound(self, machine: Machine, tip: Tip, header: SignedHeader | None) -> None:
        """The log was cut; ``machine`` has the state after ``tip``."""
        self._chain.rewind(machine, tip, header)

    def stored(self, sealed: SealedBatch, batch: Batch) -> list[Action]:
        """A replayed batch is durable: vote for it, unless a later epoch was promised meanwhile."""
        self._chain.stored_header = batch.signed_header
        if self._stream is None:
            return []
        votes = [CastVote(sealed.header, sealed.digest)] if sealed.header.epoch == self.epoch and self._may_vote else []
        return [*votes, *self._stream.stored(sealed.header.number), *self._try_to_recover()]

    @property
    def _may_vote(self) -> bool:
        is_member = self._signer.public in self.terms.members.auditors
        return is_member and self.state is LinkState.FOLLOWING and self._recovery.may_vote

    def _votes(self) -> list[Action]:
        return [CastVote(*item) for item in self._chain.unfinal(self.epoch)] if self._may_vote else []

    def _try_to_recover(self) -> list[Action]:
        is_done = self.state is LinkState.FOLLOWING and self._recovery.finish(self.terms.members, self.certificate)
        return [Recover()] if is_done else []

    def recovered(self) -> list[Action]:
        """It is durable that the log is complete: promise again, as one that counts, and vote for what is stored."""
        self._recovery.is_recovering = False
        if self.state is not LinkState.FOLLOWING:
            return []
        return [self._promise_epoch(self.epoch), *self._votes()]

    def rolled_back(self, log: bytes) -> list[Action]:
        """It is durable that the log is an old copy, with the new name ``log``: promise again, as one that recovers."""
        self._promise.log = log
        self._recovery = Recovery(self._signer.public, log, is_recovering=True)
        return [self._promise_epoch(self.epoch)]

    def verdict(self, error: Divergence, batch: Batch) -> SignedVerdict:
        """Why this auditor refuses ``batch``, signed."""
        return sign_verdict(self._constellation, self._signer, error, batch)
