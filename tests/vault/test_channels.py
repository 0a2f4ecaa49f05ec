from dataclasses import replace

from constellation.protocol.messages import (
    ClaimableDeposit,
    LedgerSigners,
    QuorumRule,
    Suspension,
    SuspensionReason,
    VaultTaskType,
    Withdrawal,
)
from constellation.testing import World
from constellation.testing.world import key_of, to
from constellation.vault import AssetRegistry, ClaimTask, SignersTask, TaskDesk, WithdrawalTask
from constellation.vault.transactions import task_envelope

NOW_S = 1_800_000_000
FIRST, SECOND = key_of("channel 0").public, key_of("channel 1").public
SEQUENCE = 100 << 32


def desk_with(*withdrawals: int, channels: int = 2) -> TaskDesk:
    settings = World(channels=channels).settings
    desk = TaskDesk(settings, AssetRegistry(settings.assets))
    for number in withdrawals:
        desk.accept(
            WithdrawalTask(
                number,
                key_of("alice").public,
                Withdrawal(0, number, to(key_of("alice"))),
            )
        )
    return desk


def test_withdrawals_get_free_channels_oldest_first() -> None:
    desk = desk_with(5, 6, 7)
    prepared = desk.prepare(NOW_S)
    assert [(item.task.queued, item.channel) for item in prepared] == [(5, FIRST), (6, SECOND)]
    assert list(desk.waiting) == [(VaultTaskType.WITHDRAWAL_TASK, 7)]
    assert desk.prepared == prepared
    assert desk.prepare(NOW_S + 1) == []


def test_a_transaction_takes_the_next_sequence_number_and_a_bounded_life() -> None:
    [prepared] = desk_with(5).prepare(NOW_S)
    assert (prepared.sequence, prepared.max_time_s) == (SEQUENCE + 1, NOW_S + 300)
    assert len(prepared.transaction) == 32


def test_a_change_of_signers_offers_as_much_for_each_operation() -> None:
    """The ledger compares fees per operation: with the fee of a withdrawal it would never be taken."""
    world = World(auditors=4)
    desk, keys = TaskDesk(world.settings, AssetRegistry(world.settings.assets)), world.settings.auditors
    before, after = (LedgerSigners(part, QuorumRule.MAJORITY) for part in (keys[:3], keys[1:]))
    desk.accept(SignersTask(5, 1, before, after))
    [prepared] = desk.prepare(NOW_S)
    operations = len(task_envelope(world.settings, prepared).transaction.operations)
    assert operations == 3 * 3  # the vault and two channels: one signer goes, one comes, thresholds
    assert prepared.fee == operations * world.settings.transaction_fee


def test_no_fee_is_larger_than_a_transaction_can_offer() -> None:
    world = World(auditors=4)
    settings, keys = replace(world.settings, transaction_fee=2**32 - 1), world.settings.auditors
    desk = TaskDesk(settings, AssetRegistry(settings.assets))
    before, after = (LedgerSigners(part, QuorumRule.MAJORITY) for part in (keys[:3], keys[1:]))
    desk.accept(SignersTask(5, 1, before, after))
    assert desk.prepare(NOW_S)[0].fee == 2**32 - 1


def test_a_settled_transaction_frees_its_channel_with_the_ledgers_sequence() -> None:
    desk = desk_with(5, 6, channels=1)
    [prepared] = desk.prepare(NOW_S)
    assert desk.settle(FIRST, prepared.sequence, prepared.transaction) is prepared
    [following] = desk.prepare(NOW_S)
    assert (following.task.queued, following.sequence) == (6, SEQUENCE + 2)
    assert following.transaction != prepared.transaction


def test_an_unknown_transaction_moves_the_sequence_and_settles_nothing() -> None:
    desk = desk_with(5, channels=1)
    [prepared] = desk.prepare(NOW_S)
    assert desk.settle(FIRST, SEQUENCE + 9, bytes(32)) is None
    assert desk.prepared == [prepared]
    assert desk.channels[FIRST].sequence == SEQUENCE + 9
    assert desk.lapse(prepared.max_time_s + 1) == [prepared]
    desk.accept(prepared.task)
    assert desk.prepare(NOW_S)[0].sequence == SEQUENCE + 10


