from stellar_sdk import CreateAccount

from constellation.sandbox.limits import FRIENDBOT_WAITING_MAX
from tests.sandbox.world import LUMEN, World, key


def test_many_accounts_share_transactions_of_the_root_account():
    world = World()
    names = [f"n{index}" for index in range(150)]
    assert all(world.ledger.friendbot.request(key(name).public_key) for name in names)
    (first,) = world.close().transactions
    (second,) = world.close().transactions
    assert [len(each.envelope.transaction.operations) for each in (first, second)] == [100, 50]
    assert first.envelope.transaction.source.account_id == world.ledger.root_keypair.public_key
    assert all(world.balance(name) == 10_000 * LUMEN for name in names)
    assert world.close().transactions == ()


def test_existing_accounts_get_nothing():
    world = World("alice")
    assert not world.ledger.friendbot.request(key("alice").public_key)


def test_a_request_survives_a_failed_transaction():
    world = World("alice")
    world.ledger.friendbot.request(key("bob").public_key)
    world.ledger.friendbot.request(key("carol").public_key)
    # Somebody else creates one of them in the same ledger, and first.
    world.submit("alice", CreateAccount(key("bob").public_key, "1"))
    world.close()
    assert world.account("carol") is None
    world.close()
    assert world.balance("carol") == 10_000 * LUMEN
    assert world.balance("bob") == LUMEN


def test_waiting_is_bounded():
    world = World()
    for index in range(FRIENDBOT_WAITING_MAX):
        assert world.ledger.friendbot.request(key(str(index)).public_key)
    assert not world.ledger.friendbot.request(key("one more").public_key)
