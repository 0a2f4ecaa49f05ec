import pytest
from stellar_sdk import (
    AllowTrust,
    Asset,
    AuthorizationFlag,
    ChangeTrust,
    Clawback,
    CreateAccount,
    Payment,
    SetOptions,
    SetTrustLineFlags,
    TrustLineEntryFlag,
    TrustLineFlags,
)

from constellation.sandbox.accounts import AUTHORIZED, AUTHORIZED_TO_MAINTAIN, CLAWBACK_ENABLED
from tests.sandbox.world import LUMEN, World, key

USD = Asset("USD", key("issuer").public_key)
REVOCABLE = AuthorizationFlag.AUTHORIZATION_REVOCABLE
REQUIRED = AuthorizationFlag.AUTHORIZATION_REQUIRED
CLAWBACK = AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED


@pytest.fixture
def world():
    return World("alice", "bob", "issuer")


NONE, FULL, MAINTAIN = (
    TrustLineEntryFlag.UNAUTHORIZED_FLAG,
    TrustLineEntryFlag.AUTHORIZED_FLAG,
    TrustLineEntryFlag.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG,
)


def allow(authorize, name="alice"):
    with pytest.warns(DeprecationWarning, match="SetTrustLineFlags"):  # of the SDK: it recommends set_trust_line_flags
        return AllowTrust(key(name).public_key, "USD", authorize)


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


def test_maintaining_liabilities_is_neither_paying_nor_being_paid(world):
    world.apply("issuer", SetOptions(set_flags=REVOCABLE))
    world.apply("alice", trust())
    world.apply("issuer", issue("1"))
    maintain, full = TrustLineFlags.AUTHORIZED_TO_MAINTAIN_LIABILITIES_FLAG, TrustLineFlags.AUTHORIZED_FLAG
    assert world.apply("issuer", set_flags(clear_flags=full, set_flags=maintain)).is_successful
    assert line(world).flags == AUTHORIZED_TO_MAINTAIN
    assert world.failed("issuer", issue("1")) == ["op_not_authorized"]
    assert world.failed("alice", Payment(USD.issuer, USD, "1")) == ["op_src_not_authorized"]
    assert world.apply("issuer", set_flags(clear_flags=maintain, set_flags=full)).is_successful
    assert world.apply("alice", Payment(USD.issuer, USD, "1")).is_successful


@pytest.mark.parametrize(
    ("before", "after", "revocable", "expected"),
    [
        (NONE, FULL, False, None),
        (NONE, MAINTAIN, False, None),
        (MAINTAIN, FULL, False, None),
        (FULL, MAINTAIN, False, ["op_cant_revoke"]),
        (FULL, NONE, False, ["op_cant_revoke"]),
        (MAINTAIN, NONE, False, ["op_cant_revoke"]),
        (FULL, MAINTAIN, True, None),
        (FULL, NONE, True, None),
        (MAINTAIN, NONE, True, None),
    ],
)
def test_allow_trust(world, before, after, revocable, expected):
    world.apply("issuer", SetOptions(set_flags=REQUIRED))
    world.apply("alice", trust())
    if before is not NONE:
        world.apply("issuer", allow(before))
    if revocable:
        world.apply("issuer", SetOptions(set_flags=REVOCABLE))
    if expected is not None:
        assert world.failed("issuer", allow(after)) == expected
        assert line(world).flags == before.value
        return
    record = world.apply("issuer", allow(after))
    assert line(world).flags == after.value
    assert world.account("alice").account_id in record.concerned()
    (effect,) = record.effects[0]
    assert effect.type == "trustline_flags_updated"
    described = record.operations()[0].operation.describe(None)
    assert described["authorize"] is (after is FULL)
    assert described.get("authorize_to_maintain_liabilities", False) is (after is MAINTAIN)


def test_allow_trust_failures(world):
    assert world.failed("issuer", allow(FULL)) == ["op_no_trust"]
    assert world.rejected("alice", allow(FULL)) == ["op_malformed"]
    assert world.apply("issuer", SetOptions(low_threshold=1, med_threshold=5, master_weight=1)).is_successful
    world.apply("alice", trust())
    # It takes a key of little weight only.
    assert world.apply("issuer", allow(FULL)).is_successful


def test_authorization_failures(world):
    assert world.failed("issuer", set_flags(clear_flags=TrustLineFlags.AUTHORIZED_FLAG)) == ["op_cant_revoke"]
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
