"""What a benchmark returns."""

from collections.abc import Iterable
from dataclasses import dataclass

_MICROSECONDS = {"µs": 1.0, "ms": 1e3, "s": 1e6}

CHECK_BESIDE = "one signature check beside the load"
"""The figure of a benchmark that works other processes: what their times are compared with."""


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
class Goal:
    """What a figure should be; one of the bounds is set.

    Attributes:
        at_most: the highest value.
        at_least: the lowest value.
        in_checks: the bound is in signature checks, not in the figure's unit.
    """

    at_most: float | None = None
    at_least: float | None = None
    in_checks: bool = False

    def is_reached(self, figure: Figure, check_us: float) -> bool:
        """Whether ``figure`` is within the bound."""
        value = figure.checks(check_us) if self.in_checks else figure.value
        assert value is not None, "only a time can be given in checks"
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def text(self, unit: str) -> str:
        """The bound for people, ``unit`` being the figure's."""
        bound, word = (self.at_most, "at most") if self.at_least is None else (self.at_least, "at least")
        return f"{word} {bound:,g} {'V' if self.in_checks else unit}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one benchmark found in a process of its own.

    Attributes:
        check_us: CPU time of one Ed25519 signature check in the same process; beside the load, where the benchmark
            works other processes.
        elapsed_s: of the whole benchmark with its preparation.
        figures: in the order in which they are shown.
        date: of the measurement, as in 2026-01-31.
    """

    check_us: float
    elapsed_s: float
    figures: tuple[Figure, ...]
    date: str

    def figure(self, name: str) -> Figure | None:
        """A figure by its name."""
        return next((figure for figure in self.figures if figure.name == name), None)


def per_item_us(total_s: float, items: int) -> float:
    """Microseconds per item."""
    return total_s * 1e6 / items


def median(values: Iterable[float]) -> float:
    """The middle value, the upper one of an even number: robust where other work shares the processor."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
