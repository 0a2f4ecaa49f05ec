"""What systemd is told, and how a process ends that is asked twice."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from constellation.node.clock import clock_us
from constellation.node.lifecycle import ALPHA_STATES, Lifecycle, NodeState
from constellation.node.sandbox import Sandbox
from constellation.node.service_manager import ServiceManager

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(5)
        yield channel


def told(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().splitlines()


def everything_told(manager: socket.socket) -> list[str]:
    manager.setblocking(False)
    lines: list[str] = []
    while True:
        try:
            lines += told(manager)
        except BlockingIOError:
            return lines


async def test_it_is_told_of_start_state_and_end(manager: socket.socket) -> None:
    lifecycle = Lifecycle(ALPHA_STATES, clock_us, CollectorRegistry())
    environment = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "100000", "WATCHDOG_PID": str(os.getpid())}
    task = asyncio.create_task(ServiceManager(environment).follow(lifecycle))
    await asyncio.sleep(0.12)
    assert told(manager) == ["READY=1", "WATCHDOG_USEC=100000", "WATCHDOG=1"]
    for _ in range(2):
        status, watchdog = told(manager)
        assert status.startswith("STATUS=waiting: ")
        assert watchdog == "WATCHDOG=1"
    everything_told(manager)
    lifecycle.enter(NodeState.STOPPING)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told(manager)[0] == "STOPPING=1"


async def test_a_node_that_rises_again_is_given_time(manager: socket.socket) -> None:
    lifecycle = Lifecycle(ALPHA_STATES, clock_us, CollectorRegistry())
    environment = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "60000000"}
    task = asyncio.create_task(ServiceManager(environment).follow(lifecycle))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    lines = [line for _ in range(3) for line in told(manager)]
    assert "STOPPING=1" not in lines
    assert lines[-1] == "WATCHDOG_USEC=3600000000"


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}])
async def test_without_a_service_manager_nothing_is_told(environment: dict[str, str]) -> None:
    await ServiceManager(environment).follow(Lifecycle(ALPHA_STATES, clock_us, CollectorRegistry()))


async def test_a_service_manager_that_is_gone_is_no_reason_to_end(tmp_path: Path) -> None:
    lifecycle = Lifecycle(ALPHA_STATES, clock_us, CollectorRegistry())
    task = asyncio.create_task(ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).follow(lifecycle))
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()


@pytest.mark.xdist_group("processes")
async def test_a_real_node_tells_it(manager: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.getsockname())
    sandbox = Sandbox(tmp_path / "sandbox", 1, close_interval_s=0.25)
    try:
        await sandbox.start(lambda _text: None)
    finally:
        await sandbox.stop()
    lines = everything_told(manager)
    assert lines.count("READY=1") == lines.count("STOPPING=1") == 2
    assert any(line.startswith("STATUS=") for line in lines)


_ASKED_TWICE = """
import asyncio, sys
from constellation.node.run import stop_event

async def main():
    stop = stop_event(on_eof=False)
    print("runs", flush=True)
    await stop.wait()
    print("stops", flush=True)
    await asyncio.sleep(60)  # what does not end

asyncio.run(main())
"""


def test_a_second_signal_ends_at_once() -> None:
    with subprocess.Popen([sys.executable, "-c", _ASKED_TWICE], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            for word in ("runs", "stops"):
                assert process.stdout.readline() == word + "\n"
                process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 1
        finally:
            process.kill()
