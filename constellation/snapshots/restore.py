"""Rebuilds a node's state from its log: the last checkpoint, and what came after it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from constellation.protocol.errors import Divergence, VerificationError
from constellation.protocol.messages import Batch, Code, Settings, SignedHeader, decode_state_entry
from constellation.protocol.proofs import check_signed_header
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import InvalidEntries, Machine, SealedBatch, State, Tip, replay, restore_state
from constellation.snapshots.checkpoints import CheckpointKeeper
from constellation.snapshots.log import QuantumLog, StoredBatch

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Restored:
    """A state and the end of the chain that led to it.

    Attributes:
        machine: with the state after the last batch in the log.
        tip: of the log.
        header: of the last batch; None at genesis.
        keeper: holds the checkpoints that the replay came by and that are not written yet.
        replayed_from: the first batch that was replayed.
    """

    machine: Machine
    tip: Tip
    header: SignedHeader | None
    keeper: CheckpointKeeper
    replayed_from: int


def restore(
    quantum_log: QuantumLog, settings: Settings, observe: Callable[[SealedBatch, Batch], None] | None = None
) -> Restored:
    """Take the last checkpoint if its rows are what a certified header says, and replay the rest of the log.

    Everything is verified as if it came from a stranger. When the rows are damaged, the whole log is replayed and the
    rows are written again: the log heals its own checkpoint.

    Args:
        quantum_log: to read.
        settings: of the constellation.
        observe: is shown every replayed batch.

    Raises:
        Divergence: the log is damaged; the message names the batch.
    """
    start = _from_checkpoint(quantum_log, settings)
    keeper = CheckpointKeeper(restored=start is not None)
    machine, tip, header = start or (Machine(settings), Tip.genesis(settings), None)
    first = tip.number + 1
    for stored in quantum_log.batches(first):
        sealed = _replay_stored(settings, machine, tip, stored)
        tip, header = sealed.tip, stored.batch.signed_header
        keeper.note(sealed)
        if observe is not None:
            observe(sealed, stored.batch)
    return Restored(machine, tip, header, keeper, first)


def _from_checkpoint(quantum_log: QuantumLog, settings: Settings) -> tuple[Machine, Tip, SignedHeader] | None:
    """The state of the last checkpoint and its batch's header; None when there is none that can be trusted."""
    certificate = quantum_log.certificate()
    found = quantum_log.checkpoint()
    if found is None or certificate is None:
        return None
    stored, entries = found
    signed = stored.batch.signed_header
    number = signed.header.number
    try:
        digest = check_signed_header(settings, signed)
        state = restore_state(settings, map(decode_state_entry, entries.values()))
        _check_root(state, stored, digest, entries)
    except (MalformedMessage, InvalidEntries, VerificationError) as error:
        log.warning("the checkpoint is damaged; replaying the whole log", extra={"batch": number, "reason": str(error)})
        return None
    if certificate.header.number < number:
        return None
    return Machine.from_state(state), Tip(signed.header.epoch, number, digest), signed


def _check_root(state: State, stored: StoredBatch, digest: bytes, entries: dict[bytes, bytes]) -> None:
    header = stored.batch.signed_header.header
    if digest != stored.digest:
        raise InvalidEntries(f"batch {header.number} does not fit its own hash")
    if state.apex != header.last_apex or state.root() != header.state_root:
        raise InvalidEntries(f"the entries do not have the state root of batch {header.number}")
    if state.take_unsaved() != entries:
        raise InvalidEntries("an entry is not in its own row, or says what the state does not")


def _replay_stored(settings: Settings, machine: Machine, tip: Tip, stored: StoredBatch) -> SealedBatch:
    number = tip.number + 1
    try:
        digest = check_signed_header(settings, stored.batch.signed_header)
        sealed = replay(machine, tip, stored.batch)
    except (VerificationError, Divergence) as error:
        raise Divergence(error.code, f"batch {number} in the log: {error.message}") from error
    if digest != stored.digest:
        raise Divergence(Code.BROKEN_CHAIN, f"batch {number} in the log does not fit its own hash")
    return sealed
