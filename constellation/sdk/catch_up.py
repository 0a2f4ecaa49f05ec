"""Asks for what happened while there was no connection, and tells everything once and in order.

After each reconnect the client asks from its last number on (from its first event without a certificate, where there
is one: that certificate comes along). Alpha answers with pages, each asked for when the last one was taken in, while it
tells what happens now as ever. Numbers say what is new, what is missing and what is known, so alpha can neither leave
out an effect nor show one twice.

So it is known, too, what did not happen: where all effects since a request was signed are known and none is of it, and
its nonce is used up, it was not executed.
"""

from collections.abc import Callable, Iterable
from typing import Final

from constellation.protocol.messages import Code, QueryAccount, Rejected, Resume, Resumed
from constellation.sdk.errors import ConnectionClosed, VerificationFailed
from constellation.sdk.outputs import Certified, Happened, Output
from constellation.sdk.refusals import refusal
from constellation.sdk.tracker import EffectTracker, Gap
from constellation.sdk.unfinal import UnfinalEvents
from constellation.sdk.verifier import VerifiedEvent, drop_oldest

_EARLY_MAX: Final = 20_000  # alpha takes no more requests when that many are not final
_STALLS_MAX: Final = 10  # empty pages in a row
_UNSHOWN_MAX: Final = 10_000  # requests; the outcome of older ones stays unknown


