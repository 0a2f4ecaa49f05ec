"""Withdrawals wait until the ledger was asked; nothing else does, and nothing loses its order."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from constellation.gateway import ledger_queue as queue_module
from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import (
    LEDGER_CHECKS_PER_ACCOUNT_MAX,
    LEDGER_QUEUE_PER_ACCOUNT_MAX,
)
from constellation.protocol.messages import (
    Acknowledgement,
    CancelOrder,
    ClientMessage,
    CloseAccount,
    Code,
    LedgerDestination,
    LimitOrder,
    Operation,
    Payment,
    QueryAccount,
    Rejected,
    RequestLimits,
    Side,
    SignedRequest,
    Submit,
    Suspension,
    SuspensionReason,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from tests.gateway.harness import ANNA, BERT, CARL, EUR, USD, XLM, Alpha, RawClient, key, make_settings

ELSEWHERE = LedgerDestination(key("elsewhere").public, None, None, False)
NO_TRUST = Rejection(Code.DESTINATION_NO_TRUST, "no trust line")
PAY = Payment(BERT.public, XLM, 1)


@dataclass
class Questions:
    """A ledger that answers when the test says so."""

    asked: list[tuple[Withdrawal, Callable[[Rejection | None], None]]] = field(default_factory=list)

    def __call__(self, withdrawal: Withdrawal, told: Callable[[Rejection | None], None]) -> None:
        self.asked.append((withdrawal, told))

    def answer(self, number: int = 0, refusal: Rejection | None = None) -> None:
        _, told = self.asked.pop(number)
        told(refusal)


@dataclass
class Desk:
    """Alpha, its ledger, and a client."""

    alpha: Alpha
    ledger: Questions
    client: RawClient
    nonce: int = 0
    sent: int = 0

    def request(self, operation: Operation) -> SignedRequest:
        self.nonce += 1
        return self.alpha.request(self.client.key_pair, operation, self.nonce)

    def submit(self, operation: Operation | SignedRequest) -> SignedRequest:
        signed = operation if isinstance(operation, SignedRequest) else self.request(operation)
        self.sent += 1
        self.client.send(Submit(self.sent, signed))
        return signed

    def answers(self) -> list[tuple[int | None, Code | None]]:
        """Number and refusal of every request that was answered since the last time, in the order of arrival."""
        self.alpha.acknowledge()
        return [answer for message in self.client.received() for answer in _read(message)]


def _read(message: ClientMessage) -> list[tuple[int | None, Code | None]]:
    if isinstance(message, Rejected):
        return [(message.request_id, message.code)]
    if isinstance(message, Acknowledgement):
        return [(event.request_id, None) for event in message.events if event.request_id is not None]
    return [(getattr(message, "request_id", None), None)]


def new_desk(client: KeyPair = ANNA, rate: tuple[int, int] = (2000, 4000)) -> Desk:
    ledger = Questions()
    limits = RequestLimits(60_000_000, 4, 10, 1000, *rate)
    settings = make_settings(limits=limits)
    alpha = Alpha(settings, check=ledger).fund(ANNA, BERT, CARL)
    return Desk(alpha, ledger, RawClient(alpha, client).open())


def withdrawal(amount: int = ONE, destination: LedgerDestination = ELSEWHERE, asset: int = USD) -> Withdrawal:
    return Withdrawal(asset, amount, destination)


def test_a_withdrawal_is_ordered_when_the_ledger_was_asked() -> None:
    desk = new_desk()
    apex = desk.alpha.machine.state.apex
    desk.submit(withdrawal())
    assert desk.answers() == []
    assert desk.alpha.machine.state.apex == apex
    assert [question for question, _ in desk.ledger.asked] == [withdrawal()]
    desk.ledger.answer()
    assert desk.answers() == [(1, None)]
    assert desk.alpha.machine.state.apex == apex + 1


def test_what_cannot_arrive_is_refused_and_leaves_no_trace() -> None:
    desk = new_desk()
    root = desk.alpha.root()
    signed = desk.submit(withdrawal())
    desk.ledger.answer(refusal=NO_TRUST)
    assert desk.answers() == [(1, Code.DESTINATION_NO_TRUST)]
    assert desk.alpha.root() == root
    desk.submit(signed)  # the trust line may be there by now
    desk.ledger.answer()
    assert desk.answers() == [(2, None)]


def test_others_trade_on_while_the_ledger_does_not_answer() -> None:
    desk = new_desk()
    desk.submit(withdrawal())
    other = Desk(desk.alpha, desk.ledger, RawClient(desk.alpha, BERT).open())
    other.submit(Payment(ANNA.public, XLM, 1))
    assert other.answers() == [(1, None)]


def test_later_requests_of_the_account_wait_for_their_turn() -> None:
    desk = new_desk()
    desk.submit(withdrawal())
    desk.submit(PAY)
    desk.client.send(QueryAccount(77, None))
    second = Desk(desk.alpha, desk.ledger, RawClient(desk.alpha).open(), nonce=desk.nonce)
    second.submit(PAY)
    assert desk.answers() == []
    assert second.answers() == []
    desk.ledger.answer()
    assert desk.answers() == [(1, None), (2, None), (77, None)]
    assert second.answers() == [(1, None)]


def test_a_refusal_does_not_hold_up_what_follows() -> None:
    desk = new_desk()
    desk.submit(withdrawal())
    desk.submit(PAY)
    desk.ledger.answer(refusal=NO_TRUST)
    assert desk.answers() == [(1, Code.DESTINATION_NO_TRUST), (2, None)]


def test_nothing_is_asked_that_is_refused_anyway() -> None:
    desk = new_desk()
    vault = replace(ELSEWHERE, account=desk.alpha.settings.vault)
    channel = replace(ELSEWHERE, account=desk.alpha.settings.channels[0].account)
    refused = [
        (withdrawal(0), Code.INVALID_AMOUNT),
        (withdrawal(asset=9), Code.UNKNOWN_ASSET),
        (withdrawal(asset=EUR), Code.SUSPENDED_ASSET),
        (withdrawal(10**6 * ONE), Code.INSUFFICIENT_FUNDS),
        (withdrawal(999 * ONE, asset=XLM), Code.BELOW_MINIMUM_BALANCE),
        (withdrawal(destination=vault), Code.FORBIDDEN_DESTINATION),
        (withdrawal(destination=channel), Code.FORBIDDEN_DESTINATION),
        (CloseAccount(ELSEWHERE), Code.ACCOUNT_NOT_EMPTY),
    ]
    desk.submit(LimitOrder(0, Side.SELL, 5000, ONE, TimeInForce.GOOD_TILL_CANCELLED, None))
    desk.alpha.machine.state.assets.suspend(EUR, Suspension(SuspensionReason.CLAWED_BACK, 1))
    for operation, _ in refused:
        desk.submit(operation)
    assert desk.answers()[1:] == [(number, code) for number, (_, code) in enumerate(refused, start=2)]
    assert desk.ledger.asked == []


def test_a_stranger_cannot_make_alpha_ask() -> None:
    desk = new_desk(key("nobody"))
    desk.submit(withdrawal())
    assert desk.answers() == [(1, Code.UNKNOWN_ACCOUNT)]
    honest = new_desk()
    signed = honest.request(withdrawal())
    honest.submit(SignedRequest(signed.request, bytes(64)))
    assert honest.answers() == [(1, Code.BAD_SIGNATURE)]
    assert desk.ledger.asked == honest.ledger.asked == []


def test_questions_count_against_the_rate() -> None:
    desk = new_desk(rate=(1, 24))
    for _ in range(3):
        desk.submit(withdrawal())
    assert len(desk.ledger.asked) == 2
    desk.ledger.answer()
    desk.ledger.answer()
    assert desk.answers() == [(1, None), (2, None), (3, Code.RATE_LIMITED)]


def test_the_same_bytes_are_asked_about_once_and_all_get_the_answer() -> None:
    desk = new_desk()
    signed = desk.submit(withdrawal())
    desk.submit(signed)
    again = Desk(desk.alpha, desk.ledger, RawClient(desk.alpha).open())
    again.submit(signed)
    assert len(desk.ledger.asked) == 1
    apex = desk.alpha.machine.state.apex
    desk.ledger.answer()
    assert desk.answers() == [(1, None), (2, None)]
    assert again.answers() == [(1, None)]
    desk.submit(signed)
    assert desk.answers() == [(3, None)]
    assert desk.alpha.machine.state.apex == apex + 1
    assert desk.ledger.asked == []


def test_repetitions_get_the_refusal_too() -> None:
    desk = new_desk()
    signed = desk.submit(withdrawal())
    desk.submit(signed)
    desk.ledger.answer(refusal=NO_TRUST)
    assert desk.answers() == [(1, Code.DESTINATION_NO_TRUST), (2, Code.DESTINATION_NO_TRUST)]


def test_a_request_that_depends_on_one_before_it_is_asked_about_in_its_turn() -> None:
    desk = new_desk()
    placed = LimitOrder(0, Side.BUY, 1000, 10_000 * ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
    desk.submit(placed)
    order = desk.alpha.machine.state.apex
    desk.submit(withdrawal(0 + ONE, asset=XLM))
    desk.submit(CancelOrder(order))
    desk.submit(withdrawal(900 * ONE))  # only when the order has freed the money
    assert len(desk.ledger.asked) == 1
    desk.ledger.answer()
    assert len(desk.ledger.asked) == 1
    desk.ledger.answer()
    assert desk.answers() == [(number, None) for number in (1, 2, 3, 4)]


def test_closing_asks_about_all_the_lumens() -> None:
    desk = new_desk()
    for asset in (1, 2):
        desk.submit(Payment(BERT.public, asset, 1000 * ONE))
    desk.submit(CloseAccount(ELSEWHERE))
    [(question, _)] = desk.ledger.asked
    assert question == Withdrawal(XLM, 1000 * ONE, ELSEWHERE)
    desk.ledger.answer()
    assert desk.answers() == [(1, None), (2, None), (3, None)]
    assert desk.alpha.machine.state.vault.accounts[ANNA.public].withdrawals


def test_what_changes_meanwhile_is_judged_when_its_turn_comes() -> None:
    desk = new_desk()
    desk.submit(withdrawal())
    desk.alpha.refused = Rejection(Code.NO_QUORUM, "nobody is there")
    desk.ledger.answer()
    assert desk.answers() == [(1, Code.NO_QUORUM)]
    desk.alpha.refused = None
    desk.submit(withdrawal())
    desk.alpha.now_us += 31_000_000
    desk.ledger.answer()
    assert desk.answers() == [(2, Code.EXPIRED)]


def test_a_client_that_has_gone_meanwhile_finds_its_answer() -> None:
    desk = new_desk()
    signed = desk.submit(withdrawal())
    desk.alpha.front.disconnect(desk.client.session)
    desk.ledger.answer()
    desk.alpha.settle()
    again = Desk(desk.alpha, desk.ledger, RawClient(desk.alpha).open())
    again.submit(signed)
    assert again.answers()[0] == (1, None)
    assert desk.ledger.asked == []


def test_the_questions_of_an_account_are_bounded_and_those_behind_wait() -> None:
    desk = new_desk()
    count = LEDGER_CHECKS_PER_ACCOUNT_MAX + 3
    for _ in range(count):
        desk.submit(withdrawal())
    asked = 0
    while desk.ledger.asked:
        assert len(desk.ledger.asked) <= LEDGER_CHECKS_PER_ACCOUNT_MAX
        asked += 1
        desk.ledger.answer()
    assert asked == count
    assert desk.answers() == [(number, None) for number in range(1, count + 1)]


def test_what_waits_of_an_account_is_bounded() -> None:
    desk = new_desk()
    desk.submit(withdrawal())
    for _ in range(LEDGER_QUEUE_PER_ACCOUNT_MAX):
        desk.submit(PAY)
    desk.ledger.answer()
    answers = desk.answers()
    assert answers[:-1] == [(number, None) for number in range(1, LEDGER_QUEUE_PER_ACCOUNT_MAX + 1)]
    assert answers[-1] == (LEDGER_QUEUE_PER_ACCOUNT_MAX + 1, Code.OVERLOADED)


def test_what_is_asked_ahead_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "LEDGER_CHECKS_AHEAD_MAX", 3)
    desk = new_desk()
    for _ in range(5):
        desk.submit(withdrawal())
    assert len(desk.ledger.asked) == 3
    other = Desk(desk.alpha, desk.ledger, RawClient(desk.alpha, BERT).open())
    other.submit(withdrawal())
    assert len(desk.ledger.asked) == 4
    while desk.ledger.asked:
        desk.ledger.answer()
    assert desk.answers() == [(number, None) for number in range(1, 6)]
    assert other.answers() == [(1, None)]


def test_all_questions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "LEDGER_CHECKS_MAX", 12)
    desk = new_desk()
    owners = [key(f"owner {number}") for number in range(12)]
    for owner in owners:
        desk.alpha.deposit(owner, XLM, 10 * ONE)
    desk.alpha.settle()
    for owner in owners:
        Desk(desk.alpha, desk.ledger, RawClient(desk.alpha, owner).open()).submit(withdrawal(ONE, asset=XLM))
    assert len(desk.ledger.asked) == 12
    desk.submit(withdrawal())
    assert desk.answers() == [(1, Code.OVERLOADED)]
    desk.ledger.answer()
    desk.submit(withdrawal())
    desk.ledger.answer(-1)
    assert desk.answers() == [(2, None)]


@pytest.mark.parametrize("size", [1, 10])
@hypothesis_settings(max_examples=40)
@given(data=st.data())
def test_whatever_the_order_of_the_ledgers_answers_requests_keep_theirs(size: int, data: st.DataObject) -> None:
    desk = new_desk()
    kinds = data.draw(st.lists(st.sampled_from(["withdraw", "pay"]), min_size=size, max_size=size + 5))
    expected: list[tuple[int, Code | None]] = []
    for number, kind in enumerate(kinds, start=1):
        desk.submit(withdrawal(number) if kind == "withdraw" else PAY)
    refused = set()
    while desk.ledger.asked:
        place = data.draw(st.integers(0, len(desk.ledger.asked) - 1))
        is_refused = data.draw(st.booleans())
        if is_refused:
            refused.add(desk.ledger.asked[place][0].amount)
        desk.ledger.answer(place, NO_TRUST if is_refused else None)
    expected = [
        (number, Code.DESTINATION_NO_TRUST if kind == "withdraw" and number in refused else None)
        for number, kind in enumerate(kinds, start=1)
    ]
    assert desk.answers() == expected
    nonces = [
        executed.quantum.body.request.nonce
        for sealed, _ in desk.alpha.sealed
        for executed in sealed.executed
        if isinstance(executed.quantum.body, SignedRequest)
    ]
    assert nonces == [number for number, code in expected if code is None]
