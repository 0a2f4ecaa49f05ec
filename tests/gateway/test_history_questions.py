"""Questions about the past at the gateway: whose they are, what passes, what is bounded. Everything goes as bytes."""

from collections.abc import Callable

import pytest

from constellation.build import core_is_compiled
from constellation.gateway import history_questions as module
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import HISTORY_QUESTIONS_PER_ACCOUNT_MAX as MOST
from constellation.protocol.messages import (
    ClientMessage,
    Code,
    HistoryFilter,
    HistoryPage,
    OrdersPage,
    QueryHistory,
    QueryOrders,
    Rejected,
    encode_client_message,
)
from tests.gateway.harness import ANNA, BERT, Alpha, RawClient

Done = Callable[[bytes | Rejection], None]


class Asker:
    """Keeps the questions until the test answers them."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, QueryHistory | QueryOrders, Done]] = []

    def ask(self, account: bytes, message: QueryHistory | QueryOrders, done: Done) -> None:
        self.asked.append((account, message, done))

    def answer(self, answer: ClientMessage | bytes | Rejection) -> None:
        _, _, done = self.asked.pop(0)
        done(answer if isinstance(answer, bytes | Rejection) else encode_client_message(answer))


def history(request_id: int, **changes: object) -> QueryHistory:
    values: dict[str, object] = {
        "filter": HistoryFilter([], None, None, None, None), "cursor": None, "descending": False, "limit": 10,
        "proofs": False, "min_apex": 0, "sub_account": None,
    }  # fmt: skip
    return QueryHistory(request_id, **(values | changes))  # type: ignore[arg-type]


def orders(request_id: int, sub_account: int | None = None) -> QueryOrders:
    return QueryOrders(request_id, None, None, None, None, None, False, 10, 0, sub_account)


def page(request_id: int) -> HistoryPage:
    return HistoryPage(request_id, 5, [], [], None, False)


@pytest.fixture
def alpha() -> Alpha:
    return Alpha(asker=Asker()).fund(ANNA, BERT)


def asker(alpha: Alpha) -> Asker:
    assert isinstance(alpha.asker, Asker)
    return alpha.asker


def refusal(client: RawClient) -> tuple[int, Code]:
    (answer,) = client.received()
    assert isinstance(answer, Rejected)
    return answer.request_id, answer.code


def test_the_account_that_is_asked_for_is_the_one_that_has_proven_its_key(alpha: Alpha) -> None:
    anna, bert = RawClient(alpha, ANNA).open(), RawClient(alpha, BERT, "192.0.2.9").open()
    bert.send(history(1))
    anna.send(orders(1))
    assert [account for account, _, _ in asker(alpha).asked] == [BERT.public, ANNA.public]
    asker(alpha).answer(page(1))
    assert anna.received() == []
    assert bert.received() == [page(1)]


def test_there_is_no_field_for_another_account_but_a_sub_accounts_number() -> None:
    fields = {name: kind for query in (QueryHistory, QueryOrders) for name, kind in query.__annotations__.items()}
    assert [name for name in fields if "account" in name] == ["sub_account"]
    assert core_is_compiled() or str(fields["sub_account"]) == "int | None"  # compiled classes do not say so


def test_who_has_not_proven_a_key_cannot_ask(alpha: Alpha) -> None:
    client = RawClient(alpha).hello()
    client.send(history(1))
    assert client.session.closing is not None
    assert client.session.closing.code is Code.UNEXPECTED_MESSAGE
    assert not asker(alpha).asked


def test_answers_keep_no_order_and_pass_as_they_are(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    client.send(history(1))
    client.send(orders(2))
    first, second = asker(alpha).asked
    assert (first[1], second[1]) == (history(1), orders(2))
    shown = OrdersPage(2, 9, [], 4, True)
    second[2](encode_client_message(shown))
    assert client.received() == [shown]
    refused = Rejected(1, Code.INVALID_QUERY, "limit 0: a page has from 1 to 1000 items")
    first[2](encode_client_message(refused))
    assert client.received() == [refused]


def test_without_a_chronicler_there_is_no_history() -> None:
    client = RawClient(Alpha().fund(ANNA)).open()
    client.send(history(1))
    (answer,) = client.received()
    assert answer == Rejected(1, Code.NO_HISTORY, "this alpha has no chronicler")


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage", encode_client_message(page(2)), encode_client_message(OrdersPage(1, 5, [], None, False)),
     encode_client_message(Rejected(2, Code.HALTED, "")), b"\xff" * 40],
)  # fmt: skip
def test_what_answers_something_else_is_not_passed_on(alpha: Alpha, answer: bytes) -> None:
    client = RawClient(alpha).open()
    client.send(history(1))
    asker(alpha).answer(answer)
    assert refusal(client) == (1, Code.NOT_READY)


def test_why_there_is_no_answer_is_told(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    client.send(history(1))
    asker(alpha).answer(Rejection(Code.NOT_READY, "no chronicler can be reached; try again"))
    assert refusal(client) == (1, Code.NOT_READY)


def test_what_an_account_waits_for_is_bounded_over_all_its_connections(alpha: Alpha) -> None:
    first, second = RawClient(alpha).open(), RawClient(alpha).open()
    for request_id in range(MOST - 1):
        first.send(history(request_id))
    second.send(history(1))
    second.send(history(2))
    assert refusal(second) == (2, Code.OVERLOADED)
    for request_id in range(MOST - 1):
        asker(alpha).answer(page(request_id))
    asker(alpha).answer(page(1))
    assert len(first.received()) == MOST - 1
    assert second.received() == [page(1)]
    assert not alpha.hub._questions._waiting


def test_nobody_has_chroniclers_wait_for_what_does_not_come(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    apex = alpha.machine.state.apex
    client.send(history(1, min_apex=apex + 1))
    assert refusal(client) == (1, Code.INVALID_QUERY)
    client.send(history(2, min_apex=apex))
    assert len(asker(alpha).asked) == 1


def test_what_all_wait_for_is_bounded(alpha: Alpha, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HISTORY_QUESTIONS_MAX", 1)
    anna, bert = RawClient(alpha, ANNA).open(), RawClient(alpha, BERT).open()
    anna.send(history(1))
    bert.send(history(1))
    assert refusal(bert) == (1, Code.OVERLOADED)


def test_questions_are_counted_against_the_rate() -> None:
    alpha = Alpha(rate=(1, 45), asker=Asker()).fund(ANNA)
    client = RawClient(alpha).open()
    for request_id in range(3):
        client.send(history(request_id))
    assert refusal(client) == (2, Code.RATE_LIMITED)
    assert len(asker(alpha).asked) == 2


def test_an_answer_that_comes_too_late_is_dropped(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    client.send(history(1))
    alpha.front.disconnect(client.session)
    again = RawClient(alpha).open()
    asker(alpha).answer(page(1))
    assert again.received() == []
    assert not alpha.hub._questions._waiting
