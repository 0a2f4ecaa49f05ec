"""Alpha, auditors and the ledger as real processes on real sockets."""

import asyncio
import re
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from stellar_sdk import Asset

from constellation.node.sandbox import Sandbox
from constellation.protocol.messages import Code, WithdrawalOutcome
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_seed
from constellation.sdk import Client, ExchangeError, Gap, WithdrawalClosed
from constellation.testing.rest import at_rest

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]

ROOT = Path(__file__).parents[2]


async def deposited(sandbox: Sandbox, trader: KeyPair, client: Client, amounts: dict[str, str]) -> None:
    """Pay into the vault and wait until it is credited."""
    for code, amount in amounts.items():
        asset = Asset.native() if code == "XLM" else sandbox.dollar
        await sandbox.deposit(trader, asset, amount)
        async with asyncio.timeout(30):
            while code not in (await client.account()).balances:
                await asyncio.sleep(0.05)


async def check_books(sandbox: Sandbox) -> None:
    """All state roots are equal, and the vault on the ledger holds what the constellation owes."""
    statuses = await at_rest(sandbox)
    assert len({status["state_root"] for status in statuses.values()}) == 1
    held = statuses["alpha"]["held"]
    assert isinstance(held, list)
    vault = await sandbox.network.account(sandbox.vault_address)
    assert vault is not None
    for asset, settings in enumerate(sandbox.settings.assets):
        balance = vault.balance(settings.identity)
        reserve = sandbox.settings.vault_reserve if settings.identity is None else 0
        assert balance is not None
        assert balance.amount == held[asset] + reserve


async def test_deposit_trade_payment_cancel_and_withdrawal_on_four_nodes(sandbox: Sandbox) -> None:
    alice, bob = await sandbox.new_trader("1000"), await sandbox.new_trader("1000")
    async with (
        Client(sandbox.client_url, sandbox.settings, alice) as alice_client,
        Client(sandbox.client_url, sandbox.settings, bob) as bob_client,
    ):
        await deposited(sandbox, alice, alice_client, {"XLM": "500"})
        await deposited(sandbox, bob, bob_client, {"XLM": "100", "USD": "200"})
        ask = await alice_client.create_order("XLM/USD", "sell", price="0.25", amount="300")
        bid = await bob_client.create_order("XLM/USD", "buy", price="0.26", amount="120")
        assert len((await bid.final(timeout=20)).auditors) >= 2
        await (await alice_client.cancel_order(ask.order_id)).final(timeout=20)
        await (await alice_client.pay(bob.address, "XLM", "25.5")).final(timeout=20)
        with pytest.raises(ExchangeError) as refused:
            await alice_client.pay(bob.address, "XLM", "100000")
        assert refused.value.code is Code.INSUFFICIENT_FUNDS
        withdrawal = await bob_client.withdraw("USD", "150", bob.address, memo="thanks")
        await withdrawal.final(timeout=20)
        assert await outcome(bob_client) is WithdrawalOutcome.PAID
        account = await bob_client.account()
        assert account.balances["USD"].total == Decimal("20")
        assert account.balances["XLM"].total == Decimal("100") + Decimal("119.88") + Decimal("25.5")
    on_ledger = await sandbox.network.account(bob.address)
    assert on_ledger is not None
    dollars = on_ledger.balance(sandbox.settings.assets[1].identity)
    assert dollars is not None
    assert dollars.amount == 950_0000000
    await check_books(sandbox)


async def outcome(client: Client) -> WithdrawalOutcome:
    async with asyncio.timeout(30):
        async for event in client.events():
            for effect in () if isinstance(event, Gap) else event.effects:
                if isinstance(effect, WithdrawalClosed):
                    return effect.outcome
    raise AssertionError("the stream of events ended")


