"""One hub and several fronts: what each may assume of the other."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.gateway import Front, GatewayConfig, GatewayMetrics, WorkerLink
from constellation.protocol.amounts import ONE
from constellation.protocol.errors import ProtocolViolation, Rejection
from constellation.protocol.messages import (
    AccountSnapshot,
    Acknowledgement,
    CancelOrder,
    ClientMessage,
    Closing,
    Code,
    Finality,
    HubMessage,
    LedgerDestination,
    Payment,
    QueryAccount,
    Rejected,
    RequestRate,
    SessionAdmitted,
    SessionAsked,
    SessionProven,
    SignedRequest,
    Submit,
    SubmitBatch,
    Welcome,
    Withdrawal,
)
from tests.gateway.harness import ALPHA, ANNA, BERT, CARL, XLM, Alpha, RawClient
from tests.sdk.test_settings_keeper import decide


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT, CARL)


def pay(client: RawClient, request_id: int, signed: SignedRequest | None = None) -> SignedRequest:
    signed = signed or client.alpha.request(client.key_pair, Payment(BERT.public, XLM, ONE), request_id)
    client.send(Submit(request_id, signed))
    return signed


def kinds(messages: list[ClientMessage]) -> list[type]:
    return [type(message) for message in messages]


def events_of(client: RawClient) -> list[tuple[int | None, bytes]]:
    return [
        (event.request_id, event.group.account)
        for message in client.received()
        if isinstance(message, Acknowledgement)
        for event in message.events
    ]


def test_everybody_is_told_behind_whatever_front(alpha: Alpha) -> None:
    other, _ = alpha.new_front()
    anna, anna_too = RawClient(alpha).open(), RawClient(alpha, front=other).open()
    bert = RawClient(alpha, BERT, front=other).open()
    carl = RawClient(alpha, CARL, front=other).open()
    pay(anna, 7)
    alpha.acknowledge()
    assert events_of(anna) == [(7, ANNA.public)]
    assert events_of(anna_too) == [(None, ANNA.public)]
    assert events_of(bert) == [(None, BERT.public)]
    alpha.certify()
    assert [kinds(client.received()) for client in (anna, anna_too, bert, carl)] == [[Finality]] * 3 + [[]]


def test_sessions_with_the_same_number_behind_two_fronts_are_told_apart(alpha: Alpha) -> None:
    other, _ = alpha.new_front()
    anna, anna_too = RawClient(alpha).open(), RawClient(alpha, front=other).open()
    assert anna.session.session_id == anna_too.session.session_id
    pay(anna_too, 9)
    alpha.acknowledge()
    assert (events_of(anna), events_of(anna_too)) == ([(None, ANNA.public)], [(9, ANNA.public)])


def test_repeated_request_gets_its_answer_at_another_front(alpha: Alpha) -> None:
    other, _ = alpha.new_front()
    anna = RawClient(alpha).open()
    signed = pay(anna, 1)
    early = RawClient(alpha, front=other).open()
    pay(early, 2, signed)
    alpha.acknowledge()
    assert events_of(early) == [(None, ANNA.public), (2, ANNA.public)]
    late = RawClient(alpha, front=other).open()
    pay(late, 3, signed)
    assert events_of(late) == [(3, ANNA.public)]
    alpha.certify()
    assert [kinds(client.received()) for client in (early, late)] == [[Finality], [Finality]]
    pay(late, 4, signed)
    assert kinds(late.received()) == [Acknowledgement, Finality]


def test_front_that_is_gone_loses_its_sessions_and_nothing_else(alpha: Alpha) -> None:
    other, link = alpha.new_front()
    anna, bert = RawClient(alpha, front=other).open(), RawClient(alpha, BERT).open()
    signed = pay(anna, 1)
    link.end()
    alpha.settle()
    assert anna.received() == []
    assert kinds(bert.received()) == [Acknowledgement, Finality]
    again = RawClient(alpha).open()
    pay(again, 5, signed)
    assert kinds(again.received()) == [Acknowledgement, Finality]
    assert alpha.machine.state.vault.accounts[BERT.public].balances[XLM].amount == 1001 * ONE


def test_answer_that_is_late_does_not_reach_whoever_has_the_number_now() -> None:
    asked: list[Callable[[Rejection | None], None]] = []
    alpha = Alpha(check=lambda _withdrawal, tell: asked.append(tell)).fund(ANNA, BERT)
    heard: list[HubMessage] = []
    link = alpha.hub.attach(heard.append)
    link.receive(SessionProven(1, ANNA.public, None, "192.0.2.1"))
    away = Withdrawal(XLM, ONE, LedgerDestination(CARL.public, None, None, False))
    signed = alpha.request(ANNA, away)
    for slot in (1, 2):
        link.receive(SessionAsked(1, slot, Submit(slot, signed)))
    link.end()
    heard.clear()
    (tell,) = asked
    tell(Rejection(Code.UNKNOWN_ASSET, "no"))
    assert heard == []


def test_front_that_comes_later_holds_no_answer_back(alpha: Alpha) -> None:
    late, _ = alpha.new_front()
    client = RawClient(alpha, front=late).open()
    client.send(QueryAccount(1, None))
    assert kinds(client.received()) == [AccountSnapshot]


def test_answer_at_another_front_waits_until_what_it_shows_is_durable(alpha: Alpha) -> None:
    other, _ = alpha.new_front()
    anna, bert = RawClient(alpha).open(), RawClient(alpha, BERT, front=other).open()
    carl = RawClient(alpha, CARL, front=other).open()
    pay(anna, 1)
    bert.send(QueryAccount(1, None))
    carl.send(QueryAccount(1, None))
    assert (bert.received(), carl.received()) == ([], [])
    alpha.acknowledge()
    assert kinds(bert.received()) == [Acknowledgement, AccountSnapshot]
    assert kinds(carl.received()) == [AccountSnapshot]


def test_batch_with_very_many_events_comes_in_pieces(alpha: Alpha, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.gateway.hub.MAX_WORKER_EVENTS", 2)
    anna, bert, carl = RawClient(alpha).open(), RawClient(alpha, BERT).open(), RawClient(alpha, CARL).open()
    for number in range(1, 6):
        pay(anna, number)
    bert.send(QueryAccount(1, None))
    alpha.settle()
    assert [number for number, _ in events_of(anna)] == [1, 2, 3, 4, 5]
    assert kinds(bert.received())[-2:] == [AccountSnapshot, Finality]
    assert carl.received() == []


@pytest.mark.parametrize(
    ("bound", "address"),
    [
        ("connections_per_account", "192.0.2.9"),
        ("connections_per_address", "192.0.2.1"),
        ("connections", "192.0.2.9"),
    ],
)
def test_connections_are_counted_over_all_fronts(bound: str, address: str) -> None:
    alpha = Alpha(config=GatewayConfig(**{bound: 2})).fund(ANNA, BERT)
    other, _ = alpha.new_front()
    first = RawClient(alpha).open()
    RawClient(alpha, front=other).open()
    third = RawClient(alpha, address=address).hello()
    (reply,) = third.received()
    third.send(third.handshake.receive(reply))  # type: ignore[arg-type]
    (closing,) = third.received()
    assert isinstance(closing, Closing)
    assert closing.code is Code.TOO_MANY_CONNECTIONS
    alpha.front.disconnect(third.session)
    alpha.front.disconnect(first.session)
    assert RawClient(alpha, address=address).open().session.is_open


def test_rate_is_counted_over_all_fronts() -> None:
    alpha = Alpha(rate=(1, 4)).fund(ANNA, BERT)
    other, _ = alpha.new_front()
    clients = [RawClient(alpha).open(), RawClient(alpha, front=other).open()]
    for number in range(6):
        pay(clients[number % 2], number + 1)
    alpha.settle()
    refused = [message.code for client in clients for message in client.received() if isinstance(message, Rejected)]
    assert refused == [Code.RATE_LIMITED, Code.RATE_LIMITED]


def test_the_rate_follows_the_settings_in_force_at_every_front() -> None:
    alpha = Alpha(rate=(1, 4)).fund(ANNA, BERT)
    other, _ = alpha.new_front()
    clients = [RawClient(alpha).open(), RawClient(alpha, BERT, front=other).open()]
    limits = replace(alpha.settings.limits, requests_per_second=7, burst=2)
    decide(alpha, replace(alpha.settings, limits=limits))
    alpha.settle()
    for client in clients:
        (welcome,) = client.received()
        assert isinstance(welcome, Welcome)
        assert (welcome.requests_per_second, welcome.burst) == (7, 2)
    assert [(front.rate.requests_per_second, front.rate.burst) for front in (alpha.front, other)] == [(7, 2)] * 2
    for number in range(4):
        pay(clients[0], number + 1)
    alpha.settle()
    refused = [message for message in clients[0].received() if isinstance(message, Rejected)]
    assert [message.code for message in refused] == [Code.RATE_LIMITED] * 2
    alpha.restart()
    client = RawClient(alpha).open()
    assert (alpha.front.rate.requests_per_second, alpha.front.rate.burst) == (7, 2)
    client.send(SubmitBatch(9, alpha.batch(ANNA, *[CancelOrder(1)] * 3)))
    (rejected,) = client.received()
    assert isinstance(rejected, Rejected)
    assert (rejected.code, rejected.message) == (
        Code.RATE_LIMITED, "a batch of 3 operations; the account may send 2 at once",
    )  # fmt: skip


def test_a_front_counts_by_what_the_hub_says_when_it_lets_somebody_in(alpha: Alpha) -> None:
    front = Front(
        ALPHA,
        alpha.constellation,
        _nobody,
        lambda: alpha.now_us,
        bytes,
        alpha.config,
        GatewayMetrics(),
        RequestRate(1, 1),
    )
    front.receive(SessionAdmitted(1, False, b"", 0, RequestRate(9, 8)))
    assert (front.rate.requests_per_second, front.rate.burst) == (9, 8)


def test_settings_that_change_are_told_at_every_front(alpha: Alpha) -> None:
    other, _ = alpha.new_front()
    clients = [RawClient(alpha).open(), RawClient(alpha, BERT, front=other).open()]
    alpha.hub._tell_all()
    assert [kinds(client.received()) for client in clients] == [[Welcome], [Welcome]]


def test_all_fronts_are_closed_with_the_reason(alpha: Alpha) -> None:
    other, _ = alpha.new_front()
    clients = [RawClient(alpha).open(), RawClient(alpha, BERT, front=other).open()]
    alpha.hub.close_all(Code.SHUTTING_DOWN, "bye")
    assert [client.received() for client in clients] == [[Closing(Code.SHUTTING_DOWN, "bye")]] * 2


def test_client_that_is_entering_waits_for_its_welcome(alpha: Alpha) -> None:
    heard: list[object] = []
    front = Front(
        ALPHA,
        alpha.constellation,
        heard.append,
        lambda: alpha.now_us,
        bytes,
        alpha.config,
        GatewayMetrics(),
        RequestRate(1, 1),
    )
    client = RawClient(alpha, front=front).hello()
    (reply,) = client.received()
    client.send(client.handshake.receive(reply))  # type: ignore[arg-type]
    assert (client.session.is_entering, client.session.is_open) == (True, False)
    assert heard == [SessionProven(1, ANNA.public, None, "192.0.2.1")]
    client.send(QueryAccount(1, None))
    (closing,) = client.received()
    assert isinstance(closing, Closing)
    assert closing.code is Code.UNEXPECTED_MESSAGE


def test_welcome_that_does_not_come_is_not_waited_for_without_end(alpha: Alpha) -> None:
    front = Front(
        ALPHA,
        alpha.constellation,
        _nobody,
        lambda: alpha.now_us,
        bytes,
        alpha.config,
        GatewayMetrics(),
        RequestRate(1, 1),
    )
    client = RawClient(alpha, front=front).hello()
    (reply,) = client.received()
    client.send(client.handshake.receive(reply))  # type: ignore[arg-type]
    front.tick(alpha.config.handshake_timeout_s)
    assert client.session.closing is not None
    assert client.session.closing.code is Code.TIMED_OUT


def test_message_that_no_front_hands_on_is_a_violation(alpha: Alpha) -> None:
    link = next(iter(alpha.hub._links))
    client = RawClient(alpha).open()
    with pytest.raises(ProtocolViolation):
        link.receive(SessionAsked(client.session.session_id, 1, Closing(Code.HALTED, "")))


def test_words_about_sessions_that_are_gone_are_dropped(alpha: Alpha) -> None:
    link: WorkerLink = next(iter(alpha.hub._links))
    client = RawClient(alpha).open()
    alpha.front.disconnect(client.session)
    link.receive(SessionAsked(client.session.session_id, 1, QueryAccount(1, None)))
    assert client.received() == []


def _nobody(_message: object) -> None:
    """Nobody answers."""
