"""The official SDK, unmodified, against the server: the synchronous client in a thread, then the asynchronous one."""

import pytest
from stellar_sdk import (
    Asset,
    ChangeTrust,
    Keypair,
    ManageData,
    Payment,
    ServerAsync,
    SetOptions,
    Signer,
    TransactionBuilder,
)
from stellar_sdk.client.aiohttp_client import AiohttpClient
from stellar_sdk.exceptions import (
    BadRequestError,
    BadResponseError,
    NotFoundError,
)
from stellar_sdk.sep.exceptions import AccountRequiresMemoError

from tests.sandbox.world import NATIVE


async def test_reading(session, server):
    def wallet(client):
        alice = client.fund()
        account = client.horizon.load_account(alice.public_key)
        assert account.sequence == int(client.horizon.accounts().account_id(alice.public_key).call()["sequence"])
        assert client.horizon.fetch_base_fee() == 100
        assert client.horizon.fee_stats().call()["max_fee"]["p90"] == "100"
        root = client.horizon.root().call()
        assert root["network_passphrase"] == server.ledger.network_passphrase
        assert root["ingest_latest_ledger"] > 1
        (latest,) = client.horizon.ledgers().order(desc=True).limit(1).call()["_embedded"]["records"]
        assert client.horizon.ledgers().ledger(latest["sequence"]).call()["hash"] == latest["hash"]
        with pytest.raises(NotFoundError):
            client.horizon.load_account(Keypair.random().public_key)

    await session(wallet)


async def test_submitting(session):
    def wallet(client):
        alice, bob = client.fund(), client.fund()
        pay = Payment(bob.public_key, NATIVE, "5")
        transaction = client.build(alice, pay)
        response = client.horizon.submit_transaction(transaction)
        assert response["successful"] is True
        assert response["hash"] == transaction.hash_hex()
        assert response["result_xdr"] == "AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA="
        # The same envelope again has the same answer.
        assert client.horizon.submit_transaction(transaction) == response
        found = client.horizon.transactions().transaction(response["hash"]).call()
        assert found["envelope_xdr"] == transaction.to_xdr()
        (operation,) = client.horizon.operations().for_transaction(response["hash"]).call()["_embedded"]["records"]
        assert (operation["amount"], operation["to"]) == ("5.0000000", bob.public_key)
        assert client.horizon.operations().operation(operation["id"]).call()["id"] == operation["id"]

    await session(wallet)


async def test_refusals(session):
    def wallet(client):
        alice, bob = client.fund(), client.fund()
        pay = Payment(bob.public_key, NATIVE, "5")
        client.submit(alice, pay)
        assert client.refused(alice, pay, signers=[bob]) == "tx_bad_auth"
        assert client.refused(alice, pay, signers=[alice, bob]) == "tx_bad_auth_extra"
        assert client.refused(alice, pay, fee=99) == "tx_insufficient_fee"
        assert client.refused(alice, Payment(bob.public_key, NATIVE, "99999")) == ["op_underfunded"]
        assert client.refused(alice, Payment(Keypair.random().public_key, NATIVE, "1")) == ["op_no_destination"]
        usd = Asset("USD", alice.public_key)
        assert client.refused(alice, Payment(bob.public_key, usd, "1")) == ["op_no_trust"]
        client.submit(bob, ChangeTrust(usd, "10"))
        assert client.refused(alice, Payment(bob.public_key, usd, "11")) == ["op_line_full"]
        account = client.horizon.load_account(alice.public_key)
        builder = TransactionBuilder(account, client.passphrase).append_operation(pay)
        expired = builder.add_time_bounds(0, 1_000_000).build()
        expired.sign(alice)
        with pytest.raises(BadRequestError) as caught:
            client.horizon.submit_transaction(expired)
        assert caught.value.extras["result_codes"] == {"transaction": "tx_too_late"}

    await session(wallet)


async def test_a_bad_sequence_number(session):
    def wallet(client):
        alice = client.fund()
        account = client.horizon.load_account(alice.public_key)
        account.sequence += 7
        pay = Payment(alice.public_key, NATIVE, "1")
        assert client.refused(alice, pay, account=account) == "tx_bad_seq"

    await session(wallet)


async def test_asynchronous_submission(session):
    def wallet(client):
        alice = client.fund()
        transaction = client.build(alice, Payment(alice.public_key, NATIVE, "1"))
        first = client.horizon.submit_transaction_async(transaction)
        assert first == {"tx_status": "PENDING", "hash": transaction.hash_hex()}
        unsigned = client.build(alice, ManageData("a", "b"), signers=[Keypair.random()])
        with pytest.raises((BadRequestError, BadResponseError)):
            client.horizon.submit_transaction_async(unsigned)

    await session(wallet)