async def test_nodes_that_are_killed_come_back_with_everything_that_was_acknowledged(sandbox: Sandbox) -> None:
    alice = await sandbox.new_trader("1000")
    async with Client(sandbox.client_url, sandbox.settings, alice) as client:
        await deposited(sandbox, alice, client, {"XLM": "500", "USD": "100"})
        kept = await client.create_order("XLM/USD", "sell", price="0.5", amount="10")
        await sandbox.kill_node("auditor-1")
        still = await client.create_order("XLM/USD", "sell", price="0.6", amount="10")
        await still.final(timeout=20)
        await sandbox.kill_node("alpha")
        for name in ("alpha", "auditor-1"):
            await sandbox.start_node(name)
        for name in sandbox.nodes:
            await sandbox.ready(name)
        after = await client.create_order("XLM/USD", "sell", price="0.7", amount="10")
        await after.final(timeout=30)
        account = await client.account()
        assert [order.order_id for order in account.orders] == [kept.apex, still.apex, after.apex]
        await check_books(sandbox)
        epochs = {status.get("epoch") for node, status in (await at_rest(sandbox)).items() if node != "alpha"}
        assert epochs == {2}


async def test_without_a_quorum_alpha_refuses_and_resumes_when_it_is_back(sandbox: Sandbox) -> None:
    alice = await sandbox.new_trader("1000")
    async with Client(sandbox.client_url, sandbox.settings, alice) as client:
        await deposited(sandbox, alice, client, {"XLM": "500"})
        for name in ("auditor-1", "auditor-2"):
            await sandbox.kill_node(name)
        async with asyncio.timeout(20):
            while True:
                try:
                    await client.create_order("XLM/USD", "sell", price="0.5", amount="10")
                except ExchangeError as error:
                    assert error.code is Code.NO_QUORUM
                    break
        await sandbox.start_node("auditor-2")
        async with asyncio.timeout(30):
            while True:
                try:
                    receipt = await client.create_order("XLM/USD", "sell", price="0.5", amount="10")
                    break
                except ExchangeError as error:
                    assert error.code is Code.NO_QUORUM
                    await asyncio.sleep(0.2)
        await receipt.final(timeout=20)


def readme_block(marker: str, language: str) -> str:
    readme = (ROOT / "README.md").read_text()
    return readme.split(f"<!-- {marker} -->\n```{language}\n")[1].split("```")[0]


@pytest.mark.executes("README.md", python=1)
async def test_the_example_in_the_readme_trades(sandbox: Sandbox, tmp_path: Path) -> None:
    alice, bob = await sandbox.new_trader("1000"), await sandbox.new_trader("1000")
    async with (
        Client(sandbox.client_url, sandbox.settings, alice) as alice_client,
        Client(sandbox.client_url, sandbox.settings, bob) as bob_client,
    ):
        await deposited(sandbox, alice, alice_client, {"XLM": "500"})
        await deposited(sandbox, bob, bob_client, {"XLM": "100", "USD": "200"})
    program = tmp_path / "first_trade.py"
    program.write_text(readme_block("example", "python"))
    seeds = [encode_seed(trader.seed) for trader in (alice, bob)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(program), sandbox.client_url, str(sandbox.settings_path), *seeds,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    async with asyncio.timeout(60):
        output, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")
    filled, verified, balances = output.decode().splitlines()
    assert filled.startswith("closed at 0.25 for 10.0000000 USD")
    assert verified.startswith("verified: quantum")
    assert "'USD': '190.0000000'" in balances


def normalized(text: str) -> list[str]:
    """The demo's output without what differs from run to run."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<hash>", text)
    text = re.sub(r"\bG[A-Z2-7]{55}\b", "<key>", text)
    text = re.sub(r"quantum: \d+ in batch \d+", "quantum: <n> in batch <n>", text)
    text = re.sub(r"apex: \d+", "apex: <n>", text)
    text = re.sub(r"signed by auditor-\d(, auditor-\d)+", "signed by <auditors>", text)
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.executes("README.md", console=1)
async def test_the_demo_succeeds_and_prints_what_the_readme_shows() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "constellation.node.cli", "demo",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "160"},
    )  # fmt: skip
    async with asyncio.timeout(120):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert normalized(output.decode()) == normalized(readme_block("demo", "text"))
