"""Notices over the life of a process: told, remembered, and a last word at the end."""

import asyncio
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from constellation.node.notices import delivery, service
from constellation.node.notices.delivery import DeliveryFailed
from constellation.node.notices.desk import Condition, Observation
from constellation.node.notices.kinds import Kind, Severity
from constellation.node.notices.notice import Change, Identity, Notice
from constellation.node.notices.service import Notices
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Code
from constellation.snapshots import DirectoryInUse, StorageFailure

IDENTITY = Identity("alpha", "GALPHA", "00")
DISK = Observation([Condition(Kind.DISK_LOW)])


class Channel:
    """Takes notices, unless it is told to hang or fail."""

    def __init__(self, name: str = "c") -> None:
        self.name, self.least = name, Severity.WARNING
        self.taken: list[Notice] = []
        self.hangs = self.fails = False

    async def deliver(self, notice: Notice) -> None:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.fails:
            raise DeliveryFailed("no")
        self.taken.append(notice)

    @property
    def heard(self) -> list[tuple[Kind, Change]]:
        return [(notice.kind, notice.change) for notice in self.taken]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_LOOK_INTERVAL_S", 0.01)
    monkeypatch.setattr(service, "LAST_WORDS_S", 0.3)


def notices(memory: Path, *channels: Channel) -> Notices:
    return Notices(channels, IDENTITY, 3600.0, 30, memory / "notices.json")


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0.005)


async def test_it_is_told_to_everybody_counted_and_remembered(tmp_path: Path) -> None:
    one, two, registry = Channel("one"), Channel("two"), CollectorRegistry()
    for _ in range(3):  # lives of a process
        async with notices(tmp_path, one, two) as telling:
            telling.show(registry := CollectorRegistry())
            watching = asyncio.create_task(telling.watch(lambda: DISK))
            await until(lambda: bool(one.taken and two.taken))
            await asyncio.sleep(0.05)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    assert one.heard == two.heard == [(Kind.DISK_LOW, Change.BEGUN)]
    labels = {"receiver": "one", "result": "delivered"}
    assert registry.get_sample_value("constellation_notices_total", labels) == 0
    (kept,) = json.loads((tmp_path / "notices.json").read_text())["told"]
    assert kept["what"] == "disk_low"


async def test_one_node_after_the_other_in_one_process(tmp_path: Path) -> None:
    """Alpha may rise again: what was told stays told, and both show what is counted."""
    channel = Channel()
    async with notices(tmp_path, channel) as telling:
        for _ in range(2):
            telling.show(CollectorRegistry())
            watching = asyncio.create_task(telling.watch(lambda: DISK))
            await until(lambda: bool(channel.taken))
            await asyncio.sleep(0.05)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    assert channel.heard == [(Kind.DISK_LOW, Change.BEGUN)]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"told": 7}', '{"told": [{"what": "nothing"}]}', "[" * 100_000])
async def test_a_damaged_memory_is_no_memory(tmp_path: Path, content: str) -> None:
    (tmp_path / "notices.json").write_text(content)
    channel = Channel()
    with pytest.raises(StorageFailure):
        async with notices(tmp_path, channel):
            raise StorageFailure("disk I/O error")
    assert channel.heard == [(Kind.HALTED, Change.BEGUN)]


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (StorageFailure("disk I/O error"), Kind.HALTED, "disk I/O error"),
        (
            Divergence(Code.BAD_SIGNATURE, "a signature is bad"),
            Kind.DIVERGED,
            "BAD_SIGNATURE (105): a signature is bad",
        ),
        (ExceptionGroup("", [Divergence(Code.BAD_SIGNATURE, "bad")]), Kind.DIVERGED, "BAD_SIGNATURE (105): bad"),
        (RuntimeError("hunter2"), Kind.HALTED, "a fault of the program: RuntimeError"),
    ],
)
async def test_the_end_is_told_at_once(tmp_path: Path, error: Exception, kind: Kind, words: str) -> None:
    channel = Channel()
    with pytest.raises(type(error)):
        async with notices(tmp_path, channel):
            raise error
    (notice,) = channel.taken
    assert (notice.kind, notice.detail) == (kind, words)
    with pytest.raises(type(error)):
        async with notices(tmp_path, channel):
            raise error
    assert len(channel.taken) == 1, "a supervisor starts it again and again"


async def test_another_process_s_directory_is_no_end_of_that_process(tmp_path: Path) -> None:
    channel = Channel()
    with pytest.raises(DirectoryInUse):
        async with notices(tmp_path, channel):
            raise DirectoryInUse("in use")
    assert channel.taken == []
    assert os.listdir(tmp_path) == []


async def test_a_channel_that_hangs_holds_up_neither_the_end_nor_another_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    hanging, well = Channel("hanging"), Channel("well")
    hanging.hangs = True
    begun = asyncio.get_running_loop().time()
    with pytest.raises(StorageFailure):
        async with notices(tmp_path, hanging, well):
            raise StorageFailure("disk I/O error")
    assert asyncio.get_running_loop().time() - begun < 2
    assert well.heard == [(Kind.HALTED, Change.BEGUN)]
    lost = [record for record in caplog.records if record.message == "a notice is lost"]
    assert [record.__dict__["receiver"] for record in lost] == ["hanging"]


@pytest.mark.parametrize("hangs", [True, False])
async def test_what_nobody_has_heard_is_told_in_the_next_life(tmp_path: Path, hangs: bool) -> None:
    one, two = Channel("one"), Channel("two")
    one.hangs = two.hangs = hangs
    one.fails = two.fails = not hangs
    for _ in range(2):
        with pytest.raises(StorageFailure):
            async with notices(tmp_path, one, two):
                raise StorageFailure("disk I/O error")
        assert one.taken == []
    two.hangs = two.fails = False
    for _ in range(2):
        with pytest.raises(StorageFailure):
            async with notices(tmp_path, one, two):
                raise StorageFailure("disk I/O error")
    assert two.heard == [(Kind.HALTED, Change.BEGUN)], "one of them has heard it, once"


async def test_what_waits_at_a_graceful_end_is_tried_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ATTEMPT_S", 60)
    channel = Channel()
    channel.fails = True
    async with notices(tmp_path, channel) as telling:
        watching = asyncio.create_task(telling.watch(lambda: DISK))
        await asyncio.sleep(0.1)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        assert channel.taken == []
        channel.fails = False
    assert channel.heard == [(Kind.DISK_LOW, Change.BEGUN)]


async def test_without_channels_nothing_is_looked_at_or_kept(tmp_path: Path) -> None:
    def never() -> Observation:
        raise AssertionError

    async def end() -> None:
        async with notices(tmp_path) as telling:
            await telling.watch(never)
            raise StorageFailure("disk I/O error")

    with pytest.raises(StorageFailure):
        await end()
    assert os.listdir(tmp_path) == []


async def test_a_fault_in_looking_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    channel, looks = Channel(), 0

    def fail() -> Observation:
        nonlocal looks
        looks += 1
        if looks < 5:
            raise KeyError("a fault")
        return DISK

    async with notices(tmp_path, channel) as telling:
        watching = asyncio.create_task(telling.watch(fail))
        await until(lambda: bool(channel.taken))
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert sum("cannot be found out" in record.message for record in caplog.records) == 1


async def test_a_disk_that_takes_no_memory_stops_nothing(tmp_path: Path) -> None:
    channel = Channel()
    with pytest.raises(StorageFailure):
        async with notices(tmp_path / "missing", channel):
            raise StorageFailure("disk I/O error")
    assert channel.heard == [(Kind.HALTED, Change.BEGUN)]