def test_a_transaction_of_another_channel_settles_nothing() -> None:
    desk = desk_with(5, 6)
    first, second = desk.prepare(NOW_S)
    assert desk.settle(FIRST, SEQUENCE + 1, second.transaction) is None
    assert desk.prepared == [first, second]


def test_a_transaction_lapses_only_after_its_last_second() -> None:
    desk = desk_with(5, channels=1)
    [prepared] = desk.prepare(NOW_S)
    assert desk.lapse(prepared.max_time_s - 1) == []
    assert desk.lapse(prepared.max_time_s) == []
    assert desk.lapse(prepared.max_time_s + 1) == [prepared]
    assert desk.prepared == []


def test_claims_wait_for_all_others_and_suspended_ones_for_their_asset() -> None:
    settings = World(channels=1).settings
    assets = AssetRegistry(settings.assets)
    desk = TaskDesk(settings, assets)
    assets.suspend(1, Suspension(SuspensionReason.SUSPENDED_BY_AUDITORS, 1))
    claims = [ClaimTask(2, claimable(number), 0) for number in (7, 8)]
    late = WithdrawalTask(3, key_of("alice").public, Withdrawal(0, 1, to(key_of("alice"))))
    parked = WithdrawalTask(1, key_of("alice").public, Withdrawal(1, 1, to(key_of("alice"))))
    for task in (*claims, parked, late):
        desk.accept(task)
    assert list(desk.waiting_claims.values()) == claims
    assert list(desk.parked.values()) == [parked]
    assert [item.task for item in desk.prepare(NOW_S)] == [late]
    assert desk.find(claims[1].key) == (claims[1], None)
    assert desk.find(parked.key) == (parked, None)
    assert desk.find(late.key) == (late, desk.prepared[0])
    assert desk.find((VaultTaskType.CLAIM_TASK, 9)) is None
    assets.resume(1)
    desk.sort()
    assert (list(desk.waiting.values()), desk.parked) == ([parked], {})
    assert list(desk.waiting_claims.values()) == claims


def test_claims_leave_one_channel_to_all_others() -> None:
    """The ledger may let none of them through, and each would keep its channel until it lapses."""
    desk = desk_with(channels=3)
    claims = [ClaimTask(2, claimable(number), 0) for number in range(4)]
    for task in claims:
        desk.accept(task)
    assert [item.task for item in desk.prepare(NOW_S)] == claims[:2]
    assert desk.prepare(NOW_S) == []
    withdrawal = WithdrawalTask(3, key_of("alice").public, Withdrawal(0, 1, to(key_of("alice"))))
    desk.accept(withdrawal)
    [prepared] = desk.prepare(NOW_S)
    assert (prepared.task, prepared.channel) == (withdrawal, key_of("channel 2").public)
    desk.lapse(NOW_S + 301)
    assert [item.task for item in desk.prepare(NOW_S)] == claims[2:]


def test_with_one_channel_a_claim_may_have_it() -> None:
    desk = desk_with(channels=1)
    desk.accept(ClaimTask(2, claimable(1), 0))
    assert len(desk.prepare(NOW_S)) == 1


def test_tasks_wait_in_order_however_they_come() -> None:
    desk = desk_with(5, 9, 6, 7)
    desk.accept(ClaimTask(2, claimable(8), 0))
    desk.accept(ClaimTask(2, claimable(7), 0))
    assert [number for _, number in desk.waiting] == [5, 6, 7, 9]
    assert [number for _, number in desk.waiting_claims] == [7, 8]


def claimable(number: int) -> ClaimableDeposit:
    return ClaimableDeposit(number, bytes(32), bytes(32), None, 1, key_of("alice").public, None)


def test_a_lapsed_transactions_sequence_number_is_used_again() -> None:
    desk = desk_with(5, 6, channels=1)
    [lapsed] = desk.prepare(NOW_S)
    desk.lapse(lapsed.max_time_s + 1)
    [following] = desk.prepare(lapsed.max_time_s + 1)
    assert following.sequence == lapsed.sequence
    assert following.transaction != lapsed.transaction
