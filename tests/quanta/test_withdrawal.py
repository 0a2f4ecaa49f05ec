"""Withdrawals from the request to the ledger's answer."""

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AssetSuspended,
    BalanceChanged,
    ChannelTransaction,
    Code,
    LedgerAdvanced,
    LedgerEvent,
    Memo,
    SuspensionReason,
    UnknownChannelTransaction,
    Withdrawal,
    WithdrawalAccepted,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import Executed
from constellation.testing.world import ONE, START_US, key_of, prepared_task, to
from constellation.vault import PreparedTask, WithdrawalTask
from tests.quanta.stage import LUMENS, PLENTY, USD, Stage, effects_for

ALICE, OUTSIDE = key_of("alice"), key_of("alice on the ledger")
FIRST, SECOND = key_of("channel 0").public, key_of("channel 1").public
SEQUENCE = 100 << 32


def stage_with_alice(**options: int) -> Stage:
    stage = Stage(**options)
    stage.funded("alice")
    return stage


@pytest.fixture
def stage() -> Stage:
    return stage_with_alice()


def withdrawal(
    amount: int = 5 * ONE, asset: int = USD, destination: bytes = OUTSIDE.public, memo: Memo = None
) -> Withdrawal:
    return Withdrawal(asset, amount, to(destination, memo))


def answer(stage: Stage, prepared: PreparedTask, *, successful: bool, place: int = 1) -> LedgerEvent:
    """The ledger included the transaction."""
    ledger = (stage.machine.state.ledger_cursor >> 32) + 1
    operation = (ledger << 32) | (place << 12)
    return ChannelTransaction(operation, prepared.transaction, prepared.channel, prepared.sequence, successful)


def closing(executed: Executed, who: KeyPair = ALICE) -> list[tuple[int, WithdrawalOutcome]]:
    return [
        (effect.withdrawal, effect.outcome)
        for effect in effects_for(executed, who)
        if isinstance(effect, WithdrawalClosed)
    ]


def prepared_by(executed: Executed, who: KeyPair = ALICE) -> list[tuple[int, bytes, int]]:
    return [
        (effect.withdrawal, effect.channel, effect.sequence)
        for effect in effects_for(executed, who)
        if isinstance(effect, WithdrawalPrepared)
    ]


def test_a_withdrawal_locks_its_money_and_derives_its_transaction(stage: Stage) -> None:
    operation = withdrawal(memo="rent")
    executed = stage.runs(ALICE, operation)
    max_time_s = START_US // 1_000_000 + 300
    task = WithdrawalTask(4, ALICE.public, operation)
    prepared = prepared_task(stage.world.settings, task, FIRST, SEQUENCE + 1, max_time_s)
    assert effects_for(executed, ALICE) == [
        WithdrawalAccepted(4, USD, 5 * ONE, OUTSIDE.public),
        WithdrawalPrepared(4, FIRST, SEQUENCE + 1, max_time_s, prepared.transaction),
        BalanceChanged(USD, PLENTY, 5 * ONE),
    ]


@pytest.mark.parametrize("amount", [0, -1, -(2**63)])
def test_an_amount_is_positive(stage: Stage, amount: int) -> None:
    assert stage.refuses(ALICE, withdrawal(amount)) is Code.INVALID_AMOUNT


@pytest.mark.parametrize("asset", [3, 2**32 - 1])
def test_assets_that_are_not_listed_are_unknown(stage: Stage, asset: int) -> None:
    assert stage.refuses(ALICE, withdrawal(asset=asset)) is Code.UNKNOWN_ASSET


@pytest.mark.parametrize("destination", ["vault", "channel 0", "channel 1"])
def test_nothing_is_withdrawn_to_the_vault_or_its_channels(stage: Stage, destination: str) -> None:
    assert stage.refuses(ALICE, withdrawal(destination=key_of(destination).public)) is Code.FORBIDDEN_DESTINATION


def test_an_empty_memo_is_no_memo(stage: Stage) -> None:
    assert stage.refuses(ALICE, withdrawal(memo="")) is Code.INVALID_MEMO


@pytest.mark.parametrize("memo", [None, 0, 2**64 - 1, "x", "x" * 28, "é" * 14, "\0", "\u202e"])
def test_every_other_memo_goes_with_the_transaction(stage: Stage, memo: Memo) -> None:
    stage.runs(ALICE, withdrawal(memo=memo))


