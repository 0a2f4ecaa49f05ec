from itertools import pairwise

import pytest

from constellation.gateway import GatewayConfig, GatewayMetrics, SessionState
from constellation.protocol.amounts import ONE
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    MAX_EVENTS_PER_MESSAGE,
    AccountSnapshot,
    Acknowledgement,
    BookSnapshot,
    CancelOrder,
    Code,
    Finality,
    LimitOrder,
    Operation,
    Payment,
    QueryAccount,
    QueryBook,
    Rejected,
    Side,
    SignedRequest,
    Submit,
    TimeInForce,
)
from constellation.protocol.proofs import check_certificate, check_finality, check_inclusion, check_signed_header
from constellation.protocol.terms import Terms
from tests.gateway.harness import ANNA, BERT, CARL, USD, XLM, Alpha, RawClient

GTC = TimeInForce.GOOD_TILL_CANCELLED


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT, CARL)


def submit(client: RawClient, request_id: int, operation: Operation, nonce: int | None = None) -> SignedRequest:
    signed = client.alpha.request(client.key_pair, operation, nonce or request_id)
    client.send(Submit(request_id, signed))
    return signed


def pay_bert(units: int = ONE) -> Payment:
    return Payment(BERT.public, XLM, units)


def result_ids(client: RawClient) -> list[int]:
    """Request ids of all results, in the order they came."""
    found = []
    for message in client.received():
        if isinstance(message, Acknowledgement):
            found += [event.request_id for event in message.events if event.request_id is not None]
        elif isinstance(message, Rejected | AccountSnapshot | BookSnapshot):
            found.append(message.request_id)
    return found


