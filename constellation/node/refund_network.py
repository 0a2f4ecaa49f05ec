"""The network that a refund command asks."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from constellation.protocol.messages import Settings
from constellation.stellarlink import StellarNetwork, horizon_pool


@asynccontextmanager
async def one_server(urls: Sequence[str], settings: Settings) -> AsyncIterator[StellarNetwork]:
    """The first server of several that is well, for the whole command: its answers must belong together.

    Args:
        urls: of the servers, in the order of preference.
        settings: of the constellation.

    Raises:
        NetworkMismatch: every server is of another network.
        NetworkUnavailable: none can be used now.
    """
    pool = horizon_pool(urls, settings.network_passphrase)
    try:
        yield await pool.pick()
    finally:
        await pool.close()
