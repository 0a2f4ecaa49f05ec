"""A large withdrawal waits for the auditors' operators: one is approved by a quorum and paid, one given back."""

import json
from decimal import Decimal

import pytest

from constellation.sdk import Client, WithdrawalWithheld
from tests.governance.stage import Stage, eventually

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


async def closed(client: Client, number: int) -> bool:
    return all(item.withdrawal_id != number for item in (await client.account()).withdrawals)


async def listed(stage: Stage) -> list[int]:
    result = await stage.command("withdrawals", "list", "--status-url", stage.sandbox.status_url("auditor-1"), "--json")
    assert result.exit_code == 0, result.output
    return [item["withdrawal"] for item in json.loads(result.output)["withdrawals"]]


async def test_it_waits_is_decided_and_pays_or_is_given_back(stage: Stage) -> None:
    trader = await stage.trader()
    await stage.decide("settings", "--set", "assets[1].approval_above=5")
    async with stage.client(trader) as client:
        receipts = [await client.withdraw("USD", amount, trader.address) for amount in ("6", "7", "5")]
        approved, refused, small = (receipt.apex for receipt in receipts)
        assert [any(isinstance(item, WithdrawalWithheld) for item in receipt.effects) for receipt in receipts] == [
            True, True, False,
        ]  # fmt: skip
        await eventually(lambda: closed(client, small))
        [first, second] = (await client.account()).withdrawals
        assert first.transaction is second.transaction is None
        assert first.approve_until_us is not None
        assert await listed(stage) == [approved, refused]
        await stage.checkpoint()
        output = await stage.withdrawal("approve", approved)
        assert f"approve withdrawal {approved}: 6.0000000 USD:" in output
        assert trader.address in output
        assert "Signed by 1 of the 2" in output
        assert "A quorum has signed" in await stage.withdrawal("approve", approved, auditor=2)
        assert "Signed by 1 of the 2" in await stage.withdrawal("refuse", refused, auditor=3)
        assert "A quorum has signed" in await stage.withdrawal("refuse", refused)
        await eventually(lambda: closed(client, approved))
        await eventually(lambda: closed(client, refused))
        balance = (await client.account()).balances["USD"]
        assert (balance.total, balance.locked) == (Decimal(50 - 5 - 6), 0), "what was refused is theirs again"
        assert "did not wait" in await stage.withdrawal("approve", small, code=3)
    assert await listed(stage) == []


async def test_a_stranger_cannot_approve_and_sees_nothing(stage: Stage) -> None:
    key_file = stage.sandbox.directory / "keys" / "issuer.seed"
    result = await stage.command(
        "withdrawals", "approve", "1", "--url", stage.sandbox.client_url, "--key-file", str(key_file), "--yes",
        *stage.settings_option,
    )  # fmt: skip
    assert result.exit_code == 3
    assert "is not an auditor" in result.output
