"""Withdrawals above an asset's amount: they wait, are approved or refused by a quorum, or are given back in time."""

import pytest

from constellation.protocol.messages import (
    BalanceChanged,
    CloseAccount,
    Code,
    Payment,
    TimeCommit,
    Withdrawal,
    WithdrawalAccepted,
    WithdrawalApproved,
    WithdrawalClosed,
    WithdrawalDecision,
    WithdrawalOutcome,
    WithdrawalPrepared,
    WithdrawalWithheld,
)
from constellation.quanta.conservation import conservation_errors
from constellation.testing.world import ONE, key_of, to
from tests.quanta.stage import LUMENS, PLENTY, USD, Stage, effects_for, picture, root_from_scratch
from tests.quanta.test_state_restore import restored

ALICE, BOB = key_of("alice"), key_of("bob")
LIFETIME_US = 3600 * 1_000_000
NOTHING = bytes(32)


@pytest.fixture
def stage() -> Stage:
    stage = Stage(channels=1)
    stage.funded("alice", "bob")

    def limit(settings) -> None:
        settings.assets[USD].approval_above = 10 * ONE
        settings.approval_lifetime_s = 3600

    stage.changes_settings(limit)
    return stage


def asks(stage: Stage, amount: int = 11 * ONE, asset: int = USD) -> int:
    return stage.runs(ALICE, Withdrawal(asset, amount, to(ALICE))).leaf.apex


def kinds(stage: Stage, number: int) -> list[int]:
    """Numbers of the withdrawals that wait for an approval, for a channel, and for the ledger."""
    desk = stage.machine.state.desk
    queues = desk.withheld, desk.waiting, {item.task.key: item for item in desk.prepared}
    return [place for place, queue in enumerate(queues) for key in queue if key[1] == number]


def test_a_large_one_is_withheld_and_a_small_one_goes_on(stage: Stage) -> None:
    executed = stage.runs(ALICE, Withdrawal(USD, 10 * ONE + 1, to(ALICE)))
    number, until = executed.leaf.apex, stage.now + LIFETIME_US
    assert effects_for(executed, ALICE) == [
        WithdrawalAccepted(number, USD, 10 * ONE + 1, ALICE.public),
        WithdrawalWithheld(number, until),
        BalanceChanged(USD, PLENTY, 10 * ONE + 1),
    ]
    assert kinds(stage, number) == [0]
    small = asks(stage, 10 * ONE)
    assert kinds(stage, small) == [2], "the channel is free for others"
    assert kinds(stage, asks(stage, 500 * ONE, LUMENS)) == [1], "each asset has its own amount; 0 is none"


def test_it_is_approved_and_paid(stage: Stage) -> None:
    first, second = asks(stage), asks(stage, 20 * ONE)
    executed = stage.decides(WithdrawalDecision(second, True))
    approved, prepared = effects_for(executed, ALICE)
    assert approved == WithdrawalApproved(second)
    assert isinstance(prepared, WithdrawalPrepared)
    assert prepared.withdrawal == second
    stage.decides(WithdrawalDecision(first, True))
    assert kinds(stage, first) == [1]
    paid = stage.answers(True)
    assert WithdrawalClosed(second, WithdrawalOutcome.PAID, prepared.transaction) in effects_for(paid, ALICE)
    stage.answers(True)
    assert stage.balance(ALICE, USD) == (PLENTY - 31 * ONE, 0)


def test_once_approved_it_has_the_place_that_its_number_gives(stage: Stage) -> None:
    large = asks(stage)
    carried, behind = asks(stage, ONE), asks(stage, ONE)
    stage.decides(WithdrawalDecision(large, True))
    assert (kinds(stage, carried), kinds(stage, behind)) == ([2], [1])
    stage.answers(True)
    assert (kinds(stage, large), kinds(stage, behind)) == ([2], [1])


def test_it_is_refused_and_its_money_is_free(stage: Stage) -> None:
    number = asks(stage)
    executed = stage.decides(WithdrawalDecision(number, False))
    assert effects_for(executed, ALICE) == [
        WithdrawalClosed(number, WithdrawalOutcome.REFUSED_BY_AUDITORS, NOTHING),
        BalanceChanged(USD, PLENTY, 0),
    ]
    assert not stage.machine.state.vault.accounts[ALICE.public].withdrawals
    assert stage.machine.due_at(2**63 - 1) is None
    stage.runs(ALICE, Payment(BOB.public, USD, PLENTY))


