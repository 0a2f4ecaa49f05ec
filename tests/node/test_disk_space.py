import asyncio
import logging
from pathlib import Path

import pytest

from constellation.node.disk_space import DiskSpace
from constellation.protocol.messages import Code

MINIMUM = 800
PLACE = Path("data")


class Disk:
    """Has as many free bytes as a test says."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.looks = 0

    def __call__(self, path: Path) -> int:
        assert path == PLACE
        self.looks += 1
        return self.free


def test_the_intake_stops_below_the_minimum_and_opens_with_a_margin(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk(MINIMUM)
    space = DiskSpace(PLACE, MINIMUM, disk)
    caplog.set_level(logging.INFO)
    assert space.refusal() is None
    assert space.describe() == {"disk_free_bytes": None, "disk_is_low": False}
    for free, is_low in ((800, False), (799, True), (0, True), (899, True), (900, False), (800, False), (799, True)):
        disk.free = free
        space.look()
        assert space.is_low is is_low, free
        assert space.describe() == {"disk_free_bytes": free, "disk_is_low": is_low}
        refusal = space.refusal()
        assert (refusal is not None and refusal.code is Code.STORAGE) is is_low
    said = [(record.levelname, record.message) for record in caplog.records]
    full, again = ("ERROR", "the disk is nearly full"), ("INFO", "there is space on the disk again")
    assert said == [full, again, full]


def test_a_minimum_of_nothing_never_stops_it() -> None:
    space = DiskSpace(PLACE, 0, Disk(0))
    space.look()
    assert space.refusal() is None


def test_a_disk_that_cannot_be_asked_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_path: Path) -> int:
        raise OSError(5, "Input/output error")

    space = DiskSpace(PLACE, MINIMUM, fail)
    space.look()
    assert space.refusal() is None
    assert "not known" in caplog.text


def test_asking_for_the_refusal_never_asks_the_disk() -> None:
    disk = Disk(0)
    space = DiskSpace(PLACE, MINIMUM, disk)
    for _ in range(10):
        space.refusal()
        space.describe()
    assert disk.looks == 0


async def test_it_watches_by_itself_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.disk_space._LOOK_INTERVAL_S", 0.01)
    disk = Disk(0)
    space = DiskSpace(PLACE, MINIMUM, disk)
    changes: list[bool] = []

    async def note() -> None:
        changes.append(space.is_low)

    task = asyncio.create_task(space.watch(note))
    async with asyncio.timeout(5):
        while not changes:
            await asyncio.sleep(0.01)
        disk.free = 10**9
        while len(changes) < 2:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert changes == [True, False], "each change once"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_the_real_disk_is_asked(tmp_path: Path) -> None:
    space = DiskSpace(tmp_path, 1)
    space.look()
    free = space.describe()["disk_free_bytes"]
    assert isinstance(free, int)
    assert free > 1
