"""Batches in the SDK: a receipt for each operation, whole or not at all, whatever the connection does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    AccountEvent,
    Acknowledgement,
    CancelOrder,
    Code,
    Operation,
    Payment,
    QuantumLeaf,
    SignedRequestBatch,
    decode_client_message,
    encode_client_message,
)
from constellation.sdk import (
    Cancel,
    Client,
    ClientOptions,
    ExchangeError,
    InvalidRequest,
    OperationRefused,
    Order,
    OrderPlaced,
    OutcomeUnknown,
    Pay,
    PaymentSent,
    Receipt,
    VerificationFailed,
    check_final,
)
from constellation.sdk.outputs import Answered, BatchAnswer, Certified, Happened, Output
from constellation.sdk.session import ClientSession
from constellation.sdk.tracker import EffectTracker
from tests.gateway.harness import ANNA, BERT, XLM, Alpha, Pipe
from tests.gateway.live import LiveAlpha, live

PAY = Payment(BERT.public, XLM, 5)


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT)


def opened(alpha: Alpha) -> Pipe:
    pipe = Pipe(alpha).connect()
    pipe.take()
    return pipe


def submit(pipe: Pipe, *operations: Operation, all_or_nothing: bool = False) -> int:
    request_id = pipe.client.submit_batch(operations, all_or_nothing=all_or_nothing)
    pipe.pump()
    return request_id


def answers(outputs: list[Output]) -> list[object]:
    return [output.answer for output in outputs if isinstance(output, Answered)]


def happened(outputs: list[Output]) -> list[int]:
    return [output.verified.event.leaf.apex for output in outputs if isinstance(output, Happened)]


def test_all_operations_are_answered_together_and_certified(alpha: Alpha) -> None:
    pipe = opened(alpha)
    submit(pipe, PAY, CancelOrder(1), PAY)
    first = alpha.machine.state.apex - 2
    alpha.settle()
    answered, certified = pipe.pump().take()
    assert isinstance(answered, Answered)
    answer = answered.answer
    assert isinstance(answer, BatchAnswer)
    assert [event.event.leaf.apex for event in answer.events] == [first, first + 1, first + 2]
    assert isinstance(certified, Certified)
    assert certified.digest == answer.events[0].digest


class Cut:
    """Lets through so many acknowledged events, each in a message of its own, and then nothing."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.frames: list[bytes] = []

    def __call__(self, client: ClientSession, data: bytes) -> list[Output]:
        message = decode_client_message(data)
        if not isinstance(message, Acknowledgement):
            return client.receive_data(data)
        outputs = []
        for event in message.events:
            frame = encode_client_message(Acknowledgement(message.signed_header, [event]))
            if self.left:
                self.left -= 1
                outputs += client.receive_data(frame)
            else:
                self.frames.append(frame)
        return outputs


def cut(pipe: Pipe, most: int) -> tuple[Cut, list[Output]]:
    """What comes of what alpha has to say, if only ``most`` of the events arrive."""
    wire, outputs = Cut(most), []
    assert pipe.session is not None
    for data in pipe.session.data_to_send():
        outputs += wire(pipe.client, data)
    return wire, outputs


@pytest.mark.parametrize("arrived", [0, 1, 2])
def test_an_answer_that_was_cut_off_is_completed_after_the_connection_was_opened_again(
    alpha: Alpha, arrived: int
) -> None:
    pipe = opened(alpha)
    submit(pipe, PAY, CancelOrder(1), PAY)
    alpha.acknowledge()
    _, outputs = cut(pipe, arrived)
    assert outputs == [], "neither answered nor told as events"
    outputs = pipe.disconnect().connect().take()
    (answer,) = answers(outputs)
    assert isinstance(answer, BatchAnswer)
    assert len(answer.events) == 3
    assert happened(outputs) == []
    alpha.certify()
    assert [type(output) for output in pipe.pump().take()] == [Certified]
    assert alpha.executed == [], "executed once"


def test_what_follows_a_part_of_an_answer_is_told_after_it(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, PAY, PAY)
    alpha.deposit(ANNA, XLM, ONE)
    alpha.acknowledge()
    wire, outputs = cut(pipe, 1)
    assert outputs == []
    assert pipe.client.receive_data(wire.frames[1]) == [], "the deposit waits behind the batch"
    pipe.client.abandon(request_id)
    outputs = pipe.client.receive_data(wire.frames[0])
    apex = alpha.machine.state.apex
    assert happened(outputs) == [apex - 2, apex - 1, apex], "nobody waits for it: told like what others did, in order"
    assert answers(outputs) == []


