"""Lets others have their turn while a connection's messages are always ready."""

import asyncio

_MESSAGES_AT_ONCE = 4


class Turns:
    """Counts what one reader has taken without a pause; ``recv`` does not suspend while messages are buffered."""

    def __init__(self) -> None:
        self._taken = 0

    async def taken(self) -> None:
        """One message was taken."""
        self._taken += 1
        if self._taken >= _MESSAGES_AT_ONCE:
            self._taken = 0
            await asyncio.sleep(0)
