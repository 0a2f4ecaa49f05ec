"""Time and chance of a simulation: what the standard library tells a program that runs in one.

Everything below this package reads the clock through :mod:`time` and draws random bytes through :mod:`os`.
:func:`install` puts functions in their place that ask the running simulation, and the system when there is none. It
must be called before anything that keeps a reference to the originals is imported, which is why simulations run in
processes of their own (:mod:`constellation.testing.simulation.__main__`).
"""

import gc
import os
import random
import time
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

_T = TypeVar("_T")


class Nature(Protocol):
    """What a running simulation decides."""

    def monotonic_s(self) -> float:
        """Seconds since the simulation began."""

    def wall_ns(self) -> int:
        """The clock of whoever asks, in nanoseconds since 1970."""

    def random_bytes(self, count: int) -> bytes:
        """Bytes that look random and follow from the seed."""


_running: list[Nature] = []
_IS_INSTALLED: Final[list[bool]] = []


def is_installed() -> bool:
    """Whether this process can run simulations."""
    return bool(_IS_INSTALLED)


def begin(nature: Nature) -> None:
    """From now on, ``nature`` decides, until the process ends or another simulation begins."""
    assert is_installed(), "call install() first, before everything else is imported"
    _running[:] = [nature]
    gc.disable()  # what was killed lies in cycles: to free it would run its ``finally`` blocks
    gc.collect = lambda *_: 0  # alpha collects when its gateway opens: 0.1 s each time
    gc.freeze = lambda: None


def install() -> None:
    """Put the simulation's functions in the place of the system's; once in a process."""
    if is_installed():
        return
    _IS_INSTALLED.append(True)
    time.time = _either(time.time, lambda nature: nature.wall_ns() / 1e9)
    time.time_ns = _either(time.time_ns, lambda nature: nature.wall_ns())
    time.monotonic = _either(time.monotonic, lambda nature: nature.monotonic_s())
    time.monotonic_ns = _either(time.monotonic_ns, lambda nature: round(nature.monotonic_s() * 1e9))
    time.perf_counter = _either(time.perf_counter, lambda nature: nature.monotonic_s())
    # Work takes no time: whoever rests in proportion to its processor time does not rest.
    time.thread_time = _either(time.thread_time, lambda nature: nature.monotonic_s())
    time.process_time = _either(time.process_time, lambda nature: nature.monotonic_s())
    _install_chance()


def _either(real: Callable[[], _T], simulated: Callable[[Nature], _T]) -> Callable[[], _T]:
    def ask() -> _T:
        return simulated(_running[0]) if _running else real()

    return ask


def _install_chance() -> None:
    real_bytes = os.urandom

    def random_bytes(count: int) -> bytes:
        return _running[0].random_bytes(count) if _running else real_bytes(count)

    os.urandom = random_bytes
    random._urandom = random_bytes  # type: ignore[attr-defined]  # what secrets and SystemRandom draw from

    class SeededRandom(random.Random):
        """A generator without a seed takes one from the simulation."""

        def seed(  # type: ignore[override]
            self, a: int | float | str | bytes | bytearray | None = None, version: int = 2
        ) -> None:
            super().seed(os.urandom(32) if a is None else a, version)

    random.Random = SeededRandom  # type: ignore[misc]
