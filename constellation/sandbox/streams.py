"""Server-sent events: a list followed as it grows, in Horizon's frames."""

import asyncio
from dataclasses import replace
from typing import Any

from aiohttp import web

from constellation.sandbox.faults import Faults
from constellation.sandbox.faults.streams import StreamCut, StreamTrouble
from constellation.sandbox.limits import STREAM_SECONDS_MAX, STREAMS_MAX
from constellation.sandbox.listings import Listing
from constellation.sandbox.problems import over_capacity
from constellation.sandbox.render.links import Json
from constellation.sandbox.responses import hang_up, json_text, path_of
from constellation.sandbox.tape import Page

_HELLO = b'retry: 1000\nevent: open\ndata: "hello"\n\n'
_BYEBYE = b'retry: 10\nevent: close\ndata: "byebye"\n\n'
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "Connection": "keep-alive",
}
_WRITE_GRACE_S = 5


class Bell:
    """Tells whoever waits that a ledger was closed."""

    def __init__(self) -> None:
        self.is_silenced = False
        self._event = asyncio.Event()

    @property
    def next_ring(self) -> asyncio.Event:
        """The event of the next ring. Taken before reading, it misses nothing that comes after."""
        return self._event

    def ring(self) -> None:
        """Wakes everybody who waits."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    def silence(self) -> None:
        """Wakes everybody for the last time: the server stops."""
        self.is_silenced = True
        self.ring()


class Streams:
    """The open streams of a server."""

    def __init__(
        self,
        bell: Bell,
        faults: Faults,
        *,
        streams_max: int = STREAMS_MAX,
        seconds_max: float = STREAM_SECONDS_MAX,
    ) -> None:
        self._bell = bell
        self._faults = faults
        self._streams_max = streams_max
        self._seconds_max = seconds_max
        self._open = 0

    async def follow(self, request: web.Request, listing: Listing[Any]) -> web.StreamResponse:
        """Streams what there is after the cursor and what each ledger adds, until the limit or the time."""
        page = self._first_page(request, listing)
        return await self._stream(request, self._follower(request, listing, page))

    async def once(self, request: web.Request, resource: Json) -> web.StreamResponse:
        """Streams a single resource: as it is now, and no more."""
        listing = Listing(str, lambda page: [] if page.cursor else [resource])
        return await self._stream(request, self._follower(request, listing, Page()))

    def _follower(self, request: web.Request, listing: Listing[Any], page: Page[Any]) -> "_Follower":
        trouble = StreamTrouble(self._faults, request.method, path_of(request))
        return _Follower(self._bell, listing, page, self._seconds_max, trouble)

    @staticmethod
    def _first_page(request: web.Request, listing: Listing[Any]) -> Page[Any]:
        # What the client saw last overrides what it asked for first: that is how browsers resume.
        last_seen = request.headers.get("Last-Event-ID")
        query = {**request.query, **({"cursor": last_seen} if last_seen else {})}
        return listing.page(query)

    async def _stream(self, request: web.Request, follower: "_Follower") -> web.StreamResponse:
        if self._open >= self._streams_max:
            raise over_capacity()
        self._open += 1
        try:
            response = web.StreamResponse(headers=_HEADERS)
            await response.prepare(request)
            # A reader that stops reading is given up soon after its time.
            async with asyncio.timeout(self._seconds_max + _WRITE_GRACE_S):
                await response.write(_HELLO)
                await follower.run(response)
                await response.write(_BYEBYE)
                await response.write_eof()
        except StreamCut:
            return hang_up(request, response)
        except (ConnectionError, TimeoutError):
            # The client has left, or does not read: the stream just ends.
            pass
        finally:
            self._open -= 1
        return response


class _Follower:
    """One stream's way through its list."""

    def __init__(
        self, bell: Bell, listing: Listing[Any], page: Page[Any], seconds_max: float, trouble: StreamTrouble
    ) -> None:
        self._bell = bell
        self._trouble = trouble
        self._listing = listing
        self._page = page
        self._seconds_max = seconds_max

    async def run(self, response: web.StreamResponse) -> None:
        """Writes records until the limit is reached, the time is over, or the server stops."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds_max
        while not self._bell.is_silenced:
            next_ring = self._bell.next_ring
            await self._write_new(response)
            if not self._page.limit:
                return
            try:
                await asyncio.wait_for(next_ring.wait(), deadline - loop.time())
            except TimeoutError:
                return

    async def _write_new(self, response: web.StreamResponse) -> None:
        self._trouble.before_record()
        records = self._listing.read(self._page)
        for record in self._trouble.tamper(records):
            frame = f"id: {record['paging_token']}\ndata: {json_text(record)}\n\n"
            await response.write(frame.encode())
            self._trouble.after_record()
        if records:
            cursor = self._listing.parse_cursor(str(records[-1]["paging_token"]))
            self._page = replace(self._page, cursor=cursor, limit=self._page.limit - len(records))
