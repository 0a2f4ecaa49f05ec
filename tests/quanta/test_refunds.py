"""Deposits in suspense, sent back by a decision of the auditors."""

from dataclasses import replace

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AssetSettings,
    Code,
    CreditAsset,
    LedgerDeposit,
    SuspenseReason,
    SuspenseRefund,
    SuspenseRefunded,
    VaultClawback,
    VaultTaskClosed,
    VaultTaskType,
    WithdrawalOutcome,
)
from constellation.testing.world import ONE, World, key_of
from constellation.vault.transactions import task_envelope
from tests.quanta.stage import USD, Stage, effects_for

STRANGER = key_of("stranger")
DOLLARS = World().usd
TRANSACTION = b"\x5a" * 32


@pytest.fixture
def stage() -> Stage:
    """Two deposits of dollars by somebody without an account are in suspense."""
    stage = Stage(channels=1)
    stage.commits(
        LedgerDeposit(stage.place | 1, TRANSACTION, DOLLARS, 5 * ONE, STRANGER.public, None, None),
        LedgerDeposit(stage.place | 2, TRANSACTION, DOLLARS, 7 * ONE, STRANGER.public, None, None),
    )
    return stage


def operation(stage: Stage, number: int = 0) -> int:
    return stage.machine.state.suspense.entries[number].operation


def refund(stage: Stage, attempt: int = 1, number: int = 0) -> SuspenseRefund:
    return SuspenseRefund(operation(stage, number), attempt)


def test_a_refund_pays_the_sender_back_and_says_what_for(stage: Stage) -> None:
    decision = refund(stage)
    stage.decides(decision)
    [prepared] = stage.machine.state.desk.prepared
    envelope = task_envelope(stage.world.settings, prepared)
    [payment] = envelope.transaction.operations
    assert (payment.destination.account_id, payment.amount) == (STRANGER.address, "5.0000000")
    assert envelope.transaction.memo.memo_return == TRANSACTION  # type: ignore[union-attr]
    assert stage.machine.state.vault.held[USD] == 12 * ONE
    executed = stage.answers(True)
    assert stage.machine.state.vault.held[USD] == stage.machine.state.suspense.sum(USD) == 7 * ONE
    effects = effects_for(executed, stage.world.settings.vault)
    terms = VaultTaskType.REFUND_TASK, decision.operation
    assert effects[:2] == [
        SuspenseRefunded(decision.operation, prepared.transaction),
        VaultTaskClosed(*terms, WithdrawalOutcome.PAID, prepared.transaction),
    ]
    assert stage.refuses_decision(decision) is Code.STALE_PROPOSAL


@pytest.mark.parametrize("attempt", [0, 2, 2**32 - 1])
def test_a_refund_names_the_attempt_that_is_next(stage: Stage, attempt: int) -> None:
    assert stage.refuses_decision(refund(stage, attempt)) is Code.STALE_PROPOSAL


def test_what_is_not_in_suspense_is_not_sent_back(stage: Stage) -> None:
    assert stage.refuses_decision(SuspenseRefund(operation(stage) + 7, 1)) is Code.STALE_PROPOSAL


def test_one_deposit_has_one_refund_at_a_time(stage: Stage) -> None:
    stage.decides(refund(stage))
    assert stage.refuses_decision(refund(stage)) is Code.STALE_PROPOSAL
    assert stage.refuses_decision(refund(stage, 2)) is Code.STALE_PROPOSAL
    stage.decides(refund(stage, number=1))
    assert stage.refuses_decision(refund(stage, number=1)) is Code.STALE_PROPOSAL, "it waits for a channel"


@pytest.mark.parametrize("lapses", [False, True])
def test_a_refund_that_came_to_nothing_needs_new_signatures(stage: Stage, lapses: bool) -> None:
    first = stage.world.decide(refund(stage), valid_until=stage.now)
    stage.executes(first)
    executed = stage.lapses() if lapses else stage.answers(False)
    [closed, *_] = effects_for(executed, stage.world.settings.vault)
    assert isinstance(closed, VaultTaskClosed)
    assert closed.outcome is (WithdrawalOutcome.LAPSED if lapses else WithdrawalOutcome.FAILED)
    assert stage.machine.state.suspense.sum(USD) == stage.machine.state.vault.held[USD] == 12 * ONE
    assert stage.refuses_body(first) is Code.STALE_PROPOSAL
    forged = replace(first, proposal=stage.world.decide(refund(stage, 2), valid_until=stage.now).proposal)
    assert stage.refuses_body(forged) is Code.BAD_SIGNATURE
    stage.decides(refund(stage, 2))
    stage.answers(True)
    assert len(stage.machine.state.suspense.entries) == 1


def test_a_refund_of_a_suspended_asset_waits(stage: Stage) -> None:
    stage.suspends(USD)
    stage.decides(refund(stage))
    assert stage.machine.state.desk.prepared == []
    assert stage.refuses_decision(refund(stage)) is Code.STALE_PROPOSAL
    stage.resumes(USD)
    stage.answers(True)
    assert stage.machine.state.suspense.sum(USD) == 7 * ONE


def test_what_is_refunded_while_its_asset_becomes_listed_is_counted_and_taken_off() -> None:
    """Both refunds were decided while the asset was unknown: one has a channel then, one waits."""
    stage = Stage(channels=1)
    silver = CreditAsset("SILVER", key_of("issuer").public)
    place = stage.place
    stage.commits(
        LedgerDeposit(place | 1, TRANSACTION, silver, 5 * ONE, STRANGER.public, None, None),
        LedgerDeposit(place | 2, TRANSACTION, silver, 7 * ONE, STRANGER.public, None, None),
    )
    stage.decides(refund(stage))
    stage.decides(refund(stage, number=1))
    stage.changes_settings(lambda settings: settings.assets.append(AssetSettings(silver, 1, 0)))
    assert stage.machine.state.vault.held[3] == 12 * ONE
    stage.answers(True)
    assert stage.machine.state.vault.held[3] == 7 * ONE
    assert [item.task.key[0] for item in stage.machine.state.desk.prepared] == [VaultTaskType.TRUST_TASK]
    stage.answers(True)
    [prepared] = stage.machine.state.desk.prepared
    assert prepared.task.key == (VaultTaskType.REFUND_TASK, place | 2)
    stage.answers(True)
    assert stage.machine.state.vault.held[3] == 0


def test_what_the_total_has_no_room_for_is_kept_uncounted_and_can_be_sent_back() -> None:
    """An issuer takes back what it made and makes it once more: nothing stops, and nothing overflows."""
    stage = Stage(channels=1)
    issuer = DOLLARS.issuer
    for _ in range(3):
        stage.commits(
            LedgerDeposit(stage.place | 1, TRANSACTION, DOLLARS, INT64_MAX, issuer, None, None),
            VaultClawback(stage.place | 2, TRANSACTION, DOLLARS, INT64_MAX),
        )
    reasons = [entry.reason for entry in stage.machine.state.suspense.entries]
    assert reasons == [SuspenseReason.SENDER_IS_ISSUER] + [SuspenseReason.TOTAL_TOO_LARGE] * 2
    assert stage.machine.state.vault.held[USD] == stage.machine.state.suspense.sum(USD) == INT64_MAX
    stage.resumes(USD)
    stage.decides(refund(stage, number=1))
    stage.answers(True)
    assert len(stage.machine.state.suspense.entries) == 2
    assert stage.machine.state.vault.held[USD] == INT64_MAX
    stage.decides(refund(stage))
    stage.answers(True)
    assert stage.machine.state.vault.held[USD] == 0
