"""The log level of running processes changes at SIGHUP, and nothing else does."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from constellation.node.config import load_config
from constellation.node.hangups import on_hangup
from constellation.node.reloading import Reloading
from constellation.node.sandbox import Sandbox
from tests.node.test_chronicler_child import SandboxWithChild

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("restored_logging")]

SET = "the log level was set"


def level() -> str:
    return logging.getLevelName(logging.getLogger().level)


def test_the_level_is_read_again_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "node.toml"
    file.write_text('log_level = "INFO"\nminimum_free_bytes = 7\n')
    reloading = Reloading(lambda: load_config(file, {}))
    file.write_text('log_level = "DEBUG"\nminimum_free_bytes = 8\n')
    reloading.reload()
    assert (level(), reloading.config.log_level, reloading.config.minimum_free_bytes) == ("DEBUG", "DEBUG", 7)
    assert [record.message for record in caplog.records] == [SET]
    for text in ('log_level = "LOUD"', "log_level = ", "\0", 'lag_level = "INFO"', "minimum_free_bytes = -1"):
        file.write_text(text)
        reloading.reload()
        assert (level(), reloading.config.log_level) == ("DEBUG", "DEBUG")
    file.unlink()
    reloading.reload()
    assert level() == "DEBUG"
    assert caplog.text.count("the configuration is not loaded again") == 6


def test_flags_and_environment_win_over_the_file_as_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "node.toml"
    file.write_text('log_level = "DEBUG"\n')
    reloading = Reloading(lambda: load_config(file, {"log_level": "ERROR"}))
    reloading.reload()
    assert level() == "ERROR"
    monkeypatch.setenv("CONSTELLATION_LOG_LEVEL", "WARNING")
    reloading = Reloading(lambda: load_config(file, {}))
    reloading.reload()
    assert level() == "WARNING"


async def test_whoever_subscribed_is_called_in_order_until_the_last_one_leaves() -> None:
    called: list[int] = []

    async def hang_up() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.05)

    with on_hangup(lambda: called.append(1)):
        with on_hangup(lambda: called.append(2)):
            await hang_up()
            assert called == [1, 2]
        await hang_up()
        assert called == [1, 2, 1]
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    with on_hangup(lambda: called.append(3)):
        await hang_up()
    assert called == [1, 2, 1, 3]


# --- real processes


class Lines:
    """What the processes of a sandbox have logged, as (node, event, more)."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str, dict[str, object]]] = []

    def take(self, _process: str, line: str) -> None:
        if line.startswith("{"):
            event = json.loads(line)
            self.found.append((event["node"], event["event"], event))

    def levels(self, to: str) -> list[str]:
        return sorted(node for node, event, more in self.found if event == SET and more["to"] == to)


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
async def sandbox(tmp_path: Path, lines: Lines) -> AsyncIterator[Sandbox]:
    sandbox = SandboxWithChild(
        tmp_path / "sandbox", 1, on_line=lines.take, log_format="json", alpha_options={"gateway_workers": 2}
    )
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.05)


def set_level(sandbox: Sandbox, node: str, text: str) -> None:
    """Write it into the node's file, as an operator does, and tell the node."""
    file = sandbox.directory / f"{node}.toml"
    others = [line for line in file.read_text().splitlines() if not line.startswith("log_level")]
    file.write_text("\n".join([f'log_level = "{text}"', *others]))
    os.kill(sandbox.processes[node].process_id, signal.SIGHUP)


@pytest.mark.xdist_group("processes")
async def test_all_processes_of_a_node_change_their_level_and_go_on(sandbox: Sandbox, lines: Lines) -> None:
    await until(lambda: any(node == "chronicler" for node, *_ in lines.found))
    set_level(sandbox, "alpha", "DEBUG")
    set_level(sandbox, "auditor-1", "DEBUG")
    everybody = ["alpha", "auditor", "chronicler", "gateway worker 1", "gateway worker 2"]
    await until(lambda: lines.levels("DEBUG") == everybody)
    set_level(sandbox, "alpha", "LOUD")
    await until(lambda: any(event == "the configuration is not loaded again" for _, event, _ in lines.found))
    set_level(sandbox, "alpha", "WARNING")
    await until(lambda: lines.levels("WARNING") == [name for name in everybody if name != "auditor"])
    for node in sandbox.nodes:
        assert (await sandbox.status(node))["ready"], node
