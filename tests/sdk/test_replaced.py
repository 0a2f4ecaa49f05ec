"""Alpha loses what it acknowledged and was not final: what the account was told must not change unnoticed."""

import asyncio
from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Acknowledgement, ClientMessage, Finality, Payment
from constellation.protocol.messages import decode_client_message as decode
from constellation.protocol.messages import encode_client_message as encode
from constellation.sdk import Client, HistoryReplaced, OutcomeUnknown, VerificationFailed
from constellation.sdk.outputs import Certified, Happened, Output
from tests.gateway.harness import ANNA, BERT, USD, XLM, Alpha, Pipe
from tests.gateway.live import live
from tests.sdk.test_catch_up import deposits, effect_number, numbers
from tests.sdk.test_client import FAST

FINAL = 7  # effects of the deposits that open the account


def told_and_lost(alpha: Alpha, batches: int = 1) -> tuple[Pipe, Alpha]:
    """A client that was told effects without a certificate, and an alpha without them."""
    twin = Alpha().fund(ANNA, BERT)
    twin.epoch = 2
    pipe = Pipe(alpha).connect()
    deposits(alpha, batches, final=False)
    told = pipe.pump().disconnect().take()
    assert list(numbers(told)) == list(range(FINAL + 1, effect_number(alpha) + 1))
    pipe.alpha = twin
    return pipe, twin


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT)


@pytest.mark.parametrize("other_batch_first", [False, True])
@pytest.mark.parametrize("final", [False, True])
def test_other_effects_under_known_numbers_are_named(alpha: Alpha, other_batch_first: bool, final: bool) -> None:
    pipe, twin = told_and_lost(alpha)
    if other_batch_first:
        twin.deposit(BERT, XLM, ONE)
        twin.settle()
    deposits(twin, 3, final=final)
    with pytest.raises(HistoryReplaced, match="effects from 8 on are replaced") as lost:
        pipe.connect()
    assert lost.value.after == FINAL
    again = Pipe(twin, after=lost.value.after).connect().take()
    assert list(numbers(again)) == list(range(FINAL + 1, effect_number(twin) + 1))


def test_the_same_effects_in_another_batch_are_not_what_was_acknowledged(alpha: Alpha) -> None:
    pipe, twin = told_and_lost(alpha)
    deposits(twin, 1)
    with pytest.raises(HistoryReplaced):
        pipe.connect()


def test_effects_within_a_batch_are_remembered_one_by_one(alpha: Alpha) -> None:
    pipe = Pipe(alpha).connect()
    alpha.deposit(ANNA, USD, ONE)
    alpha.deposit(ANNA, USD, ONE)
    alpha.acknowledge()
    pipe.pump().disconnect()

    def change(data: bytes) -> bytes:
        message = decode(data)
        if isinstance(message, Acknowledgement):
            return encode(replace(message, events=message.events[:1]))
        return data

    pipe.session = alpha.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    with pytest.raises(VerificationFailed, match="alpha left out the effect 10, which"):
        pipe.pump(change)


def test_what_was_shown_again_unchanged_still_holds(alpha: Alpha) -> None:
    pipe = Pipe(alpha).connect()
    twin = Alpha().fund(ANNA, BERT)
    pipe.take()
    for item in (alpha, twin):
        deposits(item, 1, final=False)
    deposits(alpha, 1, final=False)
    pipe.pump().disconnect()
    kept = effect_number(twin)
    twin.epoch = 2
    deposits(twin, 2, final=False)
    pipe.alpha = twin
    with pytest.raises(HistoryReplaced) as lost:
        pipe.connect()
    assert lost.value.after == kept


def test_own_requests_are_remembered_as_well(alpha: Alpha) -> None:
    twin = Alpha().fund(ANNA, BERT)
    twin.epoch = 2
    pipe = Pipe(alpha).connect()
    pipe.client.submit(Payment(BERT.public, XLM, ONE))
    pipe.pump()
    alpha.acknowledge()
    assert list(numbers(pipe.pump().disconnect().take())) == [FINAL + 1, FINAL + 2]
    deposits(twin, 2)
    pipe.alpha = twin
    with pytest.raises(HistoryReplaced):
        pipe.connect()


