"""A node's HTTP port: is it alive, is it ready, what does it say of itself."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Status = dict[str, Any]


class StatusServer:
    """``/livez``, ``/readyz``, ``/status`` and ``/metrics``.

    Args:
        status: what the node says of itself; its ``ready`` decides ``/readyz``, its ``state`` and ``reasons`` say why
        not. A node that is ``degraded`` is ready, and its ``reasons`` say what should be looked at.
        registry: the node's own metrics, shown with those of the process.
        host: to listen on.
        port: to listen on; 0 lets the system choose.
    """

    def __init__(self, status: Callable[[], Status], registry: CollectorRegistry, host: str, port: int) -> None:
        self._status = status
        self._registry = registry
        self._host = host
        self._port = port
        application = web.Application()
        application.add_routes(
            [
                web.get("/livez", self._livez),
                web.get("/readyz", self._readyz),
                web.get("/status", self._full),
                web.get("/metrics", self._metrics),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> int:
        """Listen; the port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self._runner.cleanup()

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        status = self._status()
        answer = {name: status[name] for name in ("ready", "state", "since", "degraded", "reasons")}
        return web.json_response(answer, status=200 if status["ready"] else 503)

    async def _full(self, _request: web.Request) -> web.Response:
        return web.json_response(self._status())

    async def _metrics(self, _request: web.Request) -> web.Response:
        body = generate_latest(self._registry) + generate_latest()
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
