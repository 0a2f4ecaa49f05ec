from dataclasses import replace

import pytest

from constellation.herald.promises import best_tip, check_opening, check_promise, promised_tip, rank, sign_promise
from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.messages import Code, Promise, SignedPromise
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import Tip
from constellation.testing.world import World, key_of
from tests.herald.support import NOBODY_APPOINTED, Chain, certify, opening


@pytest.fixture
def chain(world) -> Chain:
    chain = Chain(world)
    chain.open(1)
    chain.extend(1)
    chain.open(2)
    return chain


def refused(world: World, code: Code, signed: SignedPromise) -> None:
    with pytest.raises(ProtocolViolation) as violation:
        check_promise(world.terms, signed)
    assert violation.value.code is code


def test_every_flipped_byte_of_a_promise_is_refused(world, chain) -> None:
    data = chain.promise(0, 3, 3, certified=2).to_xdr()
    check_promise(world.terms, SignedPromise.from_xdr(data))
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1
        try:
            signed = SignedPromise.from_xdr(bytes(flipped))
        except MalformedMessage:
            continue
        with pytest.raises(ProtocolViolation):
            check_promise(world.terms, signed)


def test_promises_of_strangers_and_for_strangers_are_refused(world, chain) -> None:
    word = Promise(3, world.alpha.public, NOBODY_APPOINTED, bytes(32), False, None, None)
    refused(world, Code.UNAUTHORIZED, sign_promise(world.settings, key_of("stranger"), word))
    refused(world, Code.UNAUTHORIZED, sign_promise(world.settings, world.alpha, word))
    word.alpha = key_of("another alpha").public
    refused(world, Code.BROKEN_PROMISE, sign_promise(world.settings, world.auditors[0], word))


def test_a_promise_of_another_constellation_is_refused(world, chain) -> None:
    other = World(auditors=3)
    other.settings.network_passphrase = "another network"
    refused(world, Code.BAD_SIGNATURE, Chain(other).promise(0, 3, 0))


def test_a_promised_tip_must_be_signed_by_alpha(world, chain) -> None:
    header = replace(chain.header(3), alpha_signature=world.auditors[0].sign(chain.tip.digest))
    word = Promise(3, world.alpha.public, NOBODY_APPOINTED, bytes(32), False, header, None)
    refused(world, Code.BAD_SIGNATURE, sign_promise(world.settings, world.auditors[0], word))


def test_a_promised_certificate_must_have_a_quorum(world, chain) -> None:
    certificate = certify(world, chain.header(2).header, (0,))
    word = Promise(3, world.alpha.public, NOBODY_APPOINTED, bytes(32), False, chain.header(2), certificate)
    refused(world, Code.NOT_ENOUGH_SIGNATURES, sign_promise(world.settings, world.auditors[0], word))


def test_the_best_tip_has_the_highest_epoch_then_the_highest_number(world, chain) -> None:
    assert best_tip(world.settings, []) == Tip.genesis(world.settings)
    assert best_tip(world.settings, [chain.promise(0, 3, 0), chain.promise(1, 3, 2)]) == chain.tip_at(2)
    longer = chain.fork(2)
    longer.extend(1)
    longer.extend(1)
    assert best_tip(world.settings, [longer.promise(0, 3, 4), chain.promise(1, 3, 3)]) == chain.tip_at(3)
    assert rank(chain.tip_at(3)) > rank(longer.tip) > rank(chain.tip_at(2)) > rank(chain.tip_at(0))
    assert promised_tip(world.settings, chain.promise(0, 3, 0).promise) == Tip.genesis(world.settings)


def test_the_points_of_an_opening(world, chain) -> None:
    promises = chain.promise(0, 3, 3, certified=1), chain.promise(1, 3, 2)
    points = check_opening(world.terms, opening(3, chain.tip, *promises))
    assert points == {number: chain.tip_at(number).digest for number in (1, 3)}
    promises = chain.promise(0, 3, 1), chain.promise(1, 3, 2), chain.promise(2, 3, 0)
    points = check_opening(world.terms, opening(3, chain.tip, *promises))
    assert points == {number: chain.tip_at(number).digest for number in (1, 2, 3)}


def test_an_opening_on_an_empty_log(world, chain) -> None:
    genesis = Tip.genesis(world.settings)
    points = check_opening(world.terms, opening(1, genesis, chain.promise(0, 1, 0), chain.promise(1, 1, 0)))
    assert points == {0: genesis.digest}
    other = Tip(0, 0, bytes(32))
    with pytest.raises(ProtocolViolation, match="settings have the hash 0000"):
        check_opening(world.terms, opening(1, other, chain.promise(0, 1, 0), chain.promise(1, 1, 0)))


@pytest.mark.parametrize("auditors", range(1, 20))
def test_an_opening_needs_a_quorum(auditors: int) -> None:
    world = World(auditors=auditors)
    chain = Chain(world)
    quorum = auditors // 2 + 1
    promises = [chain.promise(number, 1, 0) for number in range(quorum)]
    check_opening(world.terms, opening(1, chain.tip, *promises))
    with pytest.raises(ProtocolViolation, match=f"promises of {quorum - 1} auditors"):
        check_opening(world.terms, opening(1, chain.tip, *promises[1:]))


def test_fraud_is_told_from_a_broken_promise(world, chain) -> None:
    other = chain.fork(1)
    other.extend(1, amount=3)
    with pytest.raises(Divergence) as fraud:
        check_opening(world.terms, opening(3, chain.tip, chain.promise(0, 3, 2), other.promise(1, 3, 2)))
    assert fraud.value.code is Code.EQUIVOCATION
    with pytest.raises(ProtocolViolation) as broken:
        check_opening(world.terms, opening(3, chain.tip_at(1), chain.promise(0, 3, 2), chain.promise(1, 3, 1)))
    assert broken.value.code is Code.BROKEN_PROMISE
