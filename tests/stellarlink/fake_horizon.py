"""A Horizon on a loopback socket that shows a ledger in memory, and misbehaves as a test wants."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.horizon_documents import ledger_document, page, root_document, transaction_document

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HELLO = b'retry: 1000\nevent: open\ndata: "hello"\n\n'
BYEBYE = b'retry: 10\nevent: close\ndata: "byebye"\n\n'


class FakeHorizon:
    """One server over a ledger that several may share.

    Attributes:
        script: what the next requests get instead of an answer, one each; None lets one pass.
        always: what every request gets instead of an answer.
        stream: what a request for a stream gets.
        lag: how many ledgers it is behind.
        oldest: where its history begins; the ledger's own beginning by default.
        requests: paths, in order.
        streams: how many streams were asked for.
    """

    def __init__(self, ledger: FakeNetwork) -> None:
        self.ledger = ledger
        self.script: deque[Handler | None] = deque()
        self.always: Handler | None = None
        self.stream: Handler | None = None
        self.lag = 0
        self.oldest: int | None = None
        self.requests: list[str] = []
        self.streams = 0
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def latest(self) -> int:
        return self.ledger.latest - self.lag

    async def start(self, host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, self.port, ssl_context=context, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if "text/event-stream" in request.headers.get("Accept", ""):
            self.streams += 1
            return await (self.stream or answering(404, b"{}"))(request)
        self.requests.append(request.path)
        fault = (self.script.popleft() if self.script else None) or self.always
        if fault is not None:
            return await fault(request)
        return web.json_response(self._document(request), headers={"Latest-Ledger": str(self.latest)})

    def _document(self, request: web.Request) -> object:
        closed_at_s, oldest = self.ledger.closed_at_s, self.oldest or self.ledger.first
        if request.path == "/":
            return root_document(
                self.ledger.passphrase, self.latest, closed_at_s[self.latest - self.ledger.first], oldest
            )
        limit = int(request.query["limit"])
        if request.path == "/ledgers" and request.query["order"] == "desc":
            return page([ledger_document(self.latest, closed_at_s[self.latest - self.ledger.first])])
        after = max(int(request.query["cursor"]), oldest << 32)
        if request.path == "/ledgers":
            first = max((int(request.query["cursor"]) >> 32) + 1, oldest)
            return page(
                [
                    ledger_document(sequence, closed_at_s[sequence - self.ledger.first])
                    for sequence in range(first, min(self.latest, first + limit - 1) + 1)
                ]
            )
        records = self.ledger.listed.get(request.path.split("/")[2], [])
        mine = [record for record in records if after < record.toid and record.ledger <= self.latest]
        return page([transaction_document(record) for record in mine[:limit]])


def answering(status: int = 200, body: bytes = b"{}", **headers: str) -> Handler:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers=fields)

    return handler


async def truncated(request: web.Request) -> web.StreamResponse:
    """A body that ends in the middle."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"_embedded": {"records": [')
    assert request.transport is not None
    request.transport.abort()
    return response


async def hanging(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


def streaming(*parts: bytes, pause_s: float = 0.0, then_wait: bool = False) -> Handler:
    """An event stream of these bytes; afterwards it ends, or stays open and says nothing."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for part in parts:
            await response.write(part)
            await asyncio.sleep(pause_s)
        if then_wait:
            await asyncio.sleep(60)
        return response

    return handler


def record_event(data: str = "{}") -> bytes:
    return f"id: 1\ndata: {data}\n\n".encode()


@asynccontextmanager
async def horizons(ledger: FakeNetwork, count: int = 1) -> AsyncIterator[list[FakeHorizon]]:
    servers = [FakeHorizon(ledger) for _ in range(count)]
    for server in servers:
        await server.start()
    try:
        yield servers
    finally:
        await asyncio.gather(*(server.stop() for server in servers))