class CatchUp:
    """The events of one account, over all connections.

    Args:
        after: number of the last effect that the program knows; None starts with the present.
        room: how many events the program can take now.
    """

    def __init__(self, after: int | None, room: Callable[[], int]) -> None:
        self._tracker: EffectTracker[VerifiedEvent] = EffectTracker(after)
        self._room = room
        self._next_page: int | None = None
        self._page: Resume | None = None
        self._known = 0
        self._claimed = 0  # so many effects the account has, in alpha's words
        self._expected = 0  # and so many it must show, as it had said so when it was asked
        self._stalls = 0
        self._must_read = False
        self._reading = 0
        self._unfinal = UnfinalEvents()
        self._early: dict[bytes, Certified] = {}
        self._unshown: dict[bytes, int] = {}
        self._skipped = 0

    # What is asked.

    def connected(self) -> None:
        """A connection is ready: ask for what was missed."""
        self._next_page, self._page, self._must_read, self._reading = None, None, False, 0
        self._claimed = 0
        if self._tracker.seen is not None:
            self._unfinal.begin_replay()
            self._begin()

    def _begin(self) -> None:
        seen, unshown = self._tracker.seen, self._unfinal.unshown
        assert seen is not None
        self._next_page = seen if unshown is None else min(seen, unshown - 1)
        self._known, self._expected, self._stalls = seen, self._claimed, 0
        self._tracker.incomplete = False

    @property
    def is_asking(self) -> bool:
        """Whether alpha is to show something, or is asked to."""
        return self._page is not None or self._next_page is not None or self._must_read or self._reading > 0

    def question(self, next_id: Callable[[], int]) -> Resume | QueryAccount | None:
        """What to ask alpha now, if anything."""
        tracker = self._tracker
        if self._must_read:
            self._must_read, self._reading = False, next_id()
            return QueryAccount(self._reading, None)
        if not self.is_asking and tracker.incomplete and tracker.may_hold and tracker.seen is not None:
            self._begin()
        if self._next_page is None:
            return None
        self._page, self._next_page = Resume(next_id(), self._next_page), None
        return self._page

    # What alpha says.

    def show(self, verified: VerifiedEvent, *, is_answer: bool, waits: bool = False) -> bool:
        """Take an event; whether it is new.

        Args:
            verified: the event.
            is_answer: it is told as the answer to a request, not as an event.
            waits: it is a part of such an answer, and is told as an event if the rest does not come.

        Raises:
            HistoryReplaced: its numbers were those of something else, which was lost.
            VerificationFailed: its numbers contradict those of others.
        """
        self._unfinal.check(verified)
        self._unshown.pop(verified.event.leaf.body, None)
        group = verified.event.group
        first, last = group.first_number, group.first_number + len(group.effects) - 1
        try:
            new = self._tracker.show(first, last, verified if waits or not is_answer else None, waits=waits)
        except ValueError as error:
            raise VerificationFailed("events", str(error)) from None
        if new:
            self._unfinal.add(verified)
        seen = self._tracker.seen
        assert seen is not None
        if first > seen and not self.is_asking and not self._tracker.incomplete:
            self._begin()
        return new

    def release(self, parts: Iterable[VerifiedEvent], *, told: bool) -> None:
        """Parts of an answer wait no more: they were told as one, or will be as events."""
        self._tracker.release([part.event.group.first_number for part in parts], told=told)

    def certified(self, output: Certified) -> None:
        """A batch is final, and events of it may still be held; or another one has its place.

        What another one has replaced is remembered: what has its numbers now will be shown.
        """
        if output.error is None:
            self._unfinal.certified(output.digest)
        if self._tracker.is_holding:
            self._early[output.digest] = output
            drop_oldest(self._early, _EARLY_MAX)

    def page_ended(self, message: Resumed) -> None:
        """A page is complete.

        Raises:
            VerificationFailed: something was left out of it.
            ExchangeError: AHEAD: alpha does not have everything that it has shown before.
        """
        page, self._page = self._page, None
        seen = self._tracker.seen
        if page is None or seen is None or message.request_id != page.request_id or message.last < page.after:
            raise VerificationFailed("events", "alpha ends a replay that was not asked for")
        if seen < message.last and not self._tracker.incomplete:
            raise VerificationFailed("events", f"alpha left out the effects {seen + 1} to {message.last}")
        self._unfinal.check_replayed(message.last)
        if message.more:
            self._stalls = self._stalls + 1 if message.last == page.after else 0
            if self._stalls > _STALLS_MAX:
                raise VerificationFailed("events", f"alpha does not show what follows effect {message.last}")
            if not self._tracker.incomplete:
                self._next_page = message.last
            return
        if message.last < self._known:
            raise refusal(
                Code.AHEAD, f"alpha has {message.last} effects of this account and has shown {self._known} before"
            )
        if message.last < self._expected:
            text = f"alpha shows {message.last} effects and says there are {self._expected}"
            raise VerificationFailed("events", text)
        if self._tracker.is_behind and not self._tracker.incomplete:
            raise VerificationFailed("events", f"alpha left out the effect {seen + 1}")
        if seen < self._claimed and not self._tracker.incomplete:
            self._begin()

    def refused(self, rejected: Rejected) -> None:
        """Alpha refused something, perhaps a question of this object.

        Raises:
            ExchangeError: AHEAD: alpha never had the effect that the program knows.
            ConnectionClosed: it cannot answer now; try another connection.
        """
        if self._reading and rejected.request_id == self._reading:
            raise ConnectionClosed(rejected.code, rejected.message, is_proven=True)
        page = self._page
        if page is None or rejected.request_id != page.request_id:
            return
        self._page = None
        if rejected.code is Code.AHEAD:
            raise refusal(rejected.code, rejected.message)
        if rejected.code is not Code.PRUNED:
            raise ConnectionClosed(rejected.code, rejected.message, is_proven=True)
        assert self._tracker.seen is not None
        if page.after < self._tracker.seen:
            self._unfinal.clear()  # their certificates cannot be had any more
            self._begin()
        else:
            self._must_read = True

    def account_read(self, request_id: int, number: int) -> None:
        """The account's last effect has this number, and everything up to it was acknowledged."""
        self._tracker.start(number)
        assert self._tracker.seen is not None
        if self._reading and request_id == self._reading:
            self._reading = 0
            if number > self._tracker.seen:
                self._skipped = number
            self._tracker.skip(number)
            if self._tracker.is_behind:
                self._begin()
        elif number > self._tracker.seen:
            self._claimed = max(self._claimed, number)
            if not self.is_asking and not self._tracker.incomplete:
                self._begin()

    # What did not happen.

    def signed(self, body: bytes) -> None:
        """A request was signed now whose quantum body will have this hash: only later effects can be of it."""
        if self._tracker.seen is None:
            return
        self._unshown[body] = self._tracker.seen
        drop_oldest(self._unshown, _UNSHOWN_MAX)

    def excludes(self, body: bytes) -> bool:
        """Whether all effects that alpha has are known since a request was signed, and none is of it."""
        since = self._unshown.get(body)
        return since is not None and self._skipped <= since and not self.is_asking and not self._tracker.is_behind

    # What the program is told.

    def tell(self, told: list[Output]) -> list[Output]:
        """The events and gaps that are next, as many as there is room for.

        Args:
            told: outputs that are on their way to the program.
        """
        outputs: list[Output] = []
        room = self._room() - sum(isinstance(output, Happened) for output in told)
        while room > 0 and (item := self._tracker.next()) is not None:
            if isinstance(item, Gap):
                outputs.append(item)
                continue
            outputs.append(Happened(item))
            room -= 1
            if item.digest in self._early:
                outputs.append(self._early[item.digest])
        if not self._tracker.is_holding:
            self._early.clear()
        return outputs
