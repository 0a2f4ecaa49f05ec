"""Events over broken connections: each effect of the account once, in order, whatever happens in between."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.gateway import GatewayConfig
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    AccountSnapshot,
    Acknowledgement,
    ClientMessage,
    Code,
    Payment,
    Rejected,
    Resumed,
    decode_client_message,
    encode_client_message,
)
from constellation.sdk.errors import ConnectionClosed, ExchangeError, VerificationFailed
from constellation.sdk.outputs import Answered, Certified, Happened, Opened, Output
from constellation.sdk.tracker import Gap
from tests.gateway.harness import ANNA, BERT, USD, XLM, Alpha, Pipe, key

FIRST = 7  # effects of the deposits that open an account


def funded(**config: int) -> Alpha:
    return Alpha(config=GatewayConfig(**config)).fund(ANNA, BERT)


def effect_number(alpha: Alpha, name: object = ANNA) -> int:
    return alpha.machine.state.vault.accounts[name.public].effect_number  # type: ignore[attr-defined]


def numbers(outputs: list[Output]) -> Iterator[int]:
    """Numbers of all effects in the outputs, as they come."""
    for output in outputs:
        if isinstance(output, Happened):
            group = output.verified.event.group
        elif isinstance(output, Answered) and isinstance(output.answer, tuple):
            group = output.answer[0].event.group
        else:
            continue
        yield from range(group.first_number, group.first_number + len(group.effects))


def deposits(alpha: Alpha, count: int, *, final: bool = True) -> None:
    """One batch each."""
    for _ in range(count):
        alpha.deposit(ANNA, USD, ONE)
        alpha.acknowledge()
        if final:
            alpha.certify()


def test_effects_missed_while_disconnected_are_replayed_with_what_makes_them_final() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect().disconnect()
    pipe.take()
    first = effect_number(alpha) + 1
    deposits(alpha, 3)
    outputs = pipe.connect().take()
    assert list(numbers(outputs)) == list(range(first, effect_number(alpha) + 1))
    happened = [output.verified.digest for output in outputs if isinstance(output, Happened)]
    assert [output.digest for output in outputs if isinstance(output, Certified)] == happened
    assert not any(isinstance(output, Gap) for output in outputs)
    assert [type(output) for output in pipe.disconnect().connect().take()] == [Opened]


def test_more_than_a_page_is_asked_for_page_by_page() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect().disconnect()
    first = effect_number(alpha) + 1
    deposits(alpha, 150)
    assert list(numbers(pipe.connect().take())) == list(range(first, effect_number(alpha) + 1))
    assert alpha.log.reads == 3


def test_program_that_kept_its_number_gets_the_rest() -> None:
    alpha = funded()
    outputs = Pipe(alpha, after=0).connect().take()
    assert list(numbers(outputs)) == list(range(1, effect_number(alpha) + 1))
    outputs = Pipe(alpha, after=3).connect().take()
    assert list(numbers(outputs)) == list(range(4, effect_number(alpha) + 1))
    outputs = Pipe(alpha, after=4).connect().take()
    assert list(numbers(outputs)) == list(range(4, effect_number(alpha) + 1)), "a quantum is told whole"
    assert list(numbers(Pipe(alpha, after=effect_number(alpha)).connect().take())) == []
    assert list(numbers(Pipe(alpha, key("nobody"), after=0).connect().take())) == []


def test_number_that_never_was_ends_the_client() -> None:
    alpha = funded()
    for after in (effect_number(alpha) + 1, 2**64 - 1):
        with pytest.raises(ExchangeError) as refused:
            Pipe(alpha, after=after).connect()
        assert refused.value.code is Code.AHEAD


def test_what_happens_during_the_replay_comes_after_it() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect().disconnect()
    first = effect_number(alpha) + 1
    deposits(alpha, 2)
    alpha.log.waits = True
    pipe.connect()
    deposits(alpha, 2)
    request_id = pipe.client.submit(Payment(BERT.public, XLM, ONE))
    pipe.pump()
    alpha.settle()
    outputs = pipe.pump().take()
    assert [output.request_id for output in outputs if isinstance(output, Answered)] == [request_id], "at once"
    assert not any(isinstance(output, Happened) for output in outputs)
    alpha.log.read_waiting()
    outputs += pipe.pump().take()
    assert sorted(numbers(outputs)) == list(range(first, effect_number(alpha) + 1))
    happened = list(numbers([output for output in outputs if isinstance(output, Happened)]))
    assert happened == sorted(happened)
    digests = {output.verified.digest for output in outputs if isinstance(output, Happened)}
    last_certified = {
        output.digest
        for place, output in enumerate(outputs)
        if isinstance(output, Certified)
        and any(
            isinstance(earlier, Happened) and earlier.verified.digest == output.digest for earlier in outputs[:place]
        )
    }
    assert digests == last_certified, "what was held has its certificate, too"


def test_batch_that_becomes_final_while_its_page_is_read_comes_with_the_next() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect().disconnect()
    pipe.take()
    deposits(alpha, 1, final=False)
    alpha.log.waits = True
    pipe.connect()
    page = alpha.log.reader().events(ANNA.public, effect_number(alpha) - 2)
    assert page.batches[0].finality is None
    alpha.log.reader = lambda: Stale(page, alpha)  # type: ignore[method-assign, assignment, return-value]
    alpha.certify()
    alpha.log.waits = False
    alpha.log.read_waiting()
    assert [type(output) for output in pipe.pump().take()] == [Opened, Happened, Certified]


class Stale:
    """A reader that began before the certificate was stored; the next one is up to date."""

    def __init__(self, page: object, alpha: Alpha) -> None:
        self._page = page
        self._alpha = alpha

    def events(self, *_: object) -> object:
        del self._alpha.log.reader  # type: ignore[method-assign]
        return self._page


def test_certificate_of_an_event_that_came_while_disconnected_is_fetched() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect()
    deposits(alpha, 1, final=False)
    assert [type(output) for output in pipe.pump().take()] == [Opened, Happened]
    pipe.disconnect()
    alpha.certify()
    assert [type(output) for output in pipe.connect().take()] == [Certified, Opened]


def test_certificate_that_comes_after_the_replay_is_pushed() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect().disconnect()
    deposits(alpha, 1, final=False)
    pipe.connect().take()
    alpha.certify()
    assert [type(output) for output in pipe.pump().take()] == [Certified]


def test_answer_that_was_lost_and_forgotten_is_found_in_the_replay() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect()
    request_id = pipe.client.submit(Payment(BERT.public, XLM, ONE))
    pipe.pump().disconnect()
    alpha.settle()
    alpha.now_us += 120_000_000
    deposits(alpha, 1)  # sequenced time passes valid_until: the gateway forgets the answer
    outputs = pipe.connect().take()
    answers = [output for output in outputs if isinstance(output, Answered)]
    assert [output.request_id for output in answers] == [request_id]
    assert isinstance(answers[0].answer, tuple), "not refused as too old: it was executed"
    assert sorted(numbers(outputs)) == list(range(FIRST + 1, effect_number(alpha) + 1))


def test_pruned_effects_are_one_gap_up_to_the_account_as_it_is() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect().disconnect()
    first = effect_number(alpha) + 1
    deposits(alpha, 3)
    last = effect_number(alpha)
    prune(alpha, 4)
    pipe.take()
    assert [output for output in pipe.connect().take() if isinstance(output, Gap)] == [Gap(first, last)]
    deposits(alpha, 1)
    assert list(numbers(pipe.pump().take())) == [last + 1, last + 2]
    assert list(numbers(Pipe(alpha, after=last).connect().take())) == [last + 1, last + 2]


def test_pruned_certificates_do_not_hide_what_follows() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect()
    deposits(alpha, 1, final=False)
    pipe.pump().disconnect()
    deposits(alpha, 2)
    prune(alpha, 3)
    pipe.take()
    outputs = pipe.connect().take()
    assert list(numbers(outputs)) == list(range(effect_number(alpha) - 3, effect_number(alpha) + 1))
    assert not any(isinstance(output, Gap) for output in outputs)


def prune(alpha: Alpha, first: int) -> None:
    """Forget all batches before ``first``."""
    from constellation.snapshots.account_index import drop_before

    with alpha.log.log.engine.begin() as connection:
        drop_before(connection, first)


def test_slow_program_gets_everything_in_the_end() -> None:
    alpha = funded()
    room = 2
    pipe = Pipe(alpha, room=lambda: room).connect()
    first = effect_number(alpha) + 1
    for _ in range(5):
        deposits(alpha, 1)
        pipe.pump()
    outputs = pipe.take()
    assert len([output for output in outputs if isinstance(output, Happened)]) == 10 // 2
    room = 0
    deposits(alpha, 3)
    assert list(numbers(pipe.pump().take())) == []
    room = 100
    outputs += pipe.client.take_events()
    assert list(numbers(outputs)) == list(range(first, effect_number(alpha) + 1))


def test_what_could_not_be_held_is_asked_for_again() -> None:
    alpha = funded()
    room = 0
    pipe = Pipe(alpha, room=lambda: room)
    tracker = pipe.client._catch_up._tracker
    tracker._held_max = 3
    pipe.connect()
    first = effect_number(alpha) + 1
    for _ in range(8):
        deposits(alpha, 1)
        pipe.pump()
    assert list(numbers(pipe.take())) == []
    assert tracker.incomplete
    pipe.disconnect().connect()
    room = 1000
    outputs = pipe.client.take_events() + pipe.pump().take()
    assert list(numbers(outputs)) == list(range(first, effect_number(alpha) + 1))


# An alpha that lies about it.


def deliver(pipe: Pipe, change: object) -> None:
    pipe.pump(lambda data: encode_client_message(change(decode_client_message(data))))  # type: ignore[operator]


def missed(batches: int) -> Pipe:
    alpha = funded()
    pipe = Pipe(alpha).connect().disconnect()
    deposits(alpha, batches)
    assert pipe.session is not None
    pipe.session = alpha.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    return pipe


def test_replayed_event_that_was_tampered_with_is_named() -> None:
    def change(message: ClientMessage) -> ClientMessage:
        if isinstance(message, Acknowledgement):
            event = message.events[0]
            return replace(
                message, events=[replace(event, group=replace(event.group, first_number=event.group.first_number + 9))]
            )
        return message

    with pytest.raises(VerificationFailed, match="inclusion proof"):
        deliver(missed(2), change)


def test_replayed_event_that_was_left_out_is_named() -> None:
    skipped = []

    def change(message: ClientMessage) -> ClientMessage:
        if isinstance(message, Acknowledgement) and not skipped:
            skipped.append(message)
            return replace(message, events=[])
        return message

    with pytest.raises(VerificationFailed, match="events: alpha left out the effects 8 to 11"):
        deliver(missed(2), change)


def test_replay_that_ends_too_early_is_named() -> None:
    def change(message: ClientMessage) -> ClientMessage:
        if isinstance(message, Resumed):
            return replace(message, last=message.last - 2)
        return message if not isinstance(message, Acknowledgement) else replace(message, events=message.events[:-1])

    pipe = missed(2)
    with pytest.raises(VerificationFailed, match="events: alpha left out"):
        deliver(pipe, change)


def test_replay_without_an_end_is_named() -> None:
    def change(message: ClientMessage) -> ClientMessage:
        return replace(message, last=FIRST, more=True) if isinstance(message, Resumed) else message

    with pytest.raises(VerificationFailed, match="does not show what follows effect 7"):
        deliver(missed(1), change)


def test_replay_that_nobody_asked_for_is_named() -> None:
    pipe = Pipe(funded()).connect()
    with pytest.raises(VerificationFailed, match="not asked for"):
        pipe.client.receive_data(encode_client_message(Resumed(99, 1, False)))


def test_alpha_that_has_less_than_it_has_shown_ends_the_client() -> None:
    alpha = funded()
    pipe = Pipe(alpha).connect()
    deposits(alpha, 1, final=False)
    pipe.pump().disconnect()

    def change(message: ClientMessage) -> ClientMessage:
        if isinstance(message, Acknowledgement):
            return replace(message, events=[])
        return replace(message, last=FIRST) if isinstance(message, Resumed) else message

    pipe.session = alpha.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    with pytest.raises(ExchangeError, match="has 7 effects of this account and has shown 9 before"):
        deliver(pipe, change)


def test_other_refusals_of_a_replay_are_tried_on_another_connection() -> None:
    def change(message: ClientMessage) -> ClientMessage:
        if isinstance(message, Resumed):
            return Rejected(message.request_id, Code.OVERLOADED, "busy")
        return message

    pipe = missed(1)
    with pytest.raises(ConnectionClosed, match="busy"):
        deliver(pipe, change)
    pipe.take()
    assert list(numbers(pipe.disconnect().connect().take())) == [], "the events themselves had come"


# Any connection can break anywhere.

ACTIONS = ("deposit", "pay", "acknowledge", "certify", "cut", "restart", "hold", "read", "pump")


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_every_effect_is_told_once_and_in_order_wherever_connections_break(data: st.DataObject) -> None:
    alpha = funded(connections_per_address=4096)
    pipe = Pipe(alpha, after=0).connect()
    submitted = 0
    for action in data.draw(st.lists(st.sampled_from(ACTIONS), max_size=25)):
        match action:
            case "deposit":
                alpha.deposit(ANNA, USD, ONE)
            case "pay":
                pipe.client.submit(Payment(BERT.public, XLM, ONE))
                submitted += 1
            case "acknowledge":
                alpha.acknowledge()
            case "certify":
                alpha.certify()
            case "cut":
                cut(pipe, data.draw(st.integers(0, 6)))
            case "restart":
                alpha.log.read_waiting()
                pipe.disconnect()
                alpha.restart()
                pipe.connect()
            case "hold":
                alpha.log.waits = True
            case "read":
                alpha.log.read_waiting()
            case "pump":
                pipe.pump()
    alpha.log.waits = False
    alpha.log.read_waiting()
    pipe.pump()
    alpha.settle()
    outputs = pipe.pump().take()
    assert sorted(numbers(outputs)) == list(range(1, effect_number(alpha) + 1))
    happened = list(numbers([output for output in outputs if isinstance(output, Happened)]))
    assert happened == sorted(happened)
    answers = [output for output in outputs if isinstance(output, Answered)]
    assert len(answers) == submitted
    told = {output.verified.digest for output in outputs if isinstance(output, Happened)}
    certified = {output.digest for output in outputs if isinstance(output, Certified)}
    assert told <= certified, "everything is final in the end, and the client knows"


def cut(pipe: Pipe, messages: int) -> None:
    """Break the connection when ``messages`` more have reached the client, and connect again."""
    assert pipe.session is not None
    for data in pipe.client.data_to_send():
        pipe.session.receive_data(data)
    for data in pipe.session.data_to_send()[:messages]:
        pipe.outputs += pipe.client.receive_data(data)
    pipe.disconnect().connect()


def claiming(more: int) -> Callable[[bytes], bytes]:
    """Alpha says that the account has so many effects more than it has."""

    def change(data: bytes) -> bytes:
        message = decode_client_message(data)
        if not isinstance(message, AccountSnapshot) or message.account is None:
            return data
        account = replace(message.account, effect_number=message.account.effect_number + more)
        return encode_client_message(replace(message, account=account))

    return change


def test_effects_that_alpha_claims_it_must_show() -> None:
    pipe = Pipe(funded(), after=0).connect()
    pipe.client.query_account()
    with pytest.raises(VerificationFailed, match=f"events: alpha shows {FIRST} effects and says there are {FIRST + 1}"):
        pipe.pump(claiming(1))


def test_what_happens_while_the_account_is_read_is_no_lie() -> None:
    alpha = funded()
    pipe = Pipe(alpha, after=0).connect()
    for _ in range(5):
        pipe.client.query_account()
        deposits(alpha, 3)
        pipe.pump()
    assert list(numbers(pipe.take())) == list(range(1, effect_number(alpha) + 1))
