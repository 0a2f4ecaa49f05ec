"""One auditor against an alpha that may say anything."""

import pytest

from constellation.herald.actions import CastVote, Finalized, StoreBatch
from constellation.herald.replica import LinkState
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import CLOCK_SKEW_MAX_US
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    Batch,
    BatchRequest,
    Certificate,
    Code,
    EpochProposal,
    Finality,
    Hello,
    LimitOrder,
    Payment,
    Role,
    Side,
    SignedHeader,
    SignedVerdict,
    SnapshotEntries,
    SnapshotHead,
    StreamStart,
    TimeInForce,
    Withdrawal,
    decode_cluster_message,
    encode_cluster_message,
)
from constellation.protocol.signing import Purpose, header_hash, settings_hash, signing_hash, verify
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import seal, signed_batch
from constellation.testing.world import ONE, START_US, World, to
from tests.herald.support import Chain, Led, certify, opening, vote


def led(world: World, chain: Chain, batches: int, auditor: int = 0) -> Led:
    """An auditor that has followed ``chain`` for so many batches of epoch 1 and has connected anew."""
    hand = Led(world, auditor)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(*chain.batches[:batches])
    assert hand.tip.number == batches
    return hand.reconnect()


def refused(code: Code, hand: Led, *messages) -> None:
    with pytest.raises(ProtocolViolation) as violation:
        hand.hear(*messages)
    assert violation.value.code is code, violation.value


# --- following -------------------------------------------------------------------------------------


def test_promises_and_follows_and_votes(world, chain) -> None:
    hand = Led(world)
    promise = hand.promised(1)
    assert (promise.promise.epoch, promise.promise.tip, promise.promise.certificate) == (1, None, None)
    assert hand.log.promise() == promise
    hand.hear(opening(1, chain.tip_at(0), promise, chain.promise(1, 1, 0)), StreamStart(1, 0))
    hand.hear(*chain.batches)
    votes = hand.says()
    assert [item.number for item in votes] == [1, 2, 3, 4]
    for item in votes:
        assert item == vote(world, 0, chain.header(item.number).header)
    assert hand.log.tip() == hand.tip == chain.tip


def test_a_vote_comes_only_after_the_batch_is_stored(world, chain) -> None:
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    (store,) = hand.replica.receive(chain.batches[0], START_US)
    assert isinstance(store, StoreBatch)
    (action,) = hand.replica.stored(store.sealed, store.batch)
    assert action == CastVote(store.sealed.header, store.sealed.digest)


