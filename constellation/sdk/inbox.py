"""The stream of events between the connection and the program: bounded by asking for room before anything is put."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from constellation.sdk.errors import SdkError
from constellation.sdk.receipts import Event
from constellation.sdk.tracker import Gap


class Inbox:
    """Events in order, and gaps where alpha does not keep what happened any more.

    Args:
        size: the most events that wait.
        on_room: is called when there is room again after there was none.
    """

    def __init__(self, size: int, on_room: Callable[[], None]) -> None:
        self._size = size
        self._on_room = on_room
        self._items: deque[Event | Gap] = deque()
        self._changed = asyncio.Event()
        self._ended = False
        self._error: SdkError | None = None

    @property
    def room(self) -> int:
        """How many events can be put now."""
        return self._size - len(self._items)

    def put(self, event: Event) -> None:
        """Add an event, for which there is room."""
        self._items.append(event)
        self._changed.set()

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
                item = self._items.popleft()
                if len(self._items) == self._size // 2:
                    self._on_room()
                yield item
            if self._ended:
                if self._error is not None:
                    raise self._error
                return
            self._changed.clear()
            await self._changed.wait()
