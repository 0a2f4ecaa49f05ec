"""The HTTP interface beyond what the SDK asks for."""

import asyncio

import aiohttp
import pytest
from stellar_sdk import (
    AccountMerge,
    Asset,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    CreateClaimableBalance,
    ManageData,
    Payment,
    SetOptions,
    TransactionBuilder,
    xdr,
)

from constellation.sandbox import Ledger, LedgerServer
from tests.sandbox.world import LUMEN, NATIVE, key

ALICE, BOB, ISSUER = (key(name).public_key for name in ("alice", "bob", "issuer"))


def pay(amount="1", destination=BOB):
    return Payment(destination, NATIVE, amount)


async def test_headers(site):
    async with site.session.get(site.server.url + "/") as response:
        assert response.headers["Content-Type"] == "application/hal+json; charset=utf-8"
        assert response.headers["Latest-Ledger"] == str(site.ledger.latest.sequence)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Date" in response.headers
    preflight = {"Access-Control-Request-Headers": "X-Client-Name"}
    async with site.session.options(site.server.url + "/transactions", headers=preflight) as response:
        assert (response.status, response.headers["Access-Control-Allow-Headers"]) == (204, "X-Client-Name")


async def test_health_and_root(site):
    assert await site.get("/health") == {"database_connected": True, "core_up": True, "core_synced": True}
    root = await site.get("/")
    assert root["history_latest_ledger"] == site.ledger.latest.sequence
    assert root["history_elder_ledger"] == 1


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/payments?limit=0", "limit"),
        ("/payments?limit=201", "limit"),
        ("/payments?limit=ten", "limit"),
        ("/payments?order=up", "order"),
        ("/payments?cursor=-1", "cursor"),
        ("/payments?cursor=9223372036854775808", "cursor"),
        ("/effects?cursor=1-x", "cursor"),
        ("/claimable_balances?cursor=x", "cursor"),
        ("/payments?join=accounts", "join"),
        ("/transactions?include_failed=maybe", "include_failed"),
        ("/accounts/GABC", "account_id"),
        ("/accounts", "filters"),
        ("/accounts?asset=USD", "asset"),
        ("/assets?asset_issuer=x", "asset_issuer"),
        ("/ledgers/4294967296", "ledger_id"),
        ("/operations/x", "id"),
        ("/transactions/abc", "tx_id"),
        ("/friendbot?addr=x", "addr"),
    ],
)
async def test_bad_requests(site, path, field):
    problem = await site.get(path, 400)
    assert problem["type"] == "https://stellar.org/horizon-errors/bad_request"
    assert problem["extras"]["invalid_field"] == field
    assert problem["extras"]["reason"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        f"/accounts/{key('nobody').public_key}",
        f"/accounts/{key('nobody').public_key}/payments",
        f"/accounts/{ALICE}/data/none",
        "/transactions/" + "0" * 64,
        "/transactions/" + "0" * 64 + "/operations",
        f"/operations/{2**40}",
        f"/operations/{2**40}/effects",
        "/ledgers/1000",
        "/claimable_balances/00",
    ],
)
async def test_missing_resources(site, path):
    problem = await site.get(path, 404)
    assert problem["title"] == "Resource Missing"


async def test_other_refusals(site):
    await site.get("/payments", 406, headers={"Accept": "image/png"})
    async with site.session.delete(site.server.url + "/payments") as response:
        assert response.status == 405
        assert (await response.json(content_type=None))["status"] == 405
    async with site.session.post(site.server.url + "/transactions", json={"tx": "x"}) as response:
        assert response.status == 415
    async with site.session.post(site.server.url + "/transactions", data={"tx": "A" * 400_000}) as response:
        assert response.status == 413


async def test_a_trailing_slash_makes_no_difference(site):
    assert len(await site.records("/ledgers/")) == len(await site.records("/ledgers"))


