"""Suspended assets: by the ledger's events and by decisions; what they stop and what goes on."""

from collections.abc import Callable

import pytest

from constellation.protocol.messages import (
    AssetResumed,
    AssetResumption,
    AssetSuspended,
    AssetSuspension,
    CancelOrder,
    ChannelTransaction,
    CloseAccount,
    Code,
    CreditAsset,
    LedgerDeposit,
    LedgerEvent,
    LimitOrder,
    Operation,
    Payment,
    Side,
    SuspenseRefund,
    SuspensionReason,
    TimeInForce,
    UnknownVaultTransaction,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
    Withdrawal,
    WithdrawalClosed,
    WithdrawalOutcome,
)
from constellation.testing.world import ONE, World, key_of, to
from tests.quanta.stage import EUR, LUMENS, PLENTY, USD, Stage, effects_for

ALICE, BOB = key_of("alice"), key_of("bob")
DOLLARS = World().usd
FIRST = key_of("channel 0").public
EVERYTHING = [LUMENS, USD, EUR]


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob")
    return stage


def clawback(stage: Stage) -> LedgerEvent:
    return VaultClawback(stage.place | 1, bytes(32), DOLLARS, ONE)


def authorization(authorized: bool) -> Callable[[Stage], LedgerEvent]:
    return lambda stage: VaultAuthorization(stage.place | 1, bytes(32), DOLLARS, authorized)


def clawback_of_something_else(stage: Stage) -> LedgerEvent:
    return VaultClawback(stage.place | 1, bytes(32), CreditAsset("USD", key_of("mallory").public), ONE)


def vault_transaction(stage: Stage) -> LedgerEvent:
    return VaultTransaction(stage.place, b"\x33" * 32)


def strange(successful: bool) -> Callable[[Stage], LedgerEvent]:
    return lambda stage: ChannelTransaction(stage.place, b"\x33" * 32, FIRST, (100 << 32) + 1, successful)


@pytest.mark.parametrize(
    ("event", "suspended", "reason"),
    [
        (clawback, [USD], SuspensionReason.CLAWED_BACK),
        (clawback_of_something_else, [], None),
        (authorization(False), [USD], SuspensionReason.NOT_AUTHORIZED),
        (authorization(True), [], None),
        (vault_transaction, EVERYTHING, SuspensionReason.UNKNOWN_VAULT_TRANSACTION),
        (strange(True), EVERYTHING, SuspensionReason.UNKNOWN_VAULT_TRANSACTION),
        (strange(False), [], None),
    ],
)
def test_what_the_ledger_suspends(
    stage: Stage, event: Callable[[Stage], LedgerEvent], suspended: list[int], reason: SuspensionReason
) -> None:
    executed = stage.commits(event(stage))
    effects = effects_for(executed, stage.world.settings.vault)
    told = [effect for effect in effects if isinstance(effect, AssetSuspended)]
    assert told == [AssetSuspended(asset, reason) for asset in suspended]
    assert list(stage.machine.state.assets.suspensions) == suspended
    assert stage.machine.state.assets.changes == [int(asset in suspended) for asset in EVERYTHING]
    assert (UnknownVaultTransaction(b"\x33" * 32) in effects) is (event is vault_transaction)
    assert stage.balance(ALICE, USD) == (PLENTY, 0)


def test_the_first_reason_stays(stage: Stage) -> None:
    stage.commits(clawback(stage))
    executed = stage.commits(vault_transaction(stage))
    told = [
        effect for effect in effects_for(executed, stage.world.settings.vault) if isinstance(effect, AssetSuspended)
    ]
    assert [effect.asset for effect in told] == [LUMENS, EUR]
    suspension = stage.machine.state.assets.suspensions[USD]
    assert suspension.reason is SuspensionReason.CLAWED_BACK
    assert suspension.since == stage.machine.state.apex - 1
    assert stage.machine.state.assets.changes == [1, 1, 1]


BUY = LimitOrder(0, Side.BUY, 2_500, 1_000_000, TimeInForce.IMMEDIATE_OR_CANCEL, None)
BUY_EUROS = LimitOrder(1, Side.BUY, 1_100, 1_000_000, TimeInForce.GOOD_TILL_CANCELLED, None)


@pytest.mark.parametrize(
    ("operation", "moves"),
    [
        (Payment(BOB.public, USD, ONE), [USD]),
        (Payment(BOB.public, LUMENS, ONE), [LUMENS]),
        (Withdrawal(USD, ONE, to(ALICE)), [USD]),
        (Withdrawal(LUMENS, ONE, to(ALICE)), [LUMENS]),
        (CloseAccount(to(BOB)), [LUMENS]),
        (BUY, [LUMENS, USD]),
        (BUY_EUROS, [USD, EUR]),
    ],
)
def test_an_operation_needs_exactly_the_assets_that_it_moves(
    stage: Stage, operation: Operation, moves: list[int]
) -> None:
    who = key_of("carol")
    stage.executes(stage.world.deposits(stage.machine, (who, LUMENS, 9 * ONE)))
    if not isinstance(operation, CloseAccount):
        stage.runs(ALICE, Payment(who.public, USD, 9 * ONE))
    for asset in moves:
        stage.suspends(asset)
        assert stage.refuses(who, operation) is Code.SUSPENDED_ASSET
        stage.resumes(asset)
    for asset in EVERYTHING:
        if asset not in moves:
            stage.suspends(asset)
    stage.runs(who, operation)


