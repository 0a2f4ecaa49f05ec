"""Who has connected to a port and has not proven yet who it is: few at once, few in a second, and not for long.

A stranger counts from the moment that its connection is accepted, before TLS, so that one that says nothing counts,
too. Those that are refused are closed at once: they cost a descriptor for an instant.
"""

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from constellation.transport.addresses import count_off
from constellation.transport.metrics import DoorMetrics
from constellation.transport.pace import Pace


class Refusal(Enum):
    """Why a connection is not let in."""

    STRANGERS = "strangers"
    STRANGERS_OF_ADDRESS = "strangers_of_address"
    TOO_FAST = "too_fast"


@dataclass(slots=True, frozen=True)
class DoorLimits:
    """Bounds of one port.

    Attributes:
        strangers: connections that have not proven who they are.
        strangers_per_address: of them, from one network address.
        per_second: new connections from one address in the long run.
        burst: at once.
        stay_s: how long a stranger may stay; who is in the middle of something is cut off.
    """

    strangers: int
    strangers_per_address: int
    per_second: float
    burst: int
    stay_s: float


class Doorstep:
    """Counts the strangers of one port.

    Args:
        limits: bounds.
        metrics: counts who is refused.
        port: its name there.
    """

    def __init__(self, limits: DoorLimits, metrics: DoorMetrics, port: str) -> None:
        self.limits = limits
        self._pace = Pace(limits.per_second, limits.burst)
        self._strangers: Counter[str] = Counter()
        self._total = 0
        self._metrics = metrics
        self._port = port
        metrics.strangers.labels(port).set_function(lambda: self._total)

    def __len__(self) -> int:
        return self._total

    def enter(self, source: str, now_s: float) -> Refusal | None:
        """Count a stranger; or why there is no room for it."""
        refusal = self._refusal(source, now_s)
        if refusal is not None:
            self._metrics.refused.labels(self._port, refusal.value).inc()
            return refusal
        self._strangers[source] += 1
        self._total += 1
        return None

    def _refusal(self, source: str, now_s: float) -> Refusal | None:
        if self._total >= self.limits.strangers:
            return Refusal.STRANGERS
        if self._strangers[source] >= self.limits.strangers_per_address:
            return Refusal.STRANGERS_OF_ADDRESS
        return None if self._pace.admits(source, now_s) else Refusal.TOO_FAST

    def leave(self, source: str) -> None:
        """It is no stranger any more, or it is gone."""
        self._total -= 1
        count_off(self._strangers, source)

    def expelled(self) -> None:
        """A stranger has stayed too long."""
        self._metrics.refused.labels(self._port, "stayed_too_long").inc()

    def exhausted(self) -> None:
        """There was no descriptor for a connection."""
        self._metrics.refused.labels(self._port, "no_descriptor").inc()
