"""Alpha's herald against auditors that may say anything."""

import pytest

from constellation.herald.alpha import AlphaHerald, AlphaState
from constellation.herald.events import Adopt, AuditorFaulty, Certified, Fetched, StartStream
from constellation.herald.verdicts import sign_verdict
from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.limits import EPOCH_JUMP_MAX
from constellation.protocol.messages import (
    BatchRequest,
    Code,
    EpochOpening,
    EpochProposal,
    StreamStart,
    decode_cluster_message,
)
from constellation.protocol.signing import settings_constellation_id
from constellation.quanta import Tip
from constellation.testing.world import World
from tests.herald.support import Chain, vote


class Hand:
    """Holds an alpha's herald."""

    def __init__(self, world: World, chain: Chain, batches: int = 0, certified: int = 0) -> None:
        self.world = world
        self.herald = AlphaHerald(world.terms, chain.tip_at(batches), certified)
        self.links = {}

    def up(self, *auditors: int) -> "Hand":
        for auditor in auditors:
            self.links[auditor] = self.herald.link_up(self.world.auditors[auditor].public, lambda: None)
        return self

    def says(self, auditor: int) -> list:
        said = []
        while isinstance(data := self.links[auditor].next(), bytes):
            said.append(decode_cluster_message(data))
        return said

    def hear(self, auditor: int, message) -> list:
        return self.herald.receive(self.world.auditors[auditor].public, message)

    def answered(self, chain: Chain, at: int, *auditors: int) -> list:
        """Auditors with nothing promised answer the first question, then promise the proposed epoch."""
        events = []
        for auditor in auditors:
            self.hear(auditor, chain.promise(auditor, 0, at))
            events += self.hear(auditor, chain.promise(auditor, self.herald.epoch, at))
        return events


def refused(code: Code, hand: Hand, auditor: int, message) -> None:
    with pytest.raises(ProtocolViolation) as violation:
        hand.hear(auditor, message)
    assert violation.value.code is code, violation.value


def test_asks_how_far_an_auditor_is_before_it_proposes(world, chain) -> None:
    hand = Hand(world, chain, 4).up(0)
    assert hand.says(0) == [EpochProposal(0)]
    hand.hear(0, chain.promise(0, 1, 4))
    assert hand.says(0) == [EpochProposal(2)]
    hand.up(0)
    assert hand.says(0) == [EpochProposal(2)]


def test_proposes_an_epoch_after_every_promised_one(world, chain) -> None:
    hand = Hand(world, chain).up(0, 1, 2)
    for auditor in range(3):
        hand.says(auditor)
    hand.hear(0, chain.promise(0, 0, 0))
    assert hand.says(0) == [EpochProposal(1)]
    assert hand.hear(1, chain.promise(1, 6, 0)) == []
    assert hand.herald.epoch == 7
    assert [hand.says(auditor) for auditor in range(3)] == [[EpochProposal(7)], [EpochProposal(7)], []]
    assert hand.hear(2, chain.promise(2, 7, 0)) == []
    assert hand.herald.epoch == 8
    assert [hand.says(auditor) for auditor in range(3)] == [[EpochProposal(8)]] * 3
    assert hand.hear(0, chain.promise(0, 7, 0)) == []
    hand.hear(0, chain.promise(0, 8, 0))
    (adopted,) = hand.hear(1, chain.promise(1, 8, 0))
    assert adopted == Adopt(chain.tip_at(0), 0, None, chain.tip_at(0))


def test_an_auditor_cannot_raise_the_epoch_again_and_again(world, chain) -> None:
    hand = Hand(world, chain).up(0, 1)
    hand.hear(0, chain.promise(0, 5, 0))
    assert hand.herald.epoch == 6
    refused(Code.WRONG_EPOCH, hand, 0, chain.promise(0, 7, 0))
    assert hand.herald.epoch == 6


def test_an_auditor_cannot_use_up_the_epochs(world, chain) -> None:
    hand = Hand(world, chain).up(0)
    refused(Code.WRONG_EPOCH, hand, 0, chain.promise(0, 2**64 - 1, 0))
    refused(Code.WRONG_EPOCH, hand, 0, chain.promise(0, EPOCH_JUMP_MAX + 2, 0))
    hand.hear(0, chain.promise(0, EPOCH_JUMP_MAX + 1, 0))
    assert hand.herald.epoch == EPOCH_JUMP_MAX + 2


