"""An auditor's side of the cluster, without I/O: promise, follow, verify, store, then sign.

On one connection::

    PROPOSAL ──▶ OPENING ──▶ START ──▶ FOLLOWING

    PROPOSAL    alpha proposes an epoch; the auditor promises it (stored first), naming its tip
    OPENING     alpha opens the epoch with a quorum's promises; the auditor checks them
    START       alpha says where its stream begins; an uncertified tail that is not on the chain is dropped
    FOLLOWING   batches come, are verified and replayed, stored, then signed; certificates make them final

A batch that contradicts the rules or the auditor's own result raises Divergence: the auditor signs nothing more.
"""

from dataclasses import dataclass
from enum import Enum

from constellation.herald.promises import check_opening, sign_promise
from constellation.protocol.errors import Divergence, ProtocolViolation, VerificationError
from constellation.protocol.limits import CLOCK_SKEW_MAX_US
from constellation.protocol.messages import (
    Batch,
    BatchRequest,
    Certificate,
    ClusterMessage,
    Code,
    EpochOpening,
    EpochProposal,
    Promise,
    Settings,
    SignedHeader,
    SignedPromise,
    SignedVerdict,
    StreamStart,
    Verdict,
    Vote,
)
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.protocol.signing import KeyPair, Purpose, signing_hash, vote_hash
from constellation.quanta import Machine, SealedBatch, Tip, replay


class LinkState(Enum):
    """What the auditor expects from alpha next."""

    PROPOSAL = "connecting"
    OPENING = "promised"
    START = "opening"
    FOLLOWING = "following"


@dataclass(slots=True, frozen=True)
class Send:
    """Send a message to alpha."""

    message: ClusterMessage


@dataclass(slots=True, frozen=True)
class StorePromise:
    """Store the promise; when it is durable, send it."""

    promise: SignedPromise


@dataclass(slots=True, frozen=True)
class StoreBatch:
    """Store the batch; when it is durable, call :meth:`Replica.stored`."""

    batch: Batch
    sealed: SealedBatch


@dataclass(slots=True, frozen=True)
class Finalized:
    """Store the certificate; everything up to its batch is final."""

    certificate: Certificate


@dataclass(slots=True, frozen=True)
class Rewind:
    """Cut the log after ``number``, restore the state, then call :meth:`Replica.rewound`."""

    number: int


@dataclass(slots=True, frozen=True)
class CheckChain:
    """Compare the log's header ``number`` with ``digest``; if they differ, alpha broke the promises."""

    number: int
    digest: bytes


@dataclass(slots=True, frozen=True)
class ServeBatches:
    """Send the stored batches from ``first`` to ``last`` to alpha, which lacks them."""

    first: int
    last: int


Action = Send | StorePromise | StoreBatch | Finalized | Rewind | CheckChain | ServeBatches