def test_orders_on_a_suspended_market_rest_and_can_be_cancelled(stage: Stage) -> None:
    placed = stage.places(ALICE, Side.SELL, 1_000_000, 2_500).leaf.apex
    kept = stage.places(ALICE, Side.SELL, 1_000_000, 2_500).leaf.apex
    stage.suspends(USD)
    assert stage.refuses(BOB, BUY) is Code.SUSPENDED_ASSET
    stage.runs(ALICE, CancelOrder(placed))
    stage.resumes(USD)
    stage.runs(BOB, BUY)
    assert kept not in stage.machine.state.engine.orders


def test_deposits_of_a_suspended_asset_are_credited(stage: Stage) -> None:
    stage.suspends(USD)
    stage.executes(stage.world.deposits(stage.machine, (ALICE, USD, ONE)))
    assert stage.balance(ALICE, USD) == (PLENTY + ONE, 0)


def test_what_has_a_transaction_ends_as_the_ledger_says_and_what_waits_is_parked_in_order(stage: Stage) -> None:
    for asset in (USD, EUR, USD, LUMENS, USD):
        stage.runs(ALICE, Withdrawal(asset, ONE, to(ALICE)))
    stage.suspends(USD)
    assert [task.queued for task in stage.machine.state.desk.parked.values()] == [6, 8]
    executed = stage.answers(True, True)
    closed = [effect for effect in effects_for(executed, ALICE) if isinstance(effect, WithdrawalClosed)]
    assert [effect.outcome for effect in closed] == [WithdrawalOutcome.PAID] * 2
    assert [item.task.asset for item in stage.machine.state.desk.prepared] == [LUMENS]
    stage.resumes(USD)
    assert [item.task.queued for item in stage.machine.state.desk.prepared] == [7, 6]
    assert [task.queued for task in stage.machine.state.desk.waiting.values()] == [8]


def test_a_resumed_task_is_served_before_those_that_came_later(stage: Stage) -> None:
    for _ in range(2):
        stage.runs(BOB, Withdrawal(EUR, ONE, to(BOB)))
    early = stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE))).leaf.apex
    stage.suspends(USD)
    late = stage.runs(BOB, Withdrawal(EUR, ONE, to(BOB))).leaf.apex
    stage.resumes(USD)
    assert [task.queued for task in stage.machine.state.desk.waiting.values()] == [early, late]


# Decisions


def test_a_suspension_and_its_end_are_told(stage: Stage) -> None:
    executed = stage.suspends(USD, SuspensionReason.RESERVES_DIFFER)
    assert effects_for(executed, stage.world.settings.vault) == [AssetSuspended(USD, SuspensionReason.RESERVES_DIFFER)]
    assert effects_for(stage.resumes(USD), stage.world.settings.vault) == [AssetResumed(USD)]
    assert stage.machine.state.assets.changes == [0, 2, 0]


def test_decisions_about_assets_that_are_refused(stage: Stage) -> None:
    by_auditors = SuspensionReason.SUSPENDED_BY_AUDITORS
    assert stage.refuses_decision(AssetSuspension(3, 1, by_auditors)) is Code.UNKNOWN_ASSET
    assert stage.refuses_decision(AssetResumption(2**32 - 1, 1)) is Code.UNKNOWN_ASSET
    assert stage.refuses_decision(AssetResumption(USD, 1)) is Code.STALE_PROPOSAL
    assert stage.refuses_decision(AssetSuspension(USD, 1, SuspensionReason.NO_TRUST_LINE)) is Code.INVALID_PROPOSAL
    for change in (0, 2, 2**32 - 1):
        assert stage.refuses_decision(AssetSuspension(USD, change, by_auditors)) is Code.STALE_PROPOSAL
    stage.suspends(USD)
    for change in (0, 1, 3):
        assert stage.refuses_decision(AssetResumption(USD, change)) is Code.STALE_PROPOSAL
    assert stage.refuses_decision(AssetSuspension(USD, 2, by_auditors)) is Code.STALE_PROPOSAL


def test_no_decision_is_applied_twice(stage: Stage) -> None:
    reason = SuspensionReason.SUSPENDED_BY_AUDITORS
    suspension = stage.world.decide(AssetSuspension(USD, 1, reason), valid_until=stage.now)
    resumption = stage.world.decide(AssetResumption(USD, 2), valid_until=stage.now)
    stage.executes(suspension)
    assert stage.refuses_body(suspension) is Code.STALE_PROPOSAL
    stage.executes(resumption)
    assert stage.refuses_body(suspension) is Code.STALE_PROPOSAL
    assert stage.refuses_body(resumption) is Code.STALE_PROPOSAL
    stage.suspends(USD)
    assert stage.refuses_body(resumption) is Code.STALE_PROPOSAL


def test_an_automatic_suspension_makes_older_decisions_stale(stage: Stage) -> None:
    suspension = stage.world.decide(
        AssetSuspension(USD, 1, SuspensionReason.SUSPENDED_BY_AUDITORS), valid_until=stage.now
    )
    stage.commits(clawback(stage))
    stage.resumes(USD)
    assert stage.refuses_body(suspension) is Code.STALE_PROPOSAL


def test_a_refund_of_what_is_suspended_is_only_decided_once(stage: Stage) -> None:
    stage.commits(LedgerDeposit(stage.place | 1, bytes(32), DOLLARS, ONE, key_of("nobody").public, None, None))
    stage.suspends(USD)
    [entry] = stage.machine.state.suspense.entries
    stage.decides(SuspenseRefund(entry.operation, 1))
    assert stage.refuses_decision(SuspenseRefund(entry.operation, 1)) is Code.STALE_PROPOSAL
