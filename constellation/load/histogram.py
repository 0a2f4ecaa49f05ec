"""Durations in a fixed number of buckets: any number of them costs the same memory, and two histograms can be added."""

from collections.abc import Mapping
from typing import Final

_BITS: Final = 5
_STEPS: Final = 1 << _BITS  # buckets of each power of two: a bucket's ends are less than 1/32 apart
_LONGEST_US: Final = (1 << 36) - 1  # 19 hours
_BUCKETS: Final = (36 - _BITS + 1) * _STEPS


def _bucket(value: int) -> int:
    shift = max(0, value.bit_length() - _BITS - 1)
    return shift * _STEPS + (value >> shift)


def _highest(bucket: int) -> int:
    """The longest duration that is counted in a bucket."""
    shift = max(0, bucket // _STEPS - 1)
    return ((bucket - shift * _STEPS + 1) << shift) - 1


class Histogram:
    """Counts durations; a percentile is exact to 1/32 of itself.

    Attributes:
        count: of durations.
        max_us: the longest one, exact.
    """

    def __init__(self) -> None:
        self.count = 0
        self.max_us = 0
        self._counts = [0] * _BUCKETS

    def record(self, duration_us: int, times: int = 1) -> None:
        """Count a duration in microseconds; what is outside of 0 to 19 hours counts as the nearest of them."""
        value = min(max(duration_us, 0), _LONGEST_US)
        self.count += times
        self.max_us = max(self.max_us, value)
        self._counts[_bucket(value)] += times

    def percentile_us(self, percent: float) -> int | None:
        """A duration that ``percent`` of all do not exceed, at most 1/32 too long; None when there are none."""
        if not self.count:
            return None
        wanted = max(1, -int(-self.count * percent // 100))
        reached = 0
        for bucket, number in enumerate(self._counts):
            reached += number
            if reached >= wanted:
                return min(_highest(bucket), self.max_us)
        return self.max_us

    def add(self, other: "Histogram") -> None:
        """Count what another one has counted."""
        self.count += other.count
        self.max_us = max(self.max_us, other.max_us)
        self._counts = [mine + its for mine, its in zip(self._counts, other._counts, strict=True)]

    def to_json(self) -> dict[str, int]:
        """The buckets that are not empty, and the longest duration."""
        return {"max": self.max_us} | {str(bucket): number for bucket, number in enumerate(self._counts) if number}

    @classmethod
    def from_json(cls, document: Mapping[str, int]) -> "Histogram":
        """What :meth:`to_json` has written."""
        histogram = cls()
        histogram.max_us = document["max"]
        for bucket, number in document.items():
            if bucket != "max":
                histogram._counts[int(bucket)] = number
                histogram.count += number
        return histogram
