"""An auditor whose log was replaced by an old copy learns of it, and recovers before it counts."""

import pytest

from constellation.herald.alpha import AlphaHerald, AlphaState
from constellation.herald.events import Adopt, AuditorForgetful, StartStream
from constellation.herald.replica import LinkState
from constellation.herald.rollback import KnownVotes, check_forgotten
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import (
    BatchHeader,
    Code,
    EpochProposal,
    ForgottenVote,
    SignedPromise,
    StreamStart,
    Vote,
)
from constellation.protocol.signing import Purpose, header_hash, settings_constellation_id, signing_hash
from constellation.snapshots import QuantumLog
from constellation.testing.cluster import Cluster
from constellation.testing.world import World
from tests.herald.support import Chain, Led, certify, execute, opening, vote
from tests.herald.test_alpha import Hand


def header(chain: Chain, number: int) -> BatchHeader:
    return chain.batches[number - 1].signed_header.header


def shown(chain: Chain, auditor: int, number: int) -> ForgottenVote:
    """What alpha shows an auditor that has voted for a batch."""
    return ForgottenVote(header(chain, number), vote(chain.world, auditor, header(chain, number)).signature)


# --- what alpha knows ------------------------------------------------------------------------------


def test_a_promise_of_less_than_was_signed_is_found(world, chain) -> None:
    known = KnownVotes([certify(world, header(chain, 3))])
    assert known.forgotten_by(chain.promise(0, 2, 2)) == shown(chain, 0, 3)
    assert known.forgotten_by(chain.promise(1, 2, 0)) == shown(chain, 1, 3)
    assert known.forgotten_by(chain.promise(0, 2, 3)) is None
    assert known.forgotten_by(chain.promise(0, 2, 4)) is None
    assert known.forgotten_by(chain.promise(2, 2, 0)) is None, "it has signed nothing"
    assert known.forgotten_by(chain.promise(0, 2, 2, recovering=True)) is None, "it says so itself"


def test_a_longer_chain_of_an_earlier_epoch_does_not_have_it_either(world, chain) -> None:
    other = chain.fork(2)
    other.open(2)
    known = KnownVotes([certify(world, header(other, 3))])
    assert known.forgotten_by(chain.promise(0, 3, 4)) == shown(other, 0, 3)


def test_the_last_vote_counts_whatever_the_order_in_which_alpha_learns(world, chain) -> None:
    known = KnownVotes([certify(world, header(chain, number)) for number in (4, 2)])
    known.note_certificate(certify(world, header(chain, 3), signers=(1, 2)))
    assert known.forgotten_by(chain.promise(0, 2, 3)) == shown(chain, 0, 4)
    assert known.forgotten_by(chain.promise(2, 2, 2)) == shown(chain, 2, 3)


# --- the auditor -----------------------------------------------------------------------------------


