"""A successor waits for the data directory of a node that still works, and takes it as soon as it is free."""

import asyncio
import logging
import os
import socket
from pathlib import Path

import pytest

from constellation.node.taking_over import until_free
from constellation.snapshots.directory import DataDirectory, DirectoryInUse

pytestmark = pytest.mark.timeout(20)


async def test_what_is_free_is_not_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with asyncio.timeout(1):
        await until_free(tmp_path / "new", 60)
    assert caplog.records == []


async def test_it_is_taken_as_soon_as_it_is_free(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    predecessor = DataDirectory(tmp_path)
    waiting = asyncio.create_task(until_free(tmp_path, 60))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    assert [record.message for record in caplog.records] == [
        "waiting until the process that has the data directory ends"
    ]
    predecessor.close()
    async with asyncio.timeout(0.5):
        await waiting
    DataDirectory(tmp_path).close()


@pytest.mark.parametrize("patience_s", [0.0, 0.1])
async def test_patience_ends_and_the_directory_still_has_its_owner(tmp_path: Path, patience_s: float) -> None:
    with DataDirectory(tmp_path):
        async with asyncio.timeout(5):
            await until_free(tmp_path, patience_s)
        with pytest.raises(DirectoryInUse):
            DataDirectory(tmp_path)


async def test_the_service_manager_is_told_that_it_stands_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, DataDirectory(tmp_path / "data"):
        manager.bind("notify")
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "notify")
        monkeypatch.setenv("WATCHDOG_USEC", "60000000")
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        await until_free(tmp_path / "data", 0.1)
        assert manager.recv(4096).decode().split("\n") == [
            "READY=1",
            "STATUS=waits until the process that has the data directory ends",
            "WATCHDOG_USEC=3600000000",
        ]
