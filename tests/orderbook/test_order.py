from constellation.orderbook import Order
from constellation.protocol.messages import Side


def test_an_order_shows_what_matters_and_not_its_owner() -> None:
    order = Order(7, b"\x11" * 32, 0, Side.SELL, 2_500, 30)
    assert repr(order) == "Order(7, SELL, 30 at 2500)"


def test_a_new_order_rests_nowhere() -> None:
    order = Order(7, bytes(32), 0, Side.BUY, 1, 1)
    assert (order.level, order.before, order.after) == (None, None, None)
