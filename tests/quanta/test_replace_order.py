"""Replacing orders: which keeps its place, what it needs, what it keeps."""

import pytest

from constellation.protocol.messages import (
    CancelOrder,
    Code,
    LimitOrder,
    MarketStatus,
    OrderClosed,
    OrderCloseReason,
    OrderInstructions,
    OrderPlaced,
    OrderReduced,
    OrderReplaced,
    ReplaceOrder,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trade,
)
from constellation.quanta import Executed
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import LUMENS, USD, Stage, accounts_of, effects_for

ALICE, BOB = key_of("alice"), key_of("bob")
GTC = TimeInForce.GOOD_TILL_CANCELLED


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob", amount=100 * ONE)
    return stage


def says(name: str = "", *, post_only: bool = False, expires_at: int | None = None) -> OrderInstructions:
    return OrderInstructions(post_only, SelfTradePrevention.CANCEL_NEWEST, name, expires_at, None)


def places(
    stage: Stage, who: object, side: Side, amount: int, price: int, said: OrderInstructions | None = None
) -> int:
    return stage.runs(who, LimitOrder(0, side, price, amount * ONE, GTC, said)).leaf.apex  # type: ignore[arg-type]


def of_orders(executed: Executed, who: object = ALICE) -> list[object]:
    kinds = OrderPlaced | OrderReplaced | OrderReduced | OrderClosed | Trade
    return [effect for effect in effects_for(executed, who) if isinstance(effect, kinds)]  # type: ignore[arg-type]


def test_less_at_the_same_price_keeps_its_id_and_its_place(stage: Stage) -> None:
    first = places(stage, ALICE, Side.SELL, 10, 2_500)
    places(stage, BOB, Side.SELL, 10, 2_500)
    done = stage.runs(ALICE, ReplaceOrder(first, 10 * ONE, 2_500, 4 * ONE, None))
    assert of_orders(done) == [OrderReduced(first, 6 * ONE, 4 * ONE)]
    assert accounts_of(stage.machine)[ALICE.public][LUMENS] == (100 * ONE, 4 * ONE)
    carol = stage.funded("carol", amount=100 * ONE)[0]
    taken = stage.runs(carol, LimitOrder(0, Side.BUY, 2_500, ONE, GTC, None))
    assert [effect.order for effect in of_orders(taken) if isinstance(effect, Trade)] == [first]


@pytest.mark.parametrize(("price", "amount"), [(2_500, 11), (2_501, 4), (2_499, 10)])
def test_more_or_another_price_is_a_new_order_behind_all_others(stage: Stage, price: int, amount: int) -> None:
    old = places(stage, ALICE, Side.SELL, 10, 2_500)
    places(stage, BOB, Side.SELL, 10, price)
    done = stage.runs(ALICE, ReplaceOrder(old, None, price, amount * ONE, None))
    new = done.leaf.apex
    assert of_orders(done) == [
        OrderClosed(old, OrderCloseReason.REPLACED_BY_OWNER, 10 * ONE),
        OrderReplaced(new, old, 0, Side.SELL, price, amount * ONE, ""),
        OrderPlaced(new, 0, Side.SELL, price, amount * ONE),
    ]
    level = stage.machine.state.engine.orders[new].level
    assert level is not None
    assert [order.order_id for order in level][-1] == new


def test_what_the_old_one_locks_pays_for_the_new_one(stage: Stage) -> None:
    old = places(stage, ALICE, Side.BUY, 400, 2_500)  # all 100 USD
    assert stage.refuses(ALICE, ReplaceOrder(old, None, 2_501, 400 * ONE, None)) is Code.INSUFFICIENT_FUNDS
    stage.runs(ALICE, ReplaceOrder(old, None, 5_000, 200 * ONE, None))
    assert accounts_of(stage.machine)[ALICE.public][USD] == (100 * ONE, 100 * ONE)


def test_lumens_below_the_minimum_balance_are_not_freed_for_it(stage: Stage) -> None:
    """The minimum balance was raised above what is left: the freed part counts whole, and no more."""
    old = places(stage, ALICE, Side.SELL, 60, 2_500)
    stage.changes_settings(lambda settings: setattr(settings, "minimum_balance", 50 * ONE))
    assert stage.refuses(ALICE, ReplaceOrder(old, None, 2_501, 51 * ONE, None)) is Code.BELOW_MINIMUM_BALANCE
    stage.runs(ALICE, ReplaceOrder(old, None, 2_501, 50 * ONE, None))


