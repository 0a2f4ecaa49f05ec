"""Batches: sealing executed quanta under a header on alpha, replaying them on auditors."""

from collections.abc import Callable
from dataclasses import dataclass

from constellation.protocol.errors import Divergence, Rejection, UnknownRules
from constellation.protocol.leaves import Submission, leaf_count, leaves_of
from constellation.protocol.limits import BATCH_MAX_QUANTA
from constellation.protocol.merkle import MerkleTree, leaf_hash, merkle_proof
from constellation.protocol.messages import (
    HEADER_VERSION,
    AccountEvent,
    Batch,
    BatchEffects,
    BatchHeader,
    Code,
    MerkleProof,
    QuantumBody,
    QuantumEffects,
    Settings,
    SignedHeader,
    TermCommit,
)
from constellation.protocol.signing import header_hash, settings_hash
from constellation.protocol.terms import term_of
from constellation.quanta.authorship import request_signature_fits
from constellation.quanta.executed import Executed, describe
from constellation.quanta.machine import Machine


@dataclass(slots=True, frozen=True)
class Tip:
    """The end of a chain of headers.

    Attributes:
        epoch: of the last header.
        number: of the last batch; 0 at genesis.
        digest: hash of the last header; of the settings at genesis.
    """

    epoch: int
    number: int
    digest: bytes

    @classmethod
    def genesis(cls, settings: Settings) -> "Tip":
        """The tip before the first batch."""
        return cls(0, 0, settings_hash(settings))


@dataclass(slots=True)
class SealedBatch:
    """Executed quanta under a header.

    Attributes:
        header: what is signed.
        digest: its hash.
        executed: the quanta in order.
        entries: at a checkpoint, the state's entries that changed since the last one, encoded; None for those gone.
        nodes: at a checkpoint, the nodes of the state tree, for proofs of entries.
    """

    header: BatchHeader
    digest: bytes
    executed: list[Executed]
    _tree: MerkleTree
    entries: dict[bytes, bytes | None] | None = None
    nodes: list[list[bytes]] | None = None

    @property
    def leaves(self) -> list[bytes]:
        """Hashes of the quanta's leaves, in order."""
        return self._tree.leaves

    @property
    def tip(self) -> Tip:
        """The tip of a chain that ends with this batch."""
        return Tip(self.header.epoch, self.header.number, self.digest)

    def event(self, place: int, group_place: int, request_id: int | None = None) -> AccountEvent:
        """One account's effects of one quantum, with proofs up to the header.

        Args:
            place: of the quantum in the batch.
            group_place: of the account's group in the quantum.
            request_id: set when the event answers the reader's own request.
        """
        executed = self.executed[place]
        return AccountEvent(
            request_id,
            executed.leaf,
            executed.groups[group_place],
            self.group_proof(place, group_place),
            self._tree.prove(place),
        )

    def group_proof(self, place: int, group_place: int) -> MerkleProof:
        """The path from an account's group of effects to its quantum's leaf."""
        return merkle_proof(self.executed[place].group_hashes, group_place)


def seal(machine: Machine, executed: list[Executed], tip: Tip, epoch: int, *, checkpoint: bool) -> SealedBatch:
    """Put executed quanta under a header that follows ``tip``.

    Args:
        machine: that executed them; its state root is taken at a checkpoint.
        executed: everything since ``tip``, in order; empty only in the batch that opens an epoch.
        tip: what the header follows.
        epoch: of the alpha that seals.
        checkpoint: whether the header carries the state root.
    """
    tree = MerkleTree([leaf_hash(item.leaf.to_xdr()) for item in executed])
    state = machine.state
    header = BatchHeader(
        version=HEADER_VERSION,
        epoch=epoch,
        number=tip.number + 1,
        first_apex=state.apex - len(executed) + 1,
        last_apex=state.apex,
        timestamp=state.timestamp,
        previous=tip.digest,
        quanta_root=tree.root,
        state_root=state.root() if checkpoint else None,
    )
    entries, nodes = (state.take_unsaved(), state.tree.nodes()) if checkpoint else (None, None)
    return SealedBatch(header, header_hash(state.constellation, header), executed, tree, entries, nodes)


def check_follows(tip: Tip, apex: int, batch: Batch) -> None:
    """Check everything about a batch that needs no execution.

    Args:
        tip: what it must follow.
        apex: of the last quantum before it.
        batch: whose alpha signature was checked.

    Raises:
        Divergence: UNSUPPORTED_VERSION, BROKEN_CHAIN, WRONG_EPOCH or INVALID_QUANTUM.
    """
    header = batch.signed_header.header
    if header.version != HEADER_VERSION:
        raise Divergence(Code.UNSUPPORTED_VERSION, f"batch {header.number} has header version {header.version}")
    if header.number != tip.number + 1 or header.previous != tip.digest:
        raise Divergence(Code.BROKEN_CHAIN, f"batch {header.number} does not follow batch {tip.number} by its hash")
    if header.epoch < tip.epoch:
        raise Divergence(Code.WRONG_EPOCH, f"batch {header.number} has epoch {header.epoch} after {tip.epoch}")
    count = leaves_of(batch.quanta)
    if (header.first_apex, header.last_apex) != (apex + 1, apex + count):
        raise Divergence(
            Code.BROKEN_CHAIN,
            f"batch {header.number} claims quanta {header.first_apex} to {header.last_apex} with "
            f"{count} quanta after {apex}",
        )
    if count > BATCH_MAX_QUANTA:
        raise Divergence(Code.INVALID_QUANTUM, f"batch {header.number} has {count} quanta; {BATCH_MAX_QUANTA} may be")
    if batch.quanta and header.timestamp != batch.quanta[-1].timestamp:
        raise Divergence(Code.INVALID_QUANTUM, f"the time of batch {header.number} is not that of its last quantum")


