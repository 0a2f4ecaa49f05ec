"""Calls a hook that answers, in threads that nobody waits for longer than the time-out."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Final, NoReturn, TypeVar

from constellation.node.extensions.record import LATE, NONSENSE, RAISED, HookRecord
from constellation.node.extensions.words import words_of

_T = TypeVar("_T")

CALLS_MAX: Final = 8
"""Calls of one hook at a time; one that hangs keeps its place until it comes back."""


class HookFailed(Exception):
    """A hook gave no answer; the message says why."""


@dataclass(frozen=True, slots=True)
class _Failure:
    result: str
    reason: str


class Caller:
    """Of one hook.

    Args:
        record: what becomes of the calls.
        timeout_s: for each, with the time that it waits for its turn.

    Attributes:
        record: as given.
    """

    def __init__(self, record: HookRecord, timeout_s: float) -> None:
        self.record = record
        self._timeout_s = timeout_s
        self._places = asyncio.Semaphore(CALLS_MAX)

    async def call(self, ask: Callable[[], object], check: Callable[[object], _T]) -> _T:
        """Ask in a thread.

        Args:
            ask: calls the hook.
            check: what the hook's answer says; raises whatever where it is none. In the thread as well: an answer's
                methods are foreign code.

        Raises:
            HookFailed: there is no answer.
        """
        begin_s = time.monotonic()
        answer: asyncio.Future[_T | _Failure] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._places.acquire()
                self._start(answer, ask, check)
                found = await answer
        except TimeoutError:
            self._fail(LATE, f"no answer in {self._timeout_s:g} s")
        if isinstance(found, _Failure):
            self._fail(found.result, found.reason)
        self.record.answered(time.monotonic() - begin_s)
        return found

    def _start(
        self, answer: "asyncio.Future[_T | _Failure]", ask: Callable[[], object], check: Callable[[object], _T]
    ) -> None:
        loop = asyncio.get_running_loop()

        def settle(found: _T | _Failure) -> None:
            self._places.release()
            if not answer.done():  # nobody waits for what is late
                answer.set_result(found)

        def work() -> None:
            found = _attempt(ask, check)
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(settle, found)

        try:
            Thread(target=work, name=f"extension {self.record.name}", daemon=True).start()
        except RuntimeError as error:  # there are no threads left
            settle(_Failure(RAISED, words_of(error)))

    def _fail(self, result: str, reason: str) -> NoReturn:
        self.record.failed(result, reason)
        raise HookFailed(f"the extension {self.record.name} gives no answer: {reason}")


def _attempt(ask: Callable[[], object], check: Callable[[object], _T]) -> _T | _Failure:
    """What foreign code says, whatever it does beside hanging: SystemExit is no reason to end a node."""
    try:
        said = ask()
    except BaseException as error:
        return _Failure(RAISED, words_of(error))
    try:
        return check(said)
    except BaseException as error:
        return _Failure(NONSENSE, words_of(error))
