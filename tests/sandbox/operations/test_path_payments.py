import pytest
from stellar_sdk import Asset, ChangeTrust, PathPaymentStrictReceive, PathPaymentStrictSend, Payment

from constellation.sandbox import Asset as LedgerAsset
from constellation.sandbox import Conversion
from tests.sandbox.world import LUMEN, NATIVE, World, codes_of, key, total_lumens

USD = Asset("USD", key("maker").public_key)
LEDGER_USD = LedgerAsset.parse(f"USD:{USD.issuer}")
LEDGER_NATIVE = LedgerAsset.parse("native")
BOB = key("bob").public_key


@pytest.fixture
def world():
    maker = key("maker").public_key
    world = World(
        "alice",
        "bob",
        "maker",
        conversions=[
            Conversion(LEDGER_NATIVE, LEDGER_USD, 1, 3, maker),
            Conversion(LEDGER_USD, LEDGER_NATIVE, 3, 1, maker),
        ],
    )
    world.apply("bob", ChangeTrust(USD))
    return world


def send(amount, minimum, source=NATIVE, destination=USD, path=()):
    return PathPaymentStrictSend(BOB, source, amount, destination, minimum, list(path))


def receive(maximum, amount, source=NATIVE, destination=USD):
    return PathPaymentStrictReceive(BOB, source, maximum, destination, amount, [])


def test_strict_send_tells_what_arrived(world):
    record = world.apply("alice", send("10", "3"))
    assert world.balance("bob", USD) == 3_3333333
    success = record.result.result.results[0].tr.path_payment_strict_send_result.success
    assert success.last.amount.int64 == 3_3333333
    assert success.offers[0].order_book.amount_bought.int64 == 10 * LUMEN
    (operation,) = record.operations()
    description = operation.operation.describe(operation.result)
    assert (description["amount"], description["source_amount"]) == ("3.3333333", "10.0000000")
    assert total_lumens(world.ledger) == 10**18


def test_strict_receive_tells_what_was_spent(world):
    before = world.balance("alice")
    record = world.apply("alice", receive("40", "10"))
    assert world.balance("alice") == before - 30 * LUMEN - 100
    (operation,) = record.operations()
    description = operation.operation.describe(operation.result)
    assert (description["amount"], description["source_amount"]) == ("10.0000000", "30.0000000")


def test_limits(world):
    assert world.failed("alice", send("10", "3.4")) == ["op_under_dest_min"]
    assert world.failed("alice", receive("29", "10")) == ["op_over_source_max"]
    assert world.failed("alice", receive("40000", "10000")) == ["op_underfunded"]


def test_the_same_asset_is_a_payment(world):
    record = world.apply("alice", send("10", "10", destination=NATIVE))
    assert world.balance("bob") == 10_010 * LUMEN - 100
    assert record.result.result.results[0].tr.path_payment_strict_send_result.success.offers == []
    world.apply("alice", receive("10", "10", destination=NATIVE))
    assert world.balance("bob") == 10_020 * LUMEN - 100


def test_without_a_rate_there_is_no_offer(world):
    world.apply("bob", ChangeTrust(Asset("EUR", USD.issuer)))
    eur = Asset("EUR", USD.issuer)
    assert world.failed("alice", send("1", "1", destination=eur)) == ["op_too_few_offers"]
    assert world.failed("alice", receive("1", "1", destination=eur)) == ["op_too_few_offers"]
    assert world.failed("maker", send("1", "0.1")) == ["op_cross_self"]


def test_a_path_through_two_rates(world):
    assert world.apply("alice", send("9", "9", destination=NATIVE, path=[USD])).is_successful


def test_failed_ones_have_no_amounts(world):
    record = world.apply("alice", send("10", "9"), Payment(BOB, NATIVE, "1"))
    assert codes_of(record.result) == ["op_under_dest_min", "op_success"]
    (operation, _) = record.operations()
    assert operation.operation.describe(operation.result)["amount"] == "0.0000000"


def test_malformed_and_missing(world):
    assert world.rejected("alice", send("0", "1")) == ["op_malformed"]
    missing = PathPaymentStrictSend(key("nobody").public_key, NATIVE, "1", NATIVE, "1", [])
    assert world.failed("alice", missing) == ["op_no_destination"]


def test_operations_not_reached_still_have_a_result(world):
    path_payments = (send("1", "1"), receive("1", "1"))
    codes = world.rejected("alice", Payment(BOB, NATIVE, "0"), *path_payments)
    assert codes == ["op_malformed", "op_success", "op_success"]


def test_a_rate_is_positive_and_between_different_assets():
    with pytest.raises(ValueError, match="positive rate"):
        Conversion(LEDGER_NATIVE, LEDGER_USD, 0, 1, USD.issuer)
    with pytest.raises(ValueError, match="different assets"):
        Conversion(LEDGER_USD, LEDGER_USD, 1, 1, USD.issuer)