def test_promises_after_the_quorum_are_streamed_to_but_not_in_the_opening(world, chain) -> None:
    hand = Hand(world, chain, 4, 4).up(0, 1, 2)
    assert hand.answered(chain, 4, 0, 1) == [Adopt(chain.tip, 4, None, chain.tip)]
    assert hand.herald.state is AlphaState.ADOPTING
    assert hand.answered(chain, 4, 2) == []
    hand.herald.opened(chain.tip)
    assert hand.herald.state is AlphaState.RISING
    wishes = hand.herald.streams()
    assert [wish.auditor for wish in wishes] == [key.public for key in world.auditors]
    for wish in wishes:
        assert wish == StartStream(wish.auditor, chain.tip, 0)
        hand.herald.start_stream(wish.auditor, 5)
    *_, told, start = hand.says(2)
    assert isinstance(told, EpochOpening)
    assert [signed.auditor for signed in told.promises] == [key.public for key in world.auditors[:2]]
    assert start == StreamStart(5, 4)
    assert hand.herald.has_quorum
    hand.herald.start_stream(world.auditors[2].public, 5)
    assert hand.says(2) == []


def test_an_epoch_that_was_not_proposed_on_this_connection_is_proposed_before_its_promise_counts(world, chain) -> None:
    """It answers the question of an earlier life of alpha with a promise of the epoch that is open by now."""
    hand = Hand(world, chain, 4, 4).up(0, 1, 2)
    hand.answered(chain, 4, 0, 1)
    hand.herald.opened(chain.tip)
    hand.says(2)
    assert hand.hear(2, chain.promise(2, hand.herald.epoch, 4)) == []
    assert hand.says(2) == [EpochProposal(hand.herald.epoch)]
    (wish,) = hand.hear(2, chain.promise(2, hand.herald.epoch, 4))
    assert wish == StartStream(world.auditors[2].public, chain.tip, 0)


def test_a_promise_of_an_epoch_that_was_given_up_starts_no_stream(world, chain) -> None:
    hand = Hand(world, chain, 4, 4).up(0, 1, 2)
    hand.answered(chain, 4, 0)
    hand.hear(1, chain.promise(1, 6, 4))
    hand.hear(2, chain.promise(2, 0, 4))
    hand.hear(1, chain.promise(1, 7, 4))
    hand.hear(2, chain.promise(2, 7, 4))
    hand.herald.opened(chain.tip)
    assert [wish.auditor for wish in hand.herald.streams()] == [key.public for key in world.auditors[1:]]


def test_a_later_promise_than_the_open_epoch_closes_the_link_only(world, chain) -> None:
    hand = Hand(world, chain, 4, 4).up(0, 1)
    hand.answered(chain, 4, 0, 1)
    hand.herald.opened(chain.tip)
    hand.up(2)
    refused(Code.WRONG_EPOCH, hand, 2, chain.promise(2, 3, 4))
    assert hand.herald.state is AlphaState.RISING


def test_own_longer_log_is_adopted_with_all_that_was_acknowledged(world, chain) -> None:
    hand = Hand(world, chain, 4, 1).up(0, 1)
    assert hand.answered(chain, 2, 0, 1) == [Adopt(chain.tip, 4, None, chain.tip_at(2))]


def test_a_better_tip_is_fetched_from_who_has_it(world, chain) -> None:
    hand = Hand(world, chain, 1, 1).up(0, 1)
    hand.says(1)
    assert hand.answered(chain, 4, 1) == []
    assert hand.answered(chain, 2, 0) == [Adopt(chain.tip, 1, world.auditors[1].public, chain.tip)]
    assert hand.says(1)[-1] == BatchRequest(2, 4)
    refused(Code.UNEXPECTED_MESSAGE, hand, 0, chain.batches[1])
    refused(Code.UNEXPECTED_MESSAGE, hand, 1, chain.batches[2])
    for batch in chain.batches[1:]:
        assert hand.hear(1, batch) == [Fetched(batch)]
    refused(Code.UNEXPECTED_MESSAGE, hand, 1, chain.batches[3])


