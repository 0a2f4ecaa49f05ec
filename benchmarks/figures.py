"""What a benchmark returns."""

from collections.abc import Iterable
from dataclasses import dataclass

_MICROSECONDS = {"µs": 1.0, "ms": 1e3, "s": 1e6}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured; unique in its benchmark.
        value: in ``unit``.
        unit: ``µs``, ``ms`` or ``s`` for a time, ``…/s`` for a rate, anything else for what is not time.
    """

    name: str
    value: float
    unit: str

    def checks(self, check_us: float) -> float | None:
        """The time, or the time for one item of the rate, in Ed25519 signature checks; None for what is not time."""
        if self.unit in _MICROSECONDS:
            return self.value * _MICROSECONDS[self.unit] / check_us
        if self.unit.endswith("/s"):
            return 1e6 / self.value / check_us
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one benchmark found in a process of its own.

    Attributes:
        check_us: CPU time of one Ed25519 signature check in the same process.
        elapsed_s: of the whole benchmark with its preparation.
        figures: in the order in which they are shown.
    """

    check_us: float
    elapsed_s: float
    figures: tuple[Figure, ...]


def per_item_us(total_s: float, items: int) -> float:
    """Microseconds per item."""
    return total_s * 1e6 / items


def median(values: Iterable[float]) -> float:
    """The middle value, the upper one of an even number: robust where other work shares the processor."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
