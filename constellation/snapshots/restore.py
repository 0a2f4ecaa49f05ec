"""Rebuilds a node's state from its log: the last checkpoint, and what came after it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from constellation.protocol.errors import Divergence, VerificationError
from constellation.protocol.messages import Batch, Code, Settings, SignedHeader, decode_state_entry
from constellation.protocol.proofs import check_finality, check_signed_header
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import InvalidEntries, Machine, SealedBatch, State, Tip, replay, restore_state
from constellation.quanta.state_tree import entry_path
from constellation.snapshots.checkpoints import CheckpointKeeper
from constellation.snapshots.damage import DamagedLog
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
    rows are written again: the log heals its own checkpoint, if it begins at genesis.

    Args:
        quantum_log: to read.
        settings: of the constellation.
        observe: is shown every replayed batch.

    Raises:
        DamagedLog: a row is damaged or missing; the message names the batch.
        Divergence: a row is what was written, but cannot be replayed: other code or other members wrote it.
    """
    terms = quantum_log.terms()
    try:
        start = _from_checkpoint(quantum_log, terms)
    except _Unusable as error:
        if quantum_log.base:
            raise DamagedLog(
                f"the checkpoint cannot be used ({error}), and the log, which begins after batch {quantum_log.base}, "
                "cannot be replayed without it"
            ) from error
        log.warning("the checkpoint is damaged; replaying the whole log", extra={"reason": str(error)})
        start = None
    keeper = CheckpointKeeper(restored=start is not None)
    machine, tip, header = start or (Machine(settings), Tip.genesis(settings), None)
    first = tip.number + 1
    for stored in quantum_log.batches(first):
        sealed = _replay_stored(terms, machine, tip, stored)
        tip, header = sealed.tip, stored.batch.signed_header
        keeper.note(sealed)
        if observe is not None:
            observe(sealed, stored.batch)
    return Restored(machine, tip, header, keeper, first)


class _Unusable(Exception):
    """The checkpoint's rows do not show what a certified header says."""


def _from_checkpoint(quantum_log: QuantumLog, terms: Terms) -> tuple[Machine, Tip, SignedHeader] | None:
    """The state of the last checkpoint and its batch's header; None when there is none yet.

    Raises:
        _Unusable: what is there cannot be trusted.
    """
    certified = _certified(quantum_log, terms)
    try:
        found = quantum_log.checkpoint()
    except DamagedLog as error:
        raise _Unusable(str(error)) from error
    if found is None and quantum_log.base:
        raise _Unusable("there is none")
    if found is None:
        return None
    stored, entries = found
    signed = stored.batch.signed_header
    number = signed.header.number
    try:
        digest = check_signed_header(terms, signed)
        state = restore_state(terms.settings, map(decode_state_entry, entries.values()))
        _check_root(state, stored, digest, entries)
    except (MalformedMessage, InvalidEntries, VerificationError) as error:
        raise _Unusable(f"after batch {number}: {error}") from error
    if certified < number:
        raise _Unusable(f"nothing proves that batch {number} is final")
    return Machine.from_state(state), Tip(signed.header.epoch, number, digest), signed


def _certified(quantum_log: QuantumLog, terms: Terms) -> int:
    """Number of the highest batch that is proved to be final."""
    certificate, base, proof = quantum_log.certificate(), quantum_log.base_tip(), quantum_log.base_proof()
    if certificate is not None:
        return certificate.header.number
    try:
        covered = {} if proof is None else check_finality(terms, proof)
    except VerificationError as error:
        raise _Unusable(f"the proof of batch {base.number} does not hold: {error}") from error
    return base.number if covered.get(base.number) == base.digest else 0


def _check_root(state: State, stored: StoredBatch, digest: bytes, entries: dict[bytes, bytes]) -> None:
    header = stored.batch.signed_header.header
    if digest != stored.digest:
        raise InvalidEntries(f"batch {header.number} does not fit its own hash")
    if state.apex != header.last_apex or state.root() != header.state_root:
        raise InvalidEntries(f"the entries do not have the state root of batch {header.number}")
    if {entry_path(key): entry for key, entry in state.take_unsaved().items()} != entries:
        raise InvalidEntries("an entry is not in its own row, or says what the state does not")


def _replay_stored(terms: Terms, machine: Machine, tip: Tip, stored: StoredBatch) -> SealedBatch:
    number = tip.number + 1
    try:
        digest = check_signed_header(terms, stored.batch.signed_header)
        sealed = replay(machine, tip, stored.batch)
    except (VerificationError, Divergence) as error:
        raise Divergence(error.code, f"batch {number} in the log: {error.message}") from error
    if digest != stored.digest:
        raise Divergence(Code.BROKEN_CHAIN, f"batch {number} in the log does not fit its own hash")
    return sealed
