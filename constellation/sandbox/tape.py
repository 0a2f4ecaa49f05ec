"""A tape: records in the order of their tokens, appended at one end and forgotten at the other, read in pages."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from constellation.sandbox.limits import PAGE_RECORDS_DEFAULT

K = TypeVar("K", int, tuple[int, int], str)
V = TypeVar("V")


class Order(Enum):
    """The direction in which a page is read."""

    ASCENDING = "asc"
    DESCENDING = "desc"


@dataclass(frozen=True, slots=True)
class Page(Generic[K]):
    """What a client asks for: so many records after a token, in one direction. None is the respective end."""

    cursor: K | None = None
    order: Order = Order.ASCENDING
    limit: int = PAGE_RECORDS_DEFAULT


class Tape(Generic[K, V]):
    """Records by ascending token."""

    def __init__(self) -> None:
        self._tokens: list[K] = []
        self._records: list[V] = []

    def __len__(self) -> int:
        return len(self._records)

    @property
    def first(self) -> V:
        """The oldest record."""
        return self._records[0]

    @property
    def last(self) -> V:
        """The newest record."""
        return self._records[-1]

    def newest(self, *, since: K | None = None, before: K | None = None) -> Iterator[V]:
        """Yields the records with tokens from `since` to just below `before`, the newest first."""
        start = 0 if since is None else bisect_left(self._tokens, since)
        stop = len(self._tokens) if before is None else bisect_left(self._tokens, before)
        return (self._records[index] for index in range(stop - 1, start - 1, -1))

    def append(self, token: K, record: V) -> None:
        """Adds a record with a token above all others."""
        assert not self._tokens or self._tokens[-1] < token, "tokens only grow"
        self._tokens.append(token)
        self._records.append(record)

    def find(self, token: K) -> V | None:
        """Returns the record with exactly this token, or None."""
        index = bisect_left(self._tokens, token)
        is_found = index < len(self._tokens) and self._tokens[index] == token
        return self._records[index] if is_found else None

    def trim(self, before: K) -> list[V]:
        """Removes and returns the records with lower tokens."""
        index = bisect_left(self._tokens, before)
        removed = self._records[:index]
        del self._tokens[:index], self._records[:index]
        return removed

    def read(
        self,
        page: Page[K],
        *,
        low: K | None = None,
        high: K | None = None,
        keep: Callable[[V], bool] | None = None,
    ) -> list[V]:
        """Reads a page.

        Args:
            page: Which one.
            low: Only records with this token or above.
            high: Only records below this token.
            keep: Only records for which it returns true; others do not count.
        """
        start = 0 if low is None else bisect_left(self._tokens, low)
        stop = len(self._tokens) if high is None else bisect_left(self._tokens, high)
        if page.order is Order.ASCENDING:
            start = start if page.cursor is None else max(start, bisect_right(self._tokens, page.cursor))
            indices = range(start, stop)
        else:
            stop = stop if page.cursor is None else min(stop, bisect_left(self._tokens, page.cursor))
            indices = range(stop - 1, start - 1, -1)
        records: list[V] = []
        for index in indices:
            if len(records) == page.limit:
                break
            if keep is None or keep(self._records[index]):
                records.append(self._records[index])
        return records
