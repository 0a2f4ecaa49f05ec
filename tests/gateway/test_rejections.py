"""Every refusal that a client can provoke has its code and leaves the state as it was."""

from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AccountEvent,
    Acknowledgement,
    CancelOrder,
    Code,
    LimitOrder,
    Operation,
    Payment,
    QueryAccount,
    QueryBook,
    Rejected,
    Request,
    Side,
    Submit,
    TimeInForce,
    Withdrawal,
)
from constellation.testing.world import to
from tests.gateway.harness import ANNA, BERT, EUR, USD, XLM, Alpha, RawClient, key, sign

GTC, IOC = TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL
BERT_ORDER = 7
"""The id of an order that Bert has on the book in every test here."""


@pytest.fixture(scope="module")
def alpha() -> Alpha:
    alpha = Alpha().fund(ANNA, BERT)
    alpha.execute(alpha.request(BERT, LimitOrder(0, Side.SELL, 2000, ONE, GTC, None), nonce=1))
    alpha.execute(alpha.request(ANNA, Payment(BERT.public, XLM, ONE), nonce=10))
    alpha.settle()
    assert BERT_ORDER in alpha.machine.state.engine.orders
    return alpha


def order(**changes: object) -> LimitOrder:
    return replace(LimitOrder(0, Side.BUY, 1000, ONE, GTC, None), **changes)  # type: ignore[arg-type]


def withdrawal(**changes: object) -> Withdrawal:
    return replace(Withdrawal(XLM, ONE, to(key("elsewhere"))), **changes)  # type: ignore[arg-type]


def refusal(alpha: Alpha, operation: Operation, **changes: int) -> Rejected:
    client = RawClient(alpha).open()
    root, apex = alpha.root(), alpha.machine.state.apex
    request = replace(Request(ANNA.public, None, 11, alpha.now_us + 1_000_000, operation), **changes)
    client.send(Submit(5, sign(ANNA, alpha.constellation, request)))
    (answer,) = client.received()
    assert isinstance(answer, Rejected)
    assert answer.request_id == 5
    assert answer.message
    assert (alpha.root(), alpha.machine.state.apex, alpha.executed) == (root, apex, [])
    alpha.front.disconnect(client.session)
    return answer


OPERATIONS = [
    (Payment(BERT.public, XLM, 0), Code.INVALID_AMOUNT),
    (Payment(BERT.public, XLM, -1), Code.INVALID_AMOUNT),
    (Payment(BERT.public, XLM, -INT64_MAX - 1), Code.INVALID_AMOUNT),
    (Payment(BERT.public, XLM, INT64_MAX), Code.INSUFFICIENT_FUNDS),
    (Payment(BERT.public, XLM, 999 * ONE), Code.BELOW_MINIMUM_BALANCE),
    (Payment(BERT.public, 3, ONE), Code.UNKNOWN_ASSET),
    (Payment(BERT.public, 2**32 - 1, ONE), Code.UNKNOWN_ASSET),
    (Payment(ANNA.public, XLM, ONE), Code.SELF_PAYMENT),
    (Payment(key("nobody").public, USD, ONE), Code.UNKNOWN_DESTINATION),
    (order(market=3), Code.UNKNOWN_MARKET),
    (order(market=2**32 - 1), Code.UNKNOWN_MARKET),
    (order(market=1), Code.MARKET_NOT_OPEN),
    (order(price=0), Code.INVALID_PRICE),
    (order(price=-10), Code.INVALID_PRICE),
    (order(price=1001), Code.OFF_TICK),
    (order(amount=0), Code.INVALID_AMOUNT),
    (order(amount=-ONE), Code.INVALID_AMOUNT),
    (order(amount=ONE + 1), Code.OFF_LOT),
    (order(price=10**18, amount=10**6 * ONE), Code.AMOUNT_OVERFLOW),
    (order(price=10), Code.BELOW_MINIMUM_NOTIONAL),
    (order(amount=10**6 * ONE), Code.INSUFFICIENT_FUNDS),
    (order(side=Side.SELL, amount=999 * ONE), Code.BELOW_MINIMUM_BALANCE),
    (CancelOrder(0), Code.ORDER_NOT_FOUND),
    (CancelOrder(BERT_ORDER), Code.ORDER_NOT_FOUND),
    (CancelOrder(2**64 - 1), Code.ORDER_NOT_FOUND),
    (withdrawal(amount=0), Code.INVALID_AMOUNT),
    (withdrawal(asset=9), Code.UNKNOWN_ASSET),
    (withdrawal(destination=to(key("vault"))), Code.FORBIDDEN_DESTINATION),
    (withdrawal(destination=to(key("channel"))), Code.FORBIDDEN_DESTINATION),
    (withdrawal(destination=to(BERT, "")), Code.INVALID_MEMO),
    (withdrawal(amount=INT64_MAX), Code.INSUFFICIENT_FUNDS),
    (withdrawal(amount=999 * ONE), Code.BELOW_MINIMUM_BALANCE),
]


