"""Reads messages ahead of their turn, so that what takes long about the next ones is done beside the present one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from constellation.protocol.messages import ClusterMessage

Prepare = Callable[[ClusterMessage], Awaitable[None] | None]
"""Begins what takes long about a message that has come, and tells when it is done; must not fail."""

Read = Callable[[], Awaitable[ClusterMessage]]
"""Gives the next message."""

_MESSAGES_AHEAD = 8

_Found = tuple[ClusterMessage, Awaitable[None] | None] | Exception


@asynccontextmanager
async def reading_ahead(read: Read, prepare: Prepare) -> AsyncIterator[Read]:
    """Something that gives the same messages as ``read``, in order, each when it is prepared.

    What ``read`` raises is raised in its turn: after the messages that came before.

    Args:
        read: the next message.
        prepare: is called with each as soon as it has come.
    """
    queue: asyncio.Queue[_Found] = asyncio.Queue(_MESSAGES_AHEAD)

    async def fill() -> None:
        while True:
            try:
                message = await read()
            except Exception as error:
                await queue.put(error)
                return
            await queue.put((message, prepare(message)))

    async def take() -> ClusterMessage:
        found = await queue.get()
        if isinstance(found, Exception):
            raise found
        message, prepared = found
        if prepared is not None:
            await prepared
        return message

    filling = asyncio.create_task(fill())
    try:
        yield take
    finally:
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
