import pytest

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    AccountEvent,
    AuditorSignature,
    BatchHeader,
    Certificate,
    Code,
    LimitOrder,
    Payment,
    Side,
    SignedHeader,
    TimeInForce,
)
from constellation.protocol.proofs import check_certificate, check_inclusion, check_signed_header
from constellation.protocol.signing import header_hash, vote_hash
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import SealedBatch, Tip, seal
from constellation.testing.world import ONE, START_US, World


@pytest.fixture(scope="module")
def world() -> World:
    return World(auditors=4)


@pytest.fixture(scope="module")
def sealed(world) -> SealedBatch:
    """A batch of seven quanta; some of them have effects on several accounts."""
    machine = world.machine()
    one, two = world.funded(machine, "one", "two")
    tip, first = Tip.genesis(world.settings), machine.state.apex
    executed = []
    for price in (2_500, 2_501, 2_502):
        order = LimitOrder(0, Side.SELL, price, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
        executed.append(machine.execute(START_US, world.request(one, order)))
    order = LimitOrder(0, Side.BUY, 2_502, 2 * ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
    executed.append(machine.execute(START_US, world.request(two, order)))
    for _ in range(3):
        executed.append(machine.execute(START_US, world.request(two, Payment(one.public, 0, ONE))))
    assert machine.state.apex == first + 7
    return seal(machine, executed, tip, 1, checkpoint=True)


@pytest.fixture(scope="module")
def signed(world, sealed) -> SignedHeader:
    return SignedHeader(sealed.header, world.alpha.sign(sealed.digest))


@pytest.fixture(scope="module")
def certificate(world, sealed) -> Certificate:
    message = vote_hash(world.constellation, sealed.digest)
    return Certificate(sealed.header, [AuditorSignature(key.public, key.sign(message)) for key in world.auditors[:3]])


def flips(kind, whole):
    """Every message that differs from ``whole`` in one byte of its encoding."""
    data = whole.to_xdr()
    for place in range(len(data)):
        for bit in (1, 0x80):
            try:
                yield kind.from_xdr(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
            except MalformedMessage:
                continue


def test_what_is_right_is_accepted(world, sealed, signed, certificate) -> None:
    assert check_signed_header(world.terms, signed) == sealed.digest
    assert check_certificate(Terms(world.settings), certificate) == sealed.digest
    for place, executed in enumerate(sealed.executed):
        for group in range(len(executed.groups)):
            check_inclusion(sealed.header, sealed.event(place, group))
            check_inclusion(sealed.header, sealed.event(place, group, request_id=7))


def test_every_changed_byte_of_a_signed_header_is_named(world, signed) -> None:
    count = 0
    for changed in flips(SignedHeader, signed):
        with pytest.raises(VerificationError) as error:
            check_signed_header(world.terms, changed)
        unknown_term = changed.header.epoch >= EPOCHS_PER_TERM
        assert error.value.code is (Code.WRONG_EPOCH if unknown_term else Code.BAD_SIGNATURE)
        assert f"the header of batch {changed.header.number}" in error.value.message
        count += 1
    assert count > 400


def test_every_changed_byte_of_a_certificate_is_named(world, certificate) -> None:
    found = {}
    for changed in flips(Certificate, certificate):
        with pytest.raises(VerificationError) as error:
            check_certificate(Terms(world.settings), changed)
        assert error.value.message.startswith(f"certificate of batch {changed.header.number}: ")
        found[error.value.code] = error.value.message
    assert set(found) == {Code.BAD_SIGNATURE, Code.UNAUTHORIZED, Code.WRONG_EPOCH}
    assert "auditor G" in found[Code.BAD_SIGNATURE]


def test_every_changed_byte_of_a_header_breaks_its_certificate_and_its_inclusion(world, sealed, certificate) -> None:
    event = sealed.event(3, 1)
    for changed in flips(BatchHeader, sealed.header):
        with pytest.raises(VerificationError) as error:
            check_certificate(Terms(world.settings), Certificate(changed, certificate.signatures))
        is_far = changed.epoch >= EPOCHS_PER_TERM
        assert error.value.code is (Code.WRONG_EPOCH if is_far else Code.BAD_SIGNATURE)
        if changed.quanta_root != sealed.header.quanta_root or changed.first_apex != sealed.header.first_apex:
            with pytest.raises(VerificationError, match="inclusion proof"):
                check_inclusion(changed, event)


def test_every_changed_byte_of_an_event_is_named(sealed) -> None:
    """Only what says nothing about the effects goes unnoticed: the reader's own request id, a place among groups."""
    event = sealed.event(3, 1, request_id=7)
    assert len(event.group_proof.path) == 1
    assert len(event.leaf_proof.path) == 3
    for changed in flips(AccountEvent, event):
        try:
            check_inclusion(sealed.header, changed)
        except VerificationError as error:
            assert error.code is Code.QUANTA_ROOT_MISMATCH
            assert f"quantum {changed.leaf.apex}" in error.message
        else:
            assert (changed.leaf, changed.group, changed.leaf_proof) == (event.leaf, event.group, event.leaf_proof)
            assert changed.group_proof.path == event.group_proof.path


def test_an_event_cannot_be_shown_for_another_quantum_or_place(sealed) -> None:
    event, other = sealed.event(3, 1), sealed.event(4, 0)
    for mixed, reason in (
        (AccountEvent(None, event.leaf, other.group, other.group_proof, event.leaf_proof), "were shown for quantum"),
        (AccountEvent(None, other.leaf, other.group, other.group_proof, event.leaf_proof), "not for the place"),
        (AccountEvent(None, event.leaf, event.group, event.group_proof, other.leaf_proof), "not for the place"),
        (
            AccountEvent(None, event.leaf, sealed.event(3, 0).group, event.group_proof, event.leaf_proof),
            "of the effects",
        ),
    ):
        with pytest.raises(VerificationError, match=reason):
            check_inclusion(sealed.header, mixed)


def test_other_members_signatures_do_not_count(world, sealed, certificate) -> None:
    header = sealed.header
    by_alpha = SignedHeader(header, world.auditors[0].sign(sealed.digest))
    with pytest.raises(VerificationError, match="alpha's signature"):
        check_signed_header(world.terms, by_alpha)
    no_votes = [AuditorSignature(key.public, key.sign(sealed.digest)) for key in world.auditors[:3]]
    with pytest.raises(VerificationError) as error:
        check_certificate(Terms(world.settings), Certificate(header, no_votes))
    assert error.value.code is Code.BAD_SIGNATURE
    with pytest.raises(VerificationError) as error:
        check_certificate(Terms(world.settings), Certificate(header, certificate.signatures[:2]))
    assert error.value.code is Code.NOT_ENOUGH_SIGNATURES
    assert error.value.message == "certificate of batch 1: 2 auditors signed, a quorum is 3"


def test_nothing_of_another_constellation_is_accepted(world, sealed, signed, certificate) -> None:
    other = World(auditors=4)
    other.settings.network_passphrase = "another network"
    with pytest.raises(VerificationError):
        check_signed_header(other.terms, signed)
    with pytest.raises(VerificationError):
        check_certificate(Terms(other.settings), certificate)
    assert header_hash(other.settings.vault, sealed.header) != sealed.digest
