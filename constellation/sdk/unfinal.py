"""What an account was told and is not final yet: it can be lost, with alpha's log, and must not change unnoticed."""

from typing import Final

from constellation.sdk.errors import HistoryReplaced, VerificationFailed
from constellation.sdk.verifier import VerifiedEvent

_EVENTS_MAX: Final = 20_000  # alpha takes no more requests when that many are not final


class UnfinalEvents:
    """The acknowledged events of one account that have no certificate, by the number of their first effect."""

    def __init__(self) -> None:
        self._events: dict[int, VerifiedEvent] = {}
        self._batches: dict[bytes, list[int]] = {}
        self._unshown: set[int] = set()

    @property
    def unshown(self) -> int | None:
        """Number of the first effect that a replay has still to show again."""
        return min(self._unshown, default=None)

    def add(self, verified: VerifiedEvent) -> None:
        """Something was acknowledged."""
        number = verified.event.group.first_number
        if number in self._events:
            return
        self._events[number] = verified
        self._batches.setdefault(verified.digest, []).append(number)
        if len(self._events) > _EVENTS_MAX:
            self.certified(self._events[next(iter(self._events))].digest)

    def check(self, verified: VerifiedEvent) -> None:
        """Compare what is shown with what was shown under the same number.

        Raises:
            HistoryReplaced: it is something else.
        """
        number = verified.event.group.first_number
        known = self._events.get(number)
        if known is not None and (known.digest, known.event.leaf) != (verified.digest, verified.event.leaf):
            # What comes before and was not shown again may be lost, too.
            raise HistoryReplaced(min(number, self.unshown or number) - 1, known.header.number)
        self._unshown.discard(number)

    def certified(self, digest: bytes) -> None:
        """A batch is final: it cannot be lost any more."""
        for number in self._batches.pop(digest, ()):
            del self._events[number]
            self._unshown.discard(number)

    def clear(self) -> None:
        """Nothing about them can be had any more."""
        self._events.clear()
        self._batches.clear()
        self._unshown.clear()

    def begin_replay(self) -> None:
        """All of them must be shown again."""
        self._unshown = set(self._events)

    def check_replayed(self, last: int) -> None:
        """A replay has reached effect ``last``.

        Raises:
            VerificationFailed: something was left out.
        """
        missing = self.unshown
        if missing is not None and missing <= last:
            raise VerificationFailed("events", f"alpha left out the effect {missing}, which it has shown before")
