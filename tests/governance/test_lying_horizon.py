"""A Horizon that invents a deposit: its auditor is outvoted, and everybody hears of it."""

from dataclasses import replace
from typing import Any

import pytest
from stellar_sdk import Asset, Payment

from constellation.node.keys import new_key_pair
from constellation.node.sandbox import PASSPHRASE
from constellation.stellarlink import TransactionPage
from tests.governance.stage import Stage, eventually
from tests.stellarlink.support import payment_ok, record

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


async def test_an_invented_deposit_is_credited_to_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    mallory, vault = new_key_pair(), stage.sandbox.vault_address
    network: Any = stage.sandbox.running["auditor-3"]._network.servers[0]._network  # type: ignore[union-attr]
    honest = network.transactions
    lies: list[int] = []

    async def lying(address: str, cursor: int, limit: int) -> TransactionPage:
        page: TransactionPage = await honest(address, cursor, limit)
        if address != vault or page.latest_ledger is None or page.latest_ledger in lies:
            return page
        lies.append(page.latest_ledger)  # one in each ledger: what is read after the others' commit is not compared
        payment = Payment(vault, Asset.native(), "1000")
        false = record(
            [payment], [payment_ok()], source=mallory, toid=lies[-1] << 32 | 900 << 12, passphrase=PASSPHRASE
        )
        return replace(page, records=(*page.records, false))

    monkeypatch.setattr(network, "transactions", lying)

    async def has_lied() -> bool:
        return bool(lies)

    await eventually(has_lied)
    trader = await stage.trader()

    async def is_reported() -> bool:
        return (await stage.status("auditor-3"))["ledger_contradiction"] is not None

    await eventually(is_reported)
    for node in ("auditor-1", "auditor-2"):
        status = await stage.status(node)
        assert (status["state"], status["ledger_contradiction"]) == ("ready", None)
    held = [100 * 10**7, 50 * 10**7]
    for node in stage.sandbox.nodes:
        assert (await stage.status(node))["held"] == held, "only what the trader has deposited"
    async with stage.client(mallory) as client:
        assert not (await client.account()).exists
    async with stage.client(trader) as client:
        assert (await client.account()).balances["XLM"].total == 100
