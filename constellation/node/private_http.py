"""An HTTP port for other nodes of the same operator: it shows what is nobody else's business."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from constellation.node.config import ConfigurationError, split_address
from constellation.node.keys import read_token_file
from constellation.protocol.limits import (
    CHRONICLE_STAY_S,
    HISTORY_QUESTION_MAX_BYTES,
    HTTP_CONNECTIONS_MAX,
    PRIVATE_CONNECTIONS_PER_ADDRESS_MAX,
    PRIVATE_CONNECTS_PER_SECOND,
)
from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.listening import listen
from constellation.transport.metrics import DoorMetrics
from constellation.transport.visitor import REFUSAL

_LIMITS = DoorLimits(
    HTTP_CONNECTIONS_MAX,
    PRIVATE_CONNECTIONS_PER_ADDRESS_MAX,
    PRIVATE_CONNECTS_PER_SECOND,
    PRIVATE_CONNECTS_PER_SECOND,
    CHRONICLE_STAY_S,
)


def read_token(token_file: Path | None, *addresses: str | None) -> str | None:
    """The secret that a private port asks for; None where only this machine can reach it and none is given.

    Raises:
        ConfigurationError: an address can be reached from elsewhere and there is no secret.
        KeyFileError: the file cannot be used.
    """
    if token_file is not None:
        return read_token_file(token_file)
    for address in addresses:
        if address is not None and not _is_loopback(split_address(address)[0]):
            raise ConfigurationError(
                f"chronicle_token_file: {address} can be reached from elsewhere: it needs a secret"
            )
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class PrivateServer:
    """Serves routes to those who know the secret. Connections are few and answer one question each.

    Args:
        routes: what it serves.
        token: the secret; None lets everybody in who can connect.
        address: host:port to listen on.
        metrics: of the node's ports.
    """

    def __init__(self, routes: Sequence[web.RouteDef], token: str | None, address: str, metrics: DoorMetrics) -> None:
        self._token = None if token is None else f"Bearer {token}".encode()
        self._address = split_address(address)
        application = web.Application(client_max_size=HISTORY_QUESTION_MAX_BYTES, middlewares=[self._check])
        application.add_routes(routes)
        self._doorstep = Doorstep(_LIMITS, metrics, "chronicle")
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0, auto_decompress=False)

    async def start(self) -> int:
        """Listen; the port."""
        await self._runner.setup()
        site = web.SockSite(self._runner, listen(*self._address, self._doorstep, REFUSAL))
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self._runner.cleanup()

    @web.middleware
    async def _check(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if self._token is not None and not hmac.compare_digest(given, self._token):
            raise web.HTTPUnauthorized(text="this port needs the operator's secret", headers=_CLOSE)
        response = await handler(request)
        response.force_close()
        return response


_CLOSE = {"Connection": "close"}
