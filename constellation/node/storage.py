"""Opens a node's log and restores its state, for both roles."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from constellation.protocol.messages import Batch, Certificate, Settings, SignedPromise
from constellation.quanta import Machine, SealedBatch, Tip, conservation_errors
from constellation.snapshots import QuantumLog, restore

log = logging.getLogger(__name__)

_PROGRESS_S = 2.0


@dataclass(slots=True)
class OpenedLog:
    """A node's log and what it holds.

    Attributes:
        log: for the writer.
        machine: with the state after ``tip``.
        tip: the last batch.
        certificate: the highest one.
        promise: the last one (auditors).
        recent: the last batches, at least those whose requests may still be repeated.
    """

    log: QuantumLog
    machine: Machine
    tip: Tip
    certificate: Certificate | None
    promise: SignedPromise | None
    recent: deque[tuple[SealedBatch, Batch]]


def open_log(path: Path | None, settings: Settings) -> OpenedLog:
    """Open the log and replay it.

    Raises:
        LogMismatch: the log belongs to something else.
        Divergence: the log is damaged.
    """
    quantum_log = QuantumLog(path, settings)
    certificate = quantum_log.certificate()
    certified = 0 if certificate is None else certificate.header.number
    recent: deque[tuple[SealedBatch, Batch]] = deque()

    def observe(sealed: SealedBatch, batch: Batch) -> None:
        recent.append((sealed, batch))
        horizon = sealed.header.timestamp - settings.limits.validity_us
        while recent[0][0].header.number <= certified and recent[0][0].header.timestamp < horizon:
            recent.popleft()

    restored = restore(quantum_log, settings, _with_progress(observe))
    problems = conservation_errors(restored.machine.state)
    assert not problems, problems
    log.info("log restored", extra={"apex": restored.machine.state.apex, "batch": restored.tip.number})
    return OpenedLog(quantum_log, restored.machine, restored.tip, certificate, quantum_log.promise(), recent)


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
