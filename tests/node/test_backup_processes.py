"""Backups of running nodes, put back when they are old: nothing final changes, and nobody signs twice."""

import asyncio
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from random import Random

import pytest
from aiohttp import ClientError
from click.testing import CliRunner

from constellation.node.cli import main
from constellation.node.config import load_config
from constellation.node.sandbox import Sandbox
from constellation.sdk import FinalProof
from constellation.testing.rest import QUIET_S, at_rest, faults_in_logs
from constellation.testing.strikes import end, heal, kill
from tests.node.load import MARKET, History, Trader, new_traders
from tests.node.test_signer_processes import SIGNED, SignedSandbox

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating" / "backups.md").read_text("utf-8")
_WITHOUT_END = 1_000_000
CLI = [sys.executable, "-m", "constellation.node.cli"]


@asynccontextmanager
async def running(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """A sandbox whose processes have logged no fault when it ends."""
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        codes = await sandbox.stop()
    assert codes == dict.fromkeys(codes, 0)
    assert faults_in_logs(sandbox) == []


async def run(*words: str) -> str:
    """Run something that must succeed, a command of ours in this process; what it prints."""
    if words[: len(CLI)] == tuple(CLI):
        ours = await asyncio.to_thread(CliRunner().invoke, main, words[len(CLI) :])
        assert ours.exit_code == 0, ours.output
        return ours.stdout
    result = await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return str(result.stdout)


async def back_up(sandbox: Sandbox, node: str, output: Path) -> None:
    await run(*CLI, "backup", "create", "--config", str(sandbox.directory / f"{node}.toml"), "--output", str(output))


async def restore(sandbox: Sandbox, node: str, backup: Path) -> None:
    """In place of what the node has; its witness is lost, too, so that the log itself must tell."""
    config = sandbox.directory / f"{node}.toml"
    key_file = load_config(config, {}).key_file
    key_file.with_name(f"{key_file.name}.witness").unlink(missing_ok=True)
    shutil.rmtree(sandbox.data_directory(node))
    await run(*CLI, "restore", str(backup), "--config", str(config))


async def order(trader: Trader) -> FinalProof:
    """Place an order; the proof that it is final."""
    receipt = await trader.client.create_order(MARKET, "sell", "0.3", "1")
    trader.take(receipt)
    return await receipt.final(timeout=20)


async def recovers(sandbox: Sandbox, node: str) -> None:
    """Wait until an auditor says that its log may lack what it has signed."""
    async with asyncio.timeout(QUIET_S):
        while True:
            with suppress(ClientError):
                if (await sandbox.status(node))["recovering"]:
                    return
            await asyncio.sleep(0.05)


# --- the page


def commands(name: str, sandbox: Sandbox, backups: Path) -> list[list[str]]:
    """The commands in a block of the page, with the sandbox's places, without what needs root or a service manager."""
    [block] = re.findall(rf"<!-- {name} -->\n+ *```console\n(.*?)```", PAGE, re.DOTALL)
    places = {
        "/var/lib/constellation/auditor": str(sandbox.data_directory("auditor-1")),
        "/var/backups/constellation": str(backups),
        "/etc/constellation/auditor.toml": str(sandbox.directory / "auditor-1.toml"),
        "/etc/constellation/auditor.seed": str(sandbox.directory / "keys" / "auditor-1.seed"),
        "/etc/constellation/constellation.json": str(sandbox.settings_path),
        "-o constellation -g constellation": "",
        "sudo -u constellation constellation": shlex.join(CLI),
        "$ constellation": "$ " + shlex.join(CLI),
        "sudo constellation": shlex.join(CLI),
        "sudo ": "",
    }
    for place, here in places.items():
        block = block.replace(place, here)
    lines = [line.strip() for line in re.sub(r"\\\n *", "", block).splitlines()]
    return [shlex.split(line.removeprefix("$ ")) for line in lines if line and "systemctl" not in line]


@pytest.mark.executes("docs/operating/backups.md", console=3)
async def test_the_page_backs_up_a_working_auditor_and_restores_it(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    async with running(Sandbox(tmp_path / "sandbox", close_interval_s=0.25)) as sandbox:
        traders = await new_traders(sandbox, 2, Random(1))
        stop = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                for trader in traders:
                    tasks.create_task(trader.trade(stop, _WITHOUT_END, 0.05))
                await asyncio.sleep(0.5)
                [create] = commands("create", sandbox, backups)
                assert "first is BACKED UP" in await run(*create)
                stop.set()
            [verify] = commands("verify", sandbox, backups)
            assert "first is PROVED" in await run(*verify)
            await end(sandbox, "auditor-1", "auditor-2")
            shutil.rmtree(sandbox.data_directory("auditor-1"))
            for command in commands("restore", sandbox, backups):
                await run(*command)
            await sandbox.start_node("auditor-1")
            await recovers(sandbox, "auditor-1")
            await heal(sandbox, Random(1), asked=True)
            await end(sandbox, "auditor-2")
            proof = await order(traders[0])
            assert sandbox.keys["auditor-1"].address in proof.auditors
        finally:
            await asyncio.gather(*(trader.close() for trader in traders))


# --- an old backup


async def test_a_restored_auditor_does_not_count_for_what_it_has_forgotten(tmp_path: Path) -> None:
    """What auditors 1 and 2 made final is on auditor 2's disk alone, which is away; alpha has lost its disk as well.

    Alpha cannot show auditor 1 what it signed, and there is no witness: only the restored log itself tells.
    """
    random = Random(1)
    async with running(Sandbox(tmp_path / "sandbox", close_interval_s=0.25)) as sandbox:
        restored, keeper, late = sandbox.auditors
        [trader] = await new_traders(sandbox, 1, random)
        try:
            await order(trader)
            await back_up(sandbox, restored, tmp_path / "backup")
            await order(trader)
            await kill(sandbox, late)
            proof = await order(trader)
        finally:
            await trader.close()
        assert {sandbox.keys[node].address for node in (restored, keeper)} == set(proof.auditors)
        await kill(sandbox, "alpha", restored, keeper)
        await restore(sandbox, restored, tmp_path / "backup")
        shutil.rmtree(sandbox.data_directory("alpha"))
        for node in ("alpha", restored, late):
            await sandbox.start_node(node)
        await recovers(sandbox, restored)
        await asyncio.sleep(3)  # long enough for a quorum of those who do not know
        assert not (await sandbox.status("alpha"))["ready"]
        await heal(sandbox, random)
        history = History(sandbox)
        await history.read(proof.batch)
        assert history.digests[proof.batch] == proof.header_hash


async def test_alpha_and_an_auditor_from_old_backups_sign_nothing_twice(tmp_path: Path) -> None:
    """Their signers, which know everything that was signed, are asked for nothing that contradicts it."""
    random, sandbox = Random(1), SignedSandbox(tmp_path)
    sandbox._alpha_options = {}  # no workers, which have something to say when alpha is killed
    try:
        async with running(sandbox):
            for node in SIGNED:
                await back_up(sandbox, node, tmp_path / node)
            first = (await sandbox.status("alpha"))["cluster"]["epoch"]  # type: ignore[index]
            await kill(sandbox, "alpha")  # an epoch that no backup knows
            await heal(sandbox, random)
            [trader] = await new_traders(sandbox, 1, random)
            proof = await order(trader)
            await trader.close()
            await kill(sandbox, *SIGNED)
            for node in SIGNED:
                await restore(sandbox, node, tmp_path / node)
            await heal(sandbox, random)
            assert (await sandbox.status("alpha"))["cluster"]["epoch"] > first + 1  # type: ignore[index]
            await trader.open()
            await order(trader)
            await trader.close()
            await at_rest(sandbox)
            history = History(sandbox)
            await history.read(proof.batch)
            assert history.digests[proof.batch] == proof.header_hash
            await end(sandbox, *sandbox.nodes)
        for node in SIGNED:
            with closing(sqlite3.connect(sandbox.record(node))) as record:
                assert record.execute("SELECT count(*) FROM signed").fetchone()[0] > 0
                assert record.execute("SELECT reason FROM conflicts").fetchall() == []
    finally:
        shutil.rmtree(sandbox.sockets)
