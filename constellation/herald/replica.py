"""An auditor's side of the cluster, without I/O: promise, follow, verify, store, then sign.

On one connection::

    PROPOSAL ──▶ OPENING ──▶ START ──▶ FOLLOWING
                             │   ▲
                             ▼   │
                            LOADING

    PROPOSAL    alpha proposes an epoch; the auditor promises it (stored first), naming its tip
    OPENING     alpha opens the epoch with a quorum's promises; the auditor checks them
    START       alpha says where its stream begins
    LOADING     the log ends too far back for that: alpha sends a snapshot first, which replaces the whole log
    FOLLOWING   batches come, are verified and replayed, stored, then signed; certificates make them final

A batch that contradicts the rules or the auditor's own result raises Divergence: the auditor signs nothing more.

An uncertified tail that is not on the chain is dropped, but not before it is replaced. Alpha starts the stream before
the tail; the auditor passes over what it has, and from the first difference on it only collects, until the collected
headers lead through everything the epoch was opened on. Otherwise a lying alpha, or one that dies half-way, could make
a quorum forget a batch that it has certified.

An auditor whose log is new is **recovering**: it may have signed what it does not know any more. It follows, but does
not vote, and its promises do not count (:mod:`constellation.herald.promises`), until it has stored everything that it
may have signed before:

- Where the epoch was opened with this log's own promise, the loss came before the opening; whatever was certified in
  earlier epochs is in the base, because the quorum that promised shares an auditor that remembers with the quorum that
  certified. So it has recovered once it has stored the base.
- Where the epoch was open already, it may have signed in this very epoch. Alpha has sent it nothing after the tip that
  alpha names at the start of the stream; so it has recovered once a certificate covers that tip.

An alpha that lies about its tip to an auditor that has just lost its disk makes that auditor count like one that
colludes; nothing else is trusted.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from constellation.herald.promises import check_opening, sign_promise
from constellation.herald.transfer import ReceivedSnapshot, SnapshotReceiver
from constellation.protocol.errors import Divergence, ProtocolViolation, VerificationError
from constellation.protocol.limits import CLOCK_SKEW_MAX_US, EPOCH_JUMP_MAX, REPLACEMENT_MAX_QUANTA
from constellation.protocol.messages import (
    Batch,
    BatchHeader,
    BatchRequest,
    Certificate,
    ClusterMessage,
    Code,
    EpochOpening,
    EpochProposal,
    Promise,
    SignedHeader,
    SignedPromise,
    SignedVerdict,
    SnapshotEntries,
    SnapshotHead,
    StreamStart,
    Verdict,
    Vote,
)
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.protocol.signing import KeyPair, Purpose, header_hash, signing_hash, vote_hash
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, SealedBatch, Tip, replay


class LinkState(Enum):
    """What the auditor expects from alpha next."""

    PROPOSAL = "connecting"
    OPENING = "promised"
    START = "opening"
    LOADING = "loading a snapshot"
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
class Recover:
    """Store that the log is complete; when it is durable, call :meth:`Replica.recovered`."""


@dataclass(slots=True, frozen=True)
class Rewind:
    """Cut the log after ``number``, restore the state, then call :meth:`Replica.rewound`."""

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
    """Replace the log's whole content by the snapshot, restore the state, then call :meth:`Replica.installed`."""

    snapshot: ReceivedSnapshot


Action = InstallSnapshot | Send | StorePromise | StoreBatch | Finalized | Recover | Rewind | CheckChain | ServeBatches


@dataclass(slots=True, frozen=True)
class Kept:
    """What an auditor's log says of the auditor.

    Attributes:
        log: the log's own random name.
        is_recovering: the log is new; what was signed before may be forgotten.
        certificate: the highest one.
        promise: the last one.
        base: where the log begins, which is final; None is genesis.
    """

    log: bytes
    is_recovering: bool
    certificate: Certificate | None
    promise: SignedPromise | None
    base: Tip | None = None


@dataclass(slots=True, frozen=True)
class _Recovery:
    """When a recovering auditor has everything: the batch it must have stored, or know to be final."""

    number: float
    needs_certificate: bool