def test_acknowledgement_is_proven_and_then_final(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    submit(client, 1, pay_bert())
    assert client.received() == []
    alpha.acknowledge()
    (acknowledgement,) = client.received()
    assert isinstance(acknowledgement, Acknowledgement)
    digest = check_signed_header(Terms(alpha.settings), acknowledgement.signed_header)
    (event,) = acknowledgement.events
    check_inclusion(acknowledgement.signed_header.header, event)
    assert (event.request_id, event.group.account) == (1, ANNA.public)
    alpha.certify()
    (finality,) = client.received()
    assert isinstance(finality, Finality)
    assert check_certificate(Terms(alpha.settings), finality.certificate) == digest


def test_everybody_concerned_is_told_and_nobody_else(alpha: Alpha) -> None:
    anna, anna_too = RawClient(alpha).open(), RawClient(alpha).open()
    bert, carl = RawClient(alpha, BERT).open(), RawClient(alpha, CARL).open()
    submit(anna, 1, pay_bert())
    alpha.settle()
    told = {}
    for name, client in {"anna": anna, "anna too": anna_too, "bert": bert}.items():
        acknowledgement, finality = client.received()
        assert isinstance(acknowledgement, Acknowledgement)
        assert isinstance(finality, Finality)
        told[name] = [(event.request_id, event.group.account) for event in acknowledgement.events]
    assert told == {
        "anna": [(1, ANNA.public)],
        "anna too": [(None, ANNA.public)],
        "bert": [(None, BERT.public)],
    }
    assert carl.received() == []


def test_maker_is_told_of_the_fill_and_depositor_of_the_deposit(alpha: Alpha) -> None:
    anna, bert = RawClient(alpha).open(), RawClient(alpha, BERT).open()
    submit(anna, 1, LimitOrder(0, Side.SELL, 1000, ONE, GTC, None))
    submit(bert, 1, LimitOrder(0, Side.BUY, 1000, ONE, GTC, None))
    alpha.deposit(ANNA, USD, ONE)
    alpha.acknowledge()
    (acknowledgement,) = anna.received()
    assert isinstance(acknowledgement, Acknowledgement)
    assert [event.request_id for event in acknowledgement.events] == [1, None, None]
    numbers = [(event.group.first_number, len(event.group.effects)) for event in acknowledgement.events]
    assert all(first + size == following for (first, size), (following, _) in pairwise(numbers))


def test_results_keep_the_order_of_the_requests(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    submit(client, 1, pay_bert())
    submit(client, 2, pay_bert(-1))
    client.send(QueryBook(3, 9, 1))
    submit(client, 4, pay_bert())
    submit(client, 5, pay_bert(-1))
    client.send(QueryAccount(6, None))
    assert client.received() == []
    alpha.acknowledge()
    assert result_ids(client) == [1, 2, 3, 4, 5, 6]


def test_rejection_waits_for_the_batch_of_an_earlier_request_only(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    submit(client, 1, pay_bert())
    submit(client, 2, pay_bert(-1))
    alpha.acknowledge()
    assert result_ids(client) == [1, 2]
    submit(client, 3, pay_bert(-1))
    assert result_ids(client) == [3]


def test_request_ids_may_repeat(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    for nonce in (1, 2, 3):
        submit(client, 7, pay_bert(nonce * ONE), nonce)
    alpha.acknowledge()
    (acknowledgement,) = client.received()
    assert isinstance(acknowledgement, Acknowledgement)
    assert [event.leaf.apex for event in acknowledgement.events] == [10, 11, 12]
    assert [event.request_id for event in acknowledgement.events] == [7, 7, 7]


def test_events_of_one_batch_share_messages(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    for nonce in range(1, MAX_EVENTS_PER_MESSAGE + 3):
        submit(client, nonce, pay_bert())
    alpha.acknowledge()
    messages = client.received()
    assert all(isinstance(message, Acknowledgement) for message in messages)
    assert [len(message.events) for message in messages if isinstance(message, Acknowledgement)] == [64, 2]


def test_query_shows_only_what_is_durable(alpha: Alpha) -> None:
    client, other = RawClient(alpha).open(), RawClient(alpha, CARL).open()
    submit(client, 1, LimitOrder(0, Side.SELL, 1000, ONE, GTC, None))
    other.send(QueryBook(1, 0, 5))
    other.send(QueryAccount(2, None))
    assert other.received() == []
    alpha.acknowledge()
    book, account = other.received()
    assert isinstance(book, BookSnapshot)
    assert [(level.price, level.amount, level.orders) for level in book.asks] == [(1000, ONE, 1)]
    assert isinstance(account, AccountSnapshot)
    assert book.apex == account.apex == alpha.machine.state.apex


def test_account_query_shows_the_own_account(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    submit(client, 1, LimitOrder(0, Side.SELL, 1000, ONE, GTC, None))
    alpha.acknowledge()
    client.received()
    client.send(QueryAccount(2, None))
    (snapshot,) = client.received()
    assert isinstance(snapshot, AccountSnapshot)
    assert snapshot.account == alpha.machine.state.account_entry(ANNA.public)
    assert [order.order for order in snapshot.orders] == [10]


def test_account_query_without_an_account() -> None:
    alpha = Alpha()
    client = RawClient(alpha).open()
    client.send(QueryAccount(2, None))
    assert client.received() == [AccountSnapshot(2, 0, None, [], [], [], [])]


def test_book_is_cut_to_what_was_asked_and_what_the_wire_can_say(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    for number, price in enumerate((1000, 1010, 1020), start=1):
        submit(client, number, LimitOrder(0, Side.BUY, price, ONE, GTC, None))
    alpha.acknowledge()
    client.received()
    level = alpha.machine.state.engine.markets[0].book.best(Side.BUY)
    assert level is not None
    level.amount = INT64_MAX + 1
    for levels, expected in ((0, []), (2, [1020, 1010]), (2**32 - 1, [1020, 1010, 1000])):
        client.send(QueryBook(9, 0, levels))
        (book,) = client.received()
        assert isinstance(book, BookSnapshot)
        assert [line.price for line in book.bids] == expected
        assert not book.bids or book.bids[0].amount == INT64_MAX


def test_slow_reader_is_closed_and_others_go_on() -> None:
    alpha = Alpha(config=GatewayConfig(queue_messages=3)).fund(ANNA, BERT)
    slow, quick = RawClient(alpha, BERT).open(), RawClient(alpha).open()
    for nonce in range(1, 6):
        submit(quick, nonce, pay_bert())
        alpha.settle()
        quick.received()
    assert slow.session.closing is not None
    assert slow.session.closing.code is Code.SLOW_READER
    assert slow.received() == [slow.session.closing], "what it did not read is dropped"
    assert quick.session.state is SessionState.OPEN


def test_slow_reader_is_closed_by_bytes_as_well() -> None:
    alpha = Alpha(config=GatewayConfig(queue_bytes=500)).fund(ANNA, BERT)
    client = RawClient(alpha)
    client.hello()
    (reply,) = client.received()
    client.send(client.handshake.receive(reply))  # type: ignore[arg-type]
    assert client.session.closing is not None
    assert client.session.closing.code is Code.SLOW_READER, "the welcome does not fit"


def test_flood_is_overloaded_in_order(alpha: Alpha) -> None:
    alpha = Alpha(config=GatewayConfig(unresolved=2)).fund(ANNA, BERT)
    client = RawClient(alpha).open()
    for nonce in range(1, 5):
        submit(client, nonce, pay_bert())
    root = alpha.root()
    alpha.acknowledge()
    messages = client.received()
    assert [type(message) for message in messages] == [Acknowledgement, Rejected, Rejected]
    assert [message.code for message in messages if isinstance(message, Rejected)] == [Code.OVERLOADED] * 2
    assert alpha.root() == root


def test_flood_without_end_is_closed() -> None:
    alpha = Alpha(config=GatewayConfig(unresolved=2, queue_messages=10)).fund(ANNA, BERT)
    client = RawClient(alpha).open()
    submit(client, 1, pay_bert())
    for nonce in range(2, 12):
        submit(client, nonce, CancelOrder(nonce))
    assert client.session.closing is not None
    assert client.session.closing.code is Code.SLOW_READER
    alpha.acknowledge()


def test_too_many_connections_in_total_and_from_one_address() -> None:
    alpha = Alpha(config=GatewayConfig(connections=3, connections_per_address=2))
    first = RawClient(alpha, address="192.0.2.1")
    RawClient(alpha, address="192.0.2.1")
    same = RawClient(alpha, address="192.0.2.1")
    assert same.session.closing is not None
    assert same.session.closing.code is Code.TOO_MANY_CONNECTIONS
    other = RawClient(alpha, address="192.0.2.2")
    assert other.session.closing is not None
    for client in (first, same, other):
        alpha.front.disconnect(client.session)
        alpha.front.disconnect(client.session)
    assert RawClient(alpha, address="192.0.2.1").open().session.state is SessionState.OPEN


def test_close_all_tells_everybody_why(alpha: Alpha) -> None:
    clients = [RawClient(alpha).open(), RawClient(alpha, BERT)]
    alpha.front.close_all(Code.SHUTTING_DOWN, "maintenance")
    for client in clients:
        assert client.session.closing is not None
        assert client.received() == [client.session.closing]
        assert client.session.closing.message == "maintenance"


def test_a_certificate_makes_batches_final_whose_own_never_came(alpha: Alpha) -> None:
    """Votes can be lost with a connection: the next batch is then certified first, and covers the one before."""
    client, other = RawClient(alpha).open(), RawClient(alpha, BERT).open()
    submit(client, 1, pay_bert())
    first = alpha.acknowledge()
    submit(client, 2, pay_bert())
    last = alpha.acknowledge()
    assert first is not None
    assert last is not None
    for each in (client, other):
        each.received()
    alpha.hub.finalize(alpha.certificate(last))
    for each in (client, other):
        (finality,) = each.received()
        assert isinstance(finality, Finality)
        proven = check_finality(Terms(alpha.settings), finality)
        assert proven == {first.header.number: first.digest, last.header.number: last.digest}


def test_closed_and_gone_sessions_get_nothing(alpha: Alpha) -> None:
    gone, closed = RawClient(alpha).open(), RawClient(alpha).open()
    submit(gone, 1, pay_bert())
    submit(closed, 2, pay_bert())
    closed.send(QueryAccount(3, None))
    closed.session.close(Code.HALTED, "")
    closed.received()
    alpha.acknowledge()
    gone.received()
    alpha.front.disconnect(gone.session)
    alpha.certify()
    assert (gone.session.data_to_send(), closed.received()) == ([], [])


def test_finality_of_an_unknown_batch_is_ignored(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    alpha.hub.finalize(alpha.certificate(alpha.sealed[0][0]))
    assert client.received() == []


def test_wake_is_called_when_there_is_something_to_send(alpha: Alpha) -> None:
    client = RawClient(alpha, BERT).open()
    calls: list[int] = []
    client.session.wake = lambda: calls.append(len(client.session.data_to_send()))
    alpha.execute(alpha.request(ANNA, pay_bert()))
    alpha.acknowledge()
    assert sum(calls) == 1
    alpha.front.close_all(Code.SHUTTING_DOWN, "")
    assert sum(calls) == 2


def test_metrics_count_what_happened() -> None:
    alpha = Alpha().fund(ANNA, BERT)
    metrics = alpha.hub._metrics
    assert isinstance(metrics, GatewayMetrics)
    client = RawClient(alpha).open()
    submit(client, 1, pay_bert())
    submit(client, 1, pay_bert())
    submit(client, 2, pay_bert(0))
    counts = {name: metrics.requests.labels(name)._value.get() for name in ("ACCEPTED", "REPEATED", "INVALID_AMOUNT")}
    assert counts == {"ACCEPTED": 1, "REPEATED": 1, "INVALID_AMOUNT": 1}
    assert metrics.connections._value.get() == 1
    client.session.close(Code.HALTED, "")
    alpha.front.disconnect(client.session)
    assert metrics.closings.labels("HALTED")._value.get() == 1
    assert metrics.connections._value.get() == 0
