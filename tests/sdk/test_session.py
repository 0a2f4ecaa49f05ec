"""The client's and the gateway's pure sides back to back."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    RIGHT_TRADE,
    AccountSnapshot,
    AppointAgent,
    BookSnapshot,
    CancelOrder,
    Code,
    LimitOrder,
    Mode,
    ModeCommit,
    OpenHold,
    Operation,
    Payment,
    Side,
    SignedRequest,
    Submit,
    TimeInForce,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.signing import header_hash
from constellation.sdk.errors import ClocksDiffer, ConnectionClosed, ExchangeError, OutcomeUnknown, VerificationFailed
from constellation.sdk.outputs import Answered, Certified, Happened, Opened, Output
from constellation.sdk.session import ClientState
from tests.gateway.harness import ANNA, BERT, EUR, START_US, USD, XLM, Alpha, Pipe, key, make_settings
from tests.sdk.test_catch_up import prune

GTC = TimeInForce.GOOD_TILL_CANCELLED


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().fund(ANNA, BERT)


def pay(units: int = ONE) -> Payment:
    return Payment(BERT.public, XLM, units)


def sell(amount: int = ONE) -> LimitOrder:
    return LimitOrder(0, Side.SELL, 1000, amount, GTC, None)


def buy(amount: int = ONE) -> LimitOrder:
    return LimitOrder(0, Side.BUY, 1000, amount, GTC, None)


def kinds(outputs: list[Output]) -> list[type]:
    return [type(output) for output in outputs]


def submit(pipe: Pipe, operation: Operation) -> int:
    request_id = pipe.client.submit(operation)
    pipe.pump()
    return request_id


def opened(alpha: Alpha, key_pair: object = ANNA) -> Pipe:
    pipe = Pipe(alpha, key_pair).connect()  # type: ignore[arg-type]
    assert kinds(pipe.take()) == [Opened]
    assert pipe.client.state is ClientState.OPEN
    return pipe


def answer_of(outputs: list[Output], request_id: int) -> object:
    (answer,) = [item.answer for item in outputs if isinstance(item, Answered) and item.request_id == request_id]
    return answer


def test_request_is_answered_and_certified(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, pay())
    assert pipe.take() == []
    alpha.settle()
    answered, certified = pipe.pump().take()
    assert isinstance(answered, Answered)
    assert isinstance(answered.answer, tuple)
    verified, signed = answered.answer
    assert answered.request_id == request_id
    assert signed.request.operation == pay()
    assert verified.event.group.account == ANNA.public
    assert isinstance(certified, Certified)
    assert (certified.digest, certified.error) == (verified.digest, None)


def test_refusal_of_the_first_copy_is_definitive(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, pay(0))
    error = answer_of(pipe.take(), request_id)
    assert isinstance(error, ExchangeError)
    assert error.code is Code.INVALID_AMOUNT


def test_fill_of_a_resting_order_happens(alpha: Alpha) -> None:
    anna, bert = opened(alpha), opened(alpha, BERT)
    submit(anna, sell())
    submit(bert, buy())
    alpha.deposit(ANNA, USD, ONE)
    alpha.settle()
    outputs = anna.pump().take()
    assert kinds(outputs) == [Answered, Happened, Happened, Certified]
    assert kinds(bert.pump().take()) == [Answered, Certified]


def test_queries(alpha: Alpha) -> None:
    pipe = opened(alpha)
    submit(pipe, sell())
    account, book, missing = pipe.client.query_account(), pipe.client.query_book(0, 3), pipe.client.query_book(7, 3)
    alpha.settle()
    outputs = pipe.pump().take()
    assert isinstance(answer_of(outputs, account), AccountSnapshot)
    assert isinstance(answer_of(outputs, book), BookSnapshot)
    error = answer_of(outputs, missing)
    assert isinstance(error, ExchangeError)
    assert error.code is Code.UNKNOWN_MARKET


def test_nonces_follow_alphas_clock_and_the_account(alpha: Alpha) -> None:
    alpha.execute(alpha.request(ANNA, pay(), nonce=START_US + 500))
    alpha.settle()
    pipe = opened(alpha)
    for operation in (pay(), pay(), pay()):
        submit(pipe, operation)
    alpha.now_us += 1000
    submit(pipe, pay())
    nonces = [item.quantum.body.request.nonce for item in alpha.executed]  # type: ignore[union-attr]
    assert nonces == [START_US + 501, START_US + 502, START_US + 503, START_US + 1000]
    expiries = [item.quantum.body.request.valid_until for item in alpha.executed]  # type: ignore[union-attr]
    assert expiries == [START_US + 30_000_000] * 3 + [START_US + 30_001_000]


NONCE_TOLD = [(86_400_000_000, True), (86_400_000_001, False), (2**63 - 2 - START_US, False)]


@pytest.mark.parametrize(("ahead_us", "is_followed"), NONCE_TOLD)
def test_a_nonce_that_alpha_claims_is_followed_for_a_day(alpha: Alpha, ahead_us: int, is_followed: bool) -> None:
    pipe = opened(alpha)
    pipe.client.query_account()
    pipe.pump(lambda data: with_nonce(data, alpha.now_us + ahead_us))
    if is_followed:
        submit(pipe, pay())
        assert alpha.executed[-1].quantum.body.request.nonce == alpha.now_us + ahead_us + 1  # type: ignore[union-attr]
        return
    with pytest.raises(VerificationFailed, match=f"nonce: alpha claims .* nonce {alpha.now_us + ahead_us}, which is"):
        submit(pipe, pay())
    with pytest.raises(VerificationFailed, match="nothing is signed"):
        pipe.client.submit_batch([pay(), pay()], all_or_nothing=True)
    pipe.client.query_account()
    pipe.pump()
    submit(pipe, pay())  # alpha has told the truth again
    assert alpha.executed[-1].quantum.body.request.nonce == alpha.now_us  # type: ignore[union-attr]


def test_nonces_that_alpha_claims_do_not_lead_on_from_day_to_day(alpha: Alpha) -> None:
    pipe = opened(alpha)
    for ahead_us, is_followed in ((86_400_000_000, True), (2 * 86_400_000_000, False), (86_400_000_001, True)):
        pipe.client.query_account()
        alpha.settle()
        pipe.pump(lambda data, nonce=alpha.now_us + ahead_us: with_nonce(data, nonce))  # type: ignore[misc]
        with nullcontext() if is_followed else pytest.raises(VerificationFailed):
            submit(pipe, pay())
    assert alpha.machine.state.vault.accounts[ANNA.public].nonce == START_US + 86_400_000_002


def with_nonce(data: bytes, nonce: int) -> bytes:
    """What alpha sends, but for the last nonce of the account."""
    message = decode_client_message(data)
    if not isinstance(message, AccountSnapshot):
        return data
    assert message.account is not None
    return encode_client_message(replace(message, account=replace(message.account, nonce=nonce)))


def test_lost_answer_is_got_by_sending_the_same_bytes_again(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, pay())
    pipe.disconnect()
    alpha.settle()
    root = alpha.root()
    pipe.connect()
    outputs = pipe.take()
    assert kinds(outputs) == [Answered, Certified, Opened]
    assert isinstance(answer_of(outputs, request_id), tuple)
    assert alpha.root() == root


def test_lost_request_is_executed_once_after_the_reconnect(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = pipe.client.submit(pay())
    pipe.client.data_to_send()
    pipe.disconnect().connect()
    alpha.settle()
    assert isinstance(answer_of(pipe.pump().take(), request_id), tuple)
    assert alpha.machine.state.vault.accounts[BERT.public].balances[XLM].amount == 1001 * ONE


def test_request_made_while_disconnected_is_sent_on_the_next_connection(alpha: Alpha) -> None:
    pipe = opened(alpha).disconnect()
    first, query = pipe.client.submit(pay(-1)), pipe.client.query_account()
    pipe.connect()
    outputs = pipe.take()
    assert isinstance(answer_of(outputs, first), ExchangeError), "only one copy was ever sent"
    assert isinstance(answer_of(outputs, query), AccountSnapshot)


def test_certificate_that_came_while_disconnected_is_fetched(alpha: Alpha) -> None:
    pipe = opened(alpha)
    submit(pipe, pay())
    alpha.acknowledge()
    assert kinds(pipe.pump().take()) == [Answered]
    pipe.disconnect()
    alpha.certify()
    assert kinds(pipe.connect().take()) == [Certified, Opened]
    assert kinds(pipe.disconnect().connect().take()) == [Opened], "nothing is unfinal any more"


def test_repeated_answer_is_not_told_as_something_new(alpha: Alpha) -> None:
    pipe = opened(alpha)
    submit(pipe, pay())
    alpha.settle()
    answered = pipe.pump().take()[0]
    assert isinstance(answered, Answered)
    assert isinstance(answered.answer, tuple)
    again = pipe.client.resend(answered.answer[1])
    outputs = pipe.pump().take()
    assert kinds(outputs) == [Answered, Certified]
    repeated = answer_of(outputs, again)
    assert isinstance(repeated, tuple)
    assert repeated[0].event.leaf == answered.answer[0].event.leaf


def test_answer_to_an_abandoned_request_is_told_as_an_event(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, pay())
    pending = pipe.client.pending(request_id)
    pipe.client.abandon(request_id)
    assert isinstance(pending.abandoned("x"), OutcomeUnknown)
    with pytest.raises(KeyError):
        pipe.client.pending(request_id)
    pipe.client.abandon(request_id)
    alpha.settle()
    assert kinds(pipe.pump().take()) == [Happened, Certified]


@pytest.mark.parametrize(
    ("operation", "definitive"),
    [
        (pay(0), True),
        (CancelOrder(999), False),
        (pay(10**6 * ONE), False),
        (AppointAgent(key("bot").public, RIGHT_TRADE, START_US - 1), True),
        (OpenHold(BERT.public, XLM, ONE, START_US - 1), True),
    ],
)
def test_refusal_of_a_second_copy_is_definitive_only_if_it_holds_for_all(
    alpha: Alpha, operation: Operation, definitive: bool
) -> None:
    pipe = opened(alpha)
    request_id = pipe.client.submit(operation)
    pipe.client.data_to_send()
    error = answer_of(pipe.disconnect().connect().take(), request_id)
    assert isinstance(error, ExchangeError if definitive else OutcomeUnknown)


@pytest.mark.parametrize("operation", [CancelOrder(999), pay(10**6 * ONE)])
def test_what_was_sent_in_an_earlier_epoch_is_executed_already_or_never(alpha: Alpha, operation: Operation) -> None:
    pipe = opened(alpha)
    request_id = pipe.client.submit(operation)
    pipe.client.data_to_send()
    pipe.disconnect()
    alpha.restart()
    assert isinstance(answer_of(pipe.connect().take(), request_id), ExchangeError)


def test_what_somebody_else_may_have_sent_can_be_executed_in_any_epoch(alpha: Alpha) -> None:
    """An auditor that was handed a copy passes it on to every alpha."""
    pipe = opened(alpha)
    first = pipe.client.submit(CancelOrder(999))
    signed = pipe.client.pending(first).signed
    assert signed is not None
    pipe.client.abandon(first)
    pipe.client.data_to_send()
    again = pipe.client.resend(signed)
    pipe.client.data_to_send()
    pipe.disconnect()
    alpha.restart()
    assert isinstance(answer_of(pipe.connect().take(), again), OutcomeUnknown)


def test_two_copies_of_the_new_epoch_are_in_doubt_like_those_of_any(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = pipe.client.submit(CancelOrder(999))
    pipe.client.data_to_send()
    pipe.disconnect()
    alpha.restart()
    lose_what_is_sent_again(pipe)
    assert isinstance(answer_of(pipe.connect().take(), request_id), OutcomeUnknown)


def lose_what_is_sent_again(pipe: Pipe) -> None:
    """A connection that breaks as soon as it is open."""
    session = pipe.session = pipe.alpha.front.connect("192.0.2.2", 0.0)
    pipe.client.connect(bytes(32))
    while pipe.client.state is not ClientState.OPEN:
        for data in pipe.client.data_to_send():
            session.receive_data(data)
        for data in session.data_to_send():
            pipe.client.receive_data(data)
    pipe.client.data_to_send()
    pipe.disconnect()


def test_without_the_effects_since_then_an_earlier_epochs_copy_stays_unknown(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = pipe.client.submit(CancelOrder(999))
    pipe.client.data_to_send()
    pipe.disconnect()
    deposit(alpha)
    deposit(alpha)
    prune(alpha, alpha.sealed[-1][0].header.number)
    alpha.restart()
    assert isinstance(answer_of(pipe.connect().take(), request_id), OutcomeUnknown)


def test_low_nonce_of_a_second_copy_is_definitive_while_answers_are_remembered(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = pipe.client.submit(pay())
    pipe.client.data_to_send()
    alpha.execute(alpha.request(ANNA, pay(), nonce=START_US + 99))
    alpha.settle()
    outputs = pipe.disconnect().connect().take()
    assert isinstance(answer_of(outputs, request_id), ExchangeError)

    old = alpha.request(ANNA, pay(), nonce=5, valid_for_us=1000)
    request_id = pipe.client.resend(old)
    assert isinstance(answer_of(pipe.pump().take(), request_id), OutcomeUnknown)


# --- what was never executed and cannot be any more


def lost(alpha: Alpha, pipe: Pipe) -> SignedRequest:
    """A request that never reaches alpha, and expires while the account goes on; nobody waits for it."""
    request_id = pipe.client.submit(pay())
    pipe.client.data_to_send()
    message = pipe.client.pending(request_id).message
    assert isinstance(message, Submit)
    pipe.client.abandon(request_id)
    alpha.now_us = message.request.request.valid_until + 1
    alpha.execute(alpha.request(ANNA, pay(3), nonce=message.request.request.nonce + 1))
    alpha.settle()
    return message.request


def sent_again(pipe: Pipe, signed: SignedRequest) -> object:
    request_id = pipe.client.resend(signed)
    return answer_of(pipe.pump().take(), request_id)


def test_effects_show_that_an_expired_request_was_not_executed(alpha: Alpha) -> None:
    pipe = opened(alpha)
    error = sent_again(pipe, lost(alpha, pipe))
    assert isinstance(error, ExchangeError)
    assert error.code is Code.NONCE_TOO_LOW


def test_a_replay_shows_that_an_expired_request_was_not_executed(alpha: Alpha) -> None:
    pipe = opened(alpha)
    signed = lost(alpha, pipe)
    pipe.disconnect()
    request_id = pipe.client.resend(signed)
    error = answer_of(pipe.connect().take(), request_id)
    assert isinstance(error, ExchangeError)
    assert error.code is Code.NONCE_TOO_LOW


def test_an_executed_request_that_alpha_has_forgotten_is_not_called_refused(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, pay())
    message = pipe.client.pending(request_id).message
    assert isinstance(message, Submit)
    pipe.client.abandon(request_id)
    alpha.settle()
    pipe.pump()
    alpha.now_us = message.request.request.valid_until + 1_100_000  # answers are forgotten by the second
    deposit(alpha)
    assert isinstance(sent_again(pipe, message.request), OutcomeUnknown)


def test_an_executed_request_whose_event_was_missed_is_not_called_refused(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, pay())
    message = pipe.client.pending(request_id).message
    assert isinstance(message, Submit)
    pipe.client.abandon(request_id)
    pipe.disconnect()
    alpha.settle()
    alpha.now_us = message.request.request.valid_until + 1
    deposit(alpha)
    request_id = pipe.client.resend(message.request)
    assert isinstance(answer_of(pipe.connect().take(), request_id), tuple), "the replay shows the answer"


def test_what_was_pruned_may_have_been_the_request(alpha: Alpha) -> None:
    pipe = opened(alpha)
    signed = lost(alpha, pipe.disconnect())
    deposit(alpha)
    prune(alpha, alpha.sealed[-1][0].header.number)
    request_id = pipe.client.resend(signed)
    assert isinstance(answer_of(pipe.connect().take(), request_id), OutcomeUnknown)


def test_what_another_program_has_signed_stays_unknown(alpha: Alpha) -> None:
    signed = lost(alpha, opened(alpha))
    assert isinstance(sent_again(opened(alpha), signed), OutcomeUnknown)


def deposit(alpha: Alpha) -> None:
    alpha.deposit(ANNA, XLM, ONE)
    alpha.settle()


def test_validity_is_cut_to_the_settings() -> None:
    settings = make_settings()
    settings.limits.validity_us = 1_000_000
    alpha = Alpha(settings).fund(ANNA, BERT)
    pipe = opened(alpha)
    submit(pipe, pay())
    assert alpha.executed[0].quantum.body.request.valid_until == START_US + 1_000_000  # type: ignore[union-attr]


def test_account_that_does_not_exist_may_wait_for_its_deposit(alpha: Alpha) -> None:
    nobody = key("nobody")
    pipe = opened(alpha, nobody)
    alpha.deposit(nobody, XLM, 5 * ONE)
    alpha.settle()
    assert kinds(pipe.pump().take()) == [Happened, Certified]


def test_rate_limited_account_opens_all_the_same() -> None:
    alpha = Alpha(rate=(1, 1)).fund(ANNA)
    opened(alpha)
    opened(alpha)


def test_acknowledged_headers_pull_the_clock_along(alpha: Alpha) -> None:
    pipe = opened(alpha)
    pipe.client._clock_us = lambda: 0  # as of a computer that slept
    alpha.now_us += 3_600_000_000
    deposit(alpha)
    pipe.pump().take()
    assert pipe.client.alpha_clock_us == alpha.now_us
    request_id = submit(pipe, pay())
    alpha.settle()
    assert isinstance(answer_of(pipe.pump().take(), request_id), tuple)


@pytest.mark.parametrize(("alpha_us", "local_us"), [(3_600_000_000, 6_000_000), (0, 3_600_000_000)])
def test_a_clock_that_jumps_asks_for_another_welcome(alpha: Alpha, alpha_us: int, local_us: int) -> None:
    pipe = opened(alpha)
    pipe.client._clock_us = lambda: local_us
    alpha.now_us += alpha_us
    request_id = submit(pipe, pay())
    error = answer_of(pipe.take(), request_id)
    assert isinstance(error, ExchangeError)
    assert error.code is (Code.EXPIRED if alpha_us else Code.VALIDITY_TOO_LONG)
    assert pipe.client.must_resynchronise
    pipe.disconnect().connect().take()
    assert not pipe.client.must_resynchronise
    request_id = submit(pipe, pay())
    alpha.settle()
    assert isinstance(answer_of(pipe.pump().take(), request_id), tuple)


def test_a_young_connection_is_not_replaced_for_its_clock(alpha: Alpha) -> None:
    pipe = opened(alpha)
    pipe.client._clock_us = lambda: 4_999_999
    alpha.now_us += 3_600_000_000
    request_id = submit(pipe, pay())
    assert isinstance(answer_of(pipe.take(), request_id), ExchangeError)
    assert not pipe.client.must_resynchronise


FIVE_MINUTES_US = 300_000_000


def test_alphas_clock_may_be_five_minutes_ahead_of_this_computers_and_far_behind(alpha: Alpha) -> None:
    for wall_us in (alpha.now_us - FIVE_MINUTES_US, alpha.now_us + 10**12):
        pipe = Pipe(alpha)
        pipe.client._wall_us = lambda wall_us=wall_us: wall_us  # type: ignore[misc]
        pipe.connect()
        assert pipe.client.alpha_clock_us == alpha.now_us
        request_id = submit(pipe, pay())
        alpha.settle()
        assert isinstance(answer_of(pipe.pump().take(), request_id), tuple)


def test_a_clock_that_is_further_ahead_when_alpha_says_welcome_ends_it(alpha: Alpha) -> None:
    pipe = Pipe(alpha)
    pipe.client._wall_us = lambda: alpha.now_us - FIVE_MINUTES_US - 1
    with pytest.raises(
        ClocksDiffer, match=r"alpha's clock says 2026-09-21 .* this computer's 2026-09-21 .* 300 seconds"
    ):
        pipe.connect()
    assert pipe.client.state is not ClientState.OPEN


@pytest.mark.parametrize("news", ["acknowledgement", "mode"])
def test_a_clock_that_later_news_put_further_ahead_ends_it(alpha: Alpha, news: str) -> None:
    pipe = opened(alpha)
    pipe.client._clock_us, pipe.client._wall_us = lambda: 0, lambda: START_US
    alpha.now_us += FIVE_MINUTES_US + 1
    if news == "mode":
        alpha.execute(ModeCommit(Mode.CANCEL_ONLY, ""))
        alpha.settle()
    else:
        deposit(alpha)
    with pytest.raises(ClocksDiffer):
        pipe.pump()


def test_closing_ends_the_session_with_its_reason(alpha: Alpha) -> None:
    pipe = opened(alpha)
    alpha.front.close_all(Code.SHUTTING_DOWN, "maintenance")
    with pytest.raises(ConnectionClosed, match="maintenance") as closed:
        pipe.pump()
    assert closed.value.code is Code.SHUTTING_DOWN


def test_other_settings_are_refused_by_name(alpha: Alpha) -> None:
    other = make_settings(minimum_balance=2 * ONE)
    with pytest.raises(VerificationFailed, match="settings: alpha has settings"):
        Pipe(alpha, settings=other).connect()


def test_other_constellation_is_refused_by_alpha(alpha: Alpha) -> None:
    other = make_settings(network_passphrase="another network")
    with pytest.raises(ConnectionClosed) as closed:
        Pipe(alpha, settings=other).connect()
    assert closed.value.code is Code.WRONG_CONSTELLATION


def test_somebody_else_on_alphas_address_is_refused(alpha: Alpha) -> None:
    other = make_settings(alpha=key("another alpha").public)
    with pytest.raises(VerificationFailed, match="handshake: the other side is not this constellation's alpha"):
        Pipe(alpha, settings=other).connect()


def test_new_epoch_may_replace_what_was_acknowledged_and_is_told(alpha: Alpha) -> None:
    pipe = opened(alpha)
    submit(pipe, pay())
    sealed = alpha.acknowledge()
    assert sealed is not None
    pipe.pump().take()
    header = replace(sealed.header, epoch=2)
    other = replace(sealed, header=header, digest=header_hash(alpha.constellation, header))
    alpha.hub.finalize(alpha.certificate(other))
    (certified,) = pipe.pump().take()
    assert isinstance(certified, Certified)
    assert certified.error is not None
    assert "another header" in str(certified.error)


def test_second_account_asset_is_independent(alpha: Alpha) -> None:
    pipe = opened(alpha)
    request_id = submit(pipe, Payment(BERT.public, EUR, ONE))
    alpha.settle()
    assert isinstance(answer_of(pipe.pump().take(), request_id), tuple)
