"""Keeps what has become of the calls of one hook, for the log, metrics and the status page."""

import logging
from threading import Lock
from typing import Any, Final

from constellation.node.extensions.metrics import ExtensionMetrics

log = logging.getLogger(__name__)

ANSWERED: Final = "answered"
RAISED: Final = "raised"
LATE: Final = "late"
NONSENSE: Final = "nonsense"


class HookRecord:
    """Of one hook; may be used in several threads.

    Args:
        name: of the extension.
        hook: ``admission``, ``observer`` or ``cosigning``.
        metrics: of the node.

    Attributes:
        name: as given.
        in_a_row: calls that failed since the last one that did not.
        is_off: whether it is not called any more.
        last_failure: what was wrong the last time, if anything ever was.
    """

    def __init__(self, name: str, hook: str, metrics: ExtensionMetrics) -> None:
        self.name = name
        self.in_a_row = 0
        self.is_off = False
        self._hook = hook
        self._metrics = metrics
        self._failures = self._dropped = 0
        self.last_failure: str | None = None
        self._lock = Lock()
        metrics.on.labels(name).set(1)

    def answered(self, took_s: float) -> None:
        """A call has come back with an answer."""
        with self._lock:
            self.in_a_row = 0
        self._metrics.calls.labels(self.name, ANSWERED).inc()
        self._metrics.seconds.labels(self.name).observe(took_s)

    def failed(self, result: str, reason: str) -> None:
        """A call was none."""
        with self._lock:
            self._failures += 1
            self.in_a_row += 1
            self.last_failure = reason
            is_first = self.in_a_row == 1
        self._metrics.calls.labels(self.name, result).inc()
        log.log(logging.ERROR if is_first else logging.DEBUG, "an extension failed", extra=self._words(reason))

    def dropped(self, *, is_first: bool) -> None:
        """A batch is kept from it."""
        with self._lock:
            self._dropped += 1
        self._metrics.dropped.labels(self.name).inc()
        if is_first:
            log.error("an extension is too slow: it is not told of batches", extra=self._words("its queue is full"))

    def switch_off(self, reason: str) -> None:
        """It is not called any more, until the node starts again."""
        with self._lock:
            if self.is_off:
                return
            self.is_off = True
            self.last_failure = reason
        self._metrics.on.labels(self.name).set(0)
        log.error("an extension is switched off", extra=self._words(reason))

    @property
    def problem(self) -> str | None:
        """What an operator should look at, if anything."""
        if self.is_off:
            return f"the extension {self.name} is switched off: {self.last_failure}"
        return f"the extension {self.name} fails: {self.last_failure}" if self.in_a_row else None

    def describe(self) -> dict[str, Any]:
        """For the status page."""
        return {
            "name": self.name,
            "hook": self._hook,
            "state": "off" if self.is_off else "failing" if self.in_a_row else "on",
            "failures": self._failures,
            "last_failure": self.last_failure,
            "dropped_batches": self._dropped,
        }

    def _words(self, reason: str) -> dict[str, str]:
        return {"extension": self.name, "hook": self._hook, "reason": reason}
