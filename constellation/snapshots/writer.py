"""Group commit: what piles up while one transaction is on its way to the disk becomes the next one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from constellation.snapshots.damage import StorageFailure
from constellation.snapshots.log import Item, QuantumLog

_T = TypeVar("_T")


class LogWriter:
    """The only one that touches the log of a running node, from one thread beside the event loop.

    Args:
        log: of the node.
    """

    def __init__(self, log: QuantumLog) -> None:
        self._log = log
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="log")
        self._waiting: list[tuple[list[Item], asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None
        self._failure: StorageFailure | None = None

    def store(self, item: Item) -> asyncio.Future[None]:
        """Queue ``item``; the future is done when it is durable.

        Items are stored in the order of the calls. The future raises StorageFailure when that went wrong, now or
        before.
        """
        return self._queue([item])

    def _queue(self, items: list[Item]) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._failure is not None:
            future.set_exception(self._failure)
            return future
        self._waiting.append((items, future))
        if self._running is None:
            self._running = asyncio.create_task(self._drain())
        return future

    async def read(self, call: Callable[[QuantumLog], _T]) -> _T:
        """The result of ``call`` on the log, after everything that was queued before, and not after what comes later.

        Raises:
            StorageFailure: a write went wrong.
        """
        await self._queue([])
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, self._log)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            taken, self._waiting = self._waiting, []
            items = [item for queued, _ in taken for item in queued]
            try:
                await loop.run_in_executor(self._thread, self._log.write, items)
            except Exception as error:  # whatever it was, the disk cannot be trusted any more
                self._fail(error, taken)
                break
            for _, future in taken:
                if not future.done():
                    future.set_result(None)
        self._running = None

    def _fail(self, error: Exception, taken: list[tuple[list[Item], asyncio.Future[None]]]) -> None:
        self._failure = error if isinstance(error, StorageFailure) else StorageFailure(f"the log failed: {error}")
        self._failure.__cause__ = error.__cause__ if error is self._failure else error
        for _, future in [*taken, *self._waiting]:
            if not future.done():
                future.set_exception(self._failure)
        self._waiting = []

    async def close(self) -> None:
        """Finish what was queued and close the log."""
        if self._running is not None:
            await asyncio.shield(self._running)
        self._thread.shutdown()
        self._log.close()