def test_a_new_order_keeps_name_and_time_unless_it_says_otherwise(stage: Stage) -> None:
    later = stage.now + 1_000_000
    places(stage, ALICE, Side.SELL, 10, 2_500, says("ask", expires_at=later))
    second = stage.runs(ALICE, ReplaceOrder("ask", None, 2_600, 10 * ONE, None)).leaf.apex
    order = stage.machine.state.engine.orders[second]
    assert (order.client_order_id, order.expires_at) == ("ask", later)
    third = stage.runs(ALICE, ReplaceOrder("ask", None, 2_600, 5 * ONE, says("ask-2"))).leaf.apex
    order = stage.machine.state.engine.orders[third]
    assert (order.client_order_id, order.expires_at, len(stage.machine.state.vault.agenda)) == ("ask-2", None, 0)


def test_it_may_be_filled_at_once(stage: Stage) -> None:
    ask = places(stage, BOB, Side.SELL, 5, 2_600)
    bid = places(stage, ALICE, Side.BUY, 10, 2_500)
    assert stage.refuses(ALICE, ReplaceOrder(bid, None, 2_600, 10 * ONE, says(post_only=True))) is Code.WOULD_TAKE
    done = stage.runs(ALICE, ReplaceOrder(bid, None, 2_600, 10 * ONE, None))
    new = done.leaf.apex
    assert [type(effect).__name__ for effect in of_orders(done)] == [
        "OrderClosed", "OrderReplaced", "Trade", "OrderPlaced",
    ]  # fmt: skip
    assert of_orders(done, BOB)[-1] == OrderClosed(ask, OrderCloseReason.FILLED, 0)
    assert stage.machine.state.engine.orders[new].remaining == 5 * ONE


def test_a_fill_in_between_is_noticed(stage: Stage) -> None:
    ask = places(stage, ALICE, Side.SELL, 10, 2_500)
    places(stage, BOB, Side.BUY, 3, 2_500)
    assert stage.refuses(ALICE, ReplaceOrder(ask, 10 * ONE, 2_600, 10 * ONE, None)) is Code.ORDER_CHANGED
    stage.runs(ALICE, ReplaceOrder(ask, 7 * ONE, 2_600, 10 * ONE, None))


def test_what_is_refused(stage: Stage) -> None:
    ask = places(stage, ALICE, Side.SELL, 10, 2_500, says("mine"))
    places(stage, ALICE, Side.SELL, 10, 2_500, says("other"))
    foreign = places(stage, BOB, Side.SELL, 10, 2_500)
    for operation, code in (
        (ReplaceOrder(foreign, None, 2_500, ONE, None), Code.ORDER_NOT_FOUND),
        (ReplaceOrder("nothing", None, 2_500, ONE, None), Code.ORDER_NOT_FOUND),
        (ReplaceOrder(ask, None, 2_500, 10 * ONE, None), Code.CONTRADICTORY_ORDER),
        (ReplaceOrder(ask, None, 2_500, 0, None), Code.INVALID_AMOUNT),
        (ReplaceOrder(ask, None, 2_500, 1, None), Code.OFF_LOT),
        (ReplaceOrder(ask, None, 2_500, ONE // 1_000, None), Code.BELOW_MINIMUM_NOTIONAL),
        (ReplaceOrder(ask, None, 0, ONE, None), Code.INVALID_PRICE),
        (ReplaceOrder(ask, None, 2_600, ONE, says("other")), Code.DUPLICATE_CLIENT_ORDER_ID),
        (ReplaceOrder(ask, None, 2_600, ONE, says(expires_at=stage.now)), Code.INVALID_EXPIRY),
    ):
        assert stage.refuses(ALICE, operation) is code


def test_a_market_that_is_not_open_lets_orders_shrink(stage: Stage) -> None:
    ask = places(stage, ALICE, Side.SELL, 10, 2_500)
    stage.changes_settings(lambda settings: setattr(settings.markets[0], "status", MarketStatus.MARKET_CANCEL_ONLY))
    assert stage.refuses(ALICE, ReplaceOrder(ask, None, 2_600, ONE, None)) is Code.MARKET_NOT_OPEN
    stage.runs(ALICE, ReplaceOrder(ask, None, 2_500, ONE, None))
    stage.runs(ALICE, CancelOrder(ask))
