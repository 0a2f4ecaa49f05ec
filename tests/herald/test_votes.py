import pytest

from constellation.herald.rollback import KnownVotes
from constellation.herald.votes import VoteCounter
from constellation.protocol.proofs import check_certificate
from constellation.protocol.quorum import quorum_of
from constellation.testing.world import World
from tests.herald.support import Chain, tip_of, vote


def counted(world: World, batches: int = 1):
    chain = Chain(world)
    counter = VoteCounter(world.terms, KnownVotes())
    for number in range(batches):
        header = (chain.extend(1) if number else chain.open(1)).signed_header.header
        counter.open(header, tip_of(world, header).digest)
    return counter, [batch.signed_header.header for batch in chain.batches]


@pytest.mark.parametrize("auditors", range(1, 20))
def test_the_vote_that_completes_the_quorum_makes_the_certificate(auditors: int) -> None:
    world = World(auditors=auditors)
    counter, (header,) = counted(world)
    quorum = quorum_of(world.settings)
    answers = [counter.count(world.auditors[n].public, vote(world, n, header)) for n in range(auditors)]
    assert [answer is not None for answer in answers] == [n == quorum - 1 for n in range(auditors)]
    check_certificate(world.terms, answers[quorum - 1])
    assert len(counter) == 0


def test_an_auditor_counts_once() -> None:
    world = World(auditors=3)
    counter, (header,) = counted(world)
    assert counter.count(world.auditors[0].public, vote(world, 0, header)) is None
    assert counter.count(world.auditors[0].public, vote(world, 0, header)) is None
    assert counter.count(world.auditors[1].public, vote(world, 1, header)) is not None


def test_votes_never_expire() -> None:
    world = World(auditors=3)
    counter, headers = counted(world, 500)
    assert counter.count(world.auditors[0].public, vote(world, 0, headers[0])) is None
    assert counter.count(world.auditors[2].public, vote(world, 2, headers[0])) is not None
    assert len(counter) == 499


def test_a_certificate_closes_the_ballots_before_it() -> None:
    world = World(auditors=3)
    counter, headers = counted(world, 5)
    counter.count(world.auditors[0].public, vote(world, 0, headers[0]))
    for number in (0, 1):
        certificate = counter.count(world.auditors[number].public, vote(world, number, headers[3]))
    assert certificate.header.number == 4
    assert len(counter) == 1
    assert counter.count(world.auditors[1].public, vote(world, 1, headers[0])) is None


def test_another_header_and_another_ones_signature_are_faults() -> None:
    world = World(auditors=3)
    counter, headers = counted(world, 2)
    wrong = vote(world, 0, headers[1])
    wrong.number = 1
    with pytest.raises(ValueError, match="another header of batch 1"):
        counter.count(world.auditors[0].public, wrong)
    with pytest.raises(ValueError, match="batch 1 with a signature"):
        counter.count(world.auditors[0].public, vote(world, 1, headers[0]))
    assert counter.count(world.auditors[1].public, vote(world, 1, headers[0])) is None


def test_a_vote_for_an_unknown_batch_is_ignored() -> None:
    world = World(auditors=3)
    counter, (header,) = counted(world)
    late = vote(world, 0, header)
    late.number = 99
    assert counter.count(world.auditors[0].public, late) is None
