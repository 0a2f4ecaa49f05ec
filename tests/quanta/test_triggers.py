"""Stop and take-profit orders: when they are triggered, in which order, and how many at once."""

import pytest

from constellation.protocol.limits import TRIGGERED_MAX
from constellation.protocol.messages import (
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    Code,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    MarketStatus,
    OrderArmed,
    OrderClosed,
    OrderCloseReason,
    OrderInstructions,
    OrderPlaced,
    OrderTriggered,
    Payment,
    ReplaceOrder,
    SelfTradePrevention,
    Side,
    TimeCommit,
    TimeInForce,
    Trade,
    Trigger,
    TriggerKind,
)
from constellation.quanta import Executed, Machine, restore_state
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import LUMENS, USD, Stage, accounts_of, effects_for, entries_of
from tests.quanta.twins import Ask, AskTogether, Twins

ALICE, BOB, CAROL = key_of("alice"), key_of("bob"), key_of("carol")
STOP, TAKE_PROFIT = TriggerKind.STOP, TriggerKind.TAKE_PROFIT
GTC, IOC, FOK = TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL
PLENTY = 1_000 * ONE


@pytest.fixture
def stage() -> Stage:
    """The last trade was at 2,500."""
    return with_a_trade(Stage())


def with_a_trade(stage: Stage) -> Stage:
    stage.funded("alice", "bob", "carol", amount=PLENTY)
    trades_at(stage, 2_500)
    return stage


def says(kind: TriggerKind, price: int, **options: object) -> OrderInstructions:
    facts = {"post_only": False, "client_order_id": "", "expires_at": None} | options
    prevention = SelfTradePrevention.CANCEL_NEWEST
    return OrderInstructions(self_trade_prevention=prevention, trigger=Trigger(kind, price), **facts)  # type: ignore[arg-type]


def limit(side: Side, price: int, amount: int = 1, said: OrderInstructions | None = None) -> LimitOrder:
    return LimitOrder(0, side, price, amount * ONE, GTC, said)


def sell_at_market(amount: int, said: OrderInstructions) -> MarketOrder:
    return MarketOrder(0, Side.SELL, MarketAmountUnit.BASE_AMOUNT, amount * ONE, said)


def buy_for(budget: int, said: OrderInstructions) -> MarketOrder:
    return MarketOrder(0, Side.BUY, MarketAmountUnit.QUOTE_BUDGET, budget, said)


def trades_at(stage: Stage, price: int) -> Executed:
    """Carol sells one to Bob at this price."""
    stage.runs(CAROL, limit(Side.SELL, price))
    return stage.runs(BOB, limit(Side.BUY, price))


def of_alice(executed: Executed) -> list[object]:
    kinds = OrderArmed | OrderTriggered | OrderPlaced | OrderClosed | Trade
    return [effect for effect in effects_for(executed, ALICE) if isinstance(effect, kinds)]


def triggered(executed: Executed) -> list[int]:
    """Ids of the orders that a quantum has executed, in their order."""
    effects = [effect for group in executed.groups for effect in group.effects]
    found = [effect for effect in effects if isinstance(effect, OrderTriggered)]
    return [effect.order for effect in sorted(found, key=lambda effect: effect.place)]


@pytest.mark.parametrize(
    ("side", "kind", "trigger", "before", "at"),
    [
        (Side.BUY, STOP, 2_600, 2_599, 2_600),
        (Side.SELL, STOP, 2_400, 2_401, 2_400),
        (Side.BUY, TAKE_PROFIT, 2_400, 2_401, 2_400),
        (Side.SELL, TAKE_PROFIT, 2_600, 2_599, 2_600),
    ],
)
def test_which_price_triggers_which_order(
    stage: Stage, side: Side, kind: TriggerKind, trigger: int, before: int, at: int
) -> None:
    armed = stage.runs(ALICE, limit(side, 1_000 if side is Side.BUY else 9_000, 1, says(kind, trigger)))
    order = armed.leaf.apex
    assert of_alice(armed) == [OrderArmed(order, 0, side, Trigger(kind, trigger))]
    assert triggered(trades_at(stage, before)) == []
    done = trades_at(stage, at)
    assert triggered(done) == [order]
    assert isinstance(of_alice(done)[1], OrderPlaced)
    assert list(stage.machine.state.engine.orders) == [order]


