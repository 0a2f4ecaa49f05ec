"""The fragments about deposits and withdrawals move money on a ledger; large ones are decided by two operators."""

import ast
import asyncio
import re
from typing import Any

import pytest
from stellar_sdk import Asset
from stellar_sdk import MuxedAccount as StellarMuxedAccount

from constellation.node.keys import new_key_pair
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, WithdrawalClosed
from tests.documentation.pages import Block, blocks, of_constellation
from tests.governance.stage import Stage, eventually, has_balance

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.executes("docs/coding/deposits.md", python=3)
@pytest.mark.executes("docs/coding/withdrawals.md", python=2)
@pytest.mark.executes("docs/operating/withdrawals.md", console=1)
async def test_money_comes_in_and_goes_out(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    await withdraw(stage, capsys)
    await withdraw_much(stage)


async def withdraw(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    routing, three, close = blocks("docs/coding/deposits.md")
    watch, leave = blocks("docs/coding/withdrawals.md")
    trader, other = await stage.trader(dollars="200"), await stage.sandbox.new_trader("1")
    await stage.sandbox.deposit(other, Asset.native(), "50")
    async with stage.client(trader) as client, stage.client(other) as second:
        names: dict[str, Any] = {"client": client, "WithdrawalClosed": WithdrawalClosed}
        await execute(routing, trader, names)
        assert names["number"] > 0
        await execute(three, trader, names)
        watching = asyncio.create_task(execute(watch, trader, names))
        await eventually(lambda: printed(capsys, "PAID"))
        watching.cancel()
        await eventually(lambda: nothing_is_withdrawn(client))
        await execute(leave, trader, names)
        await eventually(lambda: has_balance(second, "XLM"))
        await execute(close, other, {"client": second})


async def execute(block: Block, owner: KeyPair, names: dict[str, Any]) -> None:
    """Run a fragment, whose money goes to its owner on the ledger, or to a new account."""
    text = block.text.replace("MSHARED…", StellarMuxedAccount(owner.address, 7).account_muxed)
    text = text.replace("GNEW…", new_key_pair().address)
    text = re.sub(r"GDEST(INATION)?…", owner.address, text)
    running = eval(compile(text, "page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    await running


async def printed(capsys: pytest.CaptureFixture[str], text: str) -> bool:
    return text in capsys.readouterr().out


async def nothing_is_withdrawn(client: Client) -> bool:
    return not (await client.account()).withdrawals


async def withdraw_much(stage: Stage) -> None:
    """Each command as an operator types it; the first one is asked for nothing but what waits."""
    waiting, approve, refuse = of_constellation("docs/operating/withdrawals.md")
    trader = await stage.trader()
    await stage.decide("settings", "--set", "assets[1].approval_above=5")
    async with stage.client(trader) as client:
        receipts = [await client.withdraw("USD", amount, trader.address) for amount in ("6", "7")]
        await stage.checkpoint()
        listed = await typed(stage, waiting)
        assert all(str(receipt.apex) in listed for receipt in receipts)
        for words, receipt in zip((approve, refuse), receipts, strict=True):
            words = [str(receipt.apex) if word == "NUMBER" else word for word in words]
            for auditor in (1, 2):
                output = await typed(stage, [*words, "--yes", *stage.settings_option], auditor)
            assert "A quorum has signed" in output
        await eventually(lambda: nothing_is_withdrawn(client))


async def typed(stage: Stage, words: list[str], auditor: int = 1) -> str:
    places = {
        "http://127.0.0.1:7000": stage.sandbox.status_url(f"auditor-{auditor}"),
        "wss://alpha.example.org": stage.sandbox.client_url,
        "auditor.seed": str(stage.sandbox.directory / "keys" / f"auditor-{auditor}.seed"),
    }
    result = await stage.command(*(places.get(word, word) for word in words))
    assert result.exit_code == 0, result.output
    return result.output
