"""Proofs of single entries of the state, or of their absence, under the state root of a certified checkpoint.

An entry's key is hashed; the first bits of that path choose its bucket. A bucket is hashed as its (path, entry's hash)
pairs in the order of the paths, and the buckets' hashes are the leaves of a Merkle tree. A proof shows the whole
bucket, as hashes: so it also proves that an entry is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from constellation.protocol.errors import VerificationError
from constellation.protocol.limits import STATE_BUCKETS_LOG2
from constellation.protocol.merkle import root_from_proof
from constellation.protocol.messages import (
    BatchHeader,
    Code,
    StateEntry,
    StateEntryType,
    StateProof,
    encode_state_entry,
)
from constellation.protocol.proofs import check_finality
from constellation.protocol.terms import Terms

EMPTY_BUCKET: Final = bytes(32)
"""Hash of a bucket without entries."""

NUMBER_BYTES: Final = 8
"""Of the identity of an entry that has a number."""

_BUCKET: Final = b"\x02"


def entry_key(kind: StateEntryType, identity: bytes) -> bytes:
    """The key of an entry: what its path is the hash of.

    Args:
        kind: of entry.
        identity: of the entry among its kind: a public key, a number in 8 bytes, or nothing.
    """
    return bytes([kind]) + identity


def number_identity(number: int) -> bytes:
    """The identity of an entry that has a number, such as an order.

    Raises:
        OverflowError: it is not a number of 64 bits.
    """
    return number.to_bytes(NUMBER_BYTES, "big")


def entry_path(key: bytes) -> bytes:
    """Where the entry of ``key`` stands: entries are ordered by it, and its first bits choose the bucket."""
    return sha256(key).digest()


def bucket_number(path: bytes, depth: int = STATE_BUCKETS_LOG2) -> int:
    """The bucket of ``path`` in a tree with 2 ** ``depth`` buckets; never falls along ascending paths."""
    return int.from_bytes(path[:4], "big") >> (32 - depth)


def bucket_hash(entries: Mapping[bytes, bytes]) -> bytes:
    """Hash of a bucket, from the hashes of its entries by path."""
    return packed_bucket_hash(b"".join(path + entries[path] for path in sorted(entries)))


def packed_bucket_hash(pairs: bytes | bytearray) -> bytes:
    """Hash of a bucket, from its paths in order, each followed by the entry's hash."""
    return sha256(_BUCKET + pairs).digest() if pairs else EMPTY_BUCKET


@dataclass(slots=True, frozen=True)
class ProvenEntry:
    """What a proof proves.

    Attributes:
        entry: as of the checkpoint; None: there was none.
        header: of the checkpoint.
        digest: the header's hash, which a quorum of auditors signed, or a later header through the hash chain.
    """

    entry: StateEntry | None
    header: BatchHeader
    digest: bytes


def check_entry(terms: Terms, key: bytes, proof: StateProof) -> ProvenEntry:
    """Check that ``proof`` shows the entry of ``key``, or that there is none, under a certified checkpoint.

    Args:
        terms: which name the auditors.
        key: of the entry that was asked for; see :func:`entry_key`.
        proof: alpha's answer.

    Raises:
        VerificationError: those of :func:`check_finality`, or STATE_ROOT_MISMATCH, naming the broken part.
    """
    proven = check_finality(terms, proof.finality)
    header = next(iter(proof.finality.ancestors), proof.finality.certificate.header)
    if header.state_root is None:
        raise _mismatch(f"batch {header.number} is no checkpoint")
    path = entry_path(key)
    pairs = _pairs(proof)
    if path in pairs:
        raise _mismatch("the entry is shown as another one of its bucket")
    if proof.entry is not None:
        pairs[path] = sha256(encode_state_entry(proof.entry)).digest()
    place = (bucket_number(path), 1 << STATE_BUCKETS_LOG2)
    if (proof.bucket_proof.index, proof.bucket_proof.size) != place:
        raise _mismatch("the proof is for another bucket")
    if root_from_proof(bucket_hash(pairs), proof.bucket_proof) != header.state_root:
        raise _mismatch(f"the proof does not lead to the state root of batch {header.number}")
    return ProvenEntry(proof.entry, header, proven[header.number])


def _pairs(proof: StateProof) -> dict[bytes, bytes]:
    pairs = {pair.path: pair.entry for pair in proof.others}
    if [pair.path for pair in proof.others] != sorted(pairs):
        raise _mismatch("the entries of the bucket are out of order")
    return pairs


def _mismatch(message: str) -> VerificationError:
    return VerificationError(Code.STATE_ROOT_MISMATCH, message)