@pytest.mark.parametrize(
    ("side", "kind", "price"),
    [
        (Side.BUY, STOP, 2_500),
        (Side.SELL, STOP, 2_500),
        (Side.BUY, TAKE_PROFIT, 2_500),
        (Side.SELL, TAKE_PROFIT, 2_500),
    ],
)
def test_an_order_that_would_not_wait_is_refused(stage: Stage, side: Side, kind: TriggerKind, price: int) -> None:
    assert stage.refuses(ALICE, limit(side, 2_500, 1, says(kind, price))) is Code.WOULD_TRIGGER


def test_what_is_locked_while_it_waits_and_who_gets_it_back(stage: Stage) -> None:
    before = accounts_of(stage.machine)[ALICE.public]
    bid = stage.runs(ALICE, limit(Side.BUY, 2_000, 10, says(STOP, 2_600))).leaf.apex
    sale = stage.runs(ALICE, sell_at_market(5, says(STOP, 2_400))).leaf.apex
    purchase = stage.runs(ALICE, buy_for(ONE, says(STOP, 2_600))).leaf.apex
    now = accounts_of(stage.machine)[ALICE.public]
    assert (now[USD][1], now[LUMENS][1]) == (2 * ONE + ONE, 5 * ONE)
    for order, remaining in ((bid, 10 * ONE), (sale, 5 * ONE), (purchase, 0)):
        done = stage.runs(ALICE, CancelOrder(order))
        assert of_alice(done) == [OrderClosed(order, OrderCloseReason.CANCELLED, remaining)]
    assert accounts_of(stage.machine)[ALICE.public] == before


def test_a_stop_loss_sells_at_what_the_book_pays(stage: Stage) -> None:
    stage.runs(BOB, limit(Side.BUY, 2_300, 5))
    stage.runs(ALICE, sell_at_market(3, says(STOP, 2_400)))
    done = trades_at(stage, 2_400)
    assert [(effect.amount, effect.price) for effect in of_alice(done) if isinstance(effect, Trade)] == [
        (3 * ONE, 2_300)
    ]
    assert stage.machine.state.engine.markets[0].last_price == 2_300


def test_one_order_triggers_the_next_in_the_same_quantum(stage: Stage) -> None:
    stage.runs(BOB, limit(Side.BUY, 2_300, 1))
    stage.runs(BOB, limit(Side.BUY, 2_200, 1))
    second = stage.runs(ALICE, sell_at_market(1, says(STOP, 2_300))).leaf.apex
    first = stage.runs(ALICE, sell_at_market(1, says(STOP, 2_400))).leaf.apex
    done = trades_at(stage, 2_400)
    assert triggered(done) == [first, second]
    assert stage.machine.state.engine.markets[0].last_price == 2_200


def test_the_order_in_which_they_come(stage: Stage) -> None:
    """Those that wait for more, the lowest first; then those that wait for less, the highest first; and by age."""
    low, high = says(STOP, 2_400), says(STOP, 2_600)
    orders = [
        stage.runs(ALICE, limit(Side.SELL, 9_000, 1, says(STOP, 2_390))).leaf.apex,
        stage.runs(ALICE, limit(Side.SELL, 9_000, 1, low)).leaf.apex,
        stage.runs(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_610))).leaf.apex,
        stage.runs(ALICE, limit(Side.BUY, 1_000, 1, high)).leaf.apex,
        stage.runs(ALICE, limit(Side.BUY, 1_000, 1, high)).leaf.apex,
    ]
    for price in (2_380, 2_620):  # one order sweeps from 2,380 to 2,620
        stage.runs(CAROL, limit(Side.SELL, price))
    done = stage.runs(BOB, limit(Side.BUY, 2_620, 2))
    assert triggered(done) == [orders[3], orders[4], orders[2], orders[1], orders[0]]


def test_it_stands_in_the_queue_since_it_was_triggered(stage: Stage) -> None:
    waits = stage.runs(ALICE, limit(Side.SELL, 3_000, 1, says(TAKE_PROFIT, 2_600))).leaf.apex
    rests = stage.runs(BOB, limit(Side.SELL, 3_000)).leaf.apex
    trades_at(stage, 2_600)
    later = stage.runs(BOB, limit(Side.SELL, 3_000)).leaf.apex
    queue = [rests, waits, later]
    for state in (stage.machine.state, restored(stage).state):
        level = state.engine.orders[waits].level
        assert level is not None
        assert [order.order_id for order in level] == queue
        assert list(state.vault.accounts[BOB.public].orders) == [rests, later]


