"""Full ledgers: who gets in, who waits, who pays what, and what is given up."""

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stellar_sdk import CreateAccount, Payment, TransactionBuilder

from constellation.sandbox import Ledger, LedgerSettings, SubmissionStatus
from constellation.sandbox.limits import BAN_LEDGERS, QUEUE_LEDGERS_MAX
from constellation.sandbox.render.ledgers import fee_stats_resource
from constellation.sandbox.views import Viewer
from tests.sandbox.world import LUMEN, NATIVE, World, codes, key, total_lumens

NAMES = ("alice", "bob", "carol", "dave")
BIDS = st.tuples(st.sampled_from(NAMES), st.integers(1, 4), st.integers(100, 400))


def small_world(capacity):
    world = World(*NAMES)
    world.ledger.upgrade(capacity_operations=capacity)
    world.close()
    return world


def pay(count=1):
    return [Payment(key("bob").public_key, NATIVE, "1")] * count


def bump(world, inner, fee_per_operation):
    payer = key("dave")
    outer = TransactionBuilder.build_fee_bump_transaction(
        payer, fee_per_operation, inner, world.ledger.network_passphrase
    )
    outer.sign(payer)
    return world.ledger.submit(outer.to_xdr())


def test_the_highest_fees_win_and_all_pay_the_lowest_of_them():
    world = small_world(2)
    bids = {"alice": 100, "bob": 700, "carol": 300, "dave": 200}
    hashes = {name: world.submit(name, *pay(), base_fee=bid).hash for name, bid in bids.items()}
    first = world.close()
    assert [record.hash for record in first.transactions] == [hashes["bob"], hashes["carol"]]
    assert [record.fee_charged for record in first.transactions] == [300, 300]
    assert first.base_fee == 300
    assert first.dropped == ()
    second = world.close()
    # Now everybody fits in, and the surge is over.
    assert [record.hash for record in second.transactions] == [hashes["alice"], hashes["dave"]]
    assert [record.fee_charged for record in second.transactions] == [100, 100]


def test_rates_count_and_not_fees():
    world = small_world(3)
    world.submit("alice", *pay(3), base_fee=150)
    world.submit("bob", *pay(), base_fee=200)
    (record,) = world.close().transactions
    # What is left would be too little for the other; a smaller one would get it.
    assert record.envelope.transaction.source.account_id == key("bob").public_key
    assert record.fee_charged == 200


def test_a_bid_that_does_not_divide_is_rounded_up_and_still_not_exceeded():
    world = small_world(2)
    odd = world.envelope("alice", *pay(2), signers=())
    odd.transaction.fee = 301
    odd.sign(key("alice"))
    world.ledger.submit(odd.to_xdr())
    world.submit("bob", *pay(), base_fee=100)
    closed = world.close()
    assert (closed.base_fee, [record.fee_charged for record in closed.transactions]) == (151, [301])


def test_a_fee_bump_takes_room_too_and_gets_its_transaction_in():
    world = small_world(2)
    inner = world.envelope("alice", *pay())
    world.ledger.submit(inner.to_xdr())
    for name in ("bob", "carol"):
        world.submit(name, *pay(), base_fee=500)
    assert bump(world, inner, 1_000).status is SubmissionStatus.PENDING
    (record,) = world.close().transactions
    assert record.envelope.transaction.hash == inner.hash()
    assert record.fee_charged == 2_000


def test_waiting_has_an_end_and_then_a_ban():
    world = small_world(1)
    waiting = world.envelope("alice", *pay())
    world.ledger.submit(waiting.to_xdr())
    for age in range(1, QUEUE_LEDGERS_MAX + 1):
        world.submit("bob", *pay(), base_fee=500)
        dropped = world.close().dropped
        assert dropped == ((waiting.hash_hex(),) if age == QUEUE_LEDGERS_MAX else ())
    for _ in range(BAN_LEDGERS):
        assert world.ledger.submit(waiting.to_xdr()).status is SubmissionStatus.TRY_AGAIN_LATER
        world.close()
    assert world.ledger.submit(waiting.to_xdr()).status is SubmissionStatus.PENDING


