import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    CancelOrder,
    LedgerDestination,
    LimitOrder,
    Payment,
    Side,
    TimeInForce,
    Withdrawal,
)
from constellation.sdk import operations
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from tests.gateway.harness import ANNA, BERT, make_settings

CATALOGUE = Catalogue(make_settings())


def test_operations_are_built_exactly() -> None:
    assert operations.payment(CATALOGUE, BERT.address, "USD", "0.0000001") == Payment(BERT.public, 1, 1)
    assert operations.limit_order(CATALOGUE, "XLM/USD", "sell", "0.123", 5, "IOC") == LimitOrder(
        0, Side.SELL, 1230, 5 * ONE, TimeInForce.IMMEDIATE_OR_CANCEL
    )
    assert operations.cancel_order(7) == CancelOrder(7)
    assert operations.withdrawal(CATALOGUE, "XLM", 1, BERT.public, 9) == Withdrawal(
        0, ONE, LedgerDestination(BERT.public, None, 9, False)
    )
    assert operations.withdrawal(CATALOGUE, "XLM", 1, BERT.public, "a" * 28).memo == "a" * 28


@pytest.mark.parametrize("key", ["", "G", ANNA.address[:-1], ANNA.address[:-1] + "x", b"short", "S" + ANNA.address[1:]])
def test_keys_are_checked(key: str | bytes) -> None:
    with pytest.raises(InvalidRequest):
        operations.parse_key(key)


@pytest.mark.parametrize("amount", ["0", "-1", "0.00000001", "1e30", "NaN", 1.0])
def test_amounts_are_checked(amount: str) -> None:
    with pytest.raises(InvalidRequest, match="amount"):
        operations.payment(CATALOGUE, BERT.public, "XLM", amount)


@pytest.mark.parametrize("memo", ["", "é" * 15, -1, 2**64, True, b"bytes", 1.5])
def test_memos_are_checked(memo: str) -> None:
    with pytest.raises(InvalidRequest, match="memo"):
        operations.withdrawal(CATALOGUE, "XLM", 1, BERT.public, memo)


@pytest.mark.parametrize("order_id", [0, -1, 2**64, True, "7", 1.0])
def test_order_ids_are_checked(order_id: int) -> None:
    with pytest.raises(InvalidRequest, match="is not an order's id"):
        operations.cancel_order(order_id)


def test_side_and_time_in_force_are_checked() -> None:
    with pytest.raises(InvalidRequest, match="side is buy or sell"):
        operations.limit_order(CATALOGUE, "XLM/USD", "BUY", 1, 1, "GTC")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="time_in_force is GTC or IOC"):
        operations.limit_order(CATALOGUE, "XLM/USD", "buy", 1, 1, "FOK")  # type: ignore[arg-type]
