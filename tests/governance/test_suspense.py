"""Deposits that cannot be attributed are kept, shown, proven, and sent back by decision, on the ledger."""

import pytest
from stellar_sdk import Account as StellarAccount
from stellar_sdk import (
    Asset,
    ChangeTrust,
    Claimant,
    CreateClaimableBalance,
    Keypair,
    Payment,
    TransactionBuilder,
)

from constellation.node.keys import new_key_pair
from constellation.node.sandbox import PASSPHRASE
from constellation.protocol.signing import KeyPair
from tests.governance.stage import Stage, eventually

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


async def deposit_with_memo(stage: Stage, trader: KeyPair, amount: str, memo: str) -> None:
    account = await stage.sandbox.network.account(trader.address)
    assert account is not None
    builder = TransactionBuilder(StellarAccount(trader.address, account.sequence), PASSPHRASE, base_fee=100)
    builder.append_operation(Payment(stage.sandbox.vault_address, Asset.native(), amount)).add_text_memo(memo)
    envelope = builder.add_time_bounds(0, 0).build()
    envelope.sign(Keypair.from_raw_ed25519_seed(trader.seed))
    await stage.sandbox.network.submit(envelope.to_xdr())


async def lumens(stage: Stage, trader: KeyPair) -> int:
    account = await stage.sandbox.network.account(trader.address)
    assert account is not None
    balance = account.balance(None)
    assert balance is not None
    return balance.amount


async def test_what_names_nobody_is_too_small_or_opens_nothing_is_kept_and_sent_back(stage: Stage) -> None:
    trader = await stage.trader()
    stranger = await stage.sandbox.new_trader("100")
    await deposit_with_memo(stage, trader, "3", "whose is it?")
    await stage.sandbox.deposit(trader, Asset.native(), "0.0000007")
    await stage.sandbox.deposit(stranger, stage.sandbox.dollar, "5")

    async def are_kept() -> bool:
        return len((await stage.suspense())["suspense"]) == 3

    await eventually(are_kept)
    found = await stage.suspense("--url", stage.sandbox.client_url)
    kept = {entry["reason"]: entry for entry in found["suspense"]}
    assert set(kept) == {"UNKNOWN_ROUTING", "BELOW_MINIMUM_DEPOSIT", "ACCOUNT_NOT_OPEN"}
    assert kept["UNKNOWN_ROUTING"]["amount"] == "3.0000000"
    assert kept["ACCOUNT_NOT_OPEN"]["source"] == stranger.address

    async def are_proven() -> bool:
        entries = (await stage.suspense("--url", stage.sandbox.client_url))["suspense"]
        return all(entry["proven"] == "proven" for entry in entries)

    await stage.decide("settings", "--set", "limits.open_orders=199")  # a decision makes a checkpoint
    await eventually(are_proven)
    before = await lumens(stage, trader)
    await stage.decide("refund", kept["UNKNOWN_ROUTING"]["operation"])
    assert "on its way" in await stage.refused("refund", kept["UNKNOWN_ROUTING"]["operation"])
    await stage.decide("refund", kept["ACCOUNT_NOT_OPEN"]["operation"])

    async def are_sent_back() -> bool:
        return len((await stage.suspense())["suspense"]) == 1

    await eventually(are_sent_back)
    assert await lumens(stage, trader) == before + 30_000_000
    account = await stage.sandbox.network.account(stranger.address)
    assert account is not None
    assert [balance.amount for balance in account.balances if balance.asset is not None] == [1_000_000_000]

    async def reserves_fit() -> bool:
        return (await stage.status("auditor-2"))["reserves_ok"] is True

    await eventually(reserves_fit)


async def test_an_asset_of_another_issuer_is_never_taken_for_the_listed_one(stage: Stage) -> None:
    """The vault has no trust line for it: it cannot even arrive. As a claimable balance it is not claimed."""
    forger, trader = new_key_pair(), await stage.trader()
    await stage.sandbox.network.fund(forger.address)
    false = Asset("USD", forger.address)
    await stage.sandbox.submit(trader, [ChangeTrust(false)])
    await stage.sandbox.submit(forger, [Payment(trader.address, false, "1000")])
    with pytest.raises(RuntimeError, match="op_no_trust"):
        await stage.sandbox.deposit(trader, false, "1000")
    claimant = Claimant(stage.sandbox.vault_address)
    await stage.sandbox.submit(trader, [CreateClaimableBalance(false, "900", [claimant])])
    before = (await stage.status("alpha"))["held"]
    await stage.sandbox.deposit(trader, stage.sandbox.dollar, "1")

    async def has_passed() -> bool:
        return (await stage.status("alpha"))["held"] != before

    await eventually(has_passed)
    assert (await stage.status("alpha"))["held"] == [before[0], before[1] + 10_000_000]
    vault = await stage.sandbox.network.account(stage.sandbox.vault_address)
    assert vault is not None
    assert len(vault.balances) == 2


async def test_what_is_not_in_suspense_cannot_be_refunded(stage: Stage) -> None:
    assert "constellation suspense lists what is" in await stage.propose("refund", "123", code=3)
    assert "no operation of the ledger" in await stage.propose("refund", "0", code=3)
