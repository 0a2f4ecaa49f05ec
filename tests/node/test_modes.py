"""Alpha's operator changes the mode of a running constellation from the command line."""

import asyncio
import json
import re
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner, Result

from constellation.node.cli import main
from constellation.node.control.unix_socket import listen_at, socket_path
from constellation.node.exit_codes import ExitCode
from constellation.node.sandbox import Sandbox
from constellation.sdk import Client, OnMaintenance
from constellation.testing.world import key_of
from tests.documentation.pages import blocks, of_constellation

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]


async def mode(sandbox: Sandbox, *arguments: str) -> Result:
    config = ["--config", str(sandbox.directory / "alpha.toml")]
    return await asyncio.to_thread(CliRunner().invoke, main, ["mode", *arguments, *config])


async def shown(sandbox: Sandbox, node: str) -> object:
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.status_url(node)}/status") as response:
        return (await response.json())["mode"]


async def test_maintenance_stops_requests_at_every_node_and_outlives_a_restart(sandbox: Sandbox) -> None:
    assert (await mode(sandbox)).output == "online, since the beginning\n"
    changed = await mode(sandbox, "maintenance", "--reason", "upgrade until 14:00 UTC")
    assert changed.exit_code == ExitCode.OK, changed.output
    assert changed.output.startswith("maintenance, since quantum ")
    assert changed.output.endswith(": upgrade until 14:00 UTC\n")
    again = await mode(sandbox, "maintenance", "--reason", "upgrade until 14:00 UTC")
    assert (again.exit_code, "SAME_MODE" in again.output) == (ExitCode.FAILED, True)
    trader = key_of("trader")
    async with Client(sandbox.client_url, sandbox.settings, trader) as client:
        assert client.mode is not None
        assert client.mode.reason == "upgrade until 14:00 UTC"
        with pytest.raises(OnMaintenance, match="upgrade until 14:00 UTC"):
            await client.cancel_all_orders()
    expected = json.loads((await mode(sandbox, "--json")).output)
    async with asyncio.timeout(20):
        while await shown(sandbox, "auditor-1") != expected:
            await asyncio.sleep(0.1)
    await sandbox.kill_node("alpha")
    await sandbox.start_node("alpha")
    async with asyncio.timeout(30):
        while (result := await mode(sandbox, "online")).exit_code != ExitCode.OK:  # not before it has been ready
            await asyncio.sleep(0.1)
    assert result.output.startswith("online, since quantum ")


@pytest.mark.executes("docs/operating/modes.md", console=1)
async def test_the_page_is_as_it_says(sandbox: Sandbox) -> None:
    outputs = [line for block in blocks("docs/operating/modes.md") for line in block.text.splitlines()[1::2]]
    for words, expected in zip(of_constellation("docs/operating/modes.md"), outputs, strict=True):
        here = [word.replace("/etc/constellation", str(sandbox.directory)) for word in words]
        result = await asyncio.to_thread(CliRunner().invoke, main, here)
        assert (result.exit_code, _without_numbers(result.output)) == (ExitCode.OK, _without_numbers(f"{expected}\n"))


def _without_numbers(text: str) -> str:
    return re.sub(r"quantum \d+|\"since\": \d+", "…", text)


def test_where_no_alpha_runs_it_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["mode", "online", "--data-directory", str(tmp_path)])
    assert result.exit_code == ExitCode.CONFIGURATION
    assert f"no alpha answers at {tmp_path / 'control.sock'}" in result.output
    assert "run this where alpha runs, as its user" in result.output


@pytest.mark.parametrize("depth", [1, 40])
def test_a_socket_is_its_owners_alone_wherever_it_is(tmp_path: Path, depth: int) -> None:
    directory = tmp_path.joinpath(*["deeply"] * depth)
    directory.mkdir(parents=True)
    for _ in range(2):  # what a process has left behind is replaced
        listening = listen_at(socket_path(directory))
        assert socket_path(directory).stat().st_mode & 0o777 == 0o600
        listening.close()
