"""The JavaScript SDK against real nodes: alpha, auditors, a chronicler with its feed, and the sandbox's ledger."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from constellation.node.sandbox import CHRONICLER, Sandbox
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_seed
from constellation.sdk import Client
from tests.web.driver import BUILT, WEB, Big, Driver, SdkFailed, build, driver

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("processes")]

ROOT = WEB.parent
_WAIT_S = 60
_PAGES = (WEB / "sdk" / "README.md", ROOT / "docs" / "coding" / "javascript.md")


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    await asyncio.to_thread(build)
    options = {"checkpoint_interval_s": 1}
    found = Sandbox(tmp_path / "sandbox", close_interval_s=0.5, alpha_options=options, chronicler=True)
    try:
        await found.start(lambda _text: None)
        await found.ready(CHRONICLER)
        yield found
    finally:
        await found.stop()


@pytest.fixture
async def node() -> AsyncIterator[Driver]:
    async with driver() as found:
        yield found


async def trader(sandbox: Sandbox, name: str) -> KeyPair:
    return KeyPair.from_text((await sandbox.funded_trader(name)).read_text())


async def funded(node: Driver, name: str) -> None:
    async with asyncio.timeout(_WAIT_S):
        while {"XLM", "USD"} - (await node.client("account", name=name))["balances"].keys():
            await asyncio.sleep(0.2)


async def connect(node: Driver, sandbox: Sandbox, name: str, key_pair: KeyPair, **options: object) -> None:
    chosen = {"url": sandbox.client_url, "settings": settings_to_json(sandbox.settings), "backoffMs": 20, **options}
    await node.call("connect", name, chosen, encode_seed(key_pair.seed))


async def test_a_day_of_a_trader_and_the_programs_of_the_pages(sandbox: Sandbox, node: Driver) -> None:
    anna, bert = await trader(sandbox, "anna"), await trader(sandbox, "bert")
    for name, key_pair in (("anna", anna), ("bert", bert)):
        await connect(node, sandbox, name, key_pair)
        await funded(node, name)
    await node.call("feed", "data", sandbox.feed_url.replace("http", "ws") + "/v1/ws")
    print_of_trade = asyncio.create_task(node.call("next", "data", "trades", "XLM/USD", timeout_s=_WAIT_S))

    placed = await node.client("createOrder", {"market": "XLM/USD", "side": "sell", "price": "0.25", "amount": "10"})
    bought = {"market": "XLM/USD", "side": "buy", "amount": "4"}
    receipt = await node.client("createMarketOrder", bought, name="bert")
    assert [effect["amount"] for effect in receipt["effects"] if effect["type"] == "fill"] == ["4.0000000"]
    assert len((await node.call("final", Big(receipt["apex"]), 20_000))["auditors"]) >= 2
    assert (await print_of_trade)["amount"] == "4.0000000"

    await it_is_told_the_same_as_python(node, sandbox, anna)
    await it_lives_on_when_alpha_does_not(node, sandbox, placed["apex"])
    await it_proves_its_balances(node)
    await it_withdraws(node, sandbox, anna)
    await the_programs_of_the_pages_run(sandbox, anna)


async def it_is_told_the_same_as_python(node: Driver, sandbox: Sandbox, anna: KeyPair) -> None:
    async with Client(sandbox.client_url, sandbox.settings, anna) as python:
        here, there = await node.client("account"), await python.account()
        book, known = await node.client("orderBook", "XLM/USD"), await python.order_book("XLM/USD")
    assert here["effectNumber"] == there.effect_number
    assert {name: item["total"] for name, item in here["balances"].items()} == {
        name: f"{item.total:.7f}" for name, item in there.balances.items()
    }
    assert [(line["price"], line["amount"]) for line in book["asks"]] == [
        (f"{line.price:.4f}", f"{line.amount:.7f}") for line in known.asks
    ]


async def it_lives_on_when_alpha_does_not(node: Driver, sandbox: Sandbox, order: int) -> None:
    await sandbox.kill_node("alpha")
    change = {"market": "XLM/USD", "order": Big(order), "price": "0.25", "amount": "2"}
    waiting = asyncio.create_task(node.client("replaceOrder", change))
    await sandbox.start_node("alpha")
    receipt = await waiting
    assert receipt["effects"][0]["type"] == "order_reduced"
    assert await node.client("reconnects") >= 1


async def it_proves_its_balances(node: Driver) -> None:
    async with asyncio.timeout(_WAIT_S):
        while True:
            try:
                proven = await node.client("proveAccount")
            except SdkFailed as error:
                assert error.error["code"] == "NOT_READY"
            else:
                if proven["value"] is not None and proven["value"]["balances"]["XLM"]["locked"] == "2.0000000":
                    break
            await node.client(
                "pay", {"destination": await node.client("address", name="bert"), "asset": "USD", "amount": "0.1"}
            )
            await asyncio.sleep(0.5)
    assert len(proven["auditors"]) >= 2


async def it_withdraws(node: Driver, sandbox: Sandbox, anna: KeyPair) -> None:
    receipt = await node.client("withdraw", {"asset": "XLM", "amount": "20", "destination": anna.address})
    seen: list[str] = []
    async with asyncio.timeout(_WAIT_S):
        while "withdrawal_closed" not in seen:
            event = await node.call("next", "anna", "events", timeout_s=_WAIT_S)
            seen += [effect["type"] for effect in event["effects"]]
            closed = [effect for effect in event["effects"] if effect["type"] == "withdrawal_closed"]
    assert (closed[0]["withdrawalId"], closed[0]["outcome"]) == (receipt["apex"], "paid")
    assert seen.count("fill") == 1


def snippets() -> list[tuple[str, str]]:
    """The programs of the pages: each block of JavaScript that is a whole one."""
    found = []
    for page in _PAGES:
        blocks = re.findall(r"^```javascript\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
        found += [(f"{page.stem}-{number}", block) for number, block in enumerate(blocks)]
    return found


async def the_programs_of_the_pages_run(sandbox: Sandbox, anna: KeyPair) -> None:
    feed = sandbox.feed_url.replace("http", "ws") + "/v1/ws"
    arguments = [sandbox.client_url, str(sandbox.settings_path), encode_seed(anna.seed), feed]
    for name, text in snippets():
        path = BUILT / f"{name}.mjs"
        path.write_text(text)
        process = await asyncio.create_subprocess_exec(
            "node", str(path), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.timeout(_WAIT_S):
            output, _ = await process.communicate()
        assert process.returncode == 0, f"{name}: {output.decode()}"
        assert output, name
