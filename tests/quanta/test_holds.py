"""Holds: reserved, captured in part or whole, released, lapsed."""

import pytest

from constellation.protocol.limits import HOLDS_MAX
from constellation.protocol.messages import (
    CaptureHold,
    CloseAccount,
    Code,
    HoldClosed,
    HoldOpened,
    HoldOutcome,
    OpenHold,
    Payment,
    PaymentReceived,
    PaymentSent,
    ReleaseHold,
    TimeCommit,
)
from constellation.quanta import Machine, restore_state
from constellation.testing.world import ONE, key_of, to
from tests.quanta.stage import LUMENS, USD, Stage, accounts_of, effects_for, entries_of

ALICE, BOB, CAROL = key_of("alice"), key_of("bob"), key_of("carol")
SECOND = 1_000_000


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob", "carol", amount=100 * ONE)
    return stage


def opens(stage: Stage, amount: int = 10, after_us: int = SECOND, asset: int = USD) -> int:
    return stage.runs(ALICE, OpenHold(BOB.public, asset, amount * ONE, stage.now + after_us)).leaf.apex


def usd(stage: Stage) -> list[tuple[int, int]]:
    return [accounts_of(stage.machine)[who.public][USD] for who in (ALICE, BOB)]


def test_it_is_locked_and_both_are_told(stage: Stage) -> None:
    done = stage.runs(ALICE, OpenHold(BOB.public, USD, 10 * ONE, stage.now + SECOND))
    opened = HoldOpened(done.leaf.apex, ALICE.public, BOB.public, USD, 10 * ONE, stage.now + SECOND)
    assert effects_for(done, ALICE)[0] == effects_for(done, BOB)[0] == opened
    assert usd(stage) == [(100 * ONE, 10 * ONE), (100 * ONE, 0)]
    assert stage.refuses(ALICE, Payment(BOB.public, USD, 91 * ONE)) is Code.INSUFFICIENT_FUNDS


@pytest.mark.parametrize("captured", [4, 10])
def test_a_part_or_all_is_captured_and_the_rest_is_free(stage: Stage, captured: int) -> None:
    hold = opens(stage)
    done = stage.runs(BOB, CaptureHold(hold, captured * ONE))
    closed = HoldClosed(hold, USD, HoldOutcome.HOLD_CAPTURED, captured * ONE)
    assert effects_for(done, ALICE)[:2] == [closed, PaymentSent(BOB.public, USD, captured * ONE)]
    assert effects_for(done, BOB)[:2] == [closed, PaymentReceived(ALICE.public, USD, captured * ONE)]
    assert usd(stage) == [((100 - captured) * ONE, 0), ((100 + captured) * ONE, 0)]
    assert stage.refuses(BOB, CaptureHold(hold, ONE)) is Code.HOLD_NOT_FOUND


def test_its_beneficiary_alone_ends_it(stage: Stage) -> None:
    hold = opens(stage)
    for who in (ALICE, CAROL):
        assert stage.refuses(who, ReleaseHold(hold)) is Code.HOLD_NOT_FOUND
        assert stage.refuses(who, CaptureHold(hold, ONE)) is Code.HOLD_NOT_FOUND
    for amount in (0, -1, 10 * ONE + 1):
        assert stage.refuses(BOB, CaptureHold(hold, amount)) is Code.INVALID_AMOUNT
    done = stage.runs(BOB, ReleaseHold(hold))
    assert effects_for(done, BOB) == [HoldClosed(hold, USD, HoldOutcome.HOLD_RELEASED, 0)]
    assert usd(stage) == [(100 * ONE, 0)] * 2


def test_it_lapses_at_its_time(stage: Stage) -> None:
    hold, due = opens(stage), stage.now + SECOND
    stage.now = due
    assert stage.refuses(BOB, CaptureHold(hold, ONE)) is Code.TIME_IS_DUE
    done = stage.executes(TimeCommit(due))
    assert effects_for(done, ALICE)[0] == HoldClosed(hold, USD, HoldOutcome.HOLD_LAPSED, 0)
    assert stage.refuses(BOB, CaptureHold(hold, ONE)) is Code.HOLD_NOT_FOUND
    assert usd(stage) == [(100 * ONE, 0)] * 2


def test_what_cannot_be_held(stage: Stage) -> None:
    later = stage.now + SECOND
    for operation, code in (
        (OpenHold(BOB.public, USD, 0, later), Code.INVALID_AMOUNT),
        (OpenHold(BOB.public, 9, ONE, later), Code.UNKNOWN_ASSET),
        (OpenHold(ALICE.public, USD, ONE, later), Code.SELF_PAYMENT),
        (OpenHold(key_of("nobody").public, USD, ONE, later), Code.UNKNOWN_DESTINATION),
        (OpenHold(BOB.public, USD, ONE, stage.now), Code.INVALID_EXPIRY),
        (OpenHold(BOB.public, USD, 101 * ONE, later), Code.INSUFFICIENT_FUNDS),
        (OpenHold(BOB.public, LUMENS, 100 * ONE, later), Code.BELOW_MINIMUM_BALANCE),
    ):
        assert stage.refuses(ALICE, operation) is code
    stage.suspends(USD)
    assert stage.refuses(ALICE, OpenHold(BOB.public, USD, ONE, later)) is Code.SUSPENDED_ASSET


def test_a_suspended_asset_is_not_captured_but_released(stage: Stage) -> None:
    hold = opens(stage)
    stage.suspends(USD)
    assert stage.refuses(BOB, CaptureHold(hold, ONE)) is Code.SUSPENDED_ASSET
    stage.runs(BOB, ReleaseHold(hold))


def test_an_account_has_a_limited_number_of_them_and_cannot_be_closed_with_one(stage: Stage) -> None:
    operation = OpenHold(BOB.public, LUMENS, 1, stage.now + SECOND)
    for _ in range(HOLDS_MAX):
        hold = stage.runs(ALICE, operation).leaf.apex
    assert stage.refuses(ALICE, operation) is Code.TOO_MANY_HOLDS
    assert stage.refuses(ALICE, CloseAccount(to(ALICE))) is Code.ACCOUNT_NOT_EMPTY
    stage.runs(BOB, ReleaseHold(hold))
    stage.runs(ALICE, operation)


def test_it_survives_a_restart(stage: Stage) -> None:
    first, second = opens(stage, 1), opens(stage, 2, 5 * SECOND)
    machine = Machine.from_state(restore_state(stage.world.settings, entries_of(stage.machine.state).values()))
    assert machine.state.root() == stage.machine.state.root()
    assert machine.state.vault.holds == stage.machine.state.vault.holds
    assert list(machine.state.vault.accounts[ALICE.public].holds) == [first, second]
    assert machine.due_at(2**63 - 1) == stage.now + SECOND


def test_a_batch_that_is_undone_holds_nothing(stage: Stage) -> None:
    hold, before = opens(stage), entries_of(stage.machine.state)
    wrong = Payment(BOB.public, USD, 0)
    assert stage.refuses_batch(BOB, CaptureHold(hold, ONE), wrong) is Code.INVALID_AMOUNT
    assert stage.refuses_batch(ALICE, OpenHold(BOB.public, USD, ONE, stage.now + 9), wrong) is Code.INVALID_AMOUNT
    assert entries_of(stage.machine.state) == before
    stage.runs(BOB, CaptureHold(hold, ONE))
