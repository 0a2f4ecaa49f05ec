"""Opens a node's log and restores its state, for both roles."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from constellation.node.interpreter import without_collections
from constellation.protocol.messages import Batch, Certificate, Settings, SignedPromise
from constellation.quanta import SealedBatch, conservation_errors
from constellation.snapshots import QuantumLog, Restored, restore

log = logging.getLogger(__name__)

_PROGRESS_S = 2.0


@dataclass(slots=True)
class OpenedLog:
    """A node's log and what it holds.

    Attributes:
        log: for the writer.
        restored: the state, and the end of the chain that led to it.
        certificate: the highest one.
        promise: the last one (auditors).
        recent: the last batches: those that are not certified, and on alpha those whose requests may be repeated.
    """

    log: QuantumLog
    restored: Restored
    certificate: Certificate | None
    promise: SignedPromise | None
    recent: deque[tuple[SealedBatch, Batch]]

    @property
    def certified(self) -> int:
        """Number of the highest batch that is known to be final."""
        return self.log.certified()


def open_log(path: Path | None, settings: Settings) -> OpenedLog:
    """Open the log and restore the state.

    Raises:
        LogMismatch: the log belongs to something else.
        DamagedLog: the log is not what was written.
        Divergence: it is, but this version's rules lead to something else.
        StorageFailure: it cannot be read.
    """
    quantum_log = QuantumLog(path, settings)
    try:
        with without_collections():
            return _open(quantum_log, settings)
    except BaseException:
        quantum_log.close()  # whoever sets it aside must not find it in use
        raise


def _open(quantum_log: QuantumLog, settings: Settings) -> OpenedLog:
    certificate = quantum_log.certificate()
    certified = quantum_log.certified()
    replayed: deque[tuple[SealedBatch, Batch]] = deque()

    def observe(sealed: SealedBatch, batch: Batch) -> None:
        replayed.append((sealed, batch))
        horizon = sealed.header.timestamp - settings.limits.validity_us
        while replayed[0][0].header.number <= certified and replayed[0][0].header.timestamp < horizon:
            replayed.popleft()

    restored = restore(quantum_log, settings, _with_progress(observe))
    state = restored.machine.state
    problems = conservation_errors(state)
    assert not problems, problems
    since_us = state.timestamp - settings.limits.validity_us
    recent = deque(quantum_log.answers(since_us, before=restored.replayed_from, valid_at_us=state.timestamp))
    recent.extend(replayed)
    log.info(
        "log restored",
        extra={"apex": state.apex, "batch": restored.tip.number, "replayed_from": restored.replayed_from},
    )
    return OpenedLog(quantum_log, restored, certificate, quantum_log.promise(), recent)


def _with_progress(
    observe: Callable[[SealedBatch, Batch], None],
) -> Callable[[SealedBatch, Batch], None]:
    """``observe`` that tells every two seconds how far the replay is."""
    told = time.monotonic()

    def observe_and_tell(sealed: SealedBatch, batch: Batch) -> None:
        nonlocal told
        observe(sealed, batch)
        if time.monotonic() - told > _PROGRESS_S:
            told = time.monotonic()
            log.info("replaying the log", extra={"batch": sealed.header.number, "apex": sealed.header.last_apex})

    return observe_and_tell
