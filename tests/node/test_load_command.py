"""``constellation load`` against a sandbox of real processes."""

import asyncio
import json
import os
import re
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from constellation.load.journal import JournalReader
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair, read_keys_file, write_key_file, write_keys_file
from constellation.node.sandbox import Sandbox
from constellation.testing.history import SharedHistory
from constellation.testing.rest import at_rest
from constellation.testing.soak.oracle import Oracle

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("processes"),
    pytest.mark.asyncio(loop_scope="module"),
]

PAGE = Path(__file__).parents[2] / "docs" / "operating" / "load.md"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("load") / "sand", close_interval_s=0.25)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        await sandbox.stop()


async def start(*arguments: str, cwd: Path | None = None) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "constellation.node.cli", "load", *arguments]
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, cwd=cwd, env=environment)


async def result(process: asyncio.subprocess.Process) -> dict[str, Any]:
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    document: dict[str, Any] = json.loads(output)
    return document


async def refusal(*arguments: str, cwd: Path | None = None) -> tuple[int, str]:
    process = await start(*arguments, cwd=cwd)
    _, errors = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in errors
    return process.returncode, errors.decode()


def check_sums(document: dict[str, Any]) -> None:
    """Each operation has ended in exactly one way, and was counted."""
    ends = [sum(document[name].values()) for name in ("accepted", "rejected", "errors")]
    assert sum(document["sent"].values()) == sum(ends) + document["unknown"]
    assert document["final"] + document["not_final"] == sum(document["accepted"].values()) > 0
    for name in ("acknowledgement_us", "finality_us"):
        found = list(document[name].values())
        assert found == sorted(found)
        assert found[0] > 0


async def test_a_load_is_counted_in_full_and_its_journal_is_the_history(sandbox: Sandbox, tmp_path: Path) -> None:
    seeds, journal = tmp_path / "load.seeds", tmp_path / "journal"
    options = ["--sandbox", str(sandbox.directory), "--accounts-file", str(seeds), "--accounts", "6", "--flow", "7"]
    options += ["--duration-s", "4", "--rate", "60", "--withdrawals", "0.05", "--processes", "2"]
    document = await result(await start(*options, "--journal", str(journal), "--json"))
    check_sums(document)
    assert (document["workers"], document["accounts"], document["rate"], document["seed"]) == (2, 6, 60, 7)
    assert document["not_final"] == document["unknown"] == document["lost"] == document["reconnects"] == 0
    assert abs(sum(document["sent"].values()) + document["late"] - 4 * 60) <= document["workers"]
    assert document["accepted"].keys() == {"place", "cancel", "pay", "withdraw"}
    assert document["crossed"] <= document["fills"] > 0
    assert seeds.stat().st_mode & 0o777 == 0o600

    assert await acknowledged(sandbox, seeds, sorted(journal.iterdir())) == sum(document["accepted"].values())


