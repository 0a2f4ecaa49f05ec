"""Who owns a simulated trader's account, as far as its paper says."""

from types import SimpleNamespace
from typing import Any

from constellation.protocol.signing import KeyPair
from constellation.sdk import KeyRotated
from constellation.testing.simulation.keyring import Keyring
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
