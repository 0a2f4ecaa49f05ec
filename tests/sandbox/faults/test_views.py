"""Faults in what a client gets to see of the ledger: old answers, history that is gone, ledgers that do not come."""

import asyncio

import pytest
from stellar_sdk import Claimant, ClaimClaimableBalance, CreateClaimableBalance, ManageData, Payment

from constellation.sandbox import Ledger, LedgerServer
from constellation.sandbox.views import Viewer
from tests.sandbox.site import Site
from tests.sandbox.world import NATIVE, NOW, World, key

ALICE, BOB = (key(name).public_key for name in ("alice", "bob"))


def pay(amount="1"):
    return Payment(BOB, NATIVE, amount)


@pytest.fixture
def faults(site):
    return site.server.faults


async def native_balance(site, account_id=BOB):
    return (await site.get(f"/accounts/{account_id}"))["balances"][-1]["balance"]


def test_every_remembered_state_can_be_looked_at_again():
    world = World("alice", "bob", history_ledgers_max=20)
    states = {}
    for round_ in range(25):
        world.submit("alice", pay(), ManageData("round", str(round_)))
        world.submit("bob", CreateClaimableBalance(NATIVE, "1", [Claimant(ALICE)]))
        world.close()
        if round_ % 3 == 0:
            balance = world.ledger.state.claimable_balances()[0].balance_id
            world.apply("alice", ClaimClaimableBalance(balance))
        latest = world.ledger.latest.sequence
        balances = world.ledger.state.claimable_balances()
        states[latest] = [each.copy() for each in world.ledger.state.accounts()], balances
    first = world.ledger.history.ledgers.first.sequence
    assert world.ledger.oldest_state == first
    seen = [sequence for sequence in states if sequence >= first]
    assert len(seen) > 10
    for sequence in seen:
        past = world.ledger.state_after(sequence)
        accounts, balances = states[sequence]
        assert past.accounts() == accounts
        assert sorted(past.claimable_balances(), key=str) == sorted(balances, key=str)


async def test_a_lagging_server(site, faults):
    old = await native_balance(site)
    record = await site.do("alice", pay())
    new = await native_balance(site)
    assert old != new
    faults.add("lag", ledgers=1)
    assert await native_balance(site) == old
    assert (await site.get("/"))["history_latest_ledger"] == record.ledger - 1
    async with site.session.get(site.server.url + "/ledgers") as response:
        assert response.headers["Latest-Ledger"] == str(record.ledger - 1)
    for path in (f"/transactions/{record.hash}", f"/operations/{record.toid + 1}", f"/ledgers/{record.ledger}"):
        await site.get(path, 404)
    assert await site.records(f"/payments?cursor={record.toid}") == []
    assert await site.records(f"/effects?cursor={record.toid}") == []
    assert (await site.get("/fee_stats"))["last_ledger"] == str(record.ledger - 1)
    await site.server.close_ledger()
    assert await native_balance(site) == new
    await site.get(f"/transactions/{record.hash}")


async def test_a_frozen_server(site, faults):
    old = await native_balance(site)
    frozen = site.ledger.latest.sequence
    freeze = faults.add("freeze")
    for _ in range(3):
        await site.do("alice", pay())
    assert await native_balance(site) == old
    (latest,) = await site.records("/ledgers?order=desc&limit=1")
    assert latest["sequence"] == frozen
    faults.remove(freeze)
    assert await native_balance(site) != old


async def test_only_some_requests_see_the_past(site, faults):
    old = await native_balance(site)
    await site.do("alice", pay())
    faults.add("lag", path="/accounts/*", ledgers=1, times=1)
    assert await native_balance(site) == old
    assert await native_balance(site) != old


async def test_a_submission_waits_until_it_is_seen(site, faults):
    faults.add("lag", ledgers=1)
    envelope = site.envelope("alice", pay())
    posting = asyncio.create_task(site.post("/transactions", envelope))
    await site.server.close_ledger(pending=1)
    await asyncio.sleep(0.05)
    assert not posting.done()
    await site.server.close_ledger()
    assert (await posting)["hash"] == envelope.hash_hex()


