from stellar_sdk import Claimant, ClaimPredicate, CreateClaimableBalance

from constellation.sandbox.entries import Entries
from constellation.sandbox.render.links import Links
from constellation.sandbox.tape import Page
from constellation.sandbox.views import Viewer
from tests.sandbox.world import NATIVE, World, key


def test_claimable_balances_are_found_by_their_claimants():
    world = World("alice", "bob")
    deadline = world.now + 60
    soon = ClaimPredicate.predicate_before_absolute_time(deadline)
    for name in ("alice", "bob"):
        world.apply("alice", CreateClaimableBalance(NATIVE, "1", [Claimant(key(name).public_key, soon)]))
    listings = Entries(Viewer(world.ledger).view, Links("http://ledger"))
    found = listings.claimable_balances({"claimant": key("bob").public_key}).read(Page())
    (claimant,) = found[0]["claimants"]
    assert claimant["destination"] == key("bob").public_key
    assert claimant["predicate"]["abs_before_epoch"] == str(deadline)
    everything = listings.claimable_balances({})
    records = everything.read(Page())
    assert len(records) == 2
    cursor = everything.parse_cursor(records[0]["paging_token"])
    assert everything.read(Page(cursor=cursor)) == records[1:]