def check_term(machine: Machine, epoch: int, body: QuantumBody) -> None:
    """In an epoch, nothing but term commits is executed before the members of its term are in force.

    Raises:
        Rejection: WRONG_EPOCH.
    """
    term, wanted = machine.state.term, term_of(epoch)
    if term > wanted or (term < wanted and not isinstance(body, TermCommit)):
        raise Rejection(Code.WRONG_EPOCH, f"epoch {epoch} is of term {wanted}, the members of term {term} are in force")


def check_client_signatures(constellation: bytes, batch: Batch) -> None:
    """Check the signature of every request, and request batch, in ``batch``.

    Raises:
        Divergence: BAD_SIGNATURE, naming the quantum.
    """
    apex = batch.signed_header.header.first_apex
    for quantum in batch.quanta:
        body = quantum.body
        if isinstance(body, Submission) and not request_signature_fits(constellation, body):
            raise Divergence(Code.BAD_SIGNATURE, f"quantum {apex} carries a request whose signature does not fit")
        apex += leaf_count(body)


CheckSignatures = Callable[[bytes, Batch], None]
"""Checks the clients' signatures in a batch of a constellation, as :func:`check_client_signatures` does."""


def replay(
    machine: Machine, tip: Tip, batch: Batch, check_signatures: CheckSignatures = check_client_signatures
) -> SealedBatch:
    """Execute a batch as alpha claims to have done, and compare.

    The caller has checked alpha's signature over the header.

    Raises:
        Divergence: something in the batch breaks a rule or differs from this node's own result; the machine must not be
            used any more.
        UnknownRules: a quorum has decided on rules that only a newer version of this software knows.
    """
    check_follows(tip, machine.state.apex, batch)
    check_signatures(machine.state.constellation, batch)
    header = batch.signed_header.header
    if not batch.quanta and header.timestamp != machine.state.timestamp:
        raise Divergence(Code.INVALID_QUANTUM, f"batch {header.number} is empty and changes the time")
    executed: list[Executed] = []
    for quantum in batch.quanta:
        apex = machine.state.apex + 1
        if quantum.timestamp < machine.state.timestamp:
            raise Divergence(Code.INVALID_QUANTUM, f"quantum {apex} goes back in time")
        try:
            executed += machine.execute_all(quantum.timestamp, quantum.body)
            check_term(machine, header.epoch, quantum.body)
        except Rejection as error:
            if error.code is Code.UNKNOWN_RULES:  # a quorum has decided so: nothing is wrong with the batch
                raise UnknownRules(error.code, f"quantum {apex} begins other rules: {error.message}") from None
            raise Divergence(Code.INVALID_QUANTUM, f"quantum {apex} must be rejected: {error}") from error
        except Exception as fault:  # of this program, which every node has: whoever looks into it needs this
            fault.add_note(f"quantum {apex} failed half-way: {quantum.to_xdr().hex()}")
            raise
    sealed = seal(machine, executed, tip, header.epoch, checkpoint=header.state_root is not None)
    if sealed.header.quanta_root != header.quanta_root:
        raise Divergence(
            Code.QUANTA_ROOT_MISMATCH,
            f"batch {header.number} has other quanta or effects than its header claims",
        )
    if sealed.header.state_root != header.state_root:
        raise Divergence(Code.STATE_ROOT_MISMATCH, f"the state after batch {header.number} differs from its header's")
    assert sealed.digest == header_hash(machine.state.constellation, header)
    return sealed


def reseal(constellation: bytes, batch: Batch, effects: BatchEffects) -> SealedBatch:
    """A stored batch with what it did, as :func:`seal` gave it, without executing it again.

    Raises:
        Divergence: QUANTA_ROOT_MISMATCH: the effects are not those that the header commits to.
    """
    header = batch.signed_header.header
    executed: list[Executed] = []
    for quantum in batch.quanta:
        place = len(executed)
        done = effects.quanta[place : place + leaf_count(quantum.body)]
        executed += describe(header.first_apex + place, quantum, [item.groups for item in done])
    tree = MerkleTree([leaf_hash(item.leaf.to_xdr()) for item in executed])
    if tree.root != header.quanta_root:
        raise Divergence(Code.QUANTA_ROOT_MISMATCH, f"the stored effects of batch {header.number} are not its own")
    return SealedBatch(header, header_hash(constellation, header), executed, tree)


def batch_effects(sealed: SealedBatch) -> BatchEffects:
    """What the quanta of a batch did, as it is stored."""
    return BatchEffects([QuantumEffects(item.groups) for item in sealed.executed])


def signed_batch(sealed: SealedBatch, alpha_signature: bytes) -> Batch:
    """The batch as it is stored and relayed."""
    quanta = [item.quantum for item in sealed.executed if not item.place]
    return Batch(SignedHeader(sealed.header, alpha_signature), quanta)
