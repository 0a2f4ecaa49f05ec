"""The Horizon client against the sandbox ledger and against servers that misbehave."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from stellar_sdk import CreateAccount, Keypair, MuxedAccount, Payment, Transaction, TransactionEnvelope

from constellation.protocol.amounts import ONE
from constellation.sandbox import Ledger, LedgerServer
from constellation.stellarlink import (
    FeeStats,
    HistoryGone,
    HorizonNetwork,
    MalformedAnswer,
    NetworkUnavailable,
    RateLimited,
    SubmitStatus,
)
from constellation.stellarlink.horizon import PAGE_MAX
from constellation.stellarlink.toid import ledger_end
from tests.stellarlink.support import LUMEN, OTHER, PASSPHRASE, TRADER


@asynccontextmanager
async def sandbox(**options):
    server = LedgerServer(Ledger(PASSPHRASE), close_interval_s=None, **options)
    await server.start()
    try:
        async with HorizonNetwork(server.url) as network:
            yield server, network
    finally:
        await server.stop()


async def funded(server, network, *key_pairs):
    requests = [asyncio.create_task(network.fund(key_pair.address)) for key_pair in key_pairs]
    await server.close_ledger(pending=len(requests))
    await asyncio.gather(*requests)


async def included(server, network, envelope_xdr):
    request = asyncio.create_task(network.submit(envelope_xdr))
    await server.close_ledger(pending=1)
    return await request


def envelope(source, sequence, *operations, fee=1000):
    transaction = Transaction(MuxedAccount(source.address), sequence, fee, list(operations), v1=True)
    signed = TransactionEnvelope(transaction, PASSPHRASE)
    signed.sign(Keypair.from_raw_ed25519_seed(source.seed))
    return signed


async def test_the_network_tells_who_and_where_it_is():
    async with sandbox() as (server, network):
        info = await network.network()
        assert info.passphrase == PASSPHRASE
        assert (info.oldest_ledger, info.latest_ledger) == (1, 2)
        assert info.latest_closed_at_s == server.ledger.latest.closed_at
        assert (info.base_fee, info.base_reserve) == (100, 5_000_000)


async def test_the_fees_are_told_in_stroops_per_operation():
    async with sandbox() as (server, network):
        assert await network.fee_stats() == FeeStats(server.ledger.latest.sequence, base_fee=100, max_fee_p95=100)


async def test_ledgers_tell_their_hashes():
    async with sandbox() as (server, network):
        await server.close_ledger()
        first, second = (await network.ledgers(1, 200))[-2:]
        assert second.previous_hash == first.hash
        assert first.hash != second.hash


async def test_friendbot_funds_an_account_once():
    async with sandbox() as (server, network):
        assert await network.account(TRADER.address) is None
        await funded(server, network, TRADER)
        account = await network.account(TRADER.address)
        assert account.balance(None).amount == 10_000 * ONE
        assert account.sequence == server.ledger.latest.sequence << 32
        assert account.signers == {TRADER.address: 1}
        assert account.latest_ledger == server.ledger.latest.sequence
        assert account.last_modified_ledger == server.ledger.latest.sequence
        await network.fund(TRADER.address)


async def test_ledgers_come_in_order_after_a_given_one():
    async with sandbox() as (server, network):
        for _ in range(5):
            await server.close_ledger()
        assert [record.sequence for record in await network.ledgers(0, 200)] == [1, 2, 3, 4, 5, 6, 7]
        assert [record.sequence for record in await network.ledgers(4, 2)] == [5, 6]
        assert await network.ledgers(7, 200) == []


async def test_a_submission_and_what_history_says_of_it():
    async with sandbox() as (server, network):
        await funded(server, network, TRADER, OTHER)
        sequence = (await network.account(TRADER.address)).sequence
        good = envelope(TRADER, sequence + 1, Payment(OTHER.address, LUMEN, "1"))
        assert await network.transaction(good.hash_hex()) is None
        assert (await included(server, network, good.to_xdr())).status is SubmitStatus.INCLUDED
        assert (await network.submit(good.to_xdr())).status is SubmitStatus.INCLUDED  # idempotent
        bad = envelope(TRADER, sequence + 2, Payment(OTHER.address, LUMEN, "99999"))
        failed = await included(server, network, bad.to_xdr())
        assert failed.status is SubmitStatus.FAILED
        assert (failed.transaction_code, failed.operation_codes) == ("tx_failed", ("op_underfunded",))
        page = await network.transactions(TRADER.address, 0, PAGE_MAX)
        assert [record.successful for record in page.records] == [True, True, False]
        assert page.latest_ledger == server.ledger.latest.sequence
        record = page.records[1]
        assert (record.hash, record.source, record.sequence) == (good.hash_hex(), TRADER.address, sequence + 1)
        assert record == await network.transaction(good.hash_hex())
        assert (await network.transactions(TRADER.address, record.toid, 1)).records == (page.records[2],)
        assert (await network.transactions(TRADER.address, ledger_end(record.ledger + 9), 1)).records == ()


async def test_transactions_of_an_account_that_history_does_not_know_are_none():
    async with sandbox() as (_, network):
        assert (await network.transactions(OTHER.address, 0, 200)).records == ()


async def test_a_rejected_submission_has_its_code():
    async with sandbox() as (server, network):
        await funded(server, network, TRADER)
        outcome = await network.submit(envelope(TRADER, 1, Payment(OTHER.address, LUMEN, "1")).to_xdr())
        assert (outcome.status, outcome.transaction_code) == (SubmitStatus.REJECTED, "tx_bad_seq")
        assert "tx_bad_seq" in str(outcome)
        garbage = await network.submit("AAAA")
        assert (garbage.status, garbage.transaction_code) == (SubmitStatus.REJECTED, None)


async def test_a_submission_that_times_out_is_unknown():
    async with sandbox(submission_seconds_max=0.05) as (server, network):
        await funded(server, network, TRADER)
        sequence = (await network.account(TRADER.address)).sequence
        outcome = await network.submit(envelope(TRADER, sequence + 1, CreateAccount(OTHER.address, "5")).to_xdr())
        assert outcome.status is SubmitStatus.UNKNOWN


# --- servers that misbehave -------------------------------------------------------------------------------------------

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def hostile(handler: Handler, **options):
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with HorizonNetwork(f"http://127.0.0.1:{runner.addresses[0][1]}/", **options) as network:
            yield network
    finally:
        await runner.cleanup()


def answering(status: int = 200, body: bytes | str = b"{}", **headers: str) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        content = body.encode() if isinstance(body, str) else body
        return web.Response(status=status, body=content, headers=headers)

    return handler


RECORD = {
    "paging_token": "429496733696",
    "ledger": 100,
    "successful": True,
    "hash": "ab" * 32,
    "source_account": TRADER.address,
    "source_account_sequence": "12",
    "envelope_xdr": "AAAA",
    "result_xdr": "AAAA",
}

QUESTIONS: list[Callable[[HorizonNetwork], Awaitable[object]]] = [
    lambda network: network.network(),
    lambda network: network.account(TRADER.address),
    lambda network: network.ledgers(1, 10),
    lambda network: network.transactions(TRADER.address, 1, 10),
    lambda network: network.transaction("ab" * 32),
    lambda network: network.fee_stats(),
]


async def assert_unavailable(network: HorizonNetwork) -> list[NetworkUnavailable]:
    errors = []
    for ask in QUESTIONS:
        with pytest.raises(NetworkUnavailable) as caught:
            await ask(network)
        errors.append(caught.value)
    assert (await network.submit("AAAA")).status is SubmitStatus.UNKNOWN
    return errors


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, "<html>broken</html>"),
        (502, ""),
        (503, json.dumps({"title": "Stale History"})),
        (504, "{"),
        (302, ""),
        (404, "<html>no such host</html>"),
        (404, json.dumps({"type": "about:blank"})),
    ],
)
async def test_errors_of_the_server_are_unavailable(status, body):
    async with hostile(answering(status, body)) as network:
        await assert_unavailable(network)
        with pytest.raises(NetworkUnavailable):
            await network.fund(TRADER.address)


async def test_too_many_requests_say_how_long_to_wait():
    async with hostile(answering(429, "{}", **{"Retry-After": "17"})) as network:
        errors = await assert_unavailable(network)
        assert [error.retry_after_s for error in errors] == [17.0] * len(errors)
        assert (await network.submit("AAAA")).retry_after_s == 17.0


async def test_too_many_requests_and_removed_history_have_errors_of_their_own():
    for status, kind in ((429, RateLimited), (410, HistoryGone)):
        async with hostile(answering(status, "{}")) as network:
            with pytest.raises(kind):
                await network.transactions(TRADER.address, 1, 10)


async def test_a_short_page_is_no_proof_of_the_end_and_doubles_are_one():
    async with sandbox() as (server, network):
        await funded(server, network, TRADER, OTHER)
        page = await network.transactions(TRADER.address, 0, 200)
        assert page.is_cut
        assert not (await network.transactions(TRADER.address, 0, len(page.records))).is_cut
        assert not (await network.transactions(TRADER.address, page.records[-1].toid, 200)).is_cut
    record = json.dumps(RECORD)
    async with hostile(answering(200, f'{{"_embedded": {{"records": [{record}, {record}]}}}}')) as network:
        assert len((await network.transactions(TRADER.address, 0, 200)).records) == 1


@pytest.mark.parametrize("codes", ['{"transaction": 17}', "{}", '{"transaction": "tx_failed", "operations": [null]}'])
async def test_a_verdict_in_unknown_words_is_an_unknown_outcome(codes):
    kind = "https://stellar.org/horizon-errors/transaction_failed"
    problem = {"type": kind, "extras": {"result_codes": json.loads(codes)}}
    async with hostile(answering(400, json.dumps(problem))) as network:
        assert (await network.submit("AAAA")).status is SubmitStatus.UNKNOWN


@pytest.mark.parametrize("wish", ["-1", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "", "99999999999999"])
async def test_an_odd_wish_to_wait_is_no_wish(wish):
    async with hostile(answering(429, "{}", **{"Retry-After": wish})) as network:
        with pytest.raises(NetworkUnavailable) as caught:
            await network.network()
        assert caught.value.retry_after_s is None


async def test_a_very_long_wish_to_wait_is_cut():
    async with hostile(answering(429, "{}", **{"Retry-After": "999999"})) as network:
        with pytest.raises(NetworkUnavailable) as caught:
            await network.network()
        assert caught.value.retry_after_s == 3600


@pytest.mark.parametrize(
    "body",
    [
        "",
        "garbage",
        "null",
        "[]",
        "17",
        '"text"',
        "{}",
        '{"_embedded": {"records": [{}]}}',
        '{"_embedded": {"records": 5}}',
        "[" * 100_000,
        '{"sequence": ' + "9" * 10_000 + "}",
        b"\xff\xfe\x00",
    ],
    ids=lambda body: str(body)[:12],
)
async def test_garbage_is_malformed_and_nothing_worse(body):
    async with hostile(answering(200, body)) as network:
        errors = await assert_unavailable(network)
        assert all(isinstance(error, MalformedAnswer) for error in errors)


async def test_a_huge_answer_is_refused():
    async with hostile(answering(200, b" " * 100_000), response_max_bytes=10_000) as network:
        await assert_unavailable(network)


async def test_an_endless_answer_is_refused():
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 10_000)

    async with hostile(endless, response_max_bytes=50_000) as network:
        with pytest.raises(MalformedAnswer):
            await network.network()


async def test_a_compressed_bomb_is_refused():
    async def bomb(_request: web.Request) -> web.Response:
        response = web.Response(body=b" " * 5_000_000)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with hostile(bomb, response_max_bytes=10_000) as network:
        with pytest.raises(NetworkUnavailable):
            await network.network()


async def test_a_slow_server_is_given_up():
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with hostile(slow, request_timeout_s=0.05, submit_timeout_s=0.05) as network:
        await assert_unavailable(network)


async def test_a_connection_cut_in_the_middle_is_unavailable():
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.abort()
        return response

    async with hostile(cut) as network:
        await assert_unavailable(network)


async def test_nobody_there_is_unavailable():
    async with HorizonNetwork("http://127.0.0.1:9") as network:
        await assert_unavailable(network)


async def test_a_good_status_without_a_transaction_is_unknown():
    async with hostile(answering(200, '{"successful": true}')) as network:
        assert (await network.submit("AAAA")).status is SubmitStatus.UNKNOWN


async def test_a_submission_is_refused_without_codes():
    async with hostile(answering(403, json.dumps({"title": "Transaction Submission Disabled"}))) as network:
        outcome = await network.submit("AAAA")
        assert outcome.status is SubmitStatus.REJECTED
        assert "Disabled" in str(outcome)


@pytest.mark.parametrize("url", ["", "horizon.example", "ftp://horizon.example", "http://", "http://a/?b=c"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(ValueError, match="no URL"):
        HorizonNetwork(url)


async def test_no_page_is_asked_for_that_the_server_would_cut():
    async with HorizonNetwork("http://127.0.0.1:9") as network:
        with pytest.raises(AssertionError):
            await network.transactions(TRADER.address, 0, PAGE_MAX + 1)
