import pytest
from stellar_sdk import AccountMerge, Payment
from stellar_sdk.sep.toid import TOID

from constellation.sandbox import Ledger
from constellation.sandbox.history import toid
from constellation.sandbox.tape import Order, Page, Tape
from tests.sandbox.world import NATIVE, NOW, World, key


def pay(destination, amount="1"):
    return Payment(key(destination).public_key, NATIVE, amount)


def test_toid_is_the_sdks():
    assert toid(100, 1, 1) == 429496733697 == TOID(100, 1, 1).to_int64()
    assert toid(100) == TOID(100, 0, 0).to_int64()


@pytest.fixture
def tape():
    tape = Tape()
    for token in range(10, 60, 10):
        tape.append(token, f"r{token}")
    return tape


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Page(), ["r10", "r20", "r30", "r40", "r50"]),
        (Page(limit=2), ["r10", "r20"]),
        (Page(cursor=20, limit=2), ["r30", "r40"]),
        (Page(cursor=25, limit=1), ["r30"]),
        (Page(order=Order.DESCENDING, limit=2), ["r50", "r40"]),
        (Page(cursor=30, order=Order.DESCENDING), ["r20", "r10"]),
        (Page(cursor=50), []),
        (Page(cursor=99, order=Order.DESCENDING, limit=1), ["r50"]),
    ],
)
def test_pages(tape, page, expected):
    assert tape.read(page) == expected


def test_bounded_and_filtered_pages(tape):
    assert tape.read(Page(), low=20, high=50) == ["r20", "r30", "r40"]
    assert tape.read(Page(cursor=30, order=Order.DESCENDING), low=20, high=50) == ["r20"]
    assert tape.read(Page(limit=2), keep=lambda record: record != "r20") == ["r10", "r30"]


def test_trimming(tape):
    assert tape.trim(30) == ["r10", "r20"]
    assert (tape.first, tape.find(30), tape.find(20)) == ("r30", "r30", None)


def test_a_tape_only_grows(tape):
    with pytest.raises(AssertionError):
        tape.append(50, "again")


def test_transactions_are_filed_under_everybody_they_concern():
    world = World("alice", "bob", "carol")
    failed = world.apply("alice", pay("bob", "100000"))
    merged = world.apply("carol", AccountMerge(key("bob").public_key))
    history = world.ledger.history
    bobs = history.transactions_of(key("bob").public_key).read(Page())
    assert [record.hash for record in bobs[1:]] == [failed.hash, merged.hash]
    (last,) = history.effects_of(key("bob").public_key).read(Page(order=Order.DESCENDING, limit=1))
    assert (last.effect.type, last.effect.details["amount"]) == ("account_credited", "9999.9999900")


def test_old_ledgers_are_forgotten():
    world = World("alice", "bob", history_ledgers_max=3)
    record = world.apply("alice", pay("bob"))
    history = world.ledger.history
    assert history.transaction(record.hash) is record
    for _ in range(3):
        world.close()
    assert history.transaction(record.hash) is None
    assert history.operation(record.toid + 1) is None
    assert not history.transactions_of(key("bob").public_key)
    assert history.ledgers.first.sequence == world.ledger.latest.sequence - 2
    assert len(history.transactions) == len(history.operations) == len(history.effects) == 0


def test_the_headers_are_chained():
    ledger = Ledger(genesis_time_s=NOW)
    for second in range(3):
        ledger.close(NOW + second)
    records = ledger.history.ledgers.read(Page())
    assert [record.sequence for record in records] == [1, 2, 3, 4]
    assert [record.previous_hash for record in records[1:]] == [record.hash for record in records[:-1]]


def test_time_never_goes_back():
    ledger = Ledger(genesis_time_s=NOW)
    ledger.close(NOW + 10)
    assert ledger.close(NOW).record.closed_at == NOW + 10


def test_the_root_account_is_the_one_of_private_networks():
    ledger = Ledger("Standalone Network ; February 2017")
    root = "GBZXN7PIRZGNMHGA7MUUUF4GWPY5AYPV6LY4UV2GL6VJGIQRXFDNMADI"
    assert ledger.root_keypair.public_key == root