@pytest.mark.parametrize("amount", [PLENTY + 1, INT64_MAX])
def test_nobody_withdraws_more_than_is_there(stage: Stage, amount: int) -> None:
    assert stage.refuses(ALICE, withdrawal(amount)) is Code.INSUFFICIENT_FUNDS


def test_the_minimum_balance_stays(stage: Stage) -> None:
    assert stage.refuses(ALICE, withdrawal(PLENTY - ONE + 1, LUMENS)) is Code.BELOW_MINIMUM_BALANCE
    stage.runs(ALICE, withdrawal(PLENTY - ONE, LUMENS))
    assert stage.refuses(ALICE, withdrawal(1, LUMENS)) is Code.BELOW_MINIMUM_BALANCE


def test_unsettled_withdrawals_have_a_limit(stage: Stage) -> None:
    for _ in range(5):
        stage.runs(ALICE, withdrawal())
    assert stage.refuses(ALICE, withdrawal()) is Code.TOO_MANY_WITHDRAWALS
    stage.commits(answer(stage, stage.machine.state.desk.prepared[0], successful=True))
    stage.runs(ALICE, withdrawal())
    assert stage.refuses(ALICE, withdrawal()) is Code.TOO_MANY_WITHDRAWALS


def test_withdrawals_wait_while_all_channels_are_busy(stage: Stage) -> None:
    for _ in range(4):
        executed = stage.runs(ALICE, withdrawal())
    assert prepared_by(executed) == []
    assert [task.queued for task in stage.machine.state.desk.waiting.values()] == [6, 7]
    assert stage.balance(ALICE, USD) == (PLENTY, 20 * ONE)


def test_a_paid_withdrawal_leaves_the_vault_and_the_next_gets_its_channel(stage: Stage) -> None:
    for _ in range(4):
        stage.runs(ALICE, withdrawal())
    first, second = stage.machine.state.desk.prepared
    executed = stage.commits(
        answer(stage, second, successful=True, place=1), answer(stage, first, successful=True, place=2)
    )
    assert closing(executed) == [(5, WithdrawalOutcome.PAID), (4, WithdrawalOutcome.PAID)]
    assert prepared_by(executed) == [(6, FIRST, SEQUENCE + 2), (7, SECOND, SEQUENCE + 2)]
    assert stage.balance(ALICE, USD) == (PLENTY - 10 * ONE, 10 * ONE)
    assert stage.machine.state.vault.held[USD] == PLENTY - 10 * ONE


def test_a_failed_withdrawal_frees_the_money_and_uses_the_sequence_number(stage: Stage) -> None:
    stage.runs(ALICE, withdrawal())
    [prepared] = stage.machine.state.desk.prepared
    executed = stage.commits(answer(stage, prepared, successful=False))
    assert effects_for(executed, ALICE) == [
        WithdrawalClosed(4, WithdrawalOutcome.FAILED, prepared.transaction),
        BalanceChanged(USD, PLENTY, 0),
    ]
    assert stage.machine.state.vault.held[USD] == PLENTY
    assert prepared_by(stage.runs(ALICE, withdrawal())) == [(6, FIRST, SEQUENCE + 2)]


@pytest.mark.parametrize(("late_s", "lapsed"), [(-1, False), (0, False), (1, True), (3_600, True)])
def test_a_withdrawal_lapses_when_a_ledger_has_closed_after_its_last_second(
    stage: Stage, late_s: int, lapsed: bool
) -> None:
    stage.runs(ALICE, withdrawal())
    [prepared] = stage.machine.state.desk.prepared
    executed = stage.commits(closed_at_s=prepared.max_time_s + late_s)
    assert closing(executed) == ([(4, WithdrawalOutcome.LAPSED)] if lapsed else [])
    assert stage.balance(ALICE, USD) == (PLENTY, 0 if lapsed else 5 * ONE)