def test_what_nobody_decides_is_given_back_at_its_time(stage: Stage) -> None:
    number, due = asks(stage), stage.now + LIFETIME_US
    stage.now = due - 1
    stage.runs(BOB, Payment(ALICE.public, USD, 1))
    stage.now = due
    assert stage.refuses(BOB, Payment(ALICE.public, USD, 1)) is Code.TIME_IS_DUE
    executed = stage.executes(TimeCommit(due))
    assert effects_for(executed, ALICE)[0] == WithdrawalClosed(number, WithdrawalOutcome.NOT_APPROVED, NOTHING)
    assert stage.balance(ALICE, USD) == (PLENTY + 1, 0)
    assert stage.refuses_decision(WithdrawalDecision(number, True)) is Code.STALE_PROPOSAL


def test_each_is_decided_once(stage: Stage) -> None:
    refused, approved, small = asks(stage), asks(stage), asks(stage, ONE)
    stage.decides(WithdrawalDecision(refused, False))
    stage.decides(WithdrawalDecision(approved, True))
    for number in (refused, approved, small, 1, 2**64 - 1):
        for is_approved in (True, False):
            assert stage.refuses_decision(WithdrawalDecision(number, is_approved)) is Code.STALE_PROPOSAL


def test_one_that_is_approved_and_lapses_is_not_withheld_again(stage: Stage) -> None:
    number = asks(stage)
    stage.decides(WithdrawalDecision(number, True))
    assert WithdrawalOutcome.LAPSED in [
        effect.outcome for effect in effects_for(stage.lapses(), ALICE) if isinstance(effect, WithdrawalClosed)
    ]
    assert stage.balance(ALICE, USD) == (PLENTY, 0)


def test_a_suspended_asset_holds_an_approved_one_back(stage: Stage) -> None:
    number = asks(stage)
    stage.suspends(USD)
    stage.decides(WithdrawalDecision(number, True))
    assert kinds(stage, number) == []
    stage.resumes(USD)
    assert kinds(stage, number) == [2]


def test_other_settings_do_not_touch_what_waits(stage: Stage) -> None:
    number = asks(stage)
    stage.changes_settings(lambda settings: setattr(settings.assets[USD], "approval_above", 0))
    assert kinds(stage, number) == [0]
    assert kinds(stage, asks(stage, 50 * ONE)) == [2]


def test_it_counts_as_unsettled(stage: Stage) -> None:
    stage.changes_settings(lambda settings: setattr(settings.limits, "withdrawals", 2))
    asks(stage)
    asks(stage)
    assert stage.refuses(ALICE, Withdrawal(USD, ONE, to(ALICE))) is Code.TOO_MANY_WITHDRAWALS
    assert stage.refuses(ALICE, CloseAccount(to(ALICE))) is Code.ACCOUNT_NOT_EMPTY


def test_closing_an_account_waits_like_every_withdrawal(stage: Stage) -> None:
    stage.changes_settings(lambda settings: setattr(settings.assets[LUMENS], "approval_above", ONE))
    for asset in range(1, 3):
        if stage.balance(BOB, asset)[0]:
            stage.runs(BOB, Payment(ALICE.public, asset, stage.balance(BOB, asset)[0]))
    number = stage.runs(BOB, CloseAccount(to(BOB))).leaf.apex
    assert kinds(stage, number) == [0]
    stage.decides(WithdrawalDecision(number, False))
    assert stage.balance(BOB, LUMENS) == (PLENTY, 0)


def test_it_survives_a_restart_and_is_given_back_there(stage: Stage) -> None:
    number, due = asks(stage), stage.now + LIFETIME_US
    asks(stage, ONE)
    machine = restored(stage.world, stage.machine.state)
    assert machine.state.root() == stage.machine.state.root() == root_from_scratch(stage.machine.state)
    assert conservation_errors(machine.state) == []
    stage.machine = machine
    assert kinds(stage, number) == [0]
    stage.now = due
    executed = stage.executes(TimeCommit(due))
    assert effects_for(executed, ALICE)[0] == WithdrawalClosed(number, WithdrawalOutcome.NOT_APPROVED, NOTHING)


def test_a_refused_decision_changes_nothing(stage: Stage) -> None:
    asks(stage)
    before = picture(stage.machine)
    stage.refuses_decision(WithdrawalDecision(99, True))
    assert picture(stage.machine) == before
