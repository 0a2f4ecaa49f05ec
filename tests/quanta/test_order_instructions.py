"""What an order can say of itself, and cancels by name and of all."""

import pytest

from constellation.protocol.limits import CANCELS_MAX
from constellation.protocol.messages import (
    MAX_BATCH_OPERATIONS,
    CancelAllOrders,
    CancelOrder,
    Code,
    LimitOrder,
    MarketStatus,
    Operation,
    OperationRefused,
    OrderClosed,
    OrderCloseReason,
    OrderInstructions,
    OrderPlaced,
    OrderReduced,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trade,
)
from constellation.quanta import Executed, Machine, restore_state
from constellation.testing import NaiveExchange
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import LUMENS, USD, Stage, effects_for, entries_of
from tests.quanta.twins import AskTogether, Twins

GTC, IOC, FOK = TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL
NEWEST, OLDEST = SelfTradePrevention.CANCEL_NEWEST, SelfTradePrevention.CANCEL_OLDEST
BOTH, DECREMENT = SelfTradePrevention.CANCEL_BOTH, SelfTradePrevention.DECREMENT
ALICE, BOB = key_of("alice"), key_of("bob")


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob")
    return stage


def order(
    side: Side,
    amount: int,
    price: int = 2_500,
    time_in_force: TimeInForce = GTC,
    *,
    post_only: bool = False,
    prevention: SelfTradePrevention = NEWEST,
    name: str = "",
    market: int = 0,
) -> LimitOrder:
    return LimitOrder(
        market, side, price, amount * ONE, time_in_force, OrderInstructions(post_only, prevention, name, None, None)
    )


def buy(amount: int, price: int = 2_500, time_in_force: TimeInForce = GTC, **options: object) -> LimitOrder:
    return order(Side.BUY, amount, price, time_in_force, **options)  # type: ignore[arg-type]


def sell(amount: int, price: int = 2_500, time_in_force: TimeInForce = GTC, **options: object) -> LimitOrder:
    return order(Side.SELL, amount, price, time_in_force, **options)  # type: ignore[arg-type]


def of_orders(executed: Executed, who: object) -> list[object]:
    kinds = OrderPlaced | OrderReduced | OrderClosed | Trade
    return [effect for effect in effects_for(executed, who) if isinstance(effect, kinds)]  # type: ignore[arg-type]


def open_orders(stage: Stage, who: object = ALICE) -> list[int]:
    return list(stage.machine.state.vault.accounts[who.public].orders)  # type: ignore[attr-defined]


# Fill or kill


def test_fill_or_kill_is_filled_whole_or_refused(stage: Stage) -> None:
    stage.runs(BOB, sell(3))
    stage.runs(BOB, sell(2, 2_510))
    assert stage.refuses(ALICE, buy(4, 2_500, FOK)) is Code.WOULD_NOT_FILL
    assert stage.refuses(ALICE, buy(6, 2_510, FOK)) is Code.WOULD_NOT_FILL
    done = stage.runs(ALICE, buy(5, 2_510, FOK))
    assert [effect.amount for effect in of_orders(done, ALICE)[:-1]] == [3 * ONE, 2 * ONE]  # type: ignore[attr-defined]
    assert of_orders(done, ALICE)[-1] == OrderClosed(done.leaf.apex, OrderCloseReason.FILLED, 0)
    assert stage.refuses(ALICE, buy(1, 9_999, FOK)) is Code.WOULD_NOT_FILL


def test_fill_or_kill_counts_what_the_limit_of_fills_allows(stage: Stage) -> None:
    stage.world.settings.limits.fills = 2
    stage.restart()
    stage.funded("alice", "bob")
    for _ in range(3):
        stage.runs(BOB, sell(1))
    assert stage.refuses(ALICE, buy(3, 2_500, FOK)) is Code.WOULD_NOT_FILL
    stage.runs(ALICE, buy(2, 2_500, FOK))


@pytest.mark.parametrize("prevention", [NEWEST, BOTH, DECREMENT])
def test_fill_or_kill_does_not_count_the_own_orders(stage: Stage, prevention: SelfTradePrevention) -> None:
    stage.runs(ALICE, sell(1))
    stage.runs(BOB, sell(5))
    assert stage.refuses(ALICE, buy(5, 2_500, FOK, prevention=prevention)) is Code.WOULD_NOT_FILL
    assert stage.refuses(ALICE, buy(1, 2_500, FOK, prevention=prevention)) is Code.WOULD_NOT_FILL


