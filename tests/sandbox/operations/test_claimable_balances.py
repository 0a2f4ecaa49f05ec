import pytest
from stellar_sdk import (
    AccountMerge,
    Asset,
    AuthorizationFlag,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    ClaimPredicate,
    ClawbackClaimableBalance,
    CreateClaimableBalance,
    Payment,
    SetOptions,
)

from tests.sandbox.world import LUMEN, NATIVE, World, key, total_lumens

USD = Asset("USD", key("issuer").public_key)
ALWAYS = ClaimPredicate.predicate_unconditional()


@pytest.fixture
def world():
    return World("alice", "vault", "issuer")


def create(*claimants, amount="10", asset=NATIVE, predicate=ALWAYS):
    return CreateClaimableBalance(asset, amount, [Claimant(key(name).public_key, predicate) for name in claimants])


def balance_id(world):
    return world.ledger.state.claimable_balances()[-1].balance_id


def claim(world):
    return ClaimClaimableBalance(balance_id(world))


def test_create_and_claim(world):
    before = world.balance("alice"), world.balance("vault")
    envelope = world.envelope("alice", create("vault", "alice"))
    world.ledger.submit(envelope.to_xdr())
    (record,) = world.close().transactions
    # The identifier is the one the SDK predicts from the transaction.
    assert envelope.transaction.get_claimable_balance_id(0) == balance_id(world)
    assert key("vault").public_key in record.envelope.participants
    assert world.account("alice").minimum_balance(5_000_000) == 20_000_000
    assert world.balance("alice") == before[0] - 10 * LUMEN - 100
    assert total_lumens(world.ledger) == 10**18
    world.apply("vault", claim(world))
    assert world.balance("vault") == before[1] + 10 * LUMEN - 100
    assert world.account("alice").minimum_balance(5_000_000) == 10_000_000
    assert world.ledger.state.claimable_balances() == []


def test_issued_assets_need_a_trust_line_to_be_claimed(world):
    world.apply("issuer", create("vault", asset=USD))
    assert world.failed("vault", claim(world)) == ["op_no_trust"]
    world.apply("vault", ChangeTrust(USD, "5"))
    assert world.failed("vault", claim(world)) == ["op_line_full"]
    world.apply("vault", ChangeTrust(USD, "50"))
    world.apply("vault", claim(world))
    assert world.balance("vault", USD) == 10 * LUMEN


def test_failures(world):
    assert world.failed("alice", create("vault", asset=USD)) == ["op_no_trust"]
    assert world.failed("alice", create("vault", amount="9999.5")) == ["op_underfunded"]
    assert world.failed("alice", create("vault", amount="9998.9")) == ["op_low_reserve"]
    assert world.rejected("alice", create("vault", "vault")) == ["op_malformed"]
    assert world.rejected("alice", create()) == ["op_malformed"]
    world.apply("alice", create("vault"))
    operation = claim(world)
    assert world.failed("alice", operation) == ["op_cannot_claim"]
    assert world.failed("alice", AccountMerge(key("vault").public_key)) == ["op_is_sponsor"]
    world.apply("vault", operation)
    assert world.failed("vault", operation) == ["op_does_not_exist"]


def test_predicates(world):
    soon = ClaimPredicate.predicate_before_relative_time(60)
    fixed = ClaimPredicate.predicate_before_absolute_time(world.now + 1_000)
    late = ClaimPredicate.predicate_and(ClaimPredicate.predicate_not(soon), fixed)
    world.apply("alice", create("vault", predicate=late))
    assert world.failed("vault", claim(world)) == ["op_cannot_claim"]
    world.close(seconds=60)
    assert world.apply("vault", claim(world)).is_successful


def test_clawback(world):
    flags = AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED | AuthorizationFlag.AUTHORIZATION_REVOCABLE
    world.apply("issuer", create("vault", asset=USD))
    untouchable = ClawbackClaimableBalance(balance_id(world))
    assert world.failed("issuer", untouchable) == ["op_not_clawback_enabled"]
    world.apply("issuer", SetOptions(set_flags=flags))
    world.apply("alice", ChangeTrust(USD))
    world.apply("issuer", Payment(key("alice").public_key, USD, "10"))
    world.apply("alice", create("vault", asset=USD))
    clawback = ClawbackClaimableBalance(balance_id(world))
    assert world.failed("alice", clawback) == ["op_no_issuer"]
    record = world.apply("issuer", clawback)
    assert [effect.type for effect in record.effects[0]] == ["claimable_balance_clawed_back", "account_credited"]
    assert clawback.balance_id in record.concerned()
    assert world.account("alice").num_sponsoring == 0
    assert world.failed("issuer", clawback) == ["op_does_not_exist"]
    world.apply("alice", create("vault"))
    assert world.failed("issuer", ClawbackClaimableBalance(balance_id(world))) == ["op_no_issuer"]


def test_a_predicate_nested_too_deeply_is_malformed(world):
    predicate = ALWAYS
    for _ in range(4):
        predicate = ClaimPredicate.predicate_not(predicate)
    assert world.rejected("alice", create("vault", predicate=predicate)) == ["op_malformed"]


def test_operations_not_reached_still_have_a_result(world):
    codes = world.rejected("alice", Payment(key("vault").public_key, NATIVE, "0"), create("vault"))
    assert codes == ["op_malformed", "op_success"]
