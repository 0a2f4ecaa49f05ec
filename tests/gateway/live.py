"""The harness's alpha behind real sockets, acknowledging and certifying by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from constellation.gateway import GatewayServer
from constellation.protocol.messages import Code
from tests.gateway.harness import Alpha


class LiveAlpha:
    """Alpha on a port of this host.

    Attributes:
        alpha: acknowledges soon after each request while ``automatic`` is set.
        url: for clients.
    """

    def __init__(self, alpha: Alpha) -> None:
        self.alpha = alpha
        self.automatic = True
        self.port = 0
        self.url = ""
        self._server: GatewayServer | None = None
        alpha.on_submit = self._soon

    def _soon(self) -> None:
        if self.automatic:
            asyncio.get_running_loop().call_soon(self.alpha.settle)

    async def start(self) -> None:
        self._server = GatewayServer(self.alpha.front, "127.0.0.1", self.port)
        self.port = await self._server.start()
        self.url = f"ws://127.0.0.1:{self.port}"

    async def stop(self, code: Code = Code.SHUTTING_DOWN, message: str = "the test is over") -> None:
        if self._server is not None:
            await self._server.stop(code, message)
            self._server = None


@asynccontextmanager
async def live(alpha: Alpha) -> AsyncIterator[LiveAlpha]:
    """Alpha behind sockets while the block runs."""
    server = LiveAlpha(alpha)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