def test_parts_are_told_as_events_when_nobody_waits_any_more(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, PAY, PAY)
    alpha.acknowledge()
    cut(pipe, 1)
    pipe.client.abandon(request_id)
    assert happened(pipe.client.take_events()) == [alpha.machine.state.apex - 1]


def test_a_batch_that_was_lost_unsent_is_executed_after_the_connection_was_opened_again(alpha: Alpha) -> None:
    pipe = opened(alpha)
    pipe.client.submit_batch([PAY, PAY], all_or_nothing=True)
    pipe.client.data_to_send()
    pipe.disconnect().connect()
    alpha.acknowledge()
    (answer,) = answers(pipe.pump().take())
    assert isinstance(answer, BatchAnswer)


def test_an_executed_batch_is_repeated_until_it_is_final(alpha: Alpha) -> None:
    pipe = opened(alpha)
    submit(pipe, PAY, CancelOrder(1))
    alpha.acknowledge()
    pipe.pump().take()
    pipe.disconnect()
    alpha.restart()
    outputs = pipe.connect().take()
    assert (answers(outputs), happened(outputs)) == ([], [])
    alpha.certify()
    assert [type(output) for output in pipe.pump().take()] == [Certified]


def test_a_replay_after_a_restart_answers(alpha: Alpha) -> None:
    """The gateway has forgotten the answer: what the account is shown of the past is one, too."""
    pipe = opened(alpha)
    submit(pipe, PAY, CancelOrder(1))
    alpha.settle()
    pipe.disconnect()
    alpha.now_us += 31_000_000
    alpha.deposit(BERT, XLM, ONE)
    alpha.settle()
    (answer,) = answers(pipe.connect().take())
    assert isinstance(answer, BatchAnswer)
    assert len(answer.events) == 2


# Lies


def tampered(alpha: Alpha, change: object) -> None:
    pipe = opened(alpha)
    submit(pipe, PAY, CancelOrder(1), PAY)
    alpha.acknowledge()

    def lie(data: bytes) -> bytes:
        message = decode_client_message(data)
        if isinstance(message, Acknowledgement):
            change(message)  # type: ignore[operator]
        return encode_client_message(message)

    pipe.pump(lie)


def swap(message: Acknowledgement) -> None:
    first, second = message.events[0], message.events[2]
    message.events[0] = AccountEvent(1, second.leaf, first.group, first.group_proof, first.leaf_proof)


def rename(message: Acknowledgement) -> None:
    leaf, body = message.events[0].leaf, message.events[1].leaf.body
    message.events[0].leaf = QuantumLeaf(leaf.apex, leaf.timestamp, body, leaf.effects)


def test_an_operation_s_answer_cannot_be_shown_for_another_one(alpha: Alpha) -> None:
    for change in (swap, rename):
        with pytest.raises(VerificationFailed):
            tampered(alpha, change)


def test_an_answer_left_out_is_noticed(alpha: Alpha) -> None:
    """What is missing leaves a gap in the account's numbers, which the client asks for."""
    pipe = opened(alpha)
    submit(pipe, PAY, CancelOrder(1), PAY)
    alpha.acknowledge()

    def lie(data: bytes) -> bytes:
        message = decode_client_message(data)
        if isinstance(message, Acknowledgement) and len(message.events) == 3:
            message = Acknowledgement(message.signed_header, [message.events[0], message.events[2]])
        return encode_client_message(message)

    (answer,) = answers(pipe.pump(lie).take())
    assert isinstance(answer, BatchAnswer)
    assert len(answer.events) == 3


# The tracker


def test_what_waits_keeps_what_follows_back() -> None:
    tracker: EffectTracker[str] = EffectTracker(0)
    assert tracker.show(1, 2, "part", waits=True)
    assert tracker.show(3, 3, "event")
    assert tracker.next() is None
    assert tracker.seen == 3
    assert not tracker.show(1, 2, "part", waits=True)
    tracker.release([1], told=True)
    assert tracker.next() == "event"
    tracker.release([1, 99], told=False)
    assert tracker.next() is None


def test_what_waited_in_vain_is_told() -> None:
    tracker: EffectTracker[str] = EffectTracker(0)
    tracker.show(1, 2, "part", waits=True)
    tracker.show(3, 3, "event")
    tracker.release([1], told=False)
    assert [tracker.next(), tracker.next(), tracker.next()] == ["part", "event", None]


# The client


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha().fund(ANNA, BERT)) as server:
        yield server


@pytest.fixture
async def anna(server: LiveAlpha) -> AsyncIterator[Client]:
    async with await Client.connect(server.url, server.alpha.settings, ANNA) as client:
        yield client


