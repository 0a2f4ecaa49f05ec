"""The client on real sockets against a real gateway."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from constellation.protocol.amounts import ONE
from constellation.protocol.settings_json import settings_to_json
from constellation.sdk import (
    Client,
    ClientOptions,
    ClocksDiffer,
    Code,
    ConnectionClosed,
    DepositCredited,
    Event,
    ExchangeError,
    Fill,
    FinalProof,
    Gap,
    InvalidRequest,
    NotFinal,
    OrderClosed,
    OrderPlaced,
    OutcomeUnknown,
    PaymentReceived,
    PaymentSent,
    Receipt,
    VerificationFailed,
    WithdrawalAccepted,
    check_final,
)
from constellation.snapshots.account_index import drop_before
from tests.gateway.harness import ANNA, AUDITORS, BERT, USD, XLM, Alpha, key, make_settings
from tests.gateway.live import LiveAlpha, live

FAST = ClientOptions(backoff_s=0.005, backoff_max_s=0.02, reconnect_s=5)


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha().fund(ANNA, BERT)) as server:
        yield server


@pytest.fixture
async def anna(server: LiveAlpha) -> AsyncIterator[Client]:
    async with await Client.connect(server.url, server.alpha.settings, ANNA, FAST) as client:
        yield client


async def until(condition: object) -> None:
    async with asyncio.timeout(2):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.001)


def queued(server: LiveAlpha, count: int) -> object:
    return lambda: len(server.alpha.executed) == count


async def test_first_trade(server: LiveAlpha, anna: Client, tmp_path: Path) -> None:
    document = tmp_path / "settings.json"
    document.write_text(json.dumps(settings_to_json(server.alpha.settings)))
    async with Client(server.url, document, BERT) as bert:
        resting = await bert.create_order("XLM/USD", "sell", "0.25", 10)
        assert any(isinstance(effect, OrderPlaced) for effect in resting.effects)
        market = anna.market("XLM/USD")
        book = await anna.order_book(market.name)
        assert [(line.price, line.amount, line.orders) for line in book.asks] == [(Decimal("0.25"), Decimal(10), 1)]
        receipt = await anna.create_order(market.name, "buy", book.asks[0].price, Decimal("4"))
        (fill,) = receipt.fills
        assert (fill.price, fill.amount, fill.quote_amount) == (Decimal("0.25"), Decimal(4), Decimal(1))
        assert (fill.order_id, fill.counter_order_id, fill.maker) == (receipt.order_id, resting.order_id, False)
        assert fill.fee == Decimal("0.004")
        proof = await receipt.final(timeout=2)
        assert isinstance(proof, FinalProof)
        assert proof.auditors == tuple(auditor.address for auditor in AUDITORS[:2])
        assert check_final(server.alpha.settings, proof.event, proof.finality) == proof
        event = await anext(bert.events())
        assert isinstance(event, Event)
        assert [type(effect) for effect in event.effects][:1] == [Fill]
        assert event.fills[0].maker
        assert (await event.final()).batch == event.batch


async def test_every_operation(server: LiveAlpha, anna: Client) -> None:
    paid = await anna.pay(BERT.address, "USD", "1.5", "rent of März")
    assert PaymentSent(BERT.address, "USD", Decimal("1.5"), "rent of März") in paid.effects
    order = await anna.create_order("XLM/EUR", "buy", "0.1", "2")
    view = await anna.account()
    assert [(item.order_id, item.market, item.side) for item in view.orders] == [(order.order_id, "XLM/EUR", "buy")]
    assert (view.balances["EUR"].total, view.balances["EUR"].locked) == (Decimal(1000), Decimal("0.2"))
    assert view.balances["EUR"].available == Decimal("999.8")
    assert view.balances["XLM"].available == Decimal(999), "the minimum balance cannot be spent"
    assert view.exists
    cancelled = await anna.cancel_order(order.order_id)
    assert any(isinstance(effect, OrderClosed) for effect in cancelled.effects)
    withdrawn = await anna.withdraw("XLM", 3, key("elsewhere").public, memo="thanks")
    assert any(isinstance(effect, WithdrawalAccepted) for effect in withdrawn.effects)
    view = await anna.account()
    assert [(item.withdrawal_id, item.amount) for item in view.withdrawals] == [(withdrawn.apex, Decimal(3))]
    assert view.withdrawals[0].transaction is not None
    assert (anna.address, anna.assets) == (ANNA.address, ("XLM", "USD", "EUR"))
    assert [market.name for market in anna.markets] == ["XLM/USD", "EUR/USD", "XLM/EUR"]


async def test_refusals_are_exchange_errors_with_codes(anna: Client) -> None:
    with pytest.raises(ExchangeError, match=r"INSUFFICIENT_FUNDS \(302\)") as refused:
        await anna.pay(BERT.public, "USD", 10**6)
    assert refused.value.code is Code.INSUFFICIENT_FUNDS
    with pytest.raises(ExchangeError) as refused:
        await anna.cancel_order(12345)
    assert refused.value.code is Code.ORDER_NOT_FOUND


async def test_wrong_arguments_never_leave_the_client(server: LiveAlpha, anna: Client) -> None:
    with pytest.raises(InvalidRequest, match=r"not float.*tick 0.0010, lot 1.0000000"):
        await anna.create_order("XLM/USD", "buy", 0.1, 1)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="multiple of the tick"):
        await anna.create_order("XLM/USD", "buy", "0.1001", 1)
    assert server.alpha.machine.state.apex == 6


async def test_concurrent_requests_are_answered_each(anna: Client) -> None:
    receipts = await asyncio.gather(*(anna.pay(BERT.public, "XLM", number) for number in range(1, 21)))
    sent = [effect.amount for receipt in receipts for effect in receipt.effects if isinstance(effect, PaymentSent)]
    assert sent == [Decimal(number) for number in range(1, 21)]


async def test_deposits_and_payments_arrive_as_events(server: LiveAlpha, anna: Client) -> None:
    server.alpha.deposit(ANNA, USD, 5 * ONE)
    server.alpha.settle()
    server.alpha.execute(server.alpha.request(BERT, _payment(ANNA.public)))
    server.alpha.settle()
    events = anna.events()
    first, second = await anext(events), await anext(events)
    assert isinstance(first, Event)
    assert isinstance(first.effects[0], DepositCredited)
    assert isinstance(second, Event)
    assert second.effects[0] == PaymentReceived(BERT.address, "XLM", Decimal(1))
    assert first.last_number + 1 == second.first_number


def _payment(destination: bytes) -> object:
    from constellation.protocol.messages import Payment

    return Payment(destination, XLM, ONE)


async def test_answer_without_finality_says_so(server: LiveAlpha, anna: Client) -> None:
    server.automatic = False
    paying = asyncio.create_task(anna.pay(BERT.public, "XLM", 1))
    await until(queued(server, 1))
    server.alpha.acknowledge()
    receipt = await paying
    with pytest.raises(NotFinal, match="not final within"):
        await receipt.final(timeout=0.01)
    server.alpha.certify()
    assert (await receipt.final()).batch == receipt.batch
    assert (await receipt.final()).header_hash == receipt.verified.digest


async def test_timeout_leaves_the_outcome_unknown_and_retry_gets_it(server: LiveAlpha) -> None:
    options = ClientOptions(timeout_s=0.02)
    async with Client(server.url, server.alpha.settings, ANNA, options) as client:
        server.automatic = False
        with pytest.raises(OutcomeUnknown, match="may have been executed") as unknown:
            await client.pay(BERT.public, "XLM", 1)
        server.alpha.settle()
        receipt = await unknown.value.retry()
        assert receipt.request == unknown.value.request
        again = await client.resend(unknown.value.request)
        assert (again.apex, again.effects) == (receipt.apex, receipt.effects)
    assert server.alpha.machine.state.vault.accounts[BERT.public].balances[XLM].amount == 1001 * ONE


async def test_reconnect_resends_the_same_bytes(server: LiveAlpha, anna: Client) -> None:
    server.automatic = False
    paying = asyncio.create_task(anna.pay(BERT.public, "XLM", 1))
    await until(queued(server, 1))
    for session in list(server.alpha.front._sessions.values()):
        session.close(Code.SLOW_READER, "cut by the test")
    server.automatic = True
    server.alpha.settle()
    receipt = await asyncio.wait_for(paying, 2)
    assert isinstance(receipt, Receipt)
    assert (await receipt.final(timeout=2)).batch == receipt.batch
    assert server.alpha.machine.state.vault.accounts[BERT.public].balances[XLM].amount == 1001 * ONE


async def test_client_survives_a_restart_of_alpha(server: LiveAlpha, anna: Client) -> None:
    await server.stop()
    paying = asyncio.create_task(anna.pay(BERT.public, "XLM", 1))
    await asyncio.sleep(0.01)
    await server.start()
    assert isinstance(await asyncio.wait_for(paying, 2), Receipt)


async def test_events_missed_while_away_are_replayed(server: LiveAlpha, anna: Client) -> None:
    await server.stop()
    server.alpha.deposit(ANNA, USD, ONE)
    server.alpha.settle()
    server.alpha.restart()
    await server.start()
    event = await asyncio.wait_for(anext(anna.events()), 2)
    assert isinstance(event, Event)
    assert (event.first_number, event.last_number) == (8, 9)
    assert (await event.final(timeout=2)).batch == event.batch


async def test_program_that_was_restarted_goes_on_from_its_number(server: LiveAlpha) -> None:
    async with Client(server.url, server.alpha.settings, ANNA, after=3) as client:
        events = client.events()
        first = await anext(events)
        assert isinstance(first, Event)
        assert first.first_number == 4
        last = await anext(events)
        assert isinstance(last, Event)
    server.alpha.deposit(ANNA, USD, ONE)
    server.alpha.settle()
    async with Client(server.url, server.alpha.settings, ANNA, after=last.last_number) as client:
        event = await anext(client.events())
        assert isinstance(event, Event)
        assert event.first_number == last.last_number + 1
    with pytest.raises(ExchangeError, match="AHEAD"):
        await Client.connect(server.url, server.alpha.settings, ANNA, after=1000)


async def test_pruned_events_are_a_gap(server: LiveAlpha, anna: Client) -> None:
    await server.stop()
    server.alpha.deposit(ANNA, USD, ONE)
    server.alpha.settle()
    with server.alpha.log.log.engine.begin() as connection:
        drop_before(connection, 3)
    await server.start()
    assert await asyncio.wait_for(anext(anna.events()), 2) == Gap(8, 9)


async def test_connections_that_break_again_and_again_lose_nothing_and_repeat_nothing(server: LiveAlpha) -> None:
    seen: list[int] = []

    async def watch(client: Client) -> None:
        async for event in client.events():
            assert isinstance(event, Event)
            seen.extend(range(event.first_number, event.last_number + 1))

    async with Client(server.url, server.alpha.settings, ANNA, FAST, after=0) as client:
        watching = asyncio.create_task(watch(client))
        receipts = []
        for number in range(40):
            server.alpha.deposit(ANNA, USD, ONE)
            server.alpha.settle()
            if number % 4 == 0:
                receipts.append(await client.pay(BERT.public, "XLM", 1))
            if number % 3 == 0:
                for session in list(server.alpha.front._sessions.values()):
                    session.close(Code.SLOW_READER, "cut by the test")
            if number % 10 == 9:
                await server.stop()
                server.alpha.restart()
                await server.start()
            await asyncio.sleep(0)
        last = server.alpha.machine.state.vault.accounts[ANNA.public].effect_number
        own = [number for item in receipts for number in range(item.first_number, item.last_number + 1)]
        await until(lambda: len(seen) + len(own) >= last)
        watching.cancel()
    assert seen == sorted(seen)
    assert sorted(seen + own) == list(range(1, last + 1))


async def test_client_gives_up_in_the_end(server: LiveAlpha) -> None:
    options = ClientOptions(backoff_s=0.005, reconnect_s=0.03)
    client = await Client.connect(server.url, server.alpha.settings, ANNA, options)
    server.automatic = False
    sent = asyncio.create_task(client.pay(BERT.public, "XLM", 1))
    await until(queued(server, 1))
    await server.stop()
    unsent = asyncio.create_task(client.pay(BERT.public, "XLM", 2))
    with pytest.raises(OutcomeUnknown) as unknown:
        await sent
    with pytest.raises(ConnectionClosed, match="nothing was executed"):
        await unsent
    with pytest.raises(ConnectionClosed, match="cannot be reached"):
        await client.account()
    with pytest.raises(ConnectionClosed):
        await unknown.value.retry()
    with pytest.raises(ConnectionClosed):
        await anext(client.events())
    await client.close()


async def test_halted_alpha_is_not_tried_again(server: LiveAlpha, anna: Client) -> None:
    await server.stop(Code.HALTED, "money does not add up")
    await until(lambda: anna._connection._end is not None)
    with pytest.raises(ConnectionClosed, match="money does not add up") as closed:
        await anna.account()
    assert closed.value.code is Code.HALTED


async def test_a_clock_that_is_far_ahead_ends_the_client_and_is_named(server: LiveAlpha) -> None:
    server.alpha.now_us = time.time_ns() // 1000
    async with await Client.connect(server.url, server.alpha.settings, ANNA, FAST) as anna:
        server.alpha.now_us += 3_600_000_000
        server.alpha.deposit(ANNA, XLM, ONE)
        server.alpha.settle()
        await until(lambda: anna._connection._end is not None)
        with pytest.raises(ClocksDiffer, match=r"alpha's clock says .* and this computer's"):
            await anna.pay(BERT.public, "XLM", 1)
    with pytest.raises(ClocksDiffer):
        await Client.connect(server.url, server.alpha.settings, ANNA, FAST)
    patient = replace(FAST, clock_ahead_max_s=7200)
    async with await Client.connect(server.url, server.alpha.settings, ANNA, patient) as anna:
        await anna.pay(BERT.public, "XLM", 1)


async def test_close_is_idempotent_and_ends_everything(server: LiveAlpha) -> None:
    client = await Client.connect(server.url, server.alpha.settings, ANNA)
    server.automatic = False
    paying = asyncio.create_task(client.pay(BERT.public, "XLM", 1))
    reading = asyncio.create_task(anext(client.events()))
    await until(queued(server, 1))
    await client.close()
    await client.close()
    with pytest.raises(OutcomeUnknown):
        await paying
    with pytest.raises(StopAsyncIteration):
        await reading
    with pytest.raises(ConnectionClosed, match="the client was closed"):
        await client.pay(BERT.public, "XLM", 1)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in others if "constellation/sdk" in repr(task)]


async def test_cancelled_call_leaves_the_client_usable(server: LiveAlpha, anna: Client) -> None:
    server.automatic = False
    paying = asyncio.create_task(anna.pay(BERT.public, "XLM", 1))
    await until(queued(server, 1))
    paying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await paying
    server.automatic = True
    server.alpha.settle()
    assert isinstance(await anna.pay(BERT.public, "XLM", 1), Receipt)
    assert isinstance(await anext(anna.events()), Event), "what nobody waited for is told as an event"


async def test_client_that_was_never_opened_says_so(server: LiveAlpha) -> None:
    client = Client(server.url, server.alpha.settings, ANNA)
    with pytest.raises(ConnectionClosed, match="not connected"):
        await client.account()
    await client.close()


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1", "not a url"])
async def test_unreachable_alpha_is_a_closed_connection(url: str) -> None:
    with pytest.raises(ConnectionClosed, match="no connection to"):
        await Client.connect(url, make_settings(), ANNA)


async def test_impostor_is_named(server: LiveAlpha) -> None:
    with pytest.raises(VerificationFailed, match="handshake"):
        await Client.connect(server.url, make_settings(alpha=key("other").public), ANNA)
    with pytest.raises(VerificationFailed, match="settings"):
        await Client.connect(server.url, make_settings(minimum_balance=2), ANNA)


async def test_alpha_that_starts_to_lie_stops_the_client(server: LiveAlpha, anna: Client) -> None:
    for session in server.alpha.front._sessions.values():
        session.push(b"\0\0\0\x09garbage")
        session.flush()
    with pytest.raises(VerificationFailed, match="message: malformed"):
        await anna.pay(BERT.public, "XLM", 1)
    with pytest.raises(VerificationFailed):
        await anext(anna.events())


async def test_text_frames_and_silence_of_a_strange_server() -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send("hello")
        await socket.wait_closed()

    async with serve(talk, "127.0.0.1", 0, logger=logging.getLogger("strange")) as strange:
        port = next(iter(strange.sockets)).getsockname()[1]
        with pytest.raises(VerificationFailed, match="text frame"):
            await Client.connect(f"ws://127.0.0.1:{port}", make_settings(), ANNA)


async def test_slow_program_gets_everything_all_the_same(server: LiveAlpha) -> None:
    async with Client(server.url, server.alpha.settings, ANNA, ClientOptions(events=2)) as client:
        client._connection._session._catch_up._tracker._held_max = 2
        for _ in range(9):
            server.alpha.deposit(ANNA, USD, ONE)
            server.alpha.settle()
        await client.account()
        events = client.events()
        told = [await asyncio.wait_for(anext(events), 2) for _ in range(9)]
        assert [event.first_number for event in told if isinstance(event, Event)] == list(range(8, 26, 2))


def test_client_does_not_show_secrets() -> None:
    anna_seed = ANNA.seed.hex()
    client = Client("ws://127.0.0.1:1", make_settings(), ANNA)
    assert anna_seed not in repr(client)
    assert anna_seed not in repr(vars(client))


async def test_encrypted_address_needs_no_own_certificate_authority() -> None:
    with pytest.raises(ConnectionClosed, match=r"no connection to wss://127\.0\.0\.1:1:"):
        await Client.connect("wss://127.0.0.1:1", make_settings(), ANNA, FAST)
