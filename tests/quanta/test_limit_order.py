"""Every rule that an order must satisfy, at its boundaries. What matching does is in tests/matching."""

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    CancelOrder,
    Code,
    LimitOrder,
    MarketStatus,
    Side,
    TimeInForce,
)
from constellation.protocol.signing import KeyPair
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import LUMENS, PLENTY, USD, Stage

LOT = 10_000
GTC, IOC = TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL
BUY, SELL = Side.BUY, Side.SELL
ALICE = key_of("alice")


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob")
    return stage


def order(price: int = 2_500, amount: int = 100 * LOT, side: Side = BUY, market: int = 0) -> LimitOrder:
    return LimitOrder(market, side, price, amount, GTC, None)


@pytest.mark.parametrize("market", [2, 3, 2**32 - 1])
def test_markets_that_are_not_listed_are_unknown(stage: Stage, market: int) -> None:
    assert stage.refuses(ALICE, order(market=market)) is Code.UNKNOWN_MARKET


@pytest.mark.parametrize("status", [MarketStatus.MARKET_CANCEL_ONLY, MarketStatus.MARKET_HALTED])
def test_a_market_that_is_not_open_takes_no_orders(stage: Stage, status: MarketStatus) -> None:
    stage.world.settings.markets[0].status = status
    stage.restart()
    stage.funded("alice")
    assert stage.refuses(ALICE, order()) is Code.MARKET_NOT_OPEN


@pytest.mark.parametrize("price", [0, -1, -2_500, -(2**63)])
def test_a_price_is_positive(stage: Stage, price: int) -> None:
    assert stage.refuses(ALICE, order(price)) is Code.INVALID_PRICE


@pytest.mark.parametrize(("price", "code"), [(4, Code.OFF_TICK), (6, Code.OFF_TICK), (2_499, Code.OFF_TICK)])
def test_a_price_is_a_multiple_of_the_tick(stage: Stage, price: int, code: Code) -> None:
    stage.world.settings.markets[0].tick = 5
    stage.restart()
    stage.funded("alice")
    assert stage.refuses(ALICE, order(price)) is code
    stage.runs(ALICE, order(2_500))


@pytest.mark.parametrize("amount", [0, -1, -LOT, -(2**63)])
def test_an_amount_is_positive(stage: Stage, amount: int) -> None:
    assert stage.refuses(ALICE, order(amount=amount)) is Code.INVALID_AMOUNT


@pytest.mark.parametrize("amount", [1, LOT - 1, LOT + 1, 100 * LOT + 1, INT64_MAX])
def test_an_amount_is_a_multiple_of_the_lot(stage: Stage, amount: int) -> None:
    assert stage.refuses(ALICE, order(amount=amount)) is Code.OFF_LOT


@pytest.mark.parametrize("side", Side)
def test_amount_times_price_stays_in_range(stage: Stage, side: Side) -> None:
    stage.world.settings.markets[0].lot = stage.world.settings.markets[0].minimum_notional = 1
    stage.world.settings.markets[0].price_decimals = 0
    stage.restart()
    stage.funded("alice", amount=INT64_MAX - ONE)
    half = 2**62
    assert stage.refuses(ALICE, order(2, half, side)) is Code.AMOUNT_OVERFLOW
    assert stage.refuses(ALICE, order(INT64_MAX, INT64_MAX, side)) is Code.AMOUNT_OVERFLOW
    assert stage.refuses(ALICE, order(INT64_MAX, 2, side)) is Code.AMOUNT_OVERFLOW
    assert stage.refuses(ALICE, order(1, INT64_MAX, side)) is Code.INSUFFICIENT_FUNDS
    assert stage.refuses(ALICE, order(INT64_MAX, 1, BUY)) is Code.INSUFFICIENT_FUNDS
    stage.runs(ALICE, order(2, half // 2, side))


@pytest.mark.parametrize("side", Side)
def test_an_order_is_worth_the_minimum(stage: Stage, side: Side) -> None:
    assert stage.refuses(ALICE, order(2_500, 39 * LOT, side)) is Code.BELOW_MINIMUM_NOTIONAL
    stage.runs(ALICE, order(2_500, 40 * LOT, side))


def test_open_orders_have_a_limit(stage: Stage) -> None:
    for _ in range(50):
        stage.runs(ALICE, order())
    assert stage.refuses(ALICE, order()) is Code.TOO_MANY_OPEN_ORDERS
    assert stage.refuses(ALICE, order(market=1, price=1_100, amount=100 * LOT)) is Code.TOO_MANY_OPEN_ORDERS
    stage.runs(ALICE, LimitOrder(0, BUY, 2_500, 100 * LOT, IOC, None))
    stage.runs(key_of("bob"), order())
    stage.runs(ALICE, CancelOrder(4))
    stage.runs(ALICE, order())


def test_a_filled_order_makes_room_for_another(stage: Stage) -> None:
    for _ in range(50):
        stage.runs(ALICE, order())
    stage.runs(key_of("bob"), order(side=SELL))
    stage.runs(ALICE, order())
    assert stage.refuses(ALICE, order()) is Code.TOO_MANY_OPEN_ORDERS


@pytest.mark.parametrize(("side", "asset"), [(BUY, USD), (SELL, LUMENS)])
def test_an_order_can_lock_all_that_is_available_and_no_lot_more(stage: Stage, side: Side, asset: int) -> None:
    available = PLENTY if asset == USD else PLENTY - ONE
    lots = available // LOT if side is SELL else available // 2_500
    refused = stage.refuses(ALICE, order(2_500, (lots + 1) * LOT, side))
    assert refused is (Code.BELOW_MINIMUM_BALANCE if side is SELL else Code.INSUFFICIENT_FUNDS)
    stage.runs(ALICE, order(2_500, lots * LOT, side))
    assert stage.balance(ALICE, asset) == (PLENTY, available)
    refused = stage.refuses(ALICE, order(2_500, 100 * LOT, side))
    assert refused is (Code.BELOW_MINIMUM_BALANCE if side is SELL else Code.INSUFFICIENT_FUNDS)


def test_money_is_asked_for_before_matching_even_if_the_price_would_be_better(stage: Stage) -> None:
    bob: KeyPair = key_of("bob")
    stage.runs(bob, order(2_500, 100 * LOT, SELL))
    lots = PLENTY // 2_500
    too_much = order(5_000, lots * LOT)
    assert stage.refuses(ALICE, too_much) is Code.INSUFFICIENT_FUNDS


def test_without_any_of_the_asset_nothing_can_be_sold(stage: Stage) -> None:
    carol = key_of("carol")
    stage.executes(stage.world.deposits(stage.machine, (carol, LUMENS, 10 * ONE)))
    assert stage.refuses(carol, order(1_100, 1_000 * LOT, SELL, market=1)) is Code.INSUFFICIENT_FUNDS
