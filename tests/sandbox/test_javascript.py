"""The official JavaScript SDK, unmodified, against the server. Slow: it installs the SDK, and starts many processes."""

import json

import pytest
from stellar_sdk import Account, Keypair, ManageData, TransactionBuilder

from tests.sandbox.javascript import DIRECTORY, install, run, started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _sdk():
    install()


@pytest.fixture
async def wallets(server):
    """Two wallets with accounts: a customer's and a vault's."""
    made = [Keypair.random() for _ in range(2)]
    for keypair in made:
        server.ledger.friendbot.request(keypair.public_key)
    await server.close_ledger()
    return [{"account": keypair.public_key, "secret": keypair.secret} for keypair in made]


async def test_a_deposit_and_its_return(server, wallets):
    customer, vault = wallets
    horizon = server.url
    async with started("stream", horizon=horizon, account=vault["account"], count="2") as line:
        assert (await line())["listening"] == vault["account"]
        deposit = await run("deposit", horizon=horizon, secret=customer["secret"], vault=vault["account"], amount="5")
        seen = await line()
        assert (seen["from"], seen["amount"], seen["asset"]) == (customer["account"], "5.0000000", "native")
        assert seen["transaction_hash"] == deposit["hash"]
        record = server.ledger.history.transaction(deposit["hash"])
        assert record.ledger == deposit["ledger"]
        async with started(
            "receive", horizon=horizon, account=customer["account"], amount="2", **{"from": vault["account"]}
        ) as waiting:
            await waiting()
            paid = await run("pay", horizon=horizon, secret=vault["secret"], to=customer["account"], amount="2")
            assert (await waiting())["received"]["transaction_hash"] == paid["hash"]
        assert (await line())["transaction_hash"] == paid["hash"]
        assert await line() == {"seen": 2}
    balances = (await run("account", horizon=horizon, account=customer["account"]))["balances"]
    assert balances == {"native": "9996.9999900"}


async def test_a_stream_that_is_cut_loses_nothing(server, wallets):
    customer, vault = wallets
    async with started("stream", horizon=server.url, account=vault["account"]) as line:
        await line()
        cut = server.faults.add("cut", path="*/payments", times=3)
        paid = await run("deposit", horizon=server.url, secret=customer["secret"], vault=vault["account"], amount="1")
        assert (await line())["transaction_hash"] == paid["hash"]
        await line()
    assert cut.struck == 3


async def test_an_issued_asset_and_refusals(server, wallets):
    issuer, holder = wallets
    horizon, asset = server.url, f"USD:{issuer['account']}"
    to_holder = {"horizon": horizon, "secret": issuer["secret"], "to": holder["account"], "asset": asset}
    failed = await run("pay", exit_code=1, amount="1", **to_holder)
    assert failed["result_codes"] == {"transaction": "tx_failed", "operations": ["op_no_trust"]}
    await run("trust", horizon=horizon, secret=holder["secret"], asset=asset)
    await run("pay", amount="1.5", memo="with a word", **to_holder)
    found = await run("account", horizon=horizon, account=holder["account"])
    assert found["balances"][asset] == "1.5000000"
    missing = await run("account", exit_code=1, horizon=horizon, account=Keypair.random().public_key)
    assert missing["status"] == 404
    assert "missing" in (await run("pay", exit_code=2, horizon=horizon))["error"]


async def test_a_vault_that_wants_memos_gets_no_deposit_without(server, wallets):
    customer, vault = wallets
    keypair = Keypair.from_secret(vault["secret"])
    source = Account(vault["account"], server.ledger.state.peek(vault["account"]).sequence)
    builder = TransactionBuilder(source, server.ledger.network_passphrase)
    transaction = builder.append_operation(ManageData("config.memo_required", "1")).add_time_bounds(0, 0).build()
    transaction.sign(keypair)
    server.ledger.submit(transaction.to_xdr())
    await server.close_ledger()
    options = {"horizon": server.url, "secret": customer["secret"], "amount": "1"}
    refused = await run("deposit", exit_code=1, vault=vault["account"], **options)
    assert "memo" in refused["error"]
    assert await run("pay", to=vault["account"], memo="42", **options)


async def test_a_new_wallet_and_the_network(server):
    wallet = await run("keys")
    assert (await run("friendbot", horizon=server.url, account=wallet["account"]))["successful"]
    found = await run("account", horizon=server.url, account=wallet["account"])
    assert found["balances"] == {"native": "10000.0000000"}
    told = await run("network", horizon=server.url)
    assert told["passphrase"] == server.ledger.network_passphrase
    assert told["base_fee"] == 100


def test_the_lock_file_names_no_registry():
    lock = json.loads((DIRECTORY / "package-lock.json").read_text())
    assert not any("resolved" in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
