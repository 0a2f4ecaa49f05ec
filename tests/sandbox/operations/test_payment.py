import base64

import pytest
from stellar_sdk import Asset, ChangeTrust, MuxedAccount, Payment

from constellation.sandbox.limits import INT64_MAX
from tests.sandbox.world import LUMEN, NATIVE, World, key

USD = Asset("USD", key("issuer").public_key)


def pay(destination, amount, asset=NATIVE):
    return Payment(key(destination).public_key, asset, amount)


@pytest.fixture
def world():
    world = World("alice", "bob", "issuer")
    world.apply("alice", ChangeTrust(USD, "1000"))
    world.apply("bob", ChangeTrust(USD, "50"))
    world.apply("issuer", pay("alice", "100", USD))
    return world


def test_lumens(world):
    before = world.balance("alice"), world.balance("bob")
    record = world.apply("alice", pay("bob", "5"))
    assert record.result.to_xdr() == "AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA="
    assert world.balance("alice") == before[0] - 5 * LUMEN - 100
    assert world.balance("bob") == before[1] + 5 * LUMEN


@pytest.mark.parametrize(
    ("destination", "asset", "code", "golden"),
    [
        ("nobody", NATIVE, "op_no_destination", "AAAAAAAAAGT/////AAAAAQAAAAAAAAAB////+wAAAAA="),
        ("bob", Asset("EUR", USD.issuer), "op_no_trust", "AAAAAAAAAGT/////AAAAAQAAAAAAAAAB////+gAAAAA="),
    ],
)
def test_golden_failures(world, destination, asset, code, golden):
    record = world.apply("alice", pay(destination, "1", asset))
    assert record.result.to_xdr() == golden


def test_issued_assets_move_between_trust_lines(world):
    world.apply("alice", pay("bob", "40", USD))
    assert (world.balance("alice", USD), world.balance("bob", USD)) == (60 * LUMEN, 40 * LUMEN)


def test_the_issuer_mints_and_burns(world):
    world.apply("alice", pay("issuer", "100", USD))
    assert world.balance("alice", USD) == 0
    assert not world.account("issuer").trust_lines


def test_a_burnt_asset_needs_no_issuer_account():
    orphan = Asset("OLD", key("gone").public_key)
    world = World("alice", "gone")
    world.apply("alice", ChangeTrust(orphan))
    world.apply("gone", pay("alice", "5", orphan))
    world.ledger.state.remove_account(orphan.issuer)
    assert world.apply("alice", pay("gone", "5", orphan)).is_successful


def test_failures_in_the_ledgers_order(world):
    assert world.failed("alice", pay("bob", "51", USD)) == ["op_line_full"]
    assert world.failed("bob", pay("alice", "1", USD)) == ["op_underfunded"]
    assert world.failed("bob", pay("alice", "901", USD)) == ["op_line_full"]
    assert world.failed("alice", pay("bob", "10000")) == ["op_underfunded"]
    eur = Asset("EUR", USD.issuer)
    world.apply("bob", ChangeTrust(eur))
    assert world.failed("alice", pay("bob", "1", eur)) == ["op_src_no_trust"]


def test_malformed(world):
    assert world.rejected("alice", pay("bob", "0")) == ["op_malformed"]


def test_lumens_to_oneself_need_no_funds(world):
    assert world.apply("alice", pay("alice", str(INT64_MAX // LUMEN))).is_successful


def test_one_failure_reverts_all_operations_but_not_the_fee(world):
    before = world.balance("alice"), world.balance("bob")
    codes = world.failed("alice", pay("bob", "1"), pay("nobody", "1"), pay("bob", "2"))
    assert codes == ["op_success", "op_no_destination", "op_success"]
    assert (world.balance("alice"), world.balance("bob")) == (before[0] - 300, before[1])


def test_muxed_accounts_are_their_accounts(world):
    muxed = MuxedAccount(key("bob").public_key, 42)
    before = world.balance("bob")
    record = world.apply("alice", Payment(muxed, NATIVE, "1", source=MuxedAccount(key("alice").public_key, 7)))
    assert world.balance("bob") == before + LUMEN
    (operation,) = record.operations()
    description = operation.operation.describe(operation.result)
    assert description["to"] == muxed.account_id
    assert description["to_muxed"] == muxed.account_muxed
    assert description["to_muxed_id"] == "42"
    assert description["from_muxed_id"] == "7"


def test_an_invalid_asset_code_is_malformed(world):
    envelope = world.envelope("alice", pay("bob", "1", USD))
    raw = envelope.to_xdr_object()
    raw.v1.tx.operations[0].body.payment_op.asset.alpha_num4.asset_code.asset_code4 = b"U D\0"
    tampered = base64.b64encode(raw.to_xdr_bytes()).decode()
    # The code is judged after the signature, which is no longer right.
    assert world.ledger.submit(tampered).error.result.code.name == "txBAD_AUTH"
    operation = world.ledger.decode(tampered).transaction.operations[0]
    assert not operation.asset.is_valid
    assert operation.asset.to_xdr().alpha_num4.asset_code.asset_code4 == b"U D\0"
