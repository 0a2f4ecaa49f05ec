"""Proofs of entries of the past, as an honest alpha makes them."""

from copy import deepcopy
from functools import cache
from hashlib import sha256

from constellation.protocol.messages import (
    BucketPair,
    MerkleProof,
    StateEntry,
    StateEntryType,
    StateProof,
    decode_state_entry,
    encode_state_entry,
)
from constellation.protocol.state_proofs import bucket_number, entry_key, entry_path
from constellation.quanta import restore_state
from constellation.quanta.state_restore import entry_key as key_of_entry
from fuzzing.past import past, world


@cache
def _tree(number: int) -> tuple[dict[bytes, bytes], list[list[bytes]]]:
    entries = past().past[number].entries
    state = restore_state(world().settings, deepcopy(entries))
    state.root()
    found = {}
    for entry in entries:
        found[entry_path(key_of_entry(entry))] = encode_state_entry(entry)
    return found, state.tree.nodes()


@cache
def prove(number: int, kind: StateEntryType, identity: bytes, request_id: int = 0) -> StateProof:
    """The proof of an entry, or of its absence, at the checkpoint ``number``."""
    entries, nodes = _tree(number)
    path = entry_path(entry_key(kind, identity))
    bucket = bucket_number(path)
    others = [
        BucketPair(other, sha256(xdr).digest())
        for other, xdr in sorted(entries.items())
        if bucket_number(other) == bucket and other != path
    ]
    siblings = [level[(bucket >> height) ^ 1] for height, level in enumerate(nodes[:-1])]
    entry = decode_state_entry(entries[path]) if path in entries else None
    proof = MerkleProof(bucket, len(nodes[0]), siblings)
    return StateProof(request_id, past().snapshot(number).finality, entry, others, proof)


def tree_leaves(number: int) -> list[bytes]:
    """The hashes of the state tree's buckets at the checkpoint ``number``."""
    return _tree(number)[1][0]


def sorted_entries(number: int) -> list[StateEntry]:
    """The state's entries at the checkpoint ``number``, in the order of the state tree."""
    entries = _tree(number)[0]
    return [decode_state_entry(entries[path]) for path in sorted(entries)]
