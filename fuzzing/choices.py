"""Bytes read as decisions, so that an engine that only knows bytes reaches what no random bytes would reach."""

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Choices:
    """Takes decisions from the beginning of ``data``. When it is used up, every further decision is the first one.

    Args:
        data: from the engine.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self._position >= len(self._data)

    def take(self, length: int) -> bytes:
        """The next bytes, as many as there are."""
        found = self._data[self._position : self._position + length]
        self._position += length
        return found

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(len(self._data))

    def number(self, length: int = 1) -> int:
        """A number of so many bytes."""
        return int.from_bytes(self.take(length), "big")

    def below(self, end: int) -> int:
        """A number from 0 to ``end`` - 1."""
        return self.number(1 if end <= 256 else 4) % end

    def of(self, items: Sequence[_T]) -> _T:
        """One of ``items``."""
        return items[self.below(len(items))]

    def flag(self) -> bool:
        """Yes or no; no is the first."""
        return bool(self.below(2))

    def piece(self) -> bytes:
        """Some bytes behind their length."""
        return self.take(self.number())
