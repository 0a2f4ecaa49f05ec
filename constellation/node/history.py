"""Alpha's reader of the past: answers clients from the log, in a thread of its own that rests more than it works."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.history import EntryProof, EventPage, StoredEntry
from constellation.protocol.messages import Settings
from constellation.quanta import SealedBatch
from constellation.snapshots.history_reader import HistoryReader
from constellation.snapshots.tree_keeper import TreeKeeper

_T = TypeVar("_T")

_REST = 4  # after each read, this many times its processor time: Python runs one thread at a time
_REST_MAX_S = 1.0


class History:
    """Reads for all clients, one read after the other (the gateway's LogReader).

    Args:
        path: of the log.
        settings: of the constellation.
        failure: of the node: a damaged log ends it.
    """

    def __init__(self, path: Path, settings: Settings, failure: NodeFailure) -> None:
        self._reader = HistoryReader.open(path, settings)
        self._trees = TreeKeeper()
        self._failure = failure
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="history")
        self._closing = Event()
        self._rest_until_s = 0.0

    def note(self, sealed: SealedBatch) -> None:
        """Take note of a sealed or replayed batch, in order: entries can be proved under checkpoints."""
        self._trees.note(sealed)

    def read_events(
        self, account: bytes, after: int, start: int | None, done: Callable[[EventPage | Rejection], None]
    ) -> None:
        """See :class:`constellation.gateway.reading.LogReader`."""
        self._start(lambda: self._reader.events(account, after, start), done)

    def read_entry(self, key: bytes, done: Callable[[EntryProof | Rejection], None]) -> None:
        """See :class:`constellation.gateway.reading.LogReader`."""

        def prove(found: StoredEntry | Rejection) -> None:
            done(found if isinstance(found, Rejection) else self._proof(key, found))

        self._start(lambda: self._reader.entry(key), prove)

    def _proof(self, key: bytes, found: StoredEntry) -> EntryProof | Rejection:
        try:
            return self._trees.prove(key, found)
        except Rejection as error:
            return error

    def _start(self, read: Callable[[], _T], done: Callable[[_T | Rejection], None]) -> None:
        future = asyncio.get_running_loop().run_in_executor(self._thread, self._rested, read)
        future.add_done_callback(partial(self._finish, done))

    def _rested(self, read: Callable[[], _T]) -> _T | Rejection:
        self._closing.wait(max(0.0, self._rest_until_s - time.monotonic()))
        begun_s = time.thread_time()
        try:
            return read()
        except Rejection as error:
            return error
        finally:
            rest_s = _REST * (time.thread_time() - begun_s)
            self._rest_until_s = time.monotonic() + min(rest_s, _REST_MAX_S)

    def _finish(self, done: Callable[[_T | Rejection], None], future: asyncio.Future[_T | Rejection]) -> None:
        if future.cancelled():
            return
        try:
            done(future.result())
        except Exception as error:
            self._failure.set(error)

    async def close(self) -> None:
        """Finish the read that runs, and close."""
        self._closing.set()
        self._thread.shutdown(cancel_futures=True)
        self._reader.close()
