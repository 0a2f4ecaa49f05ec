"""Closing an account, what races with it, and that nothing of its past can be replayed."""

import pytest

from constellation.protocol.messages import (
    CancelOrder,
    CloseAccount,
    Code,
    LedgerDeposit,
    LedgerDestination,
    LimitOrder,
    Payment,
    RegisterRouting,
    Side,
    SuspenseReason,
    TimeInForce,
    Withdrawal,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalOutcome,
)
from constellation.testing.world import ONE, World, key_of, to
from tests.quanta.stage import LUMENS, USD, Stage, effects_for

ALICE, BOB = key_of("alice"), key_of("bob")
DOLLARS = World().usd
CLOSE = CloseAccount(to(ALICE))
ORDER = LimitOrder(0, Side.BUY, 2_500, 1_000_000, TimeInForce.GOOD_TILL_CANCELLED, None)


@pytest.fixture
def stage() -> Stage:
    """Alice has 30 lumens and nothing else, Bob a hundred of everything."""
    stage = Stage()
    stage.funded("bob", amount=100 * ONE)
    stage.executes(stage.world.deposits(stage.machine, (ALICE, LUMENS, 30 * ONE)))
    return stage


def deposit(stage: Stage, amount: int, asset: int = LUMENS) -> None:
    stage.executes(stage.world.deposits(stage.machine, (ALICE, asset, amount)))


def test_closing_withdraws_all_lumens_with_the_minimum_balance(stage: Stage) -> None:
    executed = stage.runs(ALICE, CLOSE)
    [accepted] = [effect for effect in effects_for(executed, ALICE) if isinstance(effect, WithdrawalAccepted)]
    assert (accepted.asset, accepted.amount) == (LUMENS, 30 * ONE)
    assert stage.balance(ALICE, LUMENS) == (30 * ONE, 30 * ONE)
    executed = stage.answers(True)
    [closed] = [effect for effect in effects_for(executed, ALICE) if isinstance(effect, WithdrawalClosed)]
    assert closed.outcome is WithdrawalOutcome.PAID
    assert stage.balance(ALICE, LUMENS) == (0, 0)
    assert not stage.machine.state.is_open(ALICE.public)


def empty_order(stage: Stage) -> None:
    stage.runs(ALICE, LimitOrder(0, Side.SELL, 2_500, 1_000_000, TimeInForce.GOOD_TILL_CANCELLED, None))


def empty_withdrawal(stage: Stage) -> None:
    stage.runs(ALICE, Withdrawal(LUMENS, ONE, to(ALICE)))


def some_dollars(stage: Stage) -> None:
    deposit(stage, ONE, USD)


def closing_already(stage: Stage) -> None:
    stage.runs(ALICE, CLOSE)


@pytest.mark.parametrize("something", [empty_order, empty_withdrawal, some_dollars, closing_already])
def test_an_account_with_anything_else_is_not_closed(stage: Stage, something: object) -> None:
    assert callable(something)
    something(stage)
    assert stage.refuses(ALICE, CLOSE) is Code.ACCOUNT_NOT_EMPTY


def test_an_asset_that_was_all_spent_does_not_count(stage: Stage) -> None:
    deposit(stage, ONE, USD)
    stage.runs(ALICE, Payment(BOB.public, USD, ONE))
    stage.runs(ALICE, CLOSE)


@pytest.mark.parametrize(
    ("destination", "code"),
    [
        (to(key_of("vault")), Code.FORBIDDEN_DESTINATION),
        (to(key_of("channel 1")), Code.FORBIDDEN_DESTINATION),
        (to(ALICE, ""), Code.INVALID_MEMO),
        (to(ALICE, 1, muxed_id=1), Code.INVALID_MEMO),
        (to(ALICE, muxed_id=1, creates=True), Code.FORBIDDEN_DESTINATION),
    ],
)
def test_destinations_are_those_of_withdrawals(stage: Stage, destination: LedgerDestination, code: Code) -> None:
    assert stage.refuses(ALICE, CloseAccount(destination)) is code
    assert stage.refuses(ALICE, Withdrawal(LUMENS, ONE, destination)) is code


def test_only_lumens_create_an_account(stage: Stage) -> None:
    assert stage.refuses(BOB, Withdrawal(USD, ONE, to(BOB, creates=True))) is Code.FORBIDDEN_DESTINATION
    stage.runs(BOB, Withdrawal(LUMENS, ONE, to(BOB, "memo", creates=True)))


def test_a_closed_account_can_do_nothing_but_leave(stage: Stage) -> None:
    stage.runs(ALICE, CLOSE)
    stage.answers(True)
    for operation in (ORDER, Payment(BOB.public, USD, 1), RegisterRouting(1)):
        assert stage.refuses(ALICE, operation) is Code.ACCOUNT_CLOSED
    assert stage.refuses(ALICE, CLOSE) is Code.INSUFFICIENT_FUNDS
    assert stage.refuses(ALICE, Withdrawal(LUMENS, 1, to(ALICE))) is Code.INSUFFICIENT_FUNDS
    assert stage.refuses(ALICE, CancelOrder(1)) is Code.ORDER_NOT_FOUND


