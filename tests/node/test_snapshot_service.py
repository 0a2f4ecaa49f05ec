"""Snapshots are copied beside a node's work, few at once, and none when there is nothing to prove."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from constellation.herald.transfer import SnapshotSender
from constellation.node.snapshot_service import SnapshotService
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import SNAPSHOT_TRANSFERS_MAX
from constellation.protocol.messages import Code
from constellation.snapshots import DamagedLog, QuantumLog
from constellation.snapshots.snapshot_copy import SnapshotCopy
from constellation.testing.world import World
from tests.snapshots.support import History, history
from tests.snapshots.test_checkpoints import write

MEMBER = b"member"


@pytest.fixture(scope="module")
def past() -> History:
    return history(World(auditors=3), batches=20)


class Serving:
    """A service and what it works on."""

    def __init__(self, past: History, path: Path) -> None:
        self.past = past
        self.log = QuantumLog(path, past.world.settings)
        self.failures: list[BaseException] = []
        self.service = SnapshotService(self.log, NodeFailure(self.failures.append))


@pytest_asyncio.fixture
async def serving(past: History, tmp_path: Path) -> AsyncIterator[Serving]:
    serving = Serving(past, tmp_path / "log.sqlite")
    yield serving
    await serving.service.close()
    serving.log.close()


def drain(sender: SnapshotSender) -> int:
    count = 0
    while sender.next() is not None:
        count += 1
    return count


async def test_a_snapshot_of_the_last_checkpoint(serving: Serving) -> None:
    write(serving.log, serving.past, 18, 18)
    sender = await serving.service.open()
    assert sender.number == 16
    assert drain(sender) > 1


async def test_only_so_many_are_on_their_way_at_once(serving: Serving) -> None:
    write(serving.log, serving.past, 18, 18)
    senders = [await serving.service.open() for _ in range(SNAPSHOT_TRANSFERS_MAX)]
    waiting = asyncio.create_task(serving.service.open())
    await asyncio.sleep(0.2)
    assert not waiting.done()
    senders[0].end()
    senders[0].end()
    await asyncio.wait_for(waiting, 5)
    another = asyncio.create_task(serving.service.open())
    await asyncio.sleep(0.2)
    assert not another.done()
    another.cancel()
    for sender in (*senders[1:], waiting.result()):
        sender.end()


async def test_without_a_certified_checkpoint_the_peer_must_try_again(serving: Serving) -> None:
    refused: list[ProtocolViolation] = []
    for number in range(SNAPSHOT_TRANSFERS_MAX + 1):  # none of them keeps a turn
        serving.service.send(bytes([number]), lambda _: pytest.fail("there is nothing to send"), refused.append)
    async with asyncio.timeout(5):
        while len(refused) < SNAPSHOT_TRANSFERS_MAX + 1:
            await asyncio.sleep(0.01)
    assert {error.code for error in refused} == {Code.OVERLOADED}
    assert serving.failures == []


async def test_a_damaged_log_ends_the_node(serving: Serving) -> None:
    write(serving.log, serving.past, 18, 18)
    with serving.log.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entries SET entry = x'00'")
    with pytest.raises(DamagedLog):
        await serving.service.open()
    assert len(serving.failures) == 1


async def test_writing_goes_on_while_a_snapshot_is_copied(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    write(serving.log, serving.past, 16, 16)
    monkeypatch.setattr("constellation.snapshots.snapshot_copy.MAX_SNAPSHOT_ENTRIES", 1)
    monkeypatch.setattr("constellation.snapshots.snapshot_reader._REST_MIN_S", 0.02)
    opening = asyncio.create_task(serving.service.open())
    await asyncio.sleep(0.05)
    assert not opening.done()
    began = time.monotonic()
    serving.log.write(serving.past.stored[16:])
    assert time.monotonic() - began < 0.5
    sender = await asyncio.wait_for(opening, 10)
    assert sender.number == 16
    sender.end()


async def test_a_hurried_copy_does_not_rest(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    write(serving.log, serving.past, 16, 16)
    monkeypatch.setattr("constellation.snapshots.snapshot_copy.MAX_SNAPSHOT_ENTRIES", 1)
    monkeypatch.setattr("constellation.snapshots.snapshot_reader._REST_MIN_S", 3600.0)
    hurried = SnapshotService(serving.log, NodeFailure(serving.failures.append), is_hurried=True)
    async with asyncio.timeout(5):
        (await hurried.open()).end()
        await hurried.close()


async def test_closing_does_not_wait_for_a_copy(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    write(serving.log, serving.past, 18, 18)
    resting = threading.Event()
    rest: Callable[[float], None] = serving.service._rest

    def rest_long(_: float) -> None:
        resting.set()
        rest(60.0)

    monkeypatch.setattr("constellation.snapshots.snapshot_copy.MAX_SNAPSHOT_ENTRIES", 1)
    monkeypatch.setattr(serving.service, "_rest", rest_long)
    serving.service.send(MEMBER, lambda _: None, lambda _: None)
    await asyncio.to_thread(resting.wait, 5)
    async with asyncio.timeout(5):
        await serving.service.close()
    assert serving.failures == []


class Copies:
    """Counts the copies that a service makes, and holds them back while ``gate`` is closed."""

    def __init__(self, service: SnapshotService, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.closed = 0
        self.gate = threading.Event()
        self._copy = service._copy
        monkeypatch.setattr(service, "_copy", self._make)
        monkeypatch.setattr(SnapshotCopy, "close", self._closing(SnapshotCopy.close))

    def _make(self) -> SnapshotCopy:
        self.begun += 1
        assert self.gate.wait(10)
        return self._copy()

    def _closing(self, close: Callable[[SnapshotCopy], None]) -> Callable[[SnapshotCopy], None]:
        def counted(copy: SnapshotCopy) -> None:
            self.closed += 1
            close(copy)

        return counted


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_member_that_asks_again_waits_once(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    write(serving.log, serving.past, 18, 18)
    copies = Copies(serving.service, monkeypatch)
    given: list[tuple[int, SnapshotSender]] = []
    for number in range(30):
        serving.service.send(
            MEMBER, lambda sender, number=number: given.append((number, sender)), lambda _: pytest.fail("refused")
        )
        await asyncio.sleep(0.002)
        assert len(serving.service._tasks) <= 2
    copies.gate.set()
    await until(lambda: bool(given))
    await until(lambda: not serving.service._tasks)
    assert [number for number, _ in given] == [29]
    assert copies.begun == 2  # the first had begun when the second came; what came between never began
    assert copies.closed == 1
    given[0][1].end()
    assert copies.closed == 2


async def test_what_nobody_waits_for_is_not_copied_and_keeps_no_turn(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(serving.log, serving.past, 18, 18)
    copies = Copies(serving.service, monkeypatch)
    for number in range(SNAPSHOT_TRANSFERS_MAX + 3):
        serving.service.send(bytes([number]), lambda _: pytest.fail("nobody waits"), lambda _: pytest.fail("refused"))
    await until(lambda: copies.begun == 1)
    for number in range(SNAPSHOT_TRANSFERS_MAX + 3):
        serving.service.cancel(bytes([number]))
    await until(lambda: not serving.service._tasks)
    copies.gate.set()
    async with asyncio.timeout(5):
        senders = [await serving.service.open() for _ in range(SNAPSHOT_TRANSFERS_MAX)]
    assert copies.begun == 1 + SNAPSHOT_TRANSFERS_MAX
    assert copies.closed == 1
    for sender in senders:
        sender.end()


async def test_a_copy_that_nobody_waits_for_keeps_its_turn_while_it_is_made(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise more of them than there are turns would be on their way at once."""
    write(serving.log, serving.past, 18, 18)
    copies = Copies(serving.service, monkeypatch)
    serving.service.send(MEMBER, lambda _: pytest.fail("nobody waits"), lambda _: pytest.fail("refused"))
    await until(lambda: copies.begun == 1)
    serving.service.cancel(MEMBER)
    await until(lambda: not serving.service._tasks)
    waiting = [asyncio.create_task(serving.service.open()) for _ in range(SNAPSHOT_TRANSFERS_MAX)]
    await asyncio.sleep(0.05)
    assert serving.service._thread._work_queue.qsize() == SNAPSHOT_TRANSFERS_MAX - 1
    copies.gate.set()
    for sender in await asyncio.wait_for(asyncio.gather(*waiting), 5):
        sender.end()
