"""The same bytes get the first answer again; other bytes with its nonce are a conflict."""

import pytest

from constellation.gateway import GatewayConfig
from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AccountEvent,
    Acknowledgement,
    ClientMessage,
    Code,
    Finality,
    Payment,
    Rejected,
    SignedRequest,
    Submit,
    SubmitBatch,
)
from tests.gateway.harness import ANNA, BERT, XLM, Alpha, RawClient


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT)


def pay(alpha: Alpha, nonce: int = 1, units: int = ONE, valid_for_us: int = 30_000_000) -> SignedRequest:
    return alpha.request(ANNA, Payment(BERT.public, XLM, units), nonce, valid_for_us)


def answers(messages: list[ClientMessage]) -> list[AccountEvent | Rejected]:
    """Results of requests in the order they came."""
    results: list[AccountEvent | Rejected] = []
    for message in messages:
        if isinstance(message, Acknowledgement):
            results += [event for event in message.events if event.request_id is not None]
        elif isinstance(message, Rejected):
            results.append(message)
    return results


def executed(messages: list[ClientMessage]) -> list[tuple[int | None, int]]:
    """Request ids and apexes of results that are events."""
    return [(item.request_id, item.leaf.apex) for item in answers(messages) if isinstance(item, AccountEvent)]


def test_same_bytes_get_the_first_answer_again(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    signed = pay(alpha)
    client.send(Submit(1, signed))
    alpha.acknowledge()
    root = alpha.root()
    client.send(Submit(2, signed))
    first, second = answers(client.received())
    assert isinstance(first, AccountEvent)
    assert isinstance(second, AccountEvent)
    assert (first.request_id, second.request_id) == (1, 2)
    assert (first.leaf, first.group, first.leaf_proof) == (second.leaf, second.group, second.leaf_proof)
    assert alpha.root() == root


def test_repetition_waits_when_the_first_is_on_its_way(alpha: Alpha) -> None:
    first, second = RawClient(alpha).open(), RawClient(alpha).open()
    signed = pay(alpha)
    first.send(Submit(1, signed))
    second.send(Submit(9, signed))
    first.send(Submit(2, signed))
    assert (first.received(), second.received()) == ([], [])
    assert len(alpha.executed) == 1
    alpha.acknowledge()
    apex = alpha.machine.state.apex
    assert executed(first.received()) == [(1, apex), (2, apex)]
    assert executed(second.received()) == [(9, apex)]


def test_repetition_survives_the_connection_that_asked_first(alpha: Alpha) -> None:
    first = RawClient(alpha).open()
    signed = pay(alpha)
    first.send(Submit(1, signed))
    alpha.front.disconnect(first.session)
    second = RawClient(alpha).open()
    second.send(Submit(2, signed))
    alpha.acknowledge()
    assert executed(second.received()) == [(2, alpha.machine.state.apex)]


def test_finality_follows_a_repeated_answer(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    signed = pay(alpha)
    client.send(Submit(1, signed))
    alpha.acknowledge()
    late = RawClient(alpha).open()
    late.send(Submit(1, signed))
    assert [type(message) for message in late.received()] == [Acknowledgement]
    alpha.certify()
    assert [type(message) for message in late.received()] == [Finality]
    latest = RawClient(alpha).open()
    latest.send(Submit(1, signed))
    assert [type(message) for message in latest.received()] == [Acknowledgement, Finality]


def test_other_bytes_with_the_same_nonce_are_a_conflict(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    client.send(Submit(1, pay(alpha)))
    root = alpha.root()
    client.send(Submit(2, pay(alpha, units=2 * ONE)))
    alpha.acknowledge()
    client.send(Submit(3, pay(alpha, units=3 * ONE)))
    results = answers(client.received())
    assert [item.code for item in results if isinstance(item, Rejected)] == [Code.NONCE_CONFLICT] * 2
    assert [item.request_id for item in results] == [1, 2, 3]
    assert alpha.root() == root


@pytest.mark.parametrize("code", [Code.NO_QUORUM, Code.HALTED])
def test_repetition_is_answered_while_new_requests_are_refused(alpha: Alpha, code: Code) -> None:
    client = RawClient(alpha).open()
    signed = pay(alpha)
    client.send(Submit(1, signed))
    alpha.acknowledge()
    alpha.refused = Rejection(code, "not now")
    client.send(Submit(2, signed))
    client.send(Submit(3, pay(alpha, nonce=2)))
    results = answers(client.received())
    assert [type(item) for item in results] == [AccountEvent, AccountEvent, Rejected]


def test_refused_request_is_not_remembered(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    signed = pay(alpha, units=2000 * ONE)
    client.send(Submit(1, signed))
    alpha.deposit(ANNA, XLM, 2000 * ONE)
    client.send(Submit(2, signed))
    alpha.acknowledge()
    refused, accepted = answers(client.received())
    assert isinstance(refused, Rejected)
    assert isinstance(accepted, AccountEvent)


def test_answer_is_forgotten_soon_after_sequenced_time_has_passed_its_validity(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    signed = pay(alpha, valid_for_us=1000)
    client.send(Submit(1, signed))
    alpha.acknowledge()
    client.received()

    alpha.now_us += 1000
    client.send(Submit(2, pay(alpha, nonce=2)))
    alpha.acknowledge()
    client.send(Submit(3, signed))
    assert [item.request_id for item in answers(client.received())] == [2, 3], "valid_until is inclusive"

    alpha.now_us += 1_100_000
    client.send(Submit(4, pay(alpha, nonce=3)))
    alpha.acknowledge()
    client.received()
    root = alpha.root()
    client.send(Submit(5, signed))
    (refused,) = answers(client.received())
    assert isinstance(refused, Rejected)
    assert refused.code is Code.NONCE_TOO_LOW
    assert alpha.root() == root


def test_expiry_inside_one_batch_still_answers_those_who_wait(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    signed = pay(alpha, valid_for_us=10)
    client.send(Submit(1, signed))
    client.send(Submit(2, signed))
    alpha.now_us += 100
    client.send(Submit(3, pay(alpha, nonce=2)))
    alpha.acknowledge()
    apex = alpha.machine.state.apex
    assert executed(client.received()) == [(1, apex - 1), (2, apex - 1), (3, apex)]


def test_full_book_refuses_new_requests_and_forgets_nothing() -> None:
    alpha = Alpha(config=GatewayConfig(answers=2)).fund(ANNA, BERT)
    client = RawClient(alpha).open()
    first = pay(alpha, nonce=1)
    client.send(Submit(1, first))
    client.send(Submit(2, pay(alpha, nonce=2)))
    root = alpha.root()
    client.send(Submit(3, pay(alpha, nonce=3)))
    client.send(Submit(4, first))
    alpha.acknowledge()
    results = answers(client.received())
    assert [item.request_id for item in results] == [1, 2, 3, 4]
    assert isinstance(results[2], Rejected)
    assert results[2].code is Code.OVERLOADED
    assert alpha.root() == root


def test_answer_that_shows_much_costs_much_when_it_is_repeated() -> None:
    alpha = Alpha(rate=(1, 40)).fund(ANNA, BERT)
    client = RawClient(alpha).open()
    signed = alpha.batch(ANNA, *[Payment(BERT.public, XLM, 1)] * 20)
    client.send(SubmitBatch(1, signed))
    alpha.settle()
    client.received()
    spent = 0
    while not any(isinstance(message, Rejected) for message in client.received()):
        client.send(SubmitBatch(2, signed))
        spent += 1
    assert spent == 1, "the batch took 20 tokens, and its repetition as many and two for what it shows"


def test_answers_are_rebuilt_after_a_restart(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    old, recent = pay(alpha, valid_for_us=5), pay(alpha, nonce=2)
    client.send(Submit(1, old))
    alpha.acknowledge()
    alpha.now_us += 1_100_000
    client.send(Submit(2, recent))
    alpha.acknowledge()

    alpha.open_gateway()
    for sealed, signed_header in alpha.sealed:
        alpha.hub.remember(sealed, signed_header)
    alpha.hub.finalize(alpha.certificate(alpha.sealed[-1][0]))
    assert alpha.hub.epoch == 1

    client = RawClient(alpha).open()
    client.send(Submit(3, recent))
    client.send(Submit(4, pay(alpha, nonce=2, units=5)))
    client.send(Submit(5, old))
    acknowledgement, finality, conflict, too_low = client.received()
    assert executed([acknowledgement]) == [(3, alpha.machine.state.apex)]
    assert isinstance(finality, Finality)
    assert isinstance(conflict, Rejected)
    assert conflict.code is Code.NONCE_CONFLICT
    assert isinstance(too_low, Rejected)
    assert too_low.code is Code.NONCE_TOO_LOW
