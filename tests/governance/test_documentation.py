"""The example in the documentation runs as it is written, except for addresses, paths and the hash."""

import re
from pathlib import Path

import pytest

from constellation.node.keys import write_key_file
from tests.governance.stage import Stage, hash_in

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

DOCS = Path(__file__).parents[2] / "docs"


def commands_in(page: str) -> list[str]:
    """The shell commands of a page, a line each."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.strip().splitlines()]


async def run(stage: Stage, command: str, **names: str) -> str:
    sandbox = stage.sandbox
    keys = sandbox.directory / "keys"
    for name in ("auditor-1.seed", "auditor-2.seed", "holder.seed"):
        command = command.replace(name, str(keys / name))
    command = command.replace("wss://alpha.example.org", sandbox.client_url)
    command = command.replace("https://horizon.example.org", sandbox.horizon_url)
    command = command.replace("constellation.json", str(sandbox.settings_path))
    command = command.replace("proof.json", str(sandbox.directory / "proof.json"))
    for name, value in names.items():
        command = command.replace(name, value)
    program, *arguments = command.split()
    assert program == "constellation"
    result = await stage.command(*arguments, text="y\n")
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.executes("docs/coding/proofs.md", sh=2)
@pytest.mark.executes("docs/operating/governance.md", sh=2)
async def test_the_examples(stage: Stage) -> None:
    await decide(stage)
    await prove(stage)


async def decide(stage: Stage) -> None:
    propose, show, sign = commands_in("operating/governance.md")
    output = await run(stage, propose)
    page = (DOCS / "operating/governance.md").read_text(encoding="utf-8")
    assert [line for line in output.splitlines()[:2] if line in page] == output.splitlines()[:2]
    digest = hash_in(output)
    assert digest in await run(stage, show)
    assert "A quorum has signed" in await run(stage, sign, HASH=digest)
    await stage.all_have("settings_version", 1)


async def prove(stage: Stage) -> None:
    holder = await stage.trader()
    write_key_file(stage.sandbox.directory / "keys" / "holder.seed", holder)
    await stage.decide("settings", "--set", "limits.open_orders=190")
    make, verify = commands_in("coding/proofs.md")
    assert "covered" in await run(stage, make)
    assert f"account {holder.address}" in await run(stage, verify)