def restored(stage: Stage) -> Machine:
    machine = Machine.from_state(restore_state(stage.world.settings, entries_of(stage.machine.state).values()))
    assert machine.state.root() == stage.machine.state.root()
    return machine


def test_more_than_a_quantum_executes_come_in_time_commits_before_anything_else(stage: Stage) -> None:
    orders = [
        stage.runs(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_600))).leaf.apex for _ in range(TRIGGERED_MAX + 3)
    ]
    done = trades_at(stage, 2_650)
    assert triggered(done) == orders[:TRIGGERED_MAX]
    assert stage.refuses(BOB, Payment(ALICE.public, 1, 1)) is Code.TIME_IS_DUE
    due = stage.machine.due_at(stage.now)
    assert due == stage.now == restored(stage).due_at(stage.now)
    assert triggered(stage.executes(TimeCommit(due))) == orders[TRIGGERED_MAX:]
    assert stage.machine.due_at(2**63 - 1) is None
    stage.runs(BOB, Payment(ALICE.public, 1, 1))


def test_an_order_that_needs_more_fills_than_are_left_waits_for_a_quantum_of_its_own() -> None:
    stage = with_a_trade(Stage(fills=3))
    for _ in range(3):
        stage.runs(BOB, limit(Side.BUY, 2_300))
    order = stage.runs(ALICE, sell_at_market(3, says(STOP, 2_400))).leaf.apex
    done = trades_at(stage, 2_400)
    assert triggered(done) == []
    done = stage.executes(TimeCommit(stage.now))
    assert triggered(done) == [order]
    assert of_alice(done)[-1] == OrderClosed(order, OrderCloseReason.FILLED, 0)


def test_what_breaks_a_rule_when_it_is_triggered_is_closed(stage: Stage) -> None:
    for operation, remaining in (
        (LimitOrder(0, Side.BUY, 2_600, ONE, FOK, says(STOP, 2_600)), ONE),
        (limit(Side.SELL, 1_000, 1, says(TAKE_PROFIT, 2_600, post_only=True)), ONE),
        (buy_for(ONE, says(STOP, 2_600)), 0),
    ):
        order = stage.runs(ALICE, operation).leaf.apex
        if operation.side is Side.SELL:
            stage.runs(BOB, limit(Side.BUY, 1_500))
        done = trades_at(stage, 2_600)
        assert of_alice(done)[-1] == OrderClosed(order, OrderCloseReason.REFUSED_WHEN_TRIGGERED, remaining)
        trades_at(stage, 2_500)
    assert not stage.machine.state.engine.triggers.armed


def test_a_halted_market_refuses_what_still_waits_for_its_turn(stage: Stage) -> None:
    orders = [
        stage.runs(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_600))).leaf.apex for _ in range(TRIGGERED_MAX + 1)
    ]
    trades_at(stage, 2_600)
    stage.changes_settings(lambda settings: setattr(settings.markets[0], "status", MarketStatus.MARKET_HALTED))
    done = stage.executes(TimeCommit(stage.now))
    assert of_alice(done)[-1] == OrderClosed(orders[-1], OrderCloseReason.REFUSED_WHEN_TRIGGERED, ONE)


def test_its_time_ends_while_it_waits_or_rests(stage: Stage) -> None:
    due = stage.now + 1_000_000
    waits = stage.runs(ALICE, sell_at_market(1, says(STOP, 2_400, expires_at=due))).leaf.apex
    rests = stage.runs(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_600, expires_at=due))).leaf.apex
    trades_at(stage, 2_600)
    stage.now = due
    reason = OrderCloseReason.EXPIRED_BY_TIME
    assert of_alice(stage.executes(TimeCommit(due))) == [
        OrderClosed(waits, reason, ONE),
        OrderClosed(rests, reason, ONE),
    ]


