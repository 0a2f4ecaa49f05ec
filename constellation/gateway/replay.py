"""Clients that resume: pages of what happened to an account, from the log.

Nothing is held back for them: what happens during the replay is pushed as ever, the page shows everything that the log
had when it was read, and what both show has the same numbers. So a client that asks page after page, drops what it
has, and puts the rest in order, misses nothing. A page is asked for when the last one has been read: a slow reader
slows itself.
"""

from collections.abc import Callable

from constellation.gateway.acknowledgements import Acknowledgements
from constellation.gateway.guests import Guest, Origin
from constellation.gateway.reading import LogReader, ReadQueue
from constellation.protocol.errors import Rejection
from constellation.protocol.history import EventPage, PastBatch
from constellation.protocol.messages import Code, Resume, Resumed, encode_client_message
from constellation.quanta import State


class ReplayDesk:
    """Answers :class:`Resume`.

    Args:
        state: read for the numbers of effects.
        reader: of the log.
        queue: of all reads.
        finality: of a batch by number, encoded: empty while it must be waited for; None when it is old enough to be in
            the log.
        acknowledged: number of the last batch that sessions were told of.
    """

    def __init__(
        self,
        state: State,
        reader: LogReader,
        queue: ReadQueue,
        finality: Callable[[int], bytes | None],
        acknowledged: Callable[[], int],
    ) -> None:
        self._state = state
        self._reader = reader
        self._queue = queue
        self._finality = finality
        self._acknowledged = acknowledged
        self._resuming: dict[Guest, None] = {}
        self._cursors: dict[Guest, tuple[int, int]] = {}

    def resume(self, origin: Origin, request: Resume) -> None:
        """Answer with the next page, now or when it is read.

        Raises:
            Rejection: AHEAD, or OVERLOADED while the session's last page is not read yet.
        """
        guest = origin.guest
        if guest in self._resuming:
            raise Rejection(Code.OVERLOADED, "this connection is resuming already; wait for the page")
        account = self._state.vault.accounts.get(guest.account)
        known = account.effect_number if account is not None else 0
        if request.after > known:
            raise Rejection(Code.AHEAD, f"the account has no effect {request.after}; its last one is {known}")
        if request.after == known:
            _Page(origin).end(known, more=False)
            return
        self._resuming[guest] = None
        last, start = self._cursors.pop(guest, (-1, 0))
        from_batch = start if last == request.after else None
        self._queue.add(guest.account, lambda: self._read(origin, request, from_batch))

    def forget(self, guest: Guest) -> None:
        """The session has ended."""
        self._cursors.pop(guest, None)

    def _read(self, origin: Origin, request: Resume, start: int | None) -> None:
        account = origin.guest.account
        self._reader.read_events(account, request.after, start, lambda page: self._take(origin, request, page))

    def _take(self, origin: Origin, request: Resume, page: EventPage | Rejection) -> None:
        self._resuming.pop(origin.guest, None)
        if origin.guest.is_open:
            if isinstance(page, Rejection):
                origin.refuse(page)
            else:
                self._send(origin, request, page)
        self._queue.finished()

    def _send(self, origin: Origin, request: Resume, page: EventPage) -> None:
        last, more, answer = request.after, page.more, _Page(origin)
        for past in page.batches:
            number = past.signed_header.header.number
            if number > self._acknowledged():
                more = False  # it is in the log, and will be told to all sessions in a moment
                break
            if past.finality is not None:
                finality: bytes | None = encode_client_message(past.finality)
            else:  # its certificate may be on its way to the log, and a slow disk is no reason to wait
                finality = self._finality(number)
            if finality is None:
                more = True  # it was stored after the page was read: the next page has it
                break
            answer.add(past, finality)
            group = past.events[-1].group
            last = group.first_number + len(group.effects) - 1
            self._cursors[origin.guest] = (last, number + 1)
        answer.end(last, more=more)


class _Page:
    """The messages of one answer."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._acknowledgements = Acknowledgements()
        self._frames: list[bytes] = []
        self._awaited: list[int] = []

    def add(self, past: PastBatch, finality: bytes) -> None:
        """A batch with its finality, which is empty while it must be waited for."""
        messages = [self._acknowledgements.add(past.signed_header, event) for event in past.events]
        messages.append(self._acknowledgements.end())
        self._frames += [message for message in messages if message is not None]
        if finality:
            self._frames.append(finality)
        else:
            self._awaited.append(past.signed_header.header.number)

    def end(self, last: int, *, more: bool) -> None:
        """Send the page: it ends with effect ``last``."""
        self._frames.append(encode_client_message(Resumed(self._origin.request_id, last, more)))
        self._origin.guest.answer(self._origin.slot, self._frames, awaited=self._awaited)