async def test_malformed_submissions(site):
    problem = await site.post("/transactions", "AAAA", 400)
    assert problem["type"].endswith("/transaction_malformed")
    assert problem["extras"] == {"envelope_xdr": "AAAA"}
    assert (await site.post("/transactions", "", 400))["extras"]["invalid_field"] == "tx"


async def test_asynchronous_submission(site):
    envelope = site.envelope("alice", pay())
    assert (await site.post("/transactions_async", envelope, 201))["tx_status"] == "PENDING"
    assert (await site.post("/transactions_async", envelope, 409))["tx_status"] == "DUPLICATE"
    other = site.envelope("alice", pay(), sequence_ahead=1)
    assert (await site.post("/transactions_async", other, 503))["tx_status"] == "TRY_AGAIN_LATER"
    error = await site.post("/transactions_async", site.envelope("bob", pay(), signers=()), 400)
    assert error["tx_status"] == "ERROR"
    assert error["error_result_xdr"] == "AAAAAAAAAAD////6AAAAAA=="


@pytest.mark.parametrize(
    ("options", "golden"),
    [
        ({"sequence_ahead": 5}, "AAAAAAAAAAD////7AAAAAA=="),
        ({"signers": ()}, "AAAAAAAAAAD////6AAAAAA=="),
        ({"signers": ("alice", "bob")}, "AAAAAAAAAAD////2AAAAAA=="),
        ({"bounds": (0, 1)}, "AAAAAAAAAAD////9AAAAAA=="),
        ({"base_fee": 1}, "AAAAAAAAAAD////3AAAAAA=="),
    ],
)
async def test_golden_rejections(site, options, golden):
    problem = await site.post("/transactions", site.envelope("alice", pay(), **options), 400)
    assert problem["extras"]["result_xdr"] == golden


async def test_submitting_waits_for_the_ledger(site):
    posting = asyncio.create_task(site.post("/transactions", site.envelope("alice", pay())))
    closed = await site.server.close_ledger(pending=1)
    assert (await posting)["hash"] == closed.transactions[0].hash


async def test_without_a_ledger_the_outcome_is_unknown(site):
    envelope = site.envelope("alice", pay())
    problem = await site.post("/transactions", envelope, 504)
    assert problem["type"].endswith("/transaction_submission_timeout")
    assert problem["extras"] == {"hash": envelope.hash_hex(), "envelope_xdr": envelope.to_xdr()}
    await site.server.close_ledger()
    # It was pending all the time; the same envelope again finds it.
    assert (await site.post("/transactions", envelope))["successful"]


async def test_trying_again_later_looks_like_a_timeout(site):
    site.submit("alice", pay())
    await site.post("/transactions", site.envelope("alice", pay(), sequence_ahead=1), 504)


async def test_an_expired_transaction_is_dropped(site, monkeypatch):
    now = site.ledger.latest.closed_at
    envelope = site.envelope("alice", pay(), bounds=(0, now + 50))
    posting = asyncio.create_task(site.post("/transactions", envelope, 504))
    monkeypatch.setattr(site.server, "_clock", lambda: now + 100)
    closed = await site.server.close_ledger(pending=1)
    assert closed.dropped == (envelope.hash_hex(),)
    await posting
    await site.get(f"/transactions/{envelope.hash_hex()}", 404)


async def test_a_failed_transaction_is_only_listed_on_request(site):
    record = await site.do("alice", pay("100000"))
    problem = await site.post("/transactions", record.envelope.envelope_xdr, 400)
    assert problem["extras"]["result_codes"] == {"transaction": "tx_failed", "operations": ["op_underfunded"]}
    path = f"/accounts/{BOB}/transactions"
    assert record.hash not in {each["hash"] for each in await site.records(path)}
    listed = {each["hash"]: each for each in await site.records(f"{path}?include_failed=true")}
    assert listed[record.hash]["successful"] is False
    (operation,) = await site.records(f"/transactions/{record.hash}/operations")
    assert operation["transaction_successful"] is False
    assert await site.records(f"/ledgers/{record.ledger}/operations") == []