class Replica:
    """One auditor's copy of the constellation and its relation with alpha.

    Args:
        settings: of the constellation.
        key_pair: the auditor's.
        machine: with the state after ``tip``.
        tip: the end of the auditor's log.
        certificate: the highest one in the log.
        promise: the last one in the log.

    Attributes:
        state: what is expected from alpha next.
        machine: the replayed state.
        tip: the last batch that was replayed.
        certificate: the highest one known.
    """

    def __init__(
        self,
        settings: Settings,
        key_pair: KeyPair,
        machine: Machine,
        tip: Tip,
        certificate: Certificate | None,
        promise: SignedPromise | None,
    ) -> None:
        self._settings = settings
        self._key_pair = key_pair
        self._constellation = machine.state.constellation
        self._epoch = 0 if promise is None else promise.promise.epoch
        self._promise = promise
        self._opening: EpochOpening | None = None
        self._best = Tip.genesis(settings)
        self._stored_header: SignedHeader | None = None
        self._uncertified: dict[int, tuple[int, bytes]] = {}
        self.machine = machine
        self.tip = tip
        self.certificate = certificate
        self.state = LinkState.PROPOSAL

    @property
    def certified(self) -> int:
        """Number of the highest batch that is known to be final."""
        return 0 if self.certificate is None else self.certificate.header.number

    @property
    def epoch(self) -> int:
        """The last epoch promised."""
        return self._epoch

    def resume(self, sealed: SealedBatch, batch: Batch) -> None:
        """Take note of a stored batch at start-up, in order: it may need this auditor's vote again."""
        self._note_stored(sealed, batch.signed_header)

    def link_up(self) -> None:
        """A new connection to alpha is open and proven; all stores of the old one are done."""
        self.state = LinkState.PROPOSAL
        self._opening = None

    def receive(self, message: ClusterMessage, now_us: int) -> list[Action]:
        """Take a message of alpha.

        Args:
            message: decoded.
            now_us: the auditor's own clock, only used to refuse a batch from the future.

        Raises:
            ProtocolViolation: the connection must be closed.
            Divergence: the auditor must stop; see :meth:`verdict`.
        """
        match self.state, message:
            case LinkState.FOLLOWING, Batch():
                return self._take_batch(message, now_us)
            case LinkState.FOLLOWING, Certificate():
                return self._take_certificate(message)
            case LinkState.PROPOSAL | LinkState.OPENING, EpochProposal():
                return self._take_proposal(message)
            case LinkState.OPENING, EpochOpening():
                return self._take_opening(message)
            case LinkState.OPENING, BatchRequest():
                return [ServeBatches(message.first, message.last)]
            case LinkState.START, StreamStart():
                return self._take_start(message.number)
        raise ProtocolViolation(
            Code.UNEXPECTED_MESSAGE, f"{type(message).__name__} does not fit the state {self.state.name}"
        )

    def _take_proposal(self, proposal: EpochProposal) -> list[Action]:
        if proposal.epoch < self._epoch:
            assert self._promise is not None
            return [Send(self._promise)]
        self._epoch = proposal.epoch
        promise = Promise(proposal.epoch, self._settings.alpha, self._stored_header, self.certificate)
        self._promise = sign_promise(self._settings, self._key_pair, promise)
        self.state = LinkState.OPENING
        return [StorePromise(self._promise)]

    def _take_opening(self, opening: EpochOpening) -> list[Action]:
        if opening.epoch != self._epoch:
            raise ProtocolViolation(Code.WRONG_EPOCH, f"epoch {opening.epoch} was opened, {self._epoch} was promised")
        self._best = check_opening(self._settings, opening)
        self._opening = opening
        self.state = LinkState.START
        return []

    def _take_start(self, number: int) -> list[Action]:
        if number > self.tip.number + 1:
            raise ProtocolViolation(Code.BROKEN_CHAIN, f"the stream starts at batch {number} after {self.tip.number}")
        actions: list[Action] = []
        if number <= self.tip.number:
            if number <= self.certified or self.tip.epoch == self._epoch:
                raise ProtocolViolation(
                    Code.BROKEN_PROMISE,
                    f"alpha wants to replace batch {number}, which this auditor must keep",
                )
            actions.append(Rewind(number - 1))
        if self._best.number < number:
            actions.append(CheckChain(self._best.number, self._best.digest))
        self.state = LinkState.FOLLOWING
        votes = [
            self._vote(place, digest) for place, (epoch, digest) in self._uncertified.items() if epoch == self._epoch
        ]
        return [*actions, *votes]

    def rewound(self, machine: Machine, tip: Tip, header: SignedHeader | None) -> None:
        """The log was cut; ``machine`` has the state after ``tip``."""
        self.machine, self.tip, self._stored_header = machine, tip, header
        self._uncertified = {number: entry for number, entry in self._uncertified.items() if number <= tip.number}

    def _take_batch(self, batch: Batch, now_us: int) -> list[Action]:
        header = batch.signed_header.header
        try:
            digest = check_signed_header(self._settings, batch.signed_header)
        except VerificationError as error:  # nobody signed it: corrupted on the way, which proves nothing
            raise ProtocolViolation(error.code, error.message) from None
        assert self._opening is not None
        if header.number <= self.tip.number and header.epoch == self.tip.epoch:
            self._check_repetition(header.number, digest)
            return []
        if (header.number <= self._opening.base_number) == (header.epoch == self._epoch) or header.epoch > self._epoch:
            raise Divergence(Code.WRONG_EPOCH, f"batch {header.number} has epoch {header.epoch}, open is {self._epoch}")
        if header.timestamp > now_us + CLOCK_SKEW_MAX_US:
            ahead_s = (header.timestamp - now_us) / 1e6
            raise ProtocolViolation(Code.CLOCK_SKEW, f"batch {header.number} is {ahead_s:.1f} s ahead of this clock")
        self._check_promised(header.number, digest)
        sealed = replay(self.machine, self.tip, batch)
        self.tip = sealed.tip
        return [StoreBatch(batch, sealed)]

    def _check_repetition(self, number: int, digest: bytes) -> None:
        """A batch that is here already must be the same: otherwise alpha signed two at one place."""
        known = self.tip.digest if number == self.tip.number else self._uncertified.get(number, (0, digest))[1]
        if known != digest:
            raise Divergence(Code.EQUIVOCATION, f"alpha signed two different headers for batch {number} of one epoch")

    def _check_promised(self, number: int, digest: bytes) -> None:
        """The chain must pass through what the promises' best tip and the opening name."""
        assert self._opening is not None
        expected = {self._best.number: self._best.digest, self._opening.base_number: self._opening.base}
        if expected.get(number, digest) != digest:
            raise Divergence(Code.BROKEN_PROMISE, f"batch {number} is not the one that the epoch was opened on")

    def stored(self, sealed: SealedBatch, batch: Batch) -> list[Action]:
        """A replayed batch is durable: vote for it, unless a later epoch was promised meanwhile."""
        self._note_stored(sealed, batch.signed_header)
        if sealed.header.epoch != self._epoch or self.state is not LinkState.FOLLOWING:
            return []
        return [self._vote(sealed.header.number, sealed.digest)]

    def _note_stored(self, sealed: SealedBatch, header: SignedHeader) -> None:
        self._stored_header = header
        number = sealed.header.number
        if number > self.certified:
            self._uncertified[number] = (sealed.header.epoch, sealed.digest)

    def _vote(self, number: int, digest: bytes) -> Send:
        return Send(Vote(number, digest, self._key_pair.sign(vote_hash(self._constellation, digest))))

    def _take_certificate(self, certificate: Certificate) -> list[Action]:
        number = certificate.header.number
        try:
            digest = check_certificate(self._settings, certificate)
        except VerificationError as error:
            raise ProtocolViolation(error.code, error.message) from None
        own = self._uncertified.get(number)
        if number <= self.certified or own is None:
            return []
        if own[1] != digest:
            raise Divergence(
                Code.EQUIVOCATION, f"a quorum has certified another batch {number} than the one stored here"
            )
        self.certificate = certificate
        self._uncertified = {place: entry for place, entry in self._uncertified.items() if place > number}
        return [Finalized(certificate)]

    def verdict(self, error: Divergence, batch: Batch) -> SignedVerdict:
        """Why this auditor refuses ``batch``, signed."""
        digest = signing_hash(Purpose.HEADER, self._constellation, batch.signed_header.header.to_xdr())
        verdict = Verdict(batch.signed_header.header.number, digest, error.code, error.message[:256])
        return SignedVerdict(
            verdict, self._key_pair.sign(signing_hash(Purpose.VERDICT, self._constellation, verdict.to_xdr()))
        )
