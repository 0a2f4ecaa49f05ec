from hashlib import sha256

import pytest

from constellation.protocol.merkle import (
    EMPTY_ROOT,
    MerkleTree,
    leaf_hash,
    merkle_proof,
    merkle_root,
    node_hash,
    root_from_proof,
)
from constellation.protocol.messages import MerkleProof

SIZES = range(71)


def naive_root(data: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    split = 1
    while split * 2 < len(data):
        split *= 2
    return sha256(b"\x01" + naive_root(data[:split]) + naive_root(data[split:])).digest()


def naive_path(index: int, data: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1, word by word."""
    if len(data) == 1:
        return []
    split = 1
    while split * 2 < len(data):
        split *= 2
    if index < split:
        return [*naive_path(index, data[:split]), naive_root(data[split:])]
    return [*naive_path(index - split, data[split:]), naive_root(data[:split])]


def content(size: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(size)]


def tree(size: int) -> MerkleTree:
    return MerkleTree([leaf_hash(item) for item in content(size)])


@pytest.mark.parametrize("size", SIZES)
def test_root_and_every_proof_are_those_of_rfc_6962(size: int) -> None:
    data, hashed = content(size), tree(size)
    assert hashed.root == merkle_root([leaf_hash(item) for item in data]) == naive_root(data)
    for index in range(size):
        proof = hashed.prove(index)
        assert proof == MerkleProof(index, size, naive_path(index, data))
        assert merkle_proof([leaf_hash(item) for item in data], index) == proof
        assert root_from_proof(leaf_hash(data[index]), proof) == hashed.root


@pytest.mark.parametrize("size", SIZES)
def test_no_other_leaf_place_or_path_leads_to_the_root(size: int) -> None:
    data, hashed = content(size), tree(size)
    for index in range(size):
        leaf, proof = leaf_hash(data[index]), hashed.prove(index)
        for other in range(size + 2):
            if other != index:
                assert root_from_proof(leaf, MerkleProof(other, size, proof.path)) != hashed.root
                if other < size:
                    assert root_from_proof(leaf_hash(data[other]), proof) != hashed.root
        for place, step in enumerate(proof.path):
            changed = [*proof.path]
            changed[place] = bytes([step[0] ^ 1]) + step[1:]
            assert root_from_proof(leaf, MerkleProof(index, size, changed)) != hashed.root
            assert root_from_proof(leaf, MerkleProof(index, size, proof.path[:place] + proof.path[place + 1 :])) is None
        assert root_from_proof(leaf, MerkleProof(index, size, [*proof.path, leaf])) is None


@pytest.mark.parametrize("size", range(1, 40))
def test_another_size_is_refused_or_means_the_same_place_in_the_tree(size: int) -> None:
    """A root does not commit to its tree's size; who needs the place compares the size, as check_inclusion does."""
    hashed = tree(size)
    for index in range(size):
        leaf, proof = leaf_hash(content(size)[index]), hashed.prove(index)
        for other in range(80):
            root = root_from_proof(leaf, MerkleProof(index, other, proof.path))
            if index >= other or len(tree(other).prove(index).path) != len(proof.path):
                assert root is None
            elif naive_turns(index, other) == naive_turns(index, size):
                assert root == hashed.root
            else:
                assert root != hashed.root


def naive_turns(index: int, size: int) -> list[bool]:
    """On which side the path's hashes stand, from the leaf up."""
    if size == 1:
        return []
    split = 1
    while split * 2 < size:
        split *= 2
    return [*naive_turns(index % split, split if index < split else size - split), index >= split]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (5, 3), (2**32 - 1, 2**32 - 1), (0, 2**32 - 1)])
def test_places_that_cannot_be_are_refused(index: int, size: int) -> None:
    assert root_from_proof(leaf_hash(b""), MerkleProof(index, size, [])) is None


def test_the_largest_tree_that_can_be_written_is_walked_at_once() -> None:
    proof = MerkleProof(2**32 - 2, 2**32 - 1, [bytes(32)] * 31)
    assert root_from_proof(leaf_hash(b""), proof) is not None
    assert root_from_proof(leaf_hash(b""), MerkleProof(proof.index, proof.size, [bytes(32)] * 32)) is None


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        tree(3).prove(index)
    for size in range(4):
        with pytest.raises(IndexError):
            merkle_proof([bytes(32)] * size, index if index < 3 else index - 3 + size)


def test_golden_hashes() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    # The first leaves of the tree in RFC 6962's reference tests.
    leaves = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31"]
    roots = [merkle_root([leaf_hash(item) for item in leaves[:size]]).hex() for size in range(1, 6)]
    assert roots == [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ]


def test_a_leaf_is_never_a_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert node_hash(left, right) != leaf_hash(left + right)
    assert root_from_proof(node_hash(left, right), MerkleProof(0, 1, [])) == merkle_root([left, right])
