"""Rebuilds a node's state from its log."""

from collections.abc import Callable
from dataclasses import dataclass

from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Batch, Code, Settings
from constellation.quanta import Machine, SealedBatch, Tip, replay
from constellation.snapshots.log import QuantumLog


@dataclass(slots=True)
class Restored:
    """A state and the end of the chain that led to it.

    Attributes:
        machine: with the state after the last batch in the log.
        tip: of the log.
    """

    machine: Machine
    tip: Tip


def restore(
    log: QuantumLog, settings: Settings, observe: Callable[[SealedBatch, Batch], None] | None = None
) -> Restored:
    """Replay the whole log, verifying everything as if it came from a stranger.

    Args:
        log: to read.
        settings: of the constellation.
        observe: is shown every replayed batch.

    Raises:
        Divergence: the log is damaged; the message names the batch.
    """
    machine, tip = Machine(settings), Tip.genesis(settings)
    for stored in log.batches(1):
        sealed = replay(machine, tip, stored.batch)
        if sealed.digest != stored.digest:
            raise Divergence(Code.BROKEN_CHAIN, f"batch {sealed.header.number} in the log does not fit its own hash")
        tip = sealed.tip
        if observe is not None:
            observe(sealed, stored.batch)
    return Restored(machine, tip)