async def test_the_memo_check_reads_account_data(session):
    def wallet(client):
        alice, exchange = client.fund(), client.fund()
        client.submit(exchange, ManageData("config.memo_required", "1"))
        with pytest.raises(AccountRequiresMemoError):
            client.submit(alice, Payment(exchange.public_key, NATIVE, "1"))
        # A destination that does not exist stops nothing.
        assert client.refused(alice, Payment(Keypair.random().public_key, NATIVE, "1")) == ["op_no_destination"]

    await session(wallet)


async def test_a_vault_with_a_channel(session):
    def wallet(client):
        vault, channel, bob = client.fund(), client.fund(), client.fund()
        auditors = [Keypair.random() for _ in range(3)]
        signers = [SetOptions(signer=Signer.ed25519_public_key(each.public_key, 1)) for each in auditors]
        thresholds = SetOptions(master_weight=0, low_threshold=2, med_threshold=2, high_threshold=3)
        client.submit(vault, *signers, thresholds)
        account = client.horizon.accounts().account_id(vault.public_key).call()
        assert account["thresholds"] == {"low_threshold": 2, "med_threshold": 2, "high_threshold": 3}
        weights = {each["key"]: each["weight"] for each in account["signers"]}
        assert weights == {vault.public_key: 0, **{each.public_key: 1 for each in auditors}}
        pay = Payment(bob.public_key, NATIVE, "1", source=vault.public_key)
        everybody = [channel, *auditors]
        assert client.refused(channel, pay, signers=everybody) == "tx_bad_auth_extra"
        assert client.refused(channel, pay, signers=everybody[:2]) == ["op_bad_auth"]
        client.submit(channel, pay, signers=everybody[:3])
        signed = client.horizon.accounts().for_signer(auditors[0].public_key).call()["_embedded"]["records"]
        assert [each["id"] for each in signed] == [vault.public_key]

    await session(wallet)


async def test_paging_both_ways(session):
    def wallet(client):
        alice = client.fund()
        for amount in ("1", "2", "3", "4", "5"):
            client.submit(alice, Payment(alice.public_key, NATIVE, amount))
        builder = client.horizon.payments().for_account(alice.public_key).limit(2)
        pages = [builder.call()]
        while pages[-1]["_embedded"]["records"]:
            pages.append(builder.next())
        forwards = [record for page in pages for record in page["_embedded"]["records"]]
        assert [each.get("amount") for each in forwards[1:]] == [f"{n}.0000000" for n in range(1, 6)]
        back = client.horizon.payments().for_account(alice.public_key).order(desc=True).limit(200).call()
        assert back["_embedded"]["records"] == forwards[::-1]
        second = client.horizon.payments().for_account(alice.public_key).cursor(forwards[2]["paging_token"])
        second.limit(2).call()
        assert second.prev()["_embedded"]["records"] == forwards[2:0:-1]

    await session(wallet)


async def test_following_payments_synchronously(session):
    def wallet(client):
        alice = client.fund()
        for amount in ("1", "2"):
            client.submit(alice, Payment(alice.public_key, NATIVE, amount))
        stream = client.horizon.payments().for_account(alice.public_key).cursor("0").stream()
        seen = [next(stream)["type"] for _ in range(3)]
        stream.close()
        assert seen == ["create_account", "payment", "payment"]

    await session(wallet)


async def test_the_asynchronous_client(server):
    pytest.importorskip("aiohttp_sse_client", reason="the SDK's optional dependency for asynchronous clients")
    async with AiohttpClient() as http:
        horizon = ServerAsync(server.url, http)
        alice = Keypair.random()
        response = await http.get(f"{server.url}/friendbot", {"addr": alice.public_key})
        assert response.status_code == 200
        assert await horizon.fetch_base_fee() == 100
        account = await horizon.load_account(alice.public_key)
        builder = TransactionBuilder(account, server.ledger.network_passphrase)
        transaction = builder.append_payment_op(alice.public_key, NATIVE, "1").set_timeout(30).build()
        transaction.sign(alice)
        assert (await horizon.submit_transaction(transaction))["successful"]
        kinds = []
        # With a limit of one, the client must come back for the second record by its last cursor.
        stream = horizon.payments().for_account(alice.public_key).cursor("0").limit(1).stream()
        async for record in stream:
            kinds.append(record["type"])
            if len(kinds) == 2:
                break
        await stream.aclose()
        assert kinds == ["create_account", "payment"]
