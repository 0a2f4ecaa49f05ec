"""Who owns a simulated trader's account, as far as its paper says."""

from types import SimpleNamespace
from typing import Any

from constellation.protocol.signing import KeyPair
from constellation.sdk import KeyRotated
from constellation.sdk.receipts import Receipt
from constellation.testing.simulation.keyring import Keyring, SubKeyring
from constellation.testing.world import key_of

ANNA = key_of("anna")


def rotated(key: KeyPair) -> Any:
    return SimpleNamespace(effects=(KeyRotated(key.address),))


def test_a_rotation_of_unknown_outcome_leaves_two_owners_to_try() -> None:
    keyring = Keyring(ANNA)
    assert (keyring.owner, keyring.must_be_named) == (ANNA, False)
    new = keyring.make_owner()
    assert (keyring.owner, keyring.must_be_named) == (ANNA, True)
    keyring.doubt()
    assert keyring.owner is new
    keyring.doubt()
    assert (keyring.owner, keyring.errors) == (ANNA, [])


def test_all_owners_that_may_be_are_tried_also_where_one_comes_twice() -> None:
    keyring = Keyring(ANNA)
    keys = {ANNA.public, keyring.make_owner().public, keyring.expect(ANNA).public, keyring.make_owner().public}
    tried = set()
    for _ in range(3):
        tried.add(keyring.owner.public)
        keyring.doubt()
    assert tried == keys


def test_what_was_told_can_be_lost_and_what_is_final_cannot() -> None:
    keyring = Keyring(ANNA)
    new = keyring.make_owner()
    keyring.told(rotated(new))
    assert keyring.owner is new
    keyring.doubt()
    assert keyring.owner is ANNA
    keyring.told(rotated(new))
    keyring.final(rotated(new))
    keyring.doubt()
    assert (keyring.owner, len(keyring.errors)) == (new, 1)


def test_an_old_owner_can_be_made_the_owner_again() -> None:
    keyring = Keyring(ANNA)
    new = keyring.make_owner()
    keyring.told(rotated(new))
    keyring.final(rotated(new))
    assert keyring.old_owner is ANNA
    keyring.told(rotated(keyring.expect(ANNA)))
    assert (keyring.owner, keyring.old_owner, keyring.must_be_named) == (ANNA, None, True)


def test_who_owned_the_account_may_not_own_it_any_more_once_that_is_final() -> None:
    keyring = Keyring(ANNA)
    new = keyring.make_owner()
    keyring.told(rotated(new))
    assert (keyring.may_own(ANNA), keyring.may_own(new), keyring.former) == (True, True, [])
    keyring.final(rotated(new))
    assert (keyring.may_own(ANNA), keyring.may_own(new), keyring.former) == (False, True, [ANNA])
    keyring.expect(ANNA)
    assert keyring.may_own(ANNA)


def test_a_sub_account_has_its_parents_owner_and_agents_of_its_own() -> None:
    parent = Keyring(ANNA)
    one, two = SubKeyring(parent, 1), SubKeyring(parent, 2)
    new = parent.make_owner()
    assert one.owner is ANNA
    parent.told(rotated(new))
    assert (one.owner, two.owner) == (new, new)
    assert len({agent.public for keys in (parent, one, two) for agent, _ in keys.agents}) == 3 * len(parent.agents)


def test_a_sub_account_is_not_rotated_by_itself() -> None:
    sub = SubKeyring(Keyring(ANNA), 1)
    receipt = object.__new__(Receipt)
    object.__setattr__(receipt, "effects", (KeyRotated(sub.make_owner().address),))
    sub.told(rotated(sub.make_owner()))
    assert sub.errors == []
    sub.told(receipt)
    assert len(sub.errors) == 1
