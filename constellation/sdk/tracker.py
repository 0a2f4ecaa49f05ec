"""Puts what an account is told in order: it numbers its effects from 1, without gaps.

What arrives is either next, or known already, or ahead of something that is still missing: after a reconnect, alpha
replays what was missed while new things happen. What is ahead, or what the program has no room for, is held; when too
much is held it is forgotten and asked for again later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

_HELD_MAX: Final = 10_000

_T = TypeVar("_T")


@dataclass(slots=True, frozen=True)
class Gap:
    """Effects that alpha does not keep any more; read :meth:`Client.account` instead.

    Attributes:
        first: number of the first one.
        last: number of the last one.
    """

    first: int
    last: int


class EffectTracker(Generic[_T]):
    """Follows the numbers of one account's effects.

    Args:
        last: the number that is accounted for already; None when the first thing that is shown says so.
        held_max: the most things that are held.

    Attributes:
        seen: everything up to this number was told or is held; None before anything is known.
        incomplete: something was forgotten and must be asked for again.
    """

    def __init__(self, last: int | None = None, held_max: int = _HELD_MAX) -> None:
        self.seen = last
        self.incomplete = False
        self._told = last
        self._held_max = held_max
        self._held: dict[int, tuple[int, _T | Gap | None]] = {}
        self._joined = last is None
        self._waiting: dict[int, None] = {}

    @property
    def is_behind(self) -> bool:
        """Whether something is held whose predecessors are missing, or was forgotten."""
        return self.incomplete or any(first > (self.seen or 0) for first in self._held)

    @property
    def is_holding(self) -> bool:
        """Whether something waits to be told."""
        return bool(self._held)

    @property
    def may_hold(self) -> bool:
        """Whether it makes sense to ask for what was forgotten."""
        return len(self._held) <= self._held_max // 2

    def start(self, number: int) -> None:
        """Unless something is known, everything up to ``number`` is none of this client's business."""
        if self.seen is None:
            self.seen = self._told = number

    def show(self, first: int, last: int, item: _T | None, *, waits: bool = False) -> bool:
        """Effects were shown; whether they were new.

        Args:
            first: number of the first one.
            last: number of the last one.
            item: to be told in its turn; None when it was told on another way, as the answer to a request.
            waits: it, and all that follows, is not told before :meth:`release`.

        Raises:
            ValueError: a part of them was known.
        """
        self.start(first - 1)
        assert self.seen is not None
        if last <= self.seen or first in self._held:
            if item is None and first in self._held:
                self._held[first] = last, None
            return False
        if first <= self.seen:
            if self._joined:
                raise ValueError(f"effects {first} to {last} were shown after effect {self.seen}")
            first = self.seen + 1  # the program remembered a number within a quantum
        if len(self._held) >= (self._held_max if item is not None else 2 * self._held_max):
            self.incomplete = True
            return True
        self._held[first] = last, item
        if waits:
            self._waiting[first] = None
        self._join()
        return True

    def release(self, firsts: Iterable[int], *, told: bool) -> None:
        """What was shown under these numbers waits no more.

        Args:
            firsts: of the first effect of each.
            told: it was told on another way.
        """
        for first in firsts:
            if first in self._waiting:
                del self._waiting[first]
                if told and first in self._held:
                    self._held[first] = self._held[first][0], None

    def skip(self, number: int) -> None:
        """What is missing up to ``number`` cannot be had."""
        assert self.seen is not None
        if number <= self.seen:
            return
        for first in [first for first in self._held if self.seen < first <= number]:
            del self._held[first]
        self._held[self.seen + 1] = number, Gap(self.seen + 1, number)
        self._join()

    def _join(self) -> None:
        assert self.seen is not None
        while (found := self._held.get(self.seen + 1)) is not None:
            self.seen = found[0]
            self._joined = True

    def next(self) -> _T | Gap | None:
        """What is to be told next; None when nothing is, or it is still missing."""
        while self._told is not None and self._told + 1 not in self._waiting:
            found = self._held.pop(self._told + 1, None)
            if found is None:
                break
            self._told, item = found
            if item is not None:
                return item
        return None