async def test_deposits_are_recognisable_from_the_accounts_transactions(site):
    await site.do("alice", pay("5"), adjust=lambda builder: builder.add_text_memo("for carol"))
    await site.do("alice", AccountMerge(BOB))
    _, payment, merge = await site.records(f"/accounts/{BOB}/transactions?include_failed=true")
    assert (payment["memo_type"], payment["memo"], payment["memo_bytes"]) == ("text", "for carol", "Zm9yIGNhcm9s")
    result = xdr.TransactionResult.from_xdr(merge["result_xdr"]).result.results[0].tr.account_merge_result
    assert result.source_account_balance.int64 == 9_995 * LUMEN - 200
    assert payment["ledger"] < merge["ledger"]
    assert int(payment["paging_token"]) == payment["ledger"] << 32 | 1 << 12


async def test_payments_join_their_transactions(site):
    await site.do("alice", pay("5"), adjust=lambda builder: builder.add_id_memo(2**64 - 1))
    *_, payment = await site.records(f"/accounts/{BOB}/payments?join=transactions")
    assert payment["transaction"]["memo"] == str(2**64 - 1)
    assert payment["transaction"]["hash"] == payment["transaction_hash"]


async def test_links_lead_to_pages(site):
    page = await site.get("/ledgers?limit=2&order=desc&X-Client-Name=sdk")
    first = page["_embedded"]["records"]
    following = await site.get(page["_links"]["next"]["href"].removeprefix(site.server.url))
    assert following["_embedded"]["records"][0]["sequence"] == first[-1]["sequence"] - 1
    back = await site.get(following["_links"]["prev"]["href"].removeprefix(site.server.url))
    assert back["_embedded"]["records"] == first[::-1]


async def test_an_account_in_full(site):
    usd = Asset("USD", ISSUER)
    await site.do("alice", ChangeTrust(usd, "100"), SetOptions(home_domain="example.org"), ManageData("k", "v"))
    account = await site.get(f"/accounts/{ALICE}")
    assert account["home_domain"] == "example.org"
    assert account["data"] == {"k": "dg=="}
    assert account["subentry_count"] == 2
    line, native = account["balances"]
    assert (line["asset_code"], line["limit"], line["is_authorized"]) == ("USD", "100.0000000", True)
    assert native["asset_type"] == "native"
    assert await site.get(f"/accounts/{ALICE}/data/k") == {"value": "dg=="}
    holders = await site.records(f"/accounts?asset=USD:{ISSUER}")
    assert [each["id"] for each in holders] == [ALICE]


async def test_assets(site):
    usd = Asset("USD", ISSUER)
    await site.do("alice", ChangeTrust(usd, "100"))
    await site.do("issuer", Payment(ALICE, usd, "7"))
    (record,) = await site.records("/assets?asset_code=USD")
    assert record["paging_token"] == f"USD_{ISSUER}_credit_alphanum4"
    assert record["balances"]["authorized"] == "7.0000000"
    assert record["accounts"]["authorized"] == 1
    assert await site.records("/assets?asset_code=EUR") == []


async def test_effects(site):
    record = await site.do("alice", pay("5"))
    effects = await site.records(f"/operations/{record.toid + 1}/effects")
    assert [(each["type"], each["account"], each["amount"]) for each in effects] == [
        ("account_credited", BOB, "5.0000000"),
        ("account_debited", ALICE, "5.0000000"),
    ]
    assert await site.records(f"/transactions/{record.hash}/effects") == effects
    *_, last = await site.records(f"/accounts/{BOB}/effects")
    assert last == effects[0]


async def test_the_history_of_a_claimable_balance(site):
    await site.do("alice", CreateClaimableBalance(NATIVE, "1", [Claimant(BOB)]))
    (balance,) = await site.records(f"/claimable_balances?claimant={BOB}")
    await site.do("bob", pay("1", ALICE), ClaimClaimableBalance(balance["id"]))
    await site.get(f"/claimable_balances/{balance['id']}", 404)
    path = f"/claimable_balances/{balance['id']}"
    operations = await site.records(f"{path}/operations")
    assert [each["type"] for each in operations] == ["create_claimable_balance", "claim_claimable_balance"]
    transactions = await site.records(f"{path}/transactions")
    assert [each["hash"] for each in transactions] == [each["transaction_hash"] for each in operations]
    await site.get("/claimable_balances/00/operations", 404)


