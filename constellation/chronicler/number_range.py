"""Where a page may look: a range of numbers, and the direction in which it is read."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement


@dataclass(slots=True, frozen=True)
class NumberRange:
    """Numbers in a direction.

    Attributes:
        low: the lowest.
        high: the highest; lower than ``low`` when there is none.
        descending: whether the highest comes first.
    """

    low: int
    high: int
    descending: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is no number in it."""
        return self.low > self.high

    @property
    def end(self) -> int:
        """The number that comes last."""
        return self.low if self.descending else self.high

    def behind(self, cursor: int | None) -> "NumberRange":
        """The part of it that comes after ``cursor``."""
        if cursor is None:
            return self
        if self.descending:
            return NumberRange(self.low, min(self.high, cursor - 1), True)
        return NumberRange(max(self.low, cursor + 1), self.high, False)

    def up_to(self, number: int) -> "NumberRange":
        """The part of it that does not come after ``number``."""
        if self.descending:
            return NumberRange(max(self.low, number), self.high, True)
        return NumberRange(self.low, min(self.high, number), False)

    def furthest(self, *numbers: int) -> int:
        """That of ``numbers`` which comes last."""
        return min(numbers) if self.descending else max(numbers)

    def nearest(self, *numbers: int) -> int:
        """That of ``numbers`` which comes first."""
        return max(numbers) if self.descending else min(numbers)

    def has(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a column's number is in it."""
        return column.between(self.low, self.high)

    def order(self, column: ColumnElement[int]) -> ColumnElement[int]:
        """The order of a column's numbers."""
        return column.desc() if self.descending else column.asc()
