"""The official SDK's builders against everything the ledger can do, and its errors against a server that fails."""

import pytest
from stellar_sdk import (
    AccountMerge,
    Asset,
    AuthorizationFlag,
    BumpSequence,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    ClaimPredicate,
    Clawback,
    ClawbackClaimableBalance,
    CreateAccount,
    CreateClaimableBalance,
    Keypair,
    ManageData,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    SetOptions,
    SetTrustLineFlags,
    TransactionBuilder,
    TrustLineFlags,
)
from stellar_sdk.exceptions import BadRequestError, BadResponseError, ConnectionError

from constellation.sandbox import Asset as LedgerAsset
from constellation.sandbox import Conversion
from constellation.sandbox.conversions import Conversions
from tests.sandbox.world import NATIVE

REVOCABLE = AuthorizationFlag.AUTHORIZATION_REVOCABLE
REQUIRED = AuthorizationFlag.AUTHORIZATION_REQUIRED
CLAWBACK = AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED


def records(builder):
    return builder.limit(200).call()["_embedded"]["records"]


def balance(client, keypair, asset):
    for each in client.horizon.accounts().account_id(keypair.public_key).call()["balances"]:
        if (each.get("asset_code"), each.get("asset_issuer")) == (asset.code, asset.issuer):
            return each
    return None


async def test_an_issuer_in_control(session):
    def wallet(client):
        issuer, holder = client.fund(), client.fund()
        usd = Asset("USD", issuer.public_key)
        client.submit(issuer, SetOptions(set_flags=REQUIRED | REVOCABLE | CLAWBACK))
        client.submit(holder, ChangeTrust(usd, "100"))
        pay = Payment(holder.public_key, usd, "40")
        assert client.refused(issuer, pay) == ["op_not_authorized"]
        authorize = SetTrustLineFlags(holder.public_key, usd, set_flags=TrustLineFlags.AUTHORIZED_FLAG)
        client.submit(issuer, authorize, pay)
        assert balance(client, holder, usd)["is_clawback_enabled"]
        client.submit(issuer, Clawback(usd, holder.public_key, "15"))
        assert balance(client, holder, usd)["balance"] == "25.0000000"
        client.submit(holder, CreateClaimableBalance(usd, "5", [Claimant(issuer.public_key)]))
        (claimable,) = records(client.horizon.claimable_balances().for_sponsor(holder.public_key))
        assert claimable["flags"] == {"clawback_enabled": True}
        client.submit(issuer, ClawbackClaimableBalance(claimable["id"]))
        assert records(client.horizon.claimable_balances().for_asset(usd)) == []
        kinds = [each["type"] for each in records(client.horizon.operations().for_claimable_balance(claimable["id"]))]
        assert kinds == ["create_claimable_balance", "clawback_claimable_balance"]
        (asset,) = records(client.horizon.assets().for_code("USD").for_issuer(issuer.public_key))
        assert asset["balances"]["authorized"] == "20.0000000"
        effects = {each["type"] for each in records(client.horizon.effects().for_account(issuer.public_key))}
        assert {"account_flags_updated", "trustline_flags_updated", "claimable_balance_clawed_back"} <= effects

    await session(wallet)


async def test_claimable_balances(session):
    def wallet(client):
        giver, taker = client.fund(), client.fund()
        late = ClaimPredicate.predicate_not(ClaimPredicate.predicate_before_relative_time(3600))
        client.submit(
            giver,
            CreateClaimableBalance(NATIVE, "1", [Claimant(taker.public_key)]),
            CreateClaimableBalance(NATIVE, "2", [Claimant(taker.public_key, late)]),
        )
        now, later = records(client.horizon.claimable_balances().for_claimant(taker.public_key))
        if now["amount"] != "1.0000000":
            now, later = later, now
        client.submit(taker, ClaimClaimableBalance(now["id"]))
        assert client.refused(taker, ClaimClaimableBalance(later["id"])) == ["op_cannot_claim"]
        assert client.refused(taker, ClaimClaimableBalance(now["id"])) == ["op_does_not_exist"]
        found = client.horizon.claimable_balances().claimable_balance(later["id"]).call()
        assert found["sponsor"] == giver.public_key

    await session(wallet)


