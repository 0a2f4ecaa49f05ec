"""What falls due by sequenced time: orders whose time is over, and cancel-all-after."""

import pytest

from constellation.protocol.limits import CANCELS_MAX
from constellation.protocol.messages import (
    CancelAllAfter,
    CancelAllScheduled,
    CancelOrder,
    Code,
    LimitOrder,
    OrderClosed,
    OrderCloseReason,
    OrderInstructions,
    Payment,
    SelfTradePrevention,
    Side,
    TimeCommit,
    TimeInForce,
)
from constellation.quanta import Machine, restore_state
from constellation.testing.world import ONE, key_of
from tests.quanta.stage import Stage, effects_for, entries_of

ALICE, BOB = key_of("alice"), key_of("bob")
SECOND = 1_000_000


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.funded("alice", "bob")
    return stage


def places(stage: Stage, expires_at: int | None = None, who: object = ALICE) -> int:
    said = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", expires_at, None)
    order = LimitOrder(0, Side.SELL, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, said)
    return stage.runs(who, order).leaf.apex  # type: ignore[arg-type]


def closed(stage: Stage, due: int, who: object = ALICE) -> list[OrderClosed]:
    done = stage.executes(TimeCommit(due))
    return [effect for effect in effects_for(done, who) if isinstance(effect, OrderClosed)]  # type: ignore[arg-type]


def test_an_order_is_closed_at_its_time_and_nobody_gets_in_between(stage: Stage) -> None:
    due = stage.now + SECOND
    order = places(stage, due)
    stage.now = due - 1
    assert stage.refuses_body(TimeCommit(due)) is Code.NOT_DUE
    stage.runs(BOB, Payment(ALICE.public, 1, 1))
    stage.now = due
    assert stage.refuses(BOB, Payment(ALICE.public, 1, 1)) is Code.TIME_IS_DUE
    assert stage.refuses_batch(BOB, Payment(ALICE.public, 1, 1)) is Code.TIME_IS_DUE
    assert closed(stage, due) == [OrderClosed(order, OrderCloseReason.EXPIRED_BY_TIME, ONE)]
    stage.runs(BOB, Payment(ALICE.public, 1, 1))
    assert stage.refuses_body(TimeCommit(due)) is Code.NOT_DUE


def test_ledger_commits_and_decisions_do_not_wait_for_it(stage: Stage) -> None:
    due = stage.now + SECOND
    places(stage, due)
    stage.now = due + SECOND
    stage.commits()
    stage.changes_settings(lambda settings: setattr(settings.limits, "open_orders", 7))
    assert len(closed(stage, due)) == 1


def test_a_commit_names_what_is_due_first(stage: Stage) -> None:
    first, second = stage.now + SECOND, stage.now + 2 * SECOND
    orders = [places(stage, second), places(stage, first), places(stage, second)]
    stage.now = second
    assert stage.refuses_body(TimeCommit(second)) is Code.NOT_DUE
    assert [effect.order for effect in closed(stage, first)] == [orders[1], orders[0], orders[2]]


def test_a_cancelled_order_is_not_due(stage: Stage) -> None:
    due = stage.now + SECOND
    order = places(stage, due)
    stage.runs(ALICE, CancelOrder(order))
    stage.now = due
    stage.runs(BOB, Payment(ALICE.public, 1, 1))


def test_an_order_that_is_over_before_it_begins_is_refused(stage: Stage) -> None:
    said = OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", stage.now, None)
    order = LimitOrder(0, Side.SELL, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, said)
    assert stage.refuses(ALICE, order) is Code.INVALID_EXPIRY
    said.expires_at = stage.now + 1
    stage.runs(ALICE, order)


def test_all_orders_go_when_their_owner_is_not_heard_of(stage: Stage) -> None:
    orders, others = [places(stage), places(stage)], places(stage, who=BOB)
    scheduled = stage.runs(ALICE, CancelAllAfter(10))
    due = stage.now + 10 * SECOND
    assert effects_for(scheduled, ALICE) == [CancelAllScheduled(due)]
    stage.now += 9 * SECOND
    stage.runs(ALICE, CancelAllAfter(10))
    stage.now = due
    stage.runs(ALICE, Payment(BOB.public, 1, 1))
    stage.now += 9 * SECOND
    done = stage.executes(TimeCommit(stage.now))
    reason = OrderCloseReason.CANCELLED_BY_TIMEOUT
    assert effects_for(done, ALICE)[:3] == [
        OrderClosed(orders[0], reason, ONE), OrderClosed(orders[1], reason, ONE), CancelAllScheduled(None),
    ]  # fmt: skip
    assert list(stage.machine.state.engine.orders) == [others]
    assert stage.machine.due_at(2**63 - 1) is None


def test_it_can_be_taken_back(stage: Stage) -> None:
    places(stage)
    stage.runs(ALICE, CancelAllAfter(1))
    assert effects_for(stage.runs(ALICE, CancelAllAfter(0)), ALICE) == [CancelAllScheduled(None)]
    stage.now += 2 * SECOND
    stage.runs(ALICE, CancelAllAfter(2**32 - 1))


def test_one_commit_closes_as_many_as_one_may_and_the_next_goes_on() -> None:
    stage = Stage()
    stage.world.settings.limits.open_orders = 2 * CANCELS_MAX
    stage.restart()
    stage.funded("alice", "bob")
    executes, stage.executes_all = stage.executes_all, lambda body: stage.machine.execute_all(stage.now, body)  # type: ignore[method-assign]
    due = stage.now + SECOND
    places(stage, due)
    for _ in range(CANCELS_MAX + 5):
        places(stage)
    stage.runs(ALICE, CancelAllAfter(1))
    stage.executes_all = executes  # type: ignore[method-assign]
    stage.now = due
    assert len(closed(stage, due)) == CANCELS_MAX
    assert stage.refuses(BOB, Payment(ALICE.public, 1, 1)) is Code.TIME_IS_DUE
    assert len(closed(stage, due)) == 6
    stage.runs(BOB, Payment(ALICE.public, 1, 1))


def test_what_is_due_survives_a_restart(stage: Stage) -> None:
    due = stage.now + SECOND
    places(stage, due)
    stage.runs(BOB, CancelAllAfter(3))
    state = restore_state(stage.world.settings, entries_of(stage.machine.state).values())
    again = Machine.from_state(state)
    assert [again.due_at(due - 1), again.due_at(due)] == [None, due]
    assert list(state.vault.agenda._items) == list(stage.machine.state.vault.agenda._items)