def test_fill_or_kill_goes_past_own_orders_that_are_cancelled(stage: Stage) -> None:
    own = stage.runs(ALICE, sell(1)).leaf.apex
    stage.runs(BOB, sell(5))
    assert stage.refuses(ALICE, buy(6, 2_500, FOK, prevention=OLDEST)) is Code.WOULD_NOT_FILL
    done = stage.runs(ALICE, buy(5, 2_500, FOK, prevention=OLDEST))
    assert of_orders(done, ALICE)[0] == OrderClosed(own, OrderCloseReason.SELF_TRADE, ONE)
    assert open_orders(stage) == []


# Post-only


@pytest.mark.parametrize("who", [ALICE, BOB], ids=["own", "others"])
def test_a_post_only_order_never_takes(stage: Stage, who: object) -> None:
    stage.runs(who, sell(1, 2_500))  # type: ignore[arg-type]
    assert stage.refuses(ALICE, buy(1, 2_500, post_only=True)) is Code.WOULD_TAKE
    assert stage.refuses(ALICE, buy(1, 2_501, post_only=True)) is Code.WOULD_TAKE
    done = stage.runs(ALICE, buy(1, 2_499, post_only=True))
    assert of_orders(done, ALICE) == [OrderPlaced(done.leaf.apex, 0, Side.BUY, 2_499, ONE)]
    assert stage.refuses(BOB, sell(1, 2_499, post_only=True)) is Code.WOULD_TAKE
    stage.runs(BOB, sell(1, 2_499))


@pytest.mark.parametrize("time_in_force", [IOC, FOK])
def test_a_post_only_order_rests(stage: Stage, time_in_force: TimeInForce) -> None:
    assert stage.refuses(ALICE, buy(1, 2_500, time_in_force, post_only=True)) is Code.CONTRADICTORY_ORDER


def test_a_post_only_market_takes_no_other_orders(stage: Stage) -> None:
    stage.changes_settings(lambda new: setattr(new.markets[0], "status", MarketStatus.MARKET_POST_ONLY))
    assert stage.refuses(ALICE, buy(1)) is Code.MARKET_NOT_OPEN
    assert stage.refuses(ALICE, LimitOrder(0, Side.BUY, 2_500, ONE, GTC, None)) is Code.MARKET_NOT_OPEN
    placed = stage.runs(ALICE, buy(1, post_only=True)).leaf.apex
    stage.runs(ALICE, CancelOrder(placed))


# Self-trade prevention: Alice's 2 rest at 2,500, behind them Bob's 5; she buys 4.


def self_trade(stage: Stage, prevention: SelfTradePrevention, resting: int = 2, amount: int = 4) -> Executed:
    stage.runs(ALICE, sell(resting))
    stage.runs(BOB, sell(5))
    return stage.runs(ALICE, buy(amount, prevention=prevention))


def test_cancel_newest_ends_the_new_order_there(stage: Stage) -> None:
    done = self_trade(stage, NEWEST)
    new, own = done.leaf.apex, done.leaf.apex - 2
    assert of_orders(done, ALICE) == [OrderClosed(new, OrderCloseReason.SELF_TRADE, 4 * ONE)]
    assert open_orders(stage) == [own]


def test_cancel_oldest_goes_on(stage: Stage) -> None:
    done = self_trade(stage, OLDEST)
    new, own = done.leaf.apex, done.leaf.apex - 2
    first, trade, last = of_orders(done, ALICE)
    assert first == OrderClosed(own, OrderCloseReason.SELF_TRADE, 2 * ONE)
    assert isinstance(trade, Trade)
    assert (trade.counter_order, trade.amount) == (new - 1, 4 * ONE)
    assert last == OrderClosed(new, OrderCloseReason.FILLED, 0)
    assert open_orders(stage) == []


