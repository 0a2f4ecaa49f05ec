"""What auditors pass on is executed like a client's own request, once, and answers nobody but its account."""

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Acknowledgement,
    Code,
    LedgerDestination,
    Payment,
    Rejected,
    SignedRequest,
    Submit,
    Withdrawal,
)
from tests.gateway.harness import ANNA, AUDITORS, BERT, CARL, USD, XLM, Alpha, RawClient, key
from tests.gateway.test_ledger_queue import NO_TRUST, Questions

AUDITOR = AUDITORS[0].public


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT)


def pay(alpha: Alpha, nonce: int = 1, units: int = ONE) -> SignedRequest:
    return alpha.request(ANNA, Payment(BERT.public, XLM, units), nonce)


def counted(alpha: Alpha, result: str) -> int:
    return int(alpha.hub._metrics.forwarded.labels(result)._value.get())


def events(client: RawClient) -> list[tuple[int | None, int]]:
    """Request id and apex of every event."""
    messages = [message for message in client.received() if isinstance(message, Acknowledgement)]
    return [(event.request_id, event.leaf.apex) for message in messages for event in message.events]


def test_the_client_gets_the_first_answer_by_the_same_bytes(alpha: Alpha) -> None:
    signed = pay(alpha)
    alpha.hub.forwarded(AUDITOR, signed)
    alpha.settle()
    root, apex = alpha.root(), alpha.machine.state.apex
    client = RawClient(alpha).open()
    client.send(Submit(7, signed))
    alpha.settle()
    assert events(client) == [(7, apex)]
    assert (alpha.root(), alpha.executed) == (root, [])
    assert counted(alpha, "ACCEPTED") == 1


def test_a_client_that_is_connected_learns_of_it_as_of_any_event(alpha: Alpha) -> None:
    anna, bert = RawClient(alpha).open(), RawClient(alpha, BERT).open()
    alpha.hub.forwarded(AUDITOR, pay(alpha))
    alpha.settle()
    apex = alpha.machine.state.apex
    assert events(anna) == events(bert) == [(None, apex)]


def test_whoever_passes_it_on_and_however_often_it_is_executed_once(alpha: Alpha) -> None:
    signed = pay(alpha)
    for auditor in (*AUDITORS, *AUDITORS):
        alpha.hub.forwarded(auditor.public, signed)
    client = RawClient(alpha).open()
    client.send(Submit(1, signed))
    assert len(alpha.executed) == 1
    alpha.settle()
    alpha.hub.forwarded(AUDITOR, signed)
    assert alpha.executed == []
    assert (counted(alpha, "ACCEPTED"), counted(alpha, "REPEATED")) == (1, 6)


def test_the_answer_survives_a_restart(alpha: Alpha) -> None:
    signed = pay(alpha)
    alpha.hub.forwarded(AUDITOR, signed)
    alpha.settle()
    apex = alpha.machine.state.apex
    alpha.restart()
    client = RawClient(alpha).open()
    client.send(Submit(3, signed))
    assert events(client) == [(3, apex)]


def test_refusals_are_counted_and_change_nothing(alpha: Alpha) -> None:
    alpha.hub.forwarded(AUDITOR, pay(alpha, nonce=5))
    alpha.settle()
    root = alpha.root()
    good = pay(alpha, nonce=6)
    alpha.hub.forwarded(AUDITOR, SignedRequest(good.request, bytes(64)))
    alpha.hub.forwarded(AUDITOR, pay(alpha, nonce=4))
    alpha.hub.forwarded(AUDITOR, pay(alpha, nonce=5, units=2))
    alpha.hub.forwarded(AUDITOR, pay(alpha, nonce=6, units=10_000 * ONE))
    alpha.hub.forwarded(AUDITOR, alpha.request(CARL, Payment(BERT.public, XLM, 1)))
    alpha.refused = Rejection(Code.NO_QUORUM, "too few")
    alpha.hub.forwarded(AUDITOR, good)
    names = ("BAD_SIGNATURE", "NONCE_TOO_LOW", "NONCE_CONFLICT", "INSUFFICIENT_FUNDS", "UNKNOWN_ACCOUNT", "NO_QUORUM")
    assert [counted(alpha, name) for name in names] == [1] * 6
    assert (alpha.root(), alpha.executed) == (root, [])


def test_it_counts_against_the_auditors_rate_and_not_the_accounts() -> None:
    alpha = Alpha(rate=(1, 3)).fund(ANNA, BERT)
    client = RawClient(alpha).open()
    signed = pay(alpha)
    for _ in range(5):
        alpha.hub.forwarded(AUDITOR, signed)
    assert counted(alpha, "RATE_LIMITED") == 2
    for nonce in (2, 3, 4):
        client.send(Submit(nonce, pay(alpha, nonce)))
    assert not any(isinstance(message, Rejected) for message in client.received())
    assert len(alpha.executed) == 4


# --- withdrawals wait for the ledger


def withdraw(alpha: Alpha, nonce: int = 1) -> SignedRequest:
    destination = LedgerDestination(key("elsewhere").public, None, None, False)
    return alpha.request(ANNA, Withdrawal(USD, ONE, destination), nonce)


def test_a_withdrawal_is_asked_about_once_and_its_account_may_join() -> None:
    ledger = Questions()
    alpha = Alpha(check=ledger).fund(ANNA, BERT)
    client = RawClient(alpha).open()
    signed = withdraw(alpha)
    alpha.hub.forwarded(AUDITOR, signed)
    alpha.hub.forwarded(AUDITORS[1].public, signed)
    client.send(Submit(1, signed))
    assert (len(ledger.asked), alpha.executed) == (1, [])
    ledger.answer()
    alpha.settle()
    apex = alpha.machine.state.apex
    assert (1, apex) in events(client)
    assert (counted(alpha, "ACCEPTED"), counted(alpha, "REPEATED")) == (1, 1)


def test_a_withdrawal_that_cannot_arrive_is_counted_and_a_repetition_is_told() -> None:
    ledger = Questions()
    alpha = Alpha(check=ledger).fund(ANNA, BERT)
    client = RawClient(alpha).open()
    signed = withdraw(alpha)
    alpha.hub.forwarded(AUDITOR, signed)
    client.send(Submit(1, signed))
    ledger.answer(refusal=NO_TRUST)
    (rejected,) = client.received()
    assert isinstance(rejected, Rejected)
    assert (rejected.request_id, rejected.code) == (1, Code.DESTINATION_NO_TRUST)
    assert counted(alpha, "DESTINATION_NO_TRUST") == 1


def test_questions_count_against_the_auditors_rate() -> None:
    ledger = Questions()
    alpha = Alpha(check=ledger, rate=(1, 10)).fund(ANNA, BERT)
    alpha.hub.forwarded(AUDITOR, pay(alpha, 1))
    alpha.hub.forwarded(AUDITOR, withdraw(alpha, 2))
    assert (len(ledger.asked), counted(alpha, "RATE_LIMITED")) == (0, 1)
    client = RawClient(alpha).open()
    client.send(Submit(1, pay(alpha, 3)))
    alpha.settle()
    assert any(request_id == 1 for request_id, _ in events(client))
