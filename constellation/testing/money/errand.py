"""Coroutines of production code, led by hand: no event loop, no time."""

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@coroutine
def pause() -> Generator[None, None, None]:
    """Wait until whoever leads goes on."""
    yield


class Errand(Generic[T]):
    """Something that takes a while.

    Args:
        work: waits by :func:`pause` alone.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work
        self._results: list[T] = []

    def step(self) -> bool:
        """Go on until it waits again; whether it has ended."""
        if not self._results:
            try:
                self._work.send(None)
            except StopIteration as end:
                self._results.append(end.value)
        return bool(self._results)

    @property
    def result(self) -> T:
        """What came of it, once it has ended."""
        return self._results[0]

    def drop(self) -> None:
        """Whoever ran it is dead."""
        self._work.close()


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What comes of a coroutine that need not wait."""
    errand = Errand(work)
    assert errand.step(), "it waits"
    return errand.result
