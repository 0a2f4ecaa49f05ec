"""Snapshots for members that are far behind: copied beside the work of the node, a few on their way at once."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from constellation.herald.transfer import SnapshotSender
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import SNAPSHOT_TRANSFERS_MAX
from constellation.protocol.messages import Code
from constellation.snapshots import QuantumLog, StorageFailure
from constellation.snapshots.finality import NothingCertified
from constellation.snapshots.snapshot_copy import SnapshotCopy
from constellation.snapshots.snapshot_reader import SnapshotTimeout, copy_snapshot

log = logging.getLogger(__name__)


class SnapshotService:
    """Makes copies of the last certified checkpoint, each for one transfer.

    Args:
        quantum_log: of the node.
        failure: of the node: a damaged log ends it.
        is_hurried: the peer cannot work before it has the snapshot, and this node has nothing else to do.
    """

    def __init__(self, quantum_log: QuantumLog, failure: NodeFailure, *, is_hurried: bool = False) -> None:
        self._is_hurried = is_hurried
        self._log = quantum_log
        self._failure = failure
        self._turns = asyncio.Semaphore(SNAPSHOT_TRANSFERS_MAX)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="snapshot")
        self._closing = threading.Event()
        self._requests: dict[bytes, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> SnapshotSender:
        """A snapshot to send; it must be ended, which lets the next one begin.

        Raises:
            ProtocolViolation: there is none now.
        """
        await self._turns.acquire()
        copying = self._thread.submit(self._copy)
        try:
            copy = await asyncio.wrap_future(copying)
        except asyncio.CancelledError:
            self._abandon(copying)
            raise
        except (NothingCertified, SnapshotTimeout, OSError) as error:
            self._turns.release()
            log.warning("no snapshot can be sent", extra={"reason": str(error)})
            raise ProtocolViolation(Code.OVERLOADED, "no snapshot can be sent now; try again later") from error
        except BaseException as error:
            self._turns.release()
            if isinstance(error, StorageFailure):
                self._failure.set(error)
            raise

        def end() -> None:
            copy.close()
            self._turns.release()

        log.info("sending a snapshot", extra={"batch": copy.checkpoint.number, "entries": copy.count})
        return SnapshotSender(copy, end)

    def _abandon(self, copying: "Future[SnapshotCopy]") -> None:
        """Nobody wants this copy any more; one that has begun keeps its turn to the end."""
        loop = asyncio.get_running_loop()

        def end(copying: "Future[SnapshotCopy]") -> None:
            if not copying.cancelled() and copying.exception() is None:
                copying.result().close()
            loop.call_soon_threadsafe(self._turns.release)

        copying.add_done_callback(end)

    def _copy(self) -> SnapshotCopy:
        return copy_snapshot(self._log, rest=self._rest)

    def _rest(self, seconds: float) -> None:
        if self._closing.wait(0 if self._is_hurried else seconds):
            raise SnapshotTimeout("the node is stopping")

    def send(
        self,
        member: bytes,
        use: Callable[[SnapshotSender], None],
        refuse: Callable[[ProtocolViolation], None],
    ) -> None:
        """Make a snapshot in the background and give it to ``use``, or to ``refuse`` the reason why there is none.

        A member has one request at a time: a new one takes the place of the one that still waits.
        """
        self.cancel(member)
        task = self._requests[member] = asyncio.create_task(self._send(use, refuse))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._failure.watch)

    def cancel(self, member: bytes) -> None:
        """The member's request, if there is one that still waits, is not wanted any more."""
        task = self._requests.pop(member, None)
        if task is not None:
            task.cancel()

    async def _send(self, use: Callable[[SnapshotSender], None], refuse: Callable[[ProtocolViolation], None]) -> None:
        try:
            use(await self.open())
        except ProtocolViolation as error:
            refuse(error)

    async def close(self) -> None:
        """Begin no more, and wait until nothing is read any more."""
        self._closing.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._thread.shutdown()
