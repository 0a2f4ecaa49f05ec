"""The window between acknowledged and final: what depends on alpha's disk alone, bounded (design, section 5)."""

from collections import deque

from constellation.protocol.limits import UNFINAL_AGE_MAX_US, UNFINAL_QUANTA_MAX
from constellation.protocol.messages import BatchHeader


class UnfinalWindow:
    """Acknowledged batches that no certificate covers yet.

    Args:
        certified_apex: of the last quantum that is final.

    Attributes:
        certified_apex: the same, kept up to date.
    """

    __slots__ = ("_batches", "certified_apex")

    def __init__(self, certified_apex: int) -> None:
        self._batches: deque[tuple[int, int]] = deque()
        self.certified_apex = certified_apex

    def __len__(self) -> int:
        return len(self._batches)

    def acknowledged(self, header: BatchHeader, now_us: int) -> None:
        """A batch was acknowledged."""
        self._batches.append((header.number, now_us))

    def certified(self, header: BatchHeader) -> list[int]:
        """A certificate covers this batch and all before it; when those that were open were acknowledged."""
        final = []
        while self._batches and self._batches[0][0] <= header.number:
            final.append(self._batches.popleft()[1])
        self.certified_apex = header.last_apex
        return final

    def age_us(self, now_us: int) -> int:
        """How long the oldest batch has waited; 0 when none waits."""
        return max(0, now_us - self._batches[0][1]) if self._batches else 0

    def is_full(self, apex: int, now_us: int) -> bool:
        """Whether so much, or something so old, waits for the auditors that nothing more may be promised.

        Args:
            apex: of the last quantum that was executed.
            now_us: by the clock of :meth:`acknowledged`.
        """
        if apex - self.certified_apex > UNFINAL_QUANTA_MAX:
            return True
        return self.age_us(now_us) > UNFINAL_AGE_MAX_US
