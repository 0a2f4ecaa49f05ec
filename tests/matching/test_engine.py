"""Each rule of matching by itself, on a machine of two or three traders."""

import pytest

from constellation.protocol.messages import (
    BalanceChanged,
    CancelOrder,
    Effect,
    FeeCollected,
    LimitOrder,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    Side,
    TimeInForce,
    Trade,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import Executed
from tests.quanta.stage import LUMENS, PLENTY, USD, Stage, effects_for

LOT = 10_000
BUY, SELL = Side.BUY, Side.SELL
IOC = TimeInForce.IMMEDIATE_OR_CANCEL
AMOUNT = 100 * LOT


def stage_with(*names: str, **options: int) -> tuple[Stage, list[KeyPair]]:
    stage = Stage(**options)
    return stage, stage.funded(*names)


def trades(executed: Executed, who: KeyPair) -> list[tuple[int, int, int]]:
    """Counter order, price and amount of the account's fills."""
    return [
        (effect.counter_order, effect.price, effect.amount)
        for effect in effects_for(executed, who)
        if isinstance(effect, Trade)
    ]


def closing(executed: Executed, who: KeyPair) -> list[tuple[OrderCloseReason, int]]:
    return [
        (effect.reason, effect.remaining) for effect in effects_for(executed, who) if isinstance(effect, OrderClosed)
    ]


def test_an_order_without_a_counterpart_rests_with_its_money_locked() -> None:
    stage, [alice] = stage_with("alice")
    executed = stage.places(alice, BUY, AMOUNT, 2_500)
    assert effects_for(executed, alice) == [
        OrderPlaced(4, 0, BUY, 2_500, AMOUNT),
        BalanceChanged(USD, PLENTY, 250_000),
    ]


def test_a_fill_happens_at_the_makers_price_and_frees_what_the_taker_saved() -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(alice, SELL, AMOUNT, 2_400)
    executed = stage.places(bob, BUY, AMOUNT, 2_500)
    expected: list[Effect] = [
        Trade(5, 4, 0, BUY, False, 2_400, AMOUNT, 240_000, 0),
        OrderClosed(5, OrderCloseReason.FILLED, 0),
        BalanceChanged(USD, PLENTY - 240_000, 0),
        BalanceChanged(LUMENS, PLENTY + AMOUNT, 0),
    ]
    assert effects_for(executed, bob) == expected
    assert effects_for(executed, alice) == [
        Trade(4, 5, 0, SELL, True, 2_400, AMOUNT, 240_000, 0),
        OrderClosed(4, OrderCloseReason.FILLED, 0),
        BalanceChanged(LUMENS, PLENTY - AMOUNT, 0),
        BalanceChanged(USD, PLENTY + 240_000, 0),
    ]
    assert [group.account for group in executed.groups] == [bob.public, alice.public]


def test_a_partly_filled_buy_keeps_locked_what_its_rest_needs() -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(alice, SELL, AMOUNT, 2_400)
    executed = stage.places(bob, BUY, 3 * AMOUNT, 2_500)
    assert OrderPlaced(5, 0, BUY, 2_500, 2 * AMOUNT) in effects_for(executed, bob)
    assert stage.balance(bob, USD) == (PLENTY - 240_000, 500_000)


def test_a_better_price_comes_first_and_then_the_older_order() -> None:
    stage, [alice, bob, carol] = stage_with("alice", "bob", "carol")
    stage.places(alice, SELL, AMOUNT, 2_500)
    stage.places(bob, SELL, AMOUNT, 2_500)
    stage.places(bob, SELL, AMOUNT, 2_499)
    executed = stage.places(carol, BUY, 3 * AMOUNT, 2_500)
    assert trades(executed, carol) == [(6, 2_499, AMOUNT), (4, 2_500, AMOUNT), (5, 2_500, AMOUNT)]


def test_a_seller_meets_the_highest_bid_first() -> None:
    stage, [alice, bob, carol] = stage_with("alice", "bob", "carol")
    stage.places(alice, BUY, AMOUNT, 2_500)
    stage.places(bob, BUY, AMOUNT, 2_501)
    executed = stage.places(carol, SELL, 2 * AMOUNT, 2_400)
    assert trades(executed, carol) == [(5, 2_501, AMOUNT), (4, 2_500, AMOUNT)]


def test_a_partly_filled_maker_keeps_its_place() -> None:
    stage, [alice, bob, carol] = stage_with("alice", "bob", "carol")
    stage.places(alice, SELL, AMOUNT, 2_500)
    stage.places(bob, SELL, AMOUNT, 2_500)
    stage.places(carol, BUY, AMOUNT // 2, 2_500)
    executed = stage.places(carol, BUY, AMOUNT, 2_500)
    assert trades(executed, carol) == [(4, 2_500, AMOUNT // 2), (5, 2_500, AMOUNT // 2)]


@pytest.mark.parametrize(("limit", "meets"), [(2_499, False), (2_500, True)])
def test_prices_meet_when_they_are_equal_and_not_one_tick_before(limit: int, meets: bool) -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(alice, SELL, AMOUNT, 2_500)
    assert bool(trades(stage.places(bob, BUY, AMOUNT, limit), bob)) is meets


def test_an_immediate_order_never_rests() -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(alice, SELL, AMOUNT, 2_500)
    executed = stage.places(bob, BUY, 3 * AMOUNT, 2_600, time_in_force=IOC)
    assert closing(executed, bob) == [(OrderCloseReason.NOT_FILLED_AT_ONCE, 2 * AMOUNT)]
    assert stage.balance(bob, USD) == (PLENTY - 250_000, 0)
    assert list(stage.machine.state.engine.orders) == []


def test_an_immediate_order_that_meets_nobody_changes_no_balance() -> None:
    stage, [alice] = stage_with("alice")
    executed = stage.places(alice, BUY, AMOUNT, 2_500, time_in_force=IOC)
    assert effects_for(executed, alice) == [
        OrderClosed(4, OrderCloseReason.NOT_FILLED_AT_ONCE, AMOUNT),
        BalanceChanged(USD, PLENTY, 0),
    ]


def test_an_immediate_order_that_is_filled_is_closed_as_filled() -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(alice, SELL, AMOUNT, 2_500)
    assert closing(stage.places(bob, BUY, AMOUNT, 2_500, time_in_force=IOC), bob) == [(OrderCloseReason.FILLED, 0)]


@pytest.mark.parametrize("side", Side)
def test_an_order_stops_before_its_own_accounts_order(side: Side) -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    opposite = SELL if side is BUY else BUY
    stage.places(bob, opposite, AMOUNT, 2_500)
    stage.places(alice, opposite, AMOUNT, 2_500)
    stage.places(bob, opposite, AMOUNT, 2_500)
    executed = stage.places(alice, side, 3 * AMOUNT, 2_500)
    assert trades(executed, alice) == [(4, 2_500, AMOUNT)]
    assert closing(executed, alice) == [(OrderCloseReason.SELF_TRADE, 2 * AMOUNT)]
    assert list(stage.machine.state.engine.orders) == [5, 6]


def test_an_order_filled_before_it_meets_its_own_account_is_filled() -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(bob, SELL, AMOUNT, 2_499)
    stage.places(alice, SELL, AMOUNT, 2_500)
    assert closing(stage.places(alice, BUY, AMOUNT, 2_500), alice) == [(OrderCloseReason.FILLED, 0)]


@pytest.mark.parametrize(
    ("makers", "reason", "remaining"),
    [
        (2, None, 3 * AMOUNT),
        (3, None, 2 * AMOUNT),
        (4, OrderCloseReason.FILL_LIMIT, 2 * AMOUNT),
    ],
    ids=["below", "at", "over"],
)
def test_a_quantum_makes_at_most_the_limit_of_fills(
    makers: int, reason: OrderCloseReason | None, remaining: int
) -> None:
    stage, [alice, bob] = stage_with("alice", "bob", fills=3)
    for _ in range(makers):
        stage.places(alice, SELL, AMOUNT, 2_500)
    executed = stage.places(bob, BUY, 5 * AMOUNT, 2_500)
    assert len(trades(executed, bob)) == min(makers, 3)
    assert closing(executed, bob) == ([] if reason is None else [(reason, remaining)])
    assert sum(order.remaining for order in stage.machine.state.engine.orders.values() if order.side is BUY) == (
        remaining if reason is None else 0
    )


def test_an_order_whose_last_allowed_fill_completes_it_is_filled() -> None:
    stage, [alice, bob] = stage_with("alice", "bob", fills=3)
    for _ in range(4):
        stage.places(alice, SELL, AMOUNT, 2_500)
    assert closing(stage.places(bob, BUY, 3 * AMOUNT, 2_500), bob) == [(OrderCloseReason.FILLED, 0)]


def test_an_own_order_behind_the_last_allowed_fill_is_a_self_trade() -> None:
    stage, [alice, bob] = stage_with("alice", "bob", fills=1)
    stage.places(alice, SELL, AMOUNT, 2_500)
    stage.places(bob, SELL, AMOUNT, 2_500)
    executed = stage.places(bob, BUY, 2 * AMOUNT, 2_500)
    assert closing(executed, bob) == [(OrderCloseReason.SELF_TRADE, AMOUNT)]


@pytest.mark.parametrize("taker_side", Side)
def test_fees_come_out_of_what_each_side_receives_and_go_to_the_fee_account(taker_side: Side) -> None:
    stage, [alice, bob] = stage_with("alice", "bob", maker_fee_ppm=10, taker_fee_ppm=30)
    maker, taker = alice, bob
    stage.places(maker, SELL if taker_side is BUY else BUY, AMOUNT, 2_500)
    executed = stage.places(taker, taker_side, AMOUNT, 2_500)
    # a million stroops of lumens for 250,000 of dollars; 30 ppm and 10 ppm of each, rounded up
    lumens_fee, dollars_fee = (30, 3) if taker_side is BUY else (10, 8)
    buyer, seller = (taker, maker) if taker_side is BUY else (maker, taker)
    assert stage.balance(buyer, LUMENS) == (PLENTY + AMOUNT - lumens_fee, 0)
    assert stage.balance(seller, USD) == (PLENTY + 250_000 - dollars_fee, 0)
    assert stage.balance(stage.world.fee_account, LUMENS) == (lumens_fee, 0)
    assert stage.balance(stage.world.fee_account, USD) == (dollars_fee, 0)
    collected = [
        (effect.asset, effect.amount)
        for effect in effects_for(executed, stage.world.fee_account)
        if isinstance(effect, FeeCollected)
    ]
    taker_takes_first = [(LUMENS, lumens_fee), (USD, dollars_fee)]
    assert collected == (taker_takes_first if taker_side is BUY else taker_takes_first[::-1])


def test_without_fees_the_fee_account_is_told_nothing() -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(alice, SELL, AMOUNT, 2_500)
    executed = stage.places(bob, BUY, AMOUNT, 2_500)
    assert effects_for(executed, stage.world.fee_account) == []


def test_the_fee_account_can_trade_and_pays_its_fees_to_itself() -> None:
    stage, [alice] = stage_with("alice", maker_fee_ppm=10, taker_fee_ppm=30)
    fees = stage.world.fee_account
    stage.executes(stage.world.deposits(stage.machine, (fees, USD, PLENTY)))
    stage.places(alice, SELL, AMOUNT, 2_500)
    stage.places(fees, BUY, AMOUNT, 2_500)
    assert stage.balance(fees, LUMENS) == (AMOUNT, 0)
    assert stage.balance(fees, USD) == (PLENTY - 250_000 + 3, 0)


@pytest.mark.parametrize(("side", "asset", "locked"), [(BUY, USD, 250_000), (SELL, LUMENS, AMOUNT)])
def test_a_cancel_frees_the_money_of_what_is_left(side: Side, asset: int, locked: int) -> None:
    stage, [alice, bob] = stage_with("alice", "bob")
    stage.places(alice, side, AMOUNT, 2_500)
    assert stage.balance(alice, asset) == (PLENTY, locked)
    stage.places(bob, SELL if side is BUY else BUY, AMOUNT // 2, 2_500)
    executed = stage.runs(alice, CancelOrder(4))
    assert effects_for(executed, alice) == [
        OrderClosed(4, OrderCloseReason.CANCELLED, AMOUNT // 2),
        BalanceChanged(asset, PLENTY - locked // 2, 0),
    ]


def test_an_order_that_sweeps_to_a_thousand_fills_fits_every_group_of_effects() -> None:
    stage = Stage(fills=1000, maker_fee_ppm=10, taker_fee_ppm=30)
    stage.world.settings.limits.open_orders = 1000
    stage.restart()
    [alice] = stage.funded("alice")
    fees = stage.world.fee_account
    stage.executes(stage.world.deposits(stage.machine, (fees, LUMENS, PLENTY)))
    machine = stage.machine
    for _ in range(1000):
        machine.execute(
            stage.now, stage.request(fees, LimitOrder(0, SELL, 2_500, AMOUNT, TimeInForce.GOOD_TILL_CANCELLED, None))
        )
    executed = stage.places(alice, BUY, 1000 * AMOUNT, 2_500)
    assert len(trades(executed, alice)) == 1000
    assert closing(executed, alice) == [(OrderCloseReason.FILLED, 0)]
    assert len(effects_for(executed, fees)) == 4 * 1000 + 2
    assert all(type(group).from_xdr(group.to_xdr()) == group for group in executed.groups)
