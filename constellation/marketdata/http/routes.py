"""The routes of an aiohttp application that answer everything in the table of endpoints."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from aiohttp import web
from multidict import CIMultiDict

from constellation.marketdata.data import MarketData
from constellation.marketdata.http.answers import Sources
from constellation.marketdata.http.endpoints import ENDPOINTS, Endpoint
from constellation.marketdata.http.errors import HttpCode, HttpError, shown, status_of
from constellation.marketdata.http.openapi import openapi_document
from constellation.marketdata.http.parameters import read_arguments
from constellation.marketdata.http.reads import MarketReads
from constellation.marketdata.wire import encode

_METHODS: Final = "GET, HEAD, OPTIONS"
_RETRY_AFTER_S: Final = "1"
_ETAG_DIGITS: Final = 32
_EVERYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT: Final = {
    "Allow": _METHODS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}

_Answering = Callable[[web.Request], Awaitable[web.Response]]


def market_routes(
    reads: MarketReads, live: MarketData, clock_us: Callable[[], int], proof_file: Path | None = None
) -> list[web.RouteDef]:
    """For an aiohttp application; every other path under ``/v1/`` is answered with an error that has a code.

    Args:
        reads: of the chronicle.
        live: market data as of now.
        clock_us: the time now, in microseconds since 1970.
        proof_file: where the operator puts the newest proof of reserves; it may not be there.
    """
    sources = Sources(reads, live, clock_us, proof_file, openapi_document())
    routes = [_route(endpoint.path, _answering(endpoint, sources)) for endpoint in ENDPOINTS]
    return [*routes, _route("/v1/{path:.*}", _unknown)]


def _route(path: str, handler: Callable[[web.Request], Awaitable[web.Response]]) -> web.RouteDef:
    async def handle(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except HttpError as error:
            return _refusal(error)

    return web.route("*", path, handle, expect_handler=_expect_nothing)


async def _expect_nothing(_request: web.Request) -> None:
    """A body is refused, so nobody is asked to send one."""


async def _unknown(request: web.Request) -> web.Response:
    raise HttpError(HttpCode.UNKNOWN_PATH, f"there is nothing at {shown(request.path)}; see /v1/openapi.json")


def _answering(endpoint: Endpoint, sources: Sources) -> _Answering:
    async def answer(request: web.Request) -> web.Response:
        if request.method == "OPTIONS":
            return web.Response(status=204, headers=_EVERYWHERE | _PREFLIGHT)
        if request.method not in ("GET", "HEAD"):
            raise HttpError(HttpCode.METHOD_NOT_ALLOWED, f"this can be asked with {_METHODS} alone")
        if request.body_exists:
            raise HttpError(HttpCode.BODY_NOT_ALLOWED, "a question has no body; parameters go behind a question mark")
        arguments = read_arguments(endpoint.parameters, request.match_info.items(), request.query.items())
        found = await endpoint.handler(sources, arguments)
        return _response(request, encode(found.document), found.cache)

    return answer


def _response(request: web.Request, body: bytes, cache: str) -> web.Response:
    etag = f'"{sha256(body).hexdigest()[:_ETAG_DIGITS]}"'
    headers = _EVERYWHERE | {"ETag": etag, "Cache-Control": cache}
    wanted = request.headers.get("If-None-Match", "")
    if etag in wanted or wanted.strip() == "*":
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers, content_type="application/json")


def _refusal(error: HttpError) -> web.Response:
    status = status_of(error.code)
    headers = CIMultiDict(_EVERYWHERE | {"Cache-Control": "no-store"})
    if status == 503:
        headers["Retry-After"] = _RETRY_AFTER_S
    if error.code is HttpCode.METHOD_NOT_ALLOWED:
        headers["Allow"] = _METHODS
    body = encode({"error": {"code": error.code.value, "message": error.message}})
    response = web.Response(status=status, body=body, headers=headers, content_type="application/json")
    if error.code in (HttpCode.METHOD_NOT_ALLOWED, HttpCode.BODY_NOT_ALLOWED):
        response.force_close()  # whose body nobody reads
    return response
