"""An auditor reads its log for nobody that is gone, and holds few batches in memory when its disk is slow."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from websockets.exceptions import ConnectionClosedError

from constellation.herald.actions import ServeBatches
from constellation.herald.client import ClusterClient, ConnectionLost
from constellation.herald.replica import Replica
from constellation.node.following import Following
from constellation.node.supervision import NodeFailure
from constellation.protocol.limits import STORING_BATCHES_MAX
from constellation.protocol.messages import Batch, BatchRequest, Certificate, StreamStart, encode_cluster_message
from constellation.quanta import SealedBatch
from constellation.testing.world import World
from tests.herald.support import Chain, Led

pytestmark = pytest.mark.timeout(30)
CHUNK = 64


class SlowLog:
    """A log whose disk answers when ``gate`` opens."""

    first = 1

    def __init__(self, batch: Batch) -> None:
        self.reads = 0
        self.stored = 0
        self.gate = asyncio.Event()
        self._batch = batch

    async def checkpoint(self) -> int:
        return 0

    async def batches(self, first: int, last: int) -> Sequence[Batch]:
        self.reads += 1
        return [self._batch] * min(CHUNK, last - first + 1)

    async def append(self, sealed: SealedBatch, batch: Batch) -> None:
        await self.gate.wait()
        self.stored += 1


class Idle:
    """Stands for what has nothing to do here: ledger duties and progress."""

    def __getattr__(self, name: str) -> "Idle":
        return self

    def __call__(self, *_: object) -> None:
        return


class BreakingSocket:
    """Takes three messages."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def send(self, message: bytes) -> None:
        if len(self.sent) == 3:
            raise ConnectionClosedError(None, None)
        self.sent.append(message)


class Node:
    """What a Following works with."""

    def __init__(
        self,
        world: World,
        log: SlowLog,
        replica: Replica | None,
        path: Path,
        duties: object = None,
        forwarding: object = None,
    ) -> None:
        self.failures: list[BaseException] = []
        self.client = ClusterClient(world.terms, world.auditors[0], "ws://127.0.0.1:1", None, Random(1))  # type: ignore[arg-type]
        self.following = Following(
            replica,  # type: ignore[arg-type]
            log,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            duties or Idle(),  # type: ignore[arg-type]
            forwarding or Idle(),  # type: ignore[arg-type]
            Idle(),  # type: ignore[arg-type]
            NodeFailure(self.failures.append),
            self.client,
            world.auditors[0],
            world.constellation,
            path,
        )


class Told(Idle):
    """What must hear of it when a stream starts."""

    def __init__(self) -> None:
        self.times = 0
        self.ends = 0

    def stream_starts(self) -> None:
        self.times += 1

    def link_down(self) -> None:
        self.ends += 1


class Starting(Idle):
    """A replica that has nothing to do."""

    def receive(self, message: object, now_us: int) -> list[object]:
        return []


async def test_what_waits_for_alpha_is_told_again_when_a_stream_starts(tmp_path: Path) -> None:
    world, told = World(auditors=3), Told()
    node = Node(world, None, Starting(), tmp_path, forwarding=told)  # type: ignore[arg-type]
    await node.following.receive(Certificate(Chain(world).open(1).signed_header.header, []))
    assert told.times == 0
    await node.following.receive(StreamStart(1, 0))
    assert (told.times, told.ends) == (1, 0)
    await node.following.link_down()
    assert (told.times, told.ends) == (1, 1)


class Asked:
    """A replica that alpha asks for a long history."""

    def receive(self, message: object, now_us: int) -> list[ServeBatches]:
        return [ServeBatches(1, CHUNK * 200)]


async def test_history_for_an_alpha_that_is_gone_is_not_read_to_the_end(tmp_path: Path) -> None:
    world = World(auditors=3)
    log = SlowLog(Chain(world).open(1))
    node = Node(world, log, Asked(), tmp_path)  # type: ignore[arg-type]
    socket = BreakingSocket()
    node.client._socket = socket  # type: ignore[assignment]
    with pytest.raises(ConnectionLost):
        await node.following.receive(BatchRequest(1, CHUNK * 200))
    assert log.reads == 1
    assert len(socket.sent) == 3
    assert node.failures == [], "a lost connection ends no node"


async def test_history_is_not_read_without_a_connection(tmp_path: Path) -> None:
    world = World(auditors=3)
    log = SlowLog(Chain(world).open(1))
    node = Node(world, log, Asked(), tmp_path)  # type: ignore[arg-type]
    with pytest.raises(ConnectionLost):
        await node.following.receive(BatchRequest(1, CHUNK * 200))
    assert log.reads == 1


async def test_what_is_no_history_is_dropped_on_a_lost_connection() -> None:
    world = World(auditors=3)
    client = ClusterClient(world.terms, world.auditors[0], "ws://127.0.0.1:1", None, Random(1))  # type: ignore[arg-type]
    batch = Chain(world).open(1)
    await client.send(batch)
    socket = BreakingSocket()
    client._socket = socket  # type: ignore[assignment]
    for _ in range(5):
        await client.send(batch)
    assert socket.sent == [encode_cluster_message(batch)] * 3


async def test_what_waits_for_a_slow_disk_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.following.clock_us", lambda: 2**60)
    world = World(auditors=3)
    chain = Chain(world)
    chain.open(1)
    for _ in range(STORING_BATCHES_MAX * 2):
        chain.extend(1)
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0))
    log = SlowLog(chain.batches[0])
    node = Node(world, log, hand.replica, tmp_path)

    async def feed() -> None:
        for batch in chain.batches:
            await node.following.receive(batch)

    feeding = asyncio.create_task(feed())
    await asyncio.wait([feeding], timeout=2)
    assert not feeding.done()
    assert len(node.following._pending) == STORING_BATCHES_MAX
    log.gate.set()
    await asyncio.wait_for(feeding, 10)
    await node.following.drain()
    assert log.stored == len(chain.batches)
    assert node.failures == []


class Noting(Idle):
    """Duties that take note of batches."""

    def __init__(self) -> None:
        self.noted: list[int] = []

    def note(self, sealed: SealedBatch) -> None:
        self.noted.append(sealed.header.number)


async def test_it_is_known_which_batch_prepared_a_task_before_anything_else_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a certificate that comes right behind could make an auditor sign what is not final."""
    monkeypatch.setattr("constellation.node.following.clock_us", lambda: 2**60)
    world = World(auditors=3)
    chain = Chain(world)
    chain.open(1)
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0))
    duties = Noting()
    node = Node(world, SlowLog(chain.batches[0]), hand.replica, tmp_path, duties)
    with pytest.raises(StopIteration):
        node.following.receive(chain.batches[0]).send(None)  # it ran through without giving way once
    assert duties.noted == [1]
    node.following._pending.pop().cancel()
