"""A node's HTTP port: is it alive, is it ready, what does it say of itself."""

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from constellation.protocol.limits import (
    CONNECTS_PER_SECOND,
    HANDED_MAX_BYTES,
    HTTP_CONNECTIONS_MAX,
    HTTP_CONNECTIONS_PER_ADDRESS_MAX,
    HTTP_CONNECTS_BURST,
    HTTP_STAY_S,
)
from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.listening import listen
from constellation.transport.metrics import DoorMetrics
from constellation.transport.visitor import REFUSAL

Status = dict[str, Any]

_READINESS = ("ready", "state", "since", "degraded", "reasons")

_LIMITS = DoorLimits(
    HTTP_CONNECTIONS_MAX, HTTP_CONNECTIONS_PER_ADDRESS_MAX, CONNECTS_PER_SECOND, HTTP_CONNECTS_BURST, HTTP_STAY_S
)


class StatusServer:
    """``/livez``, ``/readyz``, ``/health``, ``/status`` and ``/metrics``; alpha has ``stellar.toml``, too.

    Whoever asks is a stranger: connections are few, short, and answer one question each.

    Args:
        status: what the node says of itself; its ``ready`` decides ``/readyz`` and ``/health``, its ``state`` and
        ``reasons`` say why not. A node that is ``degraded`` is ready, and its ``reasons`` say what should be looked at.
        registry: the node's own metrics, shown with those of the process.
        host: to listen on.
        port: to listen on; 0 lets the system choose.
        metrics: of the node's ports.
        routes: what else this node serves; a body is read as it comes, and has at most ``HANDED_MAX_BYTES``.
    """

    def __init__(
        self,
        status: Callable[[], Status],
        registry: CollectorRegistry,
        host: str,
        port: int,
        metrics: DoorMetrics | None = None,
        routes: Sequence[web.RouteDef] = (),
    ) -> None:
        self._status = status
        self._registry = registry
        self._host = host
        self._port = port
        application = web.Application(client_max_size=HANDED_MAX_BYTES)
        application.add_routes(
            [
                web.get("/livez", self._livez),
                web.get("/readyz", self._readyz),
                web.get("/health", self._health),
                web.get("/status", self._full),
                web.get("/metrics", self._metrics),
                *routes,
            ]
        )
        application.on_response_prepare.append(_close_after_answer)
        self._doorstep = Doorstep(_LIMITS, metrics or DoorMetrics(), "http")
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0, auto_decompress=False)

    async def start(self) -> int:
        """Listen; the port."""
        await self._runner.setup()
        site = web.SockSite(self._runner, listen(self._host, self._port, self._doorstep, REFUSAL))
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self._runner.cleanup()

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        return self._answer(_READINESS)

    async def _health(self, _request: web.Request) -> web.Response:
        return self._answer(("role", "version", "key", *_READINESS))

    def _answer(self, names: Sequence[str]) -> web.Response:
        status = self._status()
        answer = {name: status.get(name) for name in names}
        return web.json_response(answer, status=200 if status["ready"] else 503)

    async def _full(self, _request: web.Request) -> web.Response:
        return web.json_response(self._status())

    async def _metrics(self, _request: web.Request) -> web.Response:
        body = generate_latest(self._registry) + generate_latest()
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _close_after_answer(_request: web.Request, response: web.StreamResponse) -> None:
    response.force_close()
