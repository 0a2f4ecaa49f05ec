"""Questions that only the log can answer, one at a time, the accounts in turn."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from constellation.protocol.errors import Rejection
from constellation.protocol.history import EntryProof, EventPage


class LogReader(Protocol):
    """Reads the log beside everything else; the node has one.

    Each call answers later, or at once, by calling ``done``: with a :exc:`Rejection` when there is nothing to show.
    """

    def read_events(
        self, account: bytes, after: int, start: int | None, done: Callable[[EventPage | Rejection], None]
    ) -> None:
        """A page of the account's events after effect ``after``; from batch ``start`` on, where that is known."""

    def read_entry(self, key: bytes, done: Callable[[EntryProof | Rejection], None]) -> None:
        """An entry of the last checkpoint that is certified and written, with its proof."""


class ReadQueue:
    """Lets one read run at a time; an account that asks much waits behind those that ask little."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, deque[Callable[[], None]]] = {}
        self._running = False

    def add(self, account: bytes, read: Callable[[], None]) -> None:
        """Start ``read`` when it is its turn; :meth:`finished` must follow."""
        self._waiting.setdefault(account, deque()).append(read)
        self._start()

    def finished(self) -> None:
        """The read that was started has its answer."""
        self._running = False
        self._start()

    def _start(self) -> None:
        if self._running or not self._waiting:
            return
        account = next(iter(self._waiting))
        reads = self._waiting.pop(account)
        read = reads.popleft()
        if reads:
            self._waiting[account] = reads
        self._running = True
        read()
