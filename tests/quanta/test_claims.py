"""Claimable balances: wanted or ignored, claimed, refused, late."""

import pytest

from constellation.protocol.limits import CLAIMS_MAX
from constellation.protocol.messages import (
    AssetIdentity,
    ClaimableDeposit,
    ClaimIgnored,
    CreditAsset,
    DepositCredited,
    LedgerAdvanced,
    SuspenseReason,
    VaultTaskClosed,
    VaultTaskPrepared,
    VaultTaskType,
    Withdrawal,
    WithdrawalOutcome,
)
from constellation.testing.world import ONE, World, key_of, to
from tests.quanta.stage import LUMENS, PLENTY, USD, Stage, effects_for
from tests.quanta.test_state_restore import restored

ALICE = key_of("alice")
DOLLARS = World().usd
FIRST = key_of("channel 0").public
BALANCE = b"\xba" * 32
TRANSACTION = b"\x77" * 32


@pytest.fixture
def stage() -> Stage:
    stage = Stage(channels=1)
    stage.funded("alice")
    return stage


def claimable(
    stage: Stage, amount: int = 3 * ONE, asset: AssetIdentity = DOLLARS, place: int = 1, source: str = "alice"
) -> ClaimableDeposit:
    return ClaimableDeposit(stage.place | place, TRANSACTION, BALANCE, asset, amount, key_of(source).public, None)


def system_effects(stage: Stage, executed: object) -> list[object]:
    return effects_for(executed, stage.world.settings.vault)  # type: ignore[arg-type]


def test_a_claimable_balance_is_claimed_and_then_credited_to_its_maker(stage: Stage) -> None:
    event = claimable(stage)
    executed = stage.commits(event)
    max_time_s = stage.now // 1_000_000 + 300
    [prepared] = stage.machine.state.desk.prepared
    terms = VaultTaskType.CLAIM_TASK, event.operation
    assert system_effects(stage, executed)[-1] == VaultTaskPrepared(
        *terms, FIRST, (100 << 32) + 1, max_time_s, prepared.transaction
    )
    assert stage.balance(ALICE, USD) == (PLENTY, 0)
    executed = stage.answers(True)
    assert effects_for(executed, ALICE)[0] == DepositCredited(USD, 3 * ONE, TRANSACTION, event.operation, ALICE.public)
    assert system_effects(stage, executed)[0] == VaultTaskClosed(*terms, WithdrawalOutcome.PAID, prepared.transaction)
    assert stage.balance(ALICE, USD) == (PLENTY + 3 * ONE, 0)
    assert stage.machine.state.claims == {}


