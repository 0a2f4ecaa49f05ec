import hashlib

import pytest
from stellar_sdk import AuthorizationFlag, Payment, SetOptions, Signer

from tests.sandbox.world import LUMEN, NATIVE, World, key

REVOCABLE = AuthorizationFlag.AUTHORIZATION_REVOCABLE
IMMUTABLE = AuthorizationFlag.AUTHORIZATION_IMMUTABLE
CLAWBACK = AuthorizationFlag.AUTHORIZATION_CLAWBACK_ENABLED


@pytest.fixture
def world():
    return World("vault", "channel", "bob")


def signer(name, weight=1):
    return SetOptions(signer=Signer.ed25519_public_key(key(name).public_key, weight))


def lock(*names):
    """Returns the operations that turn an account into a vault of these signers, two of whom must sign."""
    thresholds = SetOptions(master_weight=0, low_threshold=2, med_threshold=2, high_threshold=3)
    return [*map(signer, names), thresholds]


def from_vault(amount="1"):
    return Payment(key("bob").public_key, NATIVE, amount, source=key("vault").public_key)


def test_a_vault_pays_through_a_channel_with_exactly_the_needed_signatures(world):
    assert world.apply("vault", *lock("a", "b", "c")).is_successful
    assert world.account("vault").subentry_count == 3
    assert world.rejected("channel", from_vault(), signers=("channel", "a")) == ["op_bad_auth"]
    assert world.rejected("channel", from_vault(), signers=("channel", "vault")) == ["op_bad_auth"]
    everybody = ("channel", "a", "b", "c")
    assert world.rejected("channel", from_vault(), signers=everybody) == ["tx_bad_auth_extra"]
    before = world.balance("vault")
    assert world.apply("channel", from_vault(), signers=("channel", "c", "a")).is_successful
    # The channel pays the fee, the vault only the amount.
    assert world.balance("vault") == before - LUMEN


def test_changing_the_signers_takes_the_high_threshold(world):
    world.apply("vault", *lock("a", "b", "c"))
    assert world.rejected("vault", signer("d"), signers=("a", "b")) == ["op_bad_auth"]
    assert world.apply("vault", signer("d"), signers=("a", "b", "c")).is_successful
    domain = SetOptions(home_domain="example.org")
    assert world.apply("vault", domain, signers=("d", "b")).is_successful
    assert world.account("vault").home_domain == "example.org"


def test_signers_change_and_go(world):
    world.apply("vault", signer("a", 3))
    world.apply("vault", signer("a", 5))
    assert world.account("vault").signers == {key("a").public_key: 5}
    world.apply("vault", signer("a", 0))
    assert world.account("vault").signers == {}


def test_the_master_key_is_a_signer_too_in_effects(world):
    def effects(*operations):
        return [(effect.type, effect.details) for effect in world.apply("vault", *operations).effects[-1]]

    vault = key("vault").public_key
    master = {"weight": 2, "public_key": vault, "key": vault}
    assert effects(SetOptions(master_weight=2)) == [("signer_updated", master)]
    assert effects(SetOptions(master_weight=2)) == []
    assert effects(signer("a", 3))[0][0] == "signer_created"
    assert effects(SetOptions(master_weight=0)) == [("signer_removed", master | {"weight": 0})]


def test_signer_failures(world):
    assert world.rejected("vault", signer("vault")) == ["op_bad_signer"]
    assert world.rejected("vault", signer("a", 256)) == ["op_bad_signer"]
    world.apply("vault", *[signer(f"s{index}") for index in range(20)])
    assert world.failed("vault", signer("one more")) == ["op_too_many_signers"]


def test_threshold_and_domain_failures(world):
    assert world.rejected("vault", SetOptions(med_threshold=256)) == ["op_threshold_out_of_range"]
    assert world.rejected("vault", SetOptions(home_domain="a\n")) == ["op_invalid_home_domain"]
    nobody = SetOptions(inflation_dest=key("nobody").public_key)
    assert world.failed("vault", nobody) == ["op_invalid_inflation"]


def test_flags(world):
    assert world.failed("vault", SetOptions(set_flags=CLAWBACK)) == ["op_auth_revocable_required"]
    both = SetOptions(set_flags=REVOCABLE, clear_flags=REVOCABLE)
    assert world.rejected("vault", both) == ["op_bad_flags"]
    assert world.rejected("vault", SetOptions(set_flags=AuthorizationFlag(16))) == ["op_unknown_flag"]
    world.apply("vault", SetOptions(set_flags=REVOCABLE | IMMUTABLE))
    assert world.failed("vault", SetOptions(clear_flags=REVOCABLE)) == ["op_cant_change"]


def test_hash_and_preauthorized_signers(world):
    secret = b"the answer is 42"
    digest = hashlib.sha256(secret).digest()
    world.apply("vault", SetOptions(signer=Signer.sha256_hash(digest, 1)))
    envelope = world.envelope("vault", signer("a"), signers=())
    envelope.sign_hashx(secret)
    world.ledger.submit(envelope.to_xdr())
    assert world.close().transactions[0].is_successful

    later = world.envelope("vault", from_vault(), signers=(), sequence_ahead=1)
    world.apply("vault", SetOptions(signer=Signer.pre_auth_tx(later.hash(), 1)))
    assert len(world.account("vault").signers) == 3
    world.ledger.submit(later.to_xdr())
    assert world.close().transactions[0].is_successful
    # It was good for one transaction.
    assert len(world.account("vault").signers) == 2
