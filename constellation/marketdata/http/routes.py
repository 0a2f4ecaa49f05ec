"""The routes of an aiohttp application that answer everything in the table of endpoints."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from aiohttp import web

from constellation.marketdata.data import MarketData
from constellation.marketdata.http.answers import Answer, Sources
from constellation.marketdata.http.endpoints import ENDPOINTS, JSON, Endpoint
from constellation.marketdata.http.errors import HttpCode, HttpError, shown, status_of
from constellation.marketdata.http.kept import Kept
from constellation.marketdata.http.live import BookLooks
from constellation.marketdata.http.metrics import HttpMetrics
from constellation.marketdata.http.openapi import openapi_document
from constellation.marketdata.http.parameters import read_arguments
from constellation.marketdata.http.reads import MarketReads
from constellation.marketdata.http.stellar_toml import Published
from constellation.marketdata.terminal import HEADERS, TerminalConfig
from constellation.marketdata.wire import encode
from constellation.protocol.limits import MARKET_QUESTIONS_BURST, MARKET_QUESTIONS_PER_SECOND
from constellation.transport.addresses import source_of
from constellation.transport.pace import Pace

_METHODS: Final = "GET, HEAD, OPTIONS"
_RETRY_AFTER_S: Final = "1"
_ETAG_DIGITS: Final = 32
_EVERYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_PREFLIGHT: Final = {
    "Allow": _METHODS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}

_Handler = Callable[[web.Request], Awaitable[web.Response]]


def market_routes(
    reads: MarketReads,
    live: MarketData,
    clock_us: Callable[[], int],
    proof_file: Path | None = None,
    *,
    terminal: TerminalConfig | None = None,
    metrics: HttpMetrics | None = None,
    per_second: float = MARKET_QUESTIONS_PER_SECOND,
    burst: float = MARKET_QUESTIONS_BURST,
    published: Published | None = None,
) -> list[web.RouteDef]:
    """For an aiohttp application.

    Every other path under ``/v1/`` and ``/.well-known/`` is answered with an error that has a code.

    Args:
        reads: of the chronicle.
        live: market data as of now.
        clock_us: the time now, in microseconds since 1970.
        proof_file: where the operator puts the newest proof of reserves; it may not be there.
        terminal: of the page to trade on; where there is none, one can only look.
        metrics: counts.
        per_second: questions from one network address in the long run; all who come through one proxy have one.
        burst: of them at once.
        published: by the operator, of itself.
    """
    books = BookLooks(live, time.monotonic)
    document = (terminal or TerminalConfig()).document(reads.genesis)
    sources = Sources(reads, live, books, clock_us, proof_file, document, openapi_document(), published or Published())
    desk = _Desk(sources, metrics or HttpMetrics(), Pace(per_second, burst))
    routes = [desk.route(endpoint.path, endpoint.name, desk.answering(endpoint)) for endpoint in ENDPOINTS]
    elsewhere = [desk.route(rf"/{place}/{{path:[\s\S]*}}", "unknown", _unknown) for place in ("v1", ".well-known")]
    return [*routes, *elsewhere]


@dataclass(slots=True, frozen=True)
class _Page:
    """An answer as it is sent."""

    body: bytes
    etag: str
    cache: str
    content_type: str


class _Desk:
    """Takes questions and sends answers.

    Args:
        sources: of answers.
        metrics: counts.
        pace: of questions, by network address.
    """

    def __init__(self, sources: Sources, metrics: HttpMetrics, pace: Pace) -> None:
        self._sources = sources
        self._metrics = metrics
        self._pace = pace
        self._kept: Kept[str, _Page] = Kept(len(ENDPOINTS), time.monotonic)

    def route(self, path: str, name: str, handler: _Handler) -> web.RouteDef:
        """Whatever the method is, and whatever goes wrong."""

        async def handle(request: web.Request) -> web.Response:
            try:
                self._admit(request)
                response = await handler(request)
            except HttpError as error:
                response = _refusal(error)
            self._metrics.answers.labels(name, str(response.status)).inc()
            return response

        return web.route("*", path, handle, expect_handler=_expect_nothing)

    def _admit(self, request: web.Request) -> None:
        peer = None if request.transport is None else request.transport.get_extra_info("peername")
        if not self._pace.admits(source_of(peer), time.monotonic()):
            raise HttpError(HttpCode.RATE_LIMITED, "too many questions from your address; ask again in a second")

    def answering(self, endpoint: Endpoint) -> _Handler:
        """What answers the questions of one endpoint."""

        async def answer(request: web.Request) -> web.Response:
            if request.method == "OPTIONS":
                return web.Response(status=204, headers=_EVERYWHERE | _PREFLIGHT)
            if request.method not in ("GET", "HEAD"):
                raise HttpError(HttpCode.METHOD_NOT_ALLOWED, f"this can be asked with {_METHODS} alone")
            if request.body_exists:
                raise HttpError(HttpCode.BODY_NOT_ALLOWED, "a question has no body; parameters go into the query")
            arguments = read_arguments(endpoint.parameters, request.match_info.items(), request.query.items())
            page = None if endpoint.parameters else self._kept.get(endpoint.name)
            if page is None:
                found = await endpoint.handler(self._sources, arguments)
                page = _page(found, endpoint.content_type)
                if not endpoint.parameters:  # these are about everything, and large
                    self._kept.put(endpoint.name, page)
            return _response(request, page)

        return answer


async def _expect_nothing(_request: web.Request) -> None:
    """A body is refused, so nobody is asked to send one."""


async def _unknown(request: web.Request) -> web.Response:
    raise HttpError(HttpCode.UNKNOWN_PATH, f"there is nothing at {shown(request.path)}; see /v1/openapi.json")


def _page(found: Answer, content_type: str) -> _Page:
    body = found.document.encode() if isinstance(found.document, str) else encode(found.document)
    return _Page(body, f'"{sha256(body).hexdigest()[:_ETAG_DIGITS]}"', found.cache, content_type)


def _response(request: web.Request, page: _Page) -> web.Response:
    headers = _EVERYWHERE | {"ETag": page.etag, "Cache-Control": page.cache}
    wanted = request.headers.get("If-None-Match", "")
    if page.etag in wanted or wanted.strip() == "*":
        return web.Response(status=304, headers=headers)
    charset = None if page.content_type == JSON else "utf-8"
    return web.Response(body=page.body, headers=headers, content_type=page.content_type, charset=charset)


def _refusal(error: HttpError) -> web.Response:
    status = status_of(error.code)
    headers = _EVERYWHERE | {"Cache-Control": "no-store"}
    if status in (429, 503):
        headers["Retry-After"] = _RETRY_AFTER_S
    if error.code is HttpCode.METHOD_NOT_ALLOWED:
        headers["Allow"] = _METHODS
    body = encode({"error": {"code": error.code.value, "message": error.message}})
    response = web.Response(status=status, body=body, headers=headers, content_type="application/json")
    if error.code in (HttpCode.METHOD_NOT_ALLOWED, HttpCode.BODY_NOT_ALLOWED, HttpCode.RATE_LIMITED):
        response.force_close()  # a body may follow, which nobody reads
    return response
