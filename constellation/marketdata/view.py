"""Views of a book: so many levels, in such steps of price, and what has changed in them since the last look."""

from dataclasses import dataclass
from typing import Final
from zlib import crc32

from constellation.marketdata.ladder import Ladder, Level

DEPTHS: Final = (10, 25, 100, 500, 1000)
"""Levels of each side."""

GROUPS: Final = (1, 2, 5, 10, 50, 100, 1000)
"""Steps of price, in ticks."""

_CHECKED: Final = 10


def checksum(bids: list[Level], asks: list[Level]) -> int:
    """CRC32 over the best ten bids and then the best ten asks as ``price:amount``, in units, joined by ``|``."""
    levels = [*bids[:_CHECKED], *asks[:_CHECKED]]
    return crc32("|".join([f"{price}:{amount}" for price, amount in levels]).encode())


@dataclass(slots=True, frozen=True)
class BookContent:
    """What a message about a view says.

    Attributes:
        sequence: of this message: the last apex of the batch that brought the book here.
        previous: sequence of the message before; None in a snapshot.
        timestamp: of that batch, in microseconds since 1970.
        checksum: of the whole view, after this message.
        bids: levels of the view; in an update only those that are different, amount 0 for those that left it.
        asks: the same.
    """

    sequence: int
    previous: int | None
    timestamp: int
    checksum: int
    bids: list[Level]
    asks: list[Level]


class BookView:
    """The best levels of one book, as they were shown last.

    Args:
        ladder: the book, in the view's steps.
        depth: levels of each side.
        sequence: the last apex that the book has.
        timestamp: of its batch.
    """

    __slots__ = ("_asks", "_bids", "_checksum", "_depth", "_ladder", "_timestamp", "sequence")

    def __init__(self, ladder: Ladder, depth: int, sequence: int, timestamp: int) -> None:
        self._ladder = ladder
        self._depth = depth
        self.sequence = sequence
        self._timestamp = timestamp
        self._bids = ladder.bids(depth)
        self._asks = ladder.asks(depth)
        self._checksum = checksum(self._bids, self._asks)

    def snapshot(self) -> BookContent:
        """The view as it was shown last: what comes next continues from it."""
        return BookContent(self.sequence, None, self._timestamp, self._checksum, self._bids, self._asks)

    def update(self, sequence: int, timestamp: int) -> BookContent | None:
        """What has changed since; None when nothing that can be seen has.

        Args:
            sequence: the last apex that the book has now.
            timestamp: of its batch.
        """
        bids, asks = self._ladder.bids(self._depth), self._ladder.asks(self._depth)
        changed_bids, changed_asks = _difference(self._bids, bids), _difference(self._asks, asks)
        if not changed_bids and not changed_asks:
            return None
        previous, self.sequence, self._timestamp = self.sequence, sequence, timestamp
        self._bids, self._asks, self._checksum = bids, asks, checksum(bids, asks)
        return BookContent(sequence, previous, timestamp, self._checksum, changed_bids, changed_asks)


def _difference(old: list[Level], new: list[Level]) -> list[Level]:
    if old == new:
        return []
    before, after = dict(old), dict(new)
    gone = [(price, 0) for price in before if price not in after]
    return gone + [level for level in new if before.get(level[0]) != level[1]]
