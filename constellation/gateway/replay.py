"""Clients that resume: pages of what happened to an account, from the log.

Nothing is held back for them: what happens during the replay is pushed as ever, the page shows everything that the log
had when it was read, and what both show has the same numbers. So a client that asks page after page, drops what it
has, and puts the rest in order, misses nothing. A page is asked for when the last one has been read: a slow reader
slows itself.
"""

from collections.abc import Callable

from constellation.gateway.reading import LogReader, ReadQueue
from constellation.gateway.session import Session
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
        finality: of a batch by number, encoded: empty while a session, which is noted, must wait for it; None when it
            is old enough to be in the log.
        acknowledged: number of the last batch that sessions were told of.
    """

    def __init__(
        self,
        state: State,
        reader: LogReader,
        queue: ReadQueue,
        finality: Callable[[int, Session], bytes | None],
        acknowledged: Callable[[], int],
    ) -> None:
        self._state = state
        self._reader = reader
        self._queue = queue
        self._finality = finality
        self._acknowledged = acknowledged
        self._resuming: dict[int, None] = {}
        self._cursors: dict[int, tuple[int, int]] = {}

    def resume(self, session: Session, request: Resume) -> None:
        """Answer with the next page, now or when it is read.

        Raises:
            Rejection: AHEAD, or OVERLOADED while the session's last page is not read yet.
        """
        if session.session_id in self._resuming:
            raise Rejection(Code.OVERLOADED, "this connection is resuming already; wait for the page")
        account = self._state.vault.accounts.get(session.account)
        known = account.effect_number if account is not None else 0
        if request.after > known:
            raise Rejection(Code.AHEAD, f"the account has no effect {request.after}; its last one is {known}")
        if request.after == known:
            self._end_page(session, request, known, more=False)
            return
        self._resuming[session.session_id] = None
        last, start = self._cursors.pop(session.session_id, (-1, 0))
        from_batch = start if last == request.after else None
        self._queue.add(session.account, lambda: self._read(session, request, from_batch))

    def forget(self, session: Session) -> None:
        """The session has ended."""
        self._cursors.pop(session.session_id, None)

    def _read(self, session: Session, request: Resume, start: int | None) -> None:
        self._reader.read_events(session.account, request.after, start, lambda page: self._take(session, request, page))

    def _take(self, session: Session, request: Resume, page: EventPage | Rejection) -> None:
        self._resuming.pop(session.session_id, None)
        if session.is_open:
            if isinstance(page, Rejection):
                session.refuse(request.request_id, page)
            else:
                self._send(session, request, page)
        self._queue.finished()

    def _send(self, session: Session, request: Resume, page: EventPage) -> None:
        last, more = request.after, page.more
        for past in page.batches:
            number = past.signed_header.header.number
            if number > self._acknowledged():
                more = False  # it is in the log, and will be told to all sessions in a moment
                break
            if past.finality is not None:
                finality: bytes | None = encode_client_message(past.finality)
            else:  # its certificate may be on its way to the log, and a slow disk is no reason to wait
                finality = self._finality(number, session)
            if finality is None:
                more = True  # it was stored after the page was read: the next page has it
                break
            _push(session, past, finality)
            group = past.events[-1].group
            last = group.first_number + len(group.effects) - 1
            self._cursors[session.session_id] = (last, number + 1)
        self._end_page(session, request, last, more=more)

    def _end_page(self, session: Session, request: Resume, last: int, *, more: bool) -> None:
        session.push(encode_client_message(Resumed(request.request_id, last, more)))
        session.flush()


def _push(session: Session, past: PastBatch, finality: bytes) -> None:
    for event in past.events:
        session.push_event(past.signed_header, event)
    if finality:
        session.push(finality)