def test_cancel_both_ends_both(stage: Stage) -> None:
    done = self_trade(stage, BOTH)
    new, own = done.leaf.apex, done.leaf.apex - 2
    assert of_orders(done, ALICE) == [
        OrderClosed(own, OrderCloseReason.SELF_TRADE, 2 * ONE),
        OrderClosed(new, OrderCloseReason.SELF_TRADE, 4 * ONE),
    ]
    assert open_orders(stage) == []
    assert stage.balance(ALICE, LUMENS)[1] == stage.balance(ALICE, USD)[1] == 0, "nothing stays locked"


def test_decrement_takes_the_smaller_off_both_and_goes_on(stage: Stage) -> None:
    done = self_trade(stage, DECREMENT)
    new, own = done.leaf.apex, done.leaf.apex - 2
    closed, reduced, trade, last = of_orders(done, ALICE)
    assert closed == OrderClosed(own, OrderCloseReason.SELF_TRADE, 2 * ONE)
    assert reduced == OrderReduced(new, 2 * ONE, 2 * ONE)
    assert isinstance(trade, Trade)
    assert trade.amount == 2 * ONE
    assert last == OrderClosed(new, OrderCloseReason.FILLED, 0)
    assert stage.balance(ALICE, USD)[1] == 0


def test_decrement_leaves_the_rest_of_a_larger_resting_order_in_its_place(stage: Stage) -> None:
    done = self_trade(stage, DECREMENT, resting=6)
    new, own = done.leaf.apex, done.leaf.apex - 2
    assert of_orders(done, ALICE) == [
        OrderReduced(own, 4 * ONE, 2 * ONE),
        OrderReduced(new, 4 * ONE, 0),
        OrderClosed(new, OrderCloseReason.SELF_TRADE, 0),
    ]
    assert open_orders(stage) == [own]
    assert stage.balance(ALICE, LUMENS)[1] == 2 * ONE
    first = stage.runs(BOB, buy(1))
    assert [trade.counter_order for trade in of_orders(first, BOB) if isinstance(trade, Trade)] == [own]


def test_prevention_counts_as_meeting_an_order(stage: Stage) -> None:
    stage.world.settings.limits.fills = 2
    stage.restart()
    stage.funded("alice", "bob")
    for _ in range(3):
        stage.runs(ALICE, sell(1))
    done = stage.runs(ALICE, buy(9, prevention=OLDEST))
    assert of_orders(done, ALICE)[-1] == OrderClosed(done.leaf.apex, OrderCloseReason.FILL_LIMIT, 9 * ONE)
    assert len(open_orders(stage)) == 1


# Names


def test_an_order_is_known_by_its_owners_name_while_it_is_open(stage: Stage) -> None:
    placed = stage.runs(ALICE, buy(1, name="grid-7")).leaf.apex
    assert stage.refuses(ALICE, buy(1, 2_400, name="grid-7")) is Code.DUPLICATE_CLIENT_ORDER_ID
    assert stage.refuses(ALICE, buy(1, 2_400, IOC, name="grid-7")) is Code.DUPLICATE_CLIENT_ORDER_ID
    assert stage.refuses(BOB, CancelOrder("grid-7")) is Code.ORDER_NOT_FOUND
    stage.runs(BOB, buy(1, 2_400, name="grid-7"))
    done = stage.runs(ALICE, CancelOrder("grid-7"))
    assert of_orders(done, ALICE) == [OrderClosed(placed, OrderCloseReason.CANCELLED, ONE)]
    assert stage.refuses(ALICE, CancelOrder("grid-7")) is Code.ORDER_NOT_FOUND
    stage.runs(ALICE, buy(1, name="grid-7"))


def test_a_filled_orders_name_is_free_again(stage: Stage) -> None:
    stage.runs(ALICE, sell(1, name="a"))
    stage.runs(BOB, buy(1))
    stage.runs(ALICE, sell(1, name="a"))


@pytest.mark.parametrize("name", [" ", "two words", "tab\t", "\x00", "\x7f", "ö", "😀", "line\n"])
def test_a_name_is_visible_ascii(stage: Stage, name: str) -> None:
    assert stage.refuses(ALICE, buy(1, name=name)) is Code.INVALID_CLIENT_ORDER_ID
    assert stage.refuses(ALICE, CancelOrder(name)) is Code.ORDER_NOT_FOUND


