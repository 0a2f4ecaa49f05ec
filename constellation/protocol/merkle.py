"""Merkle trees in the shape of RFC 6962: domain-separated leaves and nodes, no duplicated last leaf."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from constellation.protocol.messages import MerkleProof

EMPTY_ROOT: Final = sha256(b"").digest()
"""Root of a tree without leaves (RFC 6962, section 2.1)."""

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf's content, 32 bytes."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, 32 bytes."""
    return sha256(_NODE + left + right).digest()


class MerkleTree:
    """A tree over leaf hashes that answers its root and proofs.

    A level with an odd number of nodes hands its last one up unchanged, which gives RFC 6962's root.

    Args:
        leaves: leaf hashes (see :func:`leaf_hash`), in order.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaves: Sequence[bytes]) -> None:
        level = list(leaves)
        self._levels = [level]
        while len(level) > 1:
            above = [sha256(_NODE + level[index] + level[index + 1]).digest() for index in range(0, len(level) - 1, 2)]
            if len(level) % 2:
                above.append(level[-1])
            self._levels.append(above)
            level = above

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hashes, in order."""
        return self._levels[0]

    @property
    def root(self) -> bytes:
        """The root, 32 bytes."""
        top = self._levels[-1]
        return top[0] if top else EMPTY_ROOT

    def prove(self, index: int) -> MerkleProof:
        """The path from leaf ``index`` to the root.

        Raises:
            IndexError: there is no such leaf.
        """
        size = len(self._levels[0])
        if not 0 <= index < size:
            raise IndexError(f"leaf {index} of {size}")
        path, position, last = [], index, size - 1
        for level in self._levels[:-1]:
            if position < last or position & 1:  # else it is the last one, without a sibling
                path.append(level[position ^ 1])
            position >>= 1
            last >>= 1
        return MerkleProof(index, size, path)


def merkle_proof(leaves: Sequence[bytes], index: int) -> MerkleProof:
    """The path from one of a few leaf hashes to their root, without a tree for one or two of them.

    Raises:
        IndexError: there is no such leaf.
    """
    size = len(leaves)
    if size > 2 or not 0 <= index < size:
        return MerkleTree(leaves).prove(index)
    return MerkleProof(index, size, [leaves[1 - index]] if size == 2 else [])


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes, 32 bytes; most quanta have one or two groups of effects."""
    if len(leaves) == 1:
        return leaves[0]
    if len(leaves) == 2:
        return node_hash(leaves[0], leaves[1])
    return MerkleTree(leaves).root


def root_from_proof(leaf: bytes, proof: MerkleProof) -> bytes | None:
    """The root that ``proof`` leads to from ``leaf``, or None when the proof has not the shape its size demands.

    The caller compares the answer with the root it trusts.
    """
    if not 0 <= proof.index < proof.size:
        return None
    node = leaf
    position, last = proof.index, proof.size - 1
    path = iter(proof.path)
    used = 0
    while last > 0:
        if position % 2 or position < last:
            sibling = next(path, None)
            if sibling is None:
                return None
            used += 1
            node = node_hash(sibling, node) if position % 2 else node_hash(node, sibling)
        position >>= 1
        last >>= 1
    return node if used == len(proof.path) else None
