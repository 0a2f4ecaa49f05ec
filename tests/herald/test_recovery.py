"""An auditor whose log is new does not count until it has what it may have signed before."""

import pytest

from constellation.herald.actions import Finalized, Recover
from constellation.herald.alpha import AlphaState
from constellation.herald.promises import check_opening, may_open
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Code, SignedPromise, StreamStart, Vote
from constellation.testing.cluster import Cluster
from constellation.testing.world import START_US, World
from tests.herald.support import Chain, Led, certify, execute, opening


@pytest.fixture
def cluster(world: World):
    cluster = Cluster(world)
    yield cluster
    cluster.close()


def rob(cluster: Cluster, number: int) -> None:
    """Its disk is lost."""
    cluster.cut(number)
    cluster.restart_auditor(number, cluster.empty_log())


def votes(messages) -> list[int]:
    return [message.number for message in messages if isinstance(message, Vote)]


# --- openings --------------------------------------------------------------------------------------


def test_a_quorum_that_remembers_opens_an_epoch(world, chain) -> None:
    forgetful = chain.promise(2, 2, 0, recovering=True)
    remembering = [chain.promise(0, 2, 4), chain.promise(1, 2, 4)]
    check_opening(world.terms, opening(2, chain.tip_at(4), *remembering))
    check_opening(world.terms, opening(2, chain.tip_at(4), *remembering, forgetful))


def test_a_forgetful_auditor_does_not_complete_a_quorum(world, chain) -> None:
    promises = [chain.promise(0, 2, 4), chain.promise(2, 2, 0, recovering=True)]
    assert not may_open(world.terms, 1, promises)
    with pytest.raises(ProtocolViolation) as error:
        check_opening(world.terms, opening(2, chain.tip_at(4), *promises))
    assert error.value.code is Code.NOT_ENOUGH_SIGNATURES


def test_all_auditors_together_open_an_epoch_even_if_nobody_remembers(world, chain) -> None:
    promises = [chain.promise(auditor, 2, 0, recovering=auditor != 1) for auditor in range(3)]
    check_opening(world.terms, opening(2, chain.tip_at(0), *promises))
    everybody = [chain.promise(auditor, 2, 0, recovering=True) for auditor in range(3)]
    check_opening(world.terms, opening(2, chain.tip_at(0), *everybody))


# --- one auditor -----------------------------------------------------------------------------------


def test_a_new_log_says_in_its_promise_that_it_is_new(world) -> None:
    hand = Led(world, recovering=True)
    promise = hand.promised(1).promise
    assert promise.recovering
    assert promise.log == hand.log.identity
    assert not Led(world).promised(1).promise.recovering


def test_where_the_others_opened_the_epoch_it_counts_once_they_have_certified_its_first_batch(world, chain) -> None:
    hand = Led(world, recovering=True)
    own, again = hand.promised(2), chain.fork(4)
    hand.hear(opening(2, chain.tip_at(4), own, chain.promise(1, 2, 4), chain.promise(2, 2, 4)), StreamStart(1, 5))
    opener, following = again.open(2), again.extend(2)
    hand.hear(*chain.batches, opener, following)
    assert hand.says() == []
    hand.hear(certify(world, chain.header(4).header, signers=(1, 2)))  # from before it came back
    assert hand.log.is_recovering
    hand.hear(certify(world, opener.signed_header.header, signers=(1, 2)))
    assert not hand.log.is_recovering
    renewed, *others = hand.says()
    assert isinstance(renewed, SignedPromise)
    assert not renewed.promise.recovering
    assert votes(others) == [6]


@pytest.mark.parametrize("signers", [(0, 1), (0, 2)])
def test_a_certificate_that_needs_its_own_forgotten_vote_confirms_nothing(world, chain, signers) -> None:
    hand = Led(world, recovering=True)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0), alpha_tip=3)
    hand.hear(*chain.batches, certify(world, chain.header(4).header, signers=signers))
    assert hand.log.is_recovering
    assert hand.says() == []


def test_it_asks_only_once_that_its_recovery_be_stored(world, chain) -> None:
    """The next certificate may come before the word that the log is complete is durable."""
    hand = Led(world, recovering=True)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0), alpha_tip=2)
    hand.hear(*chain.batches)
    third, fourth = (certify(world, chain.header(number).header, signers=(1, 2)) for number in (3, 4))
    assert [type(action) for action in hand.replica.receive(third, START_US)] == [Finalized, Recover]
    assert [type(action) for action in hand.replica.receive(fourth, START_US)] == [Finalized]
    [promise] = hand.replica.recovered()
    assert not promise.promise.promise.recovering


