"""How a node ends: by what must not be survived, wherever it happened."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)


class RiseAgain(Exception):
    """Alpha must begin anew, as after a restart: only another epoch can bring a quorum back."""


class NodeFailure:
    """The first failure that ends a node; closing one connection must not hide it.

    Args:
        on_failure: is told at once, before anything is cancelled.
    """

    def __init__(self, on_failure: Callable[[BaseException], None]) -> None:
        self._on_failure = on_failure
        self._error: BaseException | None = None
        self._happened = asyncio.Event()

    @property
    def happened(self) -> bool:
        """Whether the node is ending."""
        return self._error is not None

    def set(self, error: BaseException) -> None:
        """End the node with ``error``, unless it ends with another one already."""
        if self._error is None:
            self._error = error
            self._on_failure(error)
            self._happened.set()
        elif error is not self._error:
            log.error("another failure", extra={"reason": f"{type(error).__name__}: {error}"})

    def watch(self, future: asyncio.Future[None]) -> None:
        """A callback for futures whose failure ends the node."""
        if not future.cancelled() and (error := future.exception()) is not None:
            self.set(error)

    def check(self) -> None:
        """Raise the failure if there was one."""
        if self._error is not None:
            raise self._error

    async def wait(self) -> None:
        """Raise the failure when there is one."""
        await self._happened.wait()
        self.check()


@asynccontextmanager
async def background(failure: NodeFailure, *work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run ``work`` beside the body: the body's end cancels it, and the first failure ends everything.

    Args:
        failure: of the node; also set by the work's own failures.
        work: what runs until it is cancelled.

    Raises:
        Exception: the first failure.
    """
    tasks = [asyncio.create_task(item) for item in work]
    for task in tasks:
        task.add_done_callback(failure.watch)
    try:
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(failure.wait())
            yield
            watch.cancel()
    except BaseExceptionGroup as failures:
        if len(failures.exceptions) == 1:
            raise failures.exceptions[0] from None
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def check_not_cancelled() -> None:
    """Raise what a library has swallowed: it failed because its task was cancelled.

    Raises:
        CancelledError: the task is to end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
