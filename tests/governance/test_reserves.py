"""The vault is compared with what is owed after every ledger; what is missing is found, shown and suspended.

The tests build on each other; each leaves the vault with what is owed again.
"""

import json
from dataclasses import replace

import pytest
from stellar_sdk import Asset, ChangeTrust, Clawback, Payment, SetOptions, SetTrustLineFlags
from stellar_sdk.operation.set_options import AuthorizationFlag
from stellar_sdk.operation.set_trust_line_flags import TrustLineFlags

from constellation.node.keys import write_key_file
from constellation.protocol.amounts import ONE
from constellation.protocol.signing import KeyPair
from constellation.sdk import ExchangeError
from tests.governance.stage import Stage, eventually

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def traders() -> list[KeyPair]:
    return []


async def all_is_well(stage: Stage) -> bool:
    return all([(await stage.status(node))["reserves_ok"] is True for node in stage.sandbox.auditors])


async def test_a_healthy_vault_is_found_healthy_and_can_be_proven(stage: Stage, traders: list[KeyPair]) -> None:
    traders += [await stage.trader(), await stage.trader()]
    expected = {"vault": "100.0000000", "owed": "100.0000000", "difference": "0.0000000", "ok": True}

    async def is_as_expected() -> bool:
        return expected.items() <= (await stage.reserve("USD")).items()

    await eventually(is_as_expected)
    assert (await stage.reserve("USD"))["ledger"] > 1
    await stage.decide("settings", "--set", "limits.open_orders=199")  # a checkpoint with everything
    proof = stage.sandbox.directory / "proof.json"
    arguments = ["--url", stage.sandbox.client_url, "--horizon-url", stage.sandbox.horizon_url, *stage.settings_option]
    path = stage.sandbox.directory / "keys" / "holder.seed"
    write_key_file(path, traders[0])
    result = await stage.command(
        "prove-reserves", *arguments, "--account-key-file", str(path), "--output", str(proof), "--json"
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["totals"] == {"XLM": "200.0000000", "USD": "100.0000000"}
    assert [item["difference"] for item in found["reserves"]] == ["0.0000000", "0.0000000"]
    assert found["balances"]["USD"]["total"] == "50.0000000"
    result = await stage.command("verify-balance", str(proof), *stage.settings_option, "--json")
    assert json.loads(result.output)["balances"]["XLM"]["total"] == "100.0000000"
    result = await stage.command("verify-balance", str(proof), *stage.settings_option)
    assert f"account {traders[0].address}" in result.output
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


async def test_what_is_missing_suspends_its_asset_and_nothing_else(stage: Stage, traders: list[KeyPair]) -> None:
    stage.steal("USD", 1)

    async def is_suspended() -> bool:
        return await stage.suspensions() == {"USD": "RESERVES_DIFFER"}

    await eventually(is_suspended)
    assert (await stage.reserve("USD"))["problem"] == "0.0000001 less in the vault than owed"
    async with stage.client(traders[0]) as client:
        with pytest.raises(ExchangeError, match="SUSPENDED_ASSET"):
            await client.pay(traders[1].address, "USD", "1")
        await client.pay(traders[1].address, "XLM", "1")
        await client.withdraw("XLM", "1", traders[0].address)

        async def is_paid() -> bool:
            return not (await client.account()).withdrawals

        await eventually(is_paid)
    await stage.decide("settings", "--set", "limits.open_orders=198")
    result = await stage.command(
        "prove-reserves", "--url", stage.sandbox.client_url, "--horizon-url", stage.sandbox.horizon_url,
        *stage.settings_option,
    )  # fmt: skip
    assert result.exit_code == 1
    assert "0.0000001 less in the vault than owed" in result.output
    assert "suspended: RESERVES_DIFFER" in result.output


async def test_to_resume_too_early_is_undone_and_afterwards_it_stays(stage: Stage) -> None:
    await stage.decide("resume", "USD")

    async def is_suspended_again() -> bool:
        return await stage.suspensions() == {"USD": "RESERVES_DIFFER"}

    await eventually(is_suspended_again)
    stage.steal("USD", -1)
    await eventually(lambda: all_is_well(stage))

    async def can_be_resumed() -> bool:
        key_file = str(stage.sandbox.directory / "keys" / "auditor-1.seed")
        result = await stage.command(
            "propose", "resume", "USD", "--url", stage.sandbox.client_url, "--key-file", key_file, "--yes",
            *stage.settings_option,
        )  # fmt: skip
        return result.exit_code == 0

    await eventually(can_be_resumed)
    (item,) = (await stage.status("alpha"))["proposals"]
    await stage.sign(item["hash"])
    assert await stage.suspensions() == {}


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
    await eventually(lambda: all_is_well(stage))
    await stage.decide("settings", "--set", "limits.open_orders=197")
    await stage.decide("resume", "USD")
    assert await stage.suspensions() == {}


async def test_a_vault_that_a_stranger_could_move_suspends_everything(stage: Stage) -> None:
    account = stage.sandbox._ledger.ledger.state.account(stage.sandbox.vault_address)
    assert account is not None
    account.master_weight = 1

    async def everything_is_suspended() -> bool:
        return await stage.suspensions() == {"native": "RESERVES_DIFFER", "USD": "RESERVES_DIFFER"}

    await eventually(everything_is_suspended)
    assert "can still be moved by its master key" in (await stage.reserve("native"))["problem"]
    account.master_weight = 0
    await eventually(lambda: all_is_well(stage))
    await stage.decide("settings", "--set", "limits.open_orders=196")
    await stage.decide("resume", "XLM")
    await stage.decide("resume", "USD")


async def test_a_payment_behind_the_constellations_back_suspends_everything_and_poisons_nothing(
    stage: Stage, traders: list[KeyPair]
) -> None:
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
    await stage.decide("settings", "--set", "limits.open_orders=195")
    await stage.decide("resume", "USD")
    async with stage.client(traders[0]) as client:
        await client.pay(traders[1].address, "USD", "1")
        with pytest.raises(ExchangeError, match="SUSPENDED_ASSET"):
            await client.pay(traders[1].address, "XLM", "1")
    stage.steal("native", -(7 * ONE + 100))
    await eventually(lambda: all_is_well(stage))


async def test_a_clawback_suspends_the_asset_and_shows_the_loss(stage: Stage, traders: list[KeyPair]) -> None:
    issuer, vault = stage.sandbox.keys["issuer"], stage.sandbox.vault_address
    flags = AuthorizationFlag.AUTHORIZATION_REVOCABLE | AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED
    await stage.sandbox.submit(issuer, [SetOptions(set_flags=flags)])
    pound = Asset("GBP", issuer.address)
    listing = f'assets[2]={{"asset": "GBP:{issuer.address}", "minimum_deposit": "0.01"}}'
    await stage.decide("settings", "--set", listing)

    async def is_listed() -> bool:
        return "GBP" not in await stage.suspensions()

    await eventually(is_listed)
    await stage.sandbox.submit(traders[0], [ChangeTrust(pound)])
    await stage.sandbox.submit(issuer, [Payment(traders[0].address, pound, "10")])
    await stage.sandbox.deposit(traders[0], pound, "10")

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
    async with stage.client(traders[0]) as client:
        with pytest.raises(ExchangeError, match="SUSPENDED_ASSET"):
            await client.withdraw("GBP", "1", traders[0].address)
        await client.pay(traders[1].address, "USD", "1")
