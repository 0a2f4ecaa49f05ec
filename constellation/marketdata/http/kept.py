"""Answers that are good for a second: a flood of the same question is answered with one piece of work."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

KEPT_S: Final = 1.0
"""As long as whoever asks may keep a live answer."""


class Kept(Generic[K, V]):
    """Values that are forgotten after ``KEPT_S``.

    Args:
        most: how many; past it the oldest is forgotten.
        time_s: the time now, of a clock that is never set.
    """

    def __init__(self, most: int, time_s: Callable[[], float]) -> None:
        self._most = most
        self._time_s = time_s
        self._values: dict[K, tuple[float, V]] = {}

    def get(self, key: K) -> V | None:
        """What was put there within the last second."""
        since_s, value = self._values.get(key, (0.0, None))
        return value if value is not None and self._time_s() - since_s < KEPT_S else None

    def put(self, key: K, value: V) -> V:
        """Keep a value; the same."""
        self._values.pop(key, None)
        self._values[key] = self._time_s(), value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]
        return value