def test_nothing_is_fetched_any_more_once_the_epoch_is_open(world, chain) -> None:
    hand = Hand(world, chain, 1, 1).up(0, 1)
    hand.answered(chain, 4, 1)
    hand.answered(chain, 2, 0)
    for batch in chain.batches[1:]:
        hand.hear(1, batch)
    hand.herald.opened(chain.tip)
    refused(Code.UNEXPECTED_MESSAGE, hand, 1, chain.batches[3])
    hand.herald.link_down(hand.links[1])
    for _ in range(3):
        hand.herald.look_at_source()
    assert (hand.herald.state, hand.herald.epoch) == (AlphaState.RISING, 2)


def test_fetching_goes_on_where_it_stopped(world, chain) -> None:
    hand = Hand(world, chain).up(0, 1, 2)
    hand.answered(chain, 4, 0)
    hand.answered(chain, 1, 1)
    hand.hear(0, chain.batches[0])
    hand.answered(chain, 4, 2)
    assert not any(isinstance(message, BatchRequest) for message in hand.says(2))
    hand.herald.link_down(hand.links[0])
    assert hand.says(2)[-1] == BatchRequest(2, 4)


def test_when_nobody_is_left_who_has_the_adopted_tip_those_who_are_there_are_asked_again(world, chain) -> None:
    hand = Hand(world, chain).up(0, 1, 2)
    hand.answered(chain, 4, 0)
    hand.answered(chain, 1, 1)
    hand.hear(0, chain.batches[0])
    hand.herald.tip = chain.tip_at(1)
    hand.hear(2, chain.promise(2, 1, 3))
    hand.says(1)
    hand.herald.link_down(hand.links[0])
    hand.herald.look_at_source()
    assert hand.herald.state is AlphaState.ADOPTING
    hand.herald.look_at_source()
    assert hand.herald.state is AlphaState.WAITING
    assert hand.says(1) == [EpochProposal(2)]
    hand.hear(1, chain.promise(1, 2, 1))
    assert hand.hear(2, chain.promise(2, 2, 3)) == [
        Adopt(chain.tip_at(3), 0, world.auditors[2].public, chain.tip_at(3))
    ]
    hand.up(0)
    assert hand.says(0) == [EpochProposal(2)]


def test_a_source_that_sends_nothing_loses_its_connection(world, chain) -> None:
    hand = Hand(world, chain).up(0, 1)
    hand.answered(chain, 4, 0)
    hand.answered(chain, 1, 1)
    hand.says(0)
    hand.herald.look_at_source()
    hand.hear(0, chain.batches[0])
    hand.herald.look_at_source()
    assert hand.says(0) == []
    hand.herald.look_at_source()
    with pytest.raises(ProtocolViolation) as violation:
        hand.says(0)
    assert violation.value.code is Code.TIMED_OUT


def test_a_batch_that_does_not_hold_is_asked_for_again_from_another_auditor(world, chain) -> None:
    hand = Hand(world, chain).up(0, 1, 2)
    hand.answered(chain, 4, 0)
    hand.answered(chain, 4, 1)
    hand.hear(2, chain.promise(2, 1, 4))
    assert hand.hear(0, chain.batches[0]) == [Fetched(chain.batches[0])]
    assert hand.hear(0, chain.batches[1]) == [Fetched(chain.batches[1])]
    hand.herald.fetch_after(1)
    hand.herald.link_down(hand.links[0])
    requests = [message for number in (1, 2) for message in hand.says(number) if isinstance(message, BatchRequest)]
    assert requests == [BatchRequest(2, 4)]


def test_a_best_tip_that_cannot_be_reached_with_the_own_log_is_fetched(world, chain) -> None:
    """The own tip is of a later epoch and ends before the best promised one: auditors would refuse it."""
    own = chain.fork(1)
    own.open(2)
    hand = Hand(world, own, 2, 1).up(0, 1)
    assert hand.answered(chain, 4, 0, 1)[-1] == Adopt(chain.tip, 1, world.auditors[0].public, chain.tip)