def test_names_survive_a_restart(stage: Stage) -> None:
    stage.runs(ALICE, buy(1, name="!~" * 18))
    state = stage.machine.state
    stage.machine = Machine.from_state(restore_state(stage.world.settings, entries_of(state).values()))
    assert stage.machine.state.root() == state.root()
    assert stage.refuses(ALICE, buy(1, 2_400, name="!~" * 18)) is Code.DUPLICATE_CLIENT_ORDER_ID
    stage.runs(ALICE, CancelOrder("!~" * 18))


# All at once


def test_all_orders_are_cancelled_the_oldest_first(stage: Stage) -> None:
    numbers = [stage.runs(ALICE, buy(1, 2_400 - place)).leaf.apex for place in range(3)]
    other = stage.runs(ALICE, buy(1, 1_000, market=1)).leaf.apex
    bobs = stage.runs(BOB, buy(1)).leaf.apex
    done = stage.runs(ALICE, CancelAllOrders(0))
    assert [effect.order for effect in of_orders(done, ALICE)] == numbers  # type: ignore[attr-defined]
    assert (open_orders(stage), open_orders(stage, BOB)) == ([other], [bobs])
    assert stage.refuses(ALICE, CancelAllOrders(0)) is Code.ORDER_NOT_FOUND
    assert stage.refuses(ALICE, CancelAllOrders(2)) is Code.UNKNOWN_MARKET
    stage.runs(ALICE, CancelAllOrders(None))
    assert stage.refuses(ALICE, CancelAllOrders(None)) is Code.ORDER_NOT_FOUND
    assert stage.balance(ALICE, USD)[1] == 0


def test_one_quantum_cancels_so_many_and_so_does_a_batch(stage: Stage) -> None:
    stage.world.settings.limits.open_orders = 2 * CANCELS_MAX + 5
    stage.restart()
    stage.funded("alice", "bob")
    for first in range(0, 2 * CANCELS_MAX + 5, 100):
        many = min(100, 2 * CANCELS_MAX + 5 - first)
        stage.machine.execute_all(
            stage.now, stage.batch(ALICE, *[buy(1, 1_000) for _ in range(many)], all_or_nothing=True)
        )
    done = stage.runs(ALICE, CancelAllOrders(None))
    assert len(of_orders(done, ALICE)) == CANCELS_MAX
    one, two, three = stage.runs_batch(
        ALICE, CancelOrder(open_orders(stage)[0]), CancelAllOrders(0), CancelAllOrders(0)
    )
    assert len(of_orders(one, ALICE)) + len(of_orders(two, ALICE)) == CANCELS_MAX
    assert effects_for(three, ALICE) == [OperationRefused(Code.OVERLOADED)]
    stage.runs(ALICE, CancelAllOrders(None))
    assert open_orders(stage) == []


def test_a_batch_that_has_cancelled_as_many_as_one_may_cancels_no_other() -> None:
    twins = Twins((0, 0))
    twins.world.settings.limits.open_orders = CANCELS_MAX + 3
    twins.machine, twins.naive = twins.world.machine(), NaiveExchange(twins.world.settings)
    twins.both(twins.world.deposits(twins.machine, (ALICE, LUMENS, 10 * ONE), (ALICE, USD, 10_000 * ONE)))
    for first in range(0, CANCELS_MAX + 3, MAX_BATCH_OPERATIONS):
        many = min(MAX_BATCH_OPERATIONS, CANCELS_MAX + 3 - first)
        twins.take(AskTogether(ALICE, [buy(1, 1_000)] * many, True, 1, 1))
    account = twins.machine.state.vault.accounts[ALICE.public]
    left = list(account.orders)[CANCELS_MAX:]
    cancels: list[Operation] = [CancelAllOrders(None), CancelOrder(left[0]), CancelAllOrders(None), CancelOrder(1)]
    twins.take(AskTogether(ALICE, cancels, True, 1, 1))
    assert len(account.orders) == CANCELS_MAX + 3
    twins.take(AskTogether(ALICE, cancels, False, 1, 1))
    assert list(account.orders) == left
    twins.take(AskTogether(ALICE, [CancelOrder(left[0]), CancelAllOrders(None)], True, 1, 1))
    assert not account.orders