@pytest.mark.parametrize("successful", [False, None], ids=["failed", "lapsed"])
def test_a_closing_that_was_not_paid_leaves_the_account_as_it_was(stage: Stage, successful: bool | None) -> None:
    stage.runs(ALICE, CLOSE)
    if successful is None:
        stage.lapses()
    else:
        stage.answers(successful)
    assert stage.balance(ALICE, LUMENS) == (30 * ONE, 0)
    stage.runs(ALICE, Payment(BOB.public, LUMENS, ONE))


def test_deposits_that_race_with_a_closing_stay_in_the_account(stage: Stage) -> None:
    stage.runs(ALICE, CLOSE)
    deposit(stage, 2 * ONE)
    deposit(stage, 5 * ONE, USD)
    assert stage.balance(ALICE, LUMENS) == (32 * ONE, 30 * ONE)
    stage.answers(True)
    assert stage.balance(ALICE, LUMENS) == (2 * ONE, 0)
    assert stage.balance(ALICE, USD) == (5 * ONE, 0)
    stage.runs(ALICE, Payment(BOB.public, USD, ONE))


def test_what_arrives_too_late_can_still_be_withdrawn(stage: Stage) -> None:
    stage.runs(ALICE, CLOSE)
    stage.runs(BOB, Payment(ALICE.public, USD, 5 * ONE))
    stage.answers(True)
    assert stage.refuses(ALICE, Payment(BOB.public, USD, ONE)) is Code.ACCOUNT_CLOSED
    stage.runs(ALICE, Withdrawal(USD, 5 * ONE, to(ALICE)))
    stage.answers(True)
    assert stage.balance(ALICE, USD) == (0, 0)


def test_an_order_that_outlived_its_account_can_be_cancelled(stage: Stage) -> None:
    stage.runs(ALICE, CLOSE)
    stage.runs(BOB, Payment(ALICE.public, USD, 5 * ONE))
    placed = stage.runs(ALICE, ORDER).leaf.apex
    stage.answers(True)
    stage.runs(ALICE, CancelOrder(placed))
    stage.runs(ALICE, Withdrawal(USD, 5 * ONE, to(ALICE)))


def test_a_closed_account_is_opened_by_a_deposit_of_the_minimum_or_by_a_payment(stage: Stage) -> None:
    stage.runs(ALICE, CLOSE)
    stage.answers(True)
    deposit(stage, ONE - 1)
    assert [entry.reason for entry in stage.machine.state.suspense.entries] == [SuspenseReason.ACCOUNT_NOT_OPEN]
    assert stage.refuses(BOB, Payment(ALICE.public, USD, ONE)) is Code.UNKNOWN_DESTINATION
    assert stage.refuses(BOB, Payment(ALICE.public, LUMENS, ONE - 1)) is Code.UNKNOWN_DESTINATION
    stage.runs(BOB, Payment(ALICE.public, LUMENS, ONE))
    assert stage.machine.state.is_open(ALICE.public)
    stage.runs(BOB, Payment(ALICE.public, USD, ONE))


def test_a_closed_accounts_routing_id_stays_its_own(stage: Stage) -> None:
    stage.runs(ALICE, RegisterRouting(5))
    stage.runs(ALICE, CLOSE)
    stage.answers(True)
    assert stage.refuses(BOB, RegisterRouting(5)) is Code.ROUTING_ID_TAKEN
    dollars = LedgerDeposit(stage.place | 1, bytes(32), DOLLARS, ONE, BOB.public, 5, None)
    lumens = LedgerDeposit(stage.place | 2, bytes(32), None, ONE, BOB.public, 5, None)
    stage.commits(dollars, lumens)
    assert [entry.reason for entry in stage.machine.state.suspense.entries] == [SuspenseReason.ACCOUNT_NOT_OPEN]
    assert stage.balance(ALICE, LUMENS) == (ONE, 0)


def test_nothing_that_a_closed_account_has_signed_is_executed_after_it_is_opened_anew(stage: Stage) -> None:
    validity = {"valid_until": stage.now + 100_000_000}
    payment = stage.request(ALICE, Payment(BOB.public, LUMENS, ONE), **validity)
    never_sent = stage.request(ALICE, Payment(BOB.public, LUMENS, 2 * ONE), nonce=2, **validity)
    stage.executes(payment)
    closing = stage.request(ALICE, CLOSE, nonce=3, **validity)
    stage.executes(closing)
    stage.answers(True)
    deposit(stage, 40 * ONE)
    numbers = stage.machine.state.vault.accounts[ALICE.public]
    assert (numbers.nonce, numbers.effect_number > 0) == (3, True)
    for old in (payment, never_sent, closing):
        assert stage.refuses_body(old) is Code.NONCE_TOO_LOW
    stage.runs(ALICE, Payment(BOB.public, LUMENS, ONE))


def test_the_fee_account_can_be_emptied_and_stays_open(stage: Stage) -> None:
    fees = stage.world.fee_account
    stage.executes(stage.world.deposits(stage.machine, (fees, LUMENS, 3 * ONE)))
    stage.runs(fees, CloseAccount(to(ALICE)))
    stage.answers(True)
    stage.executes(stage.world.deposits(stage.machine, (fees, USD, ONE)))
    stage.runs(fees, Payment(BOB.public, USD, ONE))
