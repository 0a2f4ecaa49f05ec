"""A proof of an entry holds as it is, and not when anything in it is changed."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.errors import VerificationError
from constellation.protocol.limits import STATE_BUCKETS_LOG2
from constellation.protocol.messages import BucketPair, QueryProof, StateEntryType, StateProof
from constellation.protocol.state_proofs import (
    EMPTY_BUCKET,
    bucket_hash,
    bucket_number,
    check_entry,
    entry_key,
    entry_path,
    number_identity,
)
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from tests.gateway.harness import ANNA, BERT, Alpha, RawClient, key

ACCOUNT = StateEntryType.ACCOUNT_ENTRY
NOBODY = key("nobody")


@cache
def alpha() -> Alpha:
    alpha = Alpha().fund(ANNA, BERT)
    alpha.deposit(ANNA, 0, 1)
    alpha.settle(checkpoint=True)
    alpha.deposit(ANNA, 0, 1)
    alpha.settle()
    return alpha


@cache
def proof_of(name: bytes) -> StateProof:
    client = RawClient(alpha(), NOBODY if name == NOBODY.public else ANNA).open()
    client.send(QueryProof(7, ACCOUNT, name))
    (proof,) = client.received()
    assert isinstance(proof, StateProof)
    return proof


def check(proof: StateProof, name: bytes = ANNA.public) -> object:
    return check_entry(Terms(alpha().settings), entry_key(ACCOUNT, name), proof).entry


def test_proof_holds() -> None:
    found = check_entry(Terms(alpha().settings), entry_key(ACCOUNT, ANNA.public), proof_of(ANNA.public))
    assert (found.header, found.digest) == (alpha().sealed[-2][0].header, alpha().sealed[-2][0].digest)
    assert found.entry == proof_of(ANNA.public).entry
    assert check(proof_of(NOBODY.public), NOBODY.public) is None


@pytest.mark.parametrize("name", [ANNA.public, NOBODY.public])
@settings(deadline=None, max_examples=300)
@given(place=st.integers(0, 100_000), difference=st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(name: bytes, place: int, difference: int) -> None:
    proof = proof_of(name)
    data = bytearray(proof.to_xdr())
    data[place % len(data)] ^= difference
    try:
        changed = StateProof.from_xdr(bytes(data))
        entry = check(changed, name)
    except (VerificationError, MalformedMessage):
        return
    assert replace(changed, request_id=proof.request_id) == proof, "only the request's id is no part of the proof"
    assert entry == proof.entry


def test_proof_for_another_key_does_not_hold() -> None:
    with pytest.raises(VerificationError, match="for another bucket"):
        check(proof_of(ANNA.public), BERT.public)
    with pytest.raises(VerificationError, match="for another bucket"):
        check(proof_of(NOBODY.public), ANNA.public)


def test_entry_cannot_be_hidden_among_the_others_of_its_bucket() -> None:
    proof = proof_of(ANNA.public)
    path = entry_path(entry_key(ACCOUNT, ANNA.public))
    hidden = replace(proof, entry=None, others=sorted([*proof.others, BucketPair(path, bytes(32))], key=str))
    with pytest.raises(VerificationError, match="shown as another one"):
        check(hidden)
    with pytest.raises(VerificationError, match="does not lead to the state root"):
        check(replace(proof, entry=None))


def test_others_must_be_in_order_and_once() -> None:
    proof = proof_of(ANNA.public)
    pairs = [BucketPair(bytes([number]) * 32, bytes(32)) for number in (1, 2)]
    for others in (pairs[::-1], [pairs[0], pairs[0]]):
        with pytest.raises(VerificationError, match="out of order"):
            check(replace(proof, others=others))


def test_batch_without_a_state_root_is_no_checkpoint() -> None:
    sealed = alpha().sealed[-1][0]
    finality = replace(proof_of(ANNA.public).finality, certificate=alpha().certificate(sealed))
    with pytest.raises(VerificationError, match="is no checkpoint"):
        check(replace(proof_of(ANNA.public), finality=finality))


def test_checkpoint_may_be_final_by_a_later_certificate() -> None:
    later = alpha().certificate(alpha().sealed[-1][0])
    finality = replace(proof_of(ANNA.public).finality, certificate=later, ancestors=[alpha().sealed[-2][0].header])
    assert check(replace(proof_of(ANNA.public), finality=finality)) == proof_of(ANNA.public).entry


def test_too_few_signatures_are_refused() -> None:
    certificate = alpha().certificate(alpha().sealed[-2][0], signers=1)
    finality = replace(proof_of(ANNA.public).finality, certificate=certificate)
    with pytest.raises(VerificationError, match="a quorum is 2"):
        check(replace(proof_of(ANNA.public), finality=finality))


def test_keys_paths_and_buckets() -> None:
    assert entry_key(ACCOUNT, b"x") == b"\x02x"
    assert number_identity(258) == bytes(6) + b"\x01\x02"
    with pytest.raises(OverflowError):
        number_identity(2**64)
    assert bucket_number(b"\xff" * 32) == (1 << STATE_BUCKETS_LOG2) - 1
    assert bucket_number(bytes(32)) == 0
    assert bucket_hash({}) == EMPTY_BUCKET
    assert bucket_hash({b"b" * 32: b"1" * 32, b"a" * 32: b"2" * 32}) == bucket_hash(
        {b"a" * 32: b"2" * 32, b"b" * 32: b"1" * 32}
    )
