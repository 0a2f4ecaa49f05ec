"""Notices what the client was not told: an account numbers its effects from 1, without gaps."""

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Gap:
    """Effects that this client was not shown; read :meth:`Client.account` again.

    Attributes:
        first: number of the first one.
        last: number of the last one.
    """

    first: int
    last: int


class EffectTracker:
    """Follows the numbers of one account's effects.

    Attributes:
        last: the highest number that is accounted for; None before the first one is known.
    """

    def __init__(self) -> None:
        self.last: int | None = None

    def show(self, first: int, count: int) -> tuple[Gap | None, bool]:
        """Effects were shown.

        Args:
            first: number of the first one.
            count: how many.

        Returns:
            What is missing before them, and whether they are new; an answer that is repeated is not.
        """
        gap = self.reach(first - 1)
        assert self.last is not None
        new = first > self.last
        self.last = max(self.last, first + count - 1)
        return gap, new

    def reach(self, number: int) -> Gap | None:
        """All effects up to ``number`` have happened; what is missing of them.

        Before the first effect is known nothing is missing: the client starts from there.
        """
        gap = None
        if self.last is not None and number > self.last:
            gap = Gap(self.last + 1, number)
        if self.last is None or number > self.last:
            self.last = number
        return gap
