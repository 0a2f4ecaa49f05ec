"""Settings change by decisions of the auditors, while everything runs; and everybody follows them.

One life of a constellation, step by step: at the end, history with four changes of settings in it is exported, verified
and planned to be refunded.
"""

import json
import shutil
from typing import Any

import pytest
from stellar_sdk import Asset, ChangeTrust, Payment

from constellation.node.keys import new_key_pair
from constellation.protocol.settings_json import settings_to_json
from constellation.protocol.strkey import encode_public_key
from constellation.sdk import Client, ExchangeError
from tests.governance.stage import Stage, eventually, has_balance, hash_in

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

NEW_MARKET = {
    "base": 2, "quote": 1, "price_decimals": 4, "tick": 1, "lot": "0.001", "minimum_notional": "0.1",
    "maker_fee_ppm": 0, "taker_fee_ppm": 0, "status": "MARKET_OPEN", "price_band_ppm": 0,
}  # fmt: skip


def euro(stage: Stage) -> Asset:
    return Asset("EUR", stage.sandbox.keys["issuer"].address)


async def has_version(client: Client, version: int) -> bool:
    return client.settings_version == version


async def is_resumed(stage: Stage) -> bool:
    return (await stage.status("alpha"))["suspensions"] == []


async def a_quorum_halts_a_market_and_connected_clients_learn_it(stage: Stage) -> None:
    trader = await stage.trader()
    async with stage.client(trader) as client:
        output = await stage.propose("settings", "--set", "markets[0].status=MARKET_HALTED")
        assert "markets[0].status: MARKET_OPEN -> MARKET_HALTED" in output
        assert "Signed by 1 of the 2" in output
        await client.create_order("XLM/USD", "sell", "1", "10")
        assert "A quorum has signed" in await stage.sign(hash_in(output))
        with pytest.raises(ExchangeError, match="HALTED"):
            await client.create_order("XLM/USD", "sell", "1", "10")
        await eventually(lambda: has_version(client, 1))
        assert client.market("XLM/USD").status.name == "MARKET_HALTED"
        proof = await client.prove_account()
        assert proof.value is not None
    await stage.all_have("settings_version", 1)


async def a_new_asset_and_market_are_listed_and_traded(stage: Stage) -> None:
    trader, euros = await stage.trader(), euro(stage)
    issuer = stage.sandbox.keys["issuer"]
    async with stage.client(trader) as client:
        listing = f"EUR:{issuer.address}"
        await stage.decide(
            "settings",
            "--set", "markets[0].status=MARKET_OPEN",
            "--set", f'assets[2]={{"asset": "{listing}", "minimum_deposit": "0.01", "approval_above": "0"}}',
            "--set", f"markets[1]={json.dumps(NEW_MARKET)}",
        )  # fmt: skip
        await eventually(lambda: has_version(client, 2))
        assert client.assets == ("XLM", "USD", "EUR")
        assert client.market("EUR/USD").status.name == "MARKET_OPEN"
        await eventually(lambda: is_resumed(stage))
        await stage.sandbox.submit(trader, [ChangeTrust(euros)])
        await stage.sandbox.submit(issuer, [Payment(trader.address, euros, "30")])
        await stage.sandbox.deposit(trader, euros, "20")
        await eventually(lambda: has_balance(client, "EUR"))
        receipt = await client.create_order("EUR/USD", "sell", "1.1", "5")
        assert (await receipt.final()).auditors
    await stage.all_have("settings_version", 2)


async def a_new_client_with_the_settings_of_genesis_learns_those_in_force_before_it_is_open(stage: Stage) -> None:
    async with stage.client(new_key_pair()) as client:
        assert client.settings_version == 2
        assert client.assets == ("XLM", "USD", "EUR")
        assert await client.learn_settings() == client.settings


async def a_client_that_knows_no_such_asset_yet_is_told_of_it_all_the_same(
    stage: Stage,
) -> None:
    """What alpha pushes about a new asset may come before the client knows it."""
    receiver, payer = await stage.trader(), await stage.trader()
    async with stage.client(payer) as client:
        await stage.sandbox.submit(payer, [ChangeTrust(euro(stage))])
        await stage.sandbox.submit(stage.sandbox.keys["issuer"], [Payment(payer.address, euro(stage), "9")])
        await stage.sandbox.deposit(payer, euro(stage), "9")
        await eventually(lambda: has_balance(client, "EUR"))
        async with stage.client(receiver) as late:
            late._connection.catalogue.update(late._connection._session.keeper._genesis)
            late._connection._session.keeper.settings = late._connection._session.keeper._genesis
            late._connection._session.keeper.version = 0
            await client.pay(receiver.address, "EUR", "2")
            event = await anext(aiter(late.events()))
            assert "EUR" in str(event)
            assert late.settings_version == 2


async def what_cannot_follow_is_refused_with_every_reason(stage: Stage) -> None:
    output = await stage.propose(
        "settings", "--set", "markets[0].tick=2", "--set", "vault_reserve=1", "--set", "limits.fills=0", code=3
    )
    for reason in ("vault_reserve can only be raised", "market 0: tick cannot be changed", "limits.fills must be"):
        assert reason in output
    output = await stage.propose("settings", "--set", "limits.open_order=3", code=3)
    assert "there is no 'open_order'; there are" in output
    assert "nothing to propose" in await stage.propose("settings", "--set", "limits.open_orders=200", code=3)


