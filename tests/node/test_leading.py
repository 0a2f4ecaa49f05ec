"""What alpha does about one auditor: while it waits for a snapshot, and when it is faulty."""

import asyncio
import logging
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from constellation.herald.alpha import AlphaHerald
from constellation.herald.events import AuditorFaulty, StartStream
from constellation.herald.link import Link
from constellation.node.alpha_metrics import AlphaMetrics
from constellation.node.leading import Leading
from constellation.node.supervision import NodeFailure
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import Tip
from constellation.testing.world import World
from tests.herald.support import Chain


class Snapshots:
    """Stands for the service: who waits for what."""

    def __init__(self) -> None:
        self.waiting: dict[bytes, Link] = {}

    def send(self, member: bytes, use: Callable[..., None], refuse: Callable[..., None]) -> None:
        self.waiting[member] = use.args[0]  # type: ignore[attr-defined]  # a partial: the link

    def cancel(self, member: bytes) -> None:
        self.waiting.pop(member, None)


class PrunedLog:
    """A log that has dropped its first batches."""

    first = 10

    async def digest(self, number: int) -> bytes:
        return bytes(32)

    async def checkpoint(self) -> int:
        return 16


def nothing() -> None:
    return


async def start(leading: Leading, link: Link, world: World) -> None:
    """The auditor has promised with an empty log."""
    link.promise = Chain(world).promise(0, 1, 0)
    await leading.handle(StartStream(world.auditors[0].public, Tip.genesis(world.settings), 0))


def of_new_alpha(world: World, snapshots: Snapshots) -> Leading:
    herald = AlphaHerald(world.terms, Tip.genesis(world.settings), 0)
    herald.opened(Tip.genesis(world.settings))
    quorum = SimpleNamespace(look=nothing)
    return Leading(
        herald, None, PrunedLog(), snapshots, quorum, None, NodeFailure(lambda _: None), AlphaMetrics(), None
    )  # type: ignore[arg-type]


async def test_an_auditor_that_is_gone_waits_for_no_snapshot() -> None:
    world, snapshots = World(auditors=3), Snapshots()
    leading = of_new_alpha(world, snapshots)
    key = world.auditors[0].public
    for _ in range(3):
        link = leading.auditor_up(key, nothing)
        await start(leading, link, world)
        assert snapshots.waiting == {key: link}
        leading.auditor_down(link)
        assert snapshots.waiting == {}
        await asyncio.sleep(0)


async def test_the_end_of_a_replaced_connection_takes_nothing_from_the_newer_one() -> None:
    world, snapshots = World(auditors=3), Snapshots()
    leading = of_new_alpha(world, snapshots)
    key = world.auditors[0].public
    first = leading.auditor_up(key, nothing)
    await start(leading, first, world)
    second = leading.auditor_up(key, nothing)
    assert snapshots.waiting == {}, "for the replaced connection"
    await start(leading, second, world)
    leading.auditor_down(first)
    assert snapshots.waiting == {key: second}
    leading.auditor_down(second)
    assert snapshots.waiting == {}


async def test_a_connection_that_has_promised_nothing_gets_no_stream() -> None:
    """It replaced the one that had promised, while alpha was looking into its log."""
    world, snapshots = World(auditors=3), Snapshots()
    leading = of_new_alpha(world, snapshots)
    leading.auditor_up(world.auditors[0].public, nothing)
    await leading.handle(StartStream(world.auditors[0].public, Tip.genesis(world.settings), 0))
    assert snapshots.waiting == {}


async def test_one_auditor_cannot_fill_the_log_with_its_faults_nor_hide_anothers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(auditors=3)
    leading = of_new_alpha(world, Snapshots())
    liar, other = (auditor.public for auditor in world.auditors[:2])
    for number in range(1000):
        await leading.handle(AuditorFaulty(liar, f"refuses batch {number}"))
    await leading.handle(AuditorFaulty(other, "refuses batch 7"))
    logged = [record.auditor for record in caplog.records if record.levelno >= logging.ERROR]
    assert logged.count(encode_public_key(liar)) == 10
    assert logged.count(encode_public_key(other)) == 1
