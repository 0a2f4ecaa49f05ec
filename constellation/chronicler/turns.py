"""Lets few readers run at a time; an account that asks much waits behind those that ask little."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code


class FairTurns:
    """Turns for some at a time, the accounts one after the other.

    Args:
        at_once: how many have their turn together.
        waiting: how many may wait.
        per_account: how many of them of one account.
    """

    def __init__(self, at_once: int, waiting: int, per_account: int) -> None:
        self._free = at_once
        self._waiting_max = waiting
        self._per_account = per_account
        self._count = 0
        self._waiting: dict[bytes, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, account: bytes) -> AsyncIterator[None]:
        """Wait for a turn, and have it while the block runs.

        Raises:
            Rejection: OVERLOADED.
        """
        await self._enter(account)
        try:
            yield
        finally:
            self._free += 1
            self._next()

    async def _enter(self, account: bytes) -> None:
        own = self._waiting.get(account, ())
        if self._count >= self._waiting_max or len(own) >= self._per_account:
            raise Rejection(Code.OVERLOADED, "too many questions about the past wait for their answers; try again")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(account, deque()).append(turn)
        self._count += 1
        self._next()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(account, turn)
            else:  # it was given in the very moment
                self._free += 1
                self._next()
            raise

    def _forget(self, account: bytes, turn: asyncio.Future[None]) -> None:
        own = self._waiting.get(account, deque())
        if turn not in own:
            return  # it was passed over
        own.remove(turn)
        self._count -= 1
        if not own:
            del self._waiting[account]

    def _next(self) -> None:
        while self._free and self._waiting:
            account = next(iter(self._waiting))
            own = self._waiting.pop(account)
            turn = own.popleft()
            if own:
                self._waiting[account] = own
            self._count -= 1
            if not turn.cancelled():
                self._free -= 1
                turn.set_result(None)
