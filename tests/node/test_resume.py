"""Clients of real processes resume over kills and lost disks, and prove what they own."""

import asyncio
import shutil

import pytest
from stellar_sdk import Asset

from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client, Event

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]


async def collect(client: Client, last: int) -> list[tuple[int, int, object]]:
    """Number, batch and effects of all events up to number ``last``."""
    found: list[tuple[int, int, object]] = []
    async with asyncio.timeout(30):
        async for event in client.events():
            assert isinstance(event, Event)
            found.append((event.first_number, event.batch, event.effects))
            if event.last_number >= last:
                break
    return found


async def whole_history(sandbox: Sandbox, trader: KeyPair) -> list[tuple[int, int, object]]:
    async with Client(sandbox.client_url, sandbox.settings, trader, after=0) as client:
        return await collect(client, (await client.account()).effect_number)


async def test_history_survives_a_kill_and_a_lost_disk_of_alpha(sandbox: Sandbox) -> None:
    trader = await sandbox.new_trader("1000")
    async with Client(sandbox.client_url, sandbox.settings, trader, after=0) as client:
        await sandbox.deposit(trader, Asset.native(), "500")
        async with asyncio.timeout(30):
            while not (await client.account()).exists:
                await asyncio.sleep(0.05)
        for price in range(1, 6):
            receipt = await client.create_order("XLM/USD", "sell", f"0.{price}", 10)
        await receipt.final(timeout=20)
        account = await client.account()
        before = await whole_history(sandbox, trader)
        await sandbox.kill_node("alpha")
        shutil.rmtree(sandbox.data_directory("alpha"))
        await sandbox.start_node("alpha")
        await sandbox.ready("alpha")
        assert await whole_history(sandbox, trader) == before, "fetched from an auditor, with its effects"
        proven = await client.prove_account()
        assert proven.value is not None
        assert proven.value.balances == account.balances, "the batch that opened the epoch is a checkpoint"
        assert len(proven.auditors) >= 2
        assert [event for event in before if event[0] <= account.effect_number] == before
        order = await client.prove_order(receipt.order_id)
        assert order.value.remaining == 10
        after = await client.create_order("XLM/USD", "sell", "0.9", 10)
        assert after.first_number == account.effect_number + 1
