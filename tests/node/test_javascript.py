"""The official JavaScript SDK as a wallet: it deposits into a constellation's vault, and is paid a withdrawal."""

import asyncio
from pathlib import Path

import pytest

from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client
from tests.sandbox.javascript import install, run, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


async def test_a_wallet_deposits_and_is_paid(tmp_path: Path) -> None:
    install()
    sandbox = Sandbox(tmp_path / "sandbox", close_interval_s=0.5)
    try:
        await sandbox.start(lambda _text: None)
        horizon, vault = sandbox.horizon_url, sandbox.vault_address
        wallet = await run("keys")
        await run("friendbot", horizon=horizon, account=wallet["account"])
        async with started("stream", horizon=horizon, account=vault, count="2") as line:
            await line()
            deposit = await run("deposit", horizon=horizon, secret=wallet["secret"], vault=vault, amount="50")
            assert (await line())["transaction_hash"] == deposit["hash"]
            async with Client(sandbox.client_url, sandbox.settings, KeyPair.from_text(wallet["secret"])) as client:
                async with asyncio.timeout(30):
                    while "XLM" not in (await client.account()).balances:
                        await asyncio.sleep(0.2)
                options = {"horizon": horizon, "account": wallet["account"], "amount": "20", "from": vault}
                async with started("receive", **options) as waiting:
                    await waiting()
                    receipt = await client.withdraw("XLM", "20", wallet["account"])
                    await receipt.final(timeout=30)
                    received = (await waiting())["received"]
            assert (received["from"], received["amount"]) == (vault, "20.0000000")
            assert (await line())["transaction_hash"] == received["transaction_hash"]
        found = await run("account", horizon=horizon, account=wallet["account"])
        assert found["balances"] == {"native": "9969.9999900"}
    finally:
        await sandbox.stop()
