"""Follows a server's stream of closed ledgers, to look at the ledger at once. Losing it only makes looking slower."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from random import Random
from typing import Final

from constellation.stellarlink.errors import NetworkMismatch, NetworkUnavailable
from constellation.stellarlink.pool import NetworkPool
from constellation.stellarlink.server_health import back_off_s

PAUSE_S: Final = 1.0
"""Before a stream that ended is opened again; it doubles while streams fail."""

PAUSE_MAX_S: Final = 60.0
"""Longest pause, unless the server asks for more."""

logger = logging.getLogger(__name__)


class ClosingHints:
    """Wakes somebody whenever the server in use says that a ledger has closed.

    Args:
        pool: whose streams.
        wake: called for every hint.
        random: spreads the connections of many nodes.
        pause_s: before a stream is opened again.

    Attributes:
        is_live: whether a stream has brought something and is still open.
    """

    def __init__(
        self, pool: NetworkPool, wake: Callable[[], None], random: Random, *, pause_s: float = PAUSE_S
    ) -> None:
        self._pool = pool
        self._wake = wake
        self._random = random
        self._pause_s = pause_s
        self._failures = 0
        self.is_live = False

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            asked_s = 0.0
            try:
                # A stream that ends without a word is no better than one that fails.
                self._failures = 0 if await self._follow() else self._failures + 1
            except NetworkUnavailable as error:
                self._failures += 1
                self._pool.errors["stream"] += 1
                asked_s = error.retry_after_s or 0.0
                if self._failures == 1:
                    logger.info("no stream of ledgers", extra={"reason": str(error)})
            except NetworkMismatch:
                self._failures += 1  # the watch ends the node
            finally:
                self.is_live = False
            await asyncio.sleep(back_off_s(self._pause_s, PAUSE_MAX_S, self._failures, asked_s, self._random))

    async def _follow(self) -> bool:
        """One stream, as long as its server is the one in use; whether it brought something."""
        server = await self._pool.pick()
        async with aclosing(server.closings()) as events:
            async for _ in events:
                self.is_live = True
                self._wake()
                if self._pool.current is not server:
                    break
        return self.is_live
