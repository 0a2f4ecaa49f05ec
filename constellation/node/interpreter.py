"""Keeps the interpreter's garbage collector, and its switching of threads, from stopping a node's event loop.

A full collection looks at every object: 0.3 s with 100,000 accounts, 1.5 s with a million. It would find nothing in
them: what leaves state, log and answers leaves no cycle behind, and is freed without the collector. Cycles come from
connections that have ended, about 20 KB each; the short collections of young objects free those that did not last long.
Those come after some thousand new objects instead of 700: what a quantum makes stays until its batch is acknowledged
and its answer is forgotten, so that a collection in between looks at all of it and frees nothing.

So full collections leave out what was there when the gateway opened, and come only when much more memory is in use than
after the last one: what ended connections leave behind cannot pile up beyond that.
"""

import asyncio
import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

log = logging.getLogger(__name__)

_NEVER: Final = 2**31 - 1
_YOUNG_OBJECTS: Final = 10_000  # a collection of so many takes less than a millisecond
_SWITCH_INTERVAL_S: Final = 0.001  # the loop waits this long for the log's thread, by default five times as long
_LOOK_INTERVAL_S: Final = 10.0
_GROWTH: Final = 4  # a full collection is due when a quarter more is in use,
_GROWTH_MIN_BLOCKS: Final = 1_000_000  # and as much as this: some 100 MB


class _Tuning:
    """The interpreter's settings; several nodes of one process, in a test, tune it once and end in any order."""

    def __init__(self) -> None:
        self._blocks = 0

    def begin(self) -> None:
        if self._blocks == 0:
            self._thresholds, self._interval_s = gc.get_threshold(), sys.getswitchinterval()
            gc.set_threshold(_YOUNG_OBJECTS, self._thresholds[1], _NEVER)
            sys.setswitchinterval(_SWITCH_INTERVAL_S)
        self._blocks += 1

    def end(self) -> None:
        self._blocks -= 1
        if self._blocks == 0:
            sys.setswitchinterval(self._interval_s)
            gc.set_threshold(*self._thresholds)
            gc.unfreeze()


_tuning = _Tuning()


@contextmanager
def short_pauses() -> Iterator[None]:
    """Tune the interpreter for the time of the block, in which :func:`collect_rarely` must run."""
    _tuning.begin()
    try:
        yield
    finally:
        _tuning.end()


@contextmanager
def without_collections() -> Iterator[None]:
    """Collect nothing in the block, which builds much that stays: to look at it again and again takes most of the time.

    What is built must not leave cycles behind.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def leave_out() -> None:
    """Leave out of later collections what there is now, and was made without leaving cycles behind."""
    gc.freeze()


def take_back() -> None:
    """Look at everything again, as before it was left out."""
    gc.unfreeze()


def leave_at_once() -> NoReturn:
    """End the process without taking apart what it held, which takes half a second and more: nobody needs it any more.

    Everything must be stored and closed.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(os.EX_OK)


def take_for_permanent() -> None:
    """Leave out of all later collections what there is now: stops everything once more, before clients are there."""
    gc.collect()
    gc.freeze()


async def collect_rarely() -> None:
    """Collect everything when it is due, until cancelled."""
    collections = FullCollections(sys.getallocatedblocks, gc.collect)
    while True:
        await asyncio.sleep(_LOOK_INTERVAL_S)
        collections.look()


class FullCollections:
    """Collects when much more memory is in use than after the last time.

    Args:
        used: number of blocks of memory in use.
        collect: frees what is in cycles.
    """

    def __init__(self, used: Callable[[], int], collect: Callable[[], object]) -> None:
        self._used = used
        self._collect = collect
        self._base = used()

    def look(self) -> None:
        """Collect if it is due."""
        if self._used() - self._base < max(self._base // _GROWTH, _GROWTH_MIN_BLOCKS):
            return
        begin_s = time.monotonic()
        self._collect()
        elapsed_ms = round((time.monotonic() - begin_s) * 1e3)
        self._base = self._used()
        log.info("memory was collected", extra={"elapsed_ms": elapsed_ms, "blocks": self._base})