@pytest.mark.parametrize("path", ["/offers", "/trades", f"/accounts/{ALICE}/offers", "/liquidity_pools"])
async def test_lists_that_stay_empty(site, path):
    assert await site.records(path) == []


async def test_what_came_before_history_is_gone(site):
    for path in ("/ledgers/0", "/operations/1", "/operations/1/effects", f"/ledgers?order=desc&cursor={2**32}"):
        assert (await site.get(path, 410))["title"] == "Data Requested Is Before Recorded History"


async def test_who_waits_for_a_transaction_is_told_when_a_fee_bump_brings_it_in(site):
    inner = site.envelope("alice", pay())
    posting = asyncio.create_task(site.post("/transactions", inner))
    while not len(site.ledger.queue):
        await asyncio.sleep(0.001)
    outer = TransactionBuilder.build_fee_bump_transaction(key("bob"), 2_000, inner, site.ledger.network_passphrase)
    outer.sign(key("bob"))
    site.ledger.submit(outer.to_xdr())
    await site.server.close_ledger()
    answer = await posting
    assert answer["hash"] == inner.hash_hex()
    assert answer["fee_bump_transaction"]["hash"] == outer.hash_hex()


async def test_friendbot(site):
    asking = asyncio.create_task(site.get(f"/friendbot?addr={key('new').public_key}"))
    await site.server.close_ledger(pending=1)
    assert (await asking)["successful"] is True
    problem = await site.get(f"/friendbot?addr={ALICE}", 400)
    assert problem["type"] == "https://stellar.org/friendbot-errors/bad_request"
    assert problem["detail"] == "account already funded to starting balance"


async def test_forgotten_ledgers_are_gone():
    server = LedgerServer(Ledger(history_ledgers_max=2), close_interval_s=None)
    await server.start()
    await server.close_ledger()
    async with aiohttp.ClientSession() as session, session.get(server.url + "/ledgers/1") as response:
        assert response.status == 410
    await server.stop()


async def test_fee_stats(site):
    await site.do("alice", pay(), base_fee=700)
    stats = await site.get("/fee_stats")
    assert stats["last_ledger"] == str(site.ledger.latest.sequence)
    assert (stats["max_fee"]["max"], stats["fee_charged"]["max"]) == ("700", "100")


async def test_an_error_of_the_server_is_told_and_logged(site, monkeypatch, caplog):
    monkeypatch.setattr(site.ledger, "network_passphrase", object())
    problem = await site.get("/", 500)
    assert problem["title"] == "Internal Server Error"
    assert "cannot answer GET /" in caplog.text


@pytest.mark.parametrize("path", ["/transactions", "/transactions_async", "/friendbot"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=x"])
async def test_a_form_that_cannot_be_decoded_is_refused(site, path, kind):
    async with site.session.post(site.server.url + path, data=b"tx=\xa4", headers={"Content-Type": kind}) as response:
        assert response.status == 400
        problem = await response.json(content_type=None)
    assert problem["extras"]["invalid_field"] in ("tx", "addr")


@pytest.mark.parametrize("path", ["/transactions", "/_sandbox/faults"])
async def test_a_body_that_is_not_encoded_as_it_says_is_refused(site, path):
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    async with site.session.post(site.server.url + path, data=b"tx=1", headers=headers) as response:
        assert response.status == 400


@pytest.mark.parametrize("host", ["a:99999", "a:x", "[::"])
async def test_a_name_that_no_server_has_is_refused(site, host):
    async with site.session.get(site.server.url + "/ledgers", headers={"Host": host}) as response:
        assert response.status == 400