def test_it_votes_for_what_it_stored_before_the_word_that_it_may_is_durable(world) -> None:
    hand = Led(world, recovering=True)
    own, chain = hand.promised(1), Chain(world)
    others = [chain.promise(auditor, 1, 0, recovering=True) for auditor in (1, 2)]
    hand.hear(opening(1, chain.tip, own, *others), StreamStart(1, 1))
    hand.hear(chain.open(1))
    assert votes(hand.says()) == [1]


def test_an_opening_with_the_promise_of_its_lost_log_does_not_help_it(world, chain) -> None:
    lost = chain.promise(0, 1, 0)
    hand = Led(world, recovering=True)
    hand.join(chain, 1, 0, 1, lost, chain.promise(1, 1, 0), alpha_tip=4)
    hand.hear(*chain.batches)
    assert hand.says() == []
    assert hand.log.is_recovering


@pytest.mark.parametrize("certified", [4, 5])
def test_in_an_epoch_that_was_open_it_waits_for_a_batch_made_since(world, chain, certified: int) -> None:
    hand = Led(world, recovering=True)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0), alpha_tip=4)
    hand.hear(*chain.batches, chain.extend(1), chain.extend(1))
    assert hand.says() == []
    hand.hear(certify(world, chain.header(certified).header, signers=(1, 2)))
    assert hand.log.is_recovering is (certified < 5)
    assert votes(hand.says()) == ([6] if certified == 5 else [])


def test_it_goes_on_recovering_after_a_restart(world, chain) -> None:
    hand = Led(world, recovering=True)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0), alpha_tip=4)
    hand.hear(*chain.batches)
    hand = hand.restart()
    assert hand.promised(1).promise.recovering
    hand.hear(opening(1, chain.tip_at(0), chain.promise(1, 1, 0), chain.promise(2, 1, 0)), StreamStart(5, 4))
    fifth = chain.extend(1)
    hand.hear(fifth)
    assert hand.says() == []
    hand.hear(certify(world, fifth.signed_header.header, signers=(1, 2)))
    assert not hand.log.is_recovering
    hand = hand.restart()
    assert not hand.promised(1).promise.recovering


def test_its_own_promise_of_this_log_counts_after_a_new_connection_too(world, chain) -> None:
    """Another signature, the same log: the loss came before the opening all the same."""
    hand = Led(world, recovering=True)
    own = hand.promised(2)
    told = opening(2, chain.tip_at(4), own, chain.promise(1, 2, 4), chain.promise(2, 2, 4))
    hand.hear(told, StreamStart(1, 5), chain.batches[0])
    again = hand.reconnect().promised(2)
    assert again != own
    opener = chain.fork(4).open(2)
    hand.hear(told, StreamStart(2, 5), *chain.batches[1:4], opener)
    assert hand.log.is_recovering
    hand.hear(certify(world, opener.signed_header.header, signers=(1, 2)))
    assert not hand.log.is_recovering


# --- the cluster -----------------------------------------------------------------------------------


def test_the_first_epoch_needs_every_auditor_once(world) -> None:
    cluster = Cluster(world, recovering=True)
    cluster.connect(0, 1)
    cluster.settle()
    assert cluster.alpha.herald.state is AlphaState.WAITING
    cluster.connect(2)
    cluster.settle()
    assert cluster.is_ready
    assert not any(member.log.is_recovering for member in cluster.auditors)
    cluster.restart_alpha()
    cluster.connect(0, 2)
    cluster.settle()
    assert cluster.is_ready
    cluster.close()


def test_a_robbed_auditor_comes_back_and_counts(cluster) -> None:
    cluster.rise()
    execute(cluster)
    cluster.settle()
    rob(cluster, 0)
    cluster.connect(0)
    cluster.settle()
    assert not cluster.auditors[0].log.is_recovering
    cluster.cut(1)
    assert cluster.alpha.herald.has_quorum
    sealed = execute(cluster)
    cluster.settle()
    assert cluster.certified == sealed.header.number


def test_an_auditor_that_still_recovers_is_not_counted_by_alpha(cluster) -> None:
    cluster.rise()
    cluster.cut(1)
    execute(cluster)  # not certified: only auditor 2 is going to sign it
    rob(cluster, 0)
    cluster.connect(0)
    cluster.settle()
    assert cluster.auditors[0].log.is_recovering
    assert not cluster.alpha.herald.has_quorum
    cluster.connect(1)
    cluster.settle()
    assert not cluster.auditors[0].log.is_recovering
    assert cluster.alpha.herald.has_quorum


