"""Finds a moment among things that are numbered in the order of time, without an index on time.

An account's effects are numbered without gaps and their times never fall, and so it is with batches. Each step asks
for the times at a few numbers at once and leaves one part of the range, so a million numbers take four questions.
"""

from collections.abc import Callable, Mapping, Sequence

_PROBES = 31

TimesAt = Callable[[Sequence[int]], Mapping[int, int]]
"""The times at some numbers."""


def first_since(times_at: TimesAt, first: int, last: int, timestamp: int) -> int:
    """The first number from ``first`` to ``last`` whose time is not before ``timestamp``; ``last + 1``: there is none.

    Args:
        times_at: the times at numbers of that range, which all exist.
        first: of the range.
        last: of the range; one less when it is empty.
        timestamp: in microseconds since 1970.
    """
    low, high = first, last + 1  # the number is in here, both included
    while low < high:
        step = max(1, (high - low) // (_PROBES + 1))
        probes = list(range(low, high, step))[: _PROBES + 1]
        times = times_at(probes)
        later = next((number for number in probes if times[number] >= timestamp), None)
        earlier = [number for number in probes if times[number] < timestamp and (later is None or number < later)]
        if earlier:
            low = earlier[-1] + 1
        if later is not None:
            high = later
    return low
