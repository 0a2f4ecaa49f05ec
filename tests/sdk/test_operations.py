import pytest
from stellar_sdk import MuxedAccount

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    CancelAllOrders,
    CancelOrder,
    LimitOrder,
    OrderInstructions,
    Payment,
    RegisterRouting,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Withdrawal,
)
from constellation.sdk import operations
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from constellation.testing.world import to
from tests.gateway.harness import ANNA, BERT, make_settings

CATALOGUE = Catalogue(make_settings())


def test_operations_are_built_exactly() -> None:
    assert operations.payment(CATALOGUE, BERT.address, "USD", "0.0000001") == Payment(BERT.public, 1, 1)
    assert operations.limit_order(CATALOGUE, "XLM/USD", "sell", "0.123", 5, "IOC") == LimitOrder(
        0, Side.SELL, 1230, 5 * ONE, TimeInForce.IMMEDIATE_OR_CANCEL, None
    )
    assert operations.cancel_order(7) == CancelOrder(7)
    assert operations.cancel_order("my-7") == CancelOrder("my-7")
    assert operations.cancel_all_orders(CATALOGUE, None) == CancelAllOrders(None)
    assert operations.cancel_all_orders(CATALOGUE, "XLM/USD") == CancelAllOrders(0)
    assert operations.withdrawal(CATALOGUE, "XLM", 1, to(BERT, 9)) == Withdrawal(0, ONE, to(BERT, 9))
    assert operations.register_routing(7) == RegisterRouting(7)


@pytest.mark.parametrize("key", ["", "G", ANNA.address[:-1], ANNA.address[:-1] + "x", b"short", "S" + ANNA.address[1:]])
def test_keys_are_checked(key: str | bytes) -> None:
    with pytest.raises(InvalidRequest):
        operations.parse_key(key)


@pytest.mark.parametrize("amount", ["0", "-1", "0.00000001", "1e30", "NaN", 1.0])
def test_amounts_are_checked(amount: str) -> None:
    with pytest.raises(InvalidRequest, match="amount"):
        operations.payment(CATALOGUE, BERT.public, "XLM", amount)


@pytest.mark.parametrize("memo", ["", "é" * 15, "\ud800", -1, 2**64, True, b"bytes", 1.5])
def test_memos_are_checked(memo: str) -> None:
    with pytest.raises(InvalidRequest, match="memo"):
        operations.ledger_destination(BERT.public, memo, create=False)


@pytest.mark.parametrize("name", list(SelfTradePrevention), ids=lambda item: item.name)
def test_what_an_order_says_of_itself_is_signed(name: SelfTradePrevention) -> None:
    made = operations.limit_order(
        CATALOGUE,
        "XLM/USD",
        "buy",
        "0.123",
        5,
        "FOK",
        post_only=True,
        self_trade_prevention=name.name.lower(),  # type: ignore[arg-type]
        client_order_id="x" * 36,
    )
    instructions = OrderInstructions(True, name, "x" * 36, None, None)
    assert made == LimitOrder(0, Side.BUY, 1230, 5 * ONE, TimeInForce.FILL_OR_KILL, instructions)


@pytest.mark.parametrize("client_order_id", ["", "x" * 37, "two words", "ö", "line\n", 7, b"bytes"])
def test_client_order_ids_are_checked(client_order_id: str) -> None:
    with pytest.raises(InvalidRequest, match="client order id"):
        operations.limit_order(CATALOGUE, "XLM/USD", "buy", "0.1", 1, client_order_id=client_order_id)


@pytest.mark.parametrize("order_id", [0, -1, 2**64, True, 1.0])
def test_order_ids_are_checked(order_id: int) -> None:
    with pytest.raises(InvalidRequest, match="is not an order's id"):
        operations.cancel_order(order_id)


def test_a_destination_is_an_account_or_a_part_of_one() -> None:
    muxed = MuxedAccount(BERT.address, 2**64 - 1).account_muxed
    assert operations.ledger_destination(BERT.public, "a" * 28, create=False) == to(BERT, "a" * 28)
    assert operations.ledger_destination(BERT.address, None, create=True) == to(BERT, creates=True)
    assert operations.ledger_destination(muxed, 3, create=False) == to(BERT, 3, muxed_id=2**64 - 1)


@pytest.mark.parametrize("address", ["", "M", "G" + "A" * 55, "M" + "A" * 68, "C" + ANNA.address[1:], b"short"])
def test_destinations_are_checked(address: str | bytes) -> None:
    with pytest.raises(InvalidRequest):
        operations.ledger_destination(address, None, create=False)


@pytest.mark.parametrize("routing_id", [0, -1, 2**64, True, "7", 1.0])
def test_routing_ids_are_checked(routing_id: int) -> None:
    with pytest.raises(InvalidRequest, match="a routing id is between 1 and"):
        operations.register_routing(routing_id)


def test_an_orders_words_are_checked() -> None:
    with pytest.raises(InvalidRequest, match=r"self_trade_prevention is cancel_newest, .*, not 'none'"):
        operations.limit_order(CATALOGUE, "XLM/USD", "buy", 1, 1, self_trade_prevention="none")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="side is buy or sell"):
        operations.limit_order(CATALOGUE, "XLM/USD", "BUY", 1, 1, "GTC")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="time_in_force is GTC, IOC, FOK, not 'GTT'"):
        operations.limit_order(CATALOGUE, "XLM/USD", "buy", 1, 1, "GTT")  # type: ignore[arg-type]
