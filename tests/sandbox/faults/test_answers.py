"""Faults of the connection and of whole answers, seen by a client."""

import asyncio

import aiohttp
import pytest
from stellar_sdk import Payment, xdr

from tests.sandbox.world import NATIVE, key

ALICE, BOB = (key(name).public_key for name in ("alice", "bob"))


def pay(amount="1"):
    return Payment(BOB, NATIVE, amount)


@pytest.fixture
def faults(site):
    return site.server.faults


async def test_a_dropped_connection(site, faults):
    # A client may repeat a GET by itself when a connection that was used before breaks.
    active = faults.add("drop", path="/ledgers", times=2)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await site.get("/ledgers")
    assert active.struck == 2
    await site.get("/ledgers")


async def test_a_submission_dropped_before_has_no_effect_and_after_has(site, faults):
    faults.add("drop", method="POST", path="/transactions*")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await site.post("/transactions_async", site.envelope("alice", pay()))
    assert len(site.ledger.queue) == 0
    faults.add("drop", method="POST", moment="after")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await site.post("/transactions_async", site.envelope("alice", pay()))
    assert len(site.ledger.queue) == 1


async def test_a_delay(site, faults):
    faults.add("delay", delay_s=0.1)
    loop = asyncio.get_running_loop()
    before = loop.time()
    await site.get("/")
    assert loop.time() - before >= 0.1


async def test_a_status_with_a_problem(site, faults):
    faults.add("status", path="/accounts/*", status=503, times=2)
    for _ in range(2):
        problem = await site.get(f"/accounts/{ALICE}/", 503)
        assert problem["type"] == "https://stellar.org/horizon-errors/service_unavailable"
    await site.get(f"/accounts/{ALICE}")


async def test_a_proxys_page_and_an_empty_answer(site, faults):
    for body, kind, start in (("html", "text/html", b"<html>"), ("empty", "application/octet-stream", b"")):
        faults.add("status", status=502, body=body)
        async with site.session.get(site.server.url + "/") as response:
            text = await response.read()
            assert (response.status, response.content_type) == (502, kind)
            assert text.startswith(start)
            assert bool(text) == bool(start)


async def test_too_many_requests(site, faults):
    faults.add("status", status=429, retry_after_s=7)
    async with site.session.get(site.server.url + "/") as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        assert (await response.json(content_type=None))["type"].endswith("/rate_limit_exceeded")


async def test_a_timeout_before_the_submission_was_looked_at(site, faults):
    faults.add("timeout")
    envelope = site.envelope("alice", pay())
    problem = await site.post("/transactions", envelope, 504)
    assert problem["extras"] == {"hash": envelope.hash_hex(), "envelope_xdr": envelope.to_xdr()}
    assert (await site.server.close_ledger()).transactions == ()


async def test_a_timeout_after_the_transaction_was_included(site, faults):
    faults.add("timeout", moment="after")
    await site.get("/")  # Only a submission can meet it.
    envelope = site.envelope("alice", pay())
    posting = asyncio.create_task(site.post("/transactions", envelope, 504))
    await site.server.close_ledger(pending=1)
    assert (await posting)["type"].endswith("/transaction_submission_timeout")
    assert (await site.get(f"/transactions/{envelope.hash_hex()}"))["successful"]
    assert (await site.post("/transactions", envelope))["successful"]


async def test_an_answer_that_breaks_off(site, faults):
    faults.add("cut", path="/fee_stats")
    with pytest.raises(aiohttp.ClientPayloadError):
        await site.get("/fee_stats")
    await site.get("/fee_stats")


async def test_another_network(site, faults):
    active = faults.add("network", network_passphrase="Elsewhere")
    assert (await site.get("/"))["network_passphrase"] == "Elsewhere"
    faults.remove(active)
    assert (await site.get("/"))["network_passphrase"] == site.ledger.network_passphrase


async def test_envelopes_that_nobody_can_decode(site, faults):
    record = await site.do("alice", pay())
    faults.add("undecodable", times=2)
    for path in (f"/transactions/{record.hash}", f"/accounts/{BOB}/payments?join=transactions&order=desc"):
        body = await site.get(path)
        transaction = body if "envelope_xdr" in body else body["_embedded"]["records"][0]["transaction"]
        for name, kind in (("envelope_xdr", xdr.TransactionEnvelope), ("result_xdr", xdr.TransactionResult)):
            with pytest.raises(ValueError, match=r"is not a valid|exceeds"):
                kind.from_xdr(transaction[name])


async def test_records_twice(site, faults):
    for amount in ("1", "2"):
        await site.do("alice", pay(amount))
    expected = await site.get(f"/accounts/{BOB}/payments")
    faults.add("duplicate", path="/accounts/*/payments")
    page = await site.get(f"/accounts/{BOB}/payments")
    records = expected["_embedded"]["records"]
    assert page["_embedded"]["records"] == [record for record in records for _ in range(2)]
    assert page["_links"] == expected["_links"]


async def test_a_record_is_missing_and_stays_missing(site, faults):
    for amount in ("1", "2", "3"):
        await site.do("alice", pay(amount))
    path = f"/accounts/{BOB}/payments"
    before = await site.get(path)
    gap = faults.add("gap", path="*/payments", times=2, skip=1)
    page = await site.get(path)
    assert page["_embedded"]["records"] == [
        record for i, record in enumerate(before["_embedded"]["records"]) if i in {0, 3}
    ]
    assert page["_links"] == before["_links"]
    assert await site.records(f"{path}?limit=2") == before["_embedded"]["records"][:1]
    # Elsewhere it can be found.
    assert len(await site.records(f"/accounts/{BOB}/operations")) == 4
    faults.remove(gap)
    assert await site.get(path) == before


async def test_gaps_by_chance_are_the_same_for_everybody(site, faults):
    for amount in range(1, 9):
        await site.do("alice", pay(str(amount)))
    faults.add("gap", probability=0.5, seed=3, times=None)
    forwards = await site.records(f"/accounts/{BOB}/payments")
    backwards = await site.records(f"/accounts/{ALICE}/payments?order=desc")
    seen, again = (
        {each["paging_token"] for each in records if each["type"] == "payment"} for records in (forwards, backwards)
    )
    assert seen == again
    assert 0 < len(seen) < 8
