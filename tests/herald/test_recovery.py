"""An auditor whose log is new does not count until it has what it may have signed before."""

import pytest

from constellation.herald.alpha import AlphaState
from constellation.herald.promises import check_opening, may_open
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Code, SignedPromise, StreamStart, Vote
from constellation.testing.cluster import Cluster
from constellation.testing.world import World
from tests.herald.support import Chain, Led, certify, execute, opening


@pytest.fixture
def world() -> World:
    return World(auditors=3)


@pytest.fixture
def chain(world: World) -> Chain:
    """Opener of epoch 1 and three deposits."""
    chain = Chain(world)
    chain.open(1)
    for _ in range(3):
        chain.extend(1)
    return chain


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
    assert not may_open(world.settings, promises)
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


def test_it_votes_once_the_base_is_stored_when_its_own_promise_is_in_the_opening(world, chain) -> None:
    hand = Led(world, recovering=True)
    own = hand.promised(2)
    hand.hear(opening(2, chain.tip_at(4), own, chain.promise(1, 2, 4), chain.promise(2, 2, 4)), StreamStart(1, 5))
    hand.hear(*chain.batches[:3])
    assert hand.says() == []
    assert hand.log.is_recovering
    hand.hear(chain.batches[3])
    assert not hand.log.is_recovering
    [renewed] = hand.says()
    assert isinstance(renewed, SignedPromise)
    assert not renewed.promise.recovering
    hand.hear(chain.fork(4).open(2))
    assert votes(hand.says()) == [5]


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


@pytest.mark.parametrize("certified", [3, 4])
def test_in_an_epoch_that_was_open_it_waits_until_alphas_tip_is_certified(world, chain, certified: int) -> None:
    hand = Led(world, recovering=True)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0), alpha_tip=4)
    hand.hear(*chain.batches, chain.extend(1))
    assert hand.says() == []
    hand.hear(certify(world, chain.header(certified).header, signers=(1, 2)))
    assert hand.log.is_recovering is (certified < 4)
    assert votes(hand.says()) == ([5] if certified == 4 else [])


def test_it_goes_on_recovering_after_a_restart(world, chain) -> None:
    hand = Led(world, recovering=True)
    hand.join(chain, 1, 0, 1, chain.promise(1, 1, 0), chain.promise(2, 1, 0), alpha_tip=4)
    hand.hear(*chain.batches)
    hand = hand.restart()
    assert hand.promised(1).promise.recovering
    hand.hear(opening(1, chain.tip_at(0), chain.promise(1, 1, 0), chain.promise(2, 1, 0)), StreamStart(5, 4))
    assert hand.says() == []
    hand.hear(certify(world, chain.header(4).header, signers=(1, 2)))
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
    hand.hear(told, StreamStart(2, 5), *chain.batches[1:4])
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
