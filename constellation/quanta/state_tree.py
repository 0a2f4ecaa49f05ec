"""The state root: a Merkle tree over buckets of entries, kept incrementally.

An entry's key is hashed; the first bits choose its bucket. A bucket hashes its entries in key order; the buckets'
hashes are the leaves of a complete binary tree whose inner nodes are cached. A root costs what changed: the changed
buckets and the nodes above them. Order of insertion does not matter, so a restored snapshot has the same root as a
replay.

Changes can be hashed ahead of the root, a few at a time: :meth:`StateTree.settle` brings the lower levels up to date,
where two changes seldom meet; the few nodes above, where they all meet, wait for the root.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from constellation.protocol.limits import STATE_BUCKETS_LOG2
from constellation.protocol.merkle import node_hash
from constellation.protocol.messages import StateEntry, encode_state_entry
from constellation.protocol.state_proofs import EMPTY_BUCKET as EMPTY_BUCKET
from constellation.protocol.state_proofs import bucket_hash as bucket_hash
from constellation.protocol.state_proofs import bucket_number as bucket_number
from constellation.protocol.state_proofs import entry_path as entry_path
from constellation.protocol.state_proofs import packed_bucket_hash

_PATH_BYTES: Final = 32
_RECORD_BYTES: Final = 64  # path, hash of the entry
_SETTLED_LEVELS: Final = 4  # above the buckets: at most 1,023 nodes of the 16,383 wait for the root


class StateTree:
    """Hashes of entries by key.

    Args:
        depth: log2 of the number of buckets.
    """

    __slots__ = ("_buckets", "_depth", "_dirty", "_levels", "_settled", "_unsettled")

    def __init__(self, depth: int = STATE_BUCKETS_LOG2) -> None:
        self._depth = depth
        self._settled = min(_SETTLED_LEVELS, depth)
        self._buckets: dict[int, bytearray] = {}
        self._unsettled: dict[int, None] = {}  # buckets
        self._dirty: dict[int, None] = {}  # nodes of the highest settled level that the root has not seen
        self._levels: list[list[bytes]] = []
        node = EMPTY_BUCKET
        for height in range(depth + 1):
            self._levels.append([node] * (1 << (depth - height)))
            node = node_hash(node, node)

    def put(self, key: bytes, entry: StateEntry | None) -> bytes | None:
        """Set the entry of ``key``, or remove it when ``entry`` is None; the entry as it was encoded for its hash."""
        path = entry_path(key)
        number = bucket_number(path, self._depth)
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = bytearray()
        start = _find(bucket, path)
        is_there = bucket.startswith(path, start)
        if entry is None:
            if is_there:  # what came and went since the last call has left no trace
                self._unsettled[number] = None
                del bucket[start : start + _RECORD_BYTES]
            elif not bucket and number not in self._unsettled:
                del self._buckets[number]
            return None
        self._unsettled[number] = None
        xdr = encode_state_entry(entry)
        if is_there:
            bucket[start + _PATH_BYTES : start + _RECORD_BYTES] = sha256(xdr).digest()
        else:
            bucket[start:start] = path + sha256(xdr).digest()
        return xdr

    def settle(self) -> None:
        """Hash what was put since the last call as far as that does not wait for the root."""
        level, buckets = self._levels[0], self._buckets
        for number in self._unsettled:
            bucket = buckets[number]
            level[number] = packed_bucket_hash(bucket)
            if not bucket:
                del buckets[number]
        self._dirty.update(self._hash_above(self._unsettled, 0, self._settled))
        self._unsettled = {}

    def root(self) -> bytes:
        """The root over all entries, 32 bytes."""
        self.settle()
        self._hash_above(self._dirty, self._settled, self._depth)
        self._dirty = {}
        return self._levels[-1][0]

    def nodes(self) -> list[list[bytes]]:
        """A copy of all nodes, the buckets' hashes first: what proofs of entries are made of.

        They fit each other right after :meth:`root`, before the next change.
        """
        return [list(level) for level in self._levels]

    def _hash_above(self, nodes: Iterable[int], height: int, top: int) -> dict[int, None]:
        """Hash what is above changed ``nodes`` at ``height``, up to the height ``top``; the changed nodes there."""
        changed = dict.fromkeys(nodes)
        for lower in range(height, top):
            below, above = self._levels[lower], self._levels[lower + 1]
            changed = dict.fromkeys([number >> 1 for number in changed])
            for number in changed:
                above[number] = node_hash(below[2 * number], below[2 * number + 1])
        return changed


def _find(bucket: bytearray, path: bytes) -> int:
    """Where the record of ``path`` is, or belongs."""
    low, high = 0, len(bucket) // _RECORD_BYTES
    while low < high:
        middle = (low + high) >> 1
        start = middle * _RECORD_BYTES
        if bucket[start : start + _PATH_BYTES] < path:
            low = middle + 1
        else:
            high = middle
    return low * _RECORD_BYTES
