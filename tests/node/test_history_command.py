"""History from real processes: alpha, its chronicler, the command, and the examples of the documentation."""

import asyncio
import csv
import json
import os
import re
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from constellation.node.exit_codes import ExitCode
from constellation.node.keys import new_key_pair, write_key_file
from constellation.node.sandbox import CHRONICLER, Sandbox
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_seed
from constellation.sdk import Client, Code, ExchangeError
from tests.node.test_constellation import deposited

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("processes"),
    pytest.mark.asyncio(loop_scope="module"),
]

PAGE = (Path(__file__).parents[2] / "docs" / "coding" / "history.md").read_text(encoding="utf-8")


class Stage:
    def __init__(self, sandbox: Sandbox, alice: KeyPair) -> None:
        self.sandbox = sandbox
        self.alice = alice
        self.key_file = sandbox.directory / "keys" / "alice.seed"
        write_key_file(self.key_file, alice)

    async def command(self, command: str) -> tuple[int, str, str]:
        """Run a command as the documentation has it, with this sandbox's names."""
        command = command.replace("wss://alpha.example.org", self.sandbox.client_url)
        command = command.replace("holder.seed", str(self.key_file))
        command = command.replace("constellation.json", str(self.sandbox.settings_path))
        command = command.replace("history.csv", str(self.sandbox.directory / "history.csv"))
        program, *arguments = command.split()
        assert program == "constellation"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "constellation.node.cli", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        output, errors = await process.communicate()
        assert process.returncode is not None
        assert b"Traceback" not in errors
        return process.returncode, output.decode(), errors.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    directory = tmp_path_factory.mktemp("history") / "sandbox"
    sandbox = Sandbox(directory, close_interval_s=0.25, chronicler=True)
    try:
        await sandbox.start(lambda _text: None)
        alice, bob = [await sandbox.new_trader("1000") for _ in range(2)]
        async with (
            Client(sandbox.client_url, sandbox.settings, alice) as first,
            Client(sandbox.client_url, sandbox.settings, bob) as second,
        ):
            await deposited(sandbox, alice, first, {"XLM": "500"})
            await deposited(sandbox, bob, second, {"XLM": "100", "USD": "200"})
            await first.create_order("XLM/USD", "sell", "0.25", 20)
            bought = await second.create_order("XLM/USD", "buy", "0.25", 5)
            own = await second.history_page(newest_first=True)
            assert own.items[0].apex == bought.apex, "what was written is read at once"
        yield Stage(sandbox, alice)
    finally:
        await sandbox.stop()


@pytest.mark.executes("docs/coding/history.md", sh=1)
async def test_the_commands_of_the_documentation(stage: Stage) -> None:
    export, deposits, newest = [line for line in PAGE.splitlines() if line.startswith("constellation history ")]
    code, output, errors = await stage.command(export)
    assert (code, output, errors) == (0, "", "")
    path = stage.sandbox.directory / "history.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    (trade,) = [row for row in rows if row["kind"] == "trade"]
    assert (trade["amount"], trade["price"], trade["market"]) == ("5.0000000", "0.2500", "XLM/USD")
    before = path.read_bytes()
    code, _, errors = await stage.command(export)
    assert code == ExitCode.CONFIGURATION
    assert "never overwritten" in errors
    assert path.read_bytes() == before

    code, output, _ = await stage.command(deposits)
    (deposit,) = [json.loads(line) for line in output.splitlines()]
    assert (code, deposit["kind"], deposit["amount"]) == (0, "deposit_credited", "500.0000000")

    code, output, _ = await stage.command(newest)
    assert code == 0
    numbers = [int(line.split()[0]) for line in output.splitlines()]
    assert numbers == list(range(len(rows), 0, -1))[:10]


@pytest.mark.executes("docs/coding/history.md", python=1)
async def test_the_example_of_the_documentation(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    example = textwrap.dedent(found[1]).replace("asyncio.run(main())", "")
    example = example.replace("wss://alpha.example.org", stage.sandbox.client_url)
    example = example.replace("constellation.json", str(stage.sandbox.settings_path))
    example = example.replace('"S..."', repr(encode_seed(stage.alice.seed)))
    names: dict[str, object] = {}
    exec(example, names)
    await names["main"]()  # type: ignore[operator]
    printed = capsys.readouterr().out
    assert "Fill(" in printed
    assert "DepositCredited(asset='XLM'" in printed
    assert "('G" in printed
    assert "5.0000000 of 20.0000000" in printed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("--since yesterday", "--since: 'yesterday' is no time; 2026-01-31"),
        ("--since 2026-02-01 --until 2026-01-01", "since 2026-02-01"),
        ("--kind trades", "kind 'trades' is not known"),
        ("--asset GBP", "asset 'GBP' is not listed"),
        ("--url http://127.0.0.1:1", "is no ws:// or wss:// address"),
    ],
)
async def test_wrong_options_are_named_and_leave_no_file(stage: Stage, changes: str, message: str) -> None:
    output = stage.sandbox.directory / "wrong.csv"
    code, _, errors = await stage.command(
        "constellation history --url wss://alpha.example.org --settings-file constellation.json "
        f"--key-file holder.seed --format csv --output {output} {changes}"
    )
    assert code == ExitCode.CONFIGURATION
    assert message in errors
    assert not output.exists()


async def test_the_history_of_a_sub_account(stage: Stage) -> None:
    async with Client(stage.sandbox.client_url, stage.sandbox.settings, stage.alice) as alice:
        await (await alice.open_sub_account(3, 5)).final(timeout=20)
        opened = await alice.history_page(sub_account=3)
    _, _, newest = [line for line in PAGE.splitlines() if line.startswith("constellation history ")]
    code, output, _ = await stage.command(f"{newest} --sub-account 3")
    assert (code, len(output.splitlines()), len(opened.items)) == (0, 4, 4)
    assert "sub_account=3" in output


async def test_who_is_not_known_has_no_history(stage: Stage) -> None:
    async with Client(stage.sandbox.client_url, stage.sandbox.settings, new_key_pair()) as stranger:
        assert [item async for item in stranger.history()] == []
        assert [order async for order in stranger.orders()] == []


async def test_without_its_chronicler_alpha_says_so_and_trades_on(stage: Stage) -> None:
    sandbox = stage.sandbox
    async with Client(sandbox.client_url, sandbox.settings, stage.alice) as alice:
        await sandbox.kill_node(CHRONICLER)
        with pytest.raises(ExchangeError) as refused:
            await alice.history_page()
        assert refused.value.code is Code.NOT_READY
        order = await alice.create_order("XLM/USD", "sell", "0.30", 1)
        await sandbox.start_node(CHRONICLER)
        await sandbox.ready(CHRONICLER)
        async with asyncio.timeout(30):
            newest = [item async for item in alice.history(newest_first=True, limit=1)]
        assert newest[0].apex == order.apex
