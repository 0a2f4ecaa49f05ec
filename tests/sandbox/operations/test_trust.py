import pytest
from stellar_sdk import (
    Asset,
    AuthorizationFlag,
    ChangeTrust,
    Clawback,
    CreateAccount,
    Payment,
    SetOptions,
    SetTrustLineFlags,
    TrustLineFlags,
)

from constellation.sandbox.accounts import AUTHORIZED, CLAWBACK_ENABLED
from tests.sandbox.world import LUMEN, World, key

USD = Asset("USD", key("issuer").public_key)
REVOCABLE = AuthorizationFlag.AUTHORIZATION_REVOCABLE
REQUIRED = AuthorizationFlag.AUTHORIZATION_REQUIRED
CLAWBACK = AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED


@pytest.fixture
def world():
    return World("alice", "bob", "issuer")


def trust(limit="1000", asset=USD):
    return ChangeTrust(asset, limit)


def issue(amount, name="alice"):
    return Payment(key(name).public_key, USD, amount)


def line(world, name="alice"):
    (found,) = world.account(name).trust_lines.values()
    return found


def set_flags(name="alice", **flags):
    return SetTrustLineFlags(key(name).public_key, USD, **flags)


def test_opening_changing_and_closing(world):
    record = world.apply("alice", trust())
    opened = line(world)
    assert (opened.limit, opened.flags, opened.last_modified_ledger) == (1000 * LUMEN, AUTHORIZED, record.ledger)
    world.apply("issuer", issue("10"))
    assert world.failed("alice", trust("9")) == ["op_invalid_limit"]
    world.apply("alice", trust("10"))
    assert world.failed("alice", trust("0")) == ["op_invalid_limit"]
    world.apply("alice", Payment(USD.issuer, USD, "10"))
    world.apply("alice", trust("0"))
    assert world.account("alice").trust_lines == {}


def test_failures(world):
    assert world.failed("alice", trust("0")) == ["op_invalid_limit"]
    assert world.failed("alice", trust(asset=Asset("USD", key("nobody").public_key))) == ["op_no_issuer"]
    assert world.failed("issuer", trust()) == ["op_self_not_allowed"]
    assert world.rejected("alice", trust(asset=Asset.native())) == ["op_malformed"]
    world.apply("alice", CreateAccount(key("poor").public_key, "1.0000100"))
    assert world.failed("poor", trust()) == ["op_low_reserve"]


def test_authorization(world):
    world.apply("issuer", SetOptions(set_flags=REQUIRED | REVOCABLE))
    world.apply("alice", trust())
    assert world.failed("issuer", issue("1")) == ["op_not_authorized"]
    world.apply("issuer", set_flags(set_flags=TrustLineFlags.AUTHORIZED_FLAG))
    world.apply("issuer", issue("1"))
    world.apply("issuer", set_flags(clear_flags=TrustLineFlags.AUTHORIZED_FLAG))
    assert world.failed("alice", Payment(USD.issuer, USD, "1")) == ["op_src_not_authorized"]


def test_authorization_failures(world):
    world.apply("alice", trust())
    authorized = TrustLineFlags.AUTHORIZED_FLAG
    maintain = TrustLineFlags.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG
    assert world.failed("issuer", set_flags(clear_flags=authorized)) == ["op_cant_revoke"]
    assert world.failed("issuer", set_flags(set_flags=maintain)) == ["op_invalid_state"]
    assert world.failed("issuer", set_flags("bob", set_flags=authorized)) == ["op_no_trust"]
    assert world.rejected("bob", set_flags(set_flags=authorized)) == ["op_malformed"]
    assert world.rejected("issuer", set_flags("issuer", set_flags=authorized)) == ["op_malformed"]


def test_clawback(world):
    world.apply("issuer", SetOptions(set_flags=CLAWBACK | REVOCABLE))
    world.apply("alice", trust())
    world.apply("issuer", issue("10"))
    assert line(world).flags == AUTHORIZED | CLAWBACK_ENABLED
    world.apply("issuer", Clawback(USD, key("alice").public_key, "4"))
    assert world.balance("alice", USD) == 6 * LUMEN
    assert world.failed("issuer", Clawback(USD, key("alice").public_key, "7")) == ["op_underfunded"]
    assert world.failed("issuer", Clawback(USD, key("bob").public_key, "7")) == ["op_no_trust"]
    assert world.rejected("bob", Clawback(USD, key("alice").public_key, "1")) == ["op_malformed"]
    world.apply("issuer", set_flags(clear_flags=TrustLineFlags.TRUSTLINE_CLAWBACK_ENABLED_FLAG))
    assert world.failed("issuer", Clawback(USD, key("alice").public_key, "1")) == ["op_not_clawback_enabled"]