async def test_who_submits_again_to_a_lagging_server_hears_of_a_bad_sequence_number(site, faults):
    faults.add("freeze")
    envelope = site.envelope("alice", pay())
    posting = asyncio.create_task(site.post("/transactions", envelope, 504))
    await site.server.close_ledger(pending=1)
    await posting
    problem = await site.post("/transactions", envelope, 400)
    assert problem["extras"]["result_codes"] == {"transaction": "tx_bad_seq"}


async def test_pruned_history(site, faults):
    first = await site.do("alice", pay("1"))
    second = await site.do("alice", pay("2"))
    faults.add("prune", ledger=second.ledger)
    assert (await site.get("/"))["history_elder_ledger"] == second.ledger
    # Who reads forwards just starts later, as if nothing had been there.
    (record,) = await site.records(f"/accounts/{BOB}/payments?cursor={first.toid}")
    assert record["amount"] == "2.0000000"
    await site.get(f"/transactions/{first.hash}", 404)
    for path in (
        f"/ledgers/{first.ledger}",
        f"/ledgers/{first.ledger}/payments",
        f"/operations/{first.toid + 1}",
        f"/payments?order=desc&cursor={first.toid + 2}",
        f"/effects?order=desc&cursor={first.toid + 1}-1",
    ):
        assert (await site.get(path, 410))["type"].endswith("/before_history")
    assert len(await site.records(f"/payments?order=desc&cursor={second.toid + 2}")) == 1


async def test_history_that_moves_on(site, faults):
    faults.add("prune", ledgers=2)
    for _ in range(2):
        await site.server.close_ledger()
        root = await site.get("/")
        assert root["history_elder_ledger"] == root["history_latest_ledger"] - 1


async def test_a_stalled_ledger():
    server = LedgerServer(Ledger(genesis_time_s=NOW), close_interval_s=0.01)
    await server.start()
    stall = server.faults.add("stall", times=5)
    latest = server.ledger.latest.sequence
    while not stall.is_spent:
        assert server.ledger.latest.sequence == latest
        await asyncio.sleep(0.005)
    while server.ledger.latest.sequence == latest:
        await asyncio.sleep(0.005)
    await server.stop()


async def test_two_servers_of_one_ledger_can_disagree(site):
    other = LedgerServer(site.ledger, close_interval_s=None)
    await other.start()
    other_site = Site(other, site.session)
    other.faults.add("freeze")
    envelope = site.envelope("alice", pay())
    posting = asyncio.create_task(site.post("/transactions", envelope))
    await other.close_ledger(pending=1)
    assert (await posting)["successful"]
    await other_site.get(f"/transactions/{envelope.hash_hex()}", 404)
    await other.stop()
    await site.server.close_ledger()


async def test_a_view_of_the_whole_ledger_copies_nothing(site):
    assert site.server.faults.look("GET", "/")().state is site.ledger.state


def test_states_are_forgotten_before_history(monkeypatch):
    monkeypatch.setattr("constellation.sandbox.ledger.STATES_MAX", 3)
    world = World("alice", "bob")
    for _ in range(9):
        world.apply("alice", pay())
    assert world.ledger.oldest_state == world.ledger.latest.sequence - 3
    view = Viewer(world.ledger).view(latest=2)
    assert view.latest.sequence == world.ledger.oldest_state
    with pytest.raises(AssertionError, match="forgotten"):
        world.ledger.state_after(world.ledger.oldest_state - 1)


async def test_the_past_is_not_older_than_what_is_remembered(site, faults):
    faults.add("lag", ledgers=1_000)
    faults.add("prune", ledger=2**31)
    root = await site.get("/")
    assert (root["history_elder_ledger"], root["history_latest_ledger"]) == (1, 1)
