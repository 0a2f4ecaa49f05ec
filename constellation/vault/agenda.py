"""What falls due by sequenced time, the first first."""

from enum import IntEnum
from typing import Final

from sortedcontainers import SortedList

NEVER: Final = 2**63
"""Later than any time."""


class DueKind(IntEnum):
    """Kinds of things that fall due; of what is due at the same time, the lower kind comes first."""

    TRIGGERED = 0
    ORDER = 1
    CANCEL_ALL = 2
    HOLD = 3
    APPROVAL = 4


DueItem = tuple[int, DueKind, bytes]
"""When, what, and whose: the id of a market, an order, a hold or a withdrawal in 8 bytes, an account's key."""


_NUMBER_BYTES: Final = 8


def due_item(due: int, kind: DueKind, number: int) -> DueItem:
    """The item of something that has a number."""
    return due, kind, number.to_bytes(_NUMBER_BYTES, "big")


class Agenda:
    """Everything that has a time, sorted by time, kind and identity.

    Attributes:
        first_due: time of what is due first; NEVER while there is nothing.
    """

    __slots__ = ("_items", "first_due")

    def __init__(self) -> None:
        self._items: SortedList[DueItem] = SortedList()
        self.first_due: int = NEVER

    def add(self, due: int, kind: DueKind, identity: bytes) -> None:
        """Note something new."""
        self._items.add((due, kind, identity))
        self.first_due = self._items[0][0]

    def remove(self, due: int, kind: DueKind, identity: bytes) -> None:
        """Forget something that was noted."""
        self._items.remove((due, kind, identity))
        self.first_due = self._items[0][0] if self._items else NEVER

    @property
    def first(self) -> DueItem:
        """What is due first; there must be something."""
        item: DueItem = self._items[0]
        return item

    def __len__(self) -> int:
        return len(self._items)
