"""An operator follows the pages, at the desk of a running constellation that is given up in the end."""

import asyncio
import json
import re
import shlex
import shutil
from pathlib import Path

import aiohttp
import pytest

from constellation.node.processes import ChildProcess
from constellation.node.sandbox import Ports
from tests.documentation.desk import Desk, desk
from tests.documentation.pages import ROOT, Block, blocks, commands, of_constellation

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("restored_logging")]

OPERATING = "docs/operating"


def day_2(title: str) -> list[list[str]]:
    """The commands in a section of the page about day-2 tasks."""
    text = (ROOT / OPERATING / "day-2.md").read_text("utf-8")
    section = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [shlex.split(words) for words in re.findall(r"`constellation ([^`]+)`", section)]


@pytest.mark.executes("README.md", console=2)
@pytest.mark.executes("docs/operating/archives.md", console=1)
@pytest.mark.executes("docs/operating/checking.md", console=2)
@pytest.mark.executes("docs/operating/chroniclers.md", console=3)
@pytest.mark.executes("docs/operating/damaged-disks.md", console=1)
@pytest.mark.executes("docs/operating/emergency-exit.md", console=3)
@pytest.mark.executes("docs/operating/seeing.md", console=2)
async def test_an_operator_follows_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(tmp_path, monkeypatch) as here:
        shutil.copy(await here.sandbox.funded_trader("trader"), "trader.seed")
        await decide(here)
        await look(here)
        await read(here)
        await here.stop_nodes()
        await examine(here)
        await give_up(here)


async def decide(here: Desk) -> None:
    """Each decision of the table, signed by a second auditor."""
    for words in day_2("When it is decided"):
        shown = await here.run_again(words)
        digest = next(line.split()[1] for line in shown.splitlines() if line.startswith("proposal "))
        signing = ["sign-proposal", digest, "--url", here.sandbox.client_url, "--key-file", "auditor-2.seed"]
        assert "A quorum has signed" in await here.run(signing)


async def look(here: Desk) -> None:
    """The doctor finds nothing, and everything that is looked at from time to time is there."""
    looks = [*of_constellation(f"{OPERATING}/checking.md"), *of_constellation(f"{OPERATING}/seeing.md")]
    for words in [*looks, *day_2("Every day"), *day_2("Every week")]:
        assert not re.search(r"\dE-\d", await here.run(words)), "an amount is not for people"


async def read(here: Desk) -> None:
    """Another chronicler, by both pages that start one; what it serves; a trader's history; proofs of what is owed."""
    [start, *_] = of_constellation(f"{OPERATING}/chroniclers.md")
    await serve(here, start, [])
    chronicle, proof = [list(commands(block)) for block in blocks("README.md", "console")][-2:]
    [_, *start], [_, *question], [_, *history] = chronicle
    await serve(here, start, [question[-1]])
    assert "deposit" in await here.run(history)
    for _, *words in proof:
        await here.run(words)


async def serve(here: Desk, words: list[str], questions: list[str]) -> None:
    """Run a chronicler until it has answered."""
    ports, peer = Ports.free(0), f"http://127.0.0.1:{here.sandbox.ports.chronicle[0]}"
    feed = f"127.0.0.1:{ports.feed}"
    words = [word.replace("http://127.0.0.1:7003", peer).replace("127.0.0.1:7004", feed) for word in words]
    more = ["--listen", f"127.0.0.1:{ports.chronicler}", "--http-listen", f"127.0.0.1:{ports.chronicler_http}"]
    child = ChildProcess("another", [*words, *more], Path("another.log"))
    await child.start()
    try:
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            await answered(session, child, f"http://127.0.0.1:{ports.chronicler_http}/readyz")
            for url in questions:
                await answered(session, child, url.replace("127.0.0.1:7004", feed))
    finally:
        assert await child.stop() == 0


async def answered(session: aiohttp.ClientSession, child: ChildProcess, url: str) -> None:
    while True:
        child.check()
        try:
            async with session.get(url) as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)


async def examine(here: Desk) -> None:
    """What is done with stopped nodes."""
    for page in ("archives.md", "damaged-disks.md"):
        for words in of_constellation(f"{OPERATING}/{page}"):
            await here.run(words)
    *_, rebuild, _, digest = of_constellation(f"{OPERATING}/chroniclers.md")
    assert await here.run(rebuild)
    assert await here.run(digest)


async def give_up(here: Desk) -> None:
    """The emergency exit, and a plan that somebody has changed."""
    plan, refused, submit = blocks(f"{OPERATING}/emergency-exit.md")
    assert labels(await here.run(typed(plan))) >= labels(plan.text)
    shutil.copy("plan.json", "plan-2.json")
    change_amount("plan.json")
    (shown,) = re.findall(r"Error: .*\]\.amount is", refused.text)
    assert re.sub(r"\d+\]\.amount", "0].amount", shown) in await here.run(typed(refused), code=1)
    shutil.copy("plan-2.json", "plan.json")
    sign = typed(refused)
    await here.run(sign)
    await here.run([word.replace("auditor.toml", "auditor-2.toml") for word in sign])
    for _ in range(2):
        assert ": paid\n" in await here.run(typed(submit))


def typed(block: Block) -> list[str]:
    """The arguments of the one command in a block."""
    [[_, *words]] = commands(block)
    return words


def labels(text: str) -> set[str]:
    """What the lines of a plan are about."""
    return set(re.findall(r"^ (\w+(?: \w+)?)  ", text, re.MULTILINE))


def change_amount(path: str) -> None:
    document = json.loads(Path(path).read_text())
    document["transactions"][0]["operations"][0]["amount"] = "96.0000000"
    Path(path).write_text(json.dumps(document))
