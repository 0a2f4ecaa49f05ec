"""Market orders and price bands, by worked examples; the flows compare them with the naive model."""

import pytest

from constellation.protocol.messages import (
    Code,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    MarketStatus,
    OrderClosed,
    OrderCloseReason,
    OrderInstructions,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trade,
)
from constellation.quanta import Executed
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import LUMENS, USD, Stage, accounts_of, effects_for, picture
from tests.quanta.twins import Twins

ALICE, BOB = key_of("alice"), key_of("bob")
BASE, BUDGET = MarketAmountUnit.BASE_AMOUNT, MarketAmountUnit.QUOTE_BUDGET
PLENTY = 1_000 * ONE


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob", amount=PLENTY)
    return stage


def sells(stage: Stage, amount: int, price: int, who: object = BOB) -> int:
    order = LimitOrder(0, Side.SELL, price, amount * ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
    return stage.runs(who, order).leaf.apex  # type: ignore[arg-type]


def market(
    side: Side,
    unit: MarketAmountUnit,
    amount: int,
    prevention: SelfTradePrevention = SelfTradePrevention.CANCEL_NEWEST,
    **options: object,
) -> MarketOrder:
    says = {"post_only": False, "client_order_id": "", "expires_at": None, "trigger": None} | options
    return MarketOrder(0, side, unit, amount, OrderInstructions(self_trade_prevention=prevention, **says))  # type: ignore[arg-type]


def trades(executed: Executed) -> list[tuple[int, int]]:
    found = [effect for effect in effects_for(executed, ALICE) if isinstance(effect, Trade)]
    return [(trade.amount // ONE, trade.price) for trade in found]


def end(executed: Executed) -> tuple[OrderCloseReason, int]:
    [closed] = [effect for effect in effects_for(executed, ALICE) if isinstance(effect, OrderClosed)]
    return closed.reason, closed.remaining


def balances(stage: Stage) -> dict[int, tuple[int, int]]:
    return accounts_of(stage.machine)[ALICE.public]


def test_an_amount_is_bought_at_whatever_it_costs(stage: Stage) -> None:
    sells(stage, 10, 2_500)
    sells(stage, 10, 9_000)
    done = stage.runs(ALICE, market(Side.BUY, BASE, 15 * ONE))
    assert trades(done) == [(10, 2_500), (5, 9_000)]
    assert end(done) == (OrderCloseReason.FILLED, 0)
    assert balances(stage)[USD] == (PLENTY - 25 * ONE // 10 - 45 * ONE // 10, 0)


def test_what_the_book_does_not_have_is_not_bought_and_not_locked(stage: Stage) -> None:
    sells(stage, 10, 2_500)
    done = stage.runs(ALICE, market(Side.BUY, BASE, 15 * ONE))
    assert (trades(done), end(done)) == ([(10, 2_500)], (OrderCloseReason.NOT_FILLED_AT_ONCE, 5 * ONE))
    assert balances(stage)[USD][1] == 0


def test_a_buy_needs_just_what_it_costs(stage: Stage) -> None:
    sells(stage, 900, 9_000)
    stage.runs(ALICE, market(Side.BUY, BASE, 900 * ONE))
    assert balances(stage)[USD] == (PLENTY - 810 * ONE, 0)


def test_a_buy_that_costs_more_than_there_is_is_refused(stage: Stage) -> None:
    sells(stage, 900, 20_000)
    assert stage.refuses(ALICE, market(Side.BUY, BASE, 501 * ONE)) is Code.INSUFFICIENT_FUNDS
    assert trades(stage.runs(ALICE, market(Side.BUY, BASE, 500 * ONE))) == [(500, 20_000)]


def test_a_budget_buys_whole_lots_for_at_most_so_much(stage: Stage) -> None:
    sells(stage, 2, 2_500)
    sells(stage, 10, 3_000)
    done = stage.runs(ALICE, market(Side.BUY, BUDGET, ONE))  # 0.5 buy 2; 0.5 buy 1.666 at 0.3, in lots of 0.001
    bought = [effect for effect in effects_for(done, ALICE) if isinstance(effect, Trade)]
    assert [(trade.amount, trade.price) for trade in bought] == [(2 * ONE, 2_500), (1_666 * ONE // 1_000, 3_000)]
    assert end(done) == (OrderCloseReason.FILLED, 0)
    assert balances(stage)[USD] == (PLENTY - ONE // 2 - 4_998_000, 0)


def test_a_budget_must_be_there(stage: Stage) -> None:
    sells(stage, 2, 2_500)
    assert stage.refuses(ALICE, market(Side.BUY, BUDGET, PLENTY + 1)) is Code.INSUFFICIENT_FUNDS
    assert stage.refuses(ALICE, market(Side.SELL, BUDGET, ONE)) is Code.CONTRADICTORY_ORDER


def test_a_sell_needs_what_it_sells_though_the_book_would_not_take_it(stage: Stage) -> None:
    stage.runs(BOB, LimitOrder(0, Side.BUY, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, None))
    assert stage.refuses(ALICE, market(Side.SELL, BASE, PLENTY + ONE)) is Code.INSUFFICIENT_FUNDS
    done = stage.runs(ALICE, market(Side.SELL, BASE, 5 * ONE))
    assert (trades(done), end(done)) == ([(1, 2_500)], (OrderCloseReason.NOT_FILLED_AT_ONCE, 4 * ONE))
    assert balances(stage)[LUMENS][1] == 0


def test_what_makes_no_sense_is_refused(stage: Stage) -> None:
    assert stage.refuses(ALICE, market(Side.BUY, BASE, ONE)) is Code.WOULD_NOT_FILL
    sells(stage, 2, 2_500)
    for order, code in (
        (market(Side.BUY, BASE, 0), Code.INVALID_AMOUNT),
        (market(Side.BUY, BASE, 1), Code.OFF_LOT),
        (market(Side.BUY, BUDGET, -1), Code.INVALID_AMOUNT),
        (market(Side.BUY, BASE, ONE // 1_000), Code.BELOW_MINIMUM_NOTIONAL),
        (market(Side.BUY, BASE, ONE, post_only=True), Code.CONTRADICTORY_ORDER),
        (market(Side.BUY, BASE, ONE, expires_at=stage.now + 1), Code.CONTRADICTORY_ORDER),
        (market(Side.BUY, BASE, ONE, client_order_id="no good"), Code.INVALID_CLIENT_ORDER_ID),
    ):
        assert stage.refuses(ALICE, order) is code


def test_a_market_that_is_not_open_takes_none(stage: Stage) -> None:
    sells(stage, 2, 2_500)
    stage.changes_settings(lambda settings: setattr(settings.markets[0], "status", MarketStatus.MARKET_POST_ONLY))
    assert stage.refuses(ALICE, market(Side.BUY, BASE, ONE)) is Code.MARKET_NOT_OPEN


OWN = {
    SelfTradePrevention.CANCEL_NEWEST: ([], OrderCloseReason.SELF_TRADE, 3),
    SelfTradePrevention.CANCEL_BOTH: ([], OrderCloseReason.SELF_TRADE, 3),
    SelfTradePrevention.CANCEL_OLDEST: ([(3, 2_600)], OrderCloseReason.FILLED, 0),
    SelfTradePrevention.DECREMENT: ([(1, 2_600)], OrderCloseReason.FILLED, 0),
}


@pytest.mark.parametrize("prevention", OWN)
def test_own_orders_on_the_way(stage: Stage, prevention: SelfTradePrevention) -> None:
    sells(stage, 2, 2_500, ALICE)
    sells(stage, 5, 2_600)
    done = stage.runs(ALICE, market(Side.BUY, BASE, 3 * ONE, prevention))
    expected, reason, remaining = OWN[prevention]
    assert trades(done) == expected
    closed = [effect for effect in effects_for(done, ALICE) if isinstance(effect, OrderClosed)]
    assert (closed[-1].reason, closed[-1].remaining) == (reason, remaining * ONE)


def test_the_limit_of_fills_ends_it() -> None:
    stage = Stage(fills=2)
    stage.funded("alice", "bob")
    for price in (2_500, 2_501, 2_502):
        sells(stage, 1, price)
    done = stage.runs(ALICE, market(Side.BUY, BASE, 3 * ONE))
    assert (len(trades(done)), end(done)) == (2, (OrderCloseReason.FILL_LIMIT, ONE))


def test_a_budget_that_the_limit_of_fills_ends_says_so() -> None:
    stage = Stage(fills=1)
    stage.funded("alice", "bob")
    sells(stage, 1, 2_500)
    sells(stage, 9, 2_500)
    done = stage.runs(ALICE, market(Side.BUY, BUDGET, ONE))
    assert (len(trades(done)), end(done)) == (1, (OrderCloseReason.FILL_LIMIT, 3 * ONE))


# Price bands


def banded() -> Stage:
    """The last trade was at 2,500, and the band is 10 %."""
    stage = Stage(price_band_ppm=100_000)
    stage.funded("alice", "bob")
    sells(stage, 1, 2_500)
    stage.runs(ALICE, market(Side.BUY, BASE, ONE))
    return stage


def limit(side: Side, price: int) -> LimitOrder:
    return LimitOrder(0, side, price, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)


@pytest.mark.parametrize(
    ("side", "price", "code"),
    [
        (Side.BUY, 2_750, None), (Side.BUY, 2_751, Code.PRICE_OUT_OF_BAND), (Side.BUY, 1, Code.BELOW_MINIMUM_NOTIONAL),
        (Side.BUY, 200, None), (Side.SELL, 2_250, None), (Side.SELL, 2_249, Code.PRICE_OUT_OF_BAND),
        (Side.SELL, 99_999, None),
    ],
)  # fmt: skip
def test_an_order_goes_no_further_beyond_the_last_trade_than_the_band(
    side: Side, price: int, code: Code | None
) -> None:
    stage = banded()
    if code is None:
        stage.runs(ALICE, limit(side, price))
    else:
        assert stage.refuses(ALICE, limit(side, price)) is code


def test_a_market_order_stops_at_the_band() -> None:
    stage = banded()
    sells(stage, 1, 2_750)
    sells(stage, 1, 2_751)
    done = stage.runs(ALICE, market(Side.BUY, BASE, 2 * ONE))
    assert (trades(done), end(done)) == ([(1, 2_750)], (OrderCloseReason.NOT_FILLED_AT_ONCE, ONE))
    assert stage.machine.state.engine.markets[0].last_price == 2_750


def test_before_the_first_trade_nothing_is_too_far() -> None:
    stage = Stage(price_band_ppm=1)
    stage.funded("alice", "bob")
    sells(stage, 1, 99_999)
    assert trades(stage.runs(ALICE, market(Side.BUY, BASE, ONE))) == [(1, 99_999)]


def test_an_order_that_costs_nothing_needs_no_balance() -> None:
    """Its own order is all that it meets, and it never had what it would pay with."""
    twins, who = Twins((0, 0)), key_of("somebody with lumens alone")
    twins.both(twins.world.deposits(twins.machine, (who, LUMENS, PLENTY)))
    offer = LimitOrder(0, Side.SELL, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
    for operation in (offer, market(Side.BUY, BASE, ONE)):
        done = twins.both(twins.world.request(who, operation, valid_until=twins.now + 60_000_000))
        assert not isinstance(done, Code)
    assert twins.machine.state.vault.accounts[who.public].balances[USD].amount == 0


def test_one_in_a_batch_that_is_undone_leaves_no_balance(stage: Stage) -> None:
    stage.commits(*stage.world.deposits(stage.machine, (key_of("carol"), LUMENS, PLENTY)).report.events)
    carol = key_of("carol")
    sells(stage, 1, 2_500, carol)
    before = picture(stage.machine)
    code = stage.refuses_batch(carol, market(Side.BUY, BASE, ONE), market(Side.BUY, BASE, 0))
    assert code is Code.INVALID_AMOUNT
    assert picture(stage.machine) == before
    assert USD not in stage.machine.state.vault.accounts[carol.public].balances