def test_foreign_unsigned_and_misplaced_promises_are_refused(world, chain) -> None:
    hand = Hand(world, chain).up(0)
    refused(Code.UNAUTHORIZED, hand, 0, chain.promise(1, 1, 0))
    signed = chain.promise(0, 1, 0)
    signed.promise.epoch = 2
    refused(Code.BAD_SIGNATURE, hand, 0, signed)


def test_what_only_alpha_sends_is_refused(world, chain) -> None:
    hand = Hand(world, chain).up(0)
    for message in (EpochProposal(1), StreamStart(1, 0), BatchRequest(1, 2), chain.batches[0]):
        refused(Code.UNEXPECTED_MESSAGE, hand, 0, message)


def ready(world: World, chain: Chain) -> Hand:
    hand = Hand(world, chain, 0).up(0, 1, 2)
    hand.answered(chain, 0, 0, 1, 2)
    hand.herald.opened(Tip.genesis(world.settings))
    for wish in hand.herald.streams():
        hand.herald.start_stream(wish.auditor, 1)
    return hand


class Sealed:
    """What the herald reads of a sealed batch."""

    def __init__(self, chain: Chain, number: int) -> None:
        self.header = chain.header(number).header
        self.tip = chain.tip_at(number)
        self.digest = self.tip.digest


def test_votes_make_certificates_that_only_go_forward(world, chain) -> None:
    hand = ready(world, chain)
    for number, batch in enumerate(chain.batches, 1):
        hand.herald.relay(Sealed(chain, number), batch)
    votes = {
        number: [vote(world, auditor, chain.header(number).header) for auditor in range(3)] for number in (1, 2, 3)
    }
    assert hand.hear(0, votes[1][0]) == []
    assert hand.hear(0, votes[2][0]) == []
    (certified,) = hand.hear(1, votes[2][1])  # the vote for batch 1 was not sent, or not valid
    assert isinstance(certified, Certified)
    assert certified.certificate.header.number == 2
    assert hand.herald.state is AlphaState.READY
    assert hand.hear(1, votes[1][1]) == []
    assert hand.hear(2, votes[1][2]) == []
    assert hand.herald.describe()["open_ballots"] == 2


def test_a_wrong_vote_does_not_count_and_is_told(world, chain) -> None:
    hand = ready(world, chain)
    hand.herald.relay(Sealed(chain, 1), chain.batches[0])
    wrong = vote(world, 0, chain.header(2).header)
    wrong.number = 1
    forged = vote(world, 1, chain.header(1).header)
    for item, reason in ((wrong, "another header"), (forged, "signature that does not fit")):
        (faulty,) = hand.hear(0, item)
        assert isinstance(faulty, AuditorFaulty)
        assert faulty.auditor == world.auditors[0].public
        assert reason in faulty.reason
    good = vote(world, 0, chain.header(1).header)
    assert hand.hear(0, good) == []
    assert hand.hear(0, good) == []
    assert len(hand.hear(1, forged)) == 1


def test_a_refusal_counts_when_its_auditor_has_signed_it(world, chain) -> None:
    hand = ready(world, chain)
    error = Divergence(Code.STATE_ROOT_MISMATCH, "another root")
    constellation = settings_constellation_id(world.settings)
    signed = sign_verdict(constellation, world.auditors[0], error, chain.batches[0])
    (faulty,) = hand.hear(0, signed)
    assert faulty == AuditorFaulty(world.auditors[0].public, "refuses batch 1: STATE_ROOT_MISMATCH: another root")
    refused(Code.BAD_SIGNATURE, hand, 1, signed)


def test_the_newest_link_of_an_auditor_counts(world, chain) -> None:
    hand = ready(world, chain)
    old = hand.links[0]
    hand.up(0)
    hand.herald.link_down(old)
    assert world.auditors[0].public in hand.herald.auditors
    hand.herald.link_down(hand.links[0])
    assert world.auditors[0].public not in hand.herald.auditors
    assert hand.herald.has_quorum
    hand.herald.link_down(hand.links[1])
    assert not hand.herald.has_quorum
