"""A running node's log is pruned beside its work; what goes has been archived and verified."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from constellation.node.archiving import Archiving, ArchivingFailed
from constellation.node.config import NodeConfig, RetentionSection
from constellation.node.node_log import NodeLog
from constellation.node.pruning import Pruning, pruning_of
from constellation.node.storage import open_log
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Code
from constellation.protocol.signing import settings_hash
from constellation.snapshots import QuantumLog, restore
from constellation.snapshots.archive_proof import verify_archive
from constellation.snapshots.retention import Retention
from constellation.testing.world import World
from tests.snapshots.support import History, history
from tests.snapshots.test_checkpoints import write


@pytest.fixture(scope="module")
def past() -> History:
    return history(World(auditors=3), batches=40)


class Node:
    """A node's log, and what happens to it."""

    def __init__(self, past: History, directory: Path) -> None:
        self.past = past
        self.path = directory / "log.sqlite"
        self.archives = directory / "archives"
        self._log = QuantumLog(self.path, past.world.settings)
        self.archiving = Archiving(self.path, past.world.settings, self.archives)

    def grow(self, batches: int) -> QuantumLog:
        """So many batches are certified, and the last checkpoint among them is written."""
        self._log.close()
        self.path.unlink()
        self._log = QuantumLog(self.path, self.past.world.settings)
        write(self._log, self.past, batches, batches)
        return self._log

    @property
    def log(self) -> QuantumLog:
        return self._log

    def names(self) -> list[str]:
        return sorted(path.name for path in self.archives.iterdir())

    def close(self) -> None:
        self.archiving.close()
        self._log.close()


@pytest.fixture
def node(past: History, tmp_path: Path) -> Iterator[Node]:
    node = Node(past, tmp_path)
    yield node
    node.close()


def more(node: Node, first: int, last: int) -> None:
    """The log goes on: certified batches and the checkpoints among them."""
    restored = restore(node.log, node.past.world.settings).keeper
    for stored, sealed in zip(node.past.stored[first - 1 : last], node.past.sealed[first - 1 : last], strict=True):
        restored.note(sealed)
        number = sealed.header.number
        checkpoint = restored.take(number)
        certificate = node.past.certificate(number)
        node.log.write([stored, certificate, *([checkpoint] if checkpoint else [])])


def prune(node: Node, base: int) -> None:
    while node.log.base < base:
        node.log.prune(base)


async def test_pieces_follow_each_other_and_each_proves_itself(node: Node) -> None:
    node.grow(10)
    assert await node.archiving.reach(8) == 0
    assert node.names() == ["state-000000000010.archive"]
    more(node, 11, 20)
    assert await node.archiving.reach(9) == 0
    assert await node.archiving.reach(17) == 10
    prune(node, 10)
    assert await node.archiving.reach(17) == 10
    more(node, 21, 31)
    assert await node.archiving.reach(25) == 19
    prune(node, 19)
    names = node.names()
    assert names[:2] == ["batches-000000000001-000000000010.archive", "batches-000000000011-000000000019.archive"]
    digest = settings_hash(node.past.world.settings)
    first, second = (verify_archive(node.archives / name, digest, lambda *_: None) for name in names[:2])
    assert (first.base_batch, first.last_batch) == (0, 10)
    assert (second.base_batch, second.last_batch) == (10, 19)


async def test_without_the_state_at_its_beginning_nothing_goes(node: Node) -> None:
    node.grow(20)
    prune(node, 12)
    with pytest.raises(ArchivingFailed, match="the state after batch 12 is not kept"):
        await node.archiving.reach(15)
    assert node.log.base == 12


async def test_an_archive_that_does_not_hold_is_put_aside_and_nothing_goes(node: Node) -> None:
    node.grow(10)
    await node.archiving.reach(8)
    more(node, 11, 20)
    (node.archives / "batches-000000000001-000000000010.archive").write_bytes(b"not an archive")
    with pytest.raises(ArchivingFailed, match="does not hold"):
        await node.archiving.reach(17)
    assert "batches-000000000001-000000000010.refuted" in node.names()
    assert await node.archiving.reach(17) == 10


async def test_a_directory_that_cannot_be_written_is_a_failure_that_is_said(node: Node) -> None:
    node.grow(10)
    node.archives.write_text("not a directory")
    with pytest.raises(ArchivingFailed):
        await node.archiving.reach(8)


async def test_a_running_log_is_pruned_in_steps(node: Node) -> None:
    node.grow(40).close()
    opened = open_log(node.path, node.past.world.settings)
    failure = NodeFailure(lambda _: None)
    node_log = NodeLog(opened, node.past.world.settings, failure)
    pruning = asyncio.create_task(Pruning(node_log, Retention(10, 0), None, interval_s=0.01).run())
    async with asyncio.timeout(20):
        while node_log.first < 30:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    pruning.cancel()
    await asyncio.gather(pruning, return_exceptions=True)
    assert not failure.happened
    assert node_log.first == 30
    await node_log.close()
    again = QuantumLog(node.path, node.past.world.settings)
    assert again.base == 29
    again.close()


async def test_who_reads_what_was_pruned_must_connect_again_and_the_node_lives(node: Node) -> None:
    node.grow(20)
    prune(node, 10)
    node.log.close()
    opened = open_log(node.path, node.past.world.settings)
    failure = NodeFailure(lambda _: None)
    node_log = NodeLog(opened, node.past.world.settings, failure)
    with pytest.raises(ProtocolViolation, match="batch 7 is not in it any more; connect again") as violation:
        await node_log.batches(7)
    assert violation.value.code is Code.SLOW_READER
    assert not failure.happened
    assert [batch.signed_header.header.number for batch in await node_log.batches(11, 13)] == [11, 12, 13]
    assert await node_log.passes(3, bytes(32))
    assert not await node_log.passes(12, bytes(32))
    await node_log.close()


async def test_the_settings_say_what_is_kept(node: Node, tmp_path: Path) -> None:
    node.grow(10).close()
    opened = open_log(node.path, node.past.world.settings)
    node_log = NodeLog(opened, node.past.world.settings, NodeFailure(lambda _: None))
    config = NodeConfig()
    async with asyncio.timeout(5):
        await pruning_of(config, node.past.world.settings, node_log, node.path).run()
    config.retention = RetentionSection(hours=2, archive_directory=tmp_path / "there")
    pruning = pruning_of(config, node.past.world.settings, node_log, node.path)
    assert pruning._retention == Retention(7200 * 10**6, node.past.world.settings.limits.validity_us)
    assert pruning._archiving is not None
    pruning._archiving.close()
    await node_log.close()


@pytest.mark.parametrize("hours", [0, -1, float("inf"), float("nan")])
def test_odd_settings_are_refused(hours: float) -> None:
    with pytest.raises(ValueError, match="hours"):
        RetentionSection(hours=hours)
