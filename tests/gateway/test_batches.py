"""Request batches at the gateway: one answer in its turn, with an event for each operation."""

from collections.abc import Callable

import pytest

from constellation.gateway import SessionState
from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import leaf_bodies
from constellation.protocol.limits import CLIENT_FRAME_MAX_BYTES
from constellation.protocol.messages import (
    MAX_BATCH_OPERATIONS,
    AccountEvent,
    Acknowledgement,
    CancelOrder,
    Code,
    LimitOrder,
    Operation,
    OperationRefused,
    Payment,
    Rejected,
    Resume,
    Resumed,
    Side,
    SignedRequest,
    SignedRequestBatch,
    Submit,
    SubmitBatch,
    TimeInForce,
    Withdrawal,
    encode_client_message,
)
from constellation.protocol.proofs import check_inclusion
from constellation.protocol.signing import Purpose, signing_hash
from constellation.testing.world import to
from tests.gateway.harness import ANNA, BERT, CARL, USD, XLM, Alpha, RawClient

GTC = TimeInForce.GOOD_TILL_CANCELLED
PAY = Payment(BERT.public, XLM, 5)


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT, CARL)


def events(client: RawClient) -> list[AccountEvent]:
    """All events that have come, each proven."""
    found = []
    for message in client.received():
        if isinstance(message, Acknowledgement):
            for event in message.events:
                check_inclusion(message.signed_header.header, event)
            found += message.events
    return found


def refusal(client: RawClient) -> Code:
    (message,) = client.received()
    assert isinstance(message, Rejected)
    return message.code


def send(client: RawClient, request_id: int, *operations: Operation, **options: int) -> SignedRequestBatch:
    options.setdefault("nonce", request_id)
    batch = client.alpha.batch(client.key_pair, *operations, **options)  # type: ignore[arg-type]
    client.send(SubmitBatch(request_id, batch))
    return batch


def test_a_batch_is_answered_at_once_with_an_event_for_each_operation(alpha: Alpha) -> None:
    anna = RawClient(alpha).open()
    batch = send(anna, 7, PAY, CancelOrder(1), PAY)
    assert anna.received() == []
    alpha.acknowledge()
    found = events(anna)
    assert [event.request_id for event in found] == [7, 7, 7]
    assert [event.leaf.body for event in found] == leaf_bodies(batch)
    assert found[1].group.effects == [OperationRefused(Code.ORDER_NOT_FOUND)]


def test_answers_keep_their_order_around_a_batch(alpha: Alpha) -> None:
    anna = RawClient(alpha).open()
    anna.send(Submit(1, alpha.request(ANNA, PAY, nonce=1)))
    send(anna, 2, PAY, PAY)
    anna.send(Submit(3, alpha.request(ANNA, PAY, nonce=3)))
    alpha.deposit(ANNA, USD, ONE)
    alpha.acknowledge()
    found = events(anna)
    assert [event.request_id for event in found] == [1, 2, 2, 3, None]
    assert [event.leaf.apex for event in found] == list(range(found[0].leaf.apex, found[0].leaf.apex + 5))


def test_others_are_told_of_each_operation(alpha: Alpha) -> None:
    anna, anna_too, bert = RawClient(alpha).open(), RawClient(alpha).open(), RawClient(alpha, BERT).open()
    send(anna, 1, PAY, CancelOrder(1), PAY)
    alpha.acknowledge()
    assert len(events(anna)) == 3
    assert [event.request_id for event in events(anna_too)] == [None] * 3
    assert [event.group.account for event in events(bert)] == [BERT.public] * 2


def test_a_batch_that_trades_with_a_resting_order(alpha: Alpha) -> None:
    anna, bert = RawClient(alpha).open(), RawClient(alpha, BERT).open()
    bert.send(Submit(1, alpha.request(BERT, LimitOrder(0, Side.SELL, 1000, 2 * ONE, GTC, None))))
    send(anna, 1, *[LimitOrder(0, Side.BUY, 1000, ONE, GTC, None)] * 2)
    alpha.settle()
    assert [event.request_id for event in events(anna)] == [1, 1]
    assert [event.request_id for event in events(bert)] == [1, None, None]


def test_all_or_nothing_is_refused_whole(alpha: Alpha) -> None:
    anna = RawClient(alpha).open()
    root = alpha.root()
    send(anna, 1, PAY, CancelOrder(1), all_or_nothing=True)
    assert refusal(anna) is Code.ORDER_NOT_FOUND
    assert (alpha.root(), alpha.executed) == (root, [])
    send(anna, 1, PAY, PAY, all_or_nothing=True)
    alpha.acknowledge()
    assert len(events(anna)) == 2


def test_the_same_bytes_get_the_first_answers_again(alpha: Alpha) -> None:
    anna = RawClient(alpha).open()
    batch = send(anna, 1, PAY, CancelOrder(1), PAY)
    anna.send(SubmitBatch(2, batch))
    alpha.acknowledge()
    first = events(anna)
    assert [event.request_id for event in first] == [1, 1, 1, 2, 2, 2]
    later = RawClient(alpha).open()
    later.send(SubmitBatch(3, batch))
    again = events(later)
    assert [event.request_id for event in again] == [3, 3, 3]
    assert [event.group for event in again] == [event.group for event in first[:3]] == [e.group for e in first[3:]]
    assert alpha.executed == []


def test_answers_survive_a_restart(alpha: Alpha) -> None:
    batch = send(RawClient(alpha).open(), 1, PAY, CancelOrder(1), PAY)
    alpha.settle()
    alpha.restart()
    anna = RawClient(alpha).open()
    anna.send(SubmitBatch(2, batch))
    assert [event.leaf.body for event in events(anna)] == leaf_bodies(batch)
    assert alpha.executed == []