@pytest.mark.parametrize(
    ("asset", "amount", "wanted"),
    [
        (DOLLARS, ONE // 10, True),
        (DOLLARS, ONE // 10 - 1, False),
        (None, ONE // 10, True),
        (None, 1, False),
        (CreditAsset("USD", key_of("mallory").public), PLENTY, False),
        (CreditAsset("usd", DOLLARS.issuer), PLENTY, False),
    ],
)
def test_what_is_not_worth_a_transaction_is_told_and_left_alone(
    stage: Stage, asset: AssetIdentity, amount: int, wanted: bool
) -> None:
    event = claimable(stage, amount, asset)
    effects = system_effects(stage, stage.commits(event))
    assert len(stage.machine.state.desk.prepared) == wanted
    ignored = ClaimIgnored(event.operation, BALANCE, asset, amount, ALICE.public)
    assert (ignored in effects) is not wanted


def test_what_is_more_than_may_wait_is_left_alone_until_there_is_room(stage: Stage) -> None:
    """Anybody can make any number of them, and take them back: they must not fill the state."""
    while (room := CLAIMS_MAX - len(stage.machine.state.claims)) > 0:
        stage.commits(*(claimable(stage, place=place) for place in range(1, min(room, 200) + 1)))
    event = claimable(stage)
    ignored = ClaimIgnored(event.operation, BALANCE, DOLLARS, 3 * ONE, ALICE.public)
    assert ignored in system_effects(stage, stage.commits(event))
    assert len(stage.machine.state.claims) == CLAIMS_MAX
    stage.answers(True)
    assert len(stage.machine.state.claims) == CLAIMS_MAX - 1
    event = claimable(stage)
    stage.commits(event)
    assert event.operation in stage.machine.state.claims


def test_a_claim_that_the_ledger_refuses_credits_nobody(stage: Stage) -> None:
    stage.commits(claimable(stage))
    executed = stage.answers(False)
    closed = system_effects(stage, executed)[0]
    assert isinstance(closed, VaultTaskClosed)
    assert closed.outcome is WithdrawalOutcome.FAILED
    assert stage.balance(ALICE, USD) == (PLENTY, 0)
    assert (stage.machine.state.claims, stage.machine.state.desk.tasks) == ({}, [])


def test_a_claim_that_comes_too_late_is_tried_again_behind_those_that_came_meanwhile(stage: Stage) -> None:
    first = claimable(stage)
    stage.commits(first)
    second = claimable(stage)
    stage.commits(second)
    executed = stage.lapses()
    closed, advanced, prepared = system_effects(stage, executed)
    assert isinstance(closed, VaultTaskClosed)
    assert isinstance(advanced, LedgerAdvanced)
    assert isinstance(prepared, VaultTaskPrepared)
    assert (closed.number, closed.outcome) == (first.operation, WithdrawalOutcome.LAPSED)
    assert prepared.number == second.operation
    stage.answers(True)
    stage.answers(True)
    assert stage.balance(ALICE, USD) == (PLENTY + 6 * ONE, 0)


def test_one_that_lapses_in_the_report_that_brings_another_keeps_the_ledgers_order(stage: Stage) -> None:
    first = claimable(stage)
    stage.commits(first)
    [pending] = stage.machine.state.desk.prepared
    second = claimable(stage)
    stage.commits(second, closed_at_s=pending.max_time_s + 1)
    assert [item.task.key[1] for item in stage.machine.state.desk.prepared] == [first.operation]
    assert list(stage.machine.state.desk.waiting_claims) == [(VaultTaskType.CLAIM_TASK, second.operation)]


def test_those_that_lapse_together_wait_in_the_order_that_a_restored_state_has() -> None:
    """It knows of the quantum in which they lapsed, and of nothing within it."""
    stage = Stage(channels=3)
    stage.funded("alice")
    stage.runs(ALICE, Withdrawal(LUMENS, ONE, to(ALICE)))
    stage.commits(first := claimable(stage))
    stage.answers(True)
    stage.commits(second := claimable(stage))
    desk = stage.machine.state.desk
    assert [item.task.key[1] for item in desk.prepared] == [second.operation, first.operation]
    last = max(item.max_time_s for item in desk.prepared)
    late = [claimable(stage, place=place) for place in (1, 2, 3)]
    stage.commits(*late, closed_at_s=last + 1)
    assert [item.task.key[1] for item in desk.prepared] == [first.operation, second.operation]
    assert [number for _, number in desk.waiting_claims] == [event.operation for event in late]
    again = restored(stage.world, stage.machine.state).state.desk
    assert list(again.waiting_claims) == list(desk.waiting_claims)


def test_claims_come_after_everything_else(stage: Stage) -> None:
    """Anybody can make any number of them for nothing: no withdrawal waits for more than one."""
    stage.commits(*(claimable(stage, place=place) for place in range(1, 51)))
    stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE)))
    stage.runs(ALICE, Withdrawal(LUMENS, ONE, to(ALICE)))
    kinds = []
    for _ in range(4):
        stage.answers(True)
        kinds += [item.task.key[0] for item in stage.machine.state.desk.prepared]
    assert kinds == [VaultTaskType.WITHDRAWAL_TASK] * 2 + [VaultTaskType.CLAIM_TASK] * 2


def test_claims_of_a_suspended_asset_wait_until_it_is_resumed(stage: Stage) -> None:
    stage.suspends(USD)
    stage.commits(claimable(stage, place=1), claimable(stage, asset=None, place=2))
    assert [item.task.asset for item in stage.machine.state.desk.prepared] == [LUMENS]
    stage.resumes(USD)
    stage.answers(True)
    assert [item.task.asset for item in stage.machine.state.desk.prepared] == [USD]
    stage.answers(True)
    assert stage.balance(ALICE, USD) == (PLENTY + 3 * ONE, 0)


def test_a_claimed_balance_obeys_the_rules_of_the_moment_when_it_arrives(stage: Stage) -> None:
    """Its maker has no account, and the minimum deposit has been raised meanwhile."""
    stage.commits(claimable(stage, source="nobody", place=1), claimable(stage, amount=ONE, place=2))
    stage.changes_settings(lambda settings: setattr(settings.assets[USD], "minimum_deposit", 2 * ONE))
    stage.answers(True)
    stage.answers(True)
    assert [entry.reason for entry in stage.machine.state.suspense.entries] == [
        SuspenseReason.ACCOUNT_NOT_OPEN,
        SuspenseReason.BELOW_MINIMUM_DEPOSIT,
    ]
