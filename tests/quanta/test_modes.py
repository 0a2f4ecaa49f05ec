"""Modes: what clients may do in each, and what goes on in all of them."""

import pytest

from constellation.protocol.messages import (
    CancelAllOrders,
    CancelOrder,
    Code,
    CountersEntry,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    MarketStatus,
    Mode,
    ModeChanged,
    ModeCommit,
    ModeInForce,
    OrderClosed,
    OrderInstructions,
    Payment,
    SelfTradePrevention,
    SettingsChange,
    Side,
    TimeCommit,
    TimeInForce,
    Withdrawal,
)
from constellation.quanta import Executed, restore_state
from constellation.testing import random_quanta
from constellation.testing.world import ONE, key_of, to
from tests.quanta.stage import USD, Stage, effects_for, entries_of
from tests.quanta.twins import Twins

ALICE, BOB = key_of("alice"), key_of("bob")


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob")
    return stage


def order(*, post_only: bool = False, expires_at: int | None = None) -> LimitOrder:
    said = OrderInstructions(post_only, SelfTradePrevention.CANCEL_NEWEST, "", expires_at, None)
    return LimitOrder(0, Side.SELL, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, said)


def begins(stage: Stage, mode: Mode, reason: str = "") -> Executed:
    return stage.executes(ModeCommit(mode, reason))


def test_online_is_where_a_constellation_begins(stage: Stage) -> None:
    assert stage.machine.state.mode == ModeInForce(Mode.ONLINE, "", 0)
    assert stage.refuses_body(ModeCommit(Mode.ONLINE, "")) is Code.SAME_MODE


def test_a_mode_is_in_the_state_and_told_with_its_reason(stage: Stage) -> None:
    root = stage.machine.state.root()
    done = begins(stage, Mode.POST_ONLY, "opening at 12:00 UTC")
    assert [effect for group in done.groups for effect in group.effects] == [
        ModeChanged(Mode.POST_ONLY, "opening at 12:00 UTC")
    ]
    assert stage.machine.state.root() != root
    (counters,) = [entry for entry in entries_of(stage.machine.state).values() if isinstance(entry, CountersEntry)]
    assert counters.mode == ModeInForce(Mode.POST_ONLY, "opening at 12:00 UTC", done.leaf.apex)
    assert stage.refuses_body(ModeCommit(Mode.POST_ONLY, "opening at 12:00 UTC")) is Code.SAME_MODE
    begins(stage, Mode.POST_ONLY, "opening at 13:00 UTC")
    assert stage.refuses_body(ModeCommit(Mode.ONLINE, "two\nlines")) is Code.INVALID_MEMO


def test_post_only_lets_orders_rest_and_none_take(stage: Stage) -> None:
    begins(stage, Mode.POST_ONLY)
    assert stage.refuses(ALICE, order()) is Code.MARKET_NOT_OPEN
    assert (
        stage.refuses(ALICE, MarketOrder(0, Side.BUY, MarketAmountUnit.BASE_AMOUNT, ONE, None)) is Code.MARKET_NOT_OPEN
    )
    placed = stage.runs(ALICE, order(post_only=True)).leaf.apex
    stage.runs(ALICE, CancelOrder(placed))
    stage.runs(ALICE, Payment(BOB.public, USD, 1, ""))


def test_cancel_only_lets_money_move_and_nothing_trade(stage: Stage) -> None:
    placed = stage.runs(ALICE, order()).leaf.apex
    begins(stage, Mode.CANCEL_ONLY)
    assert stage.refuses(ALICE, order()) is Code.MARKET_NOT_OPEN
    assert stage.refuses(ALICE, order(post_only=True)) is Code.MARKET_NOT_OPEN
    stage.runs(ALICE, CancelOrder(placed))
    stage.runs(ALICE, Payment(BOB.public, USD, 1, ""))
    stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE)))


def test_in_maintenance_no_request_counts_and_everything_else_goes_on(stage: Stage) -> None:
    due = stage.now + 1_000_000
    placed = stage.runs(ALICE, order(expires_at=due)).leaf.apex
    stage.runs(ALICE, Withdrawal(USD, ONE, to(ALICE)))
    begins(stage, Mode.MAINTENANCE, "upgrade")
    for operation in (CancelOrder(placed), CancelAllOrders(None), Payment(BOB.public, USD, 1, ""), order()):
        assert stage.refuses(ALICE, operation) is Code.IN_MAINTENANCE
        assert stage.refuses_batch(ALICE, operation) is Code.IN_MAINTENANCE
    before = stage.machine.state.vault.accounts[ALICE.public].balances[USD].amount
    stage.commits(*stage.world.deposits(stage.machine, (ALICE, USD, 5 * ONE)).report.events)
    stage.answers(True)
    after = stage.machine.state.vault.accounts[ALICE.public].balances[USD]
    assert (after.amount, after.liabilities) == (before + 4 * ONE, 0)
    settings = stage.machine.state.settings
    stage.decides(SettingsChange(1, settings))
    stage.now = due
    done = stage.executes(TimeCommit(due))
    assert any(isinstance(effect, OrderClosed) for effect in effects_for(done, ALICE))
    begins(stage, Mode.ONLINE)
    stage.runs(ALICE, order())


def test_what_is_due_comes_before_another_mode(stage: Stage) -> None:
    due = stage.now + 1_000_000
    stage.runs(ALICE, order(expires_at=due))
    stage.now = due
    assert stage.refuses_body(ModeCommit(Mode.CANCEL_ONLY, "")) is Code.TIME_IS_DUE
    stage.executes(TimeCommit(due))
    begins(stage, Mode.CANCEL_ONLY)


def test_a_market_is_never_more_open_than_its_settings_nor_than_the_mode(stage: Stage) -> None:
    begins(stage, Mode.POST_ONLY)
    settings = stage.machine.state.settings
    settings.markets[0].status = MarketStatus.MARKET_HALTED
    stage.decides(SettingsChange(1, settings))
    assert stage.machine.state.engine.markets[0].status is MarketStatus.MARKET_HALTED
    assert stage.machine.state.engine.markets[1].status is MarketStatus.MARKET_POST_ONLY
    begins(stage, Mode.ONLINE)
    assert stage.machine.state.engine.markets[0].status is MarketStatus.MARKET_HALTED
    assert stage.machine.state.engine.markets[1].status is MarketStatus.MARKET_OPEN


def test_a_restored_state_is_in_the_same_mode(stage: Stage) -> None:
    begins(stage, Mode.CANCEL_ONLY, "why")
    again = restore_state(stage.world.settings, entries_of(stage.machine.state).values())
    assert again.mode == stage.machine.state.mode
    assert {market.status for market in again.engine.markets} == {MarketStatus.MARKET_CANCEL_ONLY}


@pytest.mark.parametrize("seed", range(2))
def test_the_naive_model_agrees_in_every_mode(seed: int) -> None:
    twins, modes = Twins((150, 450)), dict.fromkeys(Mode, 0)
    traders = [key_of(name) for name in ("alice", "bob", "carol")]
    for asset in range(3):
        twins.both(twins.world.deposits(twins.machine, *((trader, asset, 500 * ONE) for trader in traders)))
    quanta = random_quanta(
        twins.world, twins.machine, traders, seed + 10, 700, with_batches=True, with_keys=True, with_modes=True
    )
    for timestamp, body in quanta:
        twins.now = timestamp
        twins.both(body)
        modes[twins.machine.state.mode.mode] += 1
    assert all(modes.values())
