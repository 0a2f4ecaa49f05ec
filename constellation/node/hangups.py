"""SIGHUP: a process is asked to load again what can be loaded again. Who can, subscribes."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

_called: WeakKeyDictionary[asyncio.AbstractEventLoop, list[Callable[[], None]]] = WeakKeyDictionary()
"""By event loop, in the order in which they came: the signal is the process's, and so is this."""


@contextmanager
def on_hangup(call: Callable[[], None]) -> Iterator[None]:
    """Have something called at every SIGHUP while the body runs; on the main thread, in an event loop."""
    loop = asyncio.get_running_loop()
    calls = _called.setdefault(loop, [])
    calls.append(call)
    if len(calls) == 1:
        loop.add_signal_handler(signal.SIGHUP, _tell, calls)
    try:
        yield
    finally:
        calls.remove(call)
        if not calls:
            loop.remove_signal_handler(signal.SIGHUP)


def _tell(calls: list[Callable[[], None]]) -> None:
    for call in list(calls):
        call()
