"""Tells observers what is final: each in a thread of its own, from a queue that drops what does not fit.

Nobody waits for an observer. What it was told of is its own copy; what it raises is counted; after some failures in a
row, or when it does not come back, it is told nothing any more.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from typing import Final

from constellation.chronicler.intake import FinalBatch
from constellation.extensions import CertifiedBatch, Observer
from constellation.node.extensions.record import RAISED, HookRecord
from constellation.node.extensions.words import words_of
from constellation.protocol.messages import ChronicleBatch

BATCHES_MAX: Final = 1024
"""That wait for one observer."""

QUANTA_MAX: Final = 20_000
"""In the batches that wait, but the first."""

FAILURES_MAX: Final = 10
"""In a row: then an observer is switched off."""

HANGS_AFTER_S: Final = 60.0
"""An observer that is busy with one batch for so long, while others come, is switched off."""


class ObserverThread:
    """Of one observer.

    Args:
        record: what becomes of the calls.
        observer: foreign code.
        clock_s: that never goes back.
    """

    def __init__(self, record: HookRecord, observer: Observer, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.record = record
        self._observer = observer
        self._clock_s = clock_s
        self._queue: deque[FinalBatch] = deque()
        self._quanta = 0
        self._changed = Condition()
        self._begun_s: float | None = None
        self._drops = False
        self._ends = False
        self._thread = Thread(target=self._run, name=f"extension {record.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Tell nothing more; it is not waited for."""
        with self._changed:
            self._ends = True
            self._forget()
            self._changed.notify()

    def take(self, final: FinalBatch) -> None:
        """Have the observer told of a batch, or drop it; at once."""
        with self._changed:
            begun_s = self._begun_s
            if begun_s is not None and self._clock_s() - begun_s > HANGS_AFTER_S:
                self._switch_off(f"it is busy with one batch for more than {HANGS_AFTER_S:g} s")
            quanta = len(final.sealed.executed)
            fits = not self._queue or self._quanta + quanta <= QUANTA_MAX
            if self.record.is_off or len(self._queue) >= BATCHES_MAX or not fits:
                self.record.dropped(is_first=not self._drops and not self.record.is_off)
                self._drops = True
                return
            self._drops = False
            self._queue.append(final)
            self._quanta += quanta
            self._changed.notify()

    def _run(self) -> None:
        while (final := self._next()) is not None:
            self._tell(final)
            with self._changed:
                self._begun_s = None
                if self.record.in_a_row >= FAILURES_MAX:
                    self._switch_off(f"it failed {FAILURES_MAX} times in a row: {self.record.last_failure}")

    def _next(self) -> FinalBatch | None:
        """The next batch; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._ends or self.record.is_off)
            if self._ends or self.record.is_off:
                return None
            final = self._queue.popleft()
            self._quanta -= len(final.sealed.executed)
            self._begun_s = self._clock_s()
            return final

    def _tell(self, final: FinalBatch) -> None:
        begun_s = time.monotonic()
        own = ChronicleBatch.from_xdr(final.item.to_xdr())
        try:
            self._observer.certified(CertifiedBatch(final.number, final.certified_by, own))
        except BaseException as error:  # foreign code: SystemExit as well
            self.record.failed(RAISED, words_of(error))
        else:
            self.record.answered(time.monotonic() - begun_s)

    def _switch_off(self, reason: str) -> None:
        self.record.switch_off(reason)
        self._forget()

    def _forget(self) -> None:
        self._queue.clear()
        self._quanta = 0


class Observers:
    """Of one node.

    Args:
        threads: of each.
    """

    def __init__(self, threads: Sequence[ObserverThread]) -> None:
        self._threads = threads

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def take(self, final: Sequence[FinalBatch]) -> None:
        """Batches are in the history."""
        for thread in self._threads:
            for batch in final:
                thread.take(batch)

    def end(self) -> None:
        """Tell nothing more."""
        for thread in self._threads:
            thread.end()
