"""``GET /v1/chronicle``: certified history for chroniclers, as soon as there is more."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.history import ChroniclePage
from constellation.protocol.limits import CHRONICLE_PAGE_BYTES, CHRONICLE_WAIT_S, INT64_MAX, UINT32_MAX

LENGTH_BYTES = 4
"""Before each item."""

CERTIFIED_HEADER = "X-Certified-Batch"
"""Number of the highest batch that is final where the answer comes from."""

ReadChronicle = Callable[[int, int, int], ChroniclePage]
"""The items behind a batch, for one who knows the members up to a term; so many bytes are enough."""


class Unreadable(Exception):
    """What is asked for cannot be read now; the message says why."""


class ChronicleRoute:
    """Answers from a log, or from another chronicle, page by page; one question is read at a time.

    Args:
        read: blocks; a :exc:`Rejection` says why there is nothing to read, :exc:`Unreadable` that there may be later.
        failure: of the node, when what is read is damaged.
    """

    def __init__(self, read: ReadChronicle, failure: NodeFailure) -> None:
        self._read = read
        self._failure = failure
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chronicle")
        self._moved = asyncio.Event()

    @property
    def routes(self) -> list[web.RouteDef]:
        """For the port that serves it."""
        return [web.get("/v1/chronicle", self._get)]

    def moved(self) -> None:
        """There is more: answer those who wait for it."""
        self._moved.set()
        self._moved = asyncio.Event()

    def close(self) -> None:
        """Finish the read that runs."""
        self._thread.shutdown(cancel_futures=True)

    async def _get(self, request: web.Request) -> web.Response:
        after, term = _number(request, "after", INT64_MAX - 1), _number(request, "term", UINT32_MAX)
        try:
            page = await self._wait(after, term)
        except Rejection as error:
            return web.json_response({"error": {"code": error.code.name, "message": error.message}}, status=410)
        except Unreadable as error:
            raise web.HTTPServiceUnavailable(text=str(error)) from error
        except Exception as error:
            self._failure.set(error)
            raise
        return web.Response(
            body=join_items(page.items),
            content_type="application/octet-stream",
            headers={CERTIFIED_HEADER: str(page.certified), "Cache-Control": "no-store"},
        )

    async def _wait(self, after: int, term: int) -> ChroniclePage:
        """A page with something in it, or an empty one after a while."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + CHRONICLE_WAIT_S
        while True:
            moved = self._moved
            page = await loop.run_in_executor(self._thread, self._read, after, term, CHRONICLE_PAGE_BYTES)
            remaining_s = deadline_s - loop.time()
            if page.items or remaining_s <= 0:
                return page
            try:
                async with asyncio.timeout(remaining_s):
                    await moved.wait()
            except TimeoutError:
                return page


def join_items(items: Iterable[bytes]) -> bytes:
    """Items, each behind its length."""
    return b"".join(part for item in items for part in (len(item).to_bytes(LENGTH_BYTES, "big"), item))


def _number(request: web.Request, name: str, most: int) -> int:
    """A whole number in the question; 0 where it is not there."""
    text = request.query.get(name, "0")
    if not (text.isascii() and text.isdecimal()) or len(text) > 20 or int(text) > most:
        raise web.HTTPBadRequest(text=f"{name} must be a number from 0 to {most}")
    return int(text)
