"""The vault is compared with what is owed after every ledger; what is missing is found, shown and suspended.

Each test leaves the vault with what is owed again, and nothing suspended.
"""

import json
from dataclasses import replace

import pytest
from stellar_sdk import Asset, ChangeTrust, Clawback, Payment, SetOptions, SetTrustLineFlags
from stellar_sdk.operation.set_options import AuthorizationFlag
from stellar_sdk.operation.set_trust_line_flags import TrustLineFlags

from constellation.node.keys import write_key_file
from constellation.protocol.amounts import ONE, format_amount
from constellation.sdk import ExchangeError
from tests.governance.stage import Stage, eventually

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


async def resume(stage: Stage, *assets: str) -> None:
    """When the vault has everything again, let a quorum resume what was suspended."""
    await eventually(lambda: all_is_well(stage))
    await stage.checkpoint()
    for asset in assets:
        await stage.decide("resume", asset)
    assert await stage.suspensions() == {}


async def all_is_well(stage: Stage) -> bool:
    return all([(await stage.status(node))["reserves_ok"] is True for node in stage.sandbox.auditors])


async def test_a_healthy_vault_is_found_healthy_and_can_be_proven(stage: Stage) -> None:
    holder = await stage.trader()

    async def is_all_there() -> bool:
        held, reserve = (await stage.status("auditor-1"))["held"], await stage.reserve("USD")
        return reserve.get("vault") == reserve.get("owed") == format_amount(held[1]) and reserve["ok"] is True

    await eventually(is_all_there)
    assert (await stage.reserve("USD"))["difference"] == "0.0000000"
    await stage.checkpoint()
    proof = stage.sandbox.directory / "proof.json"
    arguments = ["--url", stage.sandbox.client_url, "--horizon-url", stage.sandbox.horizon_url, *stage.settings_option]
    path = stage.sandbox.directory / "keys" / "holder.seed"
    write_key_file(path, holder)
    result = await stage.command(
        "prove-reserves", *arguments, "--account-key-file", str(path), "--output", str(proof), "--json"
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert {item["difference"] for item in found["reserves"]} == {"0.0000000"}
    assert [item["owed"] for item in found["reserves"]] == list(found["totals"].values())
    assert found["balances"]["USD"]["total"] == "50.0000000"
    result = await stage.command("verify-balance", str(proof), *stage.settings_option, "--json")
    assert json.loads(result.output)["balances"]["XLM"]["total"] == "100.0000000"
    result = await stage.command("verify-balance", str(proof), *stage.settings_option)
    assert f"account {holder.address}" in result.output
    proof.write_text(proof.read_text().replace("AAAAB", "AAAAC", 1))
    result = await stage.command("verify-balance", str(proof), *stage.settings_option)
    assert result.exit_code == 1


async def test_money_beyond_what_is_owed_is_told_and_suspends_nothing(stage: Stage) -> None:
    stage.steal("native", -3 * ONE)

    async def is_told() -> bool:
        return (await stage.reserve("native"))["problem"] == "3.0000000 more in the vault than owed"

    await eventually(is_told)
    ledger = (await stage.reserve("native"))["ledger"]

    async def ledgers_pass() -> bool:
        return (await stage.reserve("native"))["ledger"] > ledger + 5

    await eventually(ledgers_pass)
    assert await stage.suspensions() == {}
    assert (await stage.status("alpha"))["proposals"] == []
    stage.steal("native", 3 * ONE)
    await eventually(lambda: all_is_well(stage))


async def test_what_is_missing_suspends_its_asset_alone_as_long_as_it_is_missing(stage: Stage) -> None:
    payer, receiver = await stage.traders()
    stage.steal("USD", 1)

    async def is_suspended() -> bool:
        return await stage.suspensions() == {"USD": "RESERVES_DIFFER"}

    async def is_shown() -> bool:  # two other auditors are enough to suspend
        return (await stage.reserve("USD"))["problem"] == "0.0000001 less in the vault than owed"

    await eventually(is_suspended)
    await eventually(is_shown)
    async with stage.client(payer) as client:
        with pytest.raises(ExchangeError, match="SUSPENDED_ASSET"):
            await client.pay(receiver.address, "USD", "1")
        await client.pay(receiver.address, "XLM", "1")
        await client.withdraw("XLM", "1", payer.address)

        async def is_paid() -> bool:
            return not (await client.account()).withdrawals

        await eventually(is_paid)
    await stage.checkpoint()
    result = await stage.command(
        "prove-reserves", "--url", stage.sandbox.client_url, "--horizon-url", stage.sandbox.horizon_url,
        *stage.settings_option,
    )  # fmt: skip
    assert result.exit_code == 1
    assert "0.0000001 less in the vault than owed" in result.output
    assert "suspended: RESERVES_DIFFER" in result.output
    await stage.decide("resume", "USD")
    await eventually(is_suspended)
    stage.steal("USD", -1)
    await resume(stage, "USD")


async def test_one_auditor_whose_horizon_lies_changes_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    network = stage.sandbox.running["auditor-3"]._reserves._network  # type: ignore[union-attr]
    honest = network.account

    async def lying(address: str) -> object:
        found = await honest(address)
        balances = tuple(replace(item, amount=item.amount - 5) for item in found.balances)
        return replace(found, balances=balances)

    monkeypatch.setattr(network, "account", lying)

    async def it_complains() -> bool:
        return len((await stage.status("alpha"))["proposals"]) == 2

    await eventually(it_complains)
    signers = [item["signed_by"] for item in (await stage.status("alpha"))["proposals"]]
    assert signers == [[stage.sandbox.keys["auditor-3"].address]] * 2
    assert await stage.suspensions() == {}
    assert (await stage.status("auditor-1"))["reserves_ok"] is True
    assert (await stage.status("auditor-3"))["reserves_ok"] is False
    monkeypatch.undo()
    await eventually(lambda: all_is_well(stage))


async def test_a_frozen_trust_line_suspends_the_asset_and_auditors_can_be_restarted_meanwhile(stage: Stage) -> None:
    issuer, vault, dollar = stage.sandbox.keys["issuer"], stage.sandbox.vault_address, stage.sandbox.dollar
    await stage.sandbox.submit(issuer, [SetOptions(set_flags=AuthorizationFlag.AUTHORIZATION_REVOCABLE)])
    frozen = SetTrustLineFlags(vault, dollar, clear_flags=TrustLineFlags.AUTHORIZED_FLAG)
    await stage.sandbox.submit(issuer, [frozen])

    async def is_suspended() -> bool:
        return await stage.suspensions() == {"USD": "NOT_AUTHORIZED"}

    await eventually(is_suspended)

    async def is_shown() -> bool:
        problem = (await stage.reserve("USD")).get("problem")
        return problem == "the issuer has not authorized the vault to hold it"

    await eventually(is_shown)
    await stage.sandbox.kill_node("auditor-1")
    await stage.sandbox.bring_back()
    await eventually(is_shown)
    thawed = SetTrustLineFlags(vault, dollar, set_flags=TrustLineFlags.AUTHORIZED_FLAG)
    await stage.sandbox.submit(issuer, [thawed])
    await resume(stage, "USD")


async def test_a_vault_that_a_stranger_could_move_suspends_everything(stage: Stage) -> None:
    account = stage.sandbox._ledger.ledger.state.account(stage.sandbox.vault_address)
    assert account is not None
    account.master_weight = 1

    async def everything_is_suspended() -> bool:
        return await stage.suspensions() == {"native": "RESERVES_DIFFER", "USD": "RESERVES_DIFFER"}

    async def is_shown() -> bool:  # two other auditors are enough to suspend
        return "can still be moved by its master key" in ((await stage.reserve("native"))["problem"] or "")

    await eventually(everything_is_suspended)
    await eventually(is_shown)
    account.master_weight = 0
    await resume(stage, "XLM", "USD")


async def test_a_payment_behind_the_constellations_back_suspends_everything_and_poisons_nothing(stage: Stage) -> None:
    payer, receiver = await stage.traders()
    thief = await stage.sandbox.new_trader("1")
    await stage.move_vault(Payment(thief.address, Asset.native(), "7"))

    async def everything_is_suspended() -> bool:
        expected = "UNKNOWN_VAULT_TRANSACTION"
        return await stage.suspensions() == {"native": expected, "USD": expected}

    await eventually(everything_is_suspended)

    async def the_loss_is_shown() -> bool:
        # The vault paid the fee, too: as the transaction's source.
        return (await stage.reserve("native")).get("problem") == "7.0000100 less in the vault than owed"

    await eventually(the_loss_is_shown)
    assert (await stage.reserve("USD"))["ok"] is True
    await stage.checkpoint()
    await stage.decide("resume", "USD")
    async with stage.client(payer) as client:
        await client.pay(receiver.address, "USD", "1")
        with pytest.raises(ExchangeError, match="SUSPENDED_ASSET"):
            await client.pay(receiver.address, "XLM", "1")
    stage.steal("native", -(7 * ONE + 100))
    await resume(stage, "XLM")


async def test_a_clawback_suspends_the_asset_and_shows_the_loss(stage: Stage) -> None:
    holder, receiver = await stage.traders()
    issuer, vault = stage.sandbox.keys["issuer"], stage.sandbox.vault_address
    flags = AuthorizationFlag.AUTHORIZATION_REVOCABLE | AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED
    await stage.sandbox.submit(issuer, [SetOptions(set_flags=flags)])
    pound = Asset("GBP", issuer.address)
    listing = f'assets[2]={{"asset": "GBP:{issuer.address}", "minimum_deposit": "0.01", "approval_above": "0"}}'
    await stage.decide("settings", "--set", listing)

    async def is_listed() -> bool:
        return "GBP" not in await stage.suspensions()

    await eventually(is_listed)
    await stage.sandbox.submit(holder, [ChangeTrust(pound)])
    await stage.sandbox.submit(issuer, [Payment(holder.address, pound, "10")])
    await stage.sandbox.deposit(holder, pound, "10")

    async def has_arrived() -> bool:
        return (await stage.reserve("GBP")).get("owed") == "10.0000000"

    await eventually(has_arrived)
    await stage.sandbox.submit(issuer, [Clawback(pound, vault, "4")])

    async def is_suspended() -> bool:
        return (await stage.suspensions()).get("GBP") == "CLAWED_BACK"

    await eventually(is_suspended)

    async def the_loss_is_shown() -> bool:
        return (await stage.reserve("GBP")).get("problem") == "4.0000000 less in the vault than owed"

    await eventually(the_loss_is_shown)
    async with stage.client(holder) as client:
        with pytest.raises(ExchangeError, match="SUSPENDED_ASSET"):
            await client.withdraw("GBP", "1", holder.address)
        await client.pay(receiver.address, "USD", "1")
    stage.steal("GBP", -4 * ONE)
    await resume(stage, "GBP")