class Replica:
    """One auditor's copy of the constellation and its relation with alpha.

    Args:
        terms: as far as they are known; a new appointment is assigned to :attr:`terms` between two connections.
        key_pair: the auditor's.
        machine: with the state after ``tip``.
        tip: the end of the auditor's log.
        kept: what else is in it.

    Attributes:
        terms: who is alpha.
        state: what is expected from alpha next.
        machine: the replayed state.
        tip: the last batch that was replayed.
        certificate: the highest one known.
        is_recovering: it must not vote yet.
    """

    def __init__(self, terms: Terms, key_pair: KeyPair, machine: Machine, tip: Tip, kept: Kept) -> None:
        promise = kept.promise
        self.terms = terms
        self._settings = terms.settings
        self._key_pair = key_pair
        self._log = kept.log
        self.is_recovering = kept.is_recovering
        self._recovery = _Recovery(math.inf, needs_certificate=True)
        self._constellation = machine.state.constellation
        self._epoch = 0 if promise is None else promise.promise.epoch
        self._promise = promise
        self._opening: EpochOpening | None = None
        self._points: dict[int, bytes] = {}
        self._streamed = 0
        self._replacement: list[Batch] = []
        self._replacement_tip = tip
        self._replacement_quanta = 0
        self._early: Certificate | None = None
        self._stored_header: SignedHeader | None = None
        self.machine = machine
        self.tip = tip
        self._base = kept.base or Tip.genesis(self._settings)
        self._receiver: SnapshotReceiver | None = None
        self.certificate = kept.certificate
        self.state = LinkState.PROPOSAL
        self._chain = {self.certified: self._certified_tip()}

    def _certified_tip(self) -> Tip:
        if self.certificate is None or self.certificate.header.number < self._base.number:
            return self._base
        header = self.certificate.header
        return Tip(header.epoch, header.number, header_hash(self._constellation, header))

    @property
    def certified(self) -> int:
        """Number of the highest batch that is known to be final."""
        return max(self._base.number, 0 if self.certificate is None else self.certificate.header.number)

    @property
    def epoch(self) -> int:
        """The last epoch promised."""
        return self._epoch

    def resume(self, sealed: SealedBatch, batch: Batch) -> None:
        """Take note of a stored batch at start-up, in order: it may need this auditor's vote again."""
        self._note(sealed)
        self._stored_header = batch.signed_header

    def link_up(self) -> None:
        """A new connection to alpha is open and proven; all stores of the old one are done."""
        self.state = LinkState.PROPOSAL
        self._opening = None
        self._replacement = []
        self._receiver = None
        self._early = None

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
            case LinkState.FOLLOWING, Batch():
                return self._take_batch(message, now_us)
            case LinkState.FOLLOWING, Certificate():
                return self._take_certificate(message)
            case LinkState.PROPOSAL | LinkState.OPENING, EpochProposal():
                return self._take_proposal(message)
            case LinkState.OPENING, EpochOpening():
                return self._take_opening(message)
            case LinkState.OPENING, BatchRequest():
                return [self._serve(message)]
            case LinkState.START, StreamStart():
                return self._take_start(message)
            case LinkState.START, SnapshotHead():
                return self._take_snapshot_head(message)
            case LinkState.LOADING, SnapshotEntries():
                return self._take_snapshot_entries(message)
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

    def _take_proposal(self, proposal: EpochProposal) -> list[Action]:
        if proposal.epoch < self._epoch:
            assert self._promise is not None
            return [Send(self._promise)]
        highest = max(self._epoch, self.terms.last_before)
        if proposal.epoch > highest + EPOCH_JUMP_MAX:
            raise ProtocolViolation(
                Code.WRONG_EPOCH, f"epoch {proposal.epoch} is more than {EPOCH_JUMP_MAX} after {highest}"
            )
        self._epoch = proposal.epoch
        self.state = LinkState.OPENING
        return [self._sign_promise()]

    def _sign_promise(self) -> StorePromise:
        try:
            alpha = self.terms.alpha_of(self._epoch)
        except VerificationError as error:
            raise ProtocolViolation(error.code, error.message) from None
        promise = Promise(self._epoch, alpha, self._log, self.is_recovering, self._stored_header, self.certificate)
        self._promise = sign_promise(self._settings, self._key_pair, promise)
        return StorePromise(self._promise)

    def _take_opening(self, opening: EpochOpening) -> list[Action]:
        if opening.epoch != self._epoch:
            raise ProtocolViolation(Code.WRONG_EPOCH, f"epoch {opening.epoch} was opened, {self._epoch} was promised")
        self._points = check_opening(self.terms, opening)
        self._opening = opening
        self.state = LinkState.START
        return []

    def _take_snapshot_head(self, head: SnapshotHead) -> list[Action]:
        """A quorum has certified the snapshot's batch, and it is not behind this auditor's tip.

        So everything up to it is final: what this auditor has stored and signed there without knowing whether it is
        final may go, because it is either on the chain to that batch, or will never be certified. The same holds for
        what the epoch was opened on; what is after the snapshot is compared when it comes, as always.
        """
        assert self._opening is not None
        header = head.checkpoint.header
        is_after_base = header.number > self._opening.base_number
        if is_after_base != (header.epoch == self._epoch) or header.epoch > self._epoch:
            raise ProtocolViolation(
                Code.WRONG_EPOCH, f"a snapshot of batch {header.number} has epoch {header.epoch}, open is {self._epoch}"
            )
        self._receiver = SnapshotReceiver(self.terms, head, self.tip.number)
        self.state = LinkState.LOADING
        return []

    def _take_snapshot_entries(self, entries: SnapshotEntries) -> list[Action]:
        assert self._receiver is not None
        snapshot = self._receiver.receive(entries)
        return [] if snapshot is None else [InstallSnapshot(snapshot)]

    def installed(self, machine: Machine, snapshot: ReceivedSnapshot) -> None:
        """The log has nothing but the snapshot, durably; ``machine`` has its state."""
        certificate = snapshot.finality.certificate
        self._receiver = None
        self._base = snapshot.tip
        self.certificate = certificate if certificate.header.number == snapshot.tip.number else None
        self._chain = {}
        self.rewound(machine, snapshot.tip, snapshot.checkpoint)
        self._chain[snapshot.tip.number] = snapshot.tip
        self.state = LinkState.START

    def _take_start(self, start: StreamStart) -> list[Action]:
        number = start.number
        if number > self.tip.number + 1:
            raise ProtocolViolation(Code.BROKEN_CHAIN, f"the stream starts at batch {number} after {self.tip.number}")
        if number <= self.certified or (number <= self.tip.number and self.tip.epoch == self._epoch):
            raise ProtocolViolation(
                Code.BROKEN_PROMISE,
                f"alpha wants to replace batch {number}, which this auditor must keep",
            )
        self.state = LinkState.FOLLOWING
        self._streamed = number - 1
        self._expect_recovery(start.tip)
        checks = [CheckChain(place, digest) for place, digest in self._points.items() if place < number]
        return [*checks, *self._votes(), *self._try_to_recover()]

    def _votes(self) -> list[Action]:
        """For everything that is stored, of this epoch, and not known to be final."""
        if self.is_recovering:
            return []
        return [
            self._vote(known.number, known.digest)
            for known in self._chain.values()
            if self.certified < known.number <= self._stored and known.epoch == self._epoch
        ]

    def _expect_recovery(self, alpha_tip: int) -> None:
        assert self._opening is not None
        base = self._opening.base_number
        own = self._key_pair.public
        if any(item.auditor == own and item.promise.log == self._log for item in self._opening.promises):
            self._recovery = _Recovery(base, needs_certificate=False)
        else:
            self._recovery = _Recovery(max(base, alpha_tip), needs_certificate=True)

    def _try_to_recover(self) -> list[Action]:
        reached = self.certified if self._recovery.needs_certificate else self._stored
        if not self.is_recovering or self.state is not LinkState.FOLLOWING or reached < self._recovery.number:
            return []
        self._recovery = _Recovery(math.inf, needs_certificate=True)  # once is enough
        return [Recover()]

    def recovered(self) -> list[Action]:
        """It is durable that the log is complete: promise again, as one that counts, and vote for what is stored."""
        self.is_recovering = False
        if self.state is not LinkState.FOLLOWING:
            return []
        return [self._sign_promise(), *self._votes()]

    def rewound(self, machine: Machine, tip: Tip, header: SignedHeader | None) -> None:
        """The log was cut; ``machine`` has the state after ``tip``."""
        self.machine, self.tip, self._stored_header = machine, tip, header
        self._chain = {number: known for number, known in self._chain.items() if number <= tip.number}

    def _take_batch(self, batch: Batch, now_us: int) -> Iterable[Action]:
        header = batch.signed_header.header
        try:
            digest = check_signed_header(self.terms, batch.signed_header)
        except VerificationError as error:  # nobody signed it: corrupted on the way, which proves nothing
            raise ProtocolViolation(error.code, error.message) from None
        self._check_place(header, digest, now_us)
        self._streamed = max(self._streamed, header.number)
        if self._replacement:
            return self._collect(batch, digest)
        if header.number > self.tip.number:
            return [self._replay(batch)]
        if self._is_here(header, digest):
            return []
        self._replacement_tip, self._replacement_quanta = self._chain[header.number - 1], 0
        return self._collect(batch, digest)

    def _check_place(self, header: BatchHeader, digest: bytes, now_us: int) -> None:
        """Its epoch and time must be right, and the chain must pass through what the epoch was opened on."""
        assert self._opening is not None
        number = header.number
        if (number <= self._opening.base_number) == (header.epoch == self._epoch) or header.epoch > self._epoch:
            raise Divergence(Code.WRONG_EPOCH, f"batch {number} has epoch {header.epoch}, open is {self._epoch}")
        if header.timestamp > now_us + CLOCK_SKEW_MAX_US:
            ahead_s = (header.timestamp - now_us) / 1e6
            raise ProtocolViolation(Code.CLOCK_SKEW, f"batch {number} is {ahead_s:.1f} s ahead of this clock")
        if self._points.get(number, digest) != digest:
            raise Divergence(Code.BROKEN_PROMISE, f"batch {number} is not the one that the epoch was opened on")

    def _is_here(self, header: BatchHeader, digest: bytes) -> bool:
        """Whether the log has this batch; otherwise it has another one that may be dropped for it."""
        number = header.number
        known = self._chain.get(number)
        if known is None or known.digest == digest:
            return True
        if known.epoch == header.epoch:
            raise Divergence(Code.EQUIVOCATION, f"alpha signed two different headers for batch {number} of one epoch")
        if number <= self.certified or self.tip.epoch == self._epoch:
            raise Divergence(Code.BROKEN_CHAIN, f"batch {number} is to be replaced, which this auditor must keep")
        return False

    def _collect(self, batch: Batch, digest: bytes) -> Iterable[Action]:
        """Add to what will replace the own tail, and do so when the chain has passed what the epoch was opened on."""
        header, tip = batch.signed_header.header, self._replacement_tip
        if (header.number, header.previous) != (tip.number + 1, tip.digest):
            raise Divergence(Code.BROKEN_CHAIN, f"batch {header.number} does not follow batch {tip.number} by its hash")
        self._replacement.append(batch)
        self._replacement_tip = Tip(header.epoch, header.number, digest)
        self._replacement_quanta += len(batch.quanta) + 1
        if header.number >= max(self._points):
            return self._replace_tail()
        if self._replacement_quanta > REPLACEMENT_MAX_QUANTA:
            raise ProtocolViolation(
                Code.TOO_LARGE,
                f"this auditor left the chain too long before batch {header.number}: let it start with an empty log",
            )
        return []

    def _replace_tail(self) -> Iterator[Action]:
        batches, self._replacement = self._replacement, []
        yield Rewind(batches[0].signed_header.header.number - 1)
        for batch in batches:
            yield self._replay(batch)

    def _replay(self, batch: Batch) -> StoreBatch:
        sealed = replay(self.machine, self.tip, batch)
        self.tip = sealed.tip
        self._note(sealed)
        return StoreBatch(batch, sealed)

    def _note(self, sealed: SealedBatch) -> None:
        if sealed.header.number > self.certified:
            self._chain[sealed.header.number] = sealed.tip

    def stored(self, sealed: SealedBatch, batch: Batch) -> list[Action]:
        """A replayed batch is durable: vote for it, unless a later epoch was promised meanwhile."""
        self._stored_header = batch.signed_header
        actions: list[Action] = []
        if sealed.header.epoch == self._epoch and self.state is LinkState.FOLLOWING and not self.is_recovering:
            actions.append(self._vote(sealed.header.number, sealed.digest))
        early = self._early
        if early is not None and early.header.number == sealed.header.number:
            actions += self._finalize(early)
        return actions or self._try_to_recover()

    def _vote(self, number: int, digest: bytes) -> Send:
        return Send(Vote(number, digest, self._key_pair.sign(vote_hash(self._constellation, digest))))

    def _take_certificate(self, certificate: Certificate) -> list[Action]:
        number = certificate.header.number
        try:
            check_certificate(self._settings, certificate)
        except VerificationError as error:
            raise ProtocolViolation(error.code, error.message) from None
        if number > self._streamed:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, f"the certificate of batch {number} came before the batch")
        if number <= self.certified:
            return []
        if number > self._settled():
            self._early = certificate
            return []
        return self._finalize(certificate)

    def _settled(self) -> int:
        """Number of the last batch that is stored and will not be replaced by what has come already."""
        if self._replacement:
            return self._replacement[0].signed_header.header.number - 1
        return self._stored

    @property
    def _stored(self) -> int:
        """Number of the last batch that is durable."""
        return 0 if self._stored_header is None else self._stored_header.header.number

    def _finalize(self, certificate: Certificate) -> list[Action]:
        number = certificate.header.number
        if self._chain[number].digest != header_hash(self._constellation, certificate.header):
            raise Divergence(
                Code.EQUIVOCATION, f"a quorum has certified another batch {number} than the one stored here"
            )
        self.certificate = certificate
        self._early = None
        self._chain = {place: known for place, known in self._chain.items() if place >= number}
        return [Finalized(certificate), *self._try_to_recover()]

    def verdict(self, error: Divergence, batch: Batch) -> SignedVerdict:
        """Why this auditor refuses ``batch``, signed."""
        digest = signing_hash(Purpose.HEADER, self._constellation, batch.signed_header.header.to_xdr())
        verdict = Verdict(batch.signed_header.header.number, digest, error.code, error.message[:256])
        return SignedVerdict(
            verdict, self._key_pair.sign(signing_hash(Purpose.VERDICT, self._constellation, verdict.to_xdr()))
        )
