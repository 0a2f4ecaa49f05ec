import pytest

from constellation.protocol.messages import CancelOrder, Code, Side
from tests.quanta.stage import Stage

AMOUNT = 1_000_000


@pytest.mark.parametrize("order", [0, 4, 99, 2**64 - 1])
def test_orders_that_never_were_are_not_found(order: int) -> None:
    stage = Stage()
    [alice] = stage.funded("alice")
    assert stage.refuses(alice, CancelOrder(order)) is Code.ORDER_NOT_FOUND


def test_another_accounts_order_looks_like_one_that_never_was() -> None:
    stage = Stage()
    alice, bob = stage.funded("alice", "bob")
    stage.places(alice, Side.BUY, AMOUNT, 2_500)
    assert stage.refuses(bob, CancelOrder(4)) is Code.ORDER_NOT_FOUND


def test_an_order_is_cancelled_once() -> None:
    stage = Stage()
    [alice] = stage.funded("alice")
    stage.places(alice, Side.BUY, AMOUNT, 2_500)
    stage.runs(alice, CancelOrder(4))
    assert stage.refuses(alice, CancelOrder(4)) is Code.ORDER_NOT_FOUND


def test_a_filled_order_cannot_be_cancelled() -> None:
    stage = Stage()
    alice, bob = stage.funded("alice", "bob")
    stage.places(alice, Side.BUY, AMOUNT, 2_500)
    stage.places(bob, Side.SELL, AMOUNT, 2_500)
    assert stage.refuses(alice, CancelOrder(4)) is Code.ORDER_NOT_FOUND
