"""Clients that resume, honest and not."""

import pytest

from constellation.gateway import GatewayConfig, SessionState
from constellation.gateway.reading import ReadQueue
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    Acknowledgement,
    ClientMessage,
    Closing,
    Code,
    Finality,
    Payment,
    Rejected,
    Resume,
    Resumed,
    Submit,
)
from constellation.protocol.proofs import check_finality, check_inclusion, check_signed_header
from constellation.protocol.terms import Terms
from tests.gateway.harness import ANNA, BERT, CARL, USD, XLM, Alpha, RawClient, key

ALL = 7  # effects of the deposits that open an account


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT, CARL)


def resume(client: RawClient, after: int, request_id: int = 1) -> list[ClientMessage]:
    client.send(Resume(request_id, after))
    return client.received()


def shown(messages: list[ClientMessage]) -> list[int]:
    return [
        number
        for message in messages
        if isinstance(message, Acknowledgement)
        for event in message.events
        for number in range(event.group.first_number, event.group.first_number + len(event.group.effects))
    ]


def test_page_is_proven_final_and_ended(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    acknowledgement, finality, resumed = resume(client, 0)
    assert isinstance(acknowledgement, Acknowledgement)
    assert isinstance(finality, Finality)
    digest = check_signed_header(Terms(alpha.settings), acknowledgement.signed_header)
    for event in acknowledgement.events:
        check_inclusion(acknowledgement.signed_header.header, event)
        assert (event.group.account, event.request_id) == (ANNA.public, None)
    assert check_finality(Terms(alpha.settings), finality)[acknowledgement.signed_header.header.number] == digest
    assert resumed == Resumed(1, ALL, False)
    assert shown([acknowledgement]) == list(range(1, ALL + 1))


@pytest.mark.parametrize("after", [ALL + 1, 2**63, 2**64 - 1])
def test_number_from_the_future_is_ahead(alpha: Alpha, after: int) -> None:
    (rejected,) = resume(RawClient(alpha).open(), after)
    assert isinstance(rejected, Rejected)
    assert rejected.code is Code.AHEAD
    assert alpha.log.reads == 0


def test_last_number_and_an_account_that_does_not_exist_cost_no_read(alpha: Alpha) -> None:
    assert resume(RawClient(alpha).open(), ALL) == [Resumed(1, ALL, False)]
    assert resume(RawClient(alpha, key("nobody")).open(), 0) == [Resumed(1, 0, False)]
    (rejected,) = resume(RawClient(alpha, key("nobody")).open(), 1)
    assert isinstance(rejected, Rejected)
    assert alpha.log.reads == 0


def test_number_that_is_not_kept_any_more_is_pruned(alpha: Alpha) -> None:
    from constellation.snapshots.account_index import drop_before

    alpha.deposit(ANNA, USD, ONE)
    alpha.settle()
    with alpha.log.log.engine.begin() as connection:
        drop_before(connection, 2)
    client = RawClient(alpha).open()
    (rejected,) = resume(client, ALL - 1)
    assert isinstance(rejected, Rejected)
    assert (rejected.request_id, rejected.code) == (1, Code.PRUNED)
    assert shown(resume(client, ALL)) == [ALL + 1, ALL + 2]


def test_second_resume_of_a_connection_waits_for_the_first(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    alpha.log.waits = True
    assert resume(client, 0) == []
    (rejected,) = resume(client, 0, request_id=2)
    assert isinstance(rejected, Rejected)
    assert (rejected.request_id, rejected.code) == (2, Code.OVERLOADED)
    alpha.log.read_waiting()
    assert client.received()[-1] == Resumed(1, ALL, False)
    alpha.log.waits = False
    assert resume(client, 0, request_id=3)[-1] == Resumed(3, ALL, False)


def test_answers_to_requests_do_not_wait_for_a_replay(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    alpha.log.waits = True
    resume(client, 0)
    client.send(Submit(2, alpha.request(ANNA, Payment(BERT.public, XLM, ONE))))
    alpha.settle()
    acknowledgement, finality = client.received()
    assert isinstance(acknowledgement, Acknowledgement)
    assert isinstance(finality, Finality)
    alpha.log.read_waiting()
    messages = client.received()
    assert shown(messages) == list(range(1, ALL + 3)), "what was told meanwhile is in the page as well"


def test_page_is_bounded_and_the_next_one_needs_no_search(alpha: Alpha) -> None:
    for _ in range(70):
        alpha.deposit(ANNA, USD, ONE)
        alpha.acknowledge()
    alpha.certify()
    client = RawClient(alpha).open()
    first = resume(client, ALL)
    assert first[-1] == Resumed(1, ALL + 128, True)
    second = resume(client, ALL + 128)
    assert second[-1] == Resumed(1, ALL + 140, False)
    assert shown(first) + shown(second) == list(range(ALL + 1, ALL + 141))
    assert resume(client, 3)[-1].last == 131, "any other number is searched for"  # type: ignore[union-attr]


def test_certificate_comes_when_there_is_one(alpha: Alpha) -> None:
    alpha.deposit(ANNA, USD, ONE)
    alpha.acknowledge()
    client = RawClient(alpha).open()
    assert [type(message) for message in resume(client, ALL)] == [Acknowledgement, Resumed]
    alpha.certify()
    assert [type(message) for message in client.received()] == [Finality]


def test_certificate_that_the_disk_is_slow_to_store_comes_all_the_same(alpha: Alpha) -> None:
    alpha.deposit(ANNA, USD, ONE)
    sealed = alpha.acknowledge()
    assert sealed is not None
    alpha.hub.finalize(alpha.certificate(sealed))
    assert [type(message) for message in resume(RawClient(alpha).open(), ALL)] == [Acknowledgement, Finality, Resumed]


def test_what_is_stored_and_not_acknowledged_yet_is_told_when_it_is(alpha: Alpha, monkeypatch) -> None:
    told: list[tuple] = []
    monkeypatch.setattr(alpha.hub, "acknowledge", lambda *arguments: told.append(arguments))
    alpha.deposit(ANNA, USD, ONE)
    alpha.acknowledge()
    client = RawClient(alpha).open()
    assert resume(client, ALL) == [Resumed(1, ALL, False)]
    monkeypatch.undo()
    alpha.hub.acknowledge(*told[0])
    (acknowledgement,) = client.received()
    assert shown([acknowledgement])[0] == ALL + 1


def test_batch_without_a_certificate_of_its_own_comes_with_its_descendants(alpha: Alpha) -> None:
    for owner in (ANNA, BERT, BERT):
        alpha.deposit(owner, USD, ONE)
        alpha.acknowledge()
    headers = [sealed.header for sealed, _ in alpha.sealed[-3:]]
    certificate = alpha.certificate(alpha.sealed[-1][0])
    alpha.log.certify(certificate)
    alpha.hub.finalize(certificate, headers[:-1])
    _, finality, _ = resume(RawClient(alpha).open(), ALL)
    assert finality == Finality(certificate, headers[:-1])
    assert set(check_finality(Terms(alpha.settings), finality)) == {header.number for header in headers}


def test_one_account_cannot_keep_others_waiting(alpha: Alpha) -> None:
    greedy = [RawClient(alpha).open() for _ in range(5)]
    modest = RawClient(alpha, BERT).open()
    alpha.log.waits = True
    for client in greedy:
        resume(client, 0)
    resume(modest, 0)
    for _ in range(3):
        alpha.log.read_waiting()
    assert greedy[2].received() == [], "the third of five waits"
    assert shown(modest.received()) == list(range(1, ALL + 1))
    while alpha.log.waiting:
        alpha.log.read_waiting()
    assert all(client.received() for client in greedy)


def test_connection_that_ends_during_its_replay_leaves_nothing_behind(alpha: Alpha) -> None:
    client, other = RawClient(alpha).open(), RawClient(alpha, BERT).open()
    alpha.log.waits = True
    resume(client, 0)
    resume(other, 0)
    alpha.front.disconnect(client.session)
    alpha.log.waits = False
    alpha.log.read_waiting()
    assert client.session.data_to_send() == []
    assert shown(other.received()) == list(range(1, ALL + 1))
    replays = alpha.hub._replays
    assert (replays._resuming, set(replays._cursors)) == ({}, {alpha.guest(other.session)})
    alpha.front.disconnect(other.session)
    assert replays._cursors == {}


def test_reader_that_does_not_read_its_pages_is_closed() -> None:
    alpha = Alpha(config=GatewayConfig(queue_messages=8)).fund(ANNA)
    client = RawClient(alpha).open()
    for request_id in range(1, 9):
        client.send(Resume(request_id, 0))
    assert client.session.state is SessionState.CLOSED
    (closing,) = client.received()
    assert isinstance(closing, Closing)
    assert closing.code is Code.SLOW_READER


def test_resume_before_the_handshake_ends_the_connection(alpha: Alpha) -> None:
    client = RawClient(alpha)
    (closing,) = resume(client, 0)
    assert isinstance(closing, Closing)
    assert closing.code is Code.UNEXPECTED_MESSAGE


def test_queue_starts_one_read_at_a_time_and_accounts_in_turn() -> None:
    queue, started = ReadQueue(), []
    for name in ("a1", "a2", "b1", "a3", "c1"):
        queue.add(name[:1].encode(), lambda name=name: started.append(name))  # type: ignore[misc]
    assert started == ["a1"]
    for _ in range(5):
        queue.finished()
    assert started == ["a1", "a2", "b1", "c1", "a3"]