async def an_edited_document_can_be_proposed(stage: Stage) -> None:
    async with stage.client(new_key_pair()) as client:
        document = settings_to_json(client.settings)
    document["limits"]["open_orders"] = 150
    path = stage.sandbox.directory / "new.json"
    path.write_text(json.dumps(document))
    await stage.decide("settings", str(path))
    await stage.all_have("settings_version", 3)


async def a_proposal_is_listed_survives_alphas_restart_and_is_asked_for(stage: Stage) -> None:
    digest = hash_in(await stage.propose("settings", "--set", "limits.open_orders=120"))
    await stage.sandbox.kill_node("alpha")
    await stage.sandbox.bring_back()
    result = await stage.command("proposals", "--url", stage.sandbox.client_url, *stage.settings_option, "--json")
    (item,) = json.loads(result.output)["proposals"]
    assert item["hash"] == digest
    assert item["does"] == ["change the settings to version 4:", "  limits.open_orders: 150 -> 120"]
    assert item["signed_by"] == [stage.sandbox.keys["auditor-1"].address]
    assert item["needed"] == 2
    result = await stage.command("proposals", "--url", stage.sandbox.client_url, *stage.settings_option)
    assert digest in result.output
    key_file = str(stage.sandbox.directory / "keys" / "auditor-2.seed")
    arguments = ["sign-proposal", digest[:12], "--url", stage.sandbox.client_url, "--key-file", key_file]
    result = await stage.command(*arguments, *stage.settings_option, text="n\n")
    assert result.exit_code == 1, "not confirmed"
    assert "limits.open_orders: 150 -> 120" in result.output
    (status,) = (await stage.status("alpha"))["proposals"]
    assert len(status["signed_by"]) == 1
    result = await stage.command(*arguments, *stage.settings_option, text="y\n")
    assert "A quorum has signed" in result.output
    assert "no proposal is open" in await stage.sign(digest, code=3)
    await stage.all_have("settings_version", 4)


async def only_auditors_propose(stage: Stage) -> None:
    key_file = str(stage.sandbox.directory / "keys" / "issuer.seed")
    result = await stage.command(
        "propose", "settings", "--set", "limits.fills=50", "--url", stage.sandbox.client_url,
        "--key-file", key_file, "--yes", *stage.settings_option,
    )  # fmt: skip
    assert result.exit_code == 3
    assert "is not an auditor of this constellation" in result.output


async def nodes_come_back_with_the_settings_in_force(stage: Stage) -> None:
    """From a checkpoint and the log after it; one auditor from nothing."""
    for node in stage.sandbox.nodes:
        await stage.sandbox.kill_node(node)
    shutil.rmtree(stage.sandbox.data_directory("auditor-3"))
    await stage.sandbox.bring_back()
    await stage.all_have("settings_version", 4)
    roots = await roots_of(stage)
    assert len(roots) == 1
    await stage.trader()


async def roots_of(stage: Stage) -> set[Any]:
    found: set[Any] = set()

    async def agree() -> bool:
        nonlocal found
        found = {((await stage.status(node))["state_root"]) for node in stage.sandbox.nodes}
        return len(found) == 1

    await eventually(agree)
    return found


async def reserves_are_compared_for_all_assets(stage: Stage) -> None:
    async def compared() -> bool:
        status = await stage.status("auditor-1")
        return status["reserves_ok"] is True and len(status["reserves"]) == 3

    await eventually(compared)


async def an_archive_with_changes_in_it_is_verified_and_refunded_from(stage: Stage) -> None:
    for node in stage.sandbox.nodes:
        await stage.sandbox.stop_node(node)
    archive = stage.sandbox.directory / "archive"
    config = str(stage.sandbox.directory / "auditor-1.toml")
    result = await stage.command("export", "--config", config, "--output", str(archive))
    assert result.exit_code == 0, result.output
    result = await stage.command("verify", str(archive), *stage.settings_option, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["settings_version"] == 4
    assert found["settings_in_force"] != found["settings_hash"]
    assert len(found["assets"]) == 3
    result = await stage.command("verify", "--config", config, "--json")
    assert result.exit_code == 0, result.output
    plan = stage.sandbox.directory / "plan.json"
    result = await stage.command("refund-plan", "--config", config, "--output", str(plan))
    assert result.exit_code == 0, result.output
    document = json.loads(plan.read_text())
    assert f"EUR:{encode_public_key(stage.sandbox.keys['issuer'].public)}" in json.dumps(document)


async def test_settings_change_while_everything_runs(stage: Stage) -> None:
    await a_quorum_halts_a_market_and_connected_clients_learn_it(stage)
    await a_new_asset_and_market_are_listed_and_traded(stage)
    await a_new_client_with_the_settings_of_genesis_learns_those_in_force_before_it_is_open(stage)
    await a_client_that_knows_no_such_asset_yet_is_told_of_it_all_the_same(stage)
    await what_cannot_follow_is_refused_with_every_reason(stage)
    await an_edited_document_can_be_proposed(stage)
    await a_proposal_is_listed_survives_alphas_restart_and_is_asked_for(stage)
    await only_auditors_propose(stage)
    await nodes_come_back_with_the_settings_in_force(stage)
    await reserves_are_compared_for_all_assets(stage)
    await an_archive_with_changes_in_it_is_verified_and_refunded_from(stage)