def test_a_name_is_taken_while_it_waits_and_all_of_them_can_be_cancelled(stage: Stage) -> None:
    first = stage.runs(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_600, client_order_id="one"))).leaf.apex
    taken = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "one", None, None)
    assert stage.refuses(ALICE, limit(Side.BUY, 1_000, 1, taken)) is Code.DUPLICATE_CLIENT_ORDER_ID
    assert stage.refuses(ALICE, ReplaceOrder("one", None, 1_000, ONE, None)) is Code.CONTRADICTORY_ORDER
    assert stage.refuses(BOB, CancelOrder(first)) is Code.ORDER_NOT_FOUND
    stage.runs(ALICE, limit(Side.BUY, 1_000))
    assert [effect.order for effect in of_alice(stage.runs(ALICE, CancelAllOrders(0)))] == [first, first + 1]  # type: ignore[attr-defined]


def test_armed_orders_count_as_open() -> None:
    stage = with_a_trade(Stage())
    stage.changes_settings(lambda settings: setattr(settings.limits, "open_orders", 1))
    stage.runs(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_600)))
    assert stage.refuses(ALICE, limit(Side.BUY, 1_000)) is Code.TOO_MANY_OPEN_ORDERS
    assert stage.refuses(ALICE, sell_at_market(1, says(STOP, 2_400))) is Code.TOO_MANY_OPEN_ORDERS


def test_what_cannot_wait_is_refused(stage: Stage) -> None:
    amount = MarketOrder(0, Side.BUY, MarketAmountUnit.BASE_AMOUNT, ONE, says(STOP, 2_600))
    for operation, code in (
        (amount, Code.CONTRADICTORY_ORDER),
        (limit(Side.BUY, 2_500, 1, says(STOP, 0)), Code.INVALID_PRICE),
        (sell_at_market(2_000, says(STOP, 2_400)), Code.INSUFFICIENT_FUNDS),
        (buy_for(2_000 * ONE, says(STOP, 2_600)), Code.INSUFFICIENT_FUNDS),
        (sell_at_market(1, says(STOP, 2_400, expires_at=stage.now)), Code.INVALID_EXPIRY),
        (LimitOrder(0, Side.BUY, 2_500, ONE, IOC, says(STOP, 2_600, post_only=True)), Code.CONTRADICTORY_ORDER),
    ):
        assert stage.refuses(ALICE, operation) is code


def test_the_band_of_a_limit_order_that_waits_is_around_its_trigger() -> None:
    stage = with_a_trade(Stage(price_band_ppm=100_000))
    assert stage.refuses(ALICE, limit(Side.BUY, 3_301, 1, says(STOP, 3_000))) is Code.PRICE_OUT_OF_BAND
    stage.runs(ALICE, limit(Side.BUY, 3_300, 1, says(STOP, 3_000)))


def test_a_batch_that_is_undone_arms_and_triggers_nothing(stage: Stage) -> None:
    stage.runs(CAROL, limit(Side.SELL, 2_600))
    before = entries_of(stage.machine.state)
    wrong = Payment(ALICE.public, 0, 0)
    code = stage.refuses_batch(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_600)), limit(Side.BUY, 2_600, 1), wrong)
    assert code is Code.INVALID_AMOUNT
    assert entries_of(stage.machine.state) == before
    assert stage.machine.due_at(2**63 - 1) is None
    done = stage.runs_batch(ALICE, limit(Side.BUY, 1_000, 1, says(STOP, 2_600)), limit(Side.BUY, 2_600, 1))
    assert triggered(done[1]) == [done[0].leaf.apex]


def test_what_a_batch_has_used_up_is_missing_to_nobody_whom_it_triggers() -> None:
    twins = Twins((0, 0), 3)
    for price in (2_500, 2_600, 2_600, 2_600, 2_700):
        twins.take(Ask(CAROL, limit(Side.SELL, price), 1, 1))
    twins.take(Ask(BOB, limit(Side.BUY, 2_500), 1, 1))
    twins.take(Ask(ALICE, limit(Side.BUY, 2_700, 1, says(STOP, 2_600)), 1, 1))
    order = twins.machine.state.apex
    twins.take(AskTogether(BOB, [limit(Side.BUY, 2_600, 3), CancelAllAfter(0)], False, 1, 1))
    assert twins.machine.state.apex == order + 2
    assert list(twins.machine.state.engine.triggers.armed) == [order]
    done = twins.both(TimeCommit(twins.now))
    assert not isinstance(done, Code)
    assert OrderClosed(order, OrderCloseReason.FILLED, 0) in [effect for group in done[0] for effect in group.effects]