async def test_a_receipt_for_each_operation(server: LiveAlpha, anna: Client) -> None:
    receipts = await anna.submit_batch(
        [
            Order("XLM/USD", "sell", "0.1", 1),
            Cancel(1),
            Pay(BERT.address, "XLM", "0.5"),
            Order("XLM/USD", "sell", "1", 1),
        ]
    )
    placed, refused, paid, other = receipts
    assert [receipt.place for receipt in receipts] == [0, 1, 2, 3]
    assert [receipt.refusal for receipt in receipts] == [None, Code.ORDER_NOT_FOUND, None, None]
    assert refused.effects == (OperationRefused(Code.ORDER_NOT_FOUND),)
    assert any(isinstance(effect, OrderPlaced) and effect.order_id == placed.order_id for effect in placed.effects)
    assert any(isinstance(effect, PaymentSent) for effect in paid.effects)
    assert other.apex == placed.apex + 3
    for receipt in receipts:
        proof = await receipt.final()
        check_final(server.alpha.settings, proof.event, proof.finality)
    (cancelled,) = await anna.submit_batch([Cancel(placed.order_id)], all_or_nothing=True)
    assert cancelled.refusal is None


async def test_nothing_happens_if_one_is_refused(anna: Client) -> None:
    before = (await anna.account()).effect_number
    with pytest.raises(ExchangeError, match="operation 2 of 2") as refused:
        await anna.submit_batch([Pay(BERT.address, "XLM", "0.5"), Cancel(1)], all_or_nothing=True)
    assert refused.value.code is Code.ORDER_NOT_FOUND
    assert (await anna.account()).effect_number == before


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        ([], "0 operations; a batch has from 1 to 100"),
        ([Cancel(1)] * 101, "101 operations"),
        ([Cancel(1), Pay(BERT.address, "XLM", 0)], "operation 2 of 2"),
        ([Cancel(1), "cancel"], "a str cannot be in a batch"),
    ],
)
async def test_what_cannot_be_sent(anna: Client, operations: list[object], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        await anna.submit_batch(operations)  # type: ignore[arg-type]


async def test_a_large_batch_comes_in_several_messages(server: LiveAlpha, anna: Client) -> None:
    receipts = await anna.submit_batch([Pay(BERT.address, "XLM", "0.01")] * 100)
    assert [receipt.place for receipt in receipts] == list(range(100))


async def test_the_outcome_of_a_batch_that_is_not_answered_is_unknown_until_it_is_sent_again(
    server: LiveAlpha,
) -> None:
    async with Client(server.url, server.alpha.settings, ANNA, ClientOptions(timeout_s=0.05)) as client:
        server.automatic = False
        with pytest.raises(OutcomeUnknown, match="may have been executed") as unknown:
            await client.submit_batch([Pay(BERT.address, "XLM", 1), Cancel(1)])
        server.alpha.settle()
        with pytest.raises(InvalidRequest, match="retry_batch"):
            await unknown.value.retry()
        receipts = await unknown.value.retry_batch()
        assert [receipt.refusal for receipt in receipts] == [None, Code.ORDER_NOT_FOUND]
        batch = unknown.value.request
        assert isinstance(batch, SignedRequestBatch)
        again = await client.resend_batch(batch)
        assert [receipt.apex for receipt in again] == [receipt.apex for receipt in receipts]
    assert server.alpha.machine.state.vault.accounts[BERT.public].balances[XLM].amount == 1001 * ONE


async def test_a_batch_is_answered_when_the_connection_breaks_meanwhile(server: LiveAlpha) -> None:
    options = ClientOptions(backoff_s=0.005, backoff_max_s=0.02, reconnect_s=5)
    async with Client(server.url, server.alpha.settings, ANNA, options) as client:
        server.automatic = False
        asking = asyncio.create_task(client.submit_batch([Pay(BERT.address, "XLM", 1)] * 3))
        while not server.alpha.executed:
            await asyncio.sleep(0.001)
        for session in list(server.alpha.front._sessions.values()):
            session.close(Code.SLOW_READER, "cut by the test")
        server.alpha.settle()
        receipts = await asking
        assert all(isinstance(receipt, Receipt) for receipt in receipts)
        assert client.reconnects
    assert server.alpha.machine.state.vault.accounts[BERT.public].balances[XLM].amount == 1003 * ONE


@pytest.mark.executes("docs/coding/batches.md", python=1)
async def test_the_page_s_example(server: LiveAlpha, anna: Client, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs/coding/batches.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], names)
    orders = await names["requote"](anna, [1], ["0.1", "0.2"], BERT.address)
    assert capsys.readouterr().out == "operation 0 was refused: ORDER_NOT_FOUND\n"
    assert list(server.alpha.machine.state.vault.accounts[ANNA.public].orders) == orders
