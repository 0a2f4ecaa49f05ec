"""Stands between the SDK and alpha, and changes what alpha says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from constellation.protocol.messages import ClientMessage, decode_client_message, encode_client_message

Change = Callable[[ClientMessage], ClientMessage | None]


@asynccontextmanager
async def proxy(url: str, change: Change) -> AsyncIterator[str]:
    """The address of a proxy of ``url`` while the block runs.

    Args:
        url: of alpha.
        change: is applied to each of its messages; None drops one.
    """

    async def hand_on(near: ServerConnection) -> None:
        async with connect(url, compression=None) as far:

            async def up() -> None:
                async for frame in near:
                    await far.send(frame)
                await far.close()

            async def down() -> None:
                async for frame in far:
                    assert isinstance(frame, bytes)
                    message = change(decode_client_message(frame))
                    if message is not None:
                        await near.send(encode_client_message(message))
                await near.close()

            with suppress(ConnectionClosed):
                await asyncio.gather(up(), down())

    async with serve(hand_on, "127.0.0.1", 0, compression=None) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