async def test_a_load_in_batches_counts_operations_and_its_journal_is_the_history(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    seeds, journal = tmp_path / "load.seeds", tmp_path / "journal"
    options = ["--sandbox", str(sandbox.directory), "--accounts-file", str(seeds), "--accounts", "4", "--flow", "8"]
    options += ["--duration-s", "4", "--rate", "200", "--batch", "10", "--processes", "2", "--crossing", "0.5"]
    document = await result(await start(*options, "--journal", str(journal), "--json"))
    ends = [sum(document[name].values()) for name in ("accepted", "rejected", "errors")]
    assert sum(document["sent"].values()) == sum(ends)
    assert sum(document["sent"].values()) % 10 == 0
    assert abs(sum(document["sent"].values()) + 10 * document["late"] - 4 * 200) <= 20
    assert document["final"] == sum(document["accepted"].values()) > 100
    assert document["batch"] == 10
    assert document["rejected"].keys() <= {"ORDER_NOT_FOUND"}, "each in its batch, which was ordered"
    assert await acknowledged(sandbox, seeds, sorted(journal.iterdir())) == sum(document["sent"].values())


async def test_withdrawals_cannot_be_in_a_batch(sandbox: Sandbox) -> None:
    options = ["--sandbox", str(sandbox.directory), "--batch", "10", "--withdrawals", "0.1"]
    code, errors = await refusal(*options)
    assert (code, "--batch: a withdrawal is a request of its own" in errors) == (3, True)


async def acknowledged(sandbox: Sandbox, seeds: Path, journals: list[Path]) -> int:
    """How many operations were acknowledged, all of which are in the history that the nodes have."""
    oracle = Oracle(key.address for key in read_keys_file(seeds))
    for path in journals:
        for entry in JournalReader(path).read():
            oracle.take_entry(entry)
    statuses = await at_rest(sandbox)
    history = SharedHistory(sandbox.settings, {node: sandbox.data_directory(node) for node in sandbox.nodes})
    for sealed in history.read(int(str(statuses["alpha"]["batch"]))):
        oracle.take_batch(sealed)
    oracle.finish()
    return oracle.checked["acknowledged"]


async def test_clients_that_believe_alpha_are_counted_like_the_others(sandbox: Sandbox) -> None:
    options = ["--sandbox", str(sandbox.directory), "--accounts", "6", "--duration-s", "2", "--verify-share", "0.3"]
    document = await result(await start(*options, "--json"))
    check_sums(document)
    assert document["verify_share"] == 0.3
    assert document["not_final"] == document["unknown"] == document["lost"] == 0
    assert document["crossed"] <= document["fills"] > 0


async def test_ctrl_c_ends_a_saturating_load_with_its_result(sandbox: Sandbox) -> None:
    options = ["--sandbox", str(sandbox.directory), "--accounts", "4", "--duration-s", "100", "--json"]
    process = await start(*options)
    assert process.stderr is not None
    async with asyncio.timeout(90):
        while b"the load begins" not in await process.stderr.readline():
            assert process.returncode is None
    await asyncio.sleep(2)
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(40):
        document = await result(process)
    check_sums(document)
    assert document["interrupted"]
    assert document["elapsed_s"] < 60
    assert document["not_final"] == 0


@pytest.mark.executes("docs/operating/load.md", console=2)
async def test_the_page_s_commands_work(sandbox: Sandbox, tmp_path: Path) -> None:
    """As they are there, but shorter and with the addresses of this sandbox."""
    (tmp_path / "sand").symlink_to(sandbox.directory)
    (tmp_path / "constellation.json").symlink_to(sandbox.settings_path)
    lines = [
        line.removeprefix("$ constellation load ")
        for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(lines) == 3
    for line in lines:
        words = shlex.split(line.replace("ws://127.0.0.1:7001", sandbox.client_url))
        short = ["--duration-s", "1", "--accounts", "4"]
        process = await start(*words, *short, cwd=tmp_path)
        output, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        assert b"acknowledged" in output
        if "load.seeds" not in line and not (tmp_path / "load.seeds").exists():
            write_keys_file(tmp_path / "load.seeds", read_keys_file(sandbox.directory / "keys" / "load.seeds"))


async def test_what_cannot_be_used_is_said(sandbox: Sandbox, tmp_path: Path) -> None:
    here = ["--settings-file", str(sandbox.settings_path), "--url", sandbox.client_url]
    code, text = await refusal(*here, cwd=tmp_path)
    assert (code, "accounts are made with" in text) == (ExitCode.CONFIGURATION, True)
    write_keys_file(tmp_path / "load.seeds", [new_key_pair() for _ in range(2)])
    code, text = await refusal(*here, cwd=tmp_path)
    assert (code, "2 seeds, not 32" in text) == (ExitCode.CONFIGURATION, True)
    code, text = await refusal(*here, "--accounts", "2", "--market", "XLM/EUR", cwd=tmp_path)
    assert (code, "'EUR' is not listed" in text) == (ExitCode.CONFIGURATION, True)
    code, text = await refusal(*here, "--accounts", "2", "--price", "0.001", cwd=tmp_path)
    assert (code, "no room for orders below" in text) == (ExitCode.CONFIGURATION, True)
    code, text = await refusal(*here, "--accounts", "2", "--verify-share", "0.5", "--journal", "j", cwd=tmp_path)
    assert (code, "clients that all verify" in text) == (ExitCode.CONFIGURATION, True)
    code, text = await refusal("--sandbox", str(tmp_path), cwd=tmp_path)
    assert (code, "is no sandbox's directory" in text) == (ExitCode.CONFIGURATION, True)
    nobody = ["--accounts", "2", "--url", "ws://127.0.0.1:9"]
    code, text = await refusal(*here, *nobody, cwd=tmp_path)
    assert (code, "no connection to ws://127.0.0.1:9" in text) == (ExitCode.FAILED, True)
    write_key_file(tmp_path / "other.seed", new_key_pair())
    making = ["--horizon-url", sandbox.horizon_url, "--issuer-key-file", "other.seed", "--accounts-file", "new.seeds"]
    code, text = await refusal(*here, *making, cwd=tmp_path)
    assert (code, "is not the issuer of USD" in text) == (ExitCode.CONFIGURATION, True)
    assert not (tmp_path / "new.seeds").exists()
