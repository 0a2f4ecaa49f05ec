"""When the next operation begins.

A closed loop begins one when another has ended; under it a slow server is asked less often, and what it would have
done to those who come at their own times stays unseen. An open loop has a time for each operation beforehand, and its
latency counts from that time, also when everybody was still busy with earlier ones.
"""

import asyncio
import time
from math import ceil
from typing import Protocol


class Pace(Protocol):
    """Tells when to begin."""

    async def next(self) -> float | None:
        """Wait until an operation may begin; the time from which it counts, or None when there are no more."""


class ClosedLoop:
    """The next one begins at once.

    Args:
        end_s: of the run, on the monotonic clock; None never ends it.
        stop: ends it earlier.
    """

    def __init__(self, end_s: float | None, stop: asyncio.Event) -> None:
        self._end_s = end_s
        self._stop = stop

    async def next(self) -> float | None:
        """See :class:`Pace`."""
        now_s = time.monotonic()
        return None if self._stop.is_set() or (self._end_s is not None and now_s >= self._end_s) else now_s


class OpenLoop:
    """Operations at fixed times, shared by all who ask.

    Args:
        begin_s: of the run, on the monotonic clock.
        interval_s: between two operations of this worker.
        offset_s: of its first one.
        end_s: of the run; None never ends it.
        stop: ends it earlier.
    """

    def __init__(
        self, begin_s: float, interval_s: float, offset_s: float, end_s: float | None, stop: asyncio.Event
    ) -> None:
        self._next_s = begin_s + offset_s
        self._interval_s = interval_s
        self._end_s = end_s
        self._stop = stop

    async def next(self) -> float | None:
        """See :class:`Pace`."""
        intended_s, now_s = self._next_s, time.monotonic()
        if self._stop.is_set() or (self._end_s is not None and max(intended_s, now_s) >= self._end_s):
            return None
        self._next_s += self._interval_s
        if intended_s > now_s:
            await asyncio.sleep(intended_s - now_s)
        return None if self._stop.is_set() else intended_s

    @property
    def late(self) -> int:
        """Operations whose time has come within the run and that nobody has begun."""
        until_s = time.monotonic() if self._end_s is None else min(time.monotonic(), self._end_s)
        return max(0, ceil((until_s - self._next_s) / self._interval_s))