@pytest.mark.parametrize("batch_first", [False, True])
def test_the_same_nonce_with_other_bytes_is_a_conflict(alpha: Alpha, batch_first: bool) -> None:
    anna = RawClient(alpha).open()
    batch = SubmitBatch(1, alpha.batch(ANNA, PAY))
    others = [
        SubmitBatch(2, alpha.batch(ANNA, PAY, PAY)),
        SubmitBatch(2, alpha.batch(ANNA, PAY, all_or_nothing=True)),
        Submit(2, alpha.request(ANNA, PAY)),
    ]
    for other in others if batch_first else others[2:]:
        first, second = (batch, other) if batch_first else (other, batch)
        anna.send(first)
        alpha.acknowledge()
        events(anna)
        anna.send(second)
        assert refusal(anna) is Code.NONCE_CONFLICT


def test_one_signature_is_never_two_things(alpha: Alpha) -> None:
    batch, request = alpha.batch(ANNA, PAY), alpha.request(ANNA, PAY)
    for other in (
        Submit(1, SignedRequest(request.request, batch.signature)),
        SubmitBatch(1, SignedRequestBatch(batch.request, request.signature)),
        SubmitBatch(
            1,
            SignedRequestBatch(
                batch.request,
                ANNA.sign(signing_hash(Purpose.REQUEST, alpha.constellation, batch.request.to_xdr())),
            ),
        ),
    ):
        anna = RawClient(alpha).open()
        anna.send(other)
        assert refusal(anna) is Code.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("batch", "code"),
    [
        (lambda alpha: alpha.batch(ANNA), Code.EMPTY_BATCH),
        (lambda alpha: alpha.batch(ANNA, PAY, Withdrawal(USD, ONE, to(ANNA))), Code.NOT_IN_BATCH),
        (lambda alpha: alpha.batch(BERT, PAY), Code.FOREIGN_ACCOUNT),
        (lambda alpha: alpha.batch(ANNA, PAY, nonce=0), Code.INVALID_NONCE),
    ],
)
def test_refusals(alpha: Alpha, batch: Callable[[Alpha], SignedRequestBatch], code: Code) -> None:
    anna = RawClient(alpha).open()
    anna.send(SubmitBatch(1, batch(alpha)))
    assert refusal(anna) is code
    assert alpha.executed == []


def test_the_largest_batch_fits_and_one_operation_more_ends_the_connection(alpha: Alpha) -> None:
    anna = RawClient(alpha).open()
    data = encode_client_message(SubmitBatch(1, alpha.batch(ANNA, *[PAY] * MAX_BATCH_OPERATIONS)))
    assert len(data) < CLIENT_FRAME_MAX_BYTES // 2
    anna.session.receive_data(data)
    alpha.acknowledge()
    assert len(events(anna)) == MAX_BATCH_OPERATIONS
    operation = data[-64 - (len(data) - 64 - 76) // 100 : -64]
    count = data.rindex(MAX_BATCH_OPERATIONS.to_bytes(4, "big"), 0, 80)
    longer = (
        data[:count] + (MAX_BATCH_OPERATIONS + 1).to_bytes(4, "big") + data[count + 4 : -64] + operation + data[-64:]
    )
    anna.session.receive_data(longer)
    assert anna.session.state is SessionState.CLOSED
    assert anna.session.closing is not None
    assert anna.session.closing.code is Code.MALFORMED


def test_each_operation_counts_as_a_request() -> None:
    alpha = Alpha(rate=(1, 10)).fund(ANNA)
    anna = RawClient(alpha).open()
    send(anna, 1, *[CancelOrder(1)] * 6)
    alpha.acknowledge()
    assert len(events(anna)) == 6
    send(anna, 2, *[CancelOrder(1)] * 5)
    assert refusal(anna) is Code.RATE_LIMITED
    send(anna, 2, *[CancelOrder(1)] * 4)
    alpha.acknowledge()
    assert len(events(anna)) == 4
    alpha.now_us += 3_600_000_000
    send(anna, 3, *[CancelOrder(1)] * 11)
    assert refusal(anna) is Code.RATE_LIMITED, "more than a full bucket"


def test_a_batch_waits_behind_a_withdrawal_that_is_checked() -> None:
    asked: list[Callable[[Rejection | None], None]] = []
    alpha = Alpha(check=lambda withdrawal, tell: asked.append(tell)).fund(ANNA, BERT)
    anna = RawClient(alpha).open()
    anna.send(Submit(1, alpha.request(ANNA, Withdrawal(USD, ONE, to(ANNA)), nonce=1)))
    send(anna, 2, PAY, PAY)
    assert alpha.executed == []
    asked[0](None)
    alpha.acknowledge()
    assert [event.request_id for event in events(anna)] == [1, 2, 2]


def test_what_was_missed_of_a_batch_is_replayed(alpha: Alpha) -> None:
    anna = RawClient(alpha).open()
    number = alpha.machine.state.vault.accounts[ANNA.public].effect_number
    batch = send(anna, 1, PAY, CancelOrder(1), PAY)
    alpha.settle()
    later = RawClient(alpha).open()
    later.send(Resume(1, number))
    messages = later.received()
    (acknowledgement,) = [item for item in messages if isinstance(item, Acknowledgement)]
    assert [event.leaf.body for event in acknowledgement.events] == leaf_bodies(batch)
    assert isinstance(messages[-1], Resumed)