async def test_path_payments(session, server):
    def wallet(client):
        alice, bob, maker = client.fund(), client.fund(), client.fund()
        usd = Asset("USD", maker.public_key)
        native, dollar = LedgerAsset.parse("native"), LedgerAsset.parse(f"USD:{maker.public_key}")
        server.ledger.conversions = Conversions([Conversion(native, dollar, 1, 4, maker.public_key)])
        client.submit(bob, ChangeTrust(usd))
        sent = client.submit(alice, PathPaymentStrictSend(bob.public_key, NATIVE, "10", usd, "2", []))
        got = client.submit(alice, PathPaymentStrictReceive(bob.public_key, NATIVE, "5", usd, "1", []))
        assert balance(client, bob, usd)["balance"] == "3.5000000"
        (first,) = records(client.horizon.operations().for_transaction(sent["hash"]))
        assert (first["amount"], first["source_amount"], first["destination_min"]) == (
            "2.5000000",
            "10.0000000",
            "2.0000000",
        )
        (second,) = records(client.horizon.operations().for_transaction(got["hash"]))
        assert (second["amount"], second["source_amount"], second["source_max"]) == (
            "1.0000000",
            "4.0000000",
            "5.0000000",
        )
        assert first["source_asset_type"] == "native"
        too_much = PathPaymentStrictSend(bob.public_key, NATIVE, "10", usd, "2.6", [])
        assert client.refused(alice, too_much) == ["op_under_dest_min"]

    await session(wallet)


async def test_fee_bumps_and_preconditions(session):
    def wallet(client):
        alice, payer = client.fund(), client.fund()
        inner = client.build(alice, ManageData("a", "b"))
        outer = TransactionBuilder.build_fee_bump_transaction(payer, 300, inner, client.passphrase)
        outer.sign(payer)
        answer = client.horizon.submit_transaction(outer)
        assert (answer["fee_account"], answer["max_fee"]) == (payer.public_key, "600")
        assert answer["inner_transaction"]["hash"] == inner.hash_hex()
        by_inner = client.horizon.transactions().transaction(inner.hash_hex()).call()
        assert (by_inner["hash"], by_inner["ledger"]) == (inner.hash_hex(), answer["ledger"])
        account = client.horizon.load_account(alice.public_key)
        account.sequence += 5
        builder = TransactionBuilder(account, client.passphrase).append_operation(BumpSequence(0)).set_timeout(60)
        builder.set_min_sequence_number(account.sequence - 5).set_ledger_bounds(1, 0)
        gap = builder.build()
        gap.sign(alice)
        conditions = client.horizon.submit_transaction(gap)["preconditions"]
        assert conditions["min_account_sequence"] == str(account.sequence - 6)
        assert conditions["ledgerbounds"] == {"min_ledger": 1}

    await session(wallet)


async def test_a_merge_is_a_payment_whose_amount_is_in_its_effects(session):
    def wallet(client):
        alice, child = client.fund(), Keypair.random()
        client.submit(alice, CreateAccount(child.public_key, "7"))
        answer = client.submit(child, AccountMerge(alice.public_key))
        *_, merge = records(client.horizon.payments().for_account(alice.public_key))
        assert (merge["type"], merge["transaction_hash"]) == ("account_merge", answer["hash"])
        effects = records(client.horizon.effects().for_operation(merge["id"]))
        assert {each["type"]: each.get("amount") for each in effects} == {
            "account_debited": "6.9999900",
            "account_credited": "6.9999900",
            "account_removed": None,
        }

    await session(wallet)


async def test_ledgers_are_chained(session):
    def wallet(client):
        client.fund()
        ledgers = records(client.horizon.ledgers())
        assert [each["prev_hash"] for each in ledgers[1:]] == [each["hash"] for each in ledgers[:-1]]
        (friendbots,) = records(client.horizon.transactions())
        assert records(client.horizon.transactions().for_ledger(friendbots["ledger"])) == [friendbots]

    await session(wallet)


async def test_what_the_sdk_makes_of_a_server_that_fails(session, server):
    def wallet(client):
        alice = client.fund()
        faults = server.faults
        faults.add("status", path="/accounts/*", status=429, retry_after_s=1)
        with pytest.raises(BadRequestError) as limited:
            client.horizon.load_account(alice.public_key)
        assert limited.value.title == "Rate Limit Exceeded"
        faults.add("status", path="/accounts/*", status=502, body="html")
        with pytest.raises(BadResponseError) as page:
            client.horizon.load_account(alice.public_key)
        assert page.value.type is None
        faults.add("drop", path="/accounts/*", times=2)
        with pytest.raises(ConnectionError):
            client.horizon.load_account(alice.public_key)
        faults.clear()
        faults.add("timeout", moment="after")
        transaction = client.build(alice, ManageData("a", "b"))
        with pytest.raises(BadResponseError) as unknown:
            client.horizon.submit_transaction(transaction)
        assert unknown.value.extras["hash"] == transaction.hash_hex()
        assert client.horizon.submit_transaction(transaction)["successful"]

    await session(wallet)