@pytest.mark.parametrize(("operation", "code"), OPERATIONS)
def test_operation_is_refused(alpha: Alpha, operation: Operation, code: Code) -> None:
    assert refusal(alpha, operation).code is code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": 0}, Code.INVALID_NONCE),
        ({"nonce": -5}, Code.INVALID_NONCE),
        ({"nonce": 9}, Code.NONCE_TOO_LOW),
        ({"valid_until": 0}, Code.EXPIRED),
        ({"valid_until": -INT64_MAX}, Code.EXPIRED),
        ({"valid_until": INT64_MAX}, Code.VALIDITY_TOO_LONG),
    ],
)
def test_request_is_refused(alpha: Alpha, changes: dict[str, int], code: Code) -> None:
    assert refusal(alpha, Payment(BERT.public, XLM, ONE), **changes).code is code


def test_nonce_of_an_executed_request_conflicts(alpha: Alpha) -> None:
    assert refusal(alpha, Payment(BERT.public, XLM, 2 * ONE), nonce=10).code is Code.NONCE_CONFLICT


def test_validity_is_inclusive_at_both_ends() -> None:
    alpha = Alpha().fund(ANNA, BERT)
    validity_us = alpha.settings.limits.validity_us
    assert refusal(alpha, order(), valid_until=alpha.now_us - 1).code is Code.EXPIRED
    assert refusal(alpha, order(), valid_until=alpha.now_us + validity_us + 1).code is Code.VALIDITY_TOO_LONG
    client = RawClient(alpha).open()
    for nonce, valid_for_us in ((1, 0), (2, validity_us)):
        client.send(Submit(nonce, alpha.request(ANNA, order(), nonce, valid_for_us)))
    alpha.settle()
    assert isinstance(client.received()[0], Acknowledgement)


def test_unknown_account_is_refused() -> None:
    alpha = Alpha().fund(ANNA)
    nobody = key("nobody")
    client = RawClient(alpha, nobody).open()
    root = alpha.root()
    client.send(Submit(1, alpha.request(nobody, Payment(ANNA.public, XLM, ONE))))
    (answer,) = client.received()
    assert isinstance(answer, Rejected)
    assert answer.code is Code.UNKNOWN_ACCOUNT
    assert alpha.root() == root


def test_request_of_another_account_is_refused_even_when_signed(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    root = alpha.root()
    client.send(Submit(1, alpha.request(BERT, Payment(ANNA.public, XLM, ONE), nonce=50)))
    (answer,) = client.received()
    assert isinstance(answer, Rejected)
    assert answer.code is Code.FOREIGN_ACCOUNT
    assert alpha.root() == root


def test_limits_of_open_orders_and_withdrawals() -> None:
    alpha = Alpha().fund(ANNA)
    for nonce in range(1, 5):
        alpha.execute(alpha.request(ANNA, order(), nonce))
    for nonce in range(5, 7):
        alpha.execute(alpha.request(ANNA, withdrawal(), nonce))
    alpha.settle()
    assert refusal(alpha, order()).code is Code.TOO_MANY_OPEN_ORDERS
    assert refusal(alpha, withdrawal()).code is Code.TOO_MANY_WITHDRAWALS


@pytest.mark.parametrize("code", [Code.NOT_READY, Code.NO_QUORUM, Code.SHUTTING_DOWN, Code.HALTED])
def test_alpha_refuses_for_reasons_of_its_own(code: Code) -> None:
    alpha = Alpha().fund(ANNA, BERT)
    alpha.refused = Rejection(code, "not now")
    answer = refusal(alpha, order())
    assert (answer.code, answer.message) == (code, "not now")


def test_rate_limit_counts_refused_requests_and_queries_and_refills() -> None:
    alpha = Alpha(rate=(2, 3)).fund(ANNA)
    client = RawClient(alpha).open()
    root = alpha.root()
    client.send(Submit(1, alpha.request(ANNA, CancelOrder(1))))
    client.send(QueryAccount(2, None))
    client.send(QueryBook(3, 0, 1))
    for number in (4, 5, 6):
        client.send(
            (QueryAccount(number, None), QueryBook(number, 0, 1), Submit(6, alpha.request(ANNA, order())))[number - 4]
        )
    answers = client.received()
    assert [answer.code for answer in answers[3:] if isinstance(answer, Rejected)] == [Code.RATE_LIMITED] * 3
    assert alpha.root() == root
    alpha.now_us += 500_000
    client.send(Submit(7, alpha.request(ANNA, CancelOrder(1))))
    client.send(Submit(8, alpha.request(ANNA, CancelOrder(1))))
    codes = [answer.code for answer in client.received() if isinstance(answer, Rejected)]
    assert codes == [Code.ORDER_NOT_FOUND, Code.RATE_LIMITED]


def test_unlisted_market_has_no_book(alpha: Alpha) -> None:
    client = RawClient(alpha).open()
    client.send(QueryBook(1, 3, 5))
    (answer,) = client.received()
    assert isinstance(answer, Rejected)
    assert answer.code is Code.UNKNOWN_MARKET


def test_immediate_or_cancel_is_no_open_order() -> None:
    alpha = Alpha().fund(ANNA)
    client = RawClient(alpha).open()
    client.send(Submit(1, alpha.request(ANNA, order(time_in_force=IOC, market=2))))
    alpha.settle()
    acknowledgement = client.received()[0]
    assert isinstance(acknowledgement, Acknowledgement)
    (event,) = acknowledgement.events
    assert isinstance(event, AccountEvent)
    assert alpha.machine.state.engine.orders == {}
    assert alpha.settings.assets[EUR].identity is not None