def test_what_is_final_is_not_asked_for_again(alpha: Alpha) -> None:
    pipe = Pipe(alpha).connect()
    deposits(alpha, 3)
    pipe.pump().disconnect().take()
    reads = alpha.log.reads
    assert not any(isinstance(output, Happened) for output in pipe.connect().take())
    assert alpha.log.reads == reads, "nothing to read"
    assert not pipe.client._catch_up._unfinal._events
    assert not pipe.client._catch_up._unfinal._batches


def test_known_effects_that_a_replay_leaves_out_are_named(alpha: Alpha) -> None:
    pipe = Pipe(alpha).connect()
    deposits(alpha, 2, final=False)
    pipe.pump().disconnect()

    def change(data: bytes) -> bytes:
        message: ClientMessage = decode(data)
        if isinstance(message, Acknowledgement):
            return encode(replace(message, events=[]))
        return data

    pipe.session = alpha.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    with pytest.raises(VerificationFailed, match="alpha left out the effect 8, which it has shown before"):
        pipe.pump(change)


def test_certificate_for_another_batch_does_not_make_the_client_forget(alpha: Alpha) -> None:
    pipe, twin = told_and_lost(alpha)
    deposits(twin, 1)

    def only_finality(data: bytes) -> bytes:
        message = decode(data)
        if isinstance(message, Acknowledgement):
            return encode(Finality(twin.certificate(twin.sealed[-1][0]), []))
        return data

    outputs: list[Output] = []
    pipe.session = twin.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    with pytest.raises(VerificationFailed, match="left out the effect 8, which"):
        pipe.pump(only_finality)
    outputs += pipe.take()
    assert any(isinstance(output, Certified) and output.error is not None for output in outputs)


def test_a_replay_that_was_cut_short_for_want_of_room_is_no_lie(alpha: Alpha) -> None:
    room = 0
    pipe = Pipe(alpha, room=lambda: room).connect()
    tracker = pipe.client._catch_up._tracker
    deposits(alpha, 80, final=False)
    pipe.pump().disconnect()
    tracker._held_max = 80
    deposits(alpha, 80, final=False)
    pipe.connect()
    assert tracker.incomplete
    room = 10_000
    outputs = pipe.client.take_events() + pipe.pump().take()
    assert list(numbers(outputs)) == list(range(FINAL + 1, effect_number(alpha) + 1))
    assert pipe.client._catch_up._unfinal.unshown is None


@pytest.mark.timeout(20)
async def test_the_program_hears_it_in_the_stream_and_from_final(alpha: Alpha) -> None:
    twin = Alpha().fund(ANNA, BERT)
    twin.epoch = 2
    async with live(alpha) as server, await Client.connect(server.url, alpha.settings, ANNA, FAST) as client:
        server.automatic = False
        deposits(alpha, 1, final=False)
        stream = client.events()
        event = await anext(stream)
        await server.stop()
        deposits(twin, 2)
        server.alpha = twin
        twin.on_submit = lambda: None
        await server.start()
        with pytest.raises(HistoryReplaced) as lost:
            await anext(stream)
        assert lost.value.after == event.first_number - 1
        with pytest.raises(HistoryReplaced):
            await event.final(timeout=1)
        with pytest.raises(HistoryReplaced):
            await client.account()


@pytest.mark.timeout(20)
async def test_a_request_that_waits_keeps_its_signed_bytes(alpha: Alpha) -> None:
    twin = Alpha().fund(ANNA, BERT)
    twin.epoch = 2
    async with live(alpha) as server, await Client.connect(server.url, alpha.settings, ANNA, FAST) as client:
        server.automatic = False
        deposits(alpha, 1, final=False)
        await anext(client.events())
        waiting = asyncio.create_task(client.pay(BERT.address, "XLM", 1))
        while not alpha.executed:
            await asyncio.sleep(0.001)
        await server.stop()
        deposits(twin, 2)
        server.alpha = twin
        await server.start()
        with pytest.raises(OutcomeUnknown, match="acknowledged and lost"):
            await waiting
