"""An event loop in a thread of its own, for programs without one: scripts, notebooks, threads."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import CancelledError
from typing import Any, Final, TypeVar

from constellation.sdk.errors import ConnectionClosed

_STOP_S: Final = 5.0
_T = TypeVar("_T")


class Background:
    """Runs coroutines in its thread, for callers in any other one.

    The thread does not keep the interpreter alive.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._serve, name="constellation-sdk", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """The coroutine's result, when there is one; an interrupt cancels it.

        Raises:
            ConnectionClosed: the thread has ended.
            RuntimeError: the caller is in it.
        """
        if self._is_stopped or threading.current_thread() is self._thread:
            coroutine.close()
            if self._is_stopped:
                raise ConnectionClosed(None, "the exchange was closed")
            raise RuntimeError("this thread runs the exchange's own tasks: use the asynchronous one here")
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except CancelledError:
            raise ConnectionClosed(None, "the exchange was closed") from None
        finally:
            future.cancel()

    def iterate(self, items: AsyncIterator[_T]) -> Iterator[_T]:
        """The items, each fetched when it is asked for."""
        while (found := self.run(_next(items))) is not None:
            yield found[0]

    def stop(self, last: Coroutine[Any, Any, object]) -> None:
        """Run one last coroutine, cancel what still runs, and end the thread; never raises for what they do."""
        if self._is_stopped:
            last.close()
            return
        self._is_stopped = True
        asyncio.run_coroutine_threadsafe(self._end(last), self._loop)
        if threading.current_thread() is not self._thread:
            self._thread.join(_STOP_S)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _end(self, last: Coroutine[Any, Any, object]) -> None:
        try:
            async with asyncio.timeout(_STOP_S / 2):
                await last
        except Exception:  # noqa: S110
            pass  # the connection ends all the same
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._loop.call_soon(self._loop.stop)


async def _next(items: AsyncIterator[_T]) -> tuple[_T] | None:
    async for item in items:
        return (item,)
    return None