@pytest.mark.parametrize("opens", [False, True])
def test_a_lost_disk_and_an_alpha_that_was_replaced_make_no_second_history(cluster, opens: bool) -> None:
    """The first alpha and auditor 2 are cut off; elsewhere another one rises; auditor 0 loses its disk and strays."""
    cluster.rise()
    execute(cluster)
    cluster.settle()
    if opens:  # it still waits, and holds an old promise of auditor 1
        cluster.restart_alpha()
        cluster.connect(1)
        cluster.settle()
    before, first = cluster.certified, cluster.alpha
    cluster.cut()
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(0, 1)
    cluster.settle()
    execute(cluster)
    cluster.settle()
    assert cluster.certified > before
    rob(cluster, 0)
    cluster.cut()
    cluster.alpha = first
    cluster.connect(0, 2)
    cluster.settle()
    assert cluster.auditors[0].log.is_recovering
    assert not first.herald.has_quorum
    assert cluster.certified == before


def test_what_is_final_survives_the_loss_of_alphas_disk_and_one_of_those_who_signed(cluster) -> None:
    """Auditors 0 and 1 have certified; alpha and auditor 0 lose their disks; auditor 2 does not know."""
    cluster.rise()
    cluster.cut(2)
    sealed = execute(cluster)
    cluster.settle()
    assert cluster.certified == sealed.header.number
    cluster.restart_alpha(cluster.empty_log())
    rob(cluster, 0)
    cluster.connect(0, 2)
    cluster.settle()
    assert cluster.alpha.herald.state is AlphaState.WAITING
    cluster.connect(1)
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.log.digest(sealed.header.number) == sealed.digest
    assert len({cluster.state_root(), *(cluster.state_root(number) for number in range(3))}) == 1
    assert not cluster.auditors[0].log.is_recovering


def test_alone_an_auditor_that_lost_its_disk_takes_what_alpha_has() -> None:
    cluster = Cluster(World(auditors=1), recovering=True)
    cluster.rise()
    execute(cluster)
    cluster.settle()
    rob(cluster, 0)
    cluster.connect(0)
    cluster.settle()
    cluster.restart_alpha()
    cluster.connect()
    cluster.settle()
    assert cluster.is_ready
    assert cluster.state_root() == cluster.state_root(0)
    cluster.close()


@pytest.mark.parametrize("auditors", [1, 2])
def test_where_the_others_are_no_quorum_alpha_must_rise_again(auditors: int) -> None:
    cluster = Cluster(World(auditors=auditors))
    cluster.rise()
    execute(cluster)
    cluster.settle()
    assert not cluster.alpha.herald.must_rise_again
    rob(cluster, 0)
    assert not cluster.alpha.herald.must_rise_again
    cluster.connect(0)
    cluster.settle()
    assert cluster.alpha.herald.must_rise_again
    cluster.restart_alpha()
    cluster.connect()
    cluster.settle()
    assert cluster.alpha.herald.has_quorum
    assert not cluster.auditors[0].log.is_recovering
    cluster.close()


def test_where_somebody_has_promised_a_later_epoch_alpha_must_rise_again(cluster) -> None:
    for _ in range(2):  # alpha is killed while it waits; only auditor 0 is there
        cluster.connect(0)
        cluster.settle()
        cluster.restart_alpha()
    cluster.connect(1, 2)
    cluster.settle()
    cluster.cut(2)
    cluster.connect(0)
    cluster.settle()
    assert cluster.alpha.herald.must_rise_again
    cluster.restart_alpha()
    cluster.connect(0, 1)
    cluster.settle()
    assert cluster.is_ready
    assert not cluster.alpha.herald.must_rise_again


def test_whoever_promises_a_later_epoch_does_not_stop_those_who_get_a_snapshot(cluster) -> None:
    cluster.connect(1, 2)
    cluster.settle()
    herald = cluster.alpha.herald
    herald._proposals.ahead[cluster.world.auditors[0].public] = None
    assert not herald.must_rise_again, "there is a quorum"
    link = herald._links[cluster.world.auditors[2].public]
    link._position, link.is_loading = None, True
    assert not herald.has_quorum
    assert not herald.must_rise_again, "it has promised, and gets its snapshot"
    link.is_loading = False
    assert herald.must_rise_again


def test_alpha_has_a_quorum_from_the_first_certificate_on_where_everybody_opened_the_epoch() -> None:
    """Before it hears that those who recovered count again: clients must not be refused for that moment."""
    cluster = Cluster(World(auditors=3), recovering=True)
    cluster.connect()
    while not cluster.is_ready:
        assert any(cluster.deliver_to_auditor(number) or cluster.deliver_to_alpha(number) for number in range(3))
    assert all(member.log.is_recovering for member in cluster.auditors)
    assert cluster.alpha.herald.has_quorum
    cluster.cut(2)
    assert not cluster.alpha.herald.has_quorum
    cluster.close()