def test_a_full_queue_takes_who_bids_more_and_names_the_price():
    names = [f"n{index}" for index in range(6)]
    world = World(*names)
    world.ledger.upgrade(capacity_operations=1)
    world.close()
    hashes = [world.submit(name, *pay(), base_fee=200 + place).hash for place, name in enumerate(names[:4])]
    refused = world.submit("n4", *pay(), base_fee=200)
    assert codes(refused) == ["tx_insufficient_fee"]
    assert refused.error.fee_charged.int64 == 201
    assert world.submit("n4", *pay(), base_fee=201).status is SubmissionStatus.PENDING
    assert len(world.ledger.queue) == 4
    # Who was outbid is not taken again for a while.
    assert world.submit("n0", *pay(), base_fee=200).status is SubmissionStatus.TRY_AGAIN_LATER
    closed = world.close()
    assert closed.dropped == (hashes[0],)
    assert closed.transactions[0].hash == hashes[3]


def test_fees_that_are_too_much_together_are_found_before_the_ledger():
    world = small_world(2)
    for name in ("alice", "bob"):
        bump(world, world.envelope(name, *pay()), 2 * LUMEN)
    # Meanwhile the payer spends what the second would have cost.
    spend = Payment(key("bob").public_key, NATIVE, "9993", source=key("dave").public_key)
    world.submit("carol", spend, signers=("carol", "dave"), base_fee=3 * LUMEN)
    world.ledger.upgrade(capacity_operations=10)
    assert len(world.close().transactions) == 1
    closed = world.close()
    assert len(closed.transactions) == len(closed.dropped) == 1
    assert total_lumens(world.ledger) == 10**18


def test_a_surge_is_visible_in_the_fee_statistics():
    world = small_world(2)
    for name, bid in (("alice", 900), ("bob", 800), ("carol", 100)):
        world.submit(name, *pay(), base_fee=bid)
    closed = world.close()
    stats = fee_stats_resource(Viewer(world.ledger).view())
    assert stats["last_ledger_base_fee"] == "100"
    assert (stats["fee_charged"]["max"], stats["max_fee"]["max"]) == ("800", "900")
    assert closed.record.operations == closed.record.settings.capacity_operations


def test_upgrades_rule_the_ledger_after_the_one_that_announces_them():
    world = World("alice", "bob")
    world.ledger.upgrade(base_fee_stroops=200, base_reserve_stroops=LUMEN)
    # The ledger that announces them still goes by the old ones: one lumen is enough for a new account.
    record = world.apply("alice", CreateAccount(key("new").public_key, "1"))
    assert record.is_successful
    assert record.fee_charged == 100
    assert world.failed("alice", CreateAccount(key("newer").public_key, "1"), base_fee=200) == ["op_low_reserve"]
    assert world.ledger.latest.settings.base_fee_stroops == 200
    assert world.rejected("alice", *pay(), base_fee=199) == ["tx_insufficient_fee"]
    assert world.apply("alice", *pay(), base_fee=500).fee_charged == 200
    balance = world.balance("alice")
    # A reserve of two lumens and not of one.
    most = f"{(balance - 2 * LUMEN - 200) // LUMEN}"
    assert world.failed("alice", Payment(key("bob").public_key, NATIVE, str(int(most) + 1)), base_fee=200) == [
        "op_underfunded"
    ]


@pytest.mark.parametrize(
    "change", [{"base_fee_stroops": 0}, {"capacity_operations": 2**32}, {"colour": 1}, {"base_fee_stroops": "1"}]
)
def test_impossible_settings_are_refused(change):
    ledger = Ledger()
    with pytest.raises(ValueError, match=r"must be|unexpected"):
        ledger.upgrade(**change)
    assert asdict(ledger.settings) == asdict(LedgerSettings())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 4), st.integers(100, 400)), max_size=12),
    st.integers(1, 6),
)
def test_no_ledger_is_overfull_and_nobody_pays_more_than_the_bid(bids, capacity):
    world = small_world(capacity)
    for name, count, bid in bids:
        world.submit(name, *pay(count), base_fee=bid)
    for _ in range(QUEUE_LEDGERS_MAX + 1):
        closed = world.close()
        units = sum(record.envelope.fee_units for record in closed.transactions)
        assert units <= capacity
        for record in closed.transactions:
            assert closed.base_fee * record.envelope.fee_units == record.fee_charged <= record.envelope.max_fee
        assert total_lumens(world.ledger) == 10**18
    assert len(world.ledger.queue) == 0
