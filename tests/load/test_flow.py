from collections import Counter
from decimal import Decimal

import pytest

from constellation.load.flow import Arm, Cancel, Flow, Mix, Move, Pay, Place, Step, Walk, Withdraw
from constellation.sdk import InvalidRequest, Market
from constellation.sdk.markets import Catalogue
from constellation.testing import World

MARKET = Catalogue(World().settings).markets[0]
START = Decimal("0.25")
OTHERS = [bytes([number]) * 32 for number in range(5)]


def flow(seed: str = "1", mix: Mix | None = None, others: list[bytes] = OTHERS) -> Flow:
    return Flow(seed, mix or Mix(), MARKET, Walk("walk", MARKET, START), others)


def steps(which: Flow, number: int, orders: list[int] | None = None) -> list[Step]:
    return [which.next(place / 100, [1, 2, 3] if orders is None else orders) for place in range(number)]


def test_the_same_seed_decides_the_same_and_another_one_does_not() -> None:
    assert steps(flow(), 300) == steps(flow(), 300)
    assert steps(flow(), 300) != steps(flow("2"), 300)


def test_what_is_drawn_does_not_depend_on_the_answers() -> None:
    """An account with open orders and one without place the same orders where both place one."""
    one, other = steps(flow(), 500), steps(flow(), 500, [])
    both = [(a, b) for a, b in zip(one, other, strict=True) if isinstance(a, Place)]
    assert len(both) > 200
    assert all(a == b for a, b in both)


def test_the_shares_are_as_asked() -> None:
    mix = Mix(crossing=0.25, cancels=0.2, payments=0.3, withdrawals=0.1)
    counts = Counter(type(step) for step in steps(flow(mix=mix), 10_000))
    assert counts[Cancel] == pytest.approx(2000, rel=0.1)
    assert counts[Pay] == pytest.approx(3000, rel=0.1)
    assert counts[Withdraw] == pytest.approx(1000, rel=0.15)
    assert counts[Place] == pytest.approx(4000, rel=0.1)


def test_moves_and_triggers() -> None:
    mix = Mix(cancels=0.1, payments=0, moves=0.3, triggers=0.2)
    found = list(steps(flow(mix=mix), 10_000))
    counts = Counter(type(step) for step in found)
    assert counts[Move] == pytest.approx(3000, rel=0.1)
    assert counts[Arm] == pytest.approx(2000, rel=0.1)
    for step in found:
        if isinstance(step, Arm):
            MARKET.price_units(step.trigger_price)
            assert step.price == step.trigger_price
    with_moves = flow(mix=Mix(cancels=0.5, payments=0, moves=0.5)).several(0, [1, 2, 3], 50)
    touched = [step.order_id for step in with_moves if isinstance(step, Cancel | Move)]
    assert sorted(touched) == [1, 2, 3]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_crossing_orders_are_priced_through_the_mid_price(share: float) -> None:
    mix = Mix(crossing=share, cancels=0, payments=0)
    walk = Walk("walk", MARKET, START)
    crossing = 0
    for place, step in enumerate(steps(flow(mix=mix), 2000)):
        assert isinstance(step, Place)
        mid = walk.at(place / 100)
        assert step.price != mid
        crossing += (step.price > mid) == (step.side == "buy")
    assert crossing == pytest.approx(2000 * share, abs=150)


def test_orders_are_valid_in_the_market() -> None:
    for step in steps(flow(mix=Mix(cancels=0, payments=0)), 1000):
        assert isinstance(step, Place)
        MARKET.price_units(step.price)
        MARKET.amount_units(step.amount)
        assert step.price * step.amount >= MARKET.minimum_notional


def test_cancels_are_of_open_orders_and_too_many_are_cancelled() -> None:
    assert not any(isinstance(step, Cancel) for step in steps(flow(), 500, []))
    assert {step.order_id for step in steps(flow(), 500, [7, 8]) if isinstance(step, Cancel)} == {7, 8}
    assert all(isinstance(step, Cancel) for step in steps(flow(mix=Mix(open_orders=3)), 100))


def test_nobody_is_paid_where_nobody_else_is() -> None:
    assert not any(isinstance(step, Pay) for step in steps(flow(others=[]), 500))
    assert {step.destination for step in steps(flow(), 500) if isinstance(step, Pay)} == set(OTHERS)


def test_the_walk_is_the_same_for_all_and_stays_near_its_start() -> None:
    walk = Walk("walk", MARKET, START)
    seen = [walk.at(second) for second in range(0, 100_000, 50)]
    assert Walk("walk", MARKET, START).at(99_950) == seen[-1]
    assert len(set(seen)) > 50
    assert max(abs(price - START) for price in seen) <= 200 * MARKET.tick


@pytest.mark.parametrize("price", ["0.0020", "0.0001", "0"])
def test_a_price_without_room_below_it_is_refused(price: str) -> None:
    with pytest.raises(InvalidRequest, match="no room"):
        Walk("walk", MARKET, Decimal(price))


@pytest.mark.parametrize("shares", [{"cancels": 0.5, "payments": 0.6}, {"crossing": 1.1}, {"withdrawals": -0.1}])
def test_shares_that_are_none_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(InvalidRequest, match="shares"):
        Mix(**shares)  # type: ignore[arg-type]


def test_a_market_with_a_tiny_minimum_gets_orders_of_one_lot() -> None:
    tiny = Market(
        0, "A/B", "A", "B", 4, Decimal("0.0001"), Decimal(1), Decimal(0), *[Decimal(0)] * 2, MARKET.status, None
    )
    step = Flow("1", Mix(), tiny, Walk("", tiny, START), []).next(0, [])
    assert isinstance(step, Place)
    assert step.amount == 1
