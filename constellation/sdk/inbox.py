"""The stream of events between the connection and the program: bounded, and nothing is dropped without a word."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from constellation.sdk.errors import SdkError
from constellation.sdk.receipts import Event
from constellation.sdk.tracker import Gap


class Inbox:
    """Events in order; what does not fit becomes one :class:`Gap` where it was left out.

    Args:
        size: the most events that wait.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: deque[Event | Gap] = deque()
        self._changed = asyncio.Event()
        self._ended = False
        self._error: SdkError | None = None

    def put(self, event: Event) -> None:
        """Add an event, or its numbers to a gap when the program is too slow."""
        if len(self._items) < self._size:
            self._items.append(event)
            self._changed.set()
        else:
            self.put_gap(Gap(event.first_number, event.last_number))

    def put_gap(self, gap: Gap) -> None:
        """Add a gap; adjacent ones become one, so that they cannot pile up."""
        last = self._items[-1] if self._items else None
        if isinstance(last, Gap):
            self._items[-1] = Gap(last.first, max(last.last, gap.last))
        else:
            self._items.append(gap)
        self._changed.set()

    def end(self, error: SdkError | None) -> None:
        """Nothing will follow; what waits is still handed out."""
        self._ended = True
        self._error = error
        self._changed.set()

    async def stream(self) -> AsyncIterator[Event | Gap]:
        """The events as they come.

        Raises:
            SdkError: why the stream ended, unless the client was closed.
        """
        while True:
            while self._items:
                yield self._items.popleft()
            if self._ended:
                if self._error is not None:
                    raise self._error
                return
            self._changed.clear()
            await self._changed.wait()
