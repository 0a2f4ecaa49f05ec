from hypothesis import given
from hypothesis import strategies as st

from constellation.orderbook import Level, Order
from constellation.protocol.messages import Side


def order(order_id: int, remaining: int = 10) -> Order:
    return Order(order_id, bytes(32), 0, Side.BUY, 100, remaining)


def filled_level(count: int) -> tuple[Level, list[Order]]:
    level = Level(100)
    orders = [order(number) for number in range(1, count + 1)]
    for item in orders:
        level.append(item)
    return level, orders


def test_orders_queue_in_the_order_of_their_arrival() -> None:
    level, orders = filled_level(3)
    assert list(level) == orders
    assert (level.first, level.last, level.count, level.amount) == (orders[0], orders[2], 3, 30)


def test_a_fill_leaves_the_order_at_its_place() -> None:
    level, orders = filled_level(2)
    level.fill(orders[0], 4)
    assert list(level) == orders
    assert (orders[0].remaining, level.amount, level.count) == (6, 16, 2)


def test_an_order_that_left_is_linked_to_nothing() -> None:
    level, orders = filled_level(3)
    level.remove(orders[1])
    assert (orders[1].level, orders[1].before, orders[1].after) == (None, None, None)
    assert list(level) == [orders[0], orders[2]]


def test_an_emptied_level_can_be_used_again() -> None:
    level, [only] = filled_level(1)
    level.remove(only)
    assert (level.first, level.last, level.count, level.amount) == (None, None, 0, 0)
    level.append(only)
    assert list(level) == [only]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=60))
def test_a_level_is_a_plain_list_of_orders(steps: list[tuple[int, int]]) -> None:
    level, model = Level(100), list[Order]()
    for number, (choice, amount) in enumerate(steps):
        if choice < 5 or not model:
            model.append(order(number, amount))
            level.append(model[-1])
        elif choice < 8:
            gone = model.pop(amount % len(model))
            level.remove(gone)
        else:
            filled = model[amount % len(model)]
            level.fill(filled, min(amount, filled.remaining - 1))
        assert list(level) == model
        assert level.count == len(model)
        assert level.amount == sum(item.remaining for item in model)
        assert level.first is (model[0] if model else None)
        assert level.last is (model[-1] if model else None)