def test_a_batch_stored_after_the_link_has_gone_is_voted_for_on_the_next_one(world, chain) -> None:
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    (store,) = hand.replica.receive(chain.batches[0], START_US)
    hand.replica.link_up()
    hand.log.write([])
    assert hand.replica.stored(store.sealed, store.batch) == []
    hand.join(chain, 1, 0, 2, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    assert [item.number for item in hand.says()] == [1]


def test_a_restarted_auditor_promises_its_tip_and_votes_again(world, chain) -> None:
    hand = led(world, chain, 3).restart()
    promise = hand.promised(1).promise
    assert promise.tip == chain.header(3)
    hand.hear(opening(1, chain.tip_at(0), chain.promise(0, 1, 0), chain.promise(1, 1, 0)), StreamStart(4, 0))
    assert [item.number for item in hand.says()] == [1, 2, 3]
    hand.hear(chain.batches[3])
    assert [item.number for item in hand.says()] == [4]


def test_what_is_certified_or_of_an_older_epoch_is_not_voted_for_again(world, chain) -> None:
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(*chain.batches, certify(world, chain.header(2).header))
    hand = hand.restart()
    hand.join(chain, 1, 0, 5, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    assert [item.number for item in hand.says()] == [3, 4]
    hand = hand.restart()
    hand.join(chain, 2, 4, 5, chain.promise(0, 2, 4), chain.promise(1, 2, 4))
    assert hand.says() == []


def test_an_auditor_that_promised_a_later_epoch_says_so_and_signs_nothing_lower(world, chain) -> None:
    hand = led(world, chain, 2)
    later = hand.promised(7)
    hand.reconnect().hear(EpochProposal(6))
    assert hand.says() == [later]
    refused(Code.UNEXPECTED_MESSAGE, hand, opening(6, chain.tip_at(2), chain.promise(0, 6, 2), chain.promise(1, 6, 2)))
    hand = hand.restart()
    hand.hear(EpochProposal(6))
    assert hand.says() == [later]


def test_a_batch_of_the_old_epoch_that_is_stored_after_a_promise_gets_no_vote(world, chain) -> None:
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    (store,) = hand.replica.receive(chain.batches[0], START_US)
    hand.reconnect().promised(2)
    assert hand.replica.stored(store.sealed, store.batch) == []


def test_batches_of_old_epochs_before_the_base_are_stored_without_a_vote(world, chain) -> None:
    hand = Led(world)
    chain.open(2)
    hand.join(chain, 2, 4, 1, chain.promise(1, 2, 3), chain.promise(2, 2, 4))
    hand.hear(*chain.batches)
    assert [item.number for item in hand.says()] == [5]


# --- certificates ----------------------------------------------------------------------------------


def test_a_certificate_makes_everything_before_it_final(world, chain) -> None:
    hand = led(world, chain, 3)
    hand.join(chain, 1, 0, 4, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    certificate = certify(world, chain.header(3).header)
    hand.hear(certificate)
    assert hand.replica.certified == 3
    assert hand.log.certificate() == certificate
    hand.hear(certify(world, chain.header(2).header))
    assert hand.replica.certified == 3
    assert hand.restart().promised(2).promise.certificate == certificate


def test_a_certificate_that_overtakes_the_disk_counts_when_the_batch_is_stored(world, chain) -> None:
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    stores = [action for batch in chain.batches[:2] for action in hand.replica.receive(batch, START_US)]
    certificate = certify(world, chain.header(2).header)
    assert list(hand.replica.receive(certificate, START_US)) == []
    assert hand.replica.certified == 0
    first, second = [hand.replica.stored(store.sealed, store.batch) for store in stores]
    assert [type(action) for action in first] == [CastVote]
    assert [type(action) for action in second] == [CastVote, Finalized]
    assert hand.replica.certified == 2


def test_a_certificate_before_its_batch_is_against_the_protocol(world, chain) -> None:
    hand = led(world, chain, 2)
    hand.join(chain, 1, 0, 3, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    refused(Code.UNEXPECTED_MESSAGE, hand, certify(world, chain.header(3).header))


def test_a_certificate_without_a_quorum_is_refused(world, chain) -> None:
    hand = led(world, chain, 2)
    hand.join(chain, 1, 0, 3, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    whole = certify(world, chain.header(2).header)
    refused(Code.NOT_ENOUGH_SIGNATURES, hand, Certificate(whole.header, whole.signatures[:1]))
    other = certify(world, chain.header(1).header)
    refused(Code.BAD_SIGNATURE, hand, Certificate(whole.header, other.signatures))


def test_a_certificate_for_another_batch_than_the_stored_one_halts(world, chain) -> None:
    hand = led(world, chain, 3)
    other = chain.fork(2)
    other.extend(1, amount=5)
    hand.join(chain, 1, 0, 4, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(certify(world, other.header(3).header))
    assert hand.member.halted.code is Code.EQUIVOCATION


# --- an alpha that lies about the opening ----------------------------------------------------------


def test_an_opening_needs_a_quorum_of_distinct_promises_for_its_epoch(world, chain) -> None:
    def hear(*promises) -> Led:
        hand = led(world, chain, 2)
        hand.promised(2)
        return hand.hear(opening(2, chain.tip_at(2), *promises))

    one, two = chain.promise(0, 2, 2), chain.promise(1, 2, 2)
    for code, promises in (
        (Code.NOT_ENOUGH_SIGNATURES, ()),
        (Code.NOT_ENOUGH_SIGNATURES, (one,)),
        (Code.NOT_ENOUGH_SIGNATURES, (one, one)),
        (Code.NOT_ENOUGH_SIGNATURES, (one, two, two)),
        (Code.BROKEN_PROMISE, (one, chain.promise(1, 3, 2))),
        (Code.BROKEN_PROMISE, (one, chain.promise(1, 1, 2))),
    ):
        with pytest.raises(ProtocolViolation) as violation:
            hear(*promises)
        assert violation.value.code is code
    assert hear(one, two).replica.state is LinkState.START


@pytest.mark.parametrize("has_opened_before", [False, True])
def test_an_alpha_with_other_settings_is_left_with_both_hashes(world, chain, has_opened_before: bool) -> None:
    """Nobody lied: somebody has the wrong file, and the auditor must not halt with evidence against alpha."""
    hand = Led(World(auditors=3, taker_fee_ppm=1))
    hand.promised(2)
    at = 2 if has_opened_before else 0
    told = (opening(2, chain.tip_at(at), *(chain.promise(other, 2, at) for other in (1, 2))), StreamStart(1, 0))
    with pytest.raises(ProtocolViolation) as violation:
        hand.hear(*told, chain.batches[0])
    assert violation.value.code is Code.WRONG_CONSTELLATION
    for settings in (world.settings, hand.world.settings):
        assert settings_hash(settings).hex() in violation.value.message
    assert hand.says() == []
    assert hand.tip.number == 0


def test_an_opening_of_another_epoch_than_promised_is_refused(world, chain) -> None:
    for epoch in (1, 3):
        hand = led(world, chain, 2)
        hand.promised(2)
        message = opening(epoch, chain.tip_at(2), chain.promise(0, epoch, 2), chain.promise(1, epoch, 2))
        refused(Code.WRONG_EPOCH, hand, message)


def test_a_base_behind_the_best_tip_is_refused(world, chain) -> None:
    hand = led(world, chain, 2)
    hand.promised(2)
    message = opening(2, chain.tip_at(2), chain.promise(0, 2, 2), chain.promise(1, 2, 3))
    refused(Code.BROKEN_PROMISE, hand, message)


def test_a_base_beside_the_best_tip_is_refused(world, chain) -> None:
    """Same number, other batch: otherwise a certified batch could be replaced on an auditor that lacks it."""
    other = chain.fork(2)
    other.extend(1, amount=5)
    hand = led(world, chain, 2, auditor=2)
    hand.promised(2)
    refused(Code.BROKEN_PROMISE, hand, opening(2, other.tip_at(3), chain.promise(1, 2, 3), chain.promise(2, 2, 2)))


def test_two_promised_tips_at_one_place_prove_that_alpha_signed_twice(world, chain) -> None:
    other = chain.fork(2)
    other.extend(1, amount=5)
    hand = led(world, chain, 2, auditor=2)
    hand.promised(2)
    hand.hear(opening(2, chain.tip_at(3), chain.promise(0, 2, 3), other.promise(1, 2, 3)))
    assert hand.member.halted.code is Code.EQUIVOCATION


def test_the_chain_must_pass_through_every_promised_tip_of_the_best_epoch(world, chain) -> None:
    """Alpha has signed a second, longer chain in epoch 1; batch 3 of the first may be certified."""
    other = chain.fork(2)
    other.extend(1, amount=5)
    other.extend(1)
    promises = chain.promise(0, 2, 3), other.promise(1, 2, 4)
    hand = led(world, chain, 2, auditor=2)
    hand.join(other, 2, 4, 3, *promises)
    hand.hear(other.batches[2])
    assert hand.member.halted.code is Code.BROKEN_PROMISE
    holder = led(world, other, 4, auditor=1)
    holder.promised(2)
    refused(Code.BROKEN_PROMISE, holder, opening(2, other.tip_at(4), *promises), StreamStart(5, 0))


def test_the_chain_must_pass_through_the_promised_certificates(world, chain) -> None:
    other = chain.fork(1)
    other.open(2)
    hand = led(world, other, 1, auditor=2)
    hand.promised(3)
    promises = other.promise(1, 3, 2), chain.promise(0, 3, 2, certified=2)
    refused(Code.BROKEN_PROMISE, hand, opening(3, other.tip_at(2), *promises))


def test_a_chain_that_avoids_the_best_tip_is_refused_at_once(world, chain) -> None:
    """The base is after the best tip, but not on it."""
    other = chain.fork(2)
    for _ in range(3):
        other.extend(1, amount=5)
    hand = led(world, chain, 3)
    hand.promised(2)
    promises = chain.promise(0, 2, 3), chain.promise(1, 2, 2)
    hand.hear(opening(2, other.tip_at(5), *promises), StreamStart(3, 0))
    hand.hear(other.batches[2])
    assert hand.member.halted.code is Code.BROKEN_PROMISE
    assert hand.log.tip().number == 3


def test_a_base_that_is_not_on_the_auditors_chain_is_refused(world, chain) -> None:
    other = chain.fork(2)
    other.extend(1, amount=5)
    hand = led(world, chain, 3)
    hand.promised(2)
    promises = chain.promise(1, 2, 2), chain.promise(2, 2, 2)
    refused(Code.BROKEN_PROMISE, hand, opening(2, other.tip_at(3), *promises), StreamStart(4, 0))


def test_a_stream_that_starts_after_the_tip_is_refused(world, chain) -> None:
    hand = led(world, chain, 2)
    hand.promised(2)
    hand.hear(opening(2, chain.tip_at(4), chain.promise(1, 2, 4), chain.promise(2, 2, 4)))
    refused(Code.BROKEN_CHAIN, hand, StreamStart(4, 0))


@pytest.mark.parametrize("start", [0, 1, 2])
def test_a_stream_that_would_replace_certified_batches_is_refused(world, chain, start: int) -> None:
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(*chain.batches, certify(world, chain.header(2).header))
    hand.reconnect().promised(2)
    hand.hear(opening(2, chain.tip_at(4), chain.promise(0, 2, 4), chain.promise(1, 2, 4)))
    refused(Code.BROKEN_PROMISE, hand, StreamStart(start, 0))
    assert hand.log.tip() == chain.tip


def test_a_stream_that_would_replace_batches_of_its_own_epoch_is_refused(world, chain) -> None:
    hand = led(world, chain, 3)
    hand.promised(1)
    hand.hear(opening(1, chain.tip_at(0), chain.promise(0, 1, 0), chain.promise(1, 1, 0)))
    refused(Code.BROKEN_PROMISE, hand, StreamStart(2, 0))
    assert hand.log.tip().number == 3


def test_an_epoch_out_of_reach_is_refused(world) -> None:
    """Those of later terms are for the alpha that a quorum may still appoint."""
    refused(Code.WRONG_EPOCH, Led(world), EpochProposal(EPOCHS_PER_TERM))
    refused(Code.WRONG_EPOCH, Led(world), EpochProposal(2**64 - 1))
    assert Led(world).promised(EPOCHS_PER_TERM - 1).promise.epoch == EPOCHS_PER_TERM - 1


@pytest.mark.parametrize(("first", "last"), [(0, 1), (1, 4), (3, 2), (1, 2**64 - 1), (2**63, 2**63)])
def test_batches_that_are_not_there_cannot_be_requested(world, chain, first: int, last: int) -> None:
    hand = led(world, chain, 3)
    hand.promised(2)
    refused(Code.UNEXPECTED_MESSAGE, hand, BatchRequest(first, last))


def test_requested_batches_are_served(world, chain) -> None:
    hand = led(world, chain, 3)
    hand.promised(2)
    hand.hear(BatchRequest(2, 3))
    assert hand.says() == chain.batches[1:3]


# --- dropping a tail -------------------------------------------------------------------------------


def forked(chain: Chain, after: int, epoch: int, length: int) -> Chain:
    """A chain that leaves ``chain`` with the opener of a later epoch."""
    other = chain.fork(after)
    other.open(epoch)
    for _ in range(length - 1):
        other.extend(epoch, amount=9)
    return other


def test_a_tail_is_replaced_by_the_chain_of_a_later_epoch(world, chain) -> None:
    other = forked(chain, 2, 2, 2)
    other.open(3)
    hand = led(world, chain, 4)
    hand.join(other, 3, 4, 1, other.promise(1, 3, 4), other.promise(2, 3, 4))
    hand.hear(*other.batches)
    assert hand.tip == hand.log.tip() == other.tip
    assert hand.replica.machine.state.root() == other.machine.state.root()
    assert [item.number for item in hand.says()] == [5]
    assert hand.restart().tip == other.tip


def test_nothing_is_dropped_before_its_replacement_has_come_as_far_as_the_best_tip(world, chain) -> None:
    """Alpha dies half-way, or wants the auditor to forget what it has signed."""
    other = forked(chain, 2, 2, 4)
    hand = led(world, chain, 4)
    promises = other.promise(1, 3, 6), other.promise(2, 3, 6)
    hand.join(other, 3, 6, 1, *promises)
    hand.hear(*other.batches[:5])
    assert hand.log.tip() == chain.tip
    promise = hand.reconnect().promised(4).promise
    assert promise.tip == chain.header(4)
    hand.reconnect().join(other, 4, 6, 1, other.promise(1, 4, 6), other.promise(2, 4, 6))
    hand.hear(*other.batches[:5])
    assert hand.log.tip() == chain.tip
    hand.hear(other.batches[5])
    assert hand.log.tip() == other.tip


def test_the_stream_goes_on_after_a_replacement(world, chain) -> None:
    other = forked(chain, 2, 2, 2)
    other.open(3)
    hand = led(world, chain, 4)
    hand.join(other, 3, 4, 1, other.promise(1, 3, 4), other.promise(2, 3, 4))
    hand.hear(*other.batches, other.extend(3), certify(world, other.header(6).header))
    assert hand.member.halted is None
    assert hand.log.tip() == other.tip
    assert hand.replica.certified == 6
    assert [item.number for item in hand.says()] == [5, 6]


def test_what_both_chains_have_is_kept(world, chain) -> None:
    other = forked(chain, 3, 2, 1)
    hand = led(world, chain, 4)
    hand.join(other, 2, 3, 1, chain.promise(1, 2, 3), chain.promise(2, 2, 3))
    cut: list[int] = []
    truncate = hand.log.truncate
    hand.log.truncate = lambda after: (cut.append(after), truncate(after))
    hand.hear(*other.batches)
    assert cut == [3]
    assert hand.tip == other.tip


def test_a_stream_that_starts_before_the_tip_and_has_the_same_batches_drops_nothing(world, chain) -> None:
    hand = led(world, chain, 3)
    chain.open(2)
    hand.join(chain, 2, 4, 1, chain.promise(1, 2, 4), chain.promise(2, 2, 4))
    hand.log.truncate = None
    hand.hear(*chain.batches)
    assert hand.tip == chain.tip


def test_a_replacement_with_a_gap_is_not_taken_and_drops_nothing(world, chain) -> None:
    other = forked(chain, 2, 2, 4)
    hand = led(world, chain, 4)
    hand.join(other, 3, 6, 1, other.promise(1, 3, 6), other.promise(2, 3, 6))
    hand.hear(other.batches[0], other.batches[1], other.batches[2])
    refused(Code.UNEXPECTED_MESSAGE, hand, other.batches[4])
    assert hand.member.halted is None
    assert hand.log.tip() == chain.tip


def test_a_replacement_that_does_not_follow_the_kept_part_halts_and_drops_nothing(world, chain) -> None:
    other = forked(chain, 1, 2, 4)
    hand = led(world, chain, 4)
    hand.join(other, 3, 5, 1, other.promise(1, 3, 5), other.promise(2, 3, 5))
    strange = Batch.from_xdr(other.batches[1].to_xdr())
    header = strange.signed_header.header
    header.previous = bytes(32)
    strange.signed_header = SignedHeader(header, world.alpha.sign(header_hash(world.constellation, header)))
    hand.hear(other.batches[0], strange)
    assert hand.member.halted.code is Code.BROKEN_CHAIN
    assert hand.log.tip() == chain.tip


def test_two_headers_of_one_epoch_and_number_are_proof_of_fraud(world, chain) -> None:
    other = chain.fork(2)
    other.extend(1, amount=5)
    hand = led(world, chain, 3)
    hand.join(chain, 1, 0, 4, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(other.batches[2])
    assert hand.member.halted.code is Code.EQUIVOCATION
    *_, verdict = hand.says()
    assert isinstance(verdict, SignedVerdict)
    assert verdict.verdict.number == 3
    assert verdict.verdict.header == header_hash(world.constellation, other.header(3).header)
    digest = signing_hash(Purpose.VERDICT, world.constellation, verdict.verdict.to_xdr())
    assert verify(world.auditors[0].public, digest, verdict.signature)


def test_two_headers_of_one_epoch_are_noticed_when_a_tail_is_replaced_too(world, chain) -> None:
    other = chain.fork(2)
    other.extend(1, amount=5)
    other.extend(1)
    other.extend(1)
    hand = led(world, chain, 3)
    hand.join(other, 2, 5, 3, other.promise(1, 2, 5), other.promise(2, 2, 5))
    hand.hear(other.batches[2])
    assert hand.member.halted.code is Code.EQUIVOCATION
    assert hand.log.tip().number == 3


def test_a_repeated_batch_is_dropped(world, chain) -> None:
    hand = led(world, chain, 3)
    hand.join(chain, 1, 0, 4, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.says()
    hand.hear(chain.batches[2], chain.batches[1], chain.batches[3])
    assert [item.number for item in hand.says()] == [4]


@pytest.mark.parametrize("bound", ["QUANTA", "BYTES"])
def test_too_long_a_replacement_is_refused(world, chain, monkeypatch, bound: str) -> None:
    other = forked(chain, 2, 2, 5)
    sizes = [len(batch.to_xdr()) for batch in other.batches]
    most = {"QUANTA": 4, "BYTES": sum(sizes[2:5]) - 1}[bound]
    monkeypatch.setattr(f"constellation.herald.replacement.REPLACEMENT_MAX_{bound}", most)
    hand = led(world, chain, 4)
    hand.join(other, 3, 7, 1, other.promise(1, 3, 7), other.promise(2, 3, 7))
    hand.hear(*other.batches[:4])
    refused(Code.TOO_LARGE, hand, other.batches[4])
    assert hand.log.tip() == chain.tip


def test_a_certificate_while_a_tail_is_replaced_waits_for_its_batch(world, chain) -> None:
    other = forked(chain, 2, 2, 3)
    hand = led(world, chain, 4)
    hand.join(other, 3, 5, 1, other.promise(1, 3, 5), other.promise(2, 3, 5))
    hand.hear(*other.batches[:3], certify(world, other.header(3).header))
    assert hand.replica.certified == 0
    hand.hear(*other.batches[3:])
    assert hand.replica.certified == 3
    assert hand.tip == other.tip


# --- batches that are wrong ------------------------------------------------------------------------


def test_a_batch_from_the_future_closes_the_link(world, chain) -> None:
    hand = Led(world)
    hand.join(chain, 1, 0, 1, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(chain.batches[0])
    hand.now_us = START_US + 1 - CLOCK_SKEW_MAX_US
    hand.hear(chain.batches[1])
    hand.now_us -= 1
    refused(Code.CLOCK_SKEW, hand, chain.batches[2])
    assert hand.tip.number == 2


@pytest.mark.parametrize("epoch", [0, 2, 3, EPOCHS_PER_TERM - 1])
def test_a_batch_of_another_epoch_than_the_open_one_halts(world, chain, epoch: int) -> None:
    hand = led(world, chain, 2)
    hand.join(chain, 1, 0, 3, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    other = chain.fork(2)
    hand.hear(other.extend(epoch))
    assert hand.member.halted.code is Code.WRONG_EPOCH


@pytest.mark.parametrize("epoch", [EPOCHS_PER_TERM, 2**64 - 1])
def test_a_batch_of_a_term_that_nobody_was_appointed_for_closes_the_link(world, chain, epoch: int) -> None:
    hand = led(world, chain, 2)
    hand.join(chain, 1, 0, 3, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    refused(Code.WRONG_EPOCH, hand, chain.fork(2).extend(epoch))
    assert hand.tip.number == 2


def test_a_batch_after_the_base_must_be_of_the_open_epoch(world, chain) -> None:
    hand = led(world, chain, 2)
    hand.join(chain, 2, 3, 3, chain.promise(0, 2, 2), chain.promise(1, 2, 2))
    hand.hear(chain.batches[2])
    assert hand.member.halted is None
    hand.hear(chain.batches[3])
    assert hand.member.halted.code is Code.WRONG_EPOCH


def test_a_batch_before_the_base_must_not_be_of_a_later_epoch_than_the_open_one(world, chain) -> None:
    later = chain.fork(1)
    later.open(3)
    hand = led(world, chain, 1)
    hand.join(chain, 2, 4, 2, chain.promise(1, 2, 4), chain.promise(2, 2, 4))
    hand.hear(later.batches[1])
    assert hand.member.halted.code is Code.WRONG_EPOCH
    assert hand.tip.number == 1


def test_what_comes_after_a_gap_is_not_taken_and_what_is_missing_is_asked_for(world, chain) -> None:
    hand = led(world, chain, 2)
    hand.join(chain, 1, 0, 3, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    refused(Code.UNEXPECTED_MESSAGE, hand, chain.batches[3])
    assert hand.member.halted is None
    assert hand.tip.number == 2
    hand.reconnect()
    hand.join(chain, 1, 0, 3, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    hand.hear(chain.batches[2], chain.batches[3])
    assert hand.tip.number == 4


def busy_batch(world: World) -> tuple[Chain, Batch]:
    """A chain whose second batch has every kind of quantum and is not followed yet."""
    chain = Chain(world)
    chain.open(1)
    machine = chain.machine
    traders = [world.deposits(machine, *((trader, 0, 50 * ONE) for trader in world.auditors[:2]))]
    executed = [machine.execute(START_US, body) for body in traders]
    one, two = world.auditors[:2]
    for who, operation in (
        (one, LimitOrder(0, Side.SELL, 2_500, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)),
        (two, Payment(one.public, 0, ONE)),
        (two, Withdrawal(0, ONE, to(two, "memo"))),
    ):
        executed.append(machine.execute(START_US, world.request(who, operation)))
    sealed = seal(machine, executed, chain.tip, 1, checkpoint=True)
    return chain, signed_batch(sealed, world.alpha.sign(sealed.digest))


def test_every_flipped_byte_of_a_batch_is_noticed_and_named(world) -> None:
    chain, batch = busy_batch(world)
    data = encode_cluster_message(batch)
    hand = led(world, chain, 1)
    found: dict[Code, int] = {}
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1 << position % 8
        hand.join(chain, 1, 0, 2, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
        assert hand.says() == [vote(world, 0, chain.header(1).header)]
        try:
            message = decode_cluster_message(bytes(flipped))
        except MalformedMessage as error:
            assert str(error)
            hand.reconnect()
            continue
        try:
            hand.hear(message)
        except ProtocolViolation as violation:
            found[violation.code] = found.get(violation.code, 0) + 1
            assert violation.message
            hand.reconnect()
        else:
            assert hand.member.halted is not None, position
            found[hand.member.halted.code] = found.get(hand.member.halted.code, 0) + 1
            assert hand.log.tip().number == 1
            *votes, verdict = hand.says()
            assert votes == []
            assert isinstance(verdict, SignedVerdict)
            hand = hand.restart()
    assert {Code.BAD_SIGNATURE, Code.INVALID_QUANTUM} <= set(found)
    hand.join(chain, 1, 0, 2, chain.promise(0, 1, 0), chain.promise(1, 1, 0)).hear(batch)
    assert hand.tip.number == 2


def test_a_header_that_alpha_signed_with_another_root_halts(world, chain) -> None:
    for code, change in (
        (Code.QUANTA_ROOT_MISMATCH, {"quanta_root": bytes(32)}),
        (Code.STATE_ROOT_MISMATCH, {"state_root": bytes(32)}),
        (Code.UNSUPPORTED_VERSION, {"version": 2}),
        (Code.BROKEN_CHAIN, {"previous": bytes(32)}),
        (Code.BROKEN_CHAIN, {"first_apex": 3}),
        (Code.BROKEN_CHAIN, {"last_apex": 9}),
        (Code.INVALID_QUANTUM, {"timestamp": START_US + 5}),
    ):
        hand = led(world, chain, 2)
        hand.join(chain, 1, 0, 3, chain.promise(0, 1, 0), chain.promise(1, 1, 0))
        batch = Batch.from_xdr(chain.batches[2].to_xdr())
        header = batch.signed_header.header
        for name, value in change.items():
            setattr(header, name, value)
        batch.signed_header = SignedHeader(header, world.alpha.sign(header_hash(world.constellation, header)))
        hand.hear(batch)
        assert hand.member.halted.code is code


def test_an_opener_that_changes_the_time_halts(world, chain) -> None:
    hand = led(world, chain, 4)
    chain.open(2)
    hand.join(chain, 2, 4, 5, chain.promise(0, 2, 4), chain.promise(1, 2, 4))
    batch = Batch.from_xdr(chain.batches[4].to_xdr())
    header = batch.signed_header.header
    header.timestamp += 1
    batch.signed_header = SignedHeader(header, world.alpha.sign(header_hash(world.constellation, header)))
    hand.hear(batch)
    assert hand.member.halted.code is Code.INVALID_QUANTUM


# --- order of messages -----------------------------------------------------------------------------


def test_every_message_out_of_order_is_refused(world, chain) -> None:
    allowed = {
        LinkState.PROPOSAL: {"EpochProposal"},
        LinkState.OPENING: {"EpochProposal", "EpochOpening", "BatchRequest"},
        LinkState.START: {"StreamStart", "SnapshotHead"},
        LinkState.FOLLOWING: {"Batch", "Certificate"},
    }
    proposal, start = EpochProposal(1), StreamStart(1, 0)
    word = opening(1, chain.tip_at(0), chain.promise(0, 1, 0), chain.promise(1, 1, 0))
    certificate = certify(world, chain.header(1).header)
    lead_in = [proposal, word, start]
    messages = [
        *lead_in,
        BatchRequest(1, 1),
        chain.batches[0],
        certificate,
        vote(world, 1, chain.header(1).header),
        chain.promise(1, 1, 0),
        Hello(1, 1, world.constellation, Role.ALPHA, world.alpha.public, None, bytes(32)),
        SnapshotHead(chain.header(1), Finality(certificate, []), 1, []),
        SnapshotEntries([]),
    ]
    for place, state in enumerate(allowed):
        for message in messages:
            if type(message).__name__ in allowed[state]:
                continue
            hand = Led(world).hear(*lead_in[:place])
            assert hand.replica.state is state
            refused(Code.UNEXPECTED_MESSAGE, hand, message)
