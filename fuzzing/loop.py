"""One event loop for all inputs of a process: what is asynchronous is run to its end, without any I/O."""

import asyncio
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

_T = TypeVar("_T")


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The loop; nobody closes it."""
    return asyncio.new_event_loop()


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """What ``coroutine`` returns."""
    return loop().run_until_complete(coroutine)