def promised(chain: Chain, *, certified: int = 0) -> Led:
    """Auditor 0, with an old log of two batches, has promised epoch 2."""
    hand = Led(chain.world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(*chain.batches[:2])
    if certified:
        hand.hear(certify(chain.world, header(chain, certified)))
    hand.reconnect().promised(2)
    return hand


def test_it_recovers_under_another_name_and_drops_nothing(world, chain) -> None:
    hand = promised(chain, certified=1)
    name = hand.log.identity
    (promise,) = hand.hear(shown(chain, 0, 3)).says()
    assert isinstance(promise, SignedPromise)
    word = promise.promise
    assert word.recovering
    assert word.log == hand.log.identity != name
    assert (word.epoch, word.tip.header.number, word.certificate.header.number) == (2, 2, 1)
    again = hand.restart()
    assert again.log.is_recovering
    assert (again.tip, again.replica.certified) == (hand.tip, 1) == (chain.tip_at(2), 1)
    assert again.promised(2).promise == word


def test_it_votes_again_when_the_others_have_gone_on(world, chain) -> None:
    hand = promised(chain).hear(shown(chain, 0, 3))
    hand.says()
    lost = chain.promise(0, 2, 4)  # of before the loss
    again = chain.fork(4)
    hand.hear(opening(2, chain.tip_at(4), lost, chain.promise(1, 2, 4)), StreamStart(3, 5))
    again.open(2)
    again.extend(2)
    hand.hear(*again.batches[2:], certify(world, header(again, 5), signers=(1, 2)))
    assert hand.says() == []
    hand.hear(certify(world, header(again, 6), signers=(1, 2)))
    assert not hand.log.is_recovering
    again.extend(2)
    hand.hear(again.batches[-1])
    assert [item.number for item in hand.says() if isinstance(item, Vote)] == [7]


def refused(hand: Led, code: Code, message: ForgottenVote) -> None:
    name = hand.log.identity
    with pytest.raises(ProtocolViolation) as error:
        hand.hear(message)
    assert error.value.code is code
    assert (hand.log.identity, hand.log.is_recovering) == (name, hand.replica.is_recovering)


def test_it_believes_only_its_own_signature_for_what_it_cannot_have(world, chain) -> None:
    hand = promised(chain)
    digest = header_hash(world.constellation, header(chain, 3))
    for purpose in (Purpose.PROMISE, Purpose.LEDGER_REPORT):
        other = world.auditors[0].sign(signing_hash(purpose, world.constellation, digest))
        refused(hand, Code.BAD_SIGNATURE, ForgottenVote(header(chain, 3), other))
    refused(hand, Code.BAD_SIGNATURE, ForgottenVote(header(chain, 4), shown(chain, 0, 3).signature))
    refused(hand, Code.BAD_SIGNATURE, shown(chain, 1, 3))
    for number in (1, 2):
        refused(hand, Code.UNEXPECTED_MESSAGE, shown(chain, 0, number))
    assert not hand.log.is_recovering


def test_what_another_constellation_signed_proves_nothing(world, chain) -> None:
    other = World(auditors=3)
    other.settings.network_passphrase = "another network"
    other.constellation = settings_constellation_id(other.settings)
    elsewhere = Chain(other)
    elsewhere.open(1)
    with pytest.raises(ProtocolViolation):
        check_forgotten(world.settings, world.auditors[0].public, chain.tip_at(0), shown(elsewhere, 0, 1))


def test_it_is_shown_only_between_promise_and_opening_and_once(world, chain) -> None:
    hand = Led(world)
    refused(hand, Code.UNEXPECTED_MESSAGE, shown(chain, 0, 3))  # nothing was promised
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    assert hand.replica.state is LinkState.FOLLOWING
    refused(hand, Code.UNEXPECTED_MESSAGE, shown(chain, 0, 3))
    hand.reconnect().promised(1)
    hand.hear(shown(chain, 0, 3))
    refused(hand, Code.UNEXPECTED_MESSAGE, shown(chain, 0, 4))


# --- alpha -----------------------------------------------------------------------------------------


@pytest.fixture
def hand(world: World, chain: Chain) -> Hand:
    """Alpha with three batches, of which auditors 0 and 1 have certified the third."""
    hand = Hand(world, chain, 4, 3)
    hand.herald = AlphaHerald(world.terms, chain.tip_at(4), 3, [certify(world, header(chain, 3))])
    return hand


def test_alpha_shows_it_and_does_not_count_the_promise(world, chain, hand) -> None:
    hand.up(0, 2)
    assert hand.answered(chain, 2, 0, 2) == [AuditorForgetful(world.auditors[0].public, 3)]
    assert hand.herald.state is AlphaState.WAITING
    assert hand.says(0) == [EpochProposal(0), EpochProposal(2), shown(chain, 0, 3)]
    assert hand.hear(0, chain.promise(0, 2, 2, recovering=True)) == []
    assert hand.herald.state is AlphaState.WAITING
    hand.up(1)
    (adopted,) = hand.answered(chain, 4, 1)
    assert isinstance(adopted, Adopt)


def test_what_an_auditor_promised_long_ago_may_be_less(world, chain, hand) -> None:
    """Its answer to the first question is its last promise, from before it signed."""
    hand.up(0)
    assert hand.hear(0, chain.promise(0, 1, 0)) == []
    assert hand.hear(0, chain.promise(0, 2, 3)) == []
    assert hand.says(0) == [EpochProposal(0), EpochProposal(2)]


def test_who_was_shown_it_and_does_not_recover_is_refused(world, chain, hand) -> None:
    hand.up(0)
    hand.answered(chain, 2, 0)
    with pytest.raises(ProtocolViolation) as error:
        hand.hear(0, chain.promise(0, 2, 4))
    assert error.value.code is Code.BROKEN_PROMISE
    hand.up(0)
    assert hand.hear(0, chain.promise(0, 2, 4)) == [], "a new connection may show that it has everything"


def test_alpha_with_an_empty_disk_learns_from_the_others_promises(world, chain) -> None:
    hand = Hand(world, chain).up(0, 1)
    assert hand.answered(chain, 2, 0) == []
    hand.hear(1, chain.promise(1, 0, 4))
    found = hand.hear(1, chain.promise(1, hand.herald.epoch, 4, certified=3))
    assert found == [AuditorForgetful(world.auditors[0].public, 3)]
    assert hand.says(0)[-1] == shown(chain, 0, 3)
    assert hand.herald.state is AlphaState.WAITING


def test_who_recovers_on_this_connection_is_not_suspected_when_its_promise_comes_after_its_votes(clusters) -> None:
    """Its first votes may overtake the word that it counts again, which names the tip of before."""
    cluster = clusters()
    cluster.rise()
    cluster.restart_auditor(0, cluster.empty_log())
    cluster.connect(0)
    cluster.settle()
    renewed = cluster.auditors[0].log.promise()
    execute(cluster)
    cluster.settle()
    (stream,) = cluster.alpha.herald.receive(cluster.world.auditors[0].public, renewed)
    assert isinstance(stream, StartStream)
    assert cluster.alpha.forgetful == []


# --- the cluster -----------------------------------------------------------------------------------


def old_copy(cluster: Cluster, number: int) -> QuantumLog:
    return cluster.copy_log(cluster.auditors[number].log)


def assert_one(cluster: Cluster) -> None:
    """Everybody counts and has the same, and it is final."""
    assert cluster.closed == []
    for number, member in enumerate(cluster.auditors):
        assert member.halted is None
        assert not member.log.is_recovering
        assert member.replica.tip == cluster.alpha.tip
        assert cluster.state_root(number) == cluster.state_root()
    assert cluster.certified == cluster.alpha.tip.number


def test_in_an_open_epoch_it_recovers_and_counts_again(cluster) -> None:
    old = old_copy(cluster, 0)
    execute(cluster)
    cluster.settle()
    cluster.restart_auditor(0, old)
    cluster.connect(0)
    cluster.settle()
    assert [found.auditor for found in cluster.alpha.forgetful] == [cluster.world.auditors[0].public]
    cluster.cut(1)
    execute(cluster)
    cluster.settle()
    assert cluster.certified == cluster.alpha.tip.number
    cluster.connect(1)
    cluster.settle()
    assert_one(cluster)


def test_alpha_knows_votes_that_made_no_certificate(cluster) -> None:
    cluster.cut(1, 2)
    old = old_copy(cluster, 0)
    execute(cluster)
    cluster.settle()
    assert cluster.certified == 1
    cluster.restart_auditor(0, old)
    cluster.connect(0)
    cluster.settle()
    assert cluster.alpha.forgetful == [AuditorForgetful(cluster.world.auditors[0].public, 2)]
    assert cluster.auditors[0].log.is_recovering
    assert not cluster.alpha.herald.has_quorum
    cluster.connect(1, 2)
    cluster.settle()
    assert_one(cluster)


def test_an_old_copy_of_what_it_has_signed_last_needs_nothing(cluster) -> None:
    execute(cluster)
    cluster.settle()
    cluster.restart_auditor(0, old_copy(cluster, 0))
    cluster.connect(0)
    cluster.settle()
    assert cluster.alpha.forgetful == []
    assert_one(cluster)


def meet_alpha(cluster: Cluster, number: int) -> None:
    """The auditor promises and hears one answer, but none of what it lacks."""
    cluster.connect(number)
    cluster.deliver_to_auditor(number)
    cluster.deliver_to_alpha(number)
    cluster.deliver_to_auditor(number)


@pytest.mark.parametrize("waits", [False, True])
def test_an_old_backup_and_the_loss_of_alphas_disk_change_nothing_final(cluster, waits: bool) -> None:
    """Auditors 0 and 1 certify; auditor 0 is rolled back and meets alpha, which loses its disk; auditor 1 is away."""
    old = old_copy(cluster, 0)
    cluster.cut(2)
    final = execute(cluster)
    cluster.settle()
    assert cluster.certified == final.header.number
    cluster.cut()
    cluster.restart_auditor(0, old)
    if waits:
        cluster.restart_alpha()
        cluster.connect(0)
        cluster.settle()
    else:
        meet_alpha(cluster, 0)
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(0, 2)
    cluster.settle()
    assert not cluster.is_ready
    cluster.connect(1)
    cluster.settle()
    assert cluster.alpha.log.digest(final.header.number) == final.digest
    assert_one(cluster)


def test_neither_does_it_with_the_loss_of_another_auditors_disk(clusters) -> None:
    """Auditors 0 to 2 certify, and then only auditor 2, which is away, has it."""
    cluster = clusters(5)
    cluster.rise()
    old = old_copy(cluster, 0)
    cluster.cut(3, 4)
    final = execute(cluster)
    cluster.settle()
    assert cluster.certified == final.header.number
    cluster.restart_alpha()
    cluster.restart_auditor(0, old)
    cluster.restart_auditor(1, cluster.empty_log())
    cluster.connect(0)
    cluster.settle()
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(0, 1, 3, 4)
    cluster.settle()
    assert not cluster.is_ready
    cluster.connect(2)
    cluster.settle()
    assert cluster.alpha.log.digest(final.header.number) == final.digest
    assert_one(cluster)


@pytest.mark.parametrize("auditors", [1, 2])
def test_where_the_others_are_no_quorum_a_new_epoch_makes_it_count(clusters, auditors: int) -> None:
    cluster = clusters(auditors)
    cluster.rise()
    old = old_copy(cluster, 0)
    final = execute(cluster)
    cluster.settle()
    cluster.restart_auditor(0, old)
    cluster.connect(0)
    cluster.settle()
    assert cluster.alpha.herald.must_rise_again
    cluster.restart_alpha()
    cluster.connect()
    cluster.settle()
    assert cluster.alpha.log.digest(final.header.number) == final.digest
    assert_one(cluster)


def test_a_promise_that_was_forgotten_gives_no_old_alpha_a_second_history(cluster) -> None:
    """A rolled back auditor has promised a later epoch elsewhere. Its first alpha knows a vote, and no more."""
    old = old_copy(cluster, 0)
    execute(cluster)
    cluster.settle()
    first = cluster.alpha
    cluster.cut()
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(0, 1)
    cluster.settle()
    execute(cluster)
    cluster.settle()
    cluster.cut()
    before = first.log.certified()
    cluster.alpha = first
    cluster.restart_auditor(0, old)
    cluster.connect(0, 2)
    execute(cluster)
    cluster.settle()
    assert cluster.auditors[0].log.is_recovering
    assert cluster.certified == before
