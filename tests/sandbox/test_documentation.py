"""The page for developers tells the truth: its requests are made, and its answers compared."""

import asyncio
import contextlib
import io
import json
import re
import shlex
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from constellation.node.cli import main
from constellation.node.processes import ChildProcess
from constellation.node.sandbox import PASSPHRASE, Ports
from constellation.sandbox import Ledger, LedgerServer
from constellation.sandbox.faults import FaultKind, FaultRule
from tests.documentation import pages
from tests.sandbox.world import key

PAGE = (Path(__file__).parents[2] / "docs" / "operating" / "sandbox-ledger.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands():
    """Yields each command with what the page says it prints."""
    for block in pages.blocks("docs/operating/sandbox-ledger.md", "console"):
        for typed in pages.dialogue(block):
            yield shlex.split(typed.text), "\n".join(typed.output).strip()


def pattern(text):
    """An expected answer as a pattern: `…` stands for anything, and spaces in JSON do not matter."""
    pieces = [re.escape(re.sub(r"([,:])\s+", r"\1", piece.strip())) for piece in text.split("…")]
    return re.compile(".*".join(pieces), re.DOTALL)


async def curl(session, base, words):
    """Does what curl would do with these words, and returns what it would print."""
    method, body, with_head, url = "GET", None, False, None
    rest = iter(words)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-d":
            body = next(rest)
        elif word == "-i":
            with_head = True
        elif word != "-s":
            url = word
    url = url.replace("http://127.0.0.1:8000", base)
    async with session.request(method, url, data=body) as response:
        text = await response.text()
        head = f"HTTP/1.1 {response.status} {response.reason}\n" if with_head else ""
        with contextlib.suppress(ValueError):
            text = json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)
        return head + text


@pytest.mark.executes("docs/operating/sandbox-ledger.md", console=7)
async def test_the_commands_on_the_page():
    server = LedgerServer(Ledger(), close_interval_s=0.02)
    await server.start()
    count = 0
    async with aiohttp.ClientSession() as session:
        for words, expected in commands():
            if words[0] != "curl":
                continue
            printed = await curl(session, server.url, words[1:])
            assert pattern(expected).fullmatch(printed), (words, printed)
            count += 1
    await server.stop()
    assert count > 15
    assert key("alice").public_key in PAGE


@pytest.mark.executes("docs/operating/sandbox-ledger.md", console=1)
async def test_the_ledger_starts_as_the_page_starts_it(tmp_path):
    start, *_ = (words[1:] for words, _ in commands())
    port = Ports.free(0).ledger
    child = ChildProcess("ledger", [*start, "--listen", f"127.0.0.1:{port}"], tmp_path / "ledger.log")
    await child.start()
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            child.check()
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/") as response:
                    assert (await response.json())["network_passphrase"] == PASSPHRASE
                    break
            await asyncio.sleep(0.05)
    assert await child.stop() == 0


def test_the_options_on_the_page_exist():
    command = main.commands["ledger"]
    options = {name for each in command.params for name in each.opts}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) - {"--help"}
    assert named <= options
    assert len(named) > 4
    assert "sandbox-ledger.md" in CliRunner().invoke(main, ["ledger", "--help"]).output


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_is_on_the_page_with_its_parts(kind):
    (row,) = re.findall(rf"^\| `{kind.value}`.*$", PAGE, flags=re.MULTILINE)
    rule = FaultRule.parse({"fault": kind.value})
    assert ("*" in row.split("|")[1]) is (rule.times is None)
    common = {"fault", "path", "method", "times", "skip", "probability", "seed"}
    for name in set(rule.describe()) - common:
        assert f"`{name}`" in row, name


@pytest.mark.executes("docs/operating/sandbox-ledger.md", python=1)
def test_the_python_on_the_page_runs():
    (code,) = blocks("python")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code.replace("asyncio.run(main())", ""), "page", "exec"), namespace := {})
        asyncio.run(namespace["main"]())
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ 3 0\n", printed.getvalue())