def test_a_report_that_ends_inside_a_ledger_lets_nothing_lapse(stage: Stage) -> None:
    stage.runs(ALICE, withdrawal())
    [prepared] = stage.machine.state.desk.prepared
    commit = stage.world.commit(stage.machine, [], closed_at_s=prepared.max_time_s + 1)
    commit.report.cursor -= 1
    executed = stage.executes(stage.world.sign_report(commit.report, 2))
    assert closing(executed) == []
    assert closing(stage.commits(closed_at_s=prepared.max_time_s + 1)) == [(4, WithdrawalOutcome.LAPSED)]


def test_a_transaction_that_the_last_ledger_included_is_paid_and_not_lapsed(stage: Stage) -> None:
    stage.runs(ALICE, withdrawal())
    [prepared] = stage.machine.state.desk.prepared
    executed = stage.commits(answer(stage, prepared, successful=True), closed_at_s=prepared.max_time_s + 1)
    assert closing(executed) == [(4, WithdrawalOutcome.PAID)]


def test_the_quantums_time_is_not_the_ledgers(stage: Stage) -> None:
    stage.runs(ALICE, withdrawal())
    stage.now += 10**12
    assert closing(stage.commits()) == []


def test_a_settled_transaction_settles_nothing_when_it_is_seen_again(stage: Stage) -> None:
    stage.runs(ALICE, withdrawal())
    [prepared] = stage.machine.state.desk.prepared
    stage.commits(answer(stage, prepared, successful=True))
    executed = stage.commits(answer(stage, prepared, successful=True))
    assert effects_for(executed, stage.world.settings.vault) == [
        UnknownChannelTransaction(prepared.transaction, FIRST, SEQUENCE + 1),
        *(AssetSuspended(asset, SuspensionReason.UNKNOWN_VAULT_TRANSACTION) for asset in range(3)),
        LedgerAdvanced(stage.machine.state.ledger_cursor, stage.machine.state.ledger_closed_at_s),
    ]
    assert stage.balance(ALICE, USD) == (PLENTY - 5 * ONE, 0)


def test_a_failed_transaction_that_nobody_asked_for_is_told_and_poisons_nothing(stage: Stage) -> None:
    ledger = (stage.machine.state.ledger_cursor >> 32) + 1
    stranger = ChannelTransaction(ledger << 32 | 4096, b"\x77" * 32, SECOND, SEQUENCE + 7, False)
    executed = stage.commits(stranger)
    assert UnknownChannelTransaction(b"\x77" * 32, SECOND, SEQUENCE + 7) in effects_for(
        executed, stage.world.settings.vault
    )
    stage.runs(ALICE, withdrawal())
    assert prepared_by(stage.runs(ALICE, withdrawal())) == [(6, SECOND, SEQUENCE + 8)]


def test_a_withdrawal_whose_sequence_number_was_taken_waits_until_it_lapses(stage: Stage) -> None:
    stage.runs(ALICE, withdrawal())
    [prepared] = stage.machine.state.desk.prepared
    ledger = (stage.machine.state.ledger_cursor >> 32) + 1
    executed = stage.commits(ChannelTransaction(ledger << 32 | 4096, b"\x77" * 32, FIRST, prepared.sequence, False))
    assert closing(executed) == []
    assert stage.balance(ALICE, USD) == (PLENTY, 5 * ONE)
    executed = stage.commits(closed_at_s=prepared.max_time_s + 1)
    assert closing(executed) == [(4, WithdrawalOutcome.LAPSED)]
    assert prepared_by(stage.runs(ALICE, withdrawal())) == [(7, FIRST, SEQUENCE + 2)]


def test_several_accounts_take_turns_in_the_order_of_their_requests() -> None:
    stage = stage_with_alice(channels=1)
    [bob] = stage.funded("bob")
    stage.runs(ALICE, withdrawal())
    stage.runs(bob, withdrawal())
    stage.runs(ALICE, withdrawal())
    [prepared] = stage.machine.state.desk.prepared
    executed = stage.commits(answer(stage, prepared, successful=True))
    assert prepared_by(executed, bob) == [(8, FIRST, SEQUENCE + 2)]
    assert prepared_by(executed, ALICE) == []


@pytest.mark.parametrize("destination", [bytes(32), b"\xff" * 32], ids=["zeros", "ones"])
def test_a_destination_that_is_no_point_of_the_curve_fails_on_the_ledger_and_not_here(
    stage: Stage, destination: bytes
) -> None:
    stage.runs(ALICE, withdrawal(destination=destination))
