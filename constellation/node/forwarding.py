"""An auditor's part against censorship: it takes requests over HTTP and passes them on to alpha."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge

from constellation.gateway.rate import RateLimiter
from constellation.herald.forwarding import ForwardingDesk
from constellation.node.clock import clock_us
from constellation.node.http import Status
from constellation.protocol.errors import ConstellationError, ProtocolViolation, Rejection
from constellation.protocol.limits import (
    FORWARD_PAUSE_S,
    HANDED_BURST,
    HANDED_MAX_BYTES,
    HANDED_PER_SECOND,
    HANDED_TIMEOUT_S,
)
from constellation.protocol.messages import ClusterMessage, Code, SignedRequest
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import State
from constellation.transport.addresses import source_of

log = logging.getLogger(__name__)

_STATUS = {
    Code.MALFORMED: 400,
    Code.TIMED_OUT: 408,
    Code.TOO_LARGE: 413,
    Code.RATE_LIMITED: 429,
    Code.OVERLOADED: 503,
}
"""Of HTTP, for codes; 422 for every other one."""


class ForwardingMetrics:
    """What an operator sees of it.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.handed = Counter(
            "constellation_handed_requests",
            "Requests that clients have handed to this auditor by result: TAKEN or the code of the refusal.",
            ["result"],
            registry=registry,
        )
        self.expired = Counter(
            "constellation_forwarded_expired",
            "Requests that alpha was told of and has not ordered before they expired.",
            registry=registry,
        )
        self.waiting = Gauge(
            "constellation_forwarded_waiting", "Requests that alpha was told of and has not ordered.", registry=registry
        )
        self.oldest = Gauge(
            "constellation_forwarded_oldest_seconds", "Age of the one that waits longest.", registry=registry
        )


class Forwarding:
    """Keeps the requests that were handed in, and tells alpha of them.

    Args:
        state: as far as it is replayed.
        send: to alpha.
        registry: for the metrics.
    """

    def __init__(
        self,
        state: Callable[[], State],
        send: Callable[[ClusterMessage], Awaitable[None]],
        registry: CollectorRegistry,
    ) -> None:
        self._state = state
        self._send = send
        self._desk = ForwardingDesk()
        self._rate = RateLimiter(HANDED_PER_SECOND, HANDED_BURST)
        self._wake = asyncio.Event()
        self._is_heard = False
        self._metrics = ForwardingMetrics(registry)
        self._metrics.waiting.set_function(lambda: len(self._desk))
        self._metrics.oldest.set_function(lambda: self._desk.oldest_us(clock_us()) / 1_000_000)
        self.routes = [web.post("/requests", self._post)]

    def describe(self) -> Status:
        """For the status page."""
        return {
            "forwarding": {
                "waiting": len(self._desk),
                "oldest_s": self._desk.oldest_us(clock_us()) / 1_000_000,
                "expired": self._desk.expired,
            }
        }

    def stream_starts(self) -> None:
        """Alpha listens on a new connection: tell it of everything."""
        self._desk.link_up()
        self._is_heard = True

    def link_down(self) -> None:
        """The connection has ended."""
        self._is_heard = False

    async def run(self) -> None:
        """Tell alpha of what waits, and forget what is done, until cancelled."""
        while True:
            await self._wake.wait()
            for signed in self._desk.look(self._state(), clock_us()):
                self._note_expired(signed)
            for signed in self._desk.due(clock_us()) if self._is_heard else ():
                await self._send(signed)
            if not len(self._desk):
                self._wake.clear()
            await asyncio.sleep(FORWARD_PAUSE_S)

    def _note_expired(self, signed: SignedRequest) -> None:
        self._metrics.expired.inc()
        log.warning(
            "alpha has not ordered a request that it was told of: it refuses it, or censors",
            extra={
                "account": encode_public_key(signed.request.account),
                "nonce": signed.request.nonce,
                "operation": type(signed.request.operation).__name__,
            },
        )

    # --- HTTP ---------------------------------------------------------------------------------------------------

    async def _post(self, request: web.Request) -> web.Response:
        """Take a signed request in XDR; 202, or a coded refusal."""
        try:
            if not self._rate.take(_address(request), clock_us()):
                raise Rejection(Code.RATE_LIMITED, f"more than {HANDED_PER_SECOND} requests a second from one address")
            self._desk.take(self._state(), _decode(await _body(request)), clock_us())
        except ConstellationError as error:
            self._metrics.handed.labels(error.code.name).inc()
            answer = {"code": error.code.name, "message": error.message}
            return web.json_response(answer, status=_STATUS.get(error.code, 422))
        self._metrics.handed.labels("TAKEN").inc()
        self._wake.set()
        return web.json_response({"taken": True}, status=202)


def _address(request: web.Request) -> bytes:
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    return source_of(peer).encode()


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(HANDED_TIMEOUT_S):
            return await request.read()
    except TimeoutError:
        raise ProtocolViolation(Code.TIMED_OUT, f"the request was not here within {HANDED_TIMEOUT_S} s") from None
    except (web.RequestPayloadError, ConnectionError):
        raise ProtocolViolation(Code.MALFORMED, "the request has ended too early, or in the wrong way") from None
    except web.HTTPRequestEntityTooLarge:
        raise ProtocolViolation(Code.TOO_LARGE, f"a request has at most {HANDED_MAX_BYTES} bytes") from None


def _decode(body: bytes) -> SignedRequest:
    try:
        return SignedRequest.from_xdr(body)
    except MalformedMessage as error:
        raise ProtocolViolation(Code.MALFORMED, f"no signed request in XDR: {error}") from None
